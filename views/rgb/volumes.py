"""The preset "lecture": the photograph as a volume of three sheets, the filter's block in it, and channel by channel below.

A volume is drawn in oblique projection, as upright sheets behind each other. The sheet of the filter at work stands in
front of the output volume, those of the filters before it step back: the output grows in depth, one sheet a filter.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np

from ..arrangement import both, captions, corner, line
from ..grid import Coordinates, joined, limit_of, shade
from ..pointing import Pointed, pointing
from ..trace import Columns, Sources, side_by_side
from .channels import ChannelConvolution, scale_of
from .wide_and_narrow import ARRANGEMENTS, CHANNELS, ChannelArrangement, Geometry, Stack, marks, sizes_and_places, sum_sizes
from .words import sums

WHITE = 255.0
C = len(CHANNELS)
BACK_TO_FRONT = [2, 1, 0]  # blue, green, red: painted in this order


def still(convolution: ChannelConvolution, shown: np.ndarray, chosen: tuple[int, ...]) -> Sources:
    """What no step changes. shown: the outputs, of all channels or of one."""
    limit = scale_of(convolution, shown)
    is_there = np.array([[c in convolution.sees(n) for c in range(C)] for n in range(len(convolution.weights))])
    empty = np.where(is_there, 0, np.nan).astype(np.float32)[:, :, np.newaxis, np.newaxis]  # nothing is drawn of NaN
    weights = shade(convolution.weights, limit_of(convolution.weights)) + empty
    channels = shade(convolution.padded, WHITE)
    images = {
        "photo": _pixels(convolution.image),
        "channel_images": np.concatenate([channels, channels[BACK_TO_FRONT]]),
        "kernel_images": np.concatenate([*weights, *weights[:, BACK_TO_FRONT]]),
        "partial_maps": np.concatenate([*(shade(convolution.partials, limit) + empty)]),
        **{f"output_map_{n}": shade(one, limit)[np.newaxis] for n, one in enumerate(shown)},
    }
    standing = _standing(convolution.geometry, chosen)
    return {**standing, **{name: {"image": image, **standing[name]} for name, image in images.items()}}


def moving(convolution: ChannelConvolution, chosen: tuple[int, ...]) -> Sources:
    """What the steps change."""
    return {**_moving(convolution.geometry, chosen), "sums": {"text": sums(convolution, chosen, "+ bias {}")}}


@functools.lru_cache(maxsize=16)  # for as long as only the photograph changes
def _standing(geometry: Geometry, chosen: tuple[int, ...]) -> Sources:
    """Where what no step changes stands, and what the captions say."""
    F = geometry.filters
    return {
        "photo": both(ARRANGEMENTS, lambda its: its.cells(its.photo.sheet(0, 1), 0, 0)),
        # side by side, then as the sheets of a volume; all filters in the same places
        "channel_images": both(ARRANGEMENTS, lambda its: _sheets(its, its.images, its.volume)),
        "kernel_images": both(ARRANGEMENTS, lambda its: _sheets(its, its.weights * F, *[its.filter] * F)),
        "partial_maps": both(ARRANGEMENTS, lambda its: _sheets(its, its.partials * F)),
        **{f"output_map_{n}": _output_map(alone=F == 1) for n in range(F)},
        "captions": captions(ARRANGEMENTS, lambda its: _captions(its, geometry)),
        "marks": marks(lambda its: [(stack.left, _above(its, stack)) for stack in its.images]),
        "frames_input": both(ARRANGEMENTS, lambda its: _sheets(its, [*its.images, its.photo])),
        "frames_kernel": both(ARRANGEMENTS, lambda its: _sheets(its, its.weights)),
        "frames_output": both(ARRANGEMENTS, lambda its: _sheets(its, [*its.partials, its.output])),
        "edges": both(ARRANGEMENTS, lambda its: joined([_edges(its, its.volume), _edges(its, its.filter)])),
        "dimmed": both(ARRANGEMENTS, lambda its: _sheets(its, [
            stack for c in range(C) if c not in chosen for stack in (its.images[c], its.weights[c], its.partials[c])
        ])),
        "windows": sizes_and_places(both(ARRANGEMENTS, lambda its: _windows(its, geometry, chosen)))[0],
        "output_cell": sizes_and_places(both(ARRANGEMENTS, lambda its: _output_cells(its, geometry, chosen)))[0],
        "sums": {**sum_sizes(0.9), **both(ARRANGEMENTS, lambda its: its.points(its.volume_sums))},
    }  # fmt: skip


@functools.lru_cache(maxsize=16)
def _moving(geometry: Geometry, chosen: tuple[int, ...]) -> dict[str, Columns]:
    F = geometry.filters
    at, *_ = geometry.cells
    mine = (at == np.repeat(np.arange(F), C)).astype(np.uint8)
    return geometry.over_steps(
        {
            "kernel_images": {"alpha": side_by_side([mine, mine])},
            "partial_maps": {"alpha": mine},
            **{f"output_map_{n}": _stepping_back(at - n) for n in range(F) if F > 1},
            "windows": sizes_and_places(both(ARRANGEMENTS, lambda its: _windows(its, geometry, chosen)))[1],
            "output_cell": sizes_and_places(both(ARRANGEMENTS, lambda its: _output_cells(its, geometry, chosen)))[1],
            "covers": both(ARRANGEMENTS, lambda its: _covers(its, geometry, chosen)),
            "links": both(ARRANGEMENTS, lambda its: _links(its, geometry)),
        }
    )


@functools.lru_cache(maxsize=16)
def pointed(geometry: Geometry) -> dict[str, Columns]:
    """Where every grid stands, for pointing. Filters take turns at one place, with their kernels and maps."""
    return {f"{its.name}_boxes": pointing(_pointed(its, geometry), geometry.steps) for its in ARRANGEMENTS}


def _pointed(its: ChannelArrangement, geometry: Geometry) -> list[Pointed]:
    def grid(source: str, title: str, stack: Stack, side: int, n: int = -1, first: int = -1, answer: bool = False) -> Pointed:
        turn = (n * size, (n + 1) * size) if n >= 0 else None
        return Pointed(source, title, its.area(stack.sheet(0, side), (side, side)), first, turn, answer)

    side, output, size = geometry.padded, geometry.output, geometry.output**2
    grids = [
        Pointed(f"input_{name}_values", f"Input, {name}", its.area(stack.sheet(0, side), (side, side)), moves="output_")
        for name, stack in zip(CHANNELS, its.images, strict=True)
    ]
    for n in range(geometry.filters):
        for c, name in enumerate(CHANNELS):
            if geometry.groups > 1 and c != n:
                continue
            weights, partial = its.weights[c], its.partials[c]
            title = f"Filter {n}, {name}"
            grids.append(grid(f"filter_{n}_{name}_values", f"{title} kernel", weights, geometry.kernel_size, n))
            grids.append(grid(f"partial_{n}_{name}_values", f"{title} alone", partial, output, n, n * size))
        grids.append(grid(f"output_{n}_values", f"Output, filter {n}", its.output, output, n, n * size, answer=True))
    return grids


def _pixels(channels: np.ndarray) -> np.ndarray:
    """The photograph in its colours: red, green, blue and how opaque. channels: (3, H, W) -> (1, H, W, 4)."""
    opaque = np.full((1, *channels.shape[1:]), WHITE)
    return np.concatenate([channels, opaque]).transpose(1, 2, 0).astype(np.uint8)[np.newaxis]


def _sheets(its: ChannelArrangement, singles: Sequence[Stack], *volumes: Stack) -> Coordinates:
    """The front sheets of some stacks, then all sheets of others. -> x, y, w, h (n,)."""
    places = [(stack, 0) for stack in singles] + [(stack, behind) for stack in volumes for behind in BACK_TO_FRONT]
    return joined([its.cells(stack.sheet(behind, 1), 0, 0) for stack, behind in places])


def _output_map(*, alone: bool) -> Coordinates:
    """One sheet of the output, as large as it is; alone it stays in front, else its steps say where it is."""
    front = both(ARRANGEMENTS, lambda its: _sheets(its, [its.output]))
    return {"alpha": np.ones(1, np.uint8)} | front if alone else {name: front[name] for name in front if name[-1] in "wh"}


def _stepping_back(behind: np.ndarray) -> Coordinates:
    """A sheet of the output, with the filter at work. behind: how many stand before it; it is not there yet below 0."""

    def place(its: ChannelArrangement) -> Coordinates:
        front, shift = _sheets(its, [its.output]), np.maximum(behind, 0) * its.output.depth
        shifts = {"x": shift / its.width, "y": shift / its.height}
        return {name: (front[name] + shift).astype(np.float32) for name, shift in shifts.items()}

    return {"alpha": (behind >= 0).astype(np.uint8)} | both(ARRANGEMENTS, place)


def _captions(its: ChannelArrangement, geometry: Geometry) -> list[tuple[str, float, float]]:
    """What each part is, and how large."""
    side, size, output = geometry.size, geometry.kernel_size, geometry.output
    volume, block = f"volume {side}×{side}×{C}", f"filter {size}×{size}×{C // geometry.groups}"
    heads = ("photograph", volume, block, f"output {output}×{output}×{geometry.filters}")
    words = [(text, *place) for text, place in zip(heads, its.heads, strict=True)]
    for channel, image, kernel, partial in zip(CHANNELS, its.images, its.weights, its.partials, strict=True):
        words.append((channel, image.left + its.letters * 1.2, _above(its, image)))
        words.append(("kernel", kernel.left, _above(its, image)))
        words.append((f"{channel} alone", partial.left, _above(its, image)))
    return words


def _above(its: ChannelArrangement, stack: Stack) -> float:
    return stack.top - 0.75 * its.letters


def _edges(its: ChannelArrangement, stack: Stack) -> Coordinates:
    """The edges of a stack's sheets that no sheet before them hides. -> x, y, x1, y1 (n,)."""
    side, depth = stack.side, stack.depth
    lines = [((0, 0), (0, side)), ((0, side), (side, side)), ((side, side), (side, 0)), ((side, 0), (0, 0))]  # of the front
    for n in range(1, C):
        (left, low), (right, top) = (n * depth, -n * depth), (side + n * depth, side - n * depth)
        corners = [(left, low + depth), (left, low), (right, low), (right, top), (right - depth, top)]
        lines += [*itertools.pairwise(corners)]
    starts, ends = ([(stack.left + x, stack.top + y) for x, y in corners] for corners in zip(*lines, strict=True))
    return its.segments(starts, ends)


