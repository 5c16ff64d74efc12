"""A network's numbers for one image, and its units by name: C1[3, 10, 12] is row 10, column 12 of map 3 of the layer C1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from ...engine import Network, softmax
from ...engine.shapes import Array
from ..settings import SettingError
from .graph import find_layer, layer_names, layers_of, values_of

Edges = tuple[int, int, int, int]  # top, left, bottom, right of some cells; the last two exclusive
LONGEST = 40  # characters of a unit
PATTERN = re.compile(r"([\w.]+)\[(\d{1,5}(?:, ?\d{1,5}){0,2})\]", re.ASCII)


@dataclass(frozen=True)
class Unit:
    """One number of a layer. position: (map, row, column), or (feature,) behind flatten."""

    layer: int
    position: tuple[int, ...]


@dataclass(frozen=True)
class Activations:
    """A network, and every number of one image's way through it. values: one array for each layer, without the batch;
    class_names: what the probabilities are of, if they have names."""

    network: Network
    values: Sequence[Array]
    class_names: Sequence[str] = ()

    @classmethod
    def of(cls, network: Network, image: int = 0, class_names: Sequence[str] = ()) -> Self:
        """Copies of all layers' numbers for one image of the last forward, the probabilities included."""
        values = [np.array(batch[image], order="C") for batch in (network.activations[0], *values_of(network))]
        return cls(network, [*values, softmax(values[-1][np.newaxis])[0]], class_names)

    @cached_property
    def names(self) -> list[str]:
        """The name of every layer."""
        return layer_names(self.network)

    @property
    def probabilities(self) -> Array:
        """What softmax makes of the logits. -> (classes,)"""
        return self.values[-1]

    @cached_property
    def _strongest(self) -> dict[int, Unit]:
        return {}

    def strongest(self, layer: int) -> Unit:
        """The unit of the largest value of a layer."""
        if layer not in self._strongest:
            values = self.values[layer]
            place = np.unravel_index(int(values.argmax()), values.shape)
            self._strongest[layer] = Unit(layer, tuple(int(one) for one in place))
        return self._strongest[layer]

    def value(self, unit: Unit) -> float:
        """The unit's number."""
        return float(self.values[unit.layer][unit.position])

    def name(self, unit: Unit) -> str:
        """C1[3, 10, 12]: what the unit is called."""
        return f"{self.names[unit.layer]}[{', '.join(map(str, unit.position))}]"

    def class_of(self, unit: Unit) -> str:
        """The name of the class whose map, logit or probability it belongs to, "" if there is none."""
        count = len(self.class_names)
        is_of_class = count > 0 and all(len(values) == count for values in self.values[unit.layer :])
        return self.class_names[unit.position[0]] if is_of_class else ""

    def address(self, unit: Unit) -> str:
        """C1[3,10,12]: the unit as read_unit reads it."""
        return write_unit(self.network, unit)


def read_unit(network: Network, text: str) -> Unit:
    """Read C1[3,10,12]. Raises SettingError if the network has no such unit."""
    match = PATTERN.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if match is None:
        raise SettingError(f"{text[:LONGEST]!r} names no unit; write a layer and a place, such as {_example(network)}")
    layer, position = find_layer(network, match[1]), tuple(int(number) for number in match[2].split(","))
    if layer is None:
        raise SettingError(f"there is no layer {match[1]!r} in this network; its layers are {', '.join(layer_names(network))}")
    shape = layers_of(network)[layer].shape
    if len(position) != len(shape) or any(place >= size for place, size in zip(position, shape, strict=True)):
        last = ",".join(str(size - 1) for size in shape)
        raise SettingError(f"there is no unit {text} in this network; {match[1]} goes up to {match[1]}[{last}]")
    return Unit(layer, position)


def write_unit(network: Network, unit: Unit) -> str:
    """Write a unit as read_unit reads it."""
    return f"{layer_names(network)[unit.layer]}[{','.join(map(str, unit.position))}]"


def _example(network: Network) -> str:
    return write_unit(network, Unit(1, tuple(size // 2 for size in layers_of(network)[1].shape)))
