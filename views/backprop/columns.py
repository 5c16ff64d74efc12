"""The sources of the backprop view that no step changes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ..numbers import write
from ..trace import Texts
from .places import LETTER, LINE, Box, Columns, Scene, both
from .run import Run
from .words import badge, label, partial, pretty, say

Scenes = tuple[Scene, Scene]
KINDS = ("input", "parameter", "output", "inner")


def still(run: Run, scenes: Scenes) -> dict[str, Columns]:
    """What no step changes: the boxes and their formulas, the lines between them, the loss curve."""
    names = list(run.graph.nodes)
    kinds = {name: _kind(run, name) for name in names}
    found = {
        f"{kind}_boxes": both(scenes, lambda s, kind=kind: s.boxes([s.drawing.boxes[n] for n in names if kinds[n] == kind]))
        for kind in KINDS
    }
    return found | {
        "formulas": {"text": Texts.of([label(run, name) for name in names])} | _lines(run, scenes, -1),
        "values": _lines(run, scenes, 0),
        "gradients": _lines(run, scenes, 1),
        "gradient_bands": both(scenes, lambda s: s.boxes([_band(box) for box in s.drawing.boxes.values()])),
        **dict.fromkeys(("edges", "flows", "reading", "flowing"), _segments(scenes)),
        "heads": both(scenes, _heads),
        "chip": both(scenes, lambda s: s.letters(1, 0.92)),
        "nodes": _nodes(run, scenes),
        "increments": _increments(run),
        **_curve(run),
    }


def _kind(run: Run, name: str) -> str:
    if name == run.graph.output:
        return "output"
    if run.graph.nodes[name].operation:
        return "inner"
    return "parameter" if name in run.example.parameters else "input"


def _lines(run: Run, scenes: Scenes, line: int) -> Columns:
    """Where a line of every box is written. line: −1 the formula, 0 the value, 1 the gradient."""

    def place(scene: Scene) -> Box:
        boxes = scene.drawing.boxes.values()
        return scene.points([(x, y + line * LINE) for x, y, _, _ in boxes]) | scene.letters(len(run.graph.nodes))

    return both(scenes, place)


def _band(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x, y, width, _ = box
    return x, y + LINE, width - 2, LINE - 2


def _segments(scenes: Scenes) -> Columns:
    """Every line as straight pieces, one after the other. -> x, y, x1, y1."""

    def place(scene: Scene) -> Box:
        lines = scene.drawing.lines.values()
        pieces = [piece for points in lines for piece in pairwise(points)]
        starts, ends = scene.points([start for start, _ in pieces]), scene.points([end for _, end in pieces])
        return starts | {f"{name}1": column for name, column in ends.items()}

    return both(scenes, place)


def _heads(scene: Scene) -> Box:
    """The tips of the arrows, and where they point: radians from upwards, against the clock."""
    ends = [[piece for piece in pairwise(points) if math.dist(*piece) > 1][-1] for points in scene.drawing.lines.values()]
    angles = [math.atan2(a[1] - b[1], b[0] - a[0]) - math.pi / 2 for a, b in ends]
    return scene.points([b for _, b in ends]) | {"angle": np.array(angles, np.float32)}


def _nodes(run: Run, scenes: Scenes) -> Columns:
    """For pointing, for the fields of the inputs and for tests: every node with its place, numbers, steps and words."""
    names = list(run.graph.nodes)
    numbers = {"value": run.values, "gradient": run.gradients}
    return {
        "name": Texts.of(names),
        "label": Texts.of([pretty(name) for name in names]),
        "kind": Texts.of([_kind(run, name) for name in names]),
        "words": Texts.of([_words(run, name) for name in names]),
        "computed": np.array([run.computed_at.get(name, -1) for name in names], np.int32),
        "complete": np.array([run.complete_at.get(name, -1) for name in names], np.int32),
        **{column: _numbers([its[name] for name in names]) for column, its in numbers.items()},
        "numerical_slope": _numbers([run.checks[name].slope for name in names]),
        **both(scenes, lambda s: s.boxes(list(s.drawing.boxes.values()))),
    }


def _words(run: Run, name: str) -> str:
    """t = x² = 4, dJ/dt = 2.275, numerical check 2.275 ✓."""
    value = f"{pretty(name)} = {say(run.values[name])}"
    if run.stopped:
        return value
    return f"{value}, {partial(run, name)} = {say(run.gradients[name])}, {badge(run, name)}"


def _increments(run: Run) -> Columns:
    """The numbers of every increment, in the order of the steps."""
    found = [(at, step.increment) for at, step in enumerate(run.steps) if step.increment]
    return {
        "step": np.array([at for at, _ in found], np.int32),
        "node": Texts.of([one.node for _, one in found]),
        "argument": Texts.of([one.argument for _, one in found]),
        "place": np.array([one.place for _, one in found], np.int32),
        **{
            column: _numbers([getattr(one, column) for _, one in found])
            for column in ("gradient", "slope", "product", "total")
        },
    }


def _numbers(values: list[float]) -> np.ndarray:
    """For tests and scripts; what is too large for 32 bits is infinite there."""
    with np.errstate(over="ignore"):
        return np.array(values, np.float64).astype(np.float32)


def _curve(run: Run) -> dict[str, Columns]:
    """The loss before and after every step of SGD, in the unit square; its ends in words."""
    losses = np.array(run.losses if len(run.losses) > 1 else (), np.float64)
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
