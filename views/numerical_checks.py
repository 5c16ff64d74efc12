"""What finite differences say of each cell of a gradient, in a few characters beside it: ✓ it agrees, ✗ it does not.

The engine measures the slopes and judges (engine/finite_differences.py); here its verdicts become words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..engine import Slopes, Verdict, judge, sliding_windows, slopes
from .numbers import write


def checks(
    gradient: np.ndarray, losses_of: Callable[[np.ndarray], np.ndarray], x: np.ndarray, *, tied: np.ndarray | bool = False
) -> list[str]:
    """Move each cell of x and judge its gradient. losses_of: (n, *x.shape) -> (n,)."""
    return badges(gradient, slopes(losses_of, x), tied=tied)


def checked(
    gradient: np.ndarray, losses_of: Callable[[np.ndarray], np.ndarray], x: np.ndarray, *, tied: np.ndarray | bool = False
) -> Iterator[tuple[tuple[int, ...], float, str]]:
    """Each cell of a gradient: its place, its value, what finite differences say. losses_of: (n, *x.shape) -> (n,)."""
    return zip(np.ndindex(gradient.shape), gradient.ravel().tolist(), checks(gradient, losses_of, x, tied=tied), strict=True)


def badges(gradient: np.ndarray, measured: Slopes, *, tied: np.ndarray | bool = False) -> list[str]:
    """One for each cell, in row order. tied: where one of several subgradients was chosen, of the shape of the gradient."""
    error = np.nan_to_num(measured.left_error, posinf=0) + np.nan_to_num(measured.right_error, posinf=0)
    columns = (gradient, measured.left, measured.right, error, np.broadcast_to(tied, gradient.shape))
    cells = zip(*(column.ravel().tolist() for column in columns), strict=True)
    return [_badge(judge(*cell, is_tied=is_tied)) for *cell, is_tied in cells]


def _badge(check: Verdict) -> str:
    match check.outcome:
        case "agrees":
            return f"✓ finite difference {write(_tidy(check.slope))}"
        case "kink" | "subgradient" if check.left != check.right:
            return f"✓ kink: slope {write(_tidy(check.left))} left, {write(_tidy(check.right))} right"
        case "subgradient":
            return f"✓ subgradients meet: slope {write(_tidy(check.slope))}"
        case "disagrees":
            return f"✗ finite difference {write(_tidy(check.slope))}"
    return "no numerical check is possible here"


def _tidy(value: float) -> float:
    """Without what rounding left behind."""
    return round(value, 6) + 0.0


def tied_cells(x: np.ndarray, size: int, stride: int) -> np.ndarray:
    """Which cells are the maximum of a window that has it more than once. x: (H, W) -> (H, W) of bool."""
    windows = sliding_windows(x[None, None], size, stride=stride)[0, 0]
    winners = windows == windows.max(axis=(2, 3), keepdims=True)
    tied = np.zeros(x.shape, bool)
    for i, j in np.ndindex(windows.shape[:2]):
        if winners[i, j].sum() > 1:
            tied[i * stride : i * stride + size, j * stride : j * stride + size] |= winners[i, j]
    return tied
