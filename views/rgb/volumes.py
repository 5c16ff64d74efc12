"""The preset "lecture": the photograph as a volume of three sheets, the filter's block in it, and channel by channel below.

A volume is drawn in oblique projection, as upright sheets behind each other. The sheet of the filter at work stands in
front of the output volume, those of the filters before it step back: the output grows in depth, one sheet a filter.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np

from .. import grid
from ..trace import side_by_side
from . import parts
from .geometry import Geometry
from .numbers import Numbers
from .places import CHANNELS, Columns, Scene, Spot, Stack, both

WHITE = 255.0
C = len(CHANNELS)
BACK_TO_FRONT = [2, 1, 0]  # blue, green, red: painted in this order


def still(photo: np.ndarray, numbers: Numbers, shown: np.ndarray, chosen: tuple[int, ...]) -> dict[str, Columns]:
    """What no step changes. photo: (H, W, 3) of 0..255; shown: the outputs, of all channels or of one."""
    limit = scale_of(numbers, shown)
    weights = grid.shade(numbers.weights, grid.limit_of(numbers.weights))
    channels = grid.shade(numbers.padded, WHITE)
    images = {
        "photo": _pixels(photo),
        "channel_images": np.concatenate([channels, channels[BACK_TO_FRONT]]),
        "kernel_images": np.concatenate([*weights, *weights[:, BACK_TO_FRONT]]),
        "partial_maps": np.concatenate([*grid.shade(numbers.partials, limit)]),
        **{f"output_map_{n}": grid.shade(one, limit)[np.newaxis] for n, one in enumerate(shown)},
    }
    standing = _standing(numbers.geometry, chosen)
    return standing | {name: {"image": image} | standing[name] for name, image in images.items()}


def moving(numbers: Numbers, chosen: tuple[int, ...]) -> dict[str, Columns]:
    """What the steps change."""
    return _moving(numbers.geometry, chosen) | {"sums": {"text": parts.sums(numbers, chosen, "+ bias {}")}}


@functools.lru_cache(maxsize=16)  # for as long as only the photograph changes
def _standing(geometry: Geometry, chosen: tuple[int, ...]) -> dict[str, Columns]:
    """Where what no step changes stands, and what the captions say."""
    F = geometry.filters
    return {
        "photo": both(lambda s: s.boxes(s.photo.sheet(0, 1), [0], [0])),
        "channel_images": both(_channel_sheets),
        "kernel_images": both(lambda s: _kernel_sheets(s, F)),
        "partial_maps": both(lambda s: _sheets(s, [(stack, 0) for stack in s.partials] * F)),
        **{f"output_map_{n}": _output_map(alone=F == 1) for n in range(F)},
        "captions": parts.captions(lambda s: _captions(s, geometry)),
        "marks": parts.marks(lambda s: [(stack.left, _above(s, stack)) for stack in s.images]),
        "frames_input": parts.frames(lambda s: _frames([*s.images, s.photo])),
        "frames_kernel": parts.frames(lambda s: _frames(s.weights)),
        "frames_output": parts.frames(lambda s: _frames([*s.partials, s.output])),
        "edges": both(lambda s: parts.stacked([_edges(s, s.volume), _edges(s, s.filter)])),
        "dimmed": parts.frames(lambda s: [box for c in range(C) if c not in chosen for box in _group(s, c)]),
        "windows": parts.split(lambda s: _windows(geometry, s, chosen))[0],
        "output_cell": parts.split(lambda s: _output_cells(geometry, s, chosen))[0],
        "sums": parts.sum_sizes(0.9) | both(lambda s: s.points(s.volume_sums)),
    }


@functools.lru_cache(maxsize=16)
def _moving(geometry: Geometry, chosen: tuple[int, ...]) -> dict[str, Columns]:
    F = geometry.filters
    at, *_ = geometry.places
    mine = (at == np.repeat(np.arange(F), C)).astype(np.uint8)
    return geometry.over_steps(
        {
            "kernel_images": {"alpha": side_by_side([mine, mine])},
            "partial_maps": {"alpha": mine},
            **{f"output_map_{n}": _stepping_back(at - n) for n in range(F) if F > 1},
            "windows": parts.split(lambda s: _windows(geometry, s, chosen))[1],
            "output_cell": parts.split(lambda s: _output_cells(geometry, s, chosen))[1],
            "covers": both(lambda s: _covers(geometry, s, chosen)),
            "links": both(lambda s: _links(geometry, s)),
        }
    )


def scale_of(numbers: Numbers, shown: np.ndarray) -> float:
    """The end of the colour scale that all maps share, so that they compare."""
    return max(grid.limit_of(numbers.partials), grid.limit_of(shown))


def _pixels(photo: np.ndarray) -> np.ndarray:
    """The photograph in its colours: red, green, blue and how opaque. -> (1, H, W, 4)"""
    pixels = np.full((1, *photo.shape[:2], C + 1), 255, np.uint8)
    pixels[..., :C] = photo
    return pixels


def _sheets(scene: Scene, places: Sequence[tuple[Stack, int]]) -> parts.Box:
    """Whole sheets, each in its stack behind so many others. -> x, y, w, h (n,)."""
    return parts.stacked([scene.boxes(stack.sheet(behind, 1), [0], [0]) for stack, behind in places])


def _channel_sheets(scene: Scene) -> parts.Box:
    """The channels side by side, then as the sheets of the volume."""
    return _sheets(scene, [(stack, 0) for stack in scene.images] + [(scene.volume, behind) for behind in BACK_TO_FRONT])


def _kernel_sheets(scene: Scene, count: int) -> parts.Box:
    """The kernels side by side, then as the sheets of the filter; each filter in the same places."""
    stack = [(scene.filter, behind) for behind in BACK_TO_FRONT]
    return _sheets(scene, [(one, 0) for one in scene.weights] * count + stack * count)


def _output_map(*, alone: bool) -> dict[str, np.ndarray]:
    """One sheet of the output, as large as it is; alone it stays in front, else its steps say where it is."""
    if alone:
        return {"alpha": np.ones(1, np.uint8)} | both(lambda s: s.boxes(s.output.sheet(0, 1), [0], [0]))
    return both(lambda s: dict.fromkeys(("w", "h"), np.full(1, s.output.side, np.float32)))


def _stepping_back(behind: np.ndarray) -> dict[str, np.ndarray]:
    """A sheet of the output, with the filter at work. behind: how many stand before it; it is not there yet below 0."""

    def place(scene: Scene) -> parts.Box:
        middle = scene.boxes(scene.output.sheet(0, 1), [0], [0])
        shift = np.maximum(behind, 0) * np.float32(scene.output.depth)
        return {name: (middle[name] + shift).astype(np.float32) for name in ("x", "y")}

    return {"alpha": (behind >= 0).astype(np.uint8)} | both(place)


def _captions(scene: Scene, geometry: Geometry) -> list[tuple[str, float, float]]:
    """What each part is, and how large."""
    side, size, output = geometry.size, geometry.kernel_size, geometry.output
    volume, block = f"volume {side}×{side}×{C}", f"filter {size}×{size}×{C}"
    heads = ("photograph", volume, block, f"output {output}×{output}×{geometry.filters}")
    found = [(words, *place) for words, place in zip(heads, scene.heads, strict=True)]
    for channel, image, kernel, partial in zip(CHANNELS, scene.images, scene.weights, scene.partials, strict=True):
        found.append((channel, image.left + scene.letters * 1.2, _above(scene, image)))
        found.append(("kernel", kernel.left, _above(scene, image)))
        found.append((f"{channel} alone", partial.left, _above(scene, image)))
    return found


def _above(scene: Scene, stack: Stack) -> float:
    return stack.top - 0.75 * scene.letters


def _frames(stacks: Sequence[Stack]) -> list[tuple[Spot, int, int]]:
    return [(stack.sheet(0, 1), 1, 1) for stack in stacks]


def _edges(scene: Scene, stack: Stack) -> parts.Box:
    """The edges of a stack's sheets that no sheet before them hides. -> x, y, x1, y1 (n,)."""
    side, depth = stack.side, stack.depth
    lines = [((0, 0), (0, side)), ((0, side), (side, side)), ((side, side), (side, 0)), ((side, 0), (0, 0))]  # of the front
    for n in range(1, C):
        (left, low), (right, top) = (n * depth, -n * depth), (side + n * depth, side - n * depth)
        corners = [(left, low + depth), (left, low), (right, low), (right, top), (right - depth, top)]
        lines += [*itertools.pairwise(corners)]
    points = [scene.points([(stack.left + x, stack.top + y) for x, y in ends]) for ends in zip(*lines, strict=True)]
    return dict(zip(("x", "y", "x1", "y1"), (points[0]["x"], points[0]["y"], points[1]["x"], points[1]["y"]), strict=True))


