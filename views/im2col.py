"""Convolution as one matrix product (im2col): every window becomes a column, every filter a row.

    [filters as rows (F, K)] · [windows as columns (K, P)] + bias = [feature maps as rows (F, P)],   K = C·kH·kW

The three stand where a product of matrices is written by hand: the columns above, the rows left below, the product below.
"""

from __future__ import annotations

import numpy as np

from . import grid
from .trace import Columns, column_array, over_steps

MOST_LABELS = 260  # more than elsewhere, for they do not move
ASPECT = 2.4  # width / height of the drawing
BELOW, GAP = 0.17, 0.03  # shares of the drawing: the height of rows and product, the gap between the three
LEAST_WIDE, MOST_WIDE = 0.2, 0.58  # the share of its width that the rows may have
LETTER_HEIGHT = 0.88  # of a cell
Place = tuple[float, float, float, float]  # left, bottom, width, height in the unit square
SOURCES = ("im2col_matrix", "im2col_rows", "im2col_product")  # beside each stands one with _labels


def still(matrix: np.ndarray, rows: np.ndarray, product: np.ndarray) -> dict[str, Columns]:
    """The three as grids. matrix: (K, P), rows: (F, K), product: (F, P)."""
    sources: dict[str, Columns] = {}
    for name, values, place in zip(SOURCES, (matrix, rows, product), _places(*matrix.shape), strict=True):
        limit = grid.limit_of(values)
        labels = grid.placed(grid.labels(values, limit, fill=True, most=MOST_LABELS), *place)
        lowest = np.float32(LETTER_HEIGHT * place[3] / len(values) / ASPECT)  # cells may be flat
        sources[name] = grid.placed(grid.image(values, limit, fill=True), *place)
        sources[f"{name}_labels"] = labels | {"size": np.minimum(column_array(labels["size"]), lowest)}
    return sources


def moving(filters: np.ndarray, columns: np.ndarray, shape: tuple[int, int, int]) -> dict[str, grid.Coordinates]:
    """The column, the row and the cell of each step, and a cover on what is not computed yet.

    filters, columns: of each step, (T, 1), or arrays to be broadcast over the steps; so is what comes back. shape: (F, K, P).
    """
    F, K, P = shape
    matrix, rows, product = _places(K, P)
    zero = np.zeros(1, np.intp)
    return {
        "im2col_column": grid.placed(grid.rectangles(zero, columns, K, 1, (K, P), fill=True), *matrix),
        "im2col_row": grid.placed(grid.rectangles(filters, zero, 1, K, (F, K), fill=True), *rows),
        "im2col_cell": grid.placed(grid.rectangles(filters, columns, 1, 1, (F, P), fill=True), *product),
        "im2col_cover": grid.placed(grid.cover(filters, columns, (F, P), fill=True), *product),
    }


def over_all(shape: tuple[int, int, int]) -> dict[str, Columns]:
    """What moves if every cell of the product is a step, filter 0 with each window first. shape: (F, K, P)."""
    F, _, P = shape
    filters, columns = np.arange(F).reshape(-1, 1, 1), np.arange(P).reshape(1, -1, 1)
    frames = moving(filters, columns, shape).items()
    return {source: {name: over_steps(column, (F, P)) for name, column in its.items()} for source, its in frames}


def _places(size: int, count: int) -> tuple[Place, Place, Place]:
    """Where matrix (size, count), rows and product stand: as wide as they have columns, within reason."""
    share = min(max(size / (size + count), LEAST_WIDE), MOST_WIDE)
    left, bottom = share + GAP, BELOW + GAP * ASPECT
    return (left, bottom, 1 - left, 1 - bottom), (0.0, 0.0, share, BELOW), (left, 0.0, 1 - left, BELOW)
