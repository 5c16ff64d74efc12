"""What both presets draw: cells with numbers, captions, frames, lines, and the row of sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .. import grid
from ..numbers import write
from ..trace import Texts, side_by_side
from .geometry import Geometry
from .numbers import Numbers
from .places import CHANNELS, WIDE, Columns, Scene, Spot, both

COLORS = {"red": "#d32f2f", "green": "#2e8b3d", "blue": "#1e6fd0"}  # always beside the channel's name
LETTERS = 0.52  # of a cell, the height of its number
CHARACTERS = 1.5  # of a cell, shared among the characters of the longest number

Box = dict[str, np.ndarray]
Where = Callable[[Scene], Spot]


def cells(values: np.ndarray, where: Where, limit: float) -> Columns:
    """A grid with a number in each cell. values: (H, W), limit: the end of the colour scale."""
    rows, columns = np.indices(values.shape).reshape(2, -1)
    text = Texts.of_numbers(values.ravel(), write)
    share = min(LETTERS, CHARACTERS / max(map(len, text.table)))

    def place(scene: Scene) -> Box:
        spot = where(scene)
        size = np.full(values.size, share * spot.cell / scene.width, np.float32)
        return scene.boxes(spot, rows, columns) | {"size": size}

    return {"text": text, "shade": grid.shade(values.ravel(), limit)} | both(place)


def same_size(columns: Columns) -> Columns:
    """Give all texts of a source the size of its smallest: the page fits one size a source."""
    sizes = {name: column for name, column in columns.items() if name.endswith("_size") and isinstance(column, np.ndarray)}
    return columns | {name: np.full_like(size, size.min(initial=1)) for name, size in sizes.items()}


def captions(texts: Callable[[Scene], Sequence[tuple[str, float, float]]]) -> Columns:
    """Words at (left, middle). texts: a scene -> (words, left, middle) each; the words are the same in every scene."""
    words = [text for text, *_ in texts(WIDE)]

    def place(scene: Scene) -> Box:
        found = [(left, top) for _, left, top in texts(scene)]
        return scene.points(found) | {"size": np.full(len(found), scene.letters / scene.width, np.float32)}

    return {"text": Texts.of(words)} | both(place)


def marks(corners: Callable[[Scene], Sequence[tuple[float, float]]]) -> Columns:
    """A coloured spot before the name of each channel, its left middle at the given point."""
    repeats = len(corners(WIDE)) // len(CHANNELS)

    def place(scene: Scene) -> Box:
        side = scene.letters * 0.8
        spots = [Spot(left, middle - side / 2, side) for left, middle in corners(scene)]
        return stacked([scene.boxes(spot, [0], [0]) for spot in spots])

    return {"color": Texts.of([COLORS[channel] for channel in CHANNELS] * repeats)} | both(place)


def frames(spots: Callable[[Scene], Sequence[tuple[Spot, float, float]]]) -> Columns:
    """Rectangles around whole grids. spots: a scene -> (spot, rows, columns) each."""
    return both(lambda scene: stacked([scene.boxes(spot, [0], [0], *size) for spot, *size in spots(scene)]))


def moving_cell(geometry: Geometry, scene: Scene, spot: Spot, *, window: bool) -> Box:
    """The window on a grid, or the output cell in a grid, as it moves (Geometry.over_steps). -> x, y, w, h."""
    _, rows, columns = geometry.places
    if not window:
        return scene.boxes(spot, rows, columns)
    size = geometry.kernel_size
    return scene.boxes(spot, rows * geometry.stride, columns * geometry.stride, size, size)


def split(boxes: Callable[[Scene], Box]) -> tuple[Columns, Box]:
    """Boxes that only move, never change their size: what stays (w, h) and what moves (x, y)."""
    columns = both(boxes)
    moving = {name: column for name, column in columns.items() if name.endswith(("_x", "_y"))}
    sizes = {name: column for name, column in columns.items() if name not in moving}
    return {name: column.reshape(-1, column.shape[-1])[0] for name, column in sizes.items()}, moving


def stacked(boxes: Sequence[Box]) -> Box:
    """Boxes one behind the other, along their last axis; none at all is an empty row."""
    if not boxes:
        return {name: np.zeros(0, np.float32) for name in ("x", "y", "w", "h")}
    return {name: side_by_side([box[name] for box in boxes]) for name in boxes[0]}


def corner(box: Box, across: float, up: float) -> tuple[np.ndarray, np.ndarray]:
    """A point of each box: across and up go from −1 (left, bottom) to 1 (right, top)."""
    return box["x"] + across * box["w"] / 2, box["y"] + up * box["h"] / 2


def line(start: tuple[np.ndarray, np.ndarray], end: tuple[np.ndarray, np.ndarray]) -> Box:
    """A straight line between two points."""
    return dict(zip(("x", "y", "x1", "y1"), (*start, *end), strict=True))


def sums(numbers: Numbers, chosen: Sequence[int], bias: str) -> Texts:
    """The row of sums at every step: 3, + (−1), + 2, + 1, = 5; of one channel alone 3 and = 3. -> codes (T, 5).

    bias: how the bias is written, with {} for its value.
    """
    if len(chosen) == 1:
        alone = Texts.of_numbers(numbers.at_steps(numbers.partials)[:, chosen], write)
        blank = Texts(("",), np.zeros((len(alone), 1), np.uint16))
        channels = [alone if c in chosen else blank for c in range(len(CHANNELS))]
        return Texts.side_by_side([*channels, blank, alone.written("= {}")])
    first, others, biases, outputs = numbers.terms
    return Texts.side_by_side([first, others.written("+ {}"), biases.written(bias), outputs.written("= {}")])


def sum_sizes(letters: float) -> Columns:
    """The size of the five sums. letters: their height in heights of the captions' letters."""
    return both(lambda scene: {"size": np.full(5, letters * scene.letters / scene.width, np.float32)})


def cover(scene: Scene, spot: Spot, rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> Box:
    """Two rectangles over the cells behind (rows, columns) in row order, as they move. -> x, y, w, h."""
    height, width = (np.array([size]) for size in shape)
    rest = _rectangle(scene, spot, rows, columns + 1, np.ones(1), width - 1 - columns)
    below = _rectangle(scene, spot, rows + 1, np.zeros(1), height - 1 - rows, width)
    return stacked([rest, below])


def _rectangle(scene: Scene, spot: Spot, top: np.ndarray, left: np.ndarray, height: np.ndarray, width: np.ndarray) -> Box:
    """A rectangle of changing size, in cells."""
    box = scene.boxes(spot, top + height / 2 - 0.5, left + width / 2 - 0.5)
    return box | {"w": (width * spot.cell).astype(np.float32), "h": (height * spot.cell).astype(np.float32)}
