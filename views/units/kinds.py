"""The table of the kinds of layers, and what follows from it: how a unit is derived, what reads it, what it sees of the input.

A new kind of layer needs a class (see derivation.py) and a line here.
"""

from __future__ import annotations

from ...engine import Network, receptive_field
from .activations import Activations, Edges, Unit, layer_kind, layer_shapes
from .cellwise import Dropout, Flatten, ReLU, Sigmoid, Tanh
from .convolution import Convolution
from .derivation import Derivation, Neighbours
from .linear import Linear
from .pooling import AveragePooling, MaxPooling
from .softmax import Softmax
from .windows import clip

KINDS: dict[str, type[Derivation]] = {
    "input": Derivation,
    "conv": Convolution,
    "maxpool": MaxPooling,
    "avgpool": AveragePooling,
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "dropout": Dropout,
    "flatten": Flatten,
    "linear": Linear,
    "softmax": Softmax,
}


def kind_of(network: Network, layer: int) -> type[Derivation]:
    """The class that derives the units of a layer."""
    return KINDS[layer_kind(network, layer)]


def derive(activations: Activations, unit: Unit) -> Derivation:
    """How the unit's value comes about."""
    return kind_of(activations.network, unit.layer)(activations, unit)


def readers_of(activations: Activations, unit: Unit) -> Neighbours | None:
    """What reads a unit, one layer up. None for the probabilities."""
    if unit.layer + 1 == len(activations.values):
        return None
    return kind_of(activations.network, unit.layer + 1).readers(activations, unit)


def origin(network: Network, unit: Unit) -> Unit:
    """The unit whose number a flatten or dropout only hands on."""
    while kind_of(network, unit.layer).hands_on:
        source = kind_of(network, unit.layer).source(network, unit)
        assert source is not None
        unit = source
    return unit


def main_layers(network: Network) -> list[int]:
    """The layers without those whose numbers come again in the next: cut by an activation function, or handed on."""
    kinds = [kind_of(network, layer) for layer in range(len(layer_shapes(network)))]
    above: list[type[Derivation]] = [*kinds[1:], Derivation]
    return [n for n, (kind, up) in enumerate(zip(kinds, above, strict=True)) if not kind.hands_on and not up.is_activation]


def receptive_edges(network: Network, unit: Unit) -> Edges | None:
    """The input pixels that can change a unit, cut at the image's edge. None if that image is no (C, H, W)."""
    if len(network.input_shape) != 3:
        return None
    _, H, W = network.input_shape
    cell: Unit | None = unit
    while cell is not None and len(cell.position) == 1:
        cell = kind_of(network, cell.layer).source(network, cell)
    slidings = [] if cell is None else [
        kind_of(network, n + 1).sliding(layer) for n, layer in enumerate(network.layers[: cell.layer])
    ]
    chain = [sliding for sliding in slidings if sliding is not None]
    if cell is None or len(chain) < len(slidings):
        return 0, 0, H, W
    return clip(receptive_field(chain).box(*cell.position[1:]), H, W)
