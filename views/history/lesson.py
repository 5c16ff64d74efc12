"""What the history view shows: the results of ILSVRC, one a step, and the five answers of a network to one photograph.

Slides 20-29 and 80 of the lecture. The results are facts (results.py); the five answers are computed by SqueezeNet.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine import softmax
from ...engine.squeezenet import SIDE
from ..files import DiskFiles, Files
from ..grid import floats
from ..imagenet import RUNNING, image_classes, imagenet_network, most_probable, photo_input, probabilities_of
from ..images import photo
from ..numbers import percent, write
from ..ran import Check, Definition
from ..stops import first_of_each
from ..trace import Columns, Sentences, Texts, Trace
from .results import LABELS, OVERVIEW, PERSON, PERSON_NOTE, RESULTS, ChallengeResult
from .settings import HistorySettings

TITLE = "ILSVRC"
SUMMARY = "How the error of the ImageNet challenge fell while networks grew deeper, and what a top-5 error is."
ACTIVITY = "Step through the ImageNet challenge from 2010 to 2015, open each network that won, and see what counts as right."
DEFINITION = Definition(
    (softmax,),
    "The results are facts of the papers that are named. The five answers come from SqueezeNet, whose layers test_imagenet.py "
    "holds to PyTorch's; tests/engine/test_cells_and_losses.py holds softmax to its definition.",
)
HIGHEST = 30.0  # percent, at the top of the chart
DEEPEST = 160  # layers, at the top of the chart
BAR = 0.7  # of its place
LETTERS = 0.028  # height, of the drawing's width
YEARS, NAMES, STAGGER = -0.07, -0.17, 0.1  # below the bars; every second name a line lower
ABOVE = 0.05  # from a bar to its number
AROUND = 2  # results on each side, in a small frame
ANSWERS = 5
ROW = 1 / ANSWERS
ANSWER_LETTERS = 0.045


def compute(settings: HistorySettings, files: Files | None = None) -> Trace:
    """The whole animation, one step a result."""
    files = files or DiskFiles()
    errors = np.array([result.error / HIGHEST for result in RESULTS])
    depths = np.array([result.depth / DEEPEST for result in RESULTS])
    x = (np.arange(len(RESULTS)) + 0.5) / len(RESULTS)
    answers, said = _answers(settings, files)
    return Trace(
        {
            "history_years": _words(x, np.full(len(x), YEARS), _years()),
            "history_names": _words(x, NAMES - STAGGER * (np.arange(len(x)) % 2), [result.name for result in RESULTS]),
            "history_person": _person(settings),
            "history_photo": _photo(photo(settings.image, SIDE, files)),
            "results": {name: Texts.of([getattr(result, name) for result in RESULTS]) for name in ("name", "architecture")},
            **answers,
        },
        {**_growing("errors", x, errors, [write(r.error) for r in RESULTS]),
         **_growing("depths", x, depths, [str(r.depth) if r.depth else "–" for r in RESULTS]),
         "closeup": _closeup(x)},
        Sentences("{}", Texts.of_steps([[_sentence(n)] for n in range(len(RESULTS))])),
        {"errors": "of the test photographs, in percent", "depths": "with weights", "source": _sources(), "size": said,
         "errors_note": PERSON_NOTE if settings.person else "", "depths_note": "–: hand-made features, no deep network."},
        first_of_each([result.year for result in RESULTS], more=(len(RESULTS) - 1,)),
    )  # fmt: skip


def _sources() -> str:
    """Which paper says which figures."""
    papers = dict.fromkeys(source for result in RESULTS for source in result.sources)
    named = {paper: [_name(result) for result in RESULTS if paper in result.sources] for paper in papers}
    named[OVERVIEW].append("a person")
    return " ".join(f"{', '.join(names)}: {paper}." for paper, names in named.items())


def _name(result: ChallengeResult) -> str:
    return f"AlexNet {result.name}" if result.name.startswith("+") else result.name


def _years() -> list[str]:
    return [str(result.year) for result in RESULTS]


def _sentence(number: int) -> str:
    """One result, and how far it is from the best of the years before."""
    result = RESULTS[number]
    depth = f"{result.depth} layers" if result.depth else "no deep network"
    before = [other for other in RESULTS[:number] if other.year < result.year]
    said = f"{result.year}, {_name(result)}, {depth}: top-5 error {write(result.error)} %. {result.about}"
    if not before:
        return said
    best = min(before, key=lambda other: other.error)
    fall = round(best.error - result.error, 2)
    return f"{said} Since {best.year}: {write(best.error)} − {write(result.error)} = {write(fall)} points less."


def _growing(name: str, x: np.ndarray, heights: np.ndarray, texts: Sequence[str]) -> dict[str, Columns]:
    """Bars up to each step, the present one apart, with their numbers. x, heights: (n,) -> columns (T, n)"""
    steps = len(x)
    seen = np.tri(steps, dtype=bool)  # (T, n)
    now = np.eye(steps, dtype=bool)
    across = np.tile(x, (steps, 1))
    return {
        f"{name}_bars": {**floats(x=across, width=BAR / steps, bottom=0, top=np.where(seen & ~now, heights, 0))},
        f"{name}_now": {**floats(x=x[:, np.newaxis], width=BAR / steps, bottom=0, top=heights[:, np.newaxis])},
        f"{name}_numbers": {
            "text": Texts.of_steps([[text if shown else "" for text, shown in zip(texts, row, strict=True)] for row in seen]),
            **floats(x=across, y=np.tile(_above(heights, name), (steps, 1)), size=LETTERS, shade=0),
        },
    }


def _above(heights: np.ndarray, name: str) -> np.ndarray:
    """Where the numbers of bars stand: those of errors not over the line of a person. heights: (n,) -> (n,)"""
    line, places = PERSON / HIGHEST, heights + ABOVE
    if name == "errors":
        places[abs(places - line) < ABOVE] = line + ABOVE
    return places


def _closeup(x: np.ndarray) -> Columns:
    """Each result with those around it, for a frame in which not all can be read. x: (n,) -> columns (T, 1)"""
    width = (2 * AROUND + 1) / len(x)
    return {**floats(x=x[:, np.newaxis].clip(width / 2, 1 - width / 2), y=0.5, w=width, h=1)}


def _words(x: np.ndarray, y: np.ndarray, texts: Sequence[str]) -> Columns:
    return {"text": Texts.of(texts), **floats(x=x, y=y, size=LETTERS, shade=0)}


def _person(settings: HistorySettings) -> Columns:
    """The line of one person's error, if it is to be shown."""
    count = int(settings.person)
    return {**floats(x=np.zeros(count), y=PERSON / HIGHEST, x1=1, y1=PERSON / HIGHEST)}


