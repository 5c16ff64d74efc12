"""Where every map stands: a wide drawing with a column for each stage, and a narrow one with stage below stage.

Places are shares of the drawing's width and height, counted from its upper-left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .blocks import Block

GAP = 0.014  # between maps, in heights of the wide drawing or widths of the narrow one
WIDE_WIDTH = 2.36  # of the wide drawing, in heights of its maps
EDGE = 0.07  # left free on both sides together
HEAD = 0.12  # above the maps, for two lines of words
COLUMN = 0.2  # the width that a stage of maps would like
LARGEST = 0.27  # side of a map
POOLED = 0.74  # side of a map that a pooling made smaller, next to that before it
CELL = 0.03  # of a strip
NARROW_HEAD = 0.135
NARROW_ROW = 8  # maps


@dataclass(frozen=True)
class MapArrangement:
    """One drawing. maps: left, top, width, height of every map, block after block (n, 4); heads: the middle and the top of
    each block's title (blocks, 2)."""

    name: str
    aspect: float  # width / height
    maps: np.ndarray
    heads: np.ndarray


@dataclass(frozen=True)
class _Grid:
    """The maps of one block before it has a place: how many beside each other, their sides and how far apart they are."""

    across: int
    width: float
    height: float
    pitch: float  # from one to the next, down and across

    def size(self, maps: int) -> tuple[float, float]:
        """Width and height of all."""
        down = -(-maps // self.across)
        return (self.across - 1) * self.pitch + self.width, (down - 1) * self.pitch + self.height


def arrangements(shown: Sequence[Block]) -> tuple[MapArrangement, MapArrangement]:
    """The wide and the narrow drawing."""
    return _wide(shown), _narrow(shown)


def _wide(shown: Sequence[Block]) -> MapArrangement:
    grids: list[_Grid] = []
    for block, before in zip(shown, [None, *shown[:-1]], strict=True):
        grids.append(_column_grid(block, before, grids[-1] if grids else None))
    widths = [grid.size(block.maps)[0] for grid, block in zip(grids, shown, strict=True)]
    gaps = len(shown) - 1
    least = sum(widths) + gaps * 0.03
    room = WIDE_WIDTH - EDGE  # a title may be wider than its block
    scale = min(1.0, room / least)
    gap = min((room - scale * sum(widths)) / max(gaps, 1), 0.16)
    left = (WIDE_WIDTH - scale * sum(widths) - gap * gaps) / 2
    maps, heads = [], []
    for grid, block, width in zip(grids, shown, widths, strict=True):
        top = HEAD + (1 - scale * grid.size(block.maps)[1]) / 2
        maps.append(_spots(grid, block.maps, left, top, scale))
        heads.append([left + scale * width / 2, HEAD])
        left += scale * width + gap
    size = np.array([WIDE_WIDTH, 1 + HEAD])
    return MapArrangement("wide", WIDE_WIDTH / (1 + HEAD), np.concatenate(maps) / np.tile(size, 2), np.array(heads) / size)


def _column_grid(block: Block, before: Block | None, grid: _Grid | None) -> _Grid:
    """The maps of a block in a column of the wide drawing, or a few of them."""
    if len(block.shape) == 1:
        return _strip_grid(block)
    same = before is not None and len(before.shape) == 3 and before.maps == block.maps
    if same and grid is not None and before is not None:
        smaller = POOLED if block.rows < before.rows else 1.0
        return _Grid(grid.across, grid.width * smaller, grid.height * smaller, grid.pitch)
    sides = {k: min(LARGEST, (1 + GAP) / -(-block.maps // k) - GAP) for k in range(1, block.maps + 1)}
    across = min(sides, key=lambda k: abs(k * sides[k] - COLUMN))
    side = sides[across]
    longest = max(block.rows, block.columns)
    return _Grid(across, side * block.columns / longest, side * block.rows / longest, side + GAP)


def _strip_grid(block: Block) -> _Grid:
    if block.is_strip:
        cell = min(CELL, 1 / block.rows)
        return _Grid(1, cell * block.columns, cell * block.rows, 0)
    pitch = min(1 / block.maps, 0.1)
    return _Grid(1, pitch * 0.82, pitch * 0.82, pitch)


def _narrow(shown: Sequence[Block]) -> MapArrangement:
    maps, heads, top = [], [], 0.0
    strips = [block for block in shown if len(block.shape) == 1]
    for block in shown:
        if len(block.shape) == 1:
            continue
        across = min(block.maps, NARROW_ROW)
        side = min(LARGEST, (1 + GAP) / across - GAP)
        longest = max(block.rows, block.columns)
        grid = _Grid(across, side * block.columns / longest, side * block.rows / longest, side + GAP)
        width, height = grid.size(block.maps)
        maps.append(_spots(grid, block.maps, (1 - width) / 2, top + NARROW_HEAD, 1))
        heads.append([0.5, top + NARROW_HEAD])
        top += NARROW_HEAD + height
    if strips:
        grids = [_strip_grid(block) for block in strips]
        sizes = [grid.size(block.maps) for grid, block in zip(grids, strips, strict=True)]
        scale = min(1.0, 0.8 / sum(width for width, _ in sizes))
        gap = (1 - scale * sum(width for width, _ in sizes)) / len(strips)
        left = gap / 2
        for grid, block, (width, _) in zip(grids, strips, sizes, strict=True):
            maps.append(_spots(grid, block.maps, left, top + NARROW_HEAD, scale))
            heads.append([left + scale * width / 2, top + NARROW_HEAD])
            left += scale * width + gap
        top += NARROW_HEAD + scale * max(height for _, height in sizes)
    size = np.array([1, top])
    return MapArrangement("narrow", 1 / top, np.concatenate(maps) / np.tile(size, 2), np.array(heads) / size)


def _spots(grid: _Grid, maps: int, left: float, top: float, scale: float) -> np.ndarray:
    """The places of a block's maps, each in the middle of its cell. -> (maps, 4)."""
    down, across = np.divmod(np.arange(maps), grid.across)
    places = [left + scale * across * grid.pitch, top + scale * down * grid.pitch]
    return np.column_stack([*places, np.full(maps, scale * grid.width), np.full(maps, scale * grid.height)])
