"""The sources of the backprop view that the steps change: values and gradients as they come, and the edge at work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrangement import both
from ..grid import Coordinates
from ..trace import Sources, Texts
from .columns import CHARACTER, Pair
from .graph_layout import Box, GraphArrangement
from .passes import Passes
from .words import brief, say, slope_written

MARKS = {"agrees": " ✓", "kink": " ∠", "subgradient": " ∠", "disagrees": " ✗", "no verdict": " –"}  # behind a gradient
Edge = tuple[str, str]
LONGEST_CHIP = 16  # characters beside an edge
TINT = 0.35  # opacity
AROUND = 7.0  # what a close-up shows around its nodes, in pixels of the natural size
AWAY = -9.0  # where what is not shown stands, in widths of the drawing
CHIP = 16.0  # its height, in pixels of the natural size


def moving(passes: Passes, pair: Pair) -> Sources:
    """What the steps change: values and gradients as they come, the edge at work, the nodes at its ends."""
    steps, nodes = passes.steps, passes.graph.nodes
    read = {name: [(one, name) for one in node.arguments if isinstance(one, str)] for name, node in nodes.items()}
    flowing = _lit([[(step.increment.argument, step.node)] if step.increment else [] for step in steps], pair[0])
    reading = _lit([[] if step.is_back else read[step.node] for step in steps], pair[0])
    values, gradients, there = _shown(passes)
    chips = [_chip(passes, at) for at in range(len(steps))]
    sizes = [len(chip) or max(map(len, chips)) for chip in chips]  # while there is none, there is room for any
    return {
        "values": {"text": values},
        "gradients": {"text": gradients},
        "gradient_bands": {"alpha": (TINT * there).astype(np.float32)},
        "flows": {"alpha": np.maximum.accumulate(flowing, axis=0)},
        "reading": {"alpha": reading},
        "flowing": {"alpha": flowing},
        "computed": _outlines(pair, [None if step.is_back else step.node for step in steps]),
        "handing": _outlines(pair, [step.node if step.increment else None for step in steps]),
        "receiving": _outlines(pair, [step.receiver for step in steps]),
        "chip": {
            "text": Texts.of_steps([[text] for text in chips]),
            **both(pair, lambda its: _boxes(its, [_chip_box(its, passes, at, size) for at, size in enumerate(sizes)])),
        },
        "closeup": _closeup(passes, pair[0]),
    }


def _closeup(passes: Passes, its: GraphArrangement) -> Coordinates:
    """The nodes that each step is about, as one rectangle. -> x, y, w, h (T, 1)."""
    parts = []
    for step in passes.steps:
        read = [] if step.is_back else [one for one in passes.graph.nodes[step.node].arguments if isinstance(one, str)]
        names = [step.node, *([step.receiver] if step.receiver else []), *read]
        x, y, width, height = np.array([its.boxes[name] for name in names]).T
        left, right, top, bottom = (x - width / 2).min(), (x + width / 2).max(), (y - height / 2).min(), (y + height / 2).max()
        parts.append([left - AROUND, top - AROUND, right - left + 2 * AROUND, bottom - top + 2 * AROUND])
    left, top, width, height = np.array(parts).T[:, :, np.newaxis]
    return its.rectangles(left, top, width, height)


def _shown(passes: Passes) -> tuple[Texts, Texts, np.ndarray]:
    """The value and the gradient in every box at every step, "" as long as there is none, and whether there is a gradient.

    -> codes (T, n) twice, (T, n) of bool.
    """
    names, length = list(passes.graph.nodes), len(passes.steps)
    values, gradients = np.full((2, length, len(names)), "", dtype=object)
    for n, name in enumerate(names):
        if name in passes.computed_at or not passes.graph.nodes[name].operation:
            values[passes.computed_at.get(name, 0) :, n] = brief(passes.values[name])
        for at in passes.visits.get(name, []):
            increment = passes.steps[at].increment
            mark = " …" if passes.complete_at[name] > at else MARKS[passes.checks[name].outcome]
            gradients[at:, n] = brief(increment.total if increment else 1.0) + mark
    return Texts.of_steps(values.tolist()), Texts.of_steps(gradients.tolist()), gradients != ""


def _lit(edges: Sequence[Sequence[Edge]], its: GraphArrangement) -> np.ndarray:
    """Which pieces of all lines belong to the given edges. edges: T lists -> (T, pieces) of 0 and 1."""
    ends = np.cumsum([0, *(len(points) - 1 for points in its.lines.values())]).tolist()
    pieces = {edge: slice(ends[n], ends[n + 1]) for n, edge in enumerate(its.lines)}
    alpha = np.zeros((len(edges), ends[-1]), np.uint8)
    for at, lit in enumerate(edges):
        for edge in lit:
            alpha[at, pieces[edge]] = 1
    return alpha


def _outlines(pair: Pair, names: Sequence[str | None]) -> Coordinates:
    """A frame around a node at every step, or away. -> x, y, w, h (T, 1)."""
    return both(pair, lambda its: _boxes(its, [its.boxes[name] if name else None for name in names]))


def _boxes(its: GraphArrangement, boxes: Sequence[Box | None]) -> Coordinates:
    """One box a step, or none. -> x, y, w, h (T, 1)."""
    columns = its.centred([box or (AWAY * its.width, 0.0, 1.0, 1.0) for box in boxes])
    return {name: column[:, np.newaxis] for name, column in columns.items()}


def _chip(passes: Passes, at: int) -> str:
    """The local derivative beside its edge, as text if it is short, and as a number."""
    one = passes.steps[at].increment
    if one is None:
        return ""
    text, number = slope_written(passes, one), say(one.slope)
    return number if text == number or len(text) > LONGEST_CHIP - len(number) else f"{text} = {number}"


def _chip_box(its: GraphArrangement, passes: Passes, at: int, characters: int) -> Box:
    """In the middle of its edge, within the drawing."""
    one, width = passes.steps[at].increment, characters * CHARACTER * 0.92 + CHARACTER
    if one is None:
        return AWAY * its.width, 0.0, width, CHIP
    x, y = its.middles[one.argument, one.node]
    return min(max(x, width / 2), its.width - width / 2), y, width, CHIP
