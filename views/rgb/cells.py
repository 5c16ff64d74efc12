"""The preset "cs231n": every number in its cell, lines from the windows to the kernels, the channels' sums in a row."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from .. import grid
from . import parts
from .geometry import Geometry
from .numbers import KERNEL_SIZE, SIZE, Numbers
from .places import CHANNELS, OUTPUT_SIDE, Columns, Scene, Spot, both
from .sources import joined

LARGEST_OUTPUT_CELL = 1.5  # in cells of the input
FILTERS = (0, 1)
PALE = 1.7  # times the largest value: colours help the numbers and leave them readable


def still(numbers: Numbers, shown: np.ndarray, chosen: tuple[int, ...]) -> dict[str, Columns]:
    """What no step changes. shown: the outputs, of all channels or of one; chosen: the channels that are switched on."""
    geometry = numbers.geometry
    pairs = [(f, c) for f in FILTERS for c in range(len(CHANNELS))]
    limits = {
        kind: PALE * grid.limit_of(values) for kind, values in {"image": numbers.image, "weights": numbers.weights}.items()
    }
    padded = enumerate(numbers.padded)
    inputs = [parts.cells(one, lambda s, c=c: input_spot(s, geometry, c), limits["image"]) for c, one in padded]
    kernels = [parts.cells(numbers.weights[f, c], lambda s, f=f, c=c: s.kernels[f][c], limits["weights"]) for f, c in pairs]
    biases = [parts.cells(numbers.biases[[[f]]], lambda s, f=f: s.biases[f], limits["weights"]) for f in FILTERS]
    limit = PALE * grid.limit_of(shown)
    outputs = [parts.cells(one, lambda s, f=f: output_spot(s, geometry, f), limit) for f, one in enumerate(shown)]
    return {
        "input_cells": parts.same_size(joined(inputs)),
        "weight_cells": parts.same_size(joined([*kernels, *biases])),
        "output_cells": parts.same_size(joined(outputs)),
        **_standing(geometry, chosen),
    }


def moving(numbers: Numbers, chosen: tuple[int, ...]) -> dict[str, Columns]:
    """What the steps change."""
    found = _moving(numbers.geometry, chosen)
    return found | {"sums": {"text": parts.sums(numbers, chosen, "+ {}")} | found["sums"]}


@functools.lru_cache(maxsize=16)  # for as long as only numbers are edited
def _standing(geometry: Geometry, chosen: tuple[int, ...]) -> dict[str, Columns]:
    """Captions, frames, and what is pale."""
    output = geometry.output
    return {
        "captions": parts.captions(_captions),
        "marks": parts.marks(lambda s: [(spot.left, spot.top - 0.55) for spot in s.inputs]),
        "frames_input": parts.frames(lambda s: [(Spot(p.left + 1, p.top + 1), SIZE, SIZE) for p in s.inputs]),
        "frames_kernel": parts.frames(_kernel_frames),
        "frames_output": parts.frames(lambda s: [(output_spot(s, geometry, f), output, output) for f in FILTERS]),
        "unread": _unread(geometry),
        "dimmed": parts.frames(lambda s: _switched_off(s, geometry, chosen)),
        "sums": parts.sum_sizes(1.3),
    }


@functools.lru_cache(maxsize=16)
def _moving(geometry: Geometry, chosen: tuple[int, ...]) -> dict[str, Columns]:
    return geometry.over_steps(
        {
            "windows": both(lambda s: _windows(geometry, s, chosen)),
            "at_work": both(lambda s: _at_work(s, chosen)),
            "resting": both(lambda s: _resting(s, chosen)),
            "links": both(lambda s: _links(geometry, s, chosen)),
            "answer": both(lambda s: _answer(geometry, s)),
            "output_cell": both(lambda s: _output_cell(geometry, s)),
            "covers": both(lambda s: _covers(geometry, s)),
            "sums": both(lambda s: _by_filter(s.points(s.sums))),
        }
    )


def input_spot(scene: Scene, geometry: Geometry, channel: int) -> Spot:
    """Where the padded channel stands: the image itself is always at the same place."""
    spot = scene.inputs[channel]
    return Spot(spot.left + 1 - geometry.padding, spot.top + 1 - geometry.padding)


def output_spot(scene: Scene, geometry: Geometry, n: int) -> Spot:
    """Where the output of filter n stands, its cells as large as there is room."""
    spot = scene.maps[n]
    side = min(LARGEST_OUTPUT_CELL, OUTPUT_SIDE / geometry.output)
    return Spot(spot.left, spot.top, spot.cell * side)


def _captions(scene: Scene) -> list[tuple[str, float, float]]:
    after = scene.letters * 1.2  # behind the coloured mark
    above = 0.55
    inputs = [
        (f"{name} channel", spot.left + after, spot.top - above) for name, spot in zip(CHANNELS, scene.inputs, strict=True)
    ]
    below = KERNEL_SIZE + 0.55 if scene.name == "wide" else -0.5  # where no line passes
    kernels = [(f"filter {n}", spot.left, spot.top + below) for n in FILTERS for spot in scene.kernels[n]]
    biases = [(f"filter {n}", spot.left + 1.6, spot.top + spot.cell / 2) for n, spot in enumerate(scene.biases)]
    outputs = [(f"output {n}", spot.left, spot.top - above) for n, spot in enumerate(scene.maps)]
    return [*inputs, *kernels, ("bias", scene.biases[0].left, scene.biases[0].top - 0.5), *biases, *outputs]


def _kernel_frames(scene: Scene) -> list[tuple[Spot, int, int]]:
    kernels = [(spot, KERNEL_SIZE, KERNEL_SIZE) for spots in scene.kernels for spot in spots]
    return kernels + [(spot, 1, 1) for spot in scene.biases]


def _unread(geometry: Geometry) -> Columns:
    """The cells of the padded channels that no window reads."""
    side = geometry.padded
    read = np.zeros(side, bool)
    starts = np.arange(geometry.output) * geometry.stride
    read[starts[:, np.newaxis] + np.arange(KERNEL_SIZE)] = True
    rows, columns = np.nonzero(~(read[:, np.newaxis] & read))
    return both(lambda s: parts.stacked([s.boxes(input_spot(s, geometry, c), rows, columns) for c in range(len(CHANNELS))]))


def _switched_off(scene: Scene, geometry: Geometry, chosen: Sequence[int]) -> list[tuple[Spot, int, int]]:
    """The channels that are switched off with their kernels, and then the biases too."""
    off = [c for c in range(len(CHANNELS)) if c not in chosen]
    inputs = [(input_spot(scene, geometry, c), geometry.padded, geometry.padded) for c in off]
    kernels = [(scene.kernels[f][c], KERNEL_SIZE, KERNEL_SIZE) for f in FILTERS for c in off]
    return inputs + kernels + [(spot, 1, 1) for spot in scene.biases if off]


def _windows(geometry: Geometry, scene: Scene, chosen: Sequence[int]) -> parts.Box:
    spots = [input_spot(scene, geometry, c) for c in chosen]
    return parts.stacked([parts.moving_cell(geometry, scene, spot, window=True) for spot in spots])


def _filter_boxes(scene: Scene, chosen: Sequence[int]) -> parts.Box:
    """The kernels of each filter and its bias. -> x, y, w, h (F, kernels and bias); of one channel alone without the bias."""
    by_filter = []
    for n in FILTERS:
        boxes = [scene.boxes(scene.kernels[n][c], [0], [0], KERNEL_SIZE, KERNEL_SIZE) for c in chosen]
        by_filter.append(parts.stacked(boxes + [scene.boxes(scene.biases[n], [0], [0])] * (len(chosen) > 1)))
    return {name: np.stack([boxes[name] for boxes in by_filter]) for name in by_filter[0]}


def _by_filter(columns: parts.Box) -> parts.Box:
    """What moves with the filter only. columns: (F, n) -> (F, 1, 1, n)."""
    return {name: column[:, np.newaxis, np.newaxis] for name, column in columns.items()}


def _at_work(scene: Scene, chosen: Sequence[int]) -> parts.Box:
    return _by_filter(_filter_boxes(scene, chosen))


def _resting(scene: Scene, chosen: Sequence[int]) -> parts.Box:
    return _by_filter({name: column[::-1] for name, column in _filter_boxes(scene, chosen).items()})


def _links(geometry: Geometry, scene: Scene, chosen: Sequence[int]) -> parts.Box:
    """From each window to its kernel, and from the sum to the row of the output cell."""
    wide = scene.name == "wide"  # there the kernels are below the channels, else to their right
    leaving, arriving = (((-1, -1), (1, -1)), ((-1, 1), (1, 1))) if wide else (((1, 1), (1, -1)), ((-1, 1), (-1, -1)))
    windows, kernels = _windows(geometry, scene, chosen), _at_work(scene, chosen)
    found = []
    for n in range(len(chosen)):
        window, kernel = ({name: column[..., [n]] for name, column in boxes.items()} for boxes in (windows, kernels))
        for start, end in zip(leaving, arriving, strict=True):
            found.append(parts.line(parts.corner(window, *start), parts.corner(kernel, *end)))
    return parts.stacked(found)


def _answer(geometry: Geometry, scene: Scene) -> parts.Box:
    """From the total to the row of its output cell, or from below to the cell. -> x, y, x1, y1."""
    cell = _output_cell(geometry, scene)
    start = _by_filter(scene.points([sums[-1:] for sums in scene.sums]))
    beginning = (start["x"], start["y"] + scene.letters)
    if scene.name == "narrow":
        return parts.line(beginning, parts.corner(cell, 0, -1))
    left = np.array([spot.left for spot in scene.maps], np.float32).reshape(-1, 1, 1, 1)
    return parts.line(beginning, (left - np.float32(0.15), cell["y"]))


def _output_cell(geometry: Geometry, scene: Scene) -> parts.Box:
    _, rows, columns = geometry.places
    by_filter = [scene.boxes(output_spot(scene, geometry, f), rows, columns) for f in FILTERS]
    return {name: np.concatenate([boxes[name] for boxes in by_filter]) for name in by_filter[0]}


def _covers(geometry: Geometry, scene: Scene) -> parts.Box:
    """Two rectangles a filter over the output cells that are not computed yet. -> x, y, w, h."""
    height = width = geometry.output
    at, rows, columns = geometry.places
    found = []
    for n in FILTERS:
        # Before its turn a filter shows nothing, after it everything.
        row = np.where(at == n, rows, np.where(at < n, -1, height - 1))
        column = np.where(at == n, columns, width - 1)
        found.append(parts.cover(scene, output_spot(scene, geometry, n), row, column, (height, width)))
    return parts.stacked(found)
