"""The columns of drawings that the parts of the features view share: pictures, bars, stars, squares, and what moves."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..trace import Column, Columns, Repeated, Texts
from .settings import SIDE
from .sources import CORNERS, TABLE


@dataclass(frozen=True)
class FeaturePart:
    """What one part of the view shows: its sources, a sentence for each step, the telling steps, its facts."""

    still: Mapping[str, Columns]
    moving: Mapping[str, Columns]
    sentences: Sequence[str]
    stops: tuple[int, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


def empty(column: str) -> Column:
    """A column without rows."""
    if column == "text":
        return Texts((), np.zeros(0, np.uint16))
    return np.zeros((0, 1, 1) if column == "image" else 0, np.float32)


def completed(part: FeaturePart) -> dict[str, Columns]:
    """The still sources, and empty ones for all that this part of the view does not draw."""
    unused = [name for name in TABLE if name not in part.still and name not in part.moving]
    return {name: {column: empty(column) for column in TABLE[name].split()} for name in unused} | dict(part.still)


def picture(values: np.ndarray, *, left: float = 0, bottom: float = 0, width: float = 1, height: float = 1) -> Columns:
    """Values of 0..1 (or −1..1) as an image in a part of the unit square. values: (H, W), NaN is left out."""
    places = {"x": left, "y": bottom, "dw": width, "dh": height}
    return {"image": values.astype(np.float32)[np.newaxis], **floats(**places)}


def pictures(values: Sequence[np.ndarray], boxes: np.ndarray) -> Columns:
    """Several images at once, of any shapes. boxes: (n, 4) of left, bottom, width, height."""
    return {
        "image": np.concatenate([np.zeros(0, np.float32), *(np.asarray(one, np.float32).ravel() for one in values)]),
        "image_rows": np.array([one.shape[0] for one in values], np.int32),
        "image_columns": np.array([one.shape[1] for one in values], np.int32),
        **named(CORNERS, np.asarray(boxes, np.float32).reshape(-1, 4)),
    }


def floats(**numbers: object) -> Columns:
    """Columns of one row each, or of any arrays."""
    return {name: np.atleast_1d(np.asarray(value, np.float32)) for name, value in numbers.items()}


def named(names: str, rows: np.ndarray) -> Columns:
    """Columns from rows. rows: (..., n of names) -> columns (...)."""
    split = np.moveaxis(np.asarray(rows, np.float32), -1, 0)
    return {name: np.ascontiguousarray(column) for name, column in zip(names.split(), split, strict=True)}


def over(names: str, rows: np.ndarray, at: np.ndarray) -> Columns:
    """Moving columns of few distinct rows: step t shows row at[t]. rows: (m, n, names)."""
    split = np.moveaxis(np.asarray(rows, np.float32), -1, 0)
    numbers = np.asarray(at, np.uint16)
    return {name: Repeated(np.ascontiguousarray(one), numbers) for name, one in zip(names.split(), split, strict=True)}


def while_shown(names: str, rows: np.ndarray, shown: np.ndarray) -> Columns:
    """Moving columns of what is there at some steps and not at others. rows: (n, names), shown: (T,) of bool."""
    both = np.stack([np.full(np.shape(rows), np.nan), rows])
    return over(names, both, np.asarray(shown, int))


def words(texts: Sequence[str], places: np.ndarray, size: float) -> Columns:
    """Texts that stay. places: (n, 2) of x, y."""
    at = np.asarray(places, np.float32).reshape(-1, 2)
    return {"text": Texts.of(texts), "x": at[:, 0].copy(), "y": at[:, 1].copy(), "size": np.full(len(at), size, np.float32)}


def star(numbers: np.ndarray, middles: np.ndarray, reach: float, *, first: float = 0.0, whole: bool = False) -> np.ndarray:
    """A line from the middle for each number of a histogram, in its direction, as long as it is large.

    numbers: (n, bins) of 0..1, middles: (n, 2) of x, y. Bin k points to first + k·360°/bins, clockwise from the right; whole:
    lines through the middle, of a half turn. -> (n·bins, 4): x, y, x1, y1
    """
    bins = numbers.shape[1]
    angles = np.deg2rad(first + np.arange(bins) * (180 if whole else 360) / bins)
    ends = np.stack([np.cos(angles), -np.sin(angles)], axis=-1) * numbers[..., np.newaxis] * reach  # (n, bins, 2)
    starts = middles[:, np.newaxis] - (ends if whole else 0 * ends)
    return np.concatenate([starts, middles[:, np.newaxis] + ends], axis=-1).reshape(-1, 4)


def lattice(count: int) -> np.ndarray:
    """The lines of a grid of count × count cells in the unit square. -> (2·count + 2, 4)."""
    at = np.arange(count + 1) / count
    one, zero = np.ones_like(at), np.zeros_like(at)
    return np.concatenate([np.stack([at, zero, at, one], axis=-1), np.stack([zero, at, one, at], axis=-1)])


def square(row: float, column: float, half: float, angle: float, side: int) -> np.ndarray:
    """A turned square on a photograph of side × side pixels, and a line to where it points. -> (5, 4): x, y, x1, y1"""
    cos, sin = np.cos(angle), np.sin(angle)
    corners = np.array([(-1, -1), (-1, 1), (1, 1), (1, -1), (-1, -1)]) * half  # down, across
    points = [(row, column), (row + sin * half, column + cos * half)]
    turned = [(row + cos * down + sin * across, column + cos * across - sin * down) for down, across in corners]
    pairs = [points, *itertools.pairwise(turned)]
    return np.array([[*place(*one, side), *place(*other, side)] for one, other in pairs])


def place(row: float, column: float, side: int) -> tuple[float, float]:
    """Where the middle of a pixel is in the unit square. -> x, y"""
    return (column + 0.5) / side, 1 - (row + 0.5) / side


def bars(heights: np.ndarray, *, base: float = 0.0, top: float = 1.0) -> np.ndarray:
    """Upright bars beside each other in the unit square. heights: (..., n) of 0..1 -> (..., n, 4): x, width, bottom, top"""
    n = heights.shape[-1]
    x = np.broadcast_to((np.arange(n) + 0.5) / n, heights.shape)
    level = np.full(heights.shape, float(base))
    return np.stack([x, np.full(heights.shape, 0.86 / n), level, base + (top - base) * heights], axis=-1)


def table(numbers: np.ndarray) -> Columns:
    """The true numbers of a grid, for reading out. numbers: (H, W)"""
    rows, columns = np.indices(numbers.shape, dtype=np.int32).reshape(2, -1)
    return {"row": rows, "column": columns, "value": numbers.ravel().astype(np.float32)}


def choices(places: np.ndarray, **numbers: np.ndarray) -> Columns:
    """What can be chosen in the photograph, for own.mjs. places: (n, 2) of x, y; numbers: row, column, keypoint or −1 each"""
    nothing = np.full(len(places), -1)
    columns = {name: np.asarray(numbers.get(name, nothing), np.int32) for name in ("row", "column", "keypoint")}
    return {**named("x y", places.reshape(-1, 2)), **columns}


def cells_to_choose(cell: int, beside: int, reach: float) -> Columns:
    """The cells that can be the first of so many beside each other. reach: where the middle of what is chosen is, in cells."""
    rows, columns = np.indices((SIDE // cell - beside + 1,) * 2).reshape(2, -1)
    middles = np.stack([(columns + reach) * cell / SIDE, 1 - (rows + reach) * cell / SIDE], axis=-1)
    return choices(middles, row=rows, column=columns)
