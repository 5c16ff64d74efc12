"""Convolution with fewer multiplications, for NumPy without BLAS, where multiplying is what takes the time.

Four output rows of a kernel with r rows take 4·r multiplications per column. Read as polynomials, kernel and image can
instead be evaluated at r + 3 points, multiplied there once each, and turned back into four rows (Toom 1963, Cook 1966;
Winograd 1980; for CNNs Lavin and Gray 2015): for r = 5 that is 8 instead of 20.

    out rows = A · ((G · kernel rows) ⊙ (B · image rows))      A: (4, r + 3), G: (r + 3, r), B: (r + 3, r + 3)

The sums over channels and kernel columns stay what they are. Rounding grows about twofold: to 1.5e-6 of the largest
value in float32 for 200 terms.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from . import backend
from .backend import matrix_product
from .shapes import Array, Pair

TILE = 4  # output rows that are computed together
POINTS = (0.0, 1.0, -1.0, 0.5, -2.0, 2.0, -0.5)  # small and in balance, which keeps rounding small; the last is infinity
FEWEST_CHANNELS = 4  # before and after: with fewer, evaluating costs more than it saves
SHORTEST_RUN = 100  # numbers in one row of the batch; shorter loops are all overhead


def winograd_is_faster(x_shape: tuple[int, ...], weight_shape: tuple[int, ...], stride: Pair, dilation: Pair) -> bool:
    """Decide by the shapes alone, so that a run repeats bit for bit. x: (N, C, H, W), weight: (F, C, kH, kW)."""
    if backend.HAS_BLAS or stride != (1, 1) or dilation != (1, 1):
        return False
    fits = 2 <= weight_shape[2] <= len(POINTS) + 2 - TILE
    return fits and min(weight_shape[:2]) >= FEWEST_CHANNELS and x_shape[0] * x_shape[3] >= SHORTEST_RUN


def evaluation_matrices(kernel_rows: int) -> tuple[Array, Array, Array]:
    """Make A, G, B for TILE output rows. kernel_rows: r -> (TILE, n), (n, r), (n, n) with n = TILE + r − 1."""
    n = TILE + kernel_rows - 1
    points = np.array(POINTS[: n - 1])
    A, G, B = np.zeros((TILE, n)), np.zeros((n, kernel_rows)), np.zeros((n, n))
    A[:, :-1], A[-1, -1] = points ** np.arange(TILE)[:, None], 1.0
    G[-1, -1], B[-1] = 1.0, np.poly(points)[::-1]
    for j, point in enumerate(points):
        others = np.delete(points, j)
        G[j] = point ** np.arange(kernel_rows) / np.prod(point - others)
        B[j, :-1] = np.poly(others)[::-1]
    return A, G, B


class WinogradProduct:
    """Filters times windows; the evaluated image is kept from forward for backward. See ColumnProduct in fast.py."""

    def __init__(self, x: Array, weight_shape: tuple[int, ...], padding: Pair, sizes: Pair) -> None:
        (N, C, _, W), (F, _, kH, kW) = x.shape, weight_shape
        T = -(-sizes[0] // TILE)  # tiles; the last may reach below the image, into rows of zeros
        self.A, self.G, self.B = (matrix.astype(x.dtype) for matrix in evaluation_matrices(kH))
        n, run = len(self.B), sizes[1] * N
        self.padded = np.zeros((C, T * TILE + kH - 1, W + 2 * padding[1], N), x.dtype)
        lines = self.padded.reshape(C, T * TILE + kH - 1, -1)  # one line is a padded row of the whole batch
        self._tiles = sliding_window_view(lines, n, axis=1)[:, ::TILE]  # (C, T, line, n)
        self._image = np.empty((n, C, T, lines.shape[2]), x.dtype)
        self._windows = sliding_window_view(self._image, run, axis=3)[:, :, :, ::N].transpose(0, 1, 3, 2, 4)
        self._columns = np.empty((n, C, kW, T, run), x.dtype)
        self._kernel_rows = np.empty((kH, F, C, kW), x.dtype)
        self._filters, self._grad_filters = np.empty((2, n, F, C * kW), x.dtype)
        self._products, self._grad_products = np.empty((2, n, F, T, run), x.dtype)
        self._out, self._grad_out = np.zeros((2, F, T, TILE, run), x.dtype)
        self.out, self._grad_cells = (
            tiled.reshape(F, T * TILE, sizes[1], N)[:, : sizes[0]] for tiled in (self._out, self._grad_out)
        )

    def forward(self, weight: Array, bias: Array | None) -> None:
        """Multiply what lies in `padded` with the filters into `out`. weight: (F, C, kH, kW), bias: (F,) or None."""
        self._kernel_rows[...] = weight.transpose(2, 0, 1, 3)
        matrix_product(self.G, _flat(self._kernel_rows), _flat(self._filters))
        np.einsum("ps,ctxs->pctx", self.B, self._tiles, out=self._image)
        self._columns[...] = self._windows
        for filters, columns, products in zip(self._filters, self._columns, self._products, strict=True):
            matrix_product(filters, columns.reshape(filters.shape[1], -1), _flat(products))  # FK, KP -> FP at one point
        np.einsum("ip,pftx->ftix", self.A, self._products, out=self._out)
        if bias is not None:
            self._out += bias[:, None, None, None]

    def backward(self, grad_cells: Array) -> tuple[Array, Array]:
        """Take forward's steps backwards. grad_cells: (F, oH, oW, N) -> grad_weight: (F, C, kH, kW), grad_bias: (F,)."""
        self._grad_cells[...] = grad_cells
        np.einsum("ip,ftix->pftx", self.A, self._grad_out, out=self._grad_products)
        for filters, columns, products in zip(self._grad_filters, self._columns, self._grad_products, strict=True):
            matrix_product(_flat(products), columns.reshape(filters.shape[1], -1).T, filters)  # FP, PK -> FK
        matrix_product(self.G.T, _flat(self._grad_filters), _flat(self._kernel_rows))
        return self._kernel_rows.transpose(1, 2, 0, 3), self._grad_cells.sum(axis=(1, 2, 3))


def _flat(array: Array) -> Array:
    """See all axes but the first as one. array: (A, ...) -> (A, size / A), the same memory."""
    return array.reshape(len(array), -1)
