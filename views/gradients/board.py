"""A board: grids of numbers in a drawing, and what each step does with them.

A step says which cells belong together (marks), which numbers are multiplied and added (the card), what comes out, and in
one sentence all of it. columns.py turns a board into the sources that are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .places import RESULT, WORDS, Places, Slots

NOTHING = (0, 0)


@dataclass(frozen=True)
class Grid:
    """Numbers in a slot. Its cells lead to the steps from `first` on, one a cell in row order."""

    title: str
    values: np.ndarray  # (H, W); NaN: an empty cell
    slots: Slots
    group: int = 0  # of the sources of cells: one size of letters each
    first: int = -1  # -1: its cells lead nowhere
    hidden: tuple[int, int] = NOTHING  # the steps begin..end-1 that compute its cells in row order; before, they are hidden
    ring: tuple[int, int] = (0, 0)  # rows and columns of zeros around it

    @property
    def drawn_shape(self) -> tuple[int, int]:
        """Rows and columns with the ring."""
        height, width = self.values.shape
        return height + 2 * self.ring[0], width + 2 * self.ring[1]

    @property
    def drawn(self) -> np.ndarray:
        """The values with their ring. -> (H + 2·rows, W + 2·columns)."""
        return np.pad(self.values, [(size, size) for size in self.ring])


@dataclass(frozen=True)
class Mark:
    """A frame around height by width cells of a grid, the upper-left one at (row, column); in its ring they are negative."""

    grid: str
    row: int
    column: int
    role: str
    height: int = 1
    width: int = 1


@dataclass(frozen=True)
class Card:
    """What is multiplied with what: grids of one shape (h, w), each under its title."""

    titles: tuple[str, ...]
    grids: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Step:
    """One number comes about."""

    head: str
    sentence: str
    result: str
    marks: tuple[Mark, ...]
    card: Card = Card((), ())
    badge: str = ""  # what finite differences say
    arrows: tuple[tuple[Mark, Mark], ...] = ()


@dataclass(frozen=True)
class Curve:
    """A line from (x, y) to (x, y), each 0..1 in its slot, y upwards."""

    slots: Slots
    start: tuple[float, float]
    end: tuple[float, float]
    role: str


@dataclass(frozen=True)
class Caption:
    """Words in a slot, the left end of their middle line at (x, y), each 0..1, y upwards."""

    text: str
    slots: Slots
    place: tuple[float, float]


@dataclass(frozen=True)
class Board:
    """Everything that is drawn of one layer."""

    grids: Mapping[str, Grid]
    steps: tuple[Step, ...]
    facts: Mapping[str, str]
    curves: tuple[Curve, ...] = ()
    captions: tuple[Caption, ...] = ()
    words: Places = WORDS  # where the headline and the titles of the card stand
    result: Places = RESULT
    decimals: int = 3  # of the numbers in cells
