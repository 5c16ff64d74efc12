"""The examples of the backprop view: the lecture's, with its numbers, in sizes that can be chosen.

Names are those of the slides, as Python can read them: y_star is y*, α21 leads from input 1 to hidden unit 2.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...engine import Graph, parse_formula

LONGEST = 1000  # characters of a formula that is made here
MOST_INPUTS = 40
FIRST_VALUES = (2.0, 3.0, 0.5, 1.0, 1.5, 2.5)  # of variables that the user makes up
FEATURES = (1.0, 2.0, -1.0)
STARTING_SEED = 7


@dataclass(frozen=True)
class Preset:
    """A formula, where its inputs start, which of them are learned, and what there is to say about it."""

    formula: str
    note: str
    starts: Mapping[str, float] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    climbs: bool = False  # whether J is to rise: a likelihood, not a loss


def quiz() -> Preset:
    """Calculus quiz #1 (slide 3)."""
    return Preset(
        "y = exp(x*z) + x*z/log(x) + sin(log(x))/(x*z)",
        "Calculus quiz #1 of the lecture: dy/dx and dy/dz at x = 2, z = 3. Equal parts are one node.",
        {"x": 2.0, "z": 3.0},
    )


def simple() -> Preset:
    """The simple example (slides 8 and 9)."""
    formula = "t = x**2; u1 = sin(t); u2 = 3*t; u = u1 + u2; J = cos(u)"
    return Preset(formula, "The simple example of the lecture: J = cos(sin(x²) + 3x²).", {"x": 2.0})


def logistic(features: int) -> Preset:
    """Case 1: logistic regression. J is the log-likelihood, as on the slide (slide 11)."""
    parameters = [f"θ{n}" for n in range(1, features + 1)]
    formula = f"a = {_dot(parameters, _features(features))}; y = sigmoid(a); J = likelihood(y, y_star)"
    note = (
        "Case 1 of the lecture, logistic regression. J is the log-likelihood y* log y + (1 − y*) log(1 − y), as on the slide: "
        "it is to rise, so SGD steps along the gradient; the loss is −J."
    )
    starts = dict(zip(parameters, (0.5, -1.0, 0.5), strict=False)) | _data(features)
    return Preset(formula, note, starts, tuple(parameters), climbs=True)


def network(features: int, hidden: int, loss: str, seed: int) -> Preset:
    """Case 2: one hidden layer, Linear → Sigmoid → Linear → Sigmoid → Loss (slides 12-15)."""
    units = range(1, hidden + 1)
    alphas = {j: [f"α{j}{i}" for i in range(1, features + 1)] for j in units}
    betas, zs = [f"β{j}" for j in units], [f"z{j}" for j in units]
    lines = [f"a{j} = {_dot(alphas[j], _features(features))}" for j in units] + [f"z{j} = sigmoid(a{j})" for j in units]
    lines += [f"b = {_dot(betas, zs)}", "y = sigmoid(b)"]
    lines += ["e = y - y_star", "J = 0.5*e**2"] if loss == "squared" else ["J = -likelihood(y, y_star)"]
    words = "squared error ½(y − y*)²" if loss == "squared" else "cross-entropy −(y* log y + (1 − y*) log(1 − y))"
    note = f"Case 2 of the lecture, one hidden layer: Linear → Sigmoid → Linear → Sigmoid → Loss, the {words}."
    parameters = [*(name for names in alphas.values() for name in names), *betas]
    rng = np.random.Generator(np.random.PCG64(seed))
    weights = [(round(20 * draw) - 10) / 10 for draw in rng.random(len(parameters)).tolist()]
    return Preset("; ".join(lines), note, dict(zip(parameters, weights, strict=True)) | _data(features), tuple(parameters))


def softmax(classes: int) -> Preset:
    """Softmax with cross-entropy (slide 75)."""
    numbers = range(1, classes + 1)
    lines = [f"L = logsumexp({', '.join(f'b{k}' for k in numbers)})"] + [f"l{k} = b{k} - L" for k in numbers]
    lines += ["J = -" + _dot([f"y_star{k}" for k in numbers], [f"l{k}" for k in numbers])]
    starts = {f"b{k}": value for k, value in zip(numbers, (1.0, 2.0, 0.5, -1.0, 0.0), strict=False)}
    targets = {f"y_star{k}": float(k == 1) for k in numbers}
    note = (
        "Softmax y_k = exp(b_k)/Σ exp(b_l) with cross-entropy J = −Σ y*_k log y_k. Computed as l_k = log y_k = b_k − L with "
        "L = log Σ exp(b_l), which cannot overflow; dL/db_k is y_k, and each dJ/db_k comes out as y_k − y*_k."
    )
    return Preset("; ".join(lines), note, starts | targets, tuple(starts))


def custom(formula: str) -> Preset:
    """What the user typed."""
    return Preset(formula, "Your own formula.")


@functools.lru_cache(maxsize=64)
def graph_of(formula: str) -> Graph:
    """The graph of a preset's formula, or of the user's, which has passed the user's limits before."""
    return parse_formula(formula, longest=LONGEST, most_variables=MOST_INPUTS)


def _features(count: int) -> list[str]:
    return [f"x{n}" for n in range(1, count + 1)]


def _data(features: int) -> dict[str, float]:
    """The example that is learned: the inputs and the label y*."""
    return dict(zip(_features(features), FEATURES, strict=False)) | {"y_star": 1.0}


def _dot(first: list[str], second: list[str]) -> str:
    return f"dot({', '.join(f'{a}, {b}' for a, b in zip(first, second, strict=True))})"
