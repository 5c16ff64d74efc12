"""The formulas of the backprop view and what is computed of them: SGD first, then one forward and one backward pass.

The presets are the lecture's, with its numbers, in sizes that can be chosen. Names are those of the slides, as Python can
read them: y_star is y*, α21 leads from input 1 to hidden unit 2.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ...engine import Graph, Increment, Verdict, backward_pass, check_gradients, forward_pass, parse_formula

LARGEST_LOSS = 1e6
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


PRESETS: dict[str, Callable[..., Preset]] = {
    "simple": simple, "quiz": quiz, "logistic": logistic, "network": network, "softmax": softmax, "custom": custom,
}  # fmt: skip


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


@dataclass(frozen=True)
class PassStep:
    """One moment: a value is computed (node alone), dJ/dJ becomes 1 (is_start), or a gradient is incremented."""

    node: str
    increment: Increment | None = None
    is_start: bool = False

    @property
    def is_back(self) -> bool:
        """Whether it belongs to the backward pass."""
        return self.is_start or self.increment is not None

    @property
    def receiver(self) -> str | None:
        """The node whose gradient changes."""
        return self.increment.argument if self.increment else self.node if self.is_start else None


@dataclass(frozen=True)
class Passes:
    """All that is to be seen. If J is not finite, `steps` ends at the first value that is not."""

    example: Preset
    graph: Graph
    inputs: Mapping[str, float]  # after the steps of SGD
    losses: tuple[float, ...]  # before the first step of SGD, after it, and so on; empty if nothing is learned
    diverged: bool
    values: Mapping[str, float]
    gradients: Mapping[str, float]
    checks: Mapping[str, Verdict]  # of each gradient by finite differences
    steps: tuple[PassStep, ...]

    @functools.cached_property
    def computed_at(self) -> dict[str, int]:
        """At which step the value of each node is computed."""
        return {step.node: at for at, step in enumerate(self.steps) if not step.is_back}

    @functools.cached_property
    def visits(self) -> dict[str, list[int]]:
        """The steps at which the gradient of each node is incremented, or that of J becomes 1."""
        visits: dict[str, list[int]] = {}
        for at, step in enumerate(self.steps):
            if step.receiver:
                visits.setdefault(step.receiver, []).append(at)
        return visits

    @functools.cached_property
    def complete_at(self) -> dict[str, int]:
        """At which step the gradient of each node is complete."""
        return {name: visits[-1] for name, visits in self.visits.items()}

    @property
    def stopped(self) -> bool:
        """Whether J has no finite value, so that there is nothing to differentiate."""
        return not np.isfinite(self.values[self.graph.output])


def passes_of(example: Preset, starts: Mapping[str, float], learning_rate: float, sgd_steps: int) -> Passes:
    """Everything computed for a formula and its inputs."""
    graph = graph_of(example.formula)
    inputs, losses, diverged = _learned(graph, example, starts, learning_rate, sgd_steps)
    values = {name: float(value) for name, value in forward_pass(graph, inputs).items()}
    gradients, increments = backward_pass(graph, {name: np.float64(value) for name, value in values.items()})
    checks = check_gradients(graph, inputs)
    return Passes(example, graph, inputs, losses, diverged, values, gradients, checks, _steps(graph, values, increments))


def _steps(graph: Graph, values: Mapping[str, float], increments: list[Increment]) -> tuple[PassStep, ...]:
    """Forward in topological order, then backward. If J is not finite, up to the first value that is not."""
    forward = [PassStep(name) for name, node in graph.nodes.items() if node.operation]
    if not np.isfinite(values[graph.output]):
        first = next(at for at, step in enumerate(forward) if not np.isfinite(values[step.node]))
        return tuple(forward[: first + 1])
    start = PassStep(graph.output, is_start=True)
    return (*forward, start, *(PassStep(increment.node, increment) for increment in increments))


def _learned(
    graph: Graph, example: Preset, starts: Mapping[str, float], learning_rate: float, sgd_steps: int
) -> tuple[Mapping[str, float], tuple[float, ...], bool]:
    """The inputs after the steps of SGD, the losses on the way, and whether these left all bounds."""
    inputs = dict(starts)
    if not example.parameters:
        return inputs, (), False
    sign = -1.0 if example.climbs else 1.0
    losses: list[float] = []
    before = inputs
    for _ in range(sgd_steps + 1):
        values = forward_pass(graph, inputs)
        loss = sign * float(values[graph.output])
        if not np.isfinite(loss) or abs(loss) > LARGEST_LOSS:
            return before, tuple(losses), True
        losses.append(loss)
        before = inputs
        gradients, _ = backward_pass(graph, values)
        moved = {name: inputs[name] - learning_rate * sign * gradients[name] for name in example.parameters}
        inputs = inputs | moved
    return before, tuple(losses), False
