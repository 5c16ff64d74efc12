"""One number in, one number out: an activation function, or a layer that hands its numbers on."""

from __future__ import annotations

import numpy as np

from ...engine import Layer, Network, Sliding, relu, sigmoid, tanh
from ...engine.shapes import Array
from ..numbers import write, write_factor
from .activations import Activations, Unit, ravel, unravel
from .derivation import Derivation, Neighbours, Term
from .graph import before, layers_of


class Cellwise(Derivation):
    """One number, made of one `number` of the layer before. rule: the formula, with a gap for that number."""

    can_be_switched = True
    is_activation = True
    rule = ""

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        self.only_input = self.source(activations.network, unit)
        self.before = self.only_input.layer
        self.number = activations.value(self.only_input)
        self.total = float(self.function(activations.values[self.only_input.layer][self.only_input.position].reshape(1))[0])
        value = activations.values[unit.layer][unit.position].reshape(1)
        self.inputs = Neighbours(self.only_input.layer, np.array([self.only_input.position]), value)
        if len(self.only_input.position) == 3:
            first, row, column = self.only_input.position
            self.window_edges, self.window_maps = (row, column, row + 1, column + 1), range(first, first + 1)
        self.result_words = self.rule.format(write_factor(self.number) if "−" in self.rule else write(self.number))
        self.words = self.result_words or activations.name(self.only_input)

    @classmethod
    def function(cls, x: Array) -> Array:
        """The formula, computed by the engine; without one the numbers are handed on."""
        return x

    @classmethod
    def sliding(cls, layer: Layer) -> Sliding | None:
        return Sliding(1)

    @classmethod
    def source(cls, network: Network, unit: Unit) -> Unit:
        return Unit(before(network, unit.layer), unit.position)

    @classmethod
    def target(cls, network: Network, unit: Unit, up: int) -> Unit:
        """The unit of `up`, a layer of this kind, that is made of this one."""
        return Unit(up, unit.position)

    @classmethod
    def readers(cls, activations: Activations, unit: Unit, up: int) -> Neighbours:
        target = cls.target(activations.network, unit, up)
        value = activations.values[target.layer][target.position].reshape(1)
        return Neighbours(target.layer, np.array([target.position]), value)

    def terms(self) -> list[Term]:
        return [Term(result=self.number, unit=self.only_input)]


class ReLU(Cellwise):
    """max(x, 0)"""

    about, rule = "max(x, 0)", "max({}, 0)"

    @classmethod
    def function(cls, x: Array) -> Array:
        return relu(x)


class Sigmoid(Cellwise):
    """1 / (1 + exp(−x))"""

    about, rule = "1 / (1 + exp(−x))", "1 / (1 + exp(−{}))"

    @classmethod
    def function(cls, x: Array) -> Array:
        return sigmoid(x)


class Tanh(Cellwise):
    """tanh(x)"""

    about, rule = "tanh(x)", "tanh({})"

    @classmethod
    def function(cls, x: Array) -> Array:
        return tanh(x)


class Dropout(Cellwise):
    """In a network that is not training, dropout hands its numbers on."""

    about = "hands its number on"
    hands_on = True
    is_drawn = False


class Identity(Dropout):
    """The branch of a residual block that leaves everything as it is."""


class Flatten(Dropout):
    """Hands all maps on as one row."""

    is_activation = False

    @classmethod
    def sliding(cls, layer: Layer) -> Sliding | None:
        return None

    @classmethod
    def source(cls, network: Network, unit: Unit) -> Unit:
        below = before(network, unit.layer)
        return Unit(below, unravel(unit.position[0], layers_of(network)[below].shape))

    @classmethod
    def target(cls, network: Network, unit: Unit, up: int) -> Unit:
        return Unit(up, (ravel(unit.position, layers_of(network)[unit.layer].shape),))
