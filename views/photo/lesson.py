"""What the photo view shows: a photograph on its way through SqueezeNet, one step a layer, every number of every layer.

Slides 22-29, 66, 79 and 80 of the lecture.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...engine import conv2d_loops, global_avg_pool2d, max_pool2d_loops, relu, softmax, squeezenet_input
from ...engine.shapes import Array
from ...engine.squeezenet import SIDE
from ..convolution.settings import opened
from ..definitions import layer_by_definition
from ..files import DiskFiles, Files
from ..imagenet import ImageClass, image_classes, most_probable
from ..networks import Networks
from ..ran import Check, Definition
from ..trace import Sentences, Texts, Trace
from ..units.activations import Activations, read_unit
from ..units.card import card_facts, card_sources
from ..units.graph import layers_of
from ..units.kinds import derive, edges_on
from . import columns, words
from .film import field_columns, field_steps, film_sources
from .maps import map_sources, open_layers
from .settings import PhotoSettings
from .stages import stages_of
from .state import PhotoState

TITLE = "Show it a photograph"
SUMMARY = "A real ImageNet network reads a photograph in your browser; every number of every layer can be asked."
ACTIVITY = (
    "Show SqueezeNet a photograph: 1,000 classes, the pass layer by layer, every map and unit, and where it sees a class."
)
DEFINITION = Definition(
    (conv2d_loops, relu, max_pool2d_loops, global_avg_pool2d, softmax),
    "tests/engine/test_conv.py and tests/engine/test_pooling.py prove that the loops give the numbers of the plain functions, "
    "test_fast.py that the plans do, up to rounding; test_imagenet.py holds every layer to PyTorch's on two "
    "photographs.",
)
CHECKED = ("conv1", "pool1", "fire2.squeeze", "fire2.relu", "fire2.expand1x1", "fire2.expand3x3", "conv10", "logits")


def compute(settings: PhotoSettings, files: Files | None = None, state: PhotoState | None = None) -> Trace:
    """Everything that the view shows, one step a stage of the film."""
    files = files or DiskFiles()
    state = state or PhotoState(files, Networks(files))
    classes, pixels, activations = image_classes(files), state.pixels(settings), state.activations(settings)
    unit = read_unit(activations.network, settings.unit) if settings.unit else None
    derivation = derive(activations, unit) if unit else None
    one = classes[settings.explain if settings.explain >= 0 else most_probable(activations.probabilities, 1)[0]]
    class_map, _ = columns.values_over(activations.values[-3][one.number])
    film, moving = film_sources(activations)
    layers = open_layers(activations, settings)
    maps, aspect = map_sources(activations, layers, unit)
    still = {
        "photo": columns.colours(pixels), "class_map": class_map,
        "field": field_columns([edges_on(activations.network, unit, 0)] if unit else [], SIDE),
        "filters": columns.filters(activations.network.parameters()["conv1.weight"]),
        **columns.scores(activations.probabilities, classes), **columns.class_table(activations, classes),
        **film, **maps, **card_sources(derivation, opened, editable=False),
    }  # fmt: skip
    still["field"] = {name: np.asarray(column)[:, 0] for name, column in still["field"].items()}
    return Trace(
        still,
        {**moving, "film_field": field_steps(activations, SIDE)},
        _sentences(activations, classes),
        words.facts(activations, settings, classes) | words.class_words(activations, one)
        | card_facts(derivation, editable=False)
        | {
            "maps_aspect": f"{aspect:.5f}", "maps": "", "call": words.call_of(settings),
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


def work(settings: PhotoSettings, files: Files | None = None, state: PhotoState | None = None) -> Callable[[], Array]:
    """The pass of the photograph, which compute finds done already."""
    state = state or PhotoState(files or DiskFiles(), Networks(files or DiskFiles()))
    network, pixels = state.network(), state.pixels(settings)
    return lambda: softmax(network.forward(squeezenet_input(pixels)))


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
