"""The sources of the backprop view that no step changes: the graph in both arrangements, and the lecture's table.

The wide arrangement goes from left to right or upwards, whichever fits better; the narrow one upwards, as on the slides, the
output on top. In the table a row is a node, the output first: forward is read from the bottom up, backward from the top down.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ..arrangement import both
from ..grid import Coordinates
from ..numbers import write
from ..trace import Columns, Sources, Texts
from .graph_layout import LETTER, GraphArrangement, Nodes, draw
from .passes import Passes
from .words import badge, in_parentheses, label, partial, pretty, product, say, slope_written, written

CHARACTER = 7.0  # pixels of the natural size, as all lengths here: the mean width of one
LINE = 17.0  # a node's box has three: its formula, its value, its gradient
FEWEST_CHARACTERS = 9  # a box has room for −123.4 ✓
PADDING = 12.0
BESIDE_TABLE = (640.0, 620.0)  # width and height that a screen has for the wide one
Pair = tuple[GraphArrangement, GraphArrangement]
KINDS = ("input", "parameter", "output", "inner")
Line = tuple[int, str, str, str, int]  # row, column, words, numbers, the step at which the numbers are known


class DrawnGraph(NamedTuple):
    """A graph in both arrangements, and what stands in it by source."""

    pair: Pair
    places: dict[str, Coordinates]


def drawing_of(passes: Passes) -> DrawnGraph:
    """The graph laid out."""
    nodes = passes.graph.nodes.items()
    return _drawn(tuple(
        (name, _size(label(passes, name)), tuple(one for one in node.arguments if isinstance(one, str)))
        for name, node in nodes
    ))  # fmt: skip


@functools.lru_cache(maxsize=64)  # the same graph comes again with every change of a number
def _drawn(nodes: Nodes) -> DrawnGraph:
    upwards, across = (draw(nodes, "wide", upwards=upwards) for upwards in (True, False))
    pair = (max((upwards, across), key=_scale), draw(nodes, "narrow", upwards=True))
    rows = {"formulas": -1, "values": 0, "gradients": 1}  # lines of a box, from its middle
    places = {
        name: both(pair, lambda its, row=row: its.words([(x, y + row * LINE) for x, y, *_ in its.boxes.values()]))
        for name, row in rows.items()
    }
    bands = both(pair, lambda its: its.centred([(x, y + LINE, w - 2, LINE - 2) for x, y, w, _ in its.boxes.values()]))
    places |= {"gradient_bands": bands, "heads": both(pair, _heads)}
    places |= dict.fromkeys(("edges", "flows", "reading", "flowing"), both(pair, _pieces))
    return DrawnGraph(pair, places | {"chip": both(pair, lambda its: its.letter_size(1, 0.92))})


def _size(text: str) -> tuple[float, float]:
    return max(len(text), FEWEST_CHARACTERS) * CHARACTER + PADDING, 3 * LINE


def _scale(its: GraphArrangement) -> float:
    """How large it can be drawn beside the table."""
    return min(BESIDE_TABLE[0] / its.width, BESIDE_TABLE[1] / its.height)


def still(passes: Passes, drawing: DrawnGraph) -> Sources:
    """What no step changes: the boxes and their formulas, the lines between them, the loss curve."""
    nodes, (pair, places) = passes.graph.nodes, drawing
    names = {kind: [name for name in nodes if _kind(passes, name) == kind] for kind in KINDS}
    return {
        **{f"{kind}_boxes": both(pair, lambda its, kind=kind: _boxes(its, names[kind])) for kind in KINDS},
        **places,
        "formulas": {"text": Texts.of([label(passes, name) for name in nodes]), **places["formulas"]},
        "nodes": {**_nodes(passes), **both(pair, lambda its: _boxes(its, nodes))},
        "increments": _increments(passes),
        **_curve(passes),
    }


def _boxes(its: GraphArrangement, names: Iterable[str]) -> Coordinates:
    return its.centred([its.boxes[name] for name in names])


def _kind(passes: Passes, name: str) -> str:
    if name == passes.graph.output:
        return "output"
    if passes.graph.nodes[name].operation:
        return "inner"
    return "parameter" if name in passes.example.parameters else "input"


def _pieces(its: GraphArrangement) -> Coordinates:
    """Every line as straight pieces, one after the other. -> x, y, x1, y1."""
    pieces = [piece for points in its.lines.values() for piece in pairwise(points)]
    return its.segments([start for start, _ in pieces], [end for _, end in pieces])


def _heads(its: GraphArrangement) -> Coordinates:
    """The tips of the arrows, and where they point: radians from upwards, against the clock."""
    ends = [[piece for piece in pairwise(points) if math.dist(*piece) > 1][-1] for points in its.lines.values()]
    angles = [math.atan2(a[1] - b[1], b[0] - a[0]) - math.pi / 2 for a, b in ends]
    return its.points([b for _, b in ends]) | {"angle": np.array(angles, np.float32)}


def _nodes(passes: Passes) -> Columns:
    """For pointing, for the fields of the inputs and for tests: every node with its numbers, steps and words."""
    names = list(passes.graph.nodes)
    texts = {"name": names, "label": map(pretty, names)}
    texts |= {"kind": [_kind(passes, name) for name in names], "words": [_words(passes, name) for name in names]}
    steps = {"computed": passes.computed_at, "complete": passes.complete_at}
    numbers = {"value": passes.values, "gradient": passes.gradients}
    return {
        **{column: Texts.of([*words]) for column, words in texts.items()},
        **{column: np.array([at.get(name, -1) for name in names], np.int32) for column, at in steps.items()},
        **{column: _numbers([by_name[name] for name in names]) for column, by_name in numbers.items()},
        "numerical_slope": _numbers([passes.checks[name].slope for name in names]),
    }


def _words(passes: Passes, name: str) -> str:
    """t = x² = 4, dJ/dt = 2.275, numerical check 2.275 ✓."""
    value = f"{pretty(name)} = {say(passes.values[name])}"
    if passes.stopped:
        return value
    return f"{value}, {partial(passes, name)} = {say(passes.gradients[name])}, {badge(passes, name)}"


def _increments(passes: Passes) -> Columns:
    """The numbers of every increment, in the order of the steps."""
    increments = [(at, step.increment) for at, step in enumerate(passes.steps) if step.increment]
    numbers = {name: [getattr(one, name) for _, one in increments] for name in ("gradient", "slope", "product", "total")}
    return {
        "step": np.array([at for at, _ in increments], np.int32),
        "node": Texts.of([one.node for _, one in increments]),
        "argument": Texts.of([one.argument for _, one in increments]),
        "place": np.array([one.place for _, one in increments], np.int32),
        **{name: _numbers(values) for name, values in numbers.items()},
    }


def _numbers(values: list[float]) -> np.ndarray:
    """For tests and scripts; what is too large for 32 bits is infinite there."""
    with np.errstate(over="ignore"):
        return np.array(values, np.float64).astype(np.float32)


def _curve(passes: Passes) -> dict[str, Columns]:
    """The loss before and after every step of SGD, in the unit square; its ends in words."""
    losses = np.array(passes.losses if len(passes.losses) > 1 else (), np.float64)
    low, high = losses.min(initial=0.0), losses.max(initial=-np.inf if losses.size else 1.0)
    x, y = np.linspace(0.04, 0.96, losses.size), 0.1 + 0.7 * (losses - low) / ((high - low) or 1.0)
    ends = [0, -1] if losses.size else []
    line = {"x": x.astype(np.float32), "y": y.astype(np.float32)}
    size = np.full(len(ends), LETTER / 600, np.float32)
    texts = Texts.of([write(loss) for loss in losses[ends].tolist()])
    return {
        "loss_line": {**line, "loss": losses.astype(np.float32)},
        "loss_ends": {name: column[ends] for name, column in line.items()} | {"text": texts, "size": size},
    }


def rows(passes: Passes) -> Columns:
    """One line of the table an entry: its row, its column, words that always stand there, numbers, and their step."""
    lines: list[Line] = []
    for number, name in enumerate(reversed([*passes.graph.nodes])):
        lines += [_forward(passes, number, name), _gradient(passes, number, name), *_visit(passes, number, name)]
    row, column, words, numbers, step = zip(*lines, strict=True)
    texts = {"column": Texts.of(column), "words": Texts.of(words), "numbers": Texts.of(numbers)}
    return {"row": np.array(row, np.int32), **texts, "step": np.array(step, np.int32)}


def _forward(passes: Passes, number: int, name: str) -> Line:
    value = f"= {say(passes.values[name])}"
    if not passes.graph.nodes[name].operation:
        return number, "forward", pretty(name), value, -1
    at = passes.computed_at.get(name, len(passes.steps))
    return number, "forward", f"{pretty(name)} = {written(passes, name)}", value, at


def _gradient(passes: Passes, number: int, name: str) -> Line:
    """The node's own gradient, once it is complete; its check in few words, so that both stand in one line."""
    checked = f", {badge(passes, name).removeprefix('numerical ')}" if name != passes.graph.output else ""
    at = passes.complete_at.get(name, len(passes.steps))
    return number, "gradient", partial(passes, name), f"= {say(passes.gradients[name])}{checked}", at


def _visit(passes: Passes, number: int, name: str) -> list[Line]:
    """What a visit hands on, one line an argument. dJ/dt += dJ/du₁·cos(t)."""
    visits = [(at, step.increment) for at, step in enumerate(passes.steps) if step.increment and step.node == name]
    own, lines = partial(passes, name), []
    for at, one in visits:
        words = f"{partial(passes, one.argument)} += {own}·{in_parentheses(slope_written(passes, one))}"
        lines.append((number, "visit", words, f"= {product(one)}", at))
    return lines