def _photo(pixels: np.ndarray) -> Columns:
    """A photograph in its colours that fills the unit square. pixels: (H, W, 3) uint8"""
    opaque = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    opaque[:, :, :3] = pixels
    return {"image": opaque[np.newaxis], **floats(x=np.zeros(1), y=0, dw=1, dh=1)}


def _answers(settings: HistorySettings, files: Files) -> tuple[dict[str, Columns], str]:
    """The five most probable classes as bars, the right one apart, and whether that counts as right."""
    classes = image_classes(files)
    probabilities = probabilities_of(photo(settings.image, SIDE, files), files)
    best = most_probable(probabilities, ANSWERS)
    label = LABELS.get(settings.image)
    right = np.array([number == label for number in best])
    tops = 1 - np.arange(ANSWERS) * ROW
    widths = probabilities[best].astype(float)
    names = [f"{place}. {classes[number].name}" for place, number in enumerate(best, start=1)]
    bars = floats(x=widths / 2, y=tops - 0.76 * ROW, w=widths, h=0.26 * ROW)
    lines: dict[str, np.ndarray | float] = {"y": tops - 0.28 * ROW, "size": ANSWER_LETTERS, "shade": 0}
    sources: dict[str, Columns] = {
        "answers_right": {name: column[right] for name, column in bars.items()},
        "answers_wrong": {name: column[~right] for name, column in bars.items()},
        "answers_names": {"text": Texts.of(names), **floats(x=np.zeros(ANSWERS), **lines)},
        "answers_percents": {
            "text": Texts.of([f"{percent(float(probabilities[number]))} %" for number in best]),
            **floats(x=np.ones(ANSWERS), **lines),
        },
        "answers_values": {
            "row": np.arange(ANSWERS, dtype=np.int32), "column": np.zeros(ANSWERS, np.int32),
            "value": widths.astype(np.float32),
        },
    }  # fmt: skip
    return sources, _verdict(best, label, [one.name for one in classes])


def _verdict(best: Sequence[int], label: int | None, names: Sequence[str]) -> str:
    """Whether five answers count as right."""
    rule = "Five answers count as right if the right class is among them (top-5), one answer if it is the first (top-1)."
    if label is None:
        return f"{rule} None of the 1,000 classes is right for this photograph: it would count as an error either way."
    if label not in best:
        return f"{rule} Here the right class, {names[label]}, is not among the five: an error either way."
    place = list(best).index(label) + 1
    if place == 1:
        return f"{rule} Here the first answer is right: {names[label]}."
    first, right = names[best[0]], names[label]
    return f"{rule} Here {first} is wrong for top-1; the right class, {right}, is number {place}: right for top-5."


def check(settings: HistorySettings, files: Files | None = None) -> Check:
    """The probabilities of all classes from the logits by softmax, and as they are shown."""
    files = files or DiskFiles()
    pixels, network = photo(settings.image, SIDE, files), imagenet_network(files)
    with RUNNING:
        defined = softmax(network.forward(photo_input(pixels)).copy())[0]
    return Check({"probabilities": defined}, {"probabilities": probabilities_of(pixels, files)})


Settings = HistorySettings  # the name by which the session finds them
