"""The two arrangements of the rgb view, where everything stands in them, and the sources that they draw.

Where things stand and move depends on the Geometry alone, not on any pixel or weight. In the preset "cs231n" one unit of
length is the side of one input cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrangement import LINE, RECTANGLE, WORDS, Arrangement, Spot, both
from ..grid import Coordinates, joined
from ..trace import Columns, Texts, over_steps

CHANNELS = ("red", "green", "blue")
COLORS = {"red": "#d32f2f", "green": "#2e8b3d", "blue": "#1e6fd0"}  # always beside the channel's name
SIZE, KERNEL_SIZE = 5, 3  # of the preset "cs231n"
OUTPUT_SIDE = 5.0  # cells: the largest output of the preset "cs231n"
OUTPUT_MAPS = [f"output_map_{n}" for n in range(4)]  # painted one on the other
SOURCES = {
    **dict.fromkeys(("input_cells", "weight_cells", "output_cells"), ("text shade", f"{RECTANGLE} size")),  # of "cs231n"
    **dict.fromkeys(("captions", "sums"), ("text", WORDS)),
    "marks": ("color", RECTANGLE),  # a spot of the channel's own colour before its name
    **dict.fromkeys(("frames_input", "frames_kernel", "frames_output", "unread"), ("", RECTANGLE)),
    **dict.fromkeys(("dimmed", "resting"), ("", RECTANGLE)),  # channels that are switched off; filters that are not at work
    **dict.fromkeys(("covers", "windows", "at_work", "output_cell"), ("", RECTANGLE)),
    **dict.fromkeys(("edges", "links", "answer"), ("", LINE)),  # of sheets behind each other; answer: from total to output
    **dict.fromkeys(("photo", "channel_images"), ("image", RECTANGLE)),
    **dict.fromkeys(("kernel_images", "partial_maps", *OUTPUT_MAPS), ("image alpha", RECTANGLE)),
}


@dataclass(frozen=True)
class Geometry:
    """A square image, F filters of square kernels, square outputs. A step is one output cell."""

    filters: int
    size: int  # of the image, without padding
    kernel_size: int
    stride: int
    padding: int
    output: int
    groups: int = 1

    @property
    def padded(self) -> int:
        return self.size + 2 * self.padding

    @property
    def steps(self) -> int:
        return self.filters * self.output**2

    @property
    def cells(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The filter, row and column of each step, to be broadcast: what moves with rows only is computed once a row.

        -> (F, 1, 1, 1), (1, oH, 1, 1), (1, 1, oW, 1); a last axis for what moves together
        """
        at, along = np.arange(self.filters), np.arange(self.output)
        return at.reshape(-1, 1, 1, 1), along.reshape(1, -1, 1, 1), along.reshape(1, 1, -1, 1)

    def over_steps(self, sources: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, Columns]:
        """What moves, as sources of a trace. Columns: (F or 1, oH or 1, oW or 1, n), axes in front may be left out."""
        steps = (self.filters, self.output, self.output)
        return {name: {one: over_steps(column, steps) for one, column in its.items()} for name, its in sources.items()}

    def window(self, its: Arrangement, spot: Spot) -> Coordinates:
        """The window on the padded channel at a spot, as it moves."""
        _, rows, columns = self.cells
        return its.cells(spot, rows * self.stride, columns * self.stride, self.kernel_size, self.kernel_size)

    def of_each_filter(self, place: Callable[[Sequence[int]], Coordinates], chosen: Sequence[int]) -> Coordinates:
        """What stands on the channels that a filter sees: on those chosen, or with groups on that of the filter at work.

        place: channels -> columns. -> columns (F or 1, ...)
        """
        if self.groups == 1:
            return place(chosen)
        by_filter = [{name: np.array(column, ndmin=4) for name, column in place([n]).items()} for n in range(self.filters)]
        return {name: np.concatenate([one[name] for one in by_filter]) for name in by_filter[0]}

    def output_cell(self, its: Arrangement, spot: Spot) -> Coordinates:
        """The cell in the output at a spot, as it moves."""
        _, rows, columns = self.cells
        return its.cells(spot, rows, columns)


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
class ChannelArrangement(Arrangement):
    """One drawing. Tuples of three go by channel, tuples of two by filter."""

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


def _wide() -> ChannelArrangement:
    lefts = (0.3, 8.3, 16.3)
    groups = (0.3, 12.3, 24.3)  # of the preset "lecture", one a channel
    row = 14.9
    return ChannelArrangement(
        name="wide", width=36, height=15.7, letters=0.62,
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
    )  # fmt: skip


def _narrow() -> ChannelArrangement:
    tops = (1.1, 9.8, 18.5)
    groups = (10.6, 16.1, 21.6)  # of the preset "lecture", one a channel
    return ChannelArrangement(
        name="narrow", width=18, height=26.4, letters=0.72,
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
    )  # fmt: skip


ARRANGEMENTS = (_wide(), _narrow())


def marks(corners: Callable[[ChannelArrangement], Sequence[tuple[float, float]]]) -> Columns:
    """A coloured spot before the name of each channel, its left middle at the given point."""
    repeats = len(corners(ARRANGEMENTS[0])) // len(CHANNELS)

    def place(its: ChannelArrangement) -> Coordinates:
        side = its.letters * 0.8
        return joined([its.rectangles(left, middle - side / 2, side, side) for left, middle in corners(its)])

    return {"color": Texts.of([COLORS[channel] for channel in CHANNELS] * repeats), **both(ARRANGEMENTS, place)}


def closeup(*, is_photo: bool) -> Coordinates:
    """What matters in the wide arrangement where there is no room for all of it: the windows, the kernels and the sum.

    -> x, y, w, h (1,).
    """
    left, top, width, height = (8.4, 0.0, 27.6, 9.4) if is_photo else (0.0, 0.4, 30.1, 15.1)
    return ARRANGEMENTS[0].rectangles(*(np.array([side]) for side in (left, top, width, height)))


def small_closeup(geometry: Geometry, chosen: tuple[int, ...], *, is_photo: bool) -> dict[str, Columns]:
    """What matters in the narrow arrangement, in a very small frame: of the numbers one row, so that each can be read. It is
    that of the only channel, or the one where the output of the filter at work stands. -> x, y, w, h over the steps.
    """
    rows = geometry.cells[0] if len(chosen) > 1 else np.full_like(geometry.cells[0], chosen[0])
    top = 0.0 * rows if is_photo else 0.05 + 8.7 * rows
    sides = (np.zeros_like(top), top, np.full_like(top, 18.0), np.full_like(top, 9.8 if is_photo else 8.75))
    return geometry.over_steps({"closeup_narrow": ARRANGEMENTS[1].rectangles(*sides)})


def sum_sizes(letters: float) -> Coordinates:
    """The size of the five sums. letters: their height in heights of the captions' letters."""
    return both(ARRANGEMENTS, lambda its: its.letter_size(5, letters))


def sizes_and_places(coordinates: Coordinates) -> tuple[Coordinates, Coordinates]:
    """Rectangles that only move, never change their size: what stays (w, h), and what moves (x, y)."""
    moving = {name: column for name, column in coordinates.items() if name.endswith(("_x", "_y"))}
    sizes = {name: column for name, column in coordinates.items() if name not in moving}
    return {name: column.reshape(-1, column.shape[-1])[0] for name, column in sizes.items()}, moving
