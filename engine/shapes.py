"""How many cells come out, and which input pixels they see.

output size = floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1, on each axis by itself.
Every size, stride, padding and dilation may be one int (both axes) or a (row, column) pair.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
Pair: TypeAlias = tuple[int, int]
IntOrPair: TypeAlias = int | Pair


class ShapeError(ValueError):
    """Sizes that do not fit together; the message says what came, what was wanted and what to try."""


def output_size(size: int, kernel_size: int, *, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Count the windows along one axis. size, kernel_size in pixels -> number of output cells (at least 1).

    >>> output_size(7, 3), output_size(6, 2, stride=2), output_size(24, 5, padding=2)
    (5, 3, 24)
    """
    sizes = (size, size)
    return output_sizes(sizes, kernel_size, stride=stride, padding=padding, dilation=dilation)[0]


def output_sizes(
    sizes: IntOrPair,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Pair:
    """Count the windows on both axes. sizes: (H, W), kernel_size: (kH, kW) -> (oH, oW).

    >>> output_sizes((28, 20), 5, stride=(1, 2))
    (24, 8)
    """
    return Sliding(kernel_size, stride, padding, dilation).output_sizes(pair(sizes, "the input size", at_least=1))


@dataclass(frozen=True, init=False)
class Sliding:
    """How a window slides over an image. Each entry is given as int or (row, column), read once and kept as a pair.

    A layer that works pixel by pixel (ReLU) is Sliding(1), or is simply left out of the chain.
    """

    kernel_size: Pair
    stride: Pair
    padding: Pair
    dilation: Pair

    def __init__(
        self, kernel_size: IntOrPair, stride: IntOrPair = 1, padding: IntOrPair = 0, dilation: IntOrPair = 1
    ) -> None:
        given = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
        for name, value in given.items():
            object.__setattr__(self, name, pair(value, name, at_least=0 if name == "padding" else 1))

    @property
    def span(self) -> Pair:
        """How many pixels there are from the first to the last weight of a kernel. -> (rows, columns)."""
        (kH, kW), (dH, dW) = self.kernel_size, self.dilation
        return dH * (kH - 1) + 1, dW * (kW - 1) + 1

    def output_sizes(self, sizes: Pair) -> Pair:
        """Count the windows on both axes. sizes: (H, W) -> (oH, oW). Raises ShapeError if none fits."""
        for size, span, pad, axis in zip(sizes, self.span, self.padding, ("high", "wide"), strict=True):
            if span > size + 2 * pad:
                with_padding = f" with its padding of {pad}" if pad else ""
                raise ShapeError(
                    f"the kernel covers {span} pixels but the input{with_padding} is only {size + 2 * pad} {axis}; "
                    f"use a smaller kernel or dilation, a larger input, or padding of at least {-(-(span - size) // 2)}"
                )
        rows, columns = (
            (size + 2 * pad - span) // step + 1
            for size, pad, span, step in zip(sizes, self.padding, self.span, self.stride, strict=True)
        )
        return rows, columns


def pair(value: object, name: str, *, at_least: int) -> Pair:
    """Read one int or a (row, column) pair. value: 2 or (2, 3) -> (2, 2) or (2, 3).

    >>> pair(2, "stride", at_least=1), pair((0, 3), "padding", at_least=0)
    ((2, 2), (0, 3))
    """
    entries = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    try:
        row, column = (operator.index(entry) for entry in entries if not isinstance(entry, bool))
    except (TypeError, ValueError):
        raise ShapeError(
            f"{name} is {value!r}, but a whole number or a (row, column) pair of whole numbers is wanted; "
            f"try {name}={max(at_least, 1)} or {name}=({max(at_least, 1)}, {max(at_least, 1)})"
        ) from None
    if min(row, column) < at_least:
        raise ShapeError(f"{name} is {value!r}, but must be at least {at_least}; try {name}={at_least}")
    return row, column


@dataclass(frozen=True)
class ReceptiveField:
    """All input pixels that can change one cell after several layers; each entry is (row, column), in input pixels."""

    size: Pair
    stride: Pair  # how far the field moves when the cell moves by one: all strides multiplied
    start: Pair  # top-left pixel of cell (0, 0)'s field: negative where it begins inside the padding

    def bounds(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Frame the field of one cell. row, column -> (top, left, bottom, right), bottom and right exclusive."""
        top = self.start[0] + row * self.stride[0]
        left = self.start[1] + column * self.stride[1]
        return top, left, top + self.size[0], left + self.size[1]


def receptive_field(layers: Iterable[Sliding]) -> ReceptiveField:
    """Follow one cell back through a chain of layers, first layer first. [Sliding, ...] -> ReceptiveField.

    Each layer widens the field by dilation·(kernel − 1) strides of its input, and multiplies the stride by its own.

    >>> receptive_field([Sliding(5, padding=2), Sliding(2, stride=2)])
    ReceptiveField(size=(6, 6), stride=(2, 2), start=(-2, -2))
    """
    size, stride, start = [1, 1], [1, 1], [0, 0]
    for layer in layers:
        for axis in (0, 1):
            size[axis] += (layer.span[axis] - 1) * stride[axis]
            start[axis] -= layer.padding[axis] * stride[axis]
            stride[axis] *= layer.stride[axis]
    return ReceptiveField((size[0], size[1]), (stride[0], stride[1]), (start[0], start[1]))
