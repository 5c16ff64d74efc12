"""What the photo view shows: a photograph on its way through SqueezeNet, one step a layer, every number of every layer.

Slides 22-29, 66, 79 and 80 of the lecture.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...engine import conv2d_loops, global_avg_pool2d, max_pool2d_loops, relu, softmax
from ...engine.shapes import Array
from ...engine.squeezenet import SIDE
from ..convolution.settings import opened
from ..definitions import layer_by_definition
from ..files import DiskFiles, Files
from ..filters.settings import SQUEEZENET, filter_facts
from ..grid import limit_of
from ..imagenet import RUNNING, ImageClass, image_classes, most_probable, photo_input
from ..networks import Networks
from ..numbers import percent, write
from ..pointing import pointing_at_all
from ..ran import Check, Definition
from ..trace import Columns, Sentences, Texts, Trace
from ..units.activations import Activations, read_unit
from ..units.card import card_facts, card_sources
from ..units.graph import layers_of
from ..units.kinds import derive, edges_on
from . import words
from .film import field_columns, field_steps, film_sources, stages_of
from .maps import map_sources, open_layers
from .settings import PhotoSettings
from .state import PhotoState
from .where import as_seen, covered_by, where

TITLE = "Show it a photograph"
SUMMARY = "A real ImageNet network reads your photograph; every number of every layer can be asked."
ACTIVITY = (
    "Show SqueezeNet a photograph: 1,000 classes, the pass layer by layer, every map and unit, and where it sees a class."
)
DEFINITION = Definition(
    (conv2d_loops, relu, max_pool2d_loops, global_avg_pool2d, softmax),
    "tests/engine/test_conv.py and tests/engine/test_pooling.py prove that the loops give the numbers of the plain functions, "
    "test_fast.py that the plans do, up to rounding; test_imagenet.py holds every layer to PyTorch's on two "
    "photographs.",
)
SHOWN = 5  # classes with bars
FILTERS_ACROSS = 8
ROW = 1 / SHOWN
CHECKED = ("conv1", "pool1", "fire2.squeeze", "fire2.relu", "fire2.expand1x1", "fire2.expand3x3", "conv10", "logits")


def compute(settings: PhotoSettings, files: Files | None = None, state: PhotoState | None = None) -> Trace:
    """Everything that the view shows, one step a stage of the film."""
    files = files or DiskFiles()
    state = state or PhotoState(files, Networks(files))
    classes, activations = image_classes(files), state.activations(settings)
    pixels = as_seen(state.photograph(settings), covered_by(settings))
    unit = read_unit(activations.network, settings.unit) if settings.unit else None
    derivation = derive(activations, unit) if unit else None
    seen, about_seen = where(settings, state, classes)
    film, moving = film_sources(activations)
    layers = open_layers(activations, settings)
    maps, aspect = map_sources(activations, layers, unit)
    still = {
        "photo": colours(pixels), **seen,
        "field": field_columns([edges_on(activations.network, unit, 0)] if unit else [], SIDE),
        "filters": filters(activations.network.parameters()["conv1.weight"]),
        **scores(activations.probabilities, classes), **class_table(activations, classes),
        **film, **maps, **card_sources(derivation, opened, editable=False),
    }  # fmt: skip
    still["field"] = {name: np.asarray(column)[:, 0] for name, column in still["field"].items()}
    return Trace(
        still,
        {**moving, "film_field": field_steps(activations, SIDE)},
        _sentences(activations, classes),
        words.facts(activations, settings, classes) | about_seen
        | card_facts(derivation, editable=False) | filter_facts(SQUEEZENET, activations, unit)
        | {
            "maps_aspect": f"{aspect:.5f}", "maps": "", **words.calls_of(settings),
            "layers": ",".join(layer.name for layer in layers_of(activations.network)[1:]),
            "stages": ",".join(stage.name for stage in stages_of(activations.network)),
            "last_page": str(max((one.pages for one in layers), default=1) - 1),
        },
    )  # fmt: skip


def _sentences(activations: Activations, classes: tuple[ImageClass, ...]) -> Sentences:
    stages = stages_of(activations.network)
    names = [stage.name for stage in stages]
    said = [words.stage_sentence(activations, stage, names, classes) for stage in stages]
    return Sentences("{}", Texts.of_steps([[one] for one in said]))


def colours(pixels: np.ndarray) -> Columns:
    """One picture that fills the unit square. pixels: (H, W, 3) or (H, W, 4) uint8"""
    opaque = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    opaque[:, :, : pixels.shape[2]] = pixels
    return {"image": opaque[np.newaxis], **_whole()}


def _whole() -> Columns:
    return {name: np.array([place], np.float32) for name, place in (("x", 0), ("y", 0), ("dw", 1), ("dh", 1))}


def scores(probabilities: Array, classes: tuple[ImageClass, ...]) -> dict[str, Columns]:
    """A bar for each of the most probable classes, with its name and its probability."""
    best = most_probable(probabilities, SHOWN)
    tops = 1 - np.arange(SHOWN, dtype=np.float32) * ROW
    width = probabilities[best].astype(np.float32)
    bars = {"x": width / 2, "y": tops - np.float32(0.72 * ROW), "w": width, "h": np.full(SHOWN, 0.36 * ROW, np.float32)}
    named: Columns = {"y": tops - np.float32(0.3 * ROW), "size": np.full(SHOWN, 0.058, np.float32)}
    return {
        "score_bars": {**bars},
        "score_names": {"text": Texts.of([classes[n].name for n in best]), "x": np.zeros(SHOWN, np.float32), **named},
        "score_percents": {
            "text": Texts.of([f"{percent(float(probabilities[n]))} %" for n in best]),
            "x": np.ones(SHOWN, np.float32), **named,
        },
        "scores": {"row": np.arange(SHOWN, dtype=np.int32), "column": np.zeros(SHOWN, np.int32), "value": width},
        "score_boxes": pointing_at_all("scores", "Probability"),
    }  # fmt: skip


def class_table(activations: Activations, classes: tuple[ImageClass, ...]) -> dict[str, Columns]:
    """Every class with its names, probability and logit, to be searched."""
    probabilities, logits = activations.probabilities, activations.values[-2]
    rank = np.empty(len(classes), np.int32)
    rank[np.argsort(-probabilities, kind="stable")] = np.arange(1, len(classes) + 1)
    return {
        "classes": {
            "name": Texts.of([one.name for one in classes]),
            "synonyms": Texts.of([one.synonyms for one in classes]),
            "percent": Texts.of([f"{percent(p)} %" for p in probabilities.tolist()]),
            "logit": Texts.of([write.__wrapped__(value) for value in logits.tolist()]),  # whose cache a webcam would fill
            "rank": rank,
        }
    }


def filters(weight: Array) -> Columns:
    """Filters of three channels (blue, green, red) as colours, grey where the weight is 0. weight: (F, 3, kH, kW)"""
    count, _, rows, columns = weight.shape
    down = -(-count // FILTERS_ACROSS)
    cells = np.zeros((down * (rows + 1), FILTERS_ACROSS * (columns + 1), 4), np.uint8)
    levels = np.clip(weight[:, ::-1] / (2 * limit_of(weight)) + 0.5, 0, 1) * 255
    for number, level in enumerate(levels):
        row, column = divmod(number, FILTERS_ACROSS)
        top, left = row * (rows + 1), column * (columns + 1)
        cells[top : top + rows, left : left + columns, :3] = np.rint(level.transpose(1, 2, 0)).astype(np.uint8)
        cells[top : top + rows, left : left + columns, 3] = 255
    return colours(cells[:-1, :-1])


def arrays(settings: PhotoSettings, files: Files, state: PhotoState) -> dict[str, np.ndarray]:
    """The photograph, what is covered of it, and every number of every layer by name; the weights are those of the file
    static/data/imagenet/squeezenet.npz."""
    activations = state.activations(settings)
    named = {f"activations.{name}": values for name, values in zip(activations.names, activations.values, strict=True)}
    return {"photograph": state.photograph(settings), "covered": covered_by(settings)} | named


def work(settings: PhotoSettings, files: Files | None = None, state: PhotoState | None = None) -> Callable[[], Array]:
    """The pass of the photograph, which compute finds done already."""
    state = state or PhotoState(files or DiskFiles(), Networks(files or DiskFiles()))
    network, x = state.network(), photo_input(state.photograph(settings), covered_by(settings))

    def run() -> Array:
        with RUNNING:
            return softmax(network.forward(x))

    return run


def check(settings: PhotoSettings, files: Files | None = None, state: PhotoState | None = None) -> Check:
    """What some layers make of their input, by the definition and by the network; of convolutions some cells."""
    state = state or PhotoState(files or DiskFiles(), Networks(files or DiskFiles()))
    values, layers = state.activations(settings).values, layers_of(state.network())
    defined, shown = {"softmax": softmax(values[-2][np.newaxis])}, {"softmax": values[-1][np.newaxis]}
    for n, layer in enumerate(layers):
        if layer.name in CHECKED and layer.made_by is not None:
            cells, defined[layer.name], _ = layer_by_definition(layer.made_by, values[layer.reads[0]][np.newaxis])
            shown[layer.name] = values[n][np.newaxis][cells]
    note = f"Compared are {', '.join(CHECKED)} and softmax; of convolutions some rows and filters: loops over all take long."
    return Check(defined, shown, note, what="what these layers make of their input")


Settings = PhotoSettings  # the names by which the session finds them
State = PhotoState
