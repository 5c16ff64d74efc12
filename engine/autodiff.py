"""Reverse-mode automatic differentiation on a computation graph.

A function is written as a directed acyclic graph whose nodes are variables, in topological order. Forward: visit the nodes
in order, compute and store each value. Backward: set every dJ/du to 0 and dJ/dJ to 1, visit the nodes in reverse order, and
for u = g(v1, …, vN) increment every dJ/dvj by dJ/du · du/dvj.
Source: CMU 10-601, Deep Learning (CNNs), 5 April 2017, slides 3-16.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    before: float  # dJ/dv before this increment
    total: float  # dJ/dv after it


def forward_pass(graph: Graph, inputs: Mapping[str, Any], perturbations: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Compute and store every value. inputs: {name: number or array} -> {name: value}, not finite where it does not exist.

    perturbations: {name: number or array}, what is added to the value of some nodes, to see what changes.

    >>> square = Graph({"x": Node(), "J": Node("**", ("x", 2.0))})
    >>> float(forward_pass(square, {"x": 3.0})["J"])
    9.0
    """
    values: dict[str, Any] = {}
    perturbations = perturbations or {}
    with np.errstate(all="ignore"):
        for name, node in graph.nodes.items():
            if node.operation:
                arguments = [*arguments_of(node, values), *_complements(graph, node, values, perturbations)]
                value = OPERATIONS[node.operation].value(*arguments)
            else:
                value = np.float64(inputs[name])
            values[name] = value + perturbations[name] if name in perturbations else value
    return values


def backward_pass(graph: Graph, values: Mapping[str, Any]) -> tuple[dict[str, float], list[Increment]]:
    """Compute dJ/du of every node, in the order of the slide's algorithm. values: {name: number}, those of forward_pass.

    A gradient is not finite where the chain rule meets a division by zero, an overflow or ∞·0.

    >>> square = Graph({"x": Node(), "J": Node("**", ("x", 2.0))})
    >>> backward_pass(square, {"x": 3.0, "J": 9.0})[0]
    {'x': 6.0, 'J': 1.0}
    """
    gradients = dict.fromkeys(graph.nodes, 0.0)
    gradients[graph.output] = 1.0
    values = {name: np.float64(value) for name, value in values.items()}  # a Python float would raise at a division by zero
    increments = []
    with np.errstate(all="ignore"):
        for name, node in reversed(list(graph.nodes.items())):
            if not node.operation:
                continue
            arguments = [*arguments_of(node, values), *_complements(graph, node, values, {})]
            slopes = OPERATIONS[node.operation].slopes(values[name], *arguments)
            for place, (argument, slope) in enumerate(zip(node.arguments, slopes, strict=True)):
                if isinstance(argument, str):
                    product, before = gradients[name] * float(slope), gradients[argument]
                    gradients[argument] += product
                    known = (gradients[name], float(slope), product, before, gradients[argument])
                    increments.append(Increment(name, place, argument, *known))
    return gradients, increments


def tied_nodes(graph: Graph, values: Mapping[str, Any]) -> list[str]:
    """The nodes that have several subgradients here: relu and abs at 0, max and min of equal arguments."""
    return [
        name
        for name, node in graph.nodes.items()
        if node.operation and OPERATIONS[node.operation].is_tied(*arguments_of(node, values))
    ]


def ancestors_of(graph: Graph, names: Iterable[str]) -> set[str]:
    """The nodes on which these depend, themselves included."""
    found = set(names)
    for name in reversed(list(graph.nodes)):
        if name in found:
            found |= {argument for argument in graph.nodes[name].arguments if isinstance(argument, str)}
    return found


def arguments_of(node: Node, values: Mapping[str, Any]) -> list[Values]:
    """The values of a node's arguments."""
    return [values[argument] if isinstance(argument, str) else argument for argument in node.arguments]


def complement_of(graph: Graph, name: str, values: Mapping[str, Any]) -> Values:
    """1 − y for a node y, as exactly as the graph knows it: where y = sigmoid(a) rounds to 1, sigmoid(−a) keeps its digits."""
    node = graph.nodes[name]
    if node.operation == "sigmoid":
        return OPERATIONS["sigmoid"].value(-arguments_of(node, values)[0])
    return 1 - values[name]


def _complements(graph: Graph, node: Node, values: Mapping[str, Any], perturbations: Mapping[str, Any]) -> list[Values]:
    """For a likelihood its third argument, 1 − y."""
    if node.operation != "likelihood":
        return []
    y = node.arguments[0]
    if not isinstance(y, str):
        return [1 - np.float64(y)]
    is_sigmoid = graph.nodes[y].operation == "sigmoid"  # of any other node, values[y] holds the perturbation already
    perturbation = perturbations.get(y, 0.0) if is_sigmoid else 0.0
    return [complement_of(graph, y, values) - perturbation]
