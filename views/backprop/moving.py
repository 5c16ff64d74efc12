"""The sources of the backprop view that the steps change: values and gradients as they come, and the edge at work."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ..arrangement import both
from ..grid import Coordinates
from ..trace import Sources, Texts
from .columns import CHARACTER, Pair
from .graph_layout import GraphArrangement
from .passes import Passes
from .words import brief, say, slope_written

MARKS = {"agrees": " ✓", "kink": " ∠", "subgradient": " ∠", "disagrees": " ✗", "no verdict": " –"}  # behind a gradient
Pieces = dict[tuple[str, str], tuple[int, int]]
LONGEST_CHIP = 16  # characters beside an edge
TINT = 0.35  # opacity
AWAY = -9.0  # where what is not shown stands, in widths of the drawing
CHIP = 16.0  # its height, in pixels of the natural size


def moving(passes: Passes, pair: Pair) -> Sources:
    """What the steps change: values and gradients as they come, the edge at work, the nodes at its ends."""
    (values, gradients), chips, pieces = _shown(passes), _chips(passes), _pieces(pair[0])
    return {
        "values": {"text": values},
        "gradients": {"text": gradients},
        "gradient_bands": {"alpha": _bands(passes)},
        "flows": {"alpha": _flows(passes, pieces)},
        "reading": {"alpha": _reading(passes, pieces)},
        "flowing": {"alpha": _flowing(passes, pieces)},
        "computed": both(pair, lambda its: _outline(its, [None if step.is_back else step.node for step in passes.steps])),
        "handing": both(pair, lambda its: _outline(its, [step.node if step.increment else None for step in passes.steps])),
        "receiving": both(pair, lambda its: _outline(its, [step.receiver for step in passes.steps])),
        "chip": {"text": chips, **both(pair, lambda its: _chip_places(passes, its, chips))},
    }


def _shown(passes: Passes) -> tuple[Texts, Texts]:
    """The value and the gradient in every box at every step, "" as long as there is none. -> codes (T, n) each."""
    names, length = list(passes.graph.nodes), len(passes.steps)
    values, gradients = np.full((2, length, len(names)), "", dtype=object)
    for n, name in enumerate(names):
        if name in passes.computed_at or not passes.graph.nodes[name].operation:
            values[passes.computed_at.get(name, 0) :, n] = brief(passes.values[name])
    for at, step in enumerate(passes.steps):
        if not step.is_back:
            continue
        name, total = (step.increment.argument, step.increment.total) if step.increment else (step.node, 1.0)
        mark = " …" if passes.complete_at[name] > at else MARKS[passes.checks[name].outcome]
        gradients[at:, names.index(name)] = brief(total) + mark
    return Texts.of_steps(values.tolist()), Texts.of_steps(gradients.tolist())


def _bands(passes: Passes) -> np.ndarray:
    """How strongly the band under a gradient is seen, once there is one. -> (T, n)."""
    names = list(passes.graph.nodes)
    opacity = np.zeros((len(passes.steps), len(names)), np.float32)
    for at, step in enumerate(passes.steps):
        if step.receiver is not None:
            opacity[at:, names.index(step.receiver)] = TINT
    return opacity


def _flows(passes: Passes, pieces: Pieces) -> np.ndarray:
    """The edges along which a gradient has come. -> (T, pieces) of 0 and 1."""
    return np.maximum.accumulate(_flowing(passes, pieces), axis=0)


def _flowing(passes: Passes, pieces: Pieces) -> np.ndarray:
    """The edge along which a gradient is coming. -> (T, pieces) of 0 and 1."""
    return _lit([[(step.increment.argument, step.node)] if step.increment else [] for step in passes.steps], pieces)


def _reading(passes: Passes, pieces: Pieces) -> np.ndarray:
    """The edges along which a value is being computed. -> (T, pieces) of 0 and 1."""
    read = {name: {one for one in node.arguments if isinstance(one, str)} for name, node in passes.graph.nodes.items()}
    return _lit([[] if step.is_back else [(one, step.node) for one in read[step.node]] for step in passes.steps], pieces)


def _lit(edges: list[list[tuple[str, str]]], pieces: Pieces) -> np.ndarray:
    """Which pieces belong to the given edges. edges: T lists -> (T, pieces) of 0 and 1."""
    alpha = np.zeros((len(edges), max(end for _, end in pieces.values())), np.uint8)
    for at, lit in enumerate(edges):
        for edge in lit:
            alpha[at, slice(*pieces[edge])] = 1
    return alpha


def _pieces(its: GraphArrangement) -> Pieces:
    """Which pieces of all lines belong to an edge: from the first to behind the last."""
    pieces, at = {}, 0
    for edge, points in its.lines.items():
        pieces[edge] = (at, at + len(points) - 1)
        at += len(points) - 1
    return pieces


def _outline(its: GraphArrangement, names: list[str | None]) -> Coordinates:
    """A frame around a node at every step, or away. -> x, y, w, h (T, 1)."""
    away = (AWAY * its.width, 0.0, 1.0, 1.0)
    boxes = its.centred([its.boxes[name] if name else away for name in names])
    return {name: column[:, np.newaxis] for name, column in boxes.items()}


def _chips(passes: Passes) -> Texts:
    """The local derivative beside its edge, as text if it is short, and as a number. -> codes (T, 1)."""
    texts = []
    for step in passes.steps:
        text = ""
        if step.increment:
            written, number = slope_written(passes, step.node, step.increment.place), say(step.increment.slope)
            text = number if written == number or len(written) > LONGEST_CHIP - len(number) else f"{written} = {number}"
        texts.append([text])
    return Texts.of_steps(texts)


def _chip_places(passes: Passes, its: GraphArrangement, chips: Texts) -> Coordinates:
    """In the middle of its edge, within the drawing. -> x, y, w, h (T, 1)."""
    places = []
    for at, step in enumerate(passes.steps):
        width = len(chips.table[chips.codes[at, 0]]) * CHARACTER * 0.92 + CHARACTER
        if not step.increment:
            places.append((AWAY * its.width, 0.0, 1.0, 1.0))
            continue
        pieces = pairwise(its.lines[step.increment.argument, step.node])
        (x, y), (x1, y1) = max(pieces, key=lambda piece: math.dist(*piece))
        middle = min(max((x + x1) / 2, width / 2), its.width - width / 2)
        places.append((middle, (y + y1) / 2, width, CHIP))
    return {name: column[:, np.newaxis] for name, column in its.centred(places).items()}
