"""The sources of the backprop view that the steps change: values and gradients as they come, and the edge at work."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ..trace import Texts
from .places import AWAY, CHARACTER, Box, Columns, Scene, both
from .run import Run
from .words import brief, say, slope_written

MARKS = {"agrees": " ✓", "kink": " ∠", "subgradient": " ∠", "disagrees": " ✗", "no verdict": " –"}  # behind a gradient
Scenes = tuple[Scene, Scene]
Parts = dict[tuple[str, str], tuple[int, int]]
LONGEST_CHIP = 16  # characters beside an edge
TINT = 0.35  # opacity
CHIP = 16.0  # its height, in pixels of the natural size


def moving(run: Run, scenes: Scenes) -> dict[str, Columns]:
    """What the steps change: values and gradients as they come, the edge at work, the nodes at its ends."""
    (values, gradients), chips, parts = _shown(run), _chips(run), _parts(scenes[0])
    return {
        "values": {"text": values},
        "gradients": {"text": gradients},
        "gradient_bands": {"alpha": _bands(run)},
        "flows": {"alpha": _flows(run, parts)},
        "reading": {"alpha": _reading(run, parts)},
        "flowing": {"alpha": _flowing(run, parts)},
        "computed": both(scenes, lambda s: _outline(s, [None if step.is_back else step.node for step in run.steps])),
        "handing": both(scenes, lambda s: _outline(s, [step.node if step.increment else None for step in run.steps])),
        "receiving": both(scenes, lambda s: _outline(s, [step.receiver for step in run.steps])),
        "chip": {"text": chips} | both(scenes, lambda s: _chip_places(run, s, chips)),
    }


def _shown(run: Run) -> tuple[Texts, Texts]:
    """The value and the gradient in every box at every step, "" as long as there is none. -> codes (T, n) each."""
    names, length = list(run.graph.nodes), len(run.steps)
    values, gradients = np.full((2, length, len(names)), "", dtype=object)
    for n, name in enumerate(names):
        if name in run.computed_at or not run.graph.nodes[name].operation:
            values[run.computed_at.get(name, 0) :, n] = brief(run.values[name])
    for at, step in enumerate(run.steps):
        if not step.is_back:
            continue
        name, total = (step.increment.argument, step.increment.total) if step.increment else (step.node, 1.0)
        mark = " …" if run.complete_at[name] > at else MARKS[run.checks[name].outcome]
        gradients[at:, names.index(name)] = brief(total) + mark
    return _coded(values), _coded(gradients)


def _coded(texts: np.ndarray) -> Texts:
    column = Texts.of(texts.ravel().tolist())
    return Texts(column.table, column.codes.reshape(texts.shape))


def _bands(run: Run) -> np.ndarray:
    """How strongly the band under a gradient is seen, once there is one. -> (T, n)."""
    names = list(run.graph.nodes)
    found = np.zeros((len(run.steps), len(names)), np.float32)
    for at, step in enumerate(run.steps):
        if step.is_back:
            found[at:, names.index(step.receiver)] = TINT
    return found


def _flows(run: Run, parts: Parts) -> np.ndarray:
    """The edges along which a gradient has come. -> (T, pieces) of 0 and 1."""
    found = _flowing(run, parts)
    return np.maximum.accumulate(found, axis=0)


def _flowing(run: Run, parts: Parts) -> np.ndarray:
    """The edge along which a gradient is coming. -> (T, pieces) of 0 and 1."""
    return _lit([[(step.increment.argument, step.node)] if step.increment else [] for step in run.steps], parts)


def _reading(run: Run, parts: Parts) -> np.ndarray:
    """The edges along which a value is being computed. -> (T, pieces) of 0 and 1."""
    read = {name: {one for one in node.arguments if isinstance(one, str)} for name, node in run.graph.nodes.items()}
    return _lit([[] if step.is_back else [(one, step.node) for one in read[step.node]] for step in run.steps], parts)


def _lit(edges: list[list[tuple[str, str]]], parts: Parts) -> np.ndarray:
    """Which pieces belong to the given edges. edges: T lists -> (T, pieces) of 0 and 1."""
    found = np.zeros((len(edges), max(end for _, end in parts.values())), np.uint8)
    for at, lit in enumerate(edges):
        for edge in lit:
            found[at, slice(*parts[edge])] = 1
    return found


def _parts(scene: Scene) -> Parts:
    """Which pieces of all lines belong to an edge: from the first to behind the last."""
    found, at = {}, 0
    for edge, points in scene.drawing.lines.items():
        found[edge] = (at, at + len(points) - 1)
        at += len(points) - 1
    return found


def _outline(scene: Scene, names: list[str | None]) -> Box:
    """A frame around a node at every step, or away. -> x, y, w, h (T, 1)."""
    away = (AWAY * scene.drawing.width, 0.0, 1.0, 1.0)
    boxes = scene.boxes([scene.drawing.boxes[name] if name else away for name in names])
    return {name: column[:, np.newaxis] for name, column in boxes.items()}


def _chips(run: Run) -> Texts:
    """The local derivative beside its edge, as text if it is short, and as a number. -> codes (T, 1)."""
    texts = []
    for step in run.steps:
        text = ""
        if step.increment:
            written, number = slope_written(run, step.node, step.increment.place), say(step.increment.slope)
            text = number if written == number or len(written) > LONGEST_CHIP - len(number) else f"{written} = {number}"
        texts.append(text)
    return _coded(np.array(texts, dtype=object)[:, np.newaxis])


def _chip_places(run: Run, scene: Scene, chips: Texts) -> Box:
    """In the middle of its edge, within the drawing. -> x, y, w, h (T, 1)."""
    places = []
    for at, step in enumerate(run.steps):
        width = len(chips.table[chips.codes[at, 0]]) * CHARACTER * 0.92 + CHARACTER
        if not step.increment:
            places.append((AWAY * scene.drawing.width, 0.0, 1.0, 1.0))
            continue
        pieces = pairwise(scene.drawing.lines[step.increment.argument, step.node])
        (x, y), (x1, y1) = max(pieces, key=lambda piece: math.dist(*piece))
        middle = min(max((x + x1) / 2, width / 2), scene.drawing.width - width / 2)
        places.append((middle, (y + y1) / 2, width, CHIP))
    return {name: column[:, np.newaxis] for name, column in scene.boxes(places).items()}
