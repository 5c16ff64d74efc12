"""Where every map stands: a wide drawing with a column for each layer, and a narrow one with layer below layer.

Places are shares of the drawing's width and height, counted from its upper-left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from .blocks import Block

GAP = 0.014  # between maps, in heights of the wide drawing or widths of the narrow one
WIDE_WIDTH = 2.36  # of the wide drawing, in heights of its maps
EDGE = 0.07  # left free on both sides together
HEAD = 0.12  # above the maps, for two lines of words
COLUMN = 0.2  # the width that a layer of maps would like
LARGEST = 0.27  # side of a map
POOLED = 0.74  # side of a map that a pooling made smaller, next to that before it
CELL = 0.03  # of a strip
NARROW_HEAD = 0.135
NARROW_ROW = 8  # maps
LEAST_GAP, MOST_GAP = 0.03, 0.16  # between two layers of the wide drawing


@dataclass(frozen=True)
class MapArrangement:
    """One drawing. maps: left, top, width, height of every map, block after block (n, 4); heads: the middle and the top of
    each block's title (blocks, 2)."""

    name: str
    aspect: float  # width / height
    maps: np.ndarray
    heads: np.ndarray

    @classmethod
    def of(cls, name: str, rows: Sequence[_Row], width: float, height: float) -> Self:
        """A drawing of that size, whose blocks stand in these rows."""
        size = np.array([width, height])
        maps = np.concatenate([maps for row in rows for maps in row.maps])
        heads = [(middle, row.top) for row in rows for middle in row.middles]
        return cls(name, width / height, maps / np.tile(size, 2), np.array(heads) / size)


@dataclass(frozen=True)
class _Grid:
    """The maps of one block before it has a place: how many beside each other, their sides and how far apart they are."""

    maps: int
    across: int
    width: float
    height: float
    pitch: float  # from one to the next, down and across

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of all."""
        down = -(-self.maps // self.across)
        return (self.across - 1) * self.pitch + self.width, (down - 1) * self.pitch + self.height

    def spots(self, left: float, top: float, scale: float) -> np.ndarray:
        """The places of its maps. -> (maps, 4)"""
        down, across = np.divmod(np.arange(self.maps), self.across)
        places = [left + scale * across * self.pitch, top + scale * down * self.pitch]
        return np.column_stack([*places, np.full(self.maps, scale * self.width), np.full(self.maps, scale * self.height)])


class _Row:
    """Blocks beside each other, from the left, so many times as large; in the middle of a height, or below the top."""

    def __init__(
        self, grids: Sequence[_Grid], left: float, top: float, *, gap: float = 0, scale: float = 1, height: float = 0
    ) -> None:
        self.maps: list[np.ndarray] = []
        self.middles: list[float] = []
        self.top = top
        self.height = scale * max(grid.size[1] for grid in grids)
        for grid in grids:
            wide, high = (scale * side for side in grid.size)
            self.maps.append(grid.spots(left, top + (height - high) / 2 if height else top, scale))
            self.middles.append(left + wide / 2)
            left += wide + gap


def arrangements(shown: Sequence[Block]) -> tuple[MapArrangement, MapArrangement]:
    """The wide and the narrow drawing."""
    return _wide(shown), _narrow(shown)


def _wide(shown: Sequence[Block]) -> MapArrangement:
    grids: list[_Grid] = []
    for block, before in zip(shown, [None, *shown[:-1]], strict=True):
        grids.append(_column_grid(block, before, grids[-1] if grids else None))
    width, gaps = sum(grid.size[0] for grid in grids), len(shown) - 1
    room = WIDE_WIDTH - EDGE  # a title may be wider than its block
    scale = min(1.0, room / (width + gaps * LEAST_GAP))
    gap = min((room - scale * width) / max(gaps, 1), MOST_GAP)
    left = (WIDE_WIDTH - scale * width - gap * gaps) / 2
    return MapArrangement.of("wide", [_Row(grids, left, HEAD, gap=gap, scale=scale, height=1)], WIDE_WIDTH, 1 + HEAD)


def _narrow(shown: Sequence[Block]) -> MapArrangement:
    """Maps below each other, and below them the strips beside each other."""
    rows: list[_Row] = []
    bottom = 0.0
    for block in shown:
        if len(block.shape) == 3:
            across = min(block.maps, NARROW_ROW)
            grid = _map_grid(block, across, min(LARGEST, (1 + GAP) / across - GAP))
            rows.append(_Row([grid], (1 - grid.size[0]) / 2, bottom + NARROW_HEAD))
            bottom = rows[-1].top + rows[-1].height
    strips = [_strip_grid(block) for block in shown if len(block.shape) == 1]
    if strips:
        width = sum(grid.size[0] for grid in strips)
        scale = min(1.0, 0.8 / width)
        gap = (1 - scale * width) / len(strips)
        rows.append(_Row(strips, gap / 2, bottom + NARROW_HEAD, gap=gap, scale=scale))
        bottom = rows[-1].top + rows[-1].height
    return MapArrangement.of("narrow", rows, 1, bottom)


def _column_grid(block: Block, before: Block | None, grid: _Grid | None) -> _Grid:
    """The maps of a block in a column of the wide drawing, or a few of them."""
    if len(block.shape) == 1:
        return _strip_grid(block)
    if before and grid and len(before.shape) == 3 and before.maps == block.maps:
        smaller = POOLED if block.rows < before.rows else 1.0
        return _Grid(grid.maps, grid.across, grid.width * smaller, grid.height * smaller, grid.pitch)
    sides = {k: min(LARGEST, (1 + GAP) / -(-block.maps // k) - GAP) for k in range(1, block.maps + 1)}
    across = min(sides, key=lambda k: abs(k * sides[k] - COLUMN))
    return _map_grid(block, across, sides[across])


def _map_grid(block: Block, across: int, side: float) -> _Grid:
    """Maps whose longer side is that long."""
    longest = max(block.rows, block.columns)
    return _Grid(block.maps, across, side * block.columns / longest, side * block.rows / longest, side + GAP)


def _strip_grid(block: Block) -> _Grid:
    """A strip, or single cells below each other."""
    if block.is_strip:
        cell = min(CELL, 1 / block.rows)
        return _Grid(1, 1, cell * block.columns, cell * block.rows, 0)
    pitch = min(1 / block.maps, 0.1)
    return _Grid(block.maps, 1, pitch * 0.82, pitch * 0.82, pitch)
