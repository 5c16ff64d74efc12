"""A forward pass as a film, one step a layer: what moves over the drawings of the layers, and what a layer does in words.

At a step four sources show (Canvas.film draws them): film_now, a frame around the layer; film_cell, its strongest unit;
film_window, what that unit reads on the layers before; film_arrow, lines from there to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..engine.layer_specs import ConvSpec, LinearSpec, PoolSpec
from .numbers import write
from .trace import Columns
from .units.activations import Activations, Edges, Unit
from .units.graph import NamedLayer
from .units.kinds import KINDS

Box = tuple[float, float, float, float]  # left, bottom, width, height; of an arrow x, y, x1, y1
NOTHING: Box = (math.nan, math.nan, math.nan, math.nan)
CORNERS, ENDS = "x y dw dh", "x y x1 y1"
DIGITS = 4  # of a value after thousands of products: the further ones depend on the order in which they are added
POOLS = {"maxpool": "the largest number", "avgpool": "the mean"}


@dataclass(frozen=True)
class Frames:
    """What one step shows in one drawing; of a step without a layer nothing."""

    now: Sequence[Box] = ()
    cell: Sequence[Box] = ()
    windows: Sequence[Box] = ()
    arrows: Sequence[Box] = ()


def film_steps(drawing: str, frames: Sequence[Frames]) -> dict[str, Columns]:
    """The four sources, whose columns begin with the drawing's name. frames: one a step."""
    rows = {
        "film_now": (CORNERS, [one.now for one in frames]), "film_cell": (CORNERS, [one.cell for one in frames]),
        "film_window": (CORNERS, [one.windows for one in frames]), "film_arrow": (ENDS, [one.arrows for one in frames]),
    }  # fmt: skip
    return {name: moving(drawing, columns, boxes) for name, (columns, boxes) in rows.items()}


def moving(drawing: str, columns: str, boxes: Sequence[Sequence[Box]]) -> Columns:
    """Columns of places that move. boxes: those of each step, of which there may be fewer at some steps than at others."""
    most = max(map(len, boxes))
    whole = np.array([[*its, *[NOTHING] * (most - len(its))] for its in boxes], np.float32).reshape(len(boxes), most, 4)
    return {f"{drawing}_{name}": np.ascontiguousarray(whole[:, :, n]) for n, name in enumerate(columns.split())}


def name_with_value(activations: Activations, unit: Unit) -> str:
    """C1[3, 10, 12] ≈ 4.213"""
    return f"{activations.name(unit)} ≈ {write(float(f'{activations.value(unit):.{DIGITS}g}'))}"


def part(place: Box, shape: tuple[int, ...], edges: Edges) -> Box:
    """Cells of a picture. shape: its rows and columns -> the lower-left corner and the sides of their rectangle"""
    (x, y, width, height), (rows, columns), (top, left, bottom, right) = place, shape, edges
    sides = (right - left) / columns * width, (bottom - top) / rows * height
    return x + left / columns * width, y + (1 - bottom / rows) * height, *sides


def arrow(start: Box, end: Box) -> Box:
    """From the edge of one rectangle to the edge of another, which stands to its right, below it, or above it."""
    (x, y, w, h), (left, bottom, width, height) = start, end
    if x + w <= left:
        return x + w, y + h / 2, left, bottom + height / 2
    return x + w / 2, y if y > bottom else y + h, left + width / 2, bottom + height if y > bottom else bottom


def what_it_does(layer: NamedLayer, before: str) -> str:
    """What a layer computes. before: the layers that it reads, in words."""
    spec = layer.made_by.spec if layer.made_by else None
    match spec:
        case ConvSpec():
            kernel = "{}×{}".format(*spec.sliding.kernel_size)
            stride = f" in steps of {spec.sliding.stride[0]}" if spec.sliding.stride != (1, 1) else ""
            return f"{spec.filters:,} filters of {kernel} slide over {before}{stride}"
        case PoolSpec():
            kernel = "{}×{}".format(*spec.sliding.kernel_size)
            return f"{POOLS[spec.kind]} of each {kernel} window of {before}, in steps of {spec.sliding.stride[0]}"
        case LinearSpec():
            return f"{spec.outputs:,} sums over all numbers of {before}, each number × its own weight, and a bias"
    if layer.kind == "relu":
        return f"what is negative in {before} becomes 0"
    return f"{KINDS[layer.kind].about}, over {before}"
