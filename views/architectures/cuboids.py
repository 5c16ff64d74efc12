"""Where the layers stand in the drawing: cuboids in a row, as high as their maps have rows, as wide as they have channels.

Everything lies in the unit square; heights of maps are to scale with each other, and so are the roots of channel counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .counts import CountedLayer

ASPECT = 2.2  # width / height of the drawing
MIDDLE = 0.5  # height of the cuboids' middles
TALLEST = 0.6  # of the drawing's height: the map with most rows
ROW = 0.8  # of that: the longest row of features
LOWEST = 0.014
SLANT = 0.2  # of a cuboid's height, to the right and up: its columns
MOST_SLANTS = 0.4  # of the drawing's width, all together
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
    """One cuboid a layer, from left to right."""
    rows = max(layer.output_shape[1] for layer in layers if len(layer.output_shape) == 3)
    longest = max([layer.output_shape[0] for layer in layers if len(layer.output_shape) == 1], default=1)
    heights = [_height(layer, rows, longest) for layer in layers]
    slants = [height * SLANT if len(layer.output_shape) == 3 else 0.0 for height, layer in zip(heights, layers, strict=True)]
    flatter = min(1.0, MOST_SLANTS * ASPECT / (sum(slants) or 1))  # so that fronts of many layers keep their room
    roots = [math.sqrt(layer.output_shape[0]) if len(layer.output_shape) == 3 else 1.5 for layer in layers]
    scale = (1 - 2 * EDGE - GAPS - sum(slants) * flatter / ASPECT) / sum(roots)
    gaps = np.array([1.0 if len(layer.output_shape) == 3 else BEFORE_A_ROW for layer in layers[1:]] + [0.0])
    gaps *= GAPS / (gaps.sum() or 1)
    left, found = EDGE, []
    for height, slant, root, gap in zip(heights, slants, roots, gaps.tolist(), strict=True):
        across, up = slant * flatter / ASPECT, slant * flatter
        found.append(Cuboid(left, MIDDLE - height / 2, root * scale, height, (across, up)))
        left += root * scale + across + gap
    return found


def _height(layer: CountedLayer, rows: int, longest: int) -> float:
    if len(layer.output_shape) == 3:
        return max(TALLEST * layer.output_shape[1] / rows, LOWEST)
    return max(TALLEST * ROW * math.sqrt(layer.output_shape[0] / longest), LOWEST)


def edges_of(cuboids: Sequence[Cuboid]) -> dict[str, np.ndarray]:
    """The lines of the tops and right sides. -> x, y, x1, y1 (n,)"""
    lines = []
    for cuboid in (cuboid for cuboid in cuboids if any(cuboid.slant)):
        right, top, (across, up) = cuboid.left + cuboid.width, cuboid.bottom + cuboid.height, cuboid.slant
        lines += [
            (cuboid.left, top, cuboid.left + across, top + up),
            (right, top, right + across, top + up),
            (right, cuboid.bottom, right + across, cuboid.bottom + up),
            (cuboid.left + across, top + up, right + across, top + up),
            (right + across, top + up, right + across, cuboid.bottom + up),
        ]
    columns = np.array(lines, np.float32).reshape(-1, 4).T
    return dict(zip(("x", "y", "x1", "y1"), np.ascontiguousarray(columns), strict=True))


def window_of(layer: CountedLayer, before: Cuboid) -> tuple[float, float, float, float]:
    """The rows that one output cell sees, all channels: in the middle of the cuboid before. -> x, y, w, h"""
    share = min(layer.window_rows / layer.previous_shape[1], 1) if len(layer.previous_shape) == 3 else 1.0
    x, y = before.middle
    return x, y, before.width, max(before.height * share, LOWEST)
