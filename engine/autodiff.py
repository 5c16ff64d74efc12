"""Reverse-mode automatic differentiation on a computation graph.

A function is written as a directed acyclic graph whose nodes are variables, in topological order. Forward: visit the nodes
in order, compute and store each value. Backward: set every dJ/du to 0 and dJ/dJ to 1, visit the nodes in reverse order, and
for u = g(v1, …, vN) increment every dJ/dvj by dJ/du · du/dvj.
Source: CMU 10-601, Deep Learning (CNNs), 5 April 2017, slides 3-16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .operations import OPERATIONS, Values


@dataclass(frozen=True)
class Node:
    """One variable of the graph: an input if it has no operation, else the operation's result."""

    operation: str = ""  # a name in OPERATIONS
    arguments: tuple[str | float, ...] = ()  # names of earlier nodes, and constants


@dataclass(frozen=True)
class Graph:
    """Nodes by name in topological order; the last one is the output, here called J."""

    nodes: Mapping[str, Node]

    @property
    def inputs(self) -> list[str]:
        """The names of the nodes whose values come from outside."""
        return [name for name, node in self.nodes.items() if not node.operation]

    @property
    def output(self) -> str:
        """The name of the node whose gradients are wanted."""
        return list(self.nodes)[-1]


@dataclass(frozen=True)
class Increment:
    """One visit along one edge: dJ/dv += dJ/du · du/dv."""

    node: str  # u
    place: int  # of v among u's arguments
    argument: str  # v
    gradient: float  # dJ/du, complete
    slope: float  # the local derivative du/dv
    product: float  # dJ/du · du/dv
    total: float  # dJ/dv after this increment


def forward_pass(graph: Graph, inputs: Mapping[str, Any], perturbations: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Compute and store every value. inputs: {name: number or array} -> {name: value}, not finite where it does not exist.

    perturbations: what is added to the value of some nodes, to see what changes.

    >>> square = Graph({"x": Node(), "J": Node("**", ("x", 2.0))})
    >>> float(forward_pass(square, {"x": 3.0})["J"])
    9.0
    """
    values: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        for name, node in graph.nodes.items():
            if node.operation:
                value = OPERATIONS[node.operation].value(*arguments_of(node, values))
            else:
                value = np.float64(inputs[name])
            values[name] = value + perturbations[name] if perturbations else value
    return values


def backward_pass(graph: Graph, values: Mapping[str, Any]) -> tuple[dict[str, float], list[Increment]]:
    """Compute dJ/du of every node, in the order of the slide's algorithm. values: those of forward_pass, as numbers.

    >>> square = Graph({"x": Node(), "J": Node("**", ("x", 2.0))})
    >>> backward_pass(square, {"x": 3.0, "J": 9.0})[0]
    {'x': 6.0, 'J': 1.0}
    """
    gradients = dict.fromkeys(graph.nodes, 0.0)
    gradients[graph.output] = 1.0
    increments = []
    with np.errstate(all="ignore"):
        for name, node in reversed(list(graph.nodes.items())):
            if not node.operation:
                continue
            slopes = OPERATIONS[node.operation].slopes(values[name], *arguments_of(node, values))
            for place, (argument, slope) in enumerate(zip(node.arguments, slopes, strict=True)):
                if isinstance(argument, str):
                    product = gradients[name] * float(slope)
                    gradients[argument] += product
                    total = gradients[argument]
                    increments.append(Increment(name, place, argument, gradients[name], float(slope), product, total))
    return gradients, increments


def finite_difference_gradients(graph: Graph, inputs: Mapping[str, float], step: float = 1e-5) -> dict[str, float]:
    """Measure dJ/du of every node without any derivative: move its value up and down, and see how J follows.

    (J(u + h) − J(u − h)) / 2h, with h = step · |u|; all nodes at once, each in two columns of an array.
    """
    count = len(graph.nodes)
    values = forward_pass(graph, inputs)
    with np.errstate(all="ignore"):
        steps = step * np.maximum(np.abs([float(value) for value in values.values()]), 0.01)
        perturbations = dict(zip(graph.nodes, np.hstack([np.diag(steps), -np.diag(steps)]), strict=True))
        moved = forward_pass(graph, inputs, perturbations)[graph.output]
        measured = (moved[:count] - moved[count:]) / (2 * steps)
    return dict(zip(graph.nodes, measured.tolist(), strict=True))


def arguments_of(node: Node, values: Mapping[str, Any]) -> list[Values]:
    """The values of a node's arguments."""
    return [values[argument] if isinstance(argument, str) else argument for argument in node.arguments]