def _group(scene: Scene, channel: int) -> list[tuple[Spot, int, int]]:
    """Everything of one channel, as boxes."""
    return _frames([scene.images[channel], scene.weights[channel], scene.partials[channel]])


def _windows(geometry: Geometry, scene: Scene, chosen: Sequence[int]) -> parts.Box:
    """The window on the channels that are switched on, side by side and as sheets. -> x, y, w, h."""
    side = geometry.padded
    spots = [scene.images[c].sheet(0, side) for c in chosen] + [scene.volume.sheet(c, side) for c in chosen]
    return parts.stacked([parts.moving_cell(geometry, scene, spot, window=True) for spot in spots])


def _output_cells(geometry: Geometry, scene: Scene, chosen: Sequence[int]) -> parts.Box:
    """The cell in the output and in the partial maps. -> x, y, w, h."""
    side = geometry.output
    stacks = [scene.output, *(scene.partials[c] for c in chosen)]
    return parts.stacked([parts.moving_cell(geometry, scene, stack.sheet(0, side), window=False) for stack in stacks])


def _covers(geometry: Geometry, scene: Scene, chosen: Sequence[int]) -> parts.Box:
    """Rectangles over the cells that are not computed yet, in the output and in the partial maps. -> x, y, w, h."""
    _, rows, columns = geometry.places
    shape = (geometry.output, geometry.output)
    stacks = [scene.output, *(scene.partials[c] for c in chosen)]
    return parts.stacked([parts.cover(scene, stack.sheet(0, geometry.output), rows, columns, shape) for stack in stacks])


def _links(geometry: Geometry, scene: Scene) -> parts.Box:
    """The edges of the block in the volume, from it to the filter, and from the filter to the output cell."""
    side = geometry.padded
    front, back = (parts.moving_cell(geometry, scene, scene.volume.sheet(n, side), window=True) for n in (0, C - 1))
    cell = parts.moving_cell(geometry, scene, scene.output.sheet(0, geometry.output), window=False)
    block = scene.boxes(scene.filter.sheet(0, 1), [0], [0])
    edges = [parts.line(parts.corner(front, *at), parts.corner(back, *at)) for at in ((-1, -1), (-1, 1), (1, -1), (1, 1))]
    wide = scene.name == "wide"  # there the filter is to the right of the volume, else below it
    leaving, arriving = (((1, 1), (1, -1)), ((-1, 1), (-1, -1))) if wide else (((-1, -1), (1, -1)), ((-1, 1), (1, 1)))
    to_filter = [parts.line(parts.corner(front, *a), parts.corner(block, *b)) for a, b in zip(leaving, arriving, strict=True)]
    to_output = [parts.line(parts.corner(block, 1, up), parts.corner(cell, -1, up)) for up in (1, -1)]
    return parts.stacked([*edges, *to_filter, *to_output])
