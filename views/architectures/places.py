"""Where the layers stand in the drawing: boxes in a row, as high as their maps have rows, as wide as they have channels.

Everything lies in the unit square; heights of maps are to scale with each other, and so are the roots of channel counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .plan import Stage

ASPECT = 2.2  # width / height of the drawing
MIDDLE = 0.5  # height of the boxes' middles
TALLEST = 0.6  # of the drawing's height: the map with most rows
ROW = 0.8  # of that: the longest row of features
LOWEST = 0.014
SLANT = 0.2  # of a box's height, to the right and up: its columns
GAPS = 0.30  # of the drawing's width, all together
BEFORE_A_ROW = 2.2  # times as much of the gaps as before a map: rows of features are narrow, their names are not
EDGE = 0.045


@dataclass(frozen=True)
class Box:
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


def boxes_of(stages: Sequence[Stage]) -> list[Box]:
    """One box a layer, from left to right."""
    rows = max(stage.after[1] for stage in stages if len(stage.after) == 3)
    longest = max([stage.after[0] for stage in stages if len(stage.after) == 1], default=1)
    heights = [_height(stage, rows, longest) for stage in stages]
    slants = [(height * SLANT / ASPECT, height * SLANT) if len(stage.after) == 3 else (0.0, 0.0)
              for height, stage in zip(heights, stages, strict=True)]  # fmt: skip
    roots = [math.sqrt(stage.after[0]) if len(stage.after) == 3 else 1.5 for stage in stages]
    scale = (1 - 2 * EDGE - GAPS - sum(slant for slant, _ in slants)) / sum(roots)
    gaps = np.array([1.0 if len(stage.after) == 3 else BEFORE_A_ROW for stage in stages[1:]] + [0.0])
    gaps *= GAPS / (gaps.sum() or 1)
    left, found = EDGE, []
    for height, slant, root, gap in zip(heights, slants, roots, gaps.tolist(), strict=True):
        found.append(Box(left, MIDDLE - height / 2, root * scale, height, slant))
        left += root * scale + slant[0] + gap
    return found


def _height(stage: Stage, rows: int, longest: int) -> float:
    if len(stage.after) == 3:
        return max(TALLEST * stage.after[1] / rows, LOWEST)
    return max(TALLEST * ROW * math.sqrt(stage.after[0] / longest), LOWEST)


def edges_of(boxes: Sequence[Box]) -> dict[str, np.ndarray]:
    """The lines of the tops and right sides. -> x, y, x1, y1 (n,)"""
    lines = []
    for box in (box for box in boxes if any(box.slant)):
        right, top, (across, up) = box.left + box.width, box.bottom + box.height, box.slant
        lines += [
            (box.left, top, box.left + across, top + up),
            (right, top, right + across, top + up),
            (right, box.bottom, right + across, box.bottom + up),
            (box.left + across, top + up, right + across, top + up),
            (right + across, top + up, right + across, box.bottom + up),
        ]
    columns = np.array(lines, np.float32).reshape(-1, 4).T
    return dict(zip(("x", "y", "x1", "y1"), np.ascontiguousarray(columns), strict=True))


def window_of(stage: Stage, before: Box) -> tuple[float, float, float, float]:
    """The rows that one output cell sees, all channels: in the middle of the box before. -> x, y, w, h"""
    share = min(stage.kernel[0] / stage.before[1], 1) if stage.kernel else 1.0
    x, y = before.middle
    return x, y, before.width, max(before.height * share, LOWEST)
