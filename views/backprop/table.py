"""The lecture's table of the forward and the backward pass: a row a node, the output first, as on the slides.

Forward is read from the bottom up, backward from the top down. A row tells what the node computes, then its gradient, then
what it hands on to its arguments.
"""

from __future__ import annotations

import numpy as np

from ..trace import Texts
from .places import Columns
from .run import Run
from .words import badge, in_parentheses, partial, pretty, product, say, slope_written, written

Line = tuple[int, str, str, str, int]  # row, column, words, numbers, the step at which the numbers are known


def rows(run: Run) -> Columns:
    """One line of the table an entry: its row, its column, words that always stand there, numbers, and their step."""
    lines: list[Line] = []
    for number, name in enumerate(reversed(run.graph.nodes)):
        lines += [_forward(run, number, name), _gradient(run, number, name), *_visit(run, number, name)]
    row, column, words, numbers, step = zip(*lines, strict=True)
    return {
        "row": np.array(row, np.int32),
        "column": Texts.of(column),
        "words": Texts.of(words),
        "numbers": Texts.of(numbers),
        "step": np.array(step, np.int32),
    }


def _forward(run: Run, number: int, name: str) -> Line:
    if not run.graph.nodes[name].operation:
        return number, "forward", pretty(name), f"= {say(run.values[name])}", -1
    at = run.computed_at.get(name, len(run.steps))
    return number, "forward", f"{pretty(name)} = {written(run, name)}", f"= {say(run.values[name])}", at


def _gradient(run: Run, number: int, name: str) -> Line:
    """The node's own gradient, once it is complete."""
    at = run.complete_at.get(name, len(run.steps))
    told = f"= {say(run.gradients[name])}"
    if name != run.graph.output:
        told += f", {badge(run, name)}"
    return number, "gradient", partial(run, name), told, at


def _visit(run: Run, number: int, name: str) -> list[Line]:
    """What a visit hands on, one line an argument. dJ/dt += dJ/du₁·cos(t)."""
    found = []
    for at, step in enumerate(run.steps):
        if step.increment and step.node == name:
            slope = in_parentheses(slope_written(run, name, step.increment.place))
            words = f"{partial(run, step.increment.argument)} += {partial(run, name)}·{slope}"
            found.append((number, "visit", words, f"= {product(run, step)}", at))
    return found
