"""What the network view shows: a digit on its way through a trained network, every number of every layer.

Slides 66, 78 and 82 of the lecture. Whatever changes, all of it is computed anew.
"""

from __future__ import annotations

import numpy as np

from ...engine import avg_pool2d, conv2d_loops, linear, max_pool2d_loops, relu, softmax
from ..convolution.settings import opened
from ..definitions import layer_by_definition
from ..files import DiskFiles, Files
from ..filters.settings import filter_facts
from ..networks import Networks
from ..ran import Check, Definition
from ..trace import Sentences, Texts, Trace
from ..units.activations import Activations, read_unit
from ..units.card import card_facts, card_sources
from ..units.kinds import derive
from . import columns, words
from .edits import read_edits
from .preparation import Prepared, as_input, ink_of, moved, prepare
from .settings import NetworkSettings
from .space import in_space
from .state import NetworkState
from .why import reasons

TITLE = "Draw a digit"
SUMMARY = "A trained network reads your digit, layer by layer; ask any unit where its number comes from."
ACTIVITY = (
    "Draw, and LeNet-5 reads it: every layer flat or in space, any unit down to its products, any weight changed, "
    "and why this class."
)
DEFINITION = Definition(
    (conv2d_loops, relu, max_pool2d_loops, avg_pool2d, linear, softmax),
    "tests/engine/test_fast.py proves that the plans give the numbers of the plain functions, tests/engine/test_conv.py and "
    "tests/engine/test_pooling.py that these give those of the loops, up to rounding.",
)


def compute(settings: NetworkSettings, files: Files | None = None, state: NetworkState | None = None) -> Trace:
    """Everything that the view shows at the first step; then, in the flat drawing, the forward pass layer by layer."""
    files = files or DiskFiles()
    state = state or NetworkState(files, Networks(files))
    network = state.network(settings)
    pad, label = _on_pad(settings, state)
    prepared = _prepared(pad, settings)
    x = as_input(prepared.field, (network.input_shape[1], network.input_shape[2]), network.pixel_offset)
    network.forward(x)
    activations, blocks, edits = Activations.of(network), state.blocks(network), read_edits(network, settings.edits)
    unit = read_unit(network, settings.unit) if settings.unit else None
    derivation = derive(activations, unit) if unit else None
    probabilities = activations.probabilities
    maps, limits = blocks.maps(activations, shared=settings.colours == "network")
    weights, about_weights = columns.kernels(network, settings, edits)
    space, about_space = in_space(settings, activations, unit, blocks, limits)
    why, about_why = reasons(network, settings, x, probabilities)
    answered = words.sentence(settings, probabilities, label, empty=not pad.any())
    said, steps = [f"{derivation.sentence}." if derivation else answered], {}
    if settings.mode == "flat":
        units = [block.strongest(activations) for block in blocks.blocks]
        said, steps = [*said, *words.layer_sentences(activations, units, answered)], blocks.film(units)
    return Trace(
        {
            **maps, "map_table": blocks.table | blocks.places, "block_table": blocks.block_table, "reach": blocks.reach,
            "heads": blocks.heads(limits), **columns.pad(prepared, cropped=settings.crop), **columns.strip(prepared),
            **columns.bars(probabilities), **card_sources(derivation, opened), **weights, **why, **space,
        },
        steps,
        Sentences("{}", Texts.of_steps([[one] for one in said])),
        words.facts(settings, network, blocks, prepared, limits, label)
        | {"answer": words.answer(probabilities)} | words.calls_of(settings, network, x)
        | card_facts(derivation, {edit.where for edit in edits if edit.part == "off"})
        | filter_facts(settings.network, activations, None if edits else unit)
        | about_weights | about_why | about_space,
    )  # fmt: skip


def check(settings: NetworkSettings, files: Files | None = None, state: NetworkState | None = None) -> Check:
    """What every layer makes of its input, by the definition and by the network; of a large convolution some cells."""
    state = state or NetworkState(files or DiskFiles(), Networks(files or DiskFiles()))
    network = state.network(settings)
    field = _prepared(_on_pad(settings, state)[0], settings).field
    network.forward(as_input(field, (network.input_shape[1], network.input_shape[2]), network.pixel_offset))
    values = Activations.of(network).values
    defined, shown, whole = {"softmax": softmax(values[-2][np.newaxis])}, {"softmax": values[-1][np.newaxis]}, True
    for name, layer, x, out in zip(network.names, network.layers, values[:-2], values[1:-1], strict=True):
        cells, defined[name], is_whole = layer_by_definition(layer, x[np.newaxis])
        shown[name], whole = out[np.newaxis][cells], whole and is_whole
    note = "" if whole else "Of convolutions some rows and filters are compared: loops over all of them would take too long."
    return Check(defined, shown, note, what="what every layer makes of its input")


def arrays(settings: NetworkSettings, files: Files, state: NetworkState) -> dict[str, np.ndarray]:
    """What every layer computed of the digit, and what was learned, by name."""
    network = state.network(settings)
    field = _prepared(_on_pad(settings, state)[0], settings).field
    network.forward(as_input(field, (network.input_shape[1], network.input_shape[2]), network.pixel_offset))
    activations = Activations.of(network)
    named = {f"activations.{name}": values for name, values in zip(activations.names, activations.values, strict=True)}
    return named | {f"weights.{name}": values for name, values in network.parameters().items()}


def _prepared(pad: np.ndarray, settings: NetworkSettings) -> Prepared:
    """The pad as the network's field. pad: (28, 28) or (56, 56) of 0..1."""
    return prepare(
        moved(pad, settings.shift_down, settings.shift_right),
        crop=settings.crop, scale=settings.scale, centre=settings.centre,
    )  # fmt: skip


def _on_pad(settings: NetworkSettings, state: NetworkState) -> tuple[np.ndarray, int | None]:
    """What is on the pad before it is moved, and its label if it has one. -> (28, 28) or (56, 56) of 0..1."""
    if settings.image == "drawing":
        return ink_of(settings.drawing), None
    return state.digit(settings.digit)


Settings = NetworkSettings  # the names by which the session finds them
State = NetworkState
