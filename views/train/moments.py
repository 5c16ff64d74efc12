"""Moments of a run: what the weights were after some batch, and all that it takes to go on from there.

The history keeps a bounded number of them: when there are too many, every second one goes and the distance doubles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Evaluation, TrainStep
from ...engine.trainer import Position
from .curves import Curves

MOST_MOMENTS = 24
FEWEST_MOMENTS = 4
MOST_BYTES = 40_000_000  # of all moments together, as far as FEWEST_MOMENTS allows
FIRST_DISTANCE = 10  # batches


@dataclass
class Moment:
    """A run between two batches. Arrays of (P,) are all parameters of the network in a row, without any Dropout."""

    position: Position
    learned: TrainStep | None  # the batch before
    seconds: float
    vector: np.ndarray  # (P,) the weights
    gradient: np.ndarray  # (P,) of the batch before
    updates: dict[str, float]  # layer: |last change of its weights| / |its weights|
    batch: np.ndarray  # the first digits of the batch before, as places in its pass
    shifts: np.ndarray  # how these were shifted
    curves: Curves  # their averages at that time
    optimiser: str
    memory: list[np.ndarray]  # (P,) each
    optimiser_steps: int
    tested: Evaluation | None = None

    @property
    def step(self) -> int:
        """How many batches were learned."""
        return self.position.step

    @property
    def nbytes(self) -> int:
        """What its arrays take."""
        return self.vector.nbytes + self.gradient.nbytes + sum(array.nbytes for array in self.memory)


class History:
    """The moments that a run keeps, in order."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.distance = FIRST_DISTANCE

    def is_due(self, step: int) -> bool:
        """Whether the moment after this batch is to be kept."""
        return step % self.distance == 0 and (not self.moments or self.moments[-1].step < step)

    def keep(self, moment: Moment) -> None:
        """Keep a moment, in place of an older one of the same batch."""
        self.moments = [kept for kept in self.moments if kept.step < moment.step] + [moment]
        most = max(FEWEST_MOMENTS, min(MOST_MOMENTS, MOST_BYTES // max(1, moment.nbytes)))
        while len(self.moments) > most:
            self._thin_out()

    def at(self, step: int) -> Moment | None:
        """The kept moment nearest to a batch; None if nothing is kept."""
        return min(self.moments, key=lambda moment: abs(moment.step - step), default=None)

    def drop_after(self, step: int) -> None:
        """Forget what came after a batch."""
        self.moments = [moment for moment in self.moments if moment.step <= step]

    def _thin_out(self) -> None:
        """Of every two neighbours after the first moment keep one, rather one whose weights were tested."""
        self.distance *= 2
        first, *rest = self.moments
        pairs = [rest[n : n + 2] for n in range(0, len(rest) - 1, 2)]
        kept = [max(pair, key=lambda moment: (moment.tested is not None, moment.step)) for pair in pairs]
        self.moments = [first, *kept, *rest[2 * len(pairs) :]]
