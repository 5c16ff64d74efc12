"""The three rules by which a window becomes one number, and what they give for all windows of an image.

    sum      a convolution whose weights are all 1            average  the same with all weights 1/(size·size)
    maximum  the largest pixel of the window; of equal ones the first in row order wins

Every number is the engine's: `conv2d_terms`, `avg_pool2d`, `max_pool2d` and `max_pool2d_argmax`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...engine import avg_pool2d, conv2d_terms, max_pool2d, max_pool2d_argmax, max_pool2d_loops
from ..definitions import Part, part_by_loops
from ..numbers import write, write_ratio
from .settings import DownsamplingSettings

OUTPUTS = ("sum", "average", "maximum")


@dataclass(frozen=True)
class PooledOutputs:
    """Everything that becomes of an image by one window size and stride. oH·oW = T windows."""

    windows: np.ndarray  # (oH, oW, size, size)
    outputs: dict[str, np.ndarray]  # sum, average, maximum: (oH, oW) each
    argmax_rows: np.ndarray  # (oH, oW): where in the image each maximum stands
    argmax_columns: np.ndarray
    ties: np.ndarray  # (oH, oW): how many pixels of the window are as large as its maximum


def pooled(image: np.ndarray, size: int, stride: int) -> PooledOutputs:
    """Sum, average and maximum of every window. image: (H, W)."""
    x = image[np.newaxis, np.newaxis]
    terms = conv2d_terms(x[0], np.ones((1, size, size)), stride=stride)
    windows = terms.windows[:, :, 0]
    maximum = max_pool2d(x, size, stride=stride)[0, 0]
    outputs = {"sum": terms.output, "average": avg_pool2d(x, size, stride=stride)[0, 0], "maximum": maximum}
    rows, columns = max_pool2d_argmax(x, size, stride=stride)
    ties = (windows == maximum[:, :, np.newaxis, np.newaxis]).sum(axis=(2, 3))
    return PooledOutputs(windows, outputs, rows[0, 0], columns[0, 0], ties)


def limit_of(name: str, limit: float, size: int) -> float:
    """The end of an output's colour scale: the most that it can be, so that its colours compare with the input's."""
    return limit * size * size if name == "sum" else limit


def writer_of(name: str, size: int) -> Callable[[float], str]:
    """How the numbers of an output are written: averages as short fractions."""
    return (lambda value: write_ratio(value, size * size)) if name == "average" else write


def change_of(now: PooledOutputs, before: PooledOutputs, name: str, size: int) -> np.ndarray:
    """How much the shift changed each cell of an output, the sum counted as the average. -> (oH, oW)."""
    change: np.ndarray = np.abs(now.outputs[name] - before.outputs[name])
    return change / limit_of(name, 1, size)


def defined_by_loops(image: np.ndarray, settings: DownsamplingSettings) -> tuple[Part, dict[str, np.ndarray]]:
    """Rows of the sum and the average as convolutions by loops, of the maximum by its own. image: (H, W) -> (rows, oW) each."""
    size, stride = settings.window, settings.stride
    x, ones = image[np.newaxis, np.newaxis], np.ones((1, 1, size, size))
    how = {"stride": (stride, stride), "padding": (0, 0), "dilation": (1, 1)}
    part, total = part_by_loops(x, ones, None, **how, around=settings.row)
    _, average = part_by_loops(x, ones / size**2, None, **how, around=settings.row)
    top, bottom = part.rows.start * stride, (part.rows.stop - 1) * stride + size
    maximum = max_pool2d_loops(x[:, :, top:bottom], size, stride=stride)
    return part, {"sum": total[0, 0], "average": average[0, 0], "maximum": maximum[0, 0]}
