"""Where everything stands in the two drawings of the rgb view: a wide one for screens and slides, a narrow one for phones.

Lengths count from the upper-left corner; in the preset "cs231n" one unit is the side of one input cell. A column that
gives a place comes twice, as wide_x and as narrow_x, so that both drawings share their sources.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..trace import Column

Columns = dict[str, Column]
CHANNELS = ("red", "green", "blue")
OUTPUT_SIDE = 5.0  # cells: the largest output of the preset "cs231n"


@dataclass(frozen=True)
class Spot:
    """A grid: its upper-left corner, and the side of one of its cells."""

    left: float
    top: float
    cell: float = 1.0


@dataclass(frozen=True)
class Stack:
    """Sheets behind each other in oblique projection: the front one, and how far each next one is up and to the right."""

    left: float
    top: float
    side: float
    depth: float

    def sheet(self, behind: float, cells: float) -> Spot:
        """The sheet with so many in front of it, divided into so many cells a side."""
        shift = behind * self.depth
        return Spot(self.left + shift, self.top - shift, self.side / cells)


@dataclass(frozen=True)
class Scene:
    """One drawing. Tuples of three go by channel, tuples of two by filter."""

    name: str
    width: float
    height: float
    letters: float  # the height of captions
    # the preset "cs231n"
    inputs: tuple[Spot, ...]
    kernels: tuple[tuple[Spot, ...], ...]
    biases: tuple[Spot, ...]
    maps: tuple[Spot, ...]
    sums: tuple[tuple[tuple[float, float], ...], ...]  # by filter: red, green, blue, bias, total
    # the preset "lecture"
    photo: Stack
    volume: Stack
    filter: Stack
    output: Stack
    images: tuple[Stack, ...]
    weights: tuple[Stack, ...]
    partials: tuple[Stack, ...]
    volume_sums: tuple[tuple[float, float], ...]
    heads: tuple[tuple[float, float], ...]  # captions of the photograph, the volume, the filter and the output

    def boxes(self, spot: Spot, rows: object, columns: object, height: float = 1, width: float = 1) -> dict[str, np.ndarray]:
        """Rectangles of height by width cells whose upper-left cells are (rows, columns). -> x, y (centres), w, h."""
        rows, columns = np.asarray(rows, np.float64), np.asarray(columns, np.float64)
        return {
            "x": (spot.left + (columns + width / 2) * spot.cell).astype(np.float32),
            "y": (self.height - spot.top - (rows + height / 2) * spot.cell).astype(np.float32),
            "w": np.full(rows.shape, width * spot.cell, np.float32),
            "h": np.full(rows.shape, height * spot.cell, np.float32),
        }

    def points(self, places: object) -> dict[str, np.ndarray]:
        """Points from (left, top) pairs. places: (…, 2) -> x, y of shape (…)."""
        array = np.asarray(places, np.float64).reshape(-1, 2) if np.size(places) == 0 else np.asarray(places, np.float64)
        return {"x": array[..., 0].astype(np.float32), "y": (self.height - array[..., 1]).astype(np.float32)}


def _wide() -> Scene:
    lefts = (0.3, 8.3, 16.3)
    groups = (0.3, 12.3, 24.3)  # of the preset "lecture", one a channel
    row = 14.9
    return Scene(
        name="wide",
        width=36,
        height=15.7,
        letters=0.62,
        inputs=tuple(Spot(left, 1.1) for left in lefts),
        kernels=tuple(tuple(Spot(left + shift, 10.1) for left in lefts) for shift in (0, 4)),
        biases=(Spot(24.6, 10.1, 1.3), Spot(24.6, 11.8, 1.3)),
        maps=(Spot(30.3, 1.1), Spot(30.3, 8.3)),
        sums=tuple((*((left + shift + 1.5, row) for left in lefts), (25.25, row), (28.9, row)) for shift in (0, 4)),
        photo=Stack(0.3, 2.2, 6.2, 0),
        volume=Stack(8.9, 2.95, 6.0, 0.95),
        filter=Stack(19.4, 4.4, 2.5, 0.55),
        output=Stack(26.9, 3.35, 5.4, 0.75),
        images=tuple(Stack(left, 10.9, 4.4, 0) for left in groups),
        weights=tuple(Stack(left + 5.05, 10.9, 2.1, 0) for left in groups),
        partials=tuple(Stack(left + 7.7, 10.9, 3.85, 0) for left in groups),
        volume_sums=(*((left + 6.1, 14.1) for left in groups), (19.9, 8.4), (23.9, 8.4)),
        heads=((0.3, 1.6), (9.0, 0.55), (19.4, 2.7), (26.9, 0.55)),
    )


def _narrow() -> Scene:
    tops = (1.1, 9.8, 18.5)
    groups = (10.6, 16.1, 21.6)  # of the preset "lecture", one a channel
    return Scene(
        name="narrow",
        width=18,
        height=26.4,
        letters=0.72,
        inputs=tuple(Spot(0.2, top) for top in tops),
        kernels=tuple(tuple(Spot(8.4, top + shift) for top in tops) for shift in (0, 4)),
        biases=(Spot(13.2, 18.5, 1.3), Spot(13.2, 20.2, 1.3)),
        maps=(Spot(14.1, 1.1, 0.74), Spot(14.1, 9.8, 0.74)),
        sums=tuple(
            (*((12.6, top + shift + 1.5) for top in tops), (13.85, 22.6), (16.0, total))
            for shift, total in ((0, 6.3), (4, 15.0))
        ),
        photo=Stack(0.2, 1.2, 4.3, 0),
        volume=Stack(5.2, 2.8, 4.6, 0.8),
        filter=Stack(8.2, 8.3, 1.4, 0.3),
        output=Stack(12.3, 2.8, 4.1, 0.5),
        images=tuple(Stack(0.2, top, 4.4, 0) for top in groups),
        weights=tuple(Stack(6.2, top + 0.4, 2.6, 0) for top in groups),
        partials=tuple(Stack(11.0, top + 0.2, 3.85, 0) for top in groups),
        volume_sums=(*((7.5, top + 3.7) for top in groups), (12.7, 9.25), (16.2, 9.25)),
        heads=((0.2, 0.6), (5.2, 0.6), (3.1, 9.0), (11.9, 7.6)),
    )


WIDE, NARROW = _wide(), _narrow()
SCENES = (WIDE, NARROW)


def both(place: Callable[[Scene], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The columns of a source in both drawings: x becomes wide_x and narrow_x."""
    return {f"{scene.name}_{name}": column for scene in SCENES for name, column in place(scene).items()}
