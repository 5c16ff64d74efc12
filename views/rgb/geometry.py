"""How large everything of one convolution is: where things stand and move depends on this alone, not on any pixel or weight."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..trace import Column, Repeated
from .places import Columns


@dataclass(frozen=True)
class Geometry:
    """A square image, F filters of square kernels, square outputs. A step is one output cell."""

    filters: int
    size: int  # of the image, without padding
    kernel_size: int
    stride: int
    padding: int
    output: int

    @property
    def padded(self) -> int:
        return self.size + 2 * self.padding

    @property
    def places(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The filters, rows and columns, to be broadcast: what moves with rows only is computed once a row, not once a step.

        -> (F, 1, 1, 1), (1, oH, 1, 1), (1, 1, oW, 1); a last axis for what moves together
        """
        at, along = np.arange(self.filters), np.arange(self.output)
        return at.reshape(-1, 1, 1, 1), along.reshape(1, -1, 1, 1), along.reshape(1, 1, -1, 1)

    def over_steps(self, sources: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, Columns]:
        """What moves, as sources of a trace. Columns: (F or 1, oH or 1, oW or 1, n), axes in front may be left out."""
        return {source: {name: self._over_steps(column) for name, column in found.items()} for source, found in sources.items()}

    def _over_steps(self, column: np.ndarray) -> Column:
        steps = (self.filters, self.output, self.output)
        column = column.reshape((1,) * (4 - column.ndim) + column.shape)
        rows = column.reshape(-1, column.shape[-1])
        return rows if column.shape[:3] == steps else Repeated(rows, _row_at(column.shape[:3], steps))


@functools.lru_cache(maxsize=64)  # all columns that move alike share it, in memory and in the packet
def _row_at(lengths: tuple[int, ...], steps: tuple[int, ...]) -> np.ndarray:
    """At each step, where its row is in an array of these lengths, which are those of the steps or 1. -> (T,)."""
    numbered = np.arange(np.prod(lengths), dtype=np.uint16).reshape(lengths)
    return np.broadcast_to(numbered, steps).ravel()
