"""How a unit's value comes about, in numbers: products and their sums, the winner of a window, exponentials.

Every `total` is computed from the parts that are shown, so that it is the unit's value up to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Layer, Sliding, avg_pool2d, conv2d_terms, max_pool2d_argmax, relu, sigmoid, softmax, tanh
from ...engine.shapes import Array, Pair
from ...engine.windows import pad_images
from .stages import Box, clip, unravel

RULES = {"relu": "max({}, 0)", "sigmoid": "1 / (1 + exp(−{}))", "tanh": "tanh({})"}  # the rest hands its number on
FUNCTIONS = {"relu": relu, "sigmoid": sigmoid, "tanh": tanh}


@dataclass(frozen=True)
class ConvParts:
    """window × kernel, one kernel for each input map. corner: row and column of the window's first pixel, padding included."""

    corner: Pair
    window: Array  # (C, kH, kW), with zeros for the padding
    kernel: Array  # (C, kH, kW)
    products: Array  # (C, kH, kW)
    sums: Array  # (C,): the sum over each input map
    running: Array  # (C,): the sum up to and with each input map
    bias: float
    total: float


@dataclass(frozen=True)
class PoolParts:
    """A window and what is kept of it. winner: row and column in the window, or None for the mean."""

    corner: Pair
    window: Array  # (kH, kW), with zeros for the padding
    inside: np.ndarray  # (kH, kW) bool: not padding
    winner: Pair | None
    total: float


@dataclass(frozen=True)
class CellParts:
    """One number in, one number out. rule: the formula with a gap for the number; "" if it is only handed on."""

    source: tuple[int, ...]  # the position of the number one stage back
    before: float
    rule: str
    total: float


@dataclass(frozen=True)
class LinearParts:
    """input × weight: the largest products, the largest first, and the sum of the rest."""

    positions: np.ndarray  # (k,) which inputs
    inputs: Array  # (k,)
    weights: Array  # (k,)
    products: Array  # (k,)
    rest: float
    rest_count: int
    bias: float
    total: float


@dataclass(frozen=True)
class SoftmaxParts:
    """exp(logit − largest) for every class, and their sum."""

    logits: Array  # (classes,)
    chosen: int
    largest: float
    exponentials: Array  # (classes,)
    sum: float
    total: float


Parts = ConvParts | PoolParts | CellParts | LinearParts | SoftmaxParts


def conv_parts(layer: Layer, sliding: Sliding, x: Array, position: tuple[int, ...]) -> ConvParts:
    """One cell of a convolution. x: (C, H, W), position: (filter, row, column)."""
    f, row, column = position
    corner, patch = _patch(sliding, x, row, column)
    bias = layer.parameters["bias"][f]
    terms = conv2d_terms(patch, layer.parameters["weight"][f], float(bias), dilation=sliding.dilation)
    products = terms.products[0, 0]
    ends = np.arange(1, len(products) + 1) * products[0].size - 1
    return ConvParts(
        corner, terms.windows[0, 0], layer.parameters["weight"][f], products, products.sum(axis=(1, 2)),
        terms.running_sums[0, 0, ends], float(bias), float(terms.output[0, 0]),
    )  # fmt: skip


def pool_parts(kind: str, sliding: Sliding, x: Array, position: tuple[int, ...]) -> PoolParts:
    """One cell of a pooling. x: (C, H, W), position: (map, row, column)."""
    c, row, column = position
    corner, patch = _patch(sliding, x[c : c + 1], row, column)
    window = patch[0]
    top, left, bottom, right = clip(window_box(sliding, row, column), *x.shape[1:])
    inside = np.zeros(window.shape, bool)
    inside[top - corner[0] : bottom - corner[0], left - corner[1] : right - corner[1]] = True
    if kind == "avgpool":
        return PoolParts(corner, window, inside, None, float(avg_pool2d(patch[np.newaxis], window.shape)[0, 0, 0, 0]))
    shown = x[c, top:bottom, left:right]
    rows, columns = max_pool2d_argmax(shown[np.newaxis, np.newaxis], shown.shape)
    place = int(rows[0, 0, 0, 0]), int(columns[0, 0, 0, 0])
    return PoolParts(corner, window, inside, (place[0] + top - corner[0], place[1] + left - corner[1]), float(shown[place]))


def cell_parts(kind: str, x: Array, position: tuple[int, ...]) -> CellParts:
    """An activation of one number, or a number that is only handed on. x: the whole stage before."""
    source = unravel(position[0], x.shape) if kind == "flatten" else position
    before = x[source].reshape(1)
    after = FUNCTIONS[kind](before) if kind in FUNCTIONS else before
    return CellParts(source, float(before[0]), RULES.get(kind, ""), float(after[0]))


def linear_parts(layer: Layer, x: Array, feature: int, most: int) -> LinearParts:
    """One output of a fully-connected layer. x: (I,)."""
    weights, bias = layer.parameters["weight"][feature], float(layer.parameters["bias"][feature])
    products = weights * x
    order = np.argsort(-np.abs(products), kind="stable")
    shown, others = order[:most], order[most:]
    rest = float(products[others].sum())
    total = float(products[shown].sum()) + rest + bias
    return LinearParts(shown, x[shown], weights[shown], products[shown], rest, len(others), bias, total)


def softmax_parts(logits: Array, feature: int) -> SoftmaxParts:
    """One probability. logits: (classes,). The largest is subtracted so that exp cannot overflow; the shares stay the same."""
    exponentials = np.exp(logits - logits.max())
    probability = float(softmax(logits[np.newaxis])[0, feature])
    return SoftmaxParts(logits, feature, float(logits.max()), exponentials, float(exponentials.sum()), probability)


def window_box(sliding: Sliding, row: int, column: int) -> Box:
    """Where the window of one cell lies, the padding included."""
    (kH, kW), (s0, s1), (p0, p1), (d0, d1) = (_pair(part) for part in vars(sliding).values())
    top, left = row * s0 - p0, column * s1 - p1
    return top, left, top + d0 * (kH - 1) + 1, left + d1 * (kW - 1) + 1


def _patch(sliding: Sliding, x: Array, row: int, column: int) -> tuple[Pair, Array]:
    """The pixels from a window's first to its last, zeros outside the maps. x: (C, H, W) -> corner, (C, rows, columns)."""
    top, left, bottom, right = window_box(sliding, row, column)
    rows, columns = _pair(sliding.padding)
    padded = pad_images(x[np.newaxis], (rows, columns))[0]
    return (top, left), padded[:, top + rows : bottom + rows, left + columns : right + columns]


def _pair(value: int | Pair) -> Pair:
    return value if isinstance(value, tuple) else (value, value)
