"""Where the layers stand in the drawing: cuboids in columns, as high as their maps have rows, as wide as they have channels.

Everything lies in the unit square; heights of maps are to scale with each other, and so are the roots of channel counts.
Branches stand above each other, each in its lane.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .counts import CountedLayer

ASPECT = 2.2  # width / height of the drawing
LANES = 0.68  # of the drawing's height: where branches stand
MIDDLE = 0.5  # height of the cuboids' middles
TALLEST = 0.6  # of the drawing's height: the map with most rows
LANE_FILLED = 0.6  # of a lane's height, by the map with most rows in it
ROW = 0.8  # of TALLEST: the longest row of features
LOWEST = 0.014
SLANT = 0.2  # of a cuboid's height, to the right and up: its columns
MOST_SLANTS = 0.4  # of the drawing's width, all together
MOST_COLUMNS = 30  # with more, the drawing shows a part of them, stretched
LONG_SLANTS = 0.06  # of the drawing's width then
GAPS = 0.30  # of the drawing's width, all together
BEFORE_A_ROW = 2.2  # times as much of the gaps as before a map: rows of features are narrow, their names are not
EDGE = 0.045


@dataclass(frozen=True)
class Cuboid:
    """The front of one layer's numbers: rows upwards, channels to the right; slanted lines are the columns."""

    left: float
    bottom: float
    width: float
    height: float
    slant: tuple[float, float]

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the front."""
        return self.left + self.width / 2, self.bottom + self.height / 2

    @property
    def front(self) -> tuple[float, float, float, float]:
        """x, y of its middle, width, height."""
        return *self.middle, self.width, self.height


def cuboids_of(layers: Sequence[CountedLayer]) -> list[Cuboid]:
    """One cuboid a layer, column by column from left to right."""
    heights = _heights(layers)
    slants = [height * SLANT if len(layer.output_shape) == 3 else 0.0 for height, layer in zip(heights, layers, strict=True)]
    roots = [math.sqrt(layer.output_shape[0]) if len(layer.output_shape) == 3 else 1.5 for layer in layers]
    columns: list[list[int]] = [[] for _ in range(1 + max(layer.place.column for layer in layers))]
    for number, layer in enumerate(layers):
        columns[layer.place.column].append(number)
    widest, deepest = ([max(sizes[n] for n in numbers) for numbers in columns] for sizes in (roots, slants))
    most = MOST_SLANTS if len(columns) < MOST_COLUMNS else LONG_SLANTS
    flatter = min(1.0, most * ASPECT / (sum(deepest) or 1))  # so that fronts of many layers keep their room
    scale = (1 - 2 * EDGE - GAPS - sum(deepest) * flatter / ASPECT) / sum(widest)
    gaps = np.array([_gap(layers[numbers[0]]) for numbers in columns[1:]] + [0.0])
    gaps *= GAPS / (gaps.sum() or 1)
    left, cuboids = EDGE, {}
    for numbers, root, slant, gap in zip(columns, widest, deepest, gaps.tolist(), strict=True):
        for n in numbers:
            across, up = slants[n] * flatter / ASPECT, slants[n] * flatter
            width, middle = roots[n] * scale, MIDDLE + LANES * (layers[n].place.middle - 0.5)
            cuboids[n] = Cuboid(left + (root - roots[n]) * scale / 2, middle - heights[n] / 2, width, heights[n], (across, up))
        left += root * scale + slant * flatter / ASPECT + gap
    return [cuboids[n] for n in range(len(layers))]


def _gap(layer: CountedLayer) -> float:
    return 1.0 if len(layer.output_shape) == 3 else BEFORE_A_ROW


def _heights(layers: Sequence[CountedLayer]) -> list[float]:
    """Of all layers, so that every map has room in its lane."""
    rows = [layer.output_shape[1] if len(layer.output_shape) == 3 else 0 for layer in layers]
    tallest = min([TALLEST / max(rows), *(
        LANE_FILLED * LANES * layer.place.height / count
        for layer, count in zip(layers, rows, strict=True) if count and layer.place.height < 1
    )])  # fmt: skip
    longest = max([layer.output_shape[0] for layer in layers if len(layer.output_shape) == 1], default=1)
    features = [TALLEST * ROW * math.sqrt(layer.output_shape[0] / longest) * layer.place.height for layer in layers]
    return [max(tallest * count if count else height, LOWEST) for count, height in zip(rows, features, strict=True)]


Lines = list[tuple[float, float, float, float]]


def edges_of(cuboids: Sequence[Cuboid]) -> dict[str, np.ndarray]:
    """The lines of the tops and right sides. -> x, y, x1, y1 (n,)"""
    lines: Lines = []
    for cuboid in (cuboid for cuboid in cuboids if any(cuboid.slant)):
        right, top, (across, up) = cuboid.left + cuboid.width, cuboid.bottom + cuboid.height, cuboid.slant
        lines += [
            (cuboid.left, top, cuboid.left + across, top + up),
            (right, top, right + across, top + up),
            (right, cuboid.bottom, right + across, cuboid.bottom + up),
            (cuboid.left + across, top + up, right + across, top + up),
            (right + across, top + up, right + across, cuboid.bottom + up),
        ]
    return line_columns(lines)


def links_of(layers: Sequence[CountedLayer], cuboids: Sequence[Cuboid]) -> dict[str, np.ndarray]:
    """Lines from each layer to those that read it, in their lanes; none where there are no branches. -> x, y, x1, y1 (n,)"""
    lines: Lines = []
    for number, layer in enumerate(layers) if any(layer.joins for layer in layers) else ():
        for read, lane in zip(layer.reads, layer.lanes, strict=True):
            lines += _link(cuboids[read], cuboids[number], MIDDLE + LANES * (lane - 0.5))
    return line_columns(lines)


def _link(before: Cuboid, after: Cuboid, lane: float) -> Lines:
    """From the right of one cuboid to the left of another; a lane without a layer is a line of its own."""
    x, y = before.left + before.width + before.slant[0] / 2, before.middle[1]
    x1, y1 = after.left, after.middle[1]
    if min(abs(lane - y), abs(lane - y1)) < LOWEST:
        return [(x, y, x1, y1)]
    bend = min(0.2 * (x1 - x), 0.02)
    return [(x, y, x + bend, lane), (x + bend, lane, x1 - bend, lane), (x1 - bend, lane, x1, y1)]


def line_columns(lines: Lines) -> dict[str, np.ndarray]:
    """Lines as columns. -> x, y, x1, y1 (n,)"""
    columns = np.array(lines, np.float32).reshape(-1, 4).T
    return dict(zip(("x", "y", "x1", "y1"), np.ascontiguousarray(columns), strict=True))


def window_of(layer: CountedLayer, before: Cuboid) -> tuple[float, float, float, float]:
    """The rows that one output cell sees, all channels: in the middle of the cuboid before. -> x, y, w, h"""
    share = min(layer.window_rows / layer.previous_shape[1], 1) if len(layer.previous_shape) == 3 else 1.0
    x, y = before.middle
    return x, y, before.width, max(before.height * share, LOWEST)
