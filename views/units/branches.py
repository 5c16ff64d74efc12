"""Where branches meet: a concatenation hands on the maps of each branch, an addition adds the branches' numbers."""

from __future__ import annotations

import numpy as np

from ...engine import Network
from ..numbers import write, write_factor
from .activations import Activations, Unit
from .cellwise import Cellwise
from .derivation import Derivation, Neighbours, Term
from .graph import layers_of


class Concat(Cellwise):
    """One number of one branch: the first branch's maps come first, then the next one's."""

    about = "hands on a number of one of its branches"
    hands_on = True
    is_activation = False

    @classmethod
    def source(cls, network: Network, unit: Unit) -> Unit:
        (first, *rest), layers = unit.position, layers_of(network)
        for branch in layers[unit.layer].reads:
            if first < layers[branch].shape[0]:
                return Unit(branch, (first, *rest))
            first -= layers[branch].shape[0]
        raise IndexError(f"{layers[unit.layer].name} has no map {unit.position[0]}")

    @classmethod
    def target(cls, network: Network, unit: Unit, up: int) -> Unit:
        (first, *rest), layers = unit.position, layers_of(network)
        branches = layers[up].reads
        before = sum(layers[branch].shape[0] for branch in branches[: branches.index(unit.layer)])
        return Unit(up, (first + before, *rest))


class Add(Derivation):
    """The sum of the numbers at the same place of all branches. numbers: (branches,)"""

    about = "the sum of the numbers at this place of all its branches"
    reads_its_place = True

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        self.units = [Unit(branch, unit.position) for branch in self.layer.reads]
        self.numbers = np.array([activations.values[one.layer][unit.position] for one in self.units])
        self.total = float(self.numbers.sum())
        order = np.argsort(-np.abs(self.numbers), kind="stable").tolist()
        layers = [self.layer.reads[n] for n in order]
        self.inputs = Neighbours(layers[0], np.array([unit.position] * len(layers)), self.numbers[order], layers)
        first, *rest = self.numbers.tolist()
        self.words, self.result_words = " + ".join([write(first), *map(write_factor, rest)]), "the sum"

    @classmethod
    def readers(cls, activations: Activations, unit: Unit, up: int) -> Neighbours:
        return Neighbours(up, np.array([unit.position]), activations.values[unit.layer][unit.position].reshape(1))

    def terms(self) -> list[Term]:
        return [Term(result=number, unit=one) for one, number in zip(self.units, self.numbers.tolist(), strict=True)]
