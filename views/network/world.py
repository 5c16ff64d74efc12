"""The whole network in space, to be turned: every unit a square, every layer an upright sheet, from the input to the answer.

World: x runs from the input to the answer, y upwards, z to the right for who looks along x. All sheets are parallel, so
the one farther from the eye along x is painted first, and nothing else needs sorting.

    turned by yaw θ about y:      across = x cos θ + z sin θ,   deep = x sin θ − z cos θ
    tilted by pitch φ:            up = y cos φ + deep sin φ,    away = deep cos φ − y sin φ
    seen from DISTANCE radii:     shown = (across, up) · zoom / (distance + away)

The page does the same between two answers of Python, while the scene is turned (page/camera.mjs).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ASPECT = 2.1  # width / height of the picture
GAP = 0.56  # between two sheets; the largest sheet is 1 wide
BETWEEN = 0.14  # between two maps of a sheet, of the side of a map
LARGEST = 0.03, 0.06, 0.1  # side of a unit in a map, in a field of features, in a column of them
LONGEST_COLUMN = 16  # features that stand in one column
DISTANCE = 4.0  # of the eye from the middle, in radii of the world
FILLED = 0.475  # of the picture's width by a radius
AROUND = 0.6  # from the outermost units' edge to the frame, in units' sides, so that the frame stays visible
THINNEST = 0.3  # of a unit's side: a sheet seen from its edge does not vanish
TALL = 7  # units of one tile at most, so that in perspective it still looks like its units
SHADES = 128  # colours on each side of zero, as the palette has

Shapes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Sheet:
    """Where one layer stands. start: the number of its first unit in the world."""

    layer: int
    shape: tuple[int, ...]
    start: int
    count: int
    x: float
    bottom: float  # y of its lower edge


@dataclass(frozen=True)
class World:
    """What stands where, whatever the units' values. Lengths in widths of the largest sheet."""

    sheets: tuple[Sheet, ...]
    points: np.ndarray  # (n, 3): the middle of every unit
    cells: np.ndarray  # (n,): the side of every unit
    frames: np.ndarray  # (m, 4, 3): the corners of every map

    @property
    def radius(self) -> float:
        """Half the way from the first sheet to the last, and half a sheet."""
        return math.hypot(GAP * (len(self.sheets) - 1) / 2, 0.5)

    def number_of(self, layer: int, position: tuple[int, ...]) -> int | None:
        """Which unit of the world that is; None if its layer is not shown."""
        for sheet in self.sheets:
            if sheet.layer == layer:
                return sheet.start + int(np.ravel_multi_index(position, sheet.shape))
        return None


