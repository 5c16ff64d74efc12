"""How the value of one unit comes about, in numbers and words. Each kind of layer has its own class (see kinds.py).

Every `total` is computed from the numbers that are shown, so it is the unit's value up to rounding, unless the unit was
switched off. What a unit contributes to another is its part of that one's sum: input × weight. To a maximum the winner
contributes its value and the others 0, to a mean each its value divided by the count, to softmax its exponential.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from ...engine import Layer, Network, Sliding
from ...engine.shapes import Array
from ..numbers import write, write_factor
from ..sums import LARGEST_TERMS, sums_of_products
from ..trace import Sentences
from .activations import Activations, Edges, Unit
from .graph import layers_of


@dataclass(frozen=True)
class Neighbours:
    """Units of one layer, the one that contributes most first. positions: (n, axes), contributions: (n,).

    layers: of each of them, where branches meet and they lie in several layers.
    """

    layer: int
    positions: np.ndarray
    contributions: Array
    layers: Sequence[int] = ()

    @classmethod
    def ranked(cls, layer: int, positions: np.ndarray, contributions: Array) -> Self:
        """Put the largest contributions first, whatever their sign."""
        order = np.argsort(-np.abs(contributions), kind="stable")
        return cls(layer, positions[order], contributions[order])

    def units(self, most: int) -> list[Unit]:
        """The first of them."""
        layers = self.layers or [self.layer] * len(self.positions)
        return [Unit(layer, tuple(position)) for layer, position in zip(layers, self.positions[:most].tolist(), strict=False)]


@dataclass(frozen=True)
class Term:
    """One line of a sum: its unit or another label, how it comes about, what it contributes, which weight can be typed."""

    label: str = ""  # else the name of its unit
    words: str = ""
    result: float | None = None
    written: str = ""  # else the result
    unit: Unit | None = None
    place: str = ""
    value: float = 0.0  # at that place
    group: int = -1  # the input map whose grids it opens


@dataclass(frozen=True)
class NumberGrid:
    """A grid of numbers on the card. kind: window, kernel or products; group: the input map."""

    group: int
    kind: str
    values: Array  # (H, W)
    limit: float  # the end of its colour scale
    units: Sequence[str] = ()  # of each cell in row order: where a click goes
    places: Sequence[str] = ()  # of each cell: which weight can be typed
    winner: tuple[int, int] | None = None


class Opening(NamedTuple):
    """The convolution of one input map around a window. group: the map; image: (H, W) of it; kernel: (kH, kW)."""

    group: int
    image: Array
    kernel: Array
    stride: int
    dilation: int


class Derivation:
    """How the value of one unit comes about. This class is that of a pixel of the input, which is given.

    title: C1[3, 10, 12]; value: 0 if it was switched off; total: what the numbers shown add up to; inputs: what it reads;
    window_edges: of its window on the layer before, cut at the map's edges, None if it reads all of that layer or nothing;
    window_maps: those on which the window lies; words: how the value comes about; result_words: what the total is.
    """

    about = "a pixel of the input"
    reads_every_map = False
    hands_on = False  # whether its numbers are those of the layer before, and only laid out anew if at all
    is_drawn = True  # whether a drawing of the network shows it
    is_activation = False  # whether it makes one number of one number, cell by cell
    reads_its_place = False  # whether it reads the cells at its own row and column alone

    def __init__(self, activations: Activations, unit: Unit) -> None:
        self.activations, self.unit = activations, unit
        self.layer = layers_of(activations.network)[unit.layer]
        self.before = self.layer.reads[0] if self.layer.reads else 0  # the layer before, and its numbers
        self.x = activations.values[self.before]
        self.title, self.value = activations.name(unit), activations.value(unit)
        self.total = self.value
        self.inputs: Neighbours | None = None
        self.window_edges: Edges | None = None
        self.window_maps = range(0)
        self.words = ""
        self.result_words: str | None = None

    @classmethod
    def sliding(cls, layer: Layer) -> Sliding | None:
        """The window that slides over the layer before; None if a unit can read all of it."""
        return Sliding(1) if cls.reads_its_place else None

    @classmethod
    def source(cls, network: Network, unit: Unit) -> Unit | None:
        """The one unit of the layer before that alone decides this one; None if there are several."""
        return None

    @classmethod
    def readers(cls, activations: Activations, unit: Unit, up: int) -> Neighbours | None:
        """Which units of `up`, a layer of this kind, read a unit of a layer before it, and what it contributes to each."""
        return None

    @classmethod
    def write_contribution(cls, contribution: float) -> str:
        """What a unit of the layer before contributes, in words."""
        return write(contribution)

    @property
    def is_off(self) -> bool:
        """Whether the value is not what it would be, because the unit was switched off."""
        return not np.isclose(self.total, self.value, rtol=1e-3, atol=1e-4)

    @property
    def sentence(self) -> str:
        """The unit, how it comes about, and its value."""
        if self.is_off:
            return f"{self.title} = {write(self.value)}, switched off; it would be {self.words} = {write(self.total)}"
        return " = ".join(part for part in (self.title, self.words, write(self.value)) if part)

    def grids(self) -> list[NumberGrid]:
        """Its numbers cell by cell."""
        return []

    def terms(self) -> list[Term]:
        """Its numbers line by line."""
        return []

    def openings(self) -> list[Opening]:
        """Its window of each input map, to be shown by itself."""
        return []


class Weighted(Derivation):
    """A sum of products of numbers and learned weights, and a bias. row: the weights of this unit; products: all of them."""

    reads_every_map = True

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        self.parameters = self.layer.parameters
        self.row: Array = self.parameters["weight"][unit.position[0]]
        self.bias = float(self.parameters["bias"][unit.position[0]])
        self.result_words = "the sum"

    def sum_words(self, x: Array) -> str:
        """The sum in one line: its largest products, and the rest. x: as `row`."""
        template, gaps = sums_of_products(x.reshape(1, -1), self.row.reshape(1, -1), LARGEST_TERMS)
        return f"{Sentences(template, gaps)[0]} + bias {write_factor(self.bias)}"

    def place(self, part: str, *position: int) -> str:
        """How an address names a weight or a bias of this unit: C1.weight[3,0,2,2]."""
        name = self.activations.names[self.unit.layer]
        return f"{name}.{part}[{','.join(map(str, (self.unit.position[0], *position)))}]"

    def bias_term(self) -> Term:
        """The last line of the sum."""
        return Term("bias", result=self.bias, place=self.place("bias"), value=self.bias)
