"""Finite differences: move one number a little, compute everything anew, and see how much J changes.

    slope to the right ≈ (J(x + h) − J(x)) / h        slope to the left ≈ (J(x) − J(x − h)) / h

It knows nothing of any backward pass, so it can prove one wrong. A long h suffers from curvature, a short one from rounding,
so both slopes are measured with h of many sizes; of two neighbouring sizes the part of the error that is proportional to h
is taken out (Richardson's extrapolation), and the size is kept at which neighbours agree best. How well they agree is the
tolerance. `judge` then says whether a gradient agrees, and gives no verdict where measuring fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .autodiff import Graph, ancestors_of, backward_pass, complement_of, forward_pass, tied_nodes
from .shapes import Array

SHRINK = 10.0  # how much shorter each h is than the one before
SIZES = 11  # of h: from LONGEST down to LONGEST / SHRINK ** (SIZES - 1)
LONGEST = 1e-2  # of the larger of |x| and 1
ROUNDING = 8 * float(np.finfo(np.float64).eps)  # relative error of a difference of two values
RELATIVE = 1e-6  # within which two slopes are the same
SMALLEST = 1e-12  # below this, two slopes are both 0
LOOSEST = 0.05  # of the slope (or of 1): a slope that is less certain proves nothing

Outcome = Literal["agrees", "kink", "subgradient", "disagrees", "no verdict"]


@dataclass(frozen=True)
class Slopes:
    """One-sided slopes and how far off they may be, each of the shape of x; nan where a side has no finite values."""

    left: Array
    right: Array
    left_error: Array
    right_error: Array


@dataclass(frozen=True)
class Verdict:
    """What finite differences say of one gradient.

    agrees: both slopes are the gradient, or the only one that can be measured is. kink: the slopes differ, and the gradient
    is one of those in between. subgradient: it is not the slope because several subgradients meet here, each rightly chosen.
    disagrees: it is wrong. no verdict: the slope cannot be measured well enough, or the gradient is not a number.
    """

    outcome: Outcome
    slope: float  # the mean of both sides, or the only side; nan if it cannot be measured well enough
    left: float
    right: float


def slopes(function: Callable[[Array], Array], x: Array, scale: float = 0.0) -> Slopes:
    """Measure the slopes of a function along every cell of x. function: (n, *x.shape) -> (n,), float64.

    scale: the largest value met on the way to J if it is larger than J: its rounding is what a difference is lost in.
    """
    signs = np.array([1.0, -1.0])[:, np.newaxis]
    reach = LONGEST * np.maximum(np.abs(x.ravel()), 1.0)
    steps = reach[:, np.newaxis] / SHRINK ** np.arange(SIZES)  # (cells, sizes)
    moved = x.ravel() + signs[..., np.newaxis, np.newaxis] * steps[..., np.newaxis] * np.eye(x.size)[:, np.newaxis]
    values = function(np.concatenate([x[np.newaxis], moved.reshape(-1, *x.shape)]))
    here, there = values[0], values[1:].reshape(2, x.size, SIZES)
    exact = np.abs((x.ravel()[:, np.newaxis] + signs[..., np.newaxis] * steps) - x.ravel()[:, np.newaxis])  # h as it was added
    return from_values(float(here), there, exact, np.full(x.size, scale), x.shape)


def from_values(here: float, there: Array, steps: Array, scale: Array, shape: tuple[int, ...]) -> Slopes:
    """Slopes from J at a point and around it. there, steps: (2, cells, sizes), right then left, h falling by SHRINK."""
    with np.errstate(all="ignore"):
        sides = np.array([1.0, -1.0])[:, np.newaxis, np.newaxis] * (there - here) / steps
        better = (SHRINK * sides[..., 1:] - sides[..., :-1]) / (SHRINK - 1)
        largest = np.maximum(np.maximum(np.abs(there), abs(here)), scale[:, np.newaxis])
        lost = ROUNDING * largest[..., 1:] / steps[..., 1:]
        error = np.abs(np.diff(better, axis=-1)) + lost[..., 1:] + lost[..., :-1]
    error = np.where(np.isfinite(error), error, np.inf)
    best = error.argmin(axis=-1)[..., np.newaxis]
    slope = np.take_along_axis(better, best, -1)[..., 0].reshape(2, *shape)
    error = np.take_along_axis(error, best, -1)[..., 0].reshape(2, *shape)
    slope = np.where(np.isfinite(error), slope, np.nan)
    return Slopes(slope[1], slope[0], error[1], error[0])


def judge(gradient: float, left: float, right: float, error: float, *, is_tied: bool = False) -> Verdict:
    """Say whether a gradient agrees with the measured slopes. error: how far off either slope may be.

    is_tied: whether one of several subgradients was chosen on the way from this number to J.
    """
    sides = [side for side in (left, right) if np.isfinite(side)]
    slope = sum(sides) / len(sides) if sides else float("nan")
    size = max(map(abs, sides), default=0.0)
    if not sides or error > LOOSEST * max(size, 1e-3):
        return Verdict("no verdict", float("nan"), left, right)
    slope = slope if abs(slope) > 2 * error else 0.0
    if not np.isfinite(gradient):
        return Verdict("no verdict", slope, left, right)
    tolerance = error + RELATIVE * max(size, abs(gradient)) + SMALLEST
    is_kink = len(sides) == 2 and abs(left - right) > 2 * tolerance
    if is_kink and min(sides) - tolerance <= gradient <= max(sides) + tolerance:
        return Verdict("kink", slope, left, right)
    if not is_kink and abs(gradient - slope) <= tolerance:
        return Verdict("agrees", slope, left, right)
    if len(sides) < 2 and not is_tied:
        return Verdict("no verdict", slope, left, right)
    return Verdict("subgradient" if is_tied else "disagrees", slope, left, right)


def check_gradients(graph: Graph, inputs: Mapping[str, float]) -> dict[str, Verdict]:
    """Check dJ/du of every node of a graph by moving its value, all nodes at once.

    >>> from .formula import parse_formula
    >>> check_gradients(parse_formula("x**2"), {"x": 3.0})["x"].outcome
    'agrees'
    """
    values = {name: np.float64(value) for name, value in forward_pass(graph, inputs).items()}
    gradients, _ = backward_pass(graph, values)
    count, here = len(graph.nodes), np.array(list(values.values()))
    with np.errstate(all="ignore"):
        reach = LONGEST * np.maximum(np.abs(here), 1.0)
        steps = np.stack([reach[:, np.newaxis] / SHRINK ** np.arange(SIZES)] * 2)
        signs = np.array([1.0, -1.0])[:, np.newaxis, np.newaxis]
        steps = np.abs((here[:, np.newaxis] + signs * steps) - here[:, np.newaxis])  # h as it is added
        perturbations = np.zeros((count, 2, count, SIZES))
        each = np.arange(count)
        perturbations[each, :, each] = (signs * steps).transpose(1, 0, 2)
        moved = forward_pass(graph, inputs, dict(zip(graph.nodes, perturbations.reshape(count, -1), strict=True)))[graph.output]
    rounding = _rounding(graph, values, gradients)
    scale = np.full(count, rounding if np.isfinite(rounding) else 0.0)
    found = from_values(values[graph.output], np.reshape(moved, (2, count, SIZES)), steps, scale, (count,))
    tied = ancestors_of(graph, tied_nodes(graph, values))
    errors = np.nan_to_num(found.left_error, posinf=0) + np.nan_to_num(found.right_error, posinf=0)
    cells = zip(graph.nodes, found.left.tolist(), found.right.tolist(), errors.tolist(), strict=True)
    return {name: judge(gradients[name], *cell, is_tied=name in tied) for name, *cell in cells}


def _rounding(graph: Graph, values: Mapping[str, float], gradients: Mapping[str, float]) -> float:
    """How large the values are whose rounding J is made of: Σ |dJ/du · u|, to first order.

    Of sigmoid(a) in a likelihood only the digits count that it shares with 1 − y, which comes from a.
    """
    likelihoods = [node for node in graph.nodes.values() if node.operation == "likelihood"]
    shared = {str(node.arguments[0]) for node in likelihoods if node.arguments[0] in graph.nodes}
    with np.errstate(all="ignore"):
        sizes = [
            abs(gradients[name] * value) * (abs(float(complement_of(graph, name, values))) if name in shared else 1.0)
            for name, value in values.items()
        ]
    return float(sum(size for size in sizes if np.isfinite(size)))