def _windows(its: ChannelArrangement, geometry: Geometry, chosen: Sequence[int]) -> Coordinates:
    """The window on the channels that are switched on, side by side and as sheets. -> x, y, w, h."""
    side = geometry.padded

    def place(channels: Sequence[int]) -> Coordinates:
        spots = [its.images[c].sheet(0, side) for c in channels] + [its.volume.sheet(c, side) for c in channels]
        return joined([geometry.window(its, spot) for spot in spots])

    return geometry.of_each_filter(place, chosen)


def _output_cells(its: ChannelArrangement, geometry: Geometry, chosen: Sequence[int]) -> Coordinates:
    """The cell in the output and in the partial maps. -> x, y, w, h."""
    side = geometry.output

    def place(channels: Sequence[int]) -> Coordinates:
        stacks = [its.output, *(its.partials[c] for c in channels)]
        return joined([geometry.output_cell(its, stack.sheet(0, side)) for stack in stacks])

    return geometry.of_each_filter(place, chosen)


def _covers(its: ChannelArrangement, geometry: Geometry, chosen: Sequence[int]) -> Coordinates:
    """Rectangles over the cells that are not computed yet, in the output and in the partial maps. -> x, y, w, h."""
    _, rows, columns = geometry.cells
    shape = (geometry.output, geometry.output)
    stacks = [its.output, *(its.partials[c] for c in chosen)]
    return joined([its.cover(stack.sheet(0, geometry.output), rows, columns, shape) for stack in stacks])


