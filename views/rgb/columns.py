"""The sources of the preset "cs231n": every number in its cell, lines from the windows to the kernels, the sums in a row."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from ..arrangement import PALE, Spot, both, captions, corner, frames, line, numbered
from ..grid import Coordinates, cells_read, joined, limit_of
from ..numbers import write
from ..pointing import Pointed, pointing
from ..trace import Columns, Sources, Texts
from .channels import ChannelConvolution
from .wide_and_narrow import (
    ARRANGEMENTS,
    CHANNELS,
    KERNEL_SIZE,
    OUTPUT_SIDE,
    SIZE,
    ChannelArrangement,
    Geometry,
    marks,
    sum_sizes,
)
from .words import sums

LARGEST_OUTPUT_CELL = 1.5  # in cells of the input
FILTERS = (0, 1)
C = len(CHANNELS)


def still(convolution: ChannelConvolution, shown: np.ndarray, chosen: tuple[int, ...]) -> Sources:
    """What no step changes. shown: the outputs, of all channels or of one; chosen: the channels that are switched on."""
    geometry, weights, biases = convolution.geometry, convolution.weights, convolution.biases

    def grids(values: Sequence[np.ndarray], scale: np.ndarray, spots: Callable[[ChannelArrangement], list[Spot]]) -> Columns:
        limits = [PALE * limit_of(scale)] * len(values)
        return numbered(ARRANGEMENTS, values, spots, limits, lambda numbers: Texts.of_numbers(numbers, write))

    parameters = [*weights.reshape(-1, KERNEL_SIZE, KERNEL_SIZE), *biases.reshape(-1, 1, 1)]
    return {
        "input_cells": grids([*convolution.padded], convolution.image, lambda its: _inputs(its, geometry)),
        "weight_cells": grids(parameters, weights, lambda its: [*its.kernels[0], *its.kernels[1], *its.biases]),
        "output_cells": grids([*shown], shown, lambda its: _outputs(its, geometry)),
        **_standing(geometry, chosen),
    }


def moving(convolution: ChannelConvolution, chosen: tuple[int, ...]) -> Sources:
    """What the steps change."""
    columns = _moving(convolution.geometry, chosen)
    return {**columns, "sums": {"text": sums(convolution, chosen, "+ {}"), **columns["sums"]}}


@functools.lru_cache(maxsize=16)
def pointed(geometry: Geometry) -> dict[str, Columns]:
    """Where every grid stands, for pointing."""
    return {f"{its.name}_boxes": pointing(_pointed(its, geometry), geometry.steps) for its in ARRANGEMENTS}


def _pointed(its: ChannelArrangement, geometry: Geometry) -> list[Pointed]:
    inputs, outputs = _inputs(its, geometry), _outputs(its, geometry)
    padded, output, kernel = ((side, side) for side in (geometry.padded, geometry.output, KERNEL_SIZE))
    grids = [
        Pointed(f"input_{name}_values", f"Input, {name}", its.area(spot, padded), moves="output_")
        for name, spot in zip(CHANNELS, inputs, strict=True)
    ]
    for n in FILTERS:
        for name, spot in zip(CHANNELS, its.kernels[n], strict=True):
            grids.append(Pointed(f"filter_{n}_{name}_values", f"Filter {n}, {name} kernel", its.area(spot, kernel)))
        first, title = n * geometry.output**2, f"Output, filter {n}"
        grids.append(Pointed(f"output_{n}_values", title, its.area(outputs[n], output), first, answer=True))
    return grids


@functools.lru_cache(maxsize=16)  # for as long as only numbers are edited
def _standing(geometry: Geometry, chosen: tuple[int, ...]) -> Sources:
    """Captions, frames, and what is pale."""
    output = geometry.output
    return {
        "captions": captions(ARRANGEMENTS, _captions),
        "marks": marks(lambda its: [(spot.left, spot.top - 0.55) for spot in its.inputs]),
        "frames_input": frames(ARRANGEMENTS, lambda its: [(Spot(one.left + 1, one.top + 1), SIZE, SIZE) for one in its.inputs]),
        "frames_kernel": frames(ARRANGEMENTS, _kernel_frames),
        "frames_output": frames(ARRANGEMENTS, lambda its: [(spot, output, output) for spot in _outputs(its, geometry)]),
        "unread": _unread(geometry),
        "dimmed": frames(ARRANGEMENTS, lambda its: _switched_off(its, geometry, chosen)),
        "sums": sum_sizes(1.15),
    }


@functools.lru_cache(maxsize=16)
def _moving(geometry: Geometry, chosen: tuple[int, ...]) -> Sources:
    sources = {
        "windows": lambda its: _windows(its, geometry, chosen),
        "at_work": lambda its: _by_filter(_filters(its, chosen)),
        "resting": lambda its: _by_filter({name: column[::-1] for name, column in _filters(its, chosen).items()}),
        "links": lambda its: _links(its, geometry, chosen),
        "answer": lambda its: _answer(its, geometry),
        "output_cell": lambda its: _output_cell(its, geometry),
        "covers": lambda its: _covers(its, geometry),
        "sums": lambda its: _by_filter(its.points(its.sums)),
    }
    return geometry.over_steps({name: both(ARRANGEMENTS, place) for name, place in sources.items()})


def _inputs(its: ChannelArrangement, geometry: Geometry) -> list[Spot]:
    """Where the padded channels stand: the image itself is always at the same place."""
    ring = 1 - geometry.padding
    return [Spot(spot.left + ring, spot.top + ring) for spot in its.inputs]


def _outputs(its: ChannelArrangement, geometry: Geometry) -> list[Spot]:
    """Where the outputs stand, their cells as large as there is room."""
    side = min(LARGEST_OUTPUT_CELL, OUTPUT_SIDE / geometry.output)
    return [Spot(spot.left, spot.top, spot.cell * side) for spot in its.maps]


def _captions(its: ChannelArrangement) -> list[tuple[str, float, float]]:
    after = its.letters * 1.2  # behind the coloured mark
    above = 0.55
    inputs = [(f"{name} channel", spot.left + after, spot.top - above) for name, spot in zip(CHANNELS, its.inputs, strict=True)]
    below = KERNEL_SIZE + 0.55 if its.name == "wide" else -0.5  # where no line passes
    kernels = [(f"filter {n}", spot.left, spot.top + below) for n in FILTERS for spot in its.kernels[n]]
    biases = [(f"filter {n}", spot.left + 1.6, spot.top + spot.cell / 2) for n, spot in enumerate(its.biases)]
    outputs = [(f"output {n}", spot.left, spot.top - above) for n, spot in enumerate(its.maps)]
    return [*inputs, *kernels, ("bias", its.biases[0].left, its.biases[0].top - 0.5), *biases, *outputs]


def _kernel_frames(its: ChannelArrangement) -> list[tuple[Spot, float, float]]:
    kernels = [(spot, KERNEL_SIZE, KERNEL_SIZE) for spots in its.kernels for spot in spots]
    return [*kernels, *((spot, 1, 1) for spot in its.biases)]


def _unread(geometry: Geometry) -> Coordinates:
    """The cells of the padded channels that no window reads."""
    read = cells_read(geometry.padded, KERNEL_SIZE, geometry.stride)
    rows, columns = np.nonzero(~(read[:, np.newaxis] & read))
    return both(ARRANGEMENTS, lambda its: joined([its.cells(spot, rows, columns) for spot in _inputs(its, geometry)]))


def _switched_off(its: ChannelArrangement, geometry: Geometry, chosen: Sequence[int]) -> list[tuple[Spot, float, float]]:
    """The channels that are switched off with their kernels, and then the biases too."""
    off = [c for c in range(C) if c not in chosen]
    inputs = [(_inputs(its, geometry)[c], geometry.padded, geometry.padded) for c in off]
    kernels = [(its.kernels[f][c], KERNEL_SIZE, KERNEL_SIZE) for f in FILTERS for c in off]
    return [*inputs, *kernels, *((spot, 1, 1) for spot in its.biases if off)]


def _windows(its: ChannelArrangement, geometry: Geometry, chosen: Sequence[int]) -> Coordinates:
    inputs = _inputs(its, geometry)
    return joined([geometry.window(its, inputs[c]) for c in chosen])


def _filters(its: ChannelArrangement, chosen: Sequence[int]) -> Coordinates:
    """The kernels of each filter and its bias. -> x, y, w, h (F, kernels and bias); of one channel alone without the bias."""
    by_filter = []
    for n in FILTERS:
        kernels = [its.cells(its.kernels[n][c], 0, 0, KERNEL_SIZE, KERNEL_SIZE) for c in chosen]
        by_filter.append(joined(kernels + [its.cells(its.biases[n], 0, 0)] * (len(chosen) > 1)))
    return {name: np.stack([one[name] for one in by_filter]) for name in by_filter[0]}


def _by_filter(columns: Coordinates) -> Coordinates:
    """What moves with the filter only. columns: (F, n) -> (F, 1, 1, n)."""
    return {name: column[:, np.newaxis, np.newaxis] for name, column in columns.items()}


def _links(its: ChannelArrangement, geometry: Geometry, chosen: Sequence[int]) -> Coordinates:
    """From each window to its kernel, and from the sum to the row of the output cell."""
    wide = its.name == "wide"  # there the kernels are below the channels, else to their right
    leaving, arriving = (((-1, -1), (1, -1)), ((-1, 1), (1, 1))) if wide else (((1, 1), (1, -1)), ((-1, 1), (-1, -1)))
    windows, kernels = _windows(its, geometry, chosen), _by_filter(_filters(its, chosen))
    links = []
    for n in range(len(chosen)):
        window, kernel = ({name: column[..., [n]] for name, column in one.items()} for one in (windows, kernels))
        for start, end in zip(leaving, arriving, strict=True):
            links.append(line(corner(window, *start), corner(kernel, *end)))
    return joined(links)


def _answer(its: ChannelArrangement, geometry: Geometry) -> Coordinates:
    """From the total to the row of its output cell, or from below to the cell. -> x, y, x1, y1."""
    cell = _output_cell(its, geometry)
    start = _by_filter(its.points([one[-1:] for one in its.sums]))
    beginning = (start["x"], start["y"] + np.float32(its.letters / its.height))
    if its.name == "narrow":
        return line(beginning, corner(cell, 0, -1))
    left = np.array([(spot.left - 0.15) / its.width for spot in its.maps], np.float32).reshape(-1, 1, 1, 1)
    return line(beginning, (left, cell["y"]))


def _output_cell(its: ChannelArrangement, geometry: Geometry) -> Coordinates:
    """Of filter 0, then of filter 1. -> x, y, w, h (F, oH or 1, oW or 1, 1)."""
    by_filter = [geometry.output_cell(its, spot) for spot in _outputs(its, geometry)]
    whole = [{name: np.array(column, ndmin=4) for name, column in one.items()} for one in by_filter]
    return {name: np.concatenate([one[name] for one in whole]) for name in whole[0]}


def _covers(its: ChannelArrangement, geometry: Geometry) -> Coordinates:
    """Two rectangles a filter over the output cells that are not computed yet. -> x, y, w, h."""
    height = width = geometry.output
    at, rows, columns = geometry.cells
    covers = []
    for n, spot in enumerate(_outputs(its, geometry)):
        # Before its turn a filter shows nothing, after it everything.
        row = np.where(at == n, rows, np.where(at < n, -1, height - 1))
        column = np.where(at == n, columns, width - 1)
        covers.append(its.cover(spot, row, column, (height, width)))
    return joined(covers)
