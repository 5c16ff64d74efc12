"""Finite differences: nudge one number, compute everything anew, and see how much the loss changes.

    slope ≈ (J(x + ε) − J(x − ε)) / 2ε        slope to the right ≈ (J(x + ε) − J(x)) / ε, to the left likewise

It knows nothing of any backward pass, so it can prove one wrong. At a kink the two one-sided slopes differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..numbers import write

NUDGE = 1e-4
TOLERANCE = 1e-5  # relative to the larger of the two numbers and 1


@dataclass(frozen=True)
class Slopes:
    """For each cell the slope of the loss to its left, to its right, and across both. All of the shape of x."""

    left: np.ndarray
    right: np.ndarray

    @property
    def central(self) -> np.ndarray:
        """The mean of both sides."""
        return (self.left + self.right) / 2


def slopes(losses_of: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> Slopes:
    """Nudge every cell of x in turn. losses_of: a batch (n, *x.shape) -> a loss for each, (n,)."""
    nudges = NUDGE * np.eye(x.size).reshape(x.size, *x.shape)
    losses = losses_of(np.concatenate([x[np.newaxis], x + nudges, x - nudges]))
    here, above, below = losses[0], losses[1 : x.size + 1], losses[x.size + 1 :]
    return Slopes(((here - below) / NUDGE).reshape(x.shape), ((above - here) / NUDGE).reshape(x.shape))


def badges(gradient: np.ndarray, found: Slopes) -> list[str]:
    """What finite differences say of each cell of a gradient, in row order."""
    cells = zip(gradient.ravel().tolist(), found.left.ravel().tolist(), found.right.ravel().tolist(), strict=True)
    return [_badge(*cell) for cell in cells]


def _badge(gradient: float, left: float, right: float) -> str:
    central = _tidy((left + right) / 2)
    if _close(gradient, central) and _nearly(left, right):
        return f"✓ finite difference {write(central)}"
    if not _nearly(left, right) and (_close(gradient, left) or _close(gradient, right)):
        return f"✓ kink: slope {write(_tidy(left))} left, {write(_tidy(right))} right"
    return f"✗ finite difference {write(central)}"


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * max(1, abs(one), abs(other))


def _nearly(left: float, right: float) -> bool:
    """Whether the two sides agree: a smooth loss bends by about ε between them."""
    return abs(left - right) <= 100 * NUDGE * max(1, abs(left), abs(right))


def _tidy(value: float) -> float:
    """Without what rounding left behind."""
    return round(value, 6) + 0.0