def _links(its: ChannelArrangement, geometry: Geometry) -> Coordinates:
    """The edges of the block in the volume, from it to the filter, and from the filter to the output cell."""
    return geometry.of_each_filter(lambda channels: _links_of(its, geometry, channels), range(C))


def _links_of(its: ChannelArrangement, geometry: Geometry, channels: Sequence[int]) -> Coordinates:
    """Those of a filter that sees these channels."""
    side = geometry.padded
    front, back = (geometry.window(its, its.volume.sheet(n, side)) for n in (channels[0], channels[-1]))
    cell = geometry.output_cell(its, its.output.sheet(0, geometry.output))
    block = its.cells(its.filter.sheet(0, 1), 0, 0)
    edges = [line(corner(front, *at), corner(back, *at)) for at in ((-1, -1), (-1, 1), (1, -1), (1, 1))]
    wide = its.name == "wide"  # there the filter is to the right of the volume, else below it
    leaving, arriving = (((1, 1), (1, -1)), ((-1, 1), (-1, -1))) if wide else (((-1, -1), (1, -1)), ((-1, 1), (1, 1)))
    to_filter = [line(corner(front, *a), corner(block, *b)) for a, b in zip(leaving, arriving, strict=True)]
    to_output = [line(corner(block, 1, up), corner(cell, -1, up)) for up in (1, -1)]
    return joined([*edges, *to_filter, *to_output])
