"""The stages of a network, and its units by name: conv1[3, 10, 12] is row 10, column 12 of map 3 after the layer conv1.

Stage 0 is the input, stage i what layer i − 1 made of it, and the last stage, softmax, the probabilities.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...engine import Layer, Network, Sliding, receptive_field, softmax
from ...engine.shapes import Array
from ..settings import SettingError

Box = tuple[int, int, int, int]  # top, left, bottom, right; the last two exclusive
LONGEST = 40
PATTERN = re.compile(r"(\w+)\[(\d{1,5}(?:, ?\d{1,5}){0,2})\]", re.ASCII)
CELLWISE = ("relu", "sigmoid", "tanh", "dropout")


@dataclass(frozen=True)
class Unit:
    """One number of a stage. position: (map, row, column), or (feature,) behind flatten."""

    stage: int
    position: tuple[int, ...]


def stage_names(network: Network) -> list[str]:
    """input, conv1, relu1, ..., linear3, softmax."""
    return ["input", *network.names, "softmax"]


def stage_shapes(network: Network) -> list[tuple[int, ...]]:
    """The shape of every stage for one image."""
    return [*network.shapes, network.shapes[-1]]


def layer_of(network: Network, stage: int) -> Layer | None:
    """The layer that makes a stage; None for the input and for softmax."""
    return network.layers[stage - 1] if 0 < stage <= len(network.layers) else None


def kept(network: Network, image: int = 0) -> list[Array]:
    """Copies of all stages of one image of the last forward, the probabilities included."""
    found = [np.ascontiguousarray(activation[image]) for activation in network.activations]
    return [*found, softmax(found[-1][np.newaxis])[0]]


def read_unit(network: Network, text: str) -> Unit:
    """Read conv1[3,10,12]. Raises SettingError if the network has no such unit."""
    names, shapes = stage_names(network), stage_shapes(network)
    found = PATTERN.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if found is None:
        raise SettingError(f"{text[:LONGEST]!r} names no unit; write a layer and a place, such as {_example(network)}")
    if found[1] not in names:
        raise SettingError(f"there is no layer {found[1]!r} in this network; its layers are {', '.join(names)}")
    stage, position = names.index(found[1]), tuple(int(number) for number in found[2].split(","))
    shape = shapes[stage]
    if len(position) != len(shape) or any(place >= size for place, size in zip(position, shape, strict=True)):
        last = ",".join(str(size - 1) for size in shape)
        raise SettingError(f"there is no unit {text} in this network; {found[1]} goes up to {found[1]}[{last}]")
    return Unit(stage, position)


def write_unit(network: Network, unit: Unit) -> str:
    """Write a unit as read_unit reads it."""
    return f"{stage_names(network)[unit.stage]}[{','.join(str(place) for place in unit.position)}]"


def receptive_box(network: Network, unit: Unit) -> Box | None:
    """The input pixels that can change a unit, cut at the image's edge. None if that image is no (C, H, W)."""
    if len(network.input_shape) != 3:
        return None
    _, H, W = network.input_shape
    place = _mapped(network, unit)
    if place is None:
        return 0, 0, H, W
    top, left, bottom, right = receptive_field(_slidings(network, place.stage)).box(*place.position[1:])
    return clip((top, left, bottom, right), H, W)


def clip(box: Box, rows: int, columns: int) -> Box:
    """Cut a box at the edges of a map."""
    top, left, bottom, right = box
    return max(top, 0), max(left, 0), min(bottom, rows), min(right, columns)


def _mapped(network: Network, unit: Unit) -> Unit | None:
    """Follow a unit back to the cell of a feature map that alone decides it; None if it depends on all."""
    while len(unit.position) == 1:
        layer = layer_of(network, unit.stage)
        if layer is not None and layer.kind == "flatten":
            unit = Unit(unit.stage - 1, unravel(unit.position[0], network.shapes[unit.stage - 1]))
        elif layer is not None and layer.kind in CELLWISE:
            unit = Unit(unit.stage - 1, unit.position)
        else:
            return None
    return unit


def unravel(index: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The position of number `index`, in row order."""
    return tuple(int(place) for place in np.unravel_index(index, shape))


def ravel(position: tuple[int, ...], shape: tuple[int, ...]) -> int:
    """The number of a position, in row order."""
    return sum(place * math.prod(shape[axis + 1 :]) for axis, place in enumerate(position))


def sliding_of(layer: Layer) -> Sliding | None:
    """The window of a convolution or pooling; None for the layers that have none."""
    if not hasattr(layer, "kernel_size"):
        return None
    return Sliding(layer.kernel_size, layer.stride, layer.padding, getattr(layer, "dilation", (1, 1)))  # type: ignore[attr-defined]


def _slidings(network: Network, stage: int) -> Iterator[Sliding]:
    for layer in network.layers[:stage]:
        sliding = sliding_of(layer)
        if sliding:
            yield sliding


def _example(network: Network) -> str:
    shape = network.shapes[1]
    return f"{network.names[0]}[{','.join(str(size // 2) for size in shape)}]"
