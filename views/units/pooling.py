"""A cell of a pooling: the largest number of its window, or the mean."""

from __future__ import annotations

import numpy as np

from ...engine import avg_pool2d, global_avg_pool2d, max_pool2d_argmax
from ...engine.shapes import Array, Pair
from ..grid import limit_of
from ..numbers import write
from .activations import Activations, Unit
from .derivation import Derivation, Neighbours, NumberGrid
from .windows import Windowed, windows_over

SPOKEN_CELLS = 9  # of a window, in a sentence
MOST_CELLS = 256  # of a whole map, shown one by one


class Pooling(Windowed):
    """What both poolings share. window: (kH, kW), zeros in the padding; on_map: which of them are no padding; winner: row
    and column in the window, None for the mean; shares: (kH, kW), what each pixel contributes."""

    winner: Pair | None = None
    shares: Array

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        self.window_maps = range(unit.position[0], unit.position[0] + 1)
        self.window: Array = self.patch(self.window_maps)[0]
        (top, left, bottom, right), (row, column) = self.window_edges or self.edges, self.corner
        self.on_map = np.zeros(self.window.shape, bool)
        self.on_map[top - row : bottom - row, left - column : right - column] = True

    def _inputs(self, order: Array) -> Neighbours:
        """The pixels on the map, the smallest `order` first. order: (kH, kW)"""
        k, m = np.nonzero(self.on_map)
        first = np.argsort(order[k, m], kind="stable")
        positions = np.column_stack([np.full(len(k), self.unit.position[0]), self.corner[0] + k, self.corner[1] + m])
        return Neighbours(self.before, positions[first], self.shares[k, m][first])

    @classmethod
    def readers(cls, activations: Activations, unit: Unit, up: int) -> Neighbours:
        cells, offsets = windows_over(activations, unit, up)
        positions = np.column_stack([np.full(len(cells), unit.position[0]), cells])
        derived = [cls(activations, Unit(up, tuple(position))) for position in positions.tolist()]
        shares = [one.shares[tuple(offset)] for one, offset in zip(derived, offsets.tolist(), strict=True)]
        return Neighbours.ranked(up, positions, np.array(shares, np.float32))

    def grids(self) -> list[NumberGrid]:
        c, (row, column) = self.unit.position[0], self.corner
        units = [self.pixel(c, row + k, column + m) for k, m in np.ndindex(*self.window.shape)]
        return [NumberGrid(c, "window", self.window, limit_of(self.window), units, winner=self.winner)]

    def spoken(self, sign: str) -> str:
        """The pixels in one line."""
        cells = [write(float(cell)) for cell in self.window[self.on_map]]
        return sign.join(cells if len(cells) <= SPOKEN_CELLS else [*cells[:SPOKEN_CELLS], "…"])


class MaxPooling(Pooling):
    """The largest pixel. Of equal ones the first in row order wins."""

    about = "the largest number of its window"

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        top, left, bottom, right = self.window_edges or self.edges
        pixels = self.x[np.newaxis, unit.position[:1], top:bottom, left:right]
        row, column = (int(place[0, 0, 0, 0]) for place in max_pool2d_argmax(pixels, (bottom - top, right - left)))
        self.winner = winner = row + top - self.corner[0], column + left - self.corner[1]
        self.total = float(self.window[winner])
        self.shares = np.zeros_like(self.window)
        self.shares[winner] = self.total
        losers = np.ones(self.window.shape)
        losers[winner] = 0
        self.inputs = self._inputs(losers)
        self.words, self.result_words = f"max({self.spoken(', ')})", "the largest"


class AveragePooling(Pooling):
    """The mean of the window; the zeros of the padding count."""

    about = "the mean of its window"

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        self.total = float(avg_pool2d(self.window[np.newaxis, np.newaxis], self.window.shape)[0, 0, 0, 0])
        self.shares = self.window / self.window.size
        self.inputs = self._inputs(-np.abs(self.shares))
        self.words, self.result_words = f"({self.spoken(' + ')}) / {self.window.size}", "the mean"


class GlobalAveragePooling(Derivation):
    """The mean of a whole feature map. window: (H, W)."""

    about = "the mean of a whole feature map"

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        c = unit.position[0]
        self.window: Array = self.x[c]
        rows, columns = self.window.shape
        self.window_edges, self.window_maps = (0, 0, rows, columns), range(c, c + 1)
        self.total = float(global_avg_pool2d(self.x[np.newaxis])[0][unit.position])
        positions = np.array([(c, *place) for place in np.ndindex(rows, columns)])
        self.inputs = Neighbours.ranked(self.before, positions, self.window.ravel() / self.window.size)
        self.words, self.result_words = f"the mean of {self.window.size} numbers", "the mean"

    @classmethod
    def readers(cls, activations: Activations, unit: Unit, up: int) -> Neighbours:
        share = activations.values[unit.layer][unit.position] / activations.values[unit.layer][0].size
        return Neighbours(up, np.array([unit.position[:1]]), share.reshape(1))

    def grids(self) -> list[NumberGrid]:
        if self.window.size > MOST_CELLS:
            return []
        c = self.unit.position[0]
        units = [self.activations.address(Unit(self.before, (c, *place))) for place in np.ndindex(*self.window.shape)]
        return [NumberGrid(c, "window", self.window, limit_of(self.window), units)]
