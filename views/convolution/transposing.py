"""Transposed convolution in the convolution view: zeros between the cells, the kernel turned, and the adjoint identity.

A transposed convolution is the backward pass of an ordinary one, its forward convolution: for any image x of the output's size

    ⟨conv(x), y⟩ = ⟨x, conv_transpose(y)⟩,    ⟨a, b⟩ = the sum of a·b over all cells.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import conv2d, conv_transpose2d, conv_transpose2d_loops, insert_zeros
from ...engine.shapes import Array, Pair
from .. import grid
from ..definitions import MOST_PRODUCTS, Part
from ..latex import as_printed
from ..numbers import write
from ..sums import LARGEST_TERMS, in_words, products_of
from ..trace import Columns, Sources
from .kernels import Frame

MOST_TERMS = 12  # of a sum of products that is written out
LARGEST = 3  # of the whole numbers in x


@dataclass(frozen=True)
class Forward:
    """The convolution that makes (oH, oW) into (H, W): that of which a transposed one is the backward pass."""

    cells: Array  # (H, W): y, what the transposed convolution is given
    weights: Array  # (kH, kW)
    stride: Pair
    padding: Pair
    dilation: Pair
    output_padding: int

    @property
    def how(self) -> dict[str, Any]:
        """As the engine takes it."""
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}

    def spread(self) -> Array:
        """The cells with stride − 1 zeros between them."""
        return insert_zeros(self.cells, self.stride)

    def frame(self) -> Frame:
        """The zeros around them: dilation·(kernel − 1) − padding on every side, and the output padding behind."""
        spans = [gap * (size - 1) for gap, size in zip(self.dilation, self.weights.shape, strict=True)]
        down, across = (span - ring for span, ring in zip(spans, self.padding, strict=True))
        return (down, down + self.output_padding), (across, across + self.output_padding)

    def transposed(self, bias: float = 0.0) -> Array:
        """As the engine computes it, without zeros in between. -> (oH, oW)."""
        options = self.how | {"output_padding": self.output_padding}
        return np.asarray(conv_transpose2d(*self._arrays(bias), **options)[0, 0])

    def by_loops(self, bias: float, around: int, height: int) -> tuple[Part, Array]:
        """By the definition; of a large image only the row `around`, from the rows of cells that reach it. height: oH."""
        (step, _), (ring, _), (gap, _) = self.stride, self.padding, self.dilation
        kH, rows = len(self.weights), len(self.cells)
        whole = self.cells.size * self.weights.size <= MOST_PRODUCTS
        part = Part(slice(0, 1), slice(0, height) if whole else slice(around, around + 1), whole)
        first = 0 if whole else min(max(0, -(-(around + ring - gap * (kH - 1)) // step)), rows - 1)
        last = rows if whole else min(rows, max((around + ring) // step, first) + 1)
        x, weight, _ = self._arrays(bias)
        options = self.how | {"padding": (0, self.padding[1]), "output_padding": (0, self.output_padding)}
        strip = conv_transpose2d_loops(x[:, :, first:last], weight, **options)[0, 0]
        out = np.zeros((max(height + 2 * ring, step * first + len(strip)), strip.shape[1]))
        out[step * first : step * first + len(strip)] = strip
        return part, out[ring : ring + height][part.rows] + bias

    def any_image(self, shape: Pair) -> Array:
        """An x of the output's size: whole numbers, always the same."""
        rows, columns = np.indices(shape)
        return ((1 + 2 * rows + 3 * columns) % (LARGEST + 1)).astype(np.float64)

    def identity(self) -> AdjointIdentity:
        """Both sides of the adjoint identity."""
        back = self.transposed()
        x = self.any_image((back.shape[0], back.shape[1]))
        _, weight, _ = self._arrays(0.0)
        return AdjointIdentity(x, np.asarray(conv2d(x[np.newaxis, np.newaxis], weight, **self.how)[0, 0]), self.cells, back)

    def _arrays(self, bias: float) -> tuple[Array, Array, Array]:
        """y (1, 1, H, W), weight (1, 1, kH, kW), bias (1,)."""
        return self.cells[np.newaxis, np.newaxis], self.weights[np.newaxis, np.newaxis], np.array([bias])


