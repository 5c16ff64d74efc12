"""What the architectures view shows: the shapes that go from layer to layer and what each layer costs, a layer a step.

Slides 66, 79 and 80 of the lecture. Sizes come from the engine's output_sizes; no weight is made.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine import NetworkTextError, output_sizes, parse_network
from ..files import Files
from ..settings import SettingError
from ..trace import Columns, Sentences, Texts, Trace
from .known import KNOWN
from .places import Box, boxes_of, edges_of, window_of
from .plan import Stage, read_plan
from .settings import OWN, ArchitecturesSettings
from .words import sentence, shape_of, totals

TITLE = "Architectures"
SUMMARY = "What goes from layer to layer, how many numbers each layer learns, and how much it computes."
CODE = (output_sizes,)
MOST_NAMES, MOST_SHAPES = 12, 9  # with more layers, only the present one is named
LETTERS, LARGER = 0.02, 0.03  # heights, of the drawing's width
BELOW = 0.075  # from a box to its words, of the drawing's height
HEAD = 0.955  # where the present layer is named
BAR = 0.78  # of its place
LOWEST_BAR = 0.004  # so that a layer without costs shows as nothing, and one with few as little
COUNTS = ("parameters", "multiply_adds")
NOTE = "Heights of maps are to scale, so are the roots of their channels' count. Orange layers learn."


def compute(settings: ArchitecturesSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step a layer."""
    stages, names, about = plan_of(settings)
    boxes = boxes_of(stages)
    told = Texts.of([sentence(name, stage) for name, stage in zip(names, stages, strict=True)])
    facts = {"source": about, "size": totals(stages), "network_note": NOTE}
    facts |= {name: f"{sum(getattr(stage, name) for stage in stages):,}" for name in COUNTS}
    still = _still(stages, names, boxes) | _bars(stages)
    moving = _moving(stages, names, boxes)
    return Trace(still, moving, Sentences("{}", Texts(told.table, told.codes[:, np.newaxis])), facts)


def plan_of(settings: ArchitecturesSettings) -> tuple[list[Stage], list[str], str]:
    """The layers, their names and what is to be said of them all. Raises SettingError if the text is no network."""
    if settings.architecture != OWN:
        known = KNOWN[settings.architecture]
        stages = read_plan(known.text, known.input_shape)
        return stages, ["input", *(known.names or _numbered(stages[1:]))], known.about
    shape = (settings.channels, settings.side, settings.side)
    try:
        network = parse_network(settings.text, shape, np.random.default_rng(0))
    except NetworkTextError as error:
        raise SettingError(str(error)) from None
    stages = read_plan(network.text, shape)
    return stages, ["input", *_numbered(stages[1:])], f"Your own: {network.text}."


def _numbered(stages: Sequence[Stage]) -> list[str]:
    """conv1, maxpool1, conv2, ..."""
    kinds = [stage.kind for stage in stages]
    return [f"{kind}{kinds[: n + 1].count(kind)}" for n, kind in enumerate(kinds)]


def _still(stages: Sequence[Stage], names: Sequence[str], boxes: Sequence[Box]) -> dict[str, Columns]:
    """The boxes, those that learn and those that do not, and their names."""
    places = np.array([(*box.middle, box.width, box.height) for box in boxes], np.float32)
    learns = np.array([stage.has_weights for stage in stages])
    few, fewer = len(stages) <= MOST_NAMES, len(stages) <= MOST_SHAPES
    low = [(x, box.bottom - BELOW) for box in boxes for x in [box.middle[0]]]
    return {
        "learning": _rectangles(places[learns]),
        "fixed": _rectangles(places[~learns]),
        "edges": dict(edges_of(boxes)),
        "names": _words(low if few else [], names if few else [], LETTERS),
        "shapes": _words([(x, y - BELOW) for x, y in low] if fewer else [],
                         [shape_of(stage.after) for stage in stages] if fewer else [], LETTERS),
    }  # fmt: skip


def _bars(stages: Sequence[Stage]) -> dict[str, Columns]:
    """A bar for each layer that costs something, as high as its share of the dearest."""
    found: dict[str, Columns] = {}
    for name in COUNTS:
        x, heights = _bar_places(stages, name)
        found[name] = {column: values[heights > 0] for column, values in _bar_columns(x, heights).items()}
    return found


