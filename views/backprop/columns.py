"""The sources of the backprop view that no step changes: the graph in both arrangements, and the lecture's table.

The wide arrangement goes from left to right or upwards, whichever fits better; the narrow one upwards, as on the slides, the
output on top. In the table a row is a node, the output first: forward is read from the bottom up, backward from the top down.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ..arrangement import both, line
from ..grid import Coordinates
from ..numbers import write
from ..trace import Columns, Sources, Texts
from .graph_layout import LETTER, GraphArrangement, draw
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


def arrangements_of(passes: Passes) -> Pair:
    """The graph in both arrangements."""
    nodes = tuple(
        (name, _size(label(passes, name)), tuple(one for one in node.arguments if isinstance(one, str)))
        for name, node in passes.graph.nodes.items()
    )
    upwards, across = (draw(nodes, "wide", upwards=upwards) for upwards in (True, False))
    return max((upwards, across), key=_scale), draw(nodes, "narrow", upwards=True)


def _size(text: str) -> tuple[float, float]:
    return max(len(text), FEWEST_CHARACTERS) * CHARACTER + PADDING, 3 * LINE


def _scale(its: GraphArrangement) -> float:
    """How large it can be drawn beside the table."""
    return min(BESIDE_TABLE[0] / its.width, BESIDE_TABLE[1] / its.height)


def still(passes: Passes, pair: Pair) -> Sources:
    """What no step changes: the boxes and their formulas, the lines between them, the loss curve."""
    pieces = both(pair, _pieces)
    return {
        **{f"{kind}_boxes": _boxes(passes, pair, kind) for kind in KINDS},
        "formulas": {"text": Texts.of([label(passes, name) for name in passes.graph.nodes]), **_words_in_boxes(pair, -1)},
        "values": _words_in_boxes(pair, 0),
        "gradients": _words_in_boxes(pair, 1),
        "gradient_bands": both(pair, lambda its: its.centred([_band(box) for box in its.boxes.values()])),
        **dict.fromkeys(("edges", "flows", "reading", "flowing"), pieces),
        "heads": both(pair, _heads),
        "chip": both(pair, lambda its: its.letter_size(1, 0.92)),
        "nodes": _nodes(passes, pair),
        "increments": _increments(passes),
        **_curve(passes),
    }


def _boxes(passes: Passes, pair: Pair, kind: str) -> Coordinates:
    """The boxes of the nodes of one kind."""
    names = [name for name in passes.graph.nodes if _kind(passes, name) == kind]
    return both(pair, lambda its: its.centred([its.boxes[name] for name in names]))


def _kind(passes: Passes, name: str) -> str:
    if name == passes.graph.output:
        return "output"
    if passes.graph.nodes[name].operation:
        return "inner"
    return "parameter" if name in passes.example.parameters else "input"


def _words_in_boxes(pair: Pair, row: int) -> Coordinates:
    """Where a line of every box is written. row: −1 the formula, 0 the value, 1 the gradient."""
    return both(pair, lambda its: its.words([(x, y + row * LINE) for x, y, *_ in its.boxes.values()]))


def _band(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x, y, width, _ = box
    return x, y + LINE, width - 2, LINE - 2


def _pieces(its: GraphArrangement) -> Coordinates:
    """Every line as straight pieces, one after the other. -> x, y, x1, y1."""
    pieces = [piece for points in its.lines.values() for piece in pairwise(points)]
    start, end = (its.points([piece[n] for piece in pieces]) for n in (0, 1))
    return line((start["x"], start["y"]), (end["x"], end["y"]))


def _heads(its: GraphArrangement) -> Coordinates:
    """The tips of the arrows, and where they point: radians from upwards, against the clock."""
    ends = [[piece for piece in pairwise(points) if math.dist(*piece) > 1][-1] for points in its.lines.values()]
    angles = [math.atan2(a[1] - b[1], b[0] - a[0]) - math.pi / 2 for a, b in ends]
    return its.points([b for _, b in ends]) | {"angle": np.array(angles, np.float32)}


def _nodes(passes: Passes, pair: Pair) -> Columns:
    """For pointing, for the fields of the inputs and for tests: every node with its place, numbers, steps and words."""
    names = list(passes.graph.nodes)
    numbers = {"value": passes.values, "gradient": passes.gradients}
    return {
        "name": Texts.of(names),
        "label": Texts.of([pretty(name) for name in names]),
        "kind": Texts.of([_kind(passes, name) for name in names]),
        "words": Texts.of([_words(passes, name) for name in names]),
        "computed": np.array([passes.computed_at.get(name, -1) for name in names], np.int32),
        "complete": np.array([passes.complete_at.get(name, -1) for name in names], np.int32),
        **{column: _numbers([by_name[name] for name in names]) for column, by_name in numbers.items()},
        "numerical_slope": _numbers([passes.checks[name].slope for name in names]),
        **both(pair, lambda its: its.centred(list(its.boxes.values()))),
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
    low, high = (min(losses.min(), 0.0), losses.max()) if losses.size else (0.0, 1.0)
    x = np.linspace(0.04, 0.96, losses.size) if losses.size else losses
    y = 0.1 + 0.7 * (losses - low) / ((high - low) or 1.0)
    ends = [0, -1] if losses.size else []
    return {
        "loss_line": {"x": x.astype(np.float32), "y": y.astype(np.float32), "loss": losses.astype(np.float32)},
        "loss_ends": {
            "x": x[ends].astype(np.float32),
            "y": y[ends].astype(np.float32),
            "text": Texts.of([write(losses[end]) for end in ends]),
            "size": np.full(len(ends), LETTER / 600, np.float32),
        },
    }


def rows(passes: Passes) -> Columns:
    """One line of the table an entry: its row, its column, words that always stand there, numbers, and their step."""
    lines: list[Line] = []
    for number, name in enumerate(reversed([*passes.graph.nodes])):
        lines += [_forward(passes, number, name), _gradient(passes, number, name), *_visit(passes, number, name)]
    row, column, words, numbers, step = zip(*lines, strict=True)
    return {
        "row": np.array(row, np.int32),
        "column": Texts.of(column),
        "words": Texts.of(words),
        "numbers": Texts.of(numbers),
        "step": np.array(step, np.int32),
    }


def _forward(passes: Passes, number: int, name: str) -> Line:
    if not passes.graph.nodes[name].operation:
        return number, "forward", pretty(name), f"= {say(passes.values[name])}", -1
    at = passes.computed_at.get(name, len(passes.steps))
    return number, "forward", f"{pretty(name)} = {written(passes, name)}", f"= {say(passes.values[name])}", at


def _gradient(passes: Passes, number: int, name: str) -> Line:
    """The node's own gradient, once it is complete."""
    at = passes.complete_at.get(name, len(passes.steps))
    numbers = f"= {say(passes.gradients[name])}"
    if name != passes.graph.output:
        numbers += f", {badge(passes, name)}"
    return number, "gradient", partial(passes, name), numbers, at


def _visit(passes: Passes, number: int, name: str) -> list[Line]:
    """What a visit hands on, one line an argument. dJ/dt += dJ/du₁·cos(t)."""
    lines = []
    for at, step in enumerate(passes.steps):
        if step.increment and step.node == name:
            slope = in_parentheses(slope_written(passes, name, step.increment.place))
            words = f"{partial(passes, step.increment.argument)} += {partial(passes, name)}·{slope}"
            lines.append((number, "visit", words, f"= {product(passes, step)}", at))
    return lines
