"""The table of the kinds of layers, and what follows from it: how a unit is derived, what reads it, what it sees of the input.

A new kind of layer needs a class (see derivation.py) and a line here.
"""

from __future__ import annotations

from functools import lru_cache

from ...engine import Network
from ...engine.shapes import Pair
from .activations import Activations, Edges, Unit
from .branches import Add, Concat
from .cellwise import Dropout, Flatten, Identity, ReLU, Sigmoid, Tanh
from .convolution import Convolution
from .derivation import Derivation, Neighbours
from .graph import layers_above, layers_of
from .linear import Linear
from .normalisation import ResponseNorm
from .pooling import AveragePooling, GlobalAveragePooling, MaxPooling
from .softmax import Softmax
from .windows import around, clip, window_edges

KINDS: dict[str, type[Derivation]] = {
    "input": Derivation,
    "conv": Convolution,
    "maxpool": MaxPooling,
    "avgpool": AveragePooling,
    "globalavgpool": GlobalAveragePooling,
    "lrn": ResponseNorm,
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "dropout": Dropout,
    "identity": Identity,
    "flatten": Flatten,
    "concat": Concat,
    "add": Add,
    "linear": Linear,
    "softmax": Softmax,
}


def kind_of(network: Network, layer: int) -> type[Derivation]:
    """The class that derives the units of a layer."""
    return KINDS[layers_of(network)[layer].kind]


def derive(activations: Activations, unit: Unit) -> Derivation:
    """How the unit's value comes about."""
    return kind_of(activations.network, unit.layer)(activations, unit)


def readers_of(activations: Activations, unit: Unit) -> list[Neighbours]:
    """What reads a unit, one layer up: of several layers if branches begin there, of none for the probabilities."""
    above = layers_above(activations.network, unit.layer)
    readers = [kind_of(activations.network, up).readers(activations, unit, up) for up in above]
    return [neighbours for neighbours in readers if neighbours is not None]


def origin(network: Network, unit: Unit) -> Unit:
    """The unit whose number a flatten or dropout only hands on."""
    while kind_of(network, unit.layer).hands_on:
        source = kind_of(network, unit.layer).source(network, unit)
        assert source is not None
        unit = source
    return unit


def main_layers(network: Network) -> list[int]:
    """The layers without those whose numbers come again in the next, cut by an activation function or handed on, and
    without those inside branches."""
    return [
        n for n, layer in enumerate(layers_of(network))
        if kind_of(network, n).is_drawn and not layer.is_inner
        and not any(kind_of(network, up).is_activation for up in layers_above(network, n))
    ]  # fmt: skip


def receptive_edges(network: Network, unit: Unit) -> Edges | None:
    """The input pixels that can change a unit, cut at the image's edge. None if that image is no (C, H, W)."""
    return edges_on(network, unit, 0) if len(network.input_shape) == 3 else None


def edges_on(network: Network, unit: Unit, base: int) -> Edges:
    """The cells of the layer `base`, one of maps, that can change a unit, cut at the maps' edges."""
    _, H, W = layers_of(network)[base].shape
    cell: Unit | None = unit
    while cell is not None and len(cell.position) == 1:
        cell = kind_of(network, cell.layer).source(network, cell)
    if cell is None:
        return 0, 0, H, W
    reach = _reach(network, cell.layer, base)
    if reach is None:
        return 0, 0, 0, 0
    (top, left, bottom, right), (down, across) = reach
    _, row, column = cell.position
    return clip((top + row * down, left + column * across, bottom + row * down, right + column * across), H, W)


@lru_cache(maxsize=256)  # a film asks for the same layers with every photograph
def _reach(network: Network, layer: int, base: int) -> tuple[Edges, Pair] | None:
    """What the first cell of a layer sees of `base`, and how far this moves from one cell to the next, down and across:
    windows slide evenly, and so do windows over windows."""
    first, next_one = (_spread(network, layer, (at, at, at + 1, at + 1), base) for at in (0, 1))
    if first is None or next_one is None:
        return None
    return first, (next_one[0] - first[0], next_one[1] - first[1])


def _spread(network: Network, number: int, edges: Edges, base: int) -> Edges | None:
    """What those cells of a layer see of `base` through all layers between; None if it lies on no way to the input.

    Branches meet again at every layer below them, so each layer is walked through once, with all that is seen of it.
    """
    layers, seen = layers_of(network), {number: edges}
    for n in range(number, base, -1):
        if n not in seen:
            continue
        layer, one = layers[n], seen[n]
        sliding = kind_of(network, n).sliding(layer.made_by) if layer.made_by else None
        if sliding is None:
            _, H, W = layers[base].shape
            return 0, 0, H, W
        below = around(window_edges(sliding, one[0], one[1]), window_edges(sliding, one[2] - 1, one[3] - 1))
        for read in layer.reads:
            seen[read] = around(seen[read], below) if read in seen else below
    return seen.get(base)
