"""Many grids, kernels and captions in one drawing, arranged twice: wide for screens and slides, narrow for phones.

A figure of one grid needs no more than grid.py: the grid fills the unit square. A drawing of many says where each of them
stands. An Arrangement is such a drawing: it has a width and a height in units of its own (cells, pixels), and places count
from its upper-left corner; what comes out are shares of the drawing, so that figures have fixed ranges. Both arrangements
draw the same sources, so a column that gives a place comes twice, as wide_x and as narrow_x. A view therefore writes, for
each source, a function from an arrangement to its columns, and `both` calls it twice:

    both((WIDE, NARROW), lambda its: its.cells(Spot(3, 1), rows, columns))   # -> wide_x, wide_y, …, narrow_w, narrow_h

What belongs to one view's arrangements (where its kernels stand) are fields of a subclass. drawing.py draws the
sources, pointing.py tells the page where each grid stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from . import grid
from .grid import Cells, Coordinates, cells_behind, joined
from .trace import Column, Columns, Sources, Texts

WIDE_AND_NARROW = ("wide", "narrow")
LETTERS = 0.5  # of a cell, the height of its number
CHARACTERS = 1.6  # of a cell, shared among the characters of the longest number
PALE = 1.7  # times the largest value is the end of the colour scale where colours help the numbers and leave them readable
RECTANGLE, LINE, WORDS = "x y w h", "x y x1 y1", "x y size"  # columns that give places
Area = tuple[float, float, float, float]  # left, top, width, height
A = TypeVar("A", bound="Arrangement")
SourceTable = Mapping[str, tuple[str, str]]  # by source: the columns that it has once, those that it has in each arrangement


@dataclass(frozen=True)
class Spot:
    """Where a grid stands: its upper-left corner, and the side of one of its cells."""

    left: float
    top: float
    cell: float = 1.0


@dataclass(frozen=True)
class Slot:
    """Room for one grid, whose cells are squares as large as fit."""

    left: float
    top: float
    width: float
    height: float
    largest_cell: float = float("inf")

    def spot(self, shape: tuple[int, ...]) -> Spot:
        """Where a grid of that shape (H, W) stands in it."""
        return Spot(self.left, self.top, min(self.width / shape[1], self.height / shape[0], self.largest_cell))

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of it, 0..1 to the right and upwards. -> left, top."""
        return self.left + x * self.width, self.top + (1 - y) * self.height


