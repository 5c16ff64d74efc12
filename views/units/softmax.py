"""A probability: exp(logit − largest) / the sum of that over all classes.

The largest logit is subtracted so that exp cannot overflow; the shares stay the same.
"""

from __future__ import annotations

import numpy as np

from ...engine import softmax
from ...engine.shapes import Array
from ..numbers import percent, write, write_factor
from .activations import Activations, Unit
from .derivation import Derivation, Neighbours, Term

MOST_CLASSES = 16  # shown one by one: the most probable


class Softmax(Derivation):
    """The probability of one class, `chosen`. exponentials: (classes,), exp(logit − largest); sum: of all of them."""

    about = "exp(logit − largest) / the sum of all of them"
    reads_every_map = True

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        self.logits, self.chosen, self.largest = self.x, unit.position[0], float(self.x.max())
        self.exponentials: Array = np.exp(self.x - self.x.max())
        self.sum = float(self.exponentials.sum())
        self.total = float(softmax(self.x[np.newaxis])[0, self.chosen])
        self.inputs = Neighbours.ranked(self.before, np.arange(self.x.size)[:, np.newaxis], self.exponentials)
        above, below = write(float(self.exponentials[self.chosen])), write(self.sum)
        self.words = f"{self._power(self.chosen)} / the sum over all {len(self.x)} = {above}/{below}"
        self.result_words = f"{above} / {below}"

    def _power(self, number: int) -> str:
        return f"exp({write(float(self.logits[number]))} − {write_factor(self.largest)})"

    @classmethod
    def readers(cls, activations: Activations, unit: Unit, up: int) -> Neighbours:
        """Every class, for its logit is in every sum: its own first, then the most probable. The numbers are probabilities."""
        probabilities, own = activations.probabilities, unit.position[0]
        order = np.argsort(-probabilities, kind="stable")
        order = np.concatenate([[own], order[order != own]])
        return Neighbours(up, order[:, np.newaxis], probabilities[order])

    @classmethod
    def write_contribution(cls, contribution: float) -> str:
        return f"{percent(contribution)} %"

    def terms(self) -> list[Term]:
        """Every class, or the most probable ones and this one."""
        shown = sorted({*np.argsort(-self.exponentials, kind="stable")[:MOST_CLASSES].tolist(), self.chosen})
        terms = []
        for n in shown:
            above = float(self.exponentials[n])
            unit = Unit(self.before, (n,))
            name = self.activations.class_of(unit) or str(n)
            terms.append(Term(name, f"{self._power(n)} = {write(above)}", above / self.sum, unit=unit))
        others = np.delete(self.exponentials, shown)
        rest = [Term(f"{len(others)} other classes", result=float(others.sum()) / self.sum)] if len(others) else []
        return [*terms, *rest]