@dataclass(frozen=True)
class Camera:
    """From where the world is seen. yaw, pitch: degrees; zoom: 1 fits."""

    yaw: float
    pitch: float
    zoom: float

    def project(self, points: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """World to picture, a unit square. points: (..., 3) -> x, y, and how wide a length of 1 appears there, all (...)."""
        (cos, sin), (flat, steep) = _turn(self.yaw), _turn(self.pitch)
        x, y, z = np.moveaxis(points, -1, 0)
        across, deep = x * cos + z * sin, x * sin - z * cos
        up, away = y * flat + deep * steep, deep * flat - y * steep
        scale = self.zoom * FILLED * DISTANCE / (DISTANCE * radius + away)
        return 0.5 + across * scale, 0.5 + up * scale * ASPECT, scale

    def sides(self, cells: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How wide and high units appear, turned away as they are."""
        wide, high = abs(_turn(self.yaw)[1]), abs(_turn(self.pitch)[0])
        return cells * scale * max(wide, THINNEST), cells * scale * max(high, THINNEST) * ASPECT

    def order(self, world: World) -> list[int]:
        """The sheets by number, the farthest from the eye first."""
        eye = -DISTANCE * world.radius * _turn(self.pitch)[0] * _turn(self.yaw)[1]
        return sorted(range(len(world.sheets)), key=lambda number: -abs(world.sheets[number].x - eye))


@functools.lru_cache(maxsize=8)
def build(shapes: Shapes, shown: tuple[int, ...]) -> World:
    """Put the layers up behind each other. shapes: of all layers; shown: which of them, in order."""
    sheets, points, cells, frames, start = [], [], [], [], 0
    for number, layer in enumerate(shown):
        shape, x = shapes[layer], GAP * (number - (len(shown) - 1) / 2)
        side, corners = _layout(shape)
        rows, columns = (np.arange(size, dtype=np.float64) for size in (shape[1:] if len(shape) == 3 else (1, 1)))
        y = corners[:, 0, np.newaxis, np.newaxis] - (rows[:, np.newaxis] + 0.5) * side
        z = corners[:, 1, np.newaxis, np.newaxis] + (columns + 0.5) * side
        y, z = np.broadcast_arrays(y, z)
        points.append(np.stack([np.full(y.size, x), y.ravel(), z.ravel()], axis=1))
        cells.append(np.full(y.size, side))
        frames.append(_frames(shape, x, side, corners))
        sheets.append(Sheet(layer, shape, start, y.size, x, float(y.min() - side / 2)))
        start += y.size
    return World(
        tuple(sheets), np.concatenate(points).astype(np.float32), np.concatenate(cells).astype(np.float32),
        np.concatenate(frames).astype(np.float32),
    )  # fmt: skip


def _layout(shape: Sequence[int]) -> tuple[float, np.ndarray]:
    """The side of a unit, and the upper left corner (y, z) of each map. -> side, (maps, 2)"""
    count, rows, columns = (shape[0], *shape[1:]) if len(shape) == 3 else (shape[0], 1, 1)
    across = math.ceil(math.sqrt(count)) if rows > 1 or count > LONGEST_COLUMN else 1
    down = math.ceil(count / across)
    between = BETWEEN * max(rows, columns)
    height, width = down * (rows + between) - between, across * (columns + between) - between
    side = min(1 / max(height, width), LARGEST[0 if len(shape) == 3 else 1 if across > 1 else 2])
    row, column = np.divmod(np.arange(count), across)
    corners = np.stack([height / 2 - row * (rows + between), column * (columns + between) - width / 2], axis=1)
    return side, corners * side


def _frames(shape: Sequence[int], x: float, side: float, corners: np.ndarray) -> np.ndarray:
    """The corners of every map; of a row of features, of all together. -> (maps, 4, 3)"""
    height, width = (shape[1] * side, shape[2] * side) if len(shape) == 3 else (side, side)
    top, left = corners.T
    bottom, right = top - height - AROUND * side, left + width + AROUND * side
    top, left = top + AROUND * side, left - AROUND * side
    if len(shape) == 1:
        top, left, bottom, right = (np.array([edge]) for edge in (top.max(), left.min(), bottom.min(), right.max()))
    y, z = np.stack([top, top, bottom, bottom], axis=1), np.stack([left, right, right, left], axis=1)
    return np.stack([np.full(y.shape, x), y, z], axis=2)


def _turn(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


@dataclass(frozen=True)
class Tiles:
    """What is painted: n rectangles. counts: how many of them belong to each sheet, whose tiles follow each other."""

    points: np.ndarray  # (n, 3): their middles
    sides: np.ndarray  # (n,): of a unit
    tall: np.ndarray  # (n,): how many units each joins
    shades: np.ndarray  # (n,)
    counts: np.ndarray  # (sheets,) int32

    def painted(self, order: list[int]) -> np.ndarray:
        """Their numbers, sheet by sheet in that order. -> (n,)"""
        ends = np.cumsum(self.counts)
        return np.concatenate([np.arange(ends[sheet] - self.counts[sheet], ends[sheet]) for sheet in order])


def join_tiles(world: World, shades: np.ndarray) -> Tiles:
    """Join units of one colour that stand below each other, at most TALL: half the work of a frame, and upright stays upright.

    shades: (units,) of −1..1.
    """
    parts = [_of_sheet(sheet, shades[sheet.start : sheet.start + sheet.count]) for sheet in world.sheets]
    firsts = np.concatenate([first for first, _ in parts])
    tall = np.concatenate([length for _, length in parts]).astype(np.float32)
    points, sides = world.points[firsts].copy(), world.cells[firsts]
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
