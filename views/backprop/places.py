"""The two arrangements of a graph's drawing, and columns that give places in both of them.

A wide one for screens and slides, from left to right or upwards, whichever fits better; a narrow one for phones, upwards as
on the slides, the output on top. A column that gives a place comes twice, as wide_x and narrow_x, both from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..trace import Column
from .layout import Drawing, draw
from .run import Run
from .words import label

Columns = dict[str, Column]
Box = dict[str, np.ndarray]
NAMES = ("wide", "narrow")
LETTER = 12.0  # pixels of the natural size, as all lengths here
CHARACTER = 7.0  # the mean width of one
LINE = 17.0  # a node's box has three: its formula, its value, its gradient
FEWEST_CHARACTERS = 9  # a box has room for −123.4 ✓
PADDING = 12.0
BESIDE_TABLE = (640.0, 620.0)  # width and height that a screen has for the wide one
AWAY = -9.0  # where what is not shown stands


@dataclass(frozen=True)
class Scene:
    """One arrangement."""

    name: str
    drawing: Drawing

    def boxes(self, places: object) -> Box:
        """Rectangles from (centre x, centre y, width, height) in pixels. places: (n, 4) -> x, y, w, h (n,)."""
        x, y, w, h = np.asarray(places, np.float64).reshape(-1, 4).T
        wide, high = self.drawing.width, self.drawing.height
        return _floats({"x": x / wide, "y": 1 - y / high, "w": w / wide, "h": h / high})

    def points(self, places: object) -> Box:
        """Points from (x, y) in pixels. places: (n, 2) -> x, y (n,)."""
        x, y = np.asarray(places, np.float64).reshape(-1, 2).T
        return _floats({"x": x / self.drawing.width, "y": 1 - y / self.drawing.height})

    def letters(self, count: int, share: float = 1.0) -> Box:
        """The height of letters in widths of the drawing. -> size (count,)."""
        return {"size": np.full(count, share * LETTER / self.drawing.width, np.float32)}

    @property
    def room(self) -> str:
        """Its natural width and height in pixels, for the page."""
        return f"{self.drawing.width:.0f} {self.drawing.height:.0f}"


def scenes_of(run: Run) -> tuple[Scene, Scene]:
    """The graph in both arrangements."""
    nodes = tuple(
        (name, _size(label(run, name)), tuple(one for one in node.arguments if isinstance(one, str)))
        for name, node in run.graph.nodes.items()
    )
    upwards, across = draw(nodes, upwards=True), draw(nodes, upwards=False)
    return Scene("wide", max((upwards, across), key=_scale)), Scene("narrow", upwards)


def both(scenes: tuple[Scene, Scene], place: Callable[[Scene], Box]) -> Columns:
    """The columns of a source in both drawings: x becomes wide_x and narrow_x."""
    return {f"{scene.name}_{name}": column for scene in scenes for name, column in place(scene).items()}


def _size(text: str) -> tuple[float, float]:
    return max(len(text), FEWEST_CHARACTERS) * CHARACTER + PADDING, 3 * LINE


def _scale(drawing: Drawing) -> float:
    """How large it can be drawn beside the table."""
    return min(BESIDE_TABLE[0] / drawing.width, BESIDE_TABLE[1] / drawing.height)


def _floats(columns: Box) -> Box:
    return {name: column.astype(np.float32) for name, column in columns.items()}
