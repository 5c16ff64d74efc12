"""Where every grid stands in a drawing, so that pointing at the drawing finds the cell."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ..trace import Texts
from . import cells
from .geometry import Geometry
from .places import CHANNELS, SCENES, Columns, Scene, Spot


@dataclass(frozen=True)
class Box:
    """One grid: the source with its values, its title, its place, its rows and columns, and when it is there."""

    source: str
    title: str
    spot: Spot
    shape: tuple[int, ...]
    first: int = -1  # the step of its first cell, if its cells are steps
    turn: int = -1  # the filter whose steps it is there for, or −1: always
    answer: bool = False  # whether its cells are what a quiz asks for


@functools.lru_cache(maxsize=16)
def boxes_of(geometry: Geometry, *, small: bool) -> dict[str, Columns]:
    """A source for each drawing, one row a grid. small: whether this is the preset with numbers in its cells."""
    return {f"{scene.name}_boxes": _boxes(scene, geometry, small=small) for scene in SCENES}


def _boxes(scene: Scene, geometry: Geometry, *, small: bool) -> Columns:
    """Lengths are shares of the drawing."""
    boxes = _cell_boxes(scene, geometry) if small else _volume_boxes(scene, geometry)
    size = geometry.output**2
    T = geometry.filters * size
    return {
        "source": Texts.of([box.source for box in boxes]),
        "title": Texts.of([box.title for box in boxes]),
        "first": np.array([box.first for box in boxes], np.int32),
        "answer": np.array([box.answer for box in boxes], np.uint8),
        "begin": np.array([max(box.turn, 0) * size for box in boxes], np.int32),
        "end": np.array([T if box.turn < 0 else (box.turn + 1) * size for box in boxes], np.int32),
        "left": np.array([box.spot.left / scene.width for box in boxes], np.float32),
        "top": np.array([box.spot.top / scene.height for box in boxes], np.float32),
        "width": np.array([box.spot.cell * box.shape[1] / scene.width for box in boxes], np.float32),
        "height": np.array([box.spot.cell * box.shape[0] / scene.height for box in boxes], np.float32),
    }


def _cell_boxes(scene: Scene, geometry: Geometry) -> list[Box]:
    padded, output, size = (geometry.padded,) * 2, (geometry.output,) * 2, geometry.output**2
    kernels = (geometry.kernel_size,) * 2
    found = [
        Box(f"input_{name}_values", f"Input, {name}", cells.input_spot(scene, geometry, c), padded)
        for c, name in enumerate(CHANNELS)
    ]
    for n in range(geometry.filters):
        for name, spot in zip(CHANNELS, scene.kernels[n], strict=True):
            found.append(Box(f"filter_{n}_{name}_values", f"Filter {n}, {name} kernel", spot, kernels))
        spot = cells.output_spot(scene, geometry, n)
        found.append(Box(f"output_{n}_values", f"Output, filter {n}", spot, output, n * size, answer=True))
    return found


def _volume_boxes(scene: Scene, geometry: Geometry) -> list[Box]:
    padded, output, size = (geometry.padded,) * 2, (geometry.output,) * 2, geometry.output**2
    kernels = (geometry.kernel_size,) * 2
    found = [
        Box(f"input_{name}_values", f"Input, {name}", scene.images[c].sheet(0, padded[0]), padded)
        for c, name in enumerate(CHANNELS)
    ]
    for n in range(geometry.filters):
        for c, name in enumerate(CHANNELS):
            kernel, partial = scene.weights[c].sheet(0, geometry.kernel_size), scene.partials[c].sheet(0, output[0])
            found.append(Box(f"filter_{n}_{name}_values", f"Filter {n}, {name} kernel", kernel, kernels, turn=n))
            found.append(Box(f"partial_{n}_{name}_values", f"Filter {n}, {name} alone", partial, output, n * size, n))
        spot = scene.output.sheet(0, output[0])
        found.append(Box(f"output_{n}_values", f"Output, filter {n}", spot, output, n * size, n, answer=True))
    return found
