"""The numbers of one trace: SGD first, then one forward and one backward pass, and in which order they are shown."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...engine import Graph, Increment, Verdict, backward_pass, check_gradients, forward_pass
from .presets import Preset, graph_of
from .settings import BackpropSettings

LARGEST_LOSS = 1e6


@dataclass(frozen=True)
class Step:
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
class Run:
    """All that is to be seen. If J is not finite, `steps` ends at the first value that is not."""

    example: Preset
    graph: Graph
    inputs: Mapping[str, float]  # after the steps of SGD
    losses: tuple[float, ...]  # before the first step of SGD, after it, and so on; empty if nothing is learned
    diverged: bool
    values: Mapping[str, float]
    gradients: Mapping[str, float]
    checks: Mapping[str, Verdict]  # of each gradient by finite differences
    steps: tuple[Step, ...]

    @functools.cached_property
    def computed_at(self) -> dict[str, int]:
        """At which step the value of each node is computed."""
        return {step.node: at for at, step in enumerate(self.steps) if not step.is_back}

    @functools.cached_property
    def complete_at(self) -> dict[str, int]:
        """At which step the gradient of each node is complete."""
        done = {step.node: at for at, step in enumerate(self.steps) if step.is_start}
        return done | {step.increment.argument: at for at, step in enumerate(self.steps) if step.increment}

    @functools.cached_property
    def visits(self) -> dict[str, list[str]]:
        """For each node the nodes that it feeds, once for every increment, in the order of the backward pass."""
        visits: dict[str, list[str]] = {name: [] for name in self.graph.nodes}
        for step in self.steps:
            if step.increment:
                visits[step.increment.argument].append(step.node)
        return visits

    @property
    def stopped(self) -> bool:
        """Whether J has no finite value, so that there is nothing to differentiate."""
        return not np.isfinite(self.values[self.graph.output])


def make_run(settings: BackpropSettings) -> Run:
    """Everything computed for these settings."""
    example = settings.example()
    graph = graph_of(example.formula)
    inputs, losses, diverged = _learned(graph, example, settings)
    values = {name: float(value) for name, value in forward_pass(graph, inputs).items()}
    gradients, increments = backward_pass(graph, {name: np.float64(value) for name, value in values.items()})
    checks = check_gradients(graph, inputs)
    return Run(example, graph, inputs, losses, diverged, values, gradients, checks, _steps(graph, values, increments))


def _steps(graph: Graph, values: Mapping[str, float], increments: list[Increment]) -> tuple[Step, ...]:
    """Forward in topological order, then backward. If J is not finite, up to the first value that is not."""
    forward = [Step(name) for name, node in graph.nodes.items() if node.operation]
    if not np.isfinite(values[graph.output]):
        first = next(at for at, step in enumerate(forward) if not np.isfinite(values[step.node]))
        return tuple(forward[: first + 1])
    start = Step(graph.output, is_start=True)
    return (*forward, start, *(Step(increment.node, increment) for increment in increments))


def _learned(
    graph: Graph, example: Preset, settings: BackpropSettings
) -> tuple[dict[str, float], tuple[float, ...], bool]:
    """The inputs after the steps of SGD, the losses on the way, and whether these left all bounds."""
    inputs = settings.values()
    if not example.parameters:
        return inputs, (), False
    sign = -1.0 if example.climbs else 1.0
    losses: list[float] = []
    before = inputs
    for _ in range(settings.sgd_steps + 1):
        values = forward_pass(graph, inputs)
        loss = sign * float(values[graph.output])
        if not np.isfinite(loss) or abs(loss) > LARGEST_LOSS:
            return before, tuple(losses), True
        losses.append(loss)
        before = inputs
        gradients, _ = backward_pass(graph, values)
        moved = {name: inputs[name] - settings.learning_rate * sign * gradients[name] for name in example.parameters}
        inputs = inputs | moved
    return before, tuple(losses), False
