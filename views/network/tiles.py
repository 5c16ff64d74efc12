"""What is painted of the scene: units of one colour below each other become one tile, which halves the work of a frame.

Upright stays upright however the scene is turned, so a tile looks like its units, as long as it is short: at most TALL units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .scene import Scene, Sheet

TALL = 7
SHADES = 128  # colours on each side of zero, as the palette has


@dataclass(frozen=True)
class Tiles:
    """n rectangles. tall: how many units; counts: how many of them belong to each sheet, whose tiles follow each other."""

    points: np.ndarray  # (n, 3): their middles
    sides: np.ndarray  # (n,): of a unit
    tall: np.ndarray  # (n,)
    shades: np.ndarray  # (n,)
    counts: np.ndarray  # (sheets,) int32

    def painted(self, order: list[int]) -> np.ndarray:
        """Their numbers, sheet by sheet in that order. -> (n,)"""
        ends = np.cumsum(self.counts)
        return np.concatenate([np.arange(ends[sheet] - self.counts[sheet], ends[sheet]) for sheet in order])


def tiles(scene: Scene, shades: np.ndarray) -> Tiles:
    """Join what has one colour. shades: (units,) of −1..1."""
    parts = [_of_sheet(sheet, shades[sheet.start : sheet.start + sheet.count]) for sheet in scene.sheets]
    firsts = np.concatenate([first for first, _ in parts])
    tall = np.concatenate([length for _, length in parts]).astype(np.float32)
    points, sides = scene.points[firsts].copy(), scene.cells[firsts]
    points[:, 1] -= (tall - 1) / 2 * sides
    return Tiles(points, sides, tall, shades[firsts], np.array([len(first) for first, _ in parts], np.int32))


def _of_sheet(sheet: Sheet, shades: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The uppermost unit of every tile, and how many units it joins. shades: (count,)."""
    if len(sheet.shape) == 1:
        return sheet.start + np.arange(sheet.count), np.ones(sheet.count, int)
    numbers = np.arange(sheet.count).reshape(sheet.shape).transpose(0, 2, 1)  # map by map, column by column, downwards
    colours = np.round(shades * SHADES)[numbers.ravel()].reshape(numbers.shape)
    begins = np.ones(numbers.shape, bool)
    begins[:, :, 1:] = np.diff(colours, axis=2) != 0
    places = np.arange(sheet.count)
    since = places - np.maximum.accumulate(np.where(begins.ravel(), places, 0))
    firsts = np.flatnonzero(since % TALL == 0)
    return sheet.start + numbers.ravel()[firsts], np.diff(firsts, append=sheet.count)
