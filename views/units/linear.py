"""An output of a fully-connected layer: every number before it × its own weight, then the bias."""

from __future__ import annotations

import numpy as np

from ...engine.shapes import Array
from ..numbers import write
from .activations import Activations, Unit
from .derivation import Neighbours, Term, Weighted
from .graph import layers_of

MOST = 8  # products shown one by one: the largest


class Linear(Weighted):
    """One output. positions, numbers, weights, products: of the MOST largest products, the largest first; rest: the sum of
    the rest_count others."""

    about = "every number before it × its own weight, then the bias"

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        products = self.row * self.x
        order = np.argsort(-np.abs(products), kind="stable")
        self.positions, others = order[:MOST], order[MOST:]
        self.numbers: Array = self.x[self.positions]
        self.weights: Array = self.row[self.positions]
        self.products: Array = products[self.positions]
        self.rest, self.rest_count = float(products[others].sum()), len(others)
        self.total = float(self.products.sum()) + self.rest + self.bias
        self.inputs = Neighbours.ranked(self.before, np.arange(self.x.size)[:, np.newaxis], products)
        self.words = self.sum_words(self.x)

    @classmethod
    def readers(cls, activations: Activations, unit: Unit, up: int) -> Neighbours:
        weights = layers_of(activations.network)[up].parameters["weight"][:, unit.position[0]]
        products = weights * activations.value(unit)
        return Neighbours.ranked(up, np.arange(len(weights))[:, np.newaxis], products)

    def terms(self) -> list[Term]:
        rows = zip(self.positions.tolist(), self.numbers.tolist(), self.weights.tolist(), self.products.tolist(), strict=True)
        terms = [
            Term("", f"{write(x)} ×", product, unit=Unit(self.before, (at,)), place=self.place("weight", at), value=weight)
            for at, x, weight, product in rows
        ]
        rest = [Term(f"{self.rest_count} smaller products", result=self.rest)] if self.rest_count else []
        return [*terms, *rest, self.bias_term()]