@dataclass(frozen=True)
class AdjointIdentity:
    """⟨conv(x), y⟩ = ⟨x, conv_transpose(y)⟩. conv and y are (H, W), x and back (oH, oW)."""

    x: Array
    conv: Array
    y: Array
    back: Array

    @functools.cached_property
    def sides(self) -> tuple[float, float]:
        """Both sums. They differ by rounding at most."""
        return float((self.conv * self.y).sum()), float((self.x * self.back).sum())

    def words(self) -> tuple[str, str]:
        """Each side as a sum; = where every number is what is printed, else ≈."""
        left = f"⟨conv(x), y⟩ = {_sum_in_words(self.conv, self.y, self.sides[0])}"
        return left, f"⟨x, conv_transpose(y)⟩ = {_sum_in_words(self.x, self.back, self.sides[1])}"

    def sources(self) -> Sources:
        """x and conv(x) as grids."""
        found: dict[str, Columns] = {}
        for name, values in (("x", self.x), ("conv", self.conv)):
            limit = grid.limit_of(values)
            found |= {
                name: grid.image(values, limit),
                f"{name}_labels": grid.labels(values, limit),
                f"{name}_values": grid.values(values),
            }
        return found


def _sum_in_words(first: Array, second: Array, total: float) -> str:
    products = sorted((first * second).ravel().tolist(), key=abs)
    rest = [sum(products[:-LARGEST_TERMS])] * (len(products) > MOST_TERMS)  # else every product is written out
    printed = {*first.ravel().tolist(), *second.ravel().tolist(), total, *rest}
    exact = all(as_printed(value, write(value)) for value in printed)
    return f"{in_words(products_of(first, second), MOST_TERMS)} {'=' if exact else '≈'} {write(total)}"


def facts(forward: Forward, output: Pair) -> dict[str, str]:
    """How the zeros came about, the forward convolution, and the identity, in words."""
    identity, (height, width) = forward.identity(), forward.cells.shape
    left, right = identity.words()
    spread = "×".join(map(str, forward.spread().shape))
    zeros = [step - 1 for step in forward.stride]
    between = (
        f"{zeros[0]} zero{'s' * (zeros[0] != 1)} between neighbours"
        if zeros[0] == zeros[1]
        else (f"{zeros[0]} rows and {zeros[1]} columns of zeros between neighbours")
    )
    return {
        "input_note": f"y is {height}×{width} (outlined); stride {_both(forward.stride)} puts {between}: {spread}. "
        f"Rings of zeros around it: {_around(forward)}."
        + (f" Output padding adds {forward.output_padding} below and on the right." if forward.output_padding else ""),
        "x": f"{output[0]}×{output[1]}",
        "conv": f"{height}×{width}",
        "x_note": f"Any image of the output’s size. {right}",
        "conv_note": f"The forward convolution of x: stride {_both(forward.stride)}, padding {_both(forward.padding)}"
        + (f", dilation {_both(forward.dilation)}" if forward.dilation != (1, 1) else "") + f". {left}",
    }  # fmt: skip


def _around(forward: Forward) -> str:
    """dilation·(kernel − 1) − padding with its numbers, once if both axes agree."""
    lines = [
        (f"{gap}·({size} − 1)" if gap > 1 else f"{size} − 1") + f" − {ring} = {gap * (size - 1) - ring}"
        for gap, size, ring in zip(forward.dilation, forward.weights.shape, forward.padding, strict=True)
    ]
    return lines[0] if lines[0] == lines[1] else f"{lines[0]} (rows) and {lines[1]} (columns)"


def size_formula(forward: Forward, output: Pair) -> str:
    """The output size of a transposed convolution with the numbers in it; once if both axes agree."""
    lines = [
        f"({size} − 1)·{step} − 2·{ring} + " + (f"{gap}·({kernel} − 1) + 1" if gap > 1 else f"{kernel}")
        + (f" + {forward.output_padding}" if forward.output_padding else "") + f" = {out}"
        for size, step, ring, gap, kernel, out in zip(
            forward.cells.shape, forward.stride, forward.padding, forward.dilation, forward.weights.shape, output, strict=True
        )
    ]  # fmt: skip
    if lines[0] == lines[1]:
        return f"output size = {lines[0]}"
    return f"output rows = {lines[0]}; output columns = {lines[1]}"


def _both(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]} (rows) and {pair[1]} (columns)"
