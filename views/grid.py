"""Columns that draw a grid of numbers: an image, its labels, and rectangles over its cells.

Every grid lives in the unit square, row 0 at the top, the longer side filling it, so that figures have fixed ranges and only
data change. Cell (row, column) of an H by W grid has its centre at x = left + (column + ½)/side, with side = max(H, W).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from .numbers import write
from .trace import Column, Texts, column_array, side_by_side
from .trace import Columns as Columns

MOST_LABELS = 150  # visible cells; above it, text is unreadable and costs frames
MOST_WRITTEN = 1600  # cells with numbers if they are asked for: 32×32 with some padding
MOST_PLACES = 4096  # cells whose rows and columns are written out
LABEL_HEIGHT = 0.40  # of a cell
LABEL_WIDTH = 1.45  # of a cell, shared among the characters of the longest label

Coordinates = dict[str, np.ndarray]  # the columns of a source that give places: x, y, w, h, or x, y, x1, y1
C = TypeVar("C", np.ndarray, Column)
Cells = np.ndarray | float  # a place or a size in cells


def shade(values: np.ndarray, limit: float) -> np.ndarray:
    """Values as −1..1 for a diverging colour scale whose middle is always zero. values: any shape -> float32."""
    return (values / (limit or 1)).clip(-1, 1).astype(np.float32)


def limit_of(values: np.ndarray) -> float:
    """The largest magnitude: the end of the colour scale. 1 if all values are zero."""
    return float(np.abs(values).max(initial=0)) or 1.0


def image(values: np.ndarray, limit: float, *, shown: bool = True, fill: bool = False) -> Columns:
    """One image glyph for a whole grid, or none. values: (H, W) -> columns image (1, H, W), x, y, dw, dh (1,).

    x, y is the lower-left corner. Not shown, the columns are empty: another source shows these values in other colours.
    """
    corner = np.zeros(1)
    box = rectangles(corner, corner, values.shape[0], values.shape[1], values.shape, fill=fill)
    columns: Columns = {
        "image": shade(values, limit)[np.newaxis],
        "x": box["x"] - box["w"] / 2,
        "y": box["y"] - box["h"] / 2,
        "dw": box["w"],
        "dh": box["h"],
    }
    return columns if shown else {name: column_array(column)[:0] for name, column in columns.items()}


def labels(
    values: np.ndarray,
    limit: float,
    write: Callable[[float], str] = write,
    *,
    fill: bool = False,
    most: int = MOST_LABELS,
    grey: bool = False,
) -> Columns:
    """Cells with a text in each, of a small grid; none of a large one. values: (H, W) -> columns of length H·W.

    Columns x, y, w, h of the cell; text, shade; `size`, the height of the letters in widths of the figure. grey: they lie
    over a grey picture, where small values are dark.
    """
    shown = values.ravel() if values.size <= most else values.ravel()[:0]
    rows, columns = np.indices(values.shape).reshape(2, -1)[:, : shown.size]
    text = Texts.of_numbers(shown, write)
    size = label_size(text.table, values.shape[1] if fill else max(values.shape))
    return {
        **rectangles(rows, columns, 1, 1, values.shape, fill=fill),
        "text": text,
        "shade": 1 - shade(shown, limit) if grey else shade(shown, limit),
        "size": np.full(shown.size, size, np.float32),
    }


def about_numbers(cells: int) -> dict[str, str]:
    """What to say if numbers are asked for in all cells of so many, as facts: large panels, or why there are none."""
    if cells > MOST_WRITTEN:
        return {"input_note": "Numbers fit into the cells of at most 32×32 pixels: choose a smaller size."}
    return {"large": "yes"} if cells > MOST_LABELS else {}


def written(values: np.ndarray, decimals: int = 3) -> Texts:
    """Numbers as texts; of NaN none. What rounds to 0 and is not 0 is ~0. values: any shape -> codes of the same shape."""
    rounded = np.round(values, decimals) + 0.0
    rounded = np.where((rounded == 0) & (values != 0), np.inf, rounded)
    return Texts.of_numbers(rounded, lambda value: "" if value != value else "~0" if value == np.inf else write(value))


def label_size(table: tuple[str, ...], cells: int) -> float:
    """The letter height that lets the longest text fit a cell of a grid of so many cells a side, in widths of the figure."""
    longest = max(map(len, table), default=1)
    return min(LABEL_HEIGHT, LABEL_WIDTH / max(longest, 1)) / max(cells, 1)


def rectangles(
    rows: np.ndarray, columns: np.ndarray, height: Cells, width: Cells, shape: tuple[int, ...], *, fill: bool = False
) -> Coordinates:
    """Rectangles of height by width cells whose upper-left cells are (rows, columns) of a grid of the given (H, W) shape.

    rows, columns: any shape -> x, y (centres), w, h of the same shape, in the unit square. Cells are squares, or with
    `fill` whatever makes the grid fill the square.
    """
    down, across = (shape[0], shape[1]) if fill else (max(shape), max(shape))
    left, bottom = (1 - shape[1] / across) / 2, (1 - shape[0] / down) / 2
    return {
        "x": _column(left + (columns + width / 2) / across),
        "y": _column(bottom + (shape[0] - rows - height / 2) / down),
        "w": _column(width / across) if np.ndim(width) else np.full(np.shape(rows), width / across, np.float32),
        "h": _column(height / down) if np.ndim(height) else np.full(np.shape(rows), height / down, np.float32),
    }


def placed(columns: Mapping[str, C], left: float, bottom: float, width: float, height: float) -> dict[str, C]:
    """The same drawing moved and scaled into a part of the unit square; its corners and centres x, y and its sizes follow."""
    scales = {"x": width, "w": width, "dw": width, "size": width, "y": height, "h": height, "dh": height}
    offsets = {"x": left, "y": bottom}
    return {
        name: column * np.float32(scales[name]) + np.float32(offsets.get(name, 0))
        if name in scales and isinstance(column, np.ndarray)
        else column
        for name, column in columns.items()
    }


def cover(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int], *, fill: bool = False) -> Coordinates:
    """Two rectangles over the cells behind (rows, columns) in row order. rows, columns: (T, 1) -> columns (T, 2)."""
    return joined([rectangles(*piece, shape, fill=fill) for piece in cells_behind(rows, columns, shape)])


def cells_behind(
    rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """The cells behind (rows, columns) in row order: the rest of that row, and all rows below it.

    -> top, left, height, width of both, in cells. (−1, width − 1) is before the first cell, so everything is behind it.
    """
    height, width = shape
    one = np.ones(1)
    return [(rows, columns + 1, one, width - 1 - columns), (rows + 1, 0 * one, height - 1 - rows, width * one)]


def shrunk(boxes: Coordinates, share: float) -> Coordinates:
    """The same rectangles around the same centres, smaller."""
    return boxes | {side: boxes[side] * np.float32(share) for side in "wh"}


def joined(parts: Sequence[Coordinates]) -> Coordinates:
    """Coordinates one behind the other, along their last axis; none at all are an empty row of rectangles."""
    if not parts:
        return {name: np.zeros(0, np.float32) for name in "xywh"}
    return {name: side_by_side([part[name] for part in parts]) for name in parts[0]}


def unread(
    shape: tuple[int, ...], kernel_size: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int] = (1, 1)
) -> Coordinates:
    """The cells of an (H, W) grid that no window ever reads: beyond the last window and between windows. -> columns (n,).

    The rectangles do not overlap: bands of unread columns, and between them pieces of unread rows.
    """
    rows, columns = (cells_read(*sizes) for sizes in zip(shape, kernel_size, stride, dilation, strict=True))
    bands = [(0, left, shape[0], width) for left, width in _runs(~columns)]
    pieces = [(top, left, height, width) for top, height in _runs(~rows) for left, width in _runs(columns)]
    return joined([rectangles(np.array([r]), np.array([c]), h, w, shape) for r, c, h, w in (*bands, *pieces)])


def cells_read(size: int, kernel_size: int, stride: int, dilation: int = 1) -> np.ndarray:
    """Which of `size` places in a row some window reads. -> (size,) of bool."""
    starts = np.arange(0, size - dilation * (kernel_size - 1), stride)
    read = np.zeros(size, bool)
    read[starts[:, np.newaxis] + np.arange(kernel_size) * dilation] = True
    return read


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Where flags are set without a break. flags: (n,) of bool -> (start, length) of each run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return [(int(start), int(end - start)) for start, end in edges.reshape(-1, 2)]


def values(array: np.ndarray) -> Columns:
    """The true numbers of a grid, for reading out and for tests. array: (H, W) -> columns row, column, value (H·W,).

    Of a grid with more than MOST_PLACES cells only the values, (H, W): their places are plain from the shape.
    """
    if array.size > MOST_PLACES:
        return {"value": array.astype(np.float32)}
    rows, columns = _places(array.shape)
    return {"row": rows, "column": columns, "value": array.ravel().astype(np.float32)}


@functools.lru_cache(maxsize=64)  # grids of one shape share their places, in memory and in a packet
def _places(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The row and the column of every cell, in row order."""
    rows, columns = np.indices(shape, dtype=np.int32).reshape(2, -1)
    for places in (rows, columns):
        places.flags.writeable = False
    return rows, columns


def floats(**numbers: np.ndarray | float) -> Coordinates:
    """Columns of a source by their names, each of any numbers that broadcast to the shape of the first."""
    shape = np.shape(next(iter(numbers.values())))
    return {name: np.full(shape, column, np.float32) for name, column in numbers.items()}


def _column(numbers: object) -> np.ndarray:
    return np.asarray(numbers, dtype=np.float32)
