"""Weight sharing, counted and drawn: one mapping as a fully-connected, a locally-connected and a convolutional layer.

    28×28 → 24×24×6      fully connected      28·28·1·24·24·6 + 24·24·6    every unit weighs every pixel, by weights of its own
                         locally connected    24·24·(5·5·1·6 + 6)          every unit weighs its window, by weights of its own
                         convolution          5·5·1·6 + 6                  every unit weighs its window, by the same weights

Each count is that of the engine's specifications. Two units of one map are drawn with the pixels that they weigh, in one colour
where they share their weights; below, squares whose areas are the counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...engine import ConvSpec, LinearSpec
from ..grid import floats
from ..trace import Sources, Texts
from .counts import CountedLayer

KINDS = ("Fully connected", "Locally connected", "Convolution")
THIRD = 1 / 3
ASPECT = 2.2  # width / height of the drawing
SIDE = 0.125  # of a square of cells, of the drawing's width
GAP = 0.04
TOP, BELOW = 0.88, 0.55  # where the squares of cells hang, and those of the counts
HEAD, NUMBER = 0.945, 0.045
LETTERS = 0.028
LARGEST = 0.2  # side of the square of the largest count, of the drawing's width
LOWEST = 0.003
UNITS = (0.2, 0.75)  # where the two units stand, as shares of the map, from the upper left


@dataclass(frozen=True)
class Sharing:
    """The numbers of weights and biases of the same mapping, in three ways, each as arithmetic too."""

    counts: tuple[int, int, int]
    sums: tuple[str, str, str]


def sharing_of(layer: CountedLayer) -> Sharing | None:
    """What a convolution would cost without sharing; None for other layers."""
    spec = layer.spec
    if not isinstance(spec, ConvSpec):
        return None
    (filters, rows, columns), inputs = layer.output_shape, math.prod(layer.input_shape)
    places, outputs = rows * columns, rows * columns * filters
    shared = spec.parameter_count(layer.input_shape)
    whole = LinearSpec(outputs=outputs, bias=spec.bias).parameter_count((inputs,))
    channels = layer.input_shape[0] // spec.groups
    kernel = "·".join(map(str, (*spec.sliding.kernel_size, channels, filters))) + (f" + {filters}" if spec.bias else "")
    maps = f"{rows}·{columns}"
    seen = "·".join(map(str, (*layer.input_shape[1:], layer.input_shape[0])))
    biases = f" + {maps}·{filters}" if spec.bias else ""
    local = f"{maps}·({kernel})"
    return Sharing((whole, places * shared, shared), (f"{seen}·{maps}·{filters}{biases}", local, kernel))


def sharing_words(layer: CountedLayer) -> str:
    """The three counts as sums, and what sharing saves."""
    sharing = sharing_of(layer)
    if sharing is None:
        return "Only convolutions share weights: choose one of their steps."
    sums = "; ".join(
        f"{kind.lower()} {sum_} = {count:,}" for kind, sum_, count in zip(KINDS, sharing.sums, sharing.counts, strict=True)
    )
    places = layer.output_shape[1] * layer.output_shape[2]
    return f"{sums} weights and biases. One kernel for all {places:,} places, instead of one for each."


def sharing_sources(layers: Sequence[CountedLayer]) -> Sources:
    """What moves, one row a layer: the squares of the counts, the pixels weighed, the units, the lines, the words."""
    drawn = [_drawing(layer) for layer in layers]
    shares = np.array([_shares(layer) for layer in layers])  # (T, 3)
    sides = np.where(shares > 0, np.maximum(LARGEST * np.sqrt(shares), LOWEST), np.nan)
    left = np.arange(3) * THIRD + GAP
    moving: Sources = {
        "sharing_counts": floats(x=left + sides / 2, y=BELOW - sides * ASPECT / 2, w=sides, h=sides * ASPECT),
        "sharing_first": _boxes([one["first"] for one in drawn]),
        "sharing_second": _boxes([one["second"] for one in drawn]),
        "sharing_squares": _boxes([one["squares"] for one in drawn]),
        "sharing_lines": _lines([one["lines"] for one in drawn]),
        "sharing_heads": {
            "text": Texts.of_steps([list(KINDS) if sharing_of(layer) else [""] * 3 for layer in layers]),
            **floats(x=np.tile(np.arange(3) * THIRD + THIRD / 2, (len(layers), 1)), y=HEAD, size=LETTERS, shade=0),
        },
        "sharing_numbers": {
            "text": Texts.of_steps([_numbers(layer) for layer in layers]),
            **floats(x=np.tile(np.arange(3) * THIRD + THIRD / 2, (len(layers), 1)), y=NUMBER, size=LETTERS, shade=0),
        },
    }
    return moving


def _shares(layer: CountedLayer) -> tuple[float, float, float]:
    """Each count as a share of the largest."""
    sharing = sharing_of(layer)
    if sharing is None:
        return 0.0, 0.0, 0.0
    whole, local, shared = (count / max(sharing.counts) for count in sharing.counts)
    return whole, local, shared


def _numbers(layer: CountedLayer) -> list[str]:
    sharing = sharing_of(layer)
    return [f"{count:,}" for count in sharing.counts] if sharing else [""] * 3


Box = tuple[float, float, float, float]  # x, y of the middle, width, height
NOWHERE: Box = (np.nan,) * 4


def _drawing(layer: CountedLayer) -> dict[str, list[Box]]:
    """The squares of both grids, what each unit weighs and itself, and the lines between, for the three kinds."""
    spec = layer.spec
    if not isinstance(spec, ConvSpec):
        return {"squares": [NOWHERE] * 6, "first": [NOWHERE] * 8, "second": [NOWHERE] * 4, "lines": [NOWHERE] * 12}
    squares, lines = [], []
    same: list[Box] = []
    other: list[Box] = []
    for kind in range(3):
        left = kind * THIRD + (THIRD - 2 * SIDE - GAP) / 2
        into, out = _square(left), _square(left + SIDE + GAP)
        squares += [into, out]
        for n, share in enumerate(UNITS):
            unit, window = _unit(layer, share), None if kind == 0 else _window(layer, share)
            seen, cell = (into if window is None else _inside(into, *window)), _inside(out, *unit)
            lines += [_line(seen, cell, 1), _line(seen, cell, -1)]
            (same if n == 0 or kind == 2 else other).extend([seen, cell])
    return {"squares": squares, "first": same, "second": other, "lines": lines}


def _square(left: float) -> Box:
    return left + SIDE / 2, TOP - SIDE * ASPECT / 2, SIDE, SIDE * ASPECT


def _unit(layer: CountedLayer, share: float) -> tuple[float, float, float, float]:
    """top, left, height, width of one unit, as shares of the map."""
    _, rows, columns = layer.output_shape
    return int(share * rows) / rows, int(share * columns) / columns, 1 / rows, 1 / columns


def _window(layer: CountedLayer, share: float) -> tuple[float, float, float, float]:
    """top, left, height, width of what it sees, as shares of the input, within it."""
    assert isinstance(layer.spec, ConvSpec)
    sliding, edges = layer.spec.sliding, []
    for axis in (0, 1):
        size, place = layer.input_shape[1 + axis], int(share * layer.output_shape[1 + axis])
        start = place * sliding.stride[axis] - sliding.padding[axis]
        edges.append((max(0, start) / size, min(size, start + sliding.span[axis]) / size))
    (top, bottom), (left, right) = edges
    return top, left, max(bottom - top, 0), max(right - left, 0)


def _inside(square: Box, top: float, left: float, height: float, width: float) -> Box:
    """A part of a square, given in shares from its upper left corner; never too small to be seen."""
    x, y, w, h = square
    return (
        x - w / 2 + (left + width / 2) * w, y + h / 2 - (top + height / 2) * h,
        max(width * w, LOWEST), max(height * h, LOWEST * ASPECT),
    )  # fmt: skip


def _line(seen: Box, cell: Box, side: int) -> Box:
    """From a corner of what is seen to the unit. -> x, y, x1, y1"""
    return seen[0] + seen[2] / 2, seen[1] + side * seen[3] / 2, cell[0] - cell[2] / 2, cell[1] + side * cell[3] / 2


def _boxes(steps: Sequence[Sequence[Box]]) -> dict[str, np.ndarray]:
    x, y, w, h = np.array(steps).transpose(2, 0, 1)
    return floats(x=x, y=y, w=w, h=h)


def _lines(steps: Sequence[Sequence[Box]]) -> dict[str, np.ndarray]:
    x, y, x1, y1 = np.array(steps).transpose(2, 0, 1)
    return floats(x=x, y=y, x1=x1, y1=y1)