@dataclass(frozen=True)
class Arrangement:
    """One of the two drawings. Every method takes places in its units and gives columns in shares of it, y upwards."""

    name: str  # "wide" or "narrow"
    width: float
    height: float
    letters: float  # the height of captions

    @property
    def number(self) -> int:
        """0 of the wide one, 1 of the narrow one: where it stands in a pair."""
        return WIDE_AND_NARROW.index(self.name)

    def rectangles(self, left: Cells, top: Cells, width: Cells, height: Cells) -> Coordinates:
        """Rectangles by their upper-left corners: numbers or arrays (…, n), or (…, 1) for what all n share.

        -> x, y (centres), w, h. What does not move with an axis in front of the last one need not have it.
        """
        columns = {
            "x": (left + width / 2) / self.width,
            "y": 1 - (top + height / 2) / self.height,
            "w": width / self.width,
            "h": height / self.height,
        }
        arrays = {name: np.asarray(column, np.float32) for name, column in columns.items()}
        n = next((array.shape[-1] for array in arrays.values() if array.ndim and array.shape[-1] != 1), 1)
        return {name: _along(array, n) for name, array in arrays.items()}

    def cells(self, spot: Spot, rows: Cells, columns: Cells, height: Cells = 1, width: Cells = 1) -> Coordinates:
        """Rectangles of height by width cells of the grid at a spot, whose upper-left cells are (rows, columns)."""
        side = spot.cell
        return self.rectangles(spot.left + columns * side, spot.top + rows * side, width * side, height * side)

    def cover(self, spot: Spot, rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> Coordinates:
        """Two rectangles over the cells behind (rows, columns) in row order of the grid at a spot. -> x, y, w, h (…, 2)."""
        pieces = cells_behind(rows, columns, shape)
        return joined([self.cells(spot, top, left, height, width) for top, left, height, width in pieces])

    def points(self, places: object) -> Coordinates:
        """Points from (left, top) pairs. places: (…, 2) -> x, y of shape (…)."""
        pairs = np.asarray(places, np.float64)
        left, top = np.moveaxis(pairs if pairs.ndim > 1 else pairs.reshape(-1, 2), -1, 0)
        return {"x": (left / self.width).astype(np.float32), "y": (1 - top / self.height).astype(np.float32)}

    def segments(self, starts: object, ends: object) -> Coordinates:
        """Straight lines between points. starts, ends: (…, 2) -> x, y, x1, y1 of shape (…)."""
        start, end = self.points(starts), self.points(ends)
        return line((start["x"], start["y"]), (end["x"], end["y"]))

    def words(self, places: object, letters: float = 1.0) -> Coordinates:
        """Where words stand, their letters so many times as high as those of captions. places: (n, 2) -> x, y, size."""
        points = self.points(places)
        return points | self.letter_size(len(points["x"]), letters)

    def letter_size(self, count: int, letters: float = 1.0) -> Coordinates:
        """The height of letters in widths of the drawing. -> size (count,)."""
        return {"size": np.full(count, letters * self.letters / self.width, np.float32)}

    def area(self, spot: Spot, shape: tuple[int, ...]) -> Area:
        """Left, top, width and height of a grid of that shape (H, W), as shares of the drawing."""
        height, width = spot.cell * shape[0], spot.cell * shape[1]
        return spot.left / self.width, spot.top / self.height, width / self.width, height / self.height


def _along(array: np.ndarray, n: int) -> np.ndarray:
    """The array with n entries along its last axis, all alike if it has but one. (np.broadcast_to takes ten times as long.)"""
    whole = array if array.ndim else array.reshape(1)
    return whole if whole.shape[-1] == n else whole.repeat(n, axis=-1)


def both(arrangements: Sequence[A], place: Callable[[A], Coordinates]) -> Coordinates:
    """The columns of a source in both arrangements: x becomes wide_x and narrow_x."""
    return {f"{its.name}_{name}": column for its in arrangements for name, column in place(its).items()}


def numbered(
    arrangements: Sequence[A],
    grids: Sequence[np.ndarray],
    spots: Callable[[A], Sequence[Spot]],
    limits: Sequence[float],
    texts_of: Callable[[np.ndarray], Texts],
) -> Columns:
    """Grids with a number in each cell, all of one letter height. grids: (H, W) each; spots: where they stand.

    limits: the end of each grid's colour scale; texts_of: numbers as they are written, such as grid.written.
    -> columns text, shade, and in both arrangements x, y, w, h, size.
    """
    text = texts_of(np.concatenate([np.zeros(0), *(values.ravel() for values in grids)]))
    shades = [np.nan_to_num(grid.shade(values.ravel(), limit)) for values, limit in zip(grids, limits, strict=True)]
    places = [np.indices(values.shape).reshape(2, -1) for values in grids]

    def place(its: A) -> Coordinates:
        where = spots(its)
        cells = joined([its.cells(spot, *rows_and_columns) for spot, rows_and_columns in zip(where, places, strict=True)])
        smallest = min((spot.cell for spot in where), default=its.width)
        size = letter_height(text, smallest / its.width)
        return cells | {"size": np.full(len(text), size, np.float32)}

    return {"text": text, "shade": np.concatenate([np.zeros(0, np.float32), *shades]), **both(arrangements, place)}


def letter_height(texts: Texts, cell: float) -> float:
    """The height of letters with which each of these texts fits a cell, in whatever the cell's side is measured."""
    return min(LETTERS, CHARACTERS / max(map(len, texts.table), default=1)) * cell


def captions(arrangements: Sequence[A], texts: Callable[[A], Sequence[tuple[str, float, float]]]) -> Columns:
    """Words at (left, middle). texts: an arrangement -> (words, left, middle) each; the words are the same in both."""
    words = Texts.of([text for text, *_ in texts(arrangements[0])])
    return {"text": words, **both(arrangements, lambda its: its.words([place for _, *place in texts(its)]))}


def frames(arrangements: Sequence[A], grids: Callable[[A], Sequence[tuple[Spot, float, float]]]) -> Coordinates:
    """Rectangles around whole grids. grids: an arrangement -> (spot, rows, columns) each."""
    return both(arrangements, lambda its: joined([its.cells(spot, 0, 0, *size) for spot, *size in grids(its)]))


def corner(rectangles: Coordinates, across: float, up: float) -> tuple[np.ndarray, np.ndarray]:
    """A point of each rectangle: across and up go from −1 (left, bottom) to 1 (right, top)."""
    return rectangles["x"] + across * rectangles["w"] / 2, rectangles["y"] + up * rectangles["h"] / 2


def line(start: tuple[np.ndarray, np.ndarray], end: tuple[np.ndarray, np.ndarray]) -> Coordinates:
    """Straight lines between points. -> x, y, x1, y1."""
    return dict(zip(LINE.split(), (*start, *end), strict=True))


def column_names(table: SourceTable, source: str) -> list[str]:
    """All columns of a source: its own, and those that give places in each arrangement."""
    own, placed = table[source]
    return own.split() + [f"{arrangement}_{name}" for arrangement in WIDE_AND_NARROW for name in placed.split()]


def with_empty(table: SourceTable, still: Sources, moving: Sources) -> dict[str, Columns]:
    """The still sources, and empty ones for all that this trace does not draw: what was drawn before vanishes."""
    unused = [name for name in table if name not in still and name not in moving]
    empty = {name: {column: _empty(column) for column in column_names(table, name)} for name in unused}
    return empty | {name: dict(columns) for name, columns in still.items()}


def _empty(column: str) -> Column:
    if column in ("text", "color"):
        return Texts((), np.zeros(0, np.uint16))
    return np.zeros((0, 1, 1) if column == "image" else 0, np.float32)
