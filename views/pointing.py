"""Pointing at a drawing of many grids: where each of them stands, so that the page finds the cell under the pointer.

A panel names a source (drawing.Panel.boxes) with one row a grid: its place as shares of the drawing, its title, the source
that holds its values, which step its first cell leads to, and while which steps it is there, because grids may take turns
at one place. static/js/boxes.mjs reads it, for the pointer, for the arrow keys and for the tables of values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrangement import Area
from .trace import Columns, Texts

WHOLE: Area = (0, 0, 1, 1)


@dataclass(frozen=True)
class Pointed:
    """A grid that can be pointed at."""

    source: str  # with the row, column and value of each cell
    title: str
    area: Area  # see Arrangement.area
    first: int = -1  # the step of its first cell, the others following in row order; −1: its cells are no steps
    shown: tuple[int, int] | None = None  # the steps begin..end−1 at which it is there; None: at all
    answer: bool = False  # whether its cells are what a quiz asks for
    moves: str = ""  # how the sources of the grids begin whose windows one moves by pointing here; see the source window_links


def pointing(grids: Sequence[Pointed], steps: int = 1) -> Columns:
    """The source that a panel names. steps: how many the trace has."""
    shown = np.array([one.shown or (0, steps) for one in grids], np.int32).reshape(-1, 2)
    areas = np.array([one.area for one in grids], np.float32).reshape(-1, 4)
    return {
        "source": Texts.of([one.source for one in grids]),
        "title": Texts.of([one.title for one in grids]),
        "first": np.array([one.first for one in grids], np.int32),
        "moves": Texts.of([one.moves for one in grids]),
        "answer": np.array([one.answer for one in grids], np.uint8),
        "begin": shown[:, 0].copy(),
        "end": shown[:, 1].copy(),
        **{name: areas[:, n].copy() for n, name in enumerate(("left", "top", "width", "height"))},
    }


def pointing_at_all(source: str, title: str) -> Columns:
    """The same for a drawing that one grid fills."""
    return pointing([Pointed(source, title, WHOLE)])
