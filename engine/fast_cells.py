"""The plans that look at single cells: pooling and ReLU. How plans are used stands in fast.py.

Two habits come from measuring NumPy in Pyodide, where float comparisons are slow. The bits of a float, read as a whole
number, are negative exactly when the float is, so ReLU is np.maximum on whole numbers (8 times as fast). And a gradient
is switched on or off by a whole-number product or mask on its bits, which is exact. One consequence: a NaN may leave ReLU as 0,
so a training loop must look at its parameters, not only at its loss, to see that it diverged.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .checks import check_same_shape
from .pooling import pool_sliding
from .shapes import Array, IntOrPair, Pair
from .windows import crop_images, pixels_under


class _PoolPlan:
    """What both poolings share: for each kernel cell, the pixels it meets; and where the gradient is gathered."""

    edge = 0.0  # what stands in the padding

    def __init__(self, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> None:
        self._sliding = pool_sliding(kernel_size, stride, padding)
        self.kernel_size, self.padding = self._sliding.kernel_size, self._sliding.padding
        self._made_for: object = None

    def _make_buffers(self, x: Array) -> None:
        made_for = (x.shape, x.dtype, x.strides)
        if made_for == self._made_for:
            return
        N, C, H, W = x.shape
        sizes, stride = self._sliding.output_sizes((H, W)), self._sliding.stride
        padded_shape = (C, H + 2 * self.padding[0], W + 2 * self.padding[1], N)
        self._padded = batch_first(np.full(padded_shape, self.edge, x.dtype))
        self._grad_padded = batch_first(np.zeros(padded_shape, x.dtype))
        self._out, self._part, self._left = (batch_first(np.empty((C, *sizes, N), x.dtype)) for _ in range(3))
        self._won = batch_first(np.empty((C, *sizes, N), bool))
        cells: list[Pair] = [(k, m) for k in range(self.kernel_size[0]) for m in range(self.kernel_size[1])]
        self._cells = [pixels_under(cell, sizes, self._sliding) for cell in cells]  # in row order
        self._overlap = stride[0] < self.kernel_size[0] or stride[1] < self.kernel_size[1]
        self._made_for = made_for

    def _pad(self, x: Array) -> Array:
        if self.padding == (0, 0):
            return x
        crop_images(self._padded, self.padding)[...] = x
        return self._padded

    def _hand_back(self, cell: tuple[slice, slice], share: Array) -> None:
        """Give the pixels under one kernel cell their share. share: (N, C, oH, oW)."""
        pixels = self._grad_padded[:, :, cell[0], cell[1]]
        if self._overlap:
            pixels += share
        else:
            pixels[...] = share

    def _start_backward(self, grad_out: Array) -> None:
        check_same_shape(grad_out, "grad_out", self._out.shape, "the output of this plan")
        if self._overlap:
            self._grad_padded.fill(0)


class MaxPool2dPlan(_PoolPlan):
    """Max-pooling; the winners are found again in backward by comparing with the output."""

    edge = -np.inf

    def forward(self, x: Array) -> Array:
        """Keep the largest pixel of each window. x: (N, C, H, W) -> (N, C, oH, oW)."""
        self._make_buffers(x)
        padded = self._pad(x)
        # Floats of which none is negative, as behind a ReLU, have the order of their bits.
        compared = bits_of if bits_of(padded).min() >= 0 else np.asarray
        self._x, self._largest = compared(padded), compared(self._out)
        self._largest[...] = self._x[:, :, self._cells[0][0], self._cells[0][1]]
        for rows, columns in self._cells[1:]:
            np.maximum(self._largest, self._x[:, :, rows, columns], out=self._largest)
        return self._out

    def backward(self, grad_out: Array) -> Array:
        """Hand each gradient to the first maximum of its window. grad_out: (N, C, oH, oW) -> grad_x: (N, C, H, W)."""
        self._start_backward(grad_out)
        self._left[...] = grad_out
        left, part = bits_of(self._left), bits_of(self._part)
        for cell in self._cells:
            np.equal(self._largest, self._x[:, :, cell[0], cell[1]], out=self._won)
            np.multiply(left, self._won, out=part)
            np.bitwise_xor(left, part, out=left)  # what was handed out is gone: ties go to the first in row order
            self._hand_back(cell, self._part)
        return crop_images(self._grad_padded, self.padding)


class AvgPool2dPlan(_PoolPlan):
    """Average pooling."""

    def forward(self, x: Array) -> Array:
        """Take the mean of each window. x: (N, C, H, W) -> (N, C, oH, oW)."""
        self._make_buffers(x)
        padded = self._pad(x)
        self._out.fill(0)
        for rows, columns in self._cells:
            self._out += padded[:, :, rows, columns]
        self._out /= len(self._cells)
        return self._out

    def backward(self, grad_out: Array) -> Array:
        """Share each gradient equally among its window. grad_out: (N, C, oH, oW) -> grad_x: (N, C, H, W)."""
        self._start_backward(grad_out)
        np.divide(grad_out, len(self._cells), out=self._part)
        for cell in self._cells:
            self._hand_back(cell, self._part)
        return crop_images(self._grad_padded, self.padding)


class GlobalAvgPool2dPlan:
    """The mean of each feature map."""

    def __init__(self) -> None:
        self._made_for: object = None

    def forward(self, x: Array) -> Array:
        """Take the mean of each feature map. x: (N, C, H, W) -> (N, C)."""
        if (x.shape, x.dtype) != self._made_for:
            self._grad_x, self._out = batch_first(np.empty((*x.shape[1:], len(x)), x.dtype)), np.empty(x.shape[:2], x.dtype)
            self._made_for = (x.shape, x.dtype)
        return x.mean(axis=(2, 3), out=self._out)

    def backward(self, grad_out: Array) -> Array:
        """Share each gradient equally among its feature map. grad_out: (N, C) -> grad_x: (N, C, H, W)."""
        check_same_shape(grad_out, "grad_out", self._out.shape, "the output of this plan")
        self._grad_x[...] = (grad_out / (self._grad_x.shape[2] * self._grad_x.shape[3]))[:, :, np.newaxis, np.newaxis]
        return self._grad_x


class ReLUPlan:
    """ReLU on an array of any shape; what comes out lies in memory as what came in."""

    def __init__(self) -> None:
        self._made_for: object = None

    def forward(self, x: Array) -> Array:
        """Cut off what is negative. x: any shape -> the same shape."""
        made_for = (x.shape, x.dtype, x.strides)
        if made_for != self._made_for:
            self._out, self._mask, self._grad_x = np.empty_like(x), np.empty_like(bits_of(x)), np.empty_like(x)
            self._made_for = made_for
        np.maximum(bits_of(x), 0, out=bits_of(self._out))
        return self._out

    def backward(self, grad_out: Array) -> Array:
        """Let gradients through where x was positive. grad_out: the shape of x -> grad_x: the same shape."""
        check_same_shape(grad_out, "grad_out", self._out.shape, "the output of this plan")
        np.negative(bits_of(self._out), out=self._mask)
        np.right_shift(self._mask, 8 * self._mask.itemsize - 1, out=self._mask)  # all bits set where positive, else none
        np.bitwise_and(bits_of(grad_out), self._mask, out=bits_of(self._grad_x))
        return self._grad_x


def bits_of(array: Array) -> npt.NDArray[np.signedinteger[Any]]:
    """Read the same memory as whole numbers of the same width. float32 or float64, any shape -> int32 or int64 view."""
    return array.view(np.int32 if array.itemsize == 4 else np.int64)


def batch_innermost(x: Array) -> Array:
    """Move the batch last; a view, and contiguous if a plan made x. (N, C, H, W) -> (C, H, W, N)."""
    return x.transpose(*range(1, x.ndim), 0)


def batch_first(cells: Array) -> Array:
    """Move the batch first again, as a view. (C, H, W, N) -> (N, C, H, W)."""
    return cells.transpose(-1, *range(cells.ndim - 1))