def _moving(stages: Sequence[Stage], names: Sequence[str], boxes: Sequence[Box]) -> dict[str, Columns]:
    """The present layer, what it reads, the window of one of its cells, its numbers."""
    before = [boxes[max(n - 1, 0)] for n in range(len(boxes))]
    windows = np.array([window_of(stage, box) for stage, box in zip(stages, before, strict=True)])
    right, (_, y, _, h) = np.array([box.left + box.width for box in before]), windows.T
    cells = np.array([(box.left, box.middle[1]) for box in boxes])
    reads = np.arange(len(boxes)) > 0  # the input reads nothing
    ends = np.stack([right, y - h / 2, cells[:, 0], cells[:, 1]]), np.stack([right, y + h / 2, cells[:, 0], cells[:, 1]])
    cone = np.where(reads[:, np.newaxis, np.newaxis], np.stack(ends).transpose(2, 0, 1), np.nan)  # (T, 2, 4)
    windows[~reads] = np.nan
    now = np.array([(*box.middle, box.width, box.height) for box in boxes])
    heads = np.array([(min(max(box.middle[0], 0.17), 0.83), HEAD) for box in boxes])
    moving = {
        "window": dict(zip("xywh", _steps(windows), strict=True)),
        "now": dict(zip("xywh", _steps(now), strict=True)),
        "cone": dict(zip(("x", "y", "x1", "y1"), cone.transpose(2, 0, 1).astype(np.float32), strict=True)),
        "head": _told(heads, [f"{name} {shape_of(stage.after)}" for name, stage in zip(names, stages, strict=True)], LARGER),
    }
    for name in COUNTS:
        x, heights = _bar_places(stages, name)
        moving[f"{name}_now"] = {key: column[:, np.newaxis] for key, column in _bar_columns(x, heights).items()}
        texts = [f"{at}: {getattr(stage, name):,}" for at, stage in zip(names, stages, strict=True)]
        moving[f"{name}_head"] = _told(np.stack([x.clip(0.32, 0.68), np.full(len(x), 1.15)], axis=1), texts, 0.06)
    return moving


def _bar_places(stages: Sequence[Stage], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Where each layer's bar stands and how high it is. -> (n,), (n,)"""
    counts = np.array([getattr(stage, name) for stage in stages], float)
    heights = counts / max(counts.max(), 1)
    return (np.arange(len(stages)) + 0.5) / len(stages), np.where(counts > 0, heights.clip(LOWEST_BAR), 0)


def _bar_columns(x: np.ndarray, heights: np.ndarray) -> dict[str, np.ndarray]:
    columns = {"x": x, "width": np.full(len(x), BAR / len(x)), "bottom": np.zeros(len(x)), "top": heights}
    return {name: column.astype(np.float32) for name, column in columns.items()}


def _rectangles(places: np.ndarray) -> Columns:
    return {name: np.ascontiguousarray(column) for name, column in zip("xywh", places.T, strict=True)}


def _steps(places: np.ndarray) -> np.ndarray:
    """One row a step. (T, n) -> n columns of (T, 1)"""
    return places.T[:, :, np.newaxis].astype(np.float32)


def _words(places: Sequence[tuple[float, float]], texts: Sequence[str], size: float) -> Columns:
    x, y = np.array(places, np.float32).reshape(-1, 2).T
    return {
        "text": Texts.of(texts), "x": np.ascontiguousarray(x), "y": np.ascontiguousarray(y),
        "size": np.full(len(texts), size, np.float32), "shade": np.zeros(len(texts), np.float32),
    }  # fmt: skip


def _told(places: np.ndarray, texts: Sequence[str], size: float) -> Columns:
    """One text a step, each in its place. places: (T, 2)"""
    columns = _words([(float(x), float(y)) for x, y in places], texts, size)
    return {
        name: Texts(column.table, column.codes[:, np.newaxis]) if isinstance(column, Texts) else column[:, np.newaxis]
        for name, column in columns.items()
    }


Settings = ArchitecturesSettings  # the name by which the session finds it
