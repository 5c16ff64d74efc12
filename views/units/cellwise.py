"""One number in, one number out: an activation function, or a layer that hands its numbers on."""

from __future__ import annotations

import numpy as np

from ...engine import Network, relu, sigmoid, tanh
from ...engine.shapes import Array
from ..numbers import write, write_factor
from .activations import Activations, Unit
from .derivation import Derivation, Neighbours, Term
from .graph import before, layers_of


class Cellwise(Derivation):
    """One number, made of one `number` of the layer before. rule: the formula, with a gap for that number."""

    is_activation = True
    reads_its_place = True
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

    @staticmethod
    def function(x: Array) -> Array:
        """The formula, computed by the engine; without one the numbers are handed on."""
        return x

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

    about, rule, function = "max(x, 0)", "max({}, 0)", staticmethod(relu)


class Sigmoid(Cellwise):
    """1 / (1 + exp(−x))"""

    about, rule, function = "1 / (1 + exp(−x))", "1 / (1 + exp(−{}))", staticmethod(sigmoid)


class Tanh(Cellwise):
    """tanh(x)"""

    about, rule, function = "tanh(x)", "tanh({})", staticmethod(tanh)


class Dropout(Cellwise):
    """In a network that is not training, dropout hands its numbers on."""

    about = "hands its number on"
    hands_on = True
    is_drawn = False


class Identity(Dropout):
    """The branch of a residual block that leaves everything as it is."""


class Flatten(Dropout):
    """Hands all maps on as one row."""

    is_activation = reads_its_place = False

    @classmethod
    def source(cls, network: Network, unit: Unit) -> Unit:
        below = before(network, unit.layer)
        position = np.unravel_index(unit.position[0], layers_of(network)[below].shape)
        return Unit(below, tuple(int(place) for place in position))

    @classmethod
    def target(cls, network: Network, unit: Unit, up: int) -> Unit:
        return Unit(up, (int(np.ravel_multi_index(unit.position, layers_of(network)[unit.layer].shape)),))
