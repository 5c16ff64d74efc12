"""Which cells of an output a cell of its input feeds, and which of the input a cell of the kernel ever meets.

The page lights these cells up, and moves the window to where one points in the input: to the middle one of those that it feeds.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np

from .trace import Columns


def meetings(
    size: Iterable[int], output: Iterable[int], kernel: Iterable[int], stride: Iterable[int], dilation: Iterable[int] = (1, 1)
) -> tuple[Columns, Columns]:
    """For the kernel and for the input, rows and columns each: columns rows (n, m) and columns (n, m).

    For each row or column of one grid those of the other, filled up with −1. All are given down and across.
    """
    axes = zip(size, output, kernel, stride, dilation, strict=True)
    (rows, fed_rows), (columns, fed_columns) = [_along_one_axis(*axis) for axis in axes]
    return {"rows": rows, "columns": columns}, {"rows": fed_rows, "columns": fed_columns}


def fed(size: int, output: int, kernel: int, stride: int) -> Columns:
    """For a square input its rows and columns alone: the output's that each feeds."""
    return meetings((size,) * 2, (output,) * 2, (kernel,) * 2, (stride,) * 2)[1]


@functools.lru_cache(16)
def _along_one_axis(size: int, outputs: int, taps: int, stride: int, dilation: int) -> tuple[np.ndarray, np.ndarray]:
    """Where tap k meets output place i, (taps, outputs), and which outputs each input place feeds, (size, m).

    After the last output that a place feeds stands −1.
    """
    met = (np.arange(outputs) * stride + np.arange(taps)[:, np.newaxis] * dilation).astype(np.int32)
    found = np.full((size, max(taps, 1)), -1, np.int32)
    for tap, output in np.ndindex(met.shape):
        row = found[met[tap, output]]
        row[np.argmax(row < 0)] = output
    return met, found
