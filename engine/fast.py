"""Plans: the ops of the training loop with their buffers kept, so that a step allocates nothing large.

A layer owns one plan and calls it once per forward and once per backward:

    plan = Conv2dPlan(stride=1, padding=2)                    # also GroupedConv2dPlan(2), LinearPlan(): the same calls
    out = plan.forward(x, weight, bias)
    grad_x, grad_weight, grad_bias = plan.backward(grad_out)  # needs_grad_x=False spares the first layer's grad_x
    pool = MaxPool2dPlan(2, stride=2)                         # also the other plans of fast_cells.py
    out = pool.forward(x)
    grad_x = pool.backward(grad_out)

Three promises. The numbers are those of the plain functions (conv2d, max_pool2d, ...) up to rounding; tests prove it.
Images keep the shape (N, C, H, W) but come out with the batch innermost in memory, (C, H, W, N): the loops over it are
long and contiguous whatever the image's size, and the next plan reads it without a copy. The arrays belong to the plan
and the next call overwrites them: copy what must outlive the step. Shapes are checked, values are never scanned.

Which product a convolution uses follows from its shapes and from whether NumPy has BLAS: one matrix product over columns
(here), or without BLAS and where it pays the form with fewer multiplications (fast_winograd.py).
"""

from __future__ import annotations

import math

import numpy as np

from .backend import matrix_product
from .checks import check_filter_shapes, check_same_shape
from .conv import add_windows
from .fast_cells import AvgPool2dPlan as AvgPool2dPlan
from .fast_cells import GlobalAvgPool2dPlan as GlobalAvgPool2dPlan
from .fast_cells import MaxPool2dPlan as MaxPool2dPlan
from .fast_cells import ReLUPlan as ReLUPlan
from .fast_cells import batch_first, batch_innermost
from .fast_winograd import WinogradProduct, winograd_is_faster
from .shapes import Array, IntOrPair, Sliding, pair
from .windows import crop_images, pad_images, windows_of

CACHE_BYTES = 512 * 1024  # of columns at a time: half of the second-level cache that a processor core has for itself


class Conv2dPlan:
    """Convolution of images that lie batch innermost; what forward laid out is kept for backward."""

    def __init__(self, *, stride: IntOrPair = 1, padding: IntOrPair = 0, dilation: IntOrPair = 1) -> None:
        self.stride, self.padding = pair(stride, "stride", at_least=1), pair(padding, "padding", at_least=0)
        self.dilation = pair(dilation, "dilation", at_least=1)
        self._made_for: object = None

    def forward(self, x: Array, weight: Array, bias: Array | None = None) -> Array:
        """Slide every filter over x. x: (N, C, H, W), weight: (F, C, kH, kW), bias: (F,) -> (N, F, oH, oW)."""
        made_for = (x.shape, x.dtype, weight.shape, bias is None)
        if made_for != self._made_for:
            check_filter_shapes(x, weight, bias)
            self._make_buffers(x, weight, bias)
            self._made_for = made_for
        self._weight = weight
        self._inside[...] = x
        self._product.forward(weight, bias)
        return batch_first(self._product.out)

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> tuple[Array | None, Array, Array]:
        """Go back through the last forward. grad_out: (N, F, oH, oW) -> grad_x or None, grad_weight, grad_bias."""
        check_same_shape(grad_out, "grad_out", batch_first(self._product.out).shape, "the output of this plan")
        grad_weight, grad_bias = self._product.backward(batch_innermost(grad_out))
        return (self.grad_x(grad_out) if needs_grad_x else None), grad_weight, grad_bias

    def _make_buffers(self, x: Array, weight: Array, bias: Array | None) -> None:
        H, W = x.shape[2:]
        sliding = self._sliding = Sliding((weight.shape[2], weight.shape[3]), self.stride, self.padding, self.dilation)
        sizes = sliding.output_sizes((H, W))
        self._product: ColumnProduct | WinogradProduct
        if winograd_is_faster(x.shape, weight.shape, self.stride, self.dilation):
            self._product = WinogradProduct(x, weight.shape, self.padding, sizes)
        else:
            self._product = ColumnProduct(x, weight.shape, bias, sliding)
        rows, columns = self.padding
        self._inside = batch_first(self._product.padded)[:, :, rows : rows + H, columns : columns + W]
        # With stride 1, grad_x is itself a convolution: of grad_out, with the kernels turned by 180 degrees. It needs
        # no sums over overlapping windows, but more products when the output is smaller than the input.
        around = (sliding.span[0] - 1 - rows, sliding.span[1] - 1 - columns)
        is_faster = self.stride == (1, 1) and min(around) >= 0 and sizes[0] * sizes[1] >= H * W
        self._turned = Conv2dPlan(padding=around, dilation=self.dilation) if is_faster else None
        self._grad_padded, self._grad_columns = np.empty((2, 0), x.dtype)  # made when grad_x is first asked for

    def grad_x(self, grad_out: Array) -> Array:
        """What backward returns first, alone. grad_out: (N, F, oH, oW) -> (N, C, H, W)."""
        weight = self._weight
        if self._turned is not None:
            return self._turned.forward(grad_out, weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3))
        if self._grad_columns.size == 0:
            N, _, oH, oW = grad_out.shape
            self._grad_columns = np.empty((*weight.shape[1:], oH, oW, N), weight.dtype)
            self._grad_padded = pad_images(batch_first(np.zeros_like(batch_innermost(self._inside))), self.padding)
        rows = batch_innermost(grad_out).reshape(len(weight), -1)
        matrix_product(weight.reshape(len(weight), -1).T, rows, self._grad_columns.reshape(-1, rows.shape[1]))
        self._grad_padded.fill(0)
        add_windows(self._grad_padded, self._grad_columns, self._sliding)
        return crop_images(self._grad_padded, self.padding)


class ColumnProduct:
    """Filters times windows as matrix products: every window of the batch is a column.

    Some output rows are done at a time, so that their columns are still in the processor's cache when they are used.
    """

    def __init__(self, x: Array, weight_shape: tuple[int, ...], bias: Array | None, sliding: Sliding) -> None:
        (N, C, H, W), (F, _, kH, kW), (pH, pW) = x.shape, weight_shape, sliding.padding
        self.padded = np.zeros((C, H + 2 * pH, W + 2 * pW, N), x.dtype)
        windows = windows_of(batch_first(self.padded), sliding)
        windows = windows.transpose(1, 4, 5, 2, 3, 0)  # N C oH oW kH kW -> C kH kW oH oW N
        oH, oW = windows.shape[3:5]
        # The bias is one more weight whose pixel is always 1, so that no pass over the output is spent on it.
        K = C * kH * kW
        rows_at_once = max(1, min(oH, CACHE_BYTES // (K * oW * N * x.itemsize)))
        columns = np.ones((K if bias is None else K + 1, rows_at_once * oW * N), x.dtype)
        by_window = columns[:K].reshape(C, kH, kW, rows_at_once, oW, N)
        self._parts = []  # for some output rows each: their windows, where these go, the columns, the cells they make
        for top in range(0, oH, rows_at_once):
            rows = min(rows_at_once, oH - top)
            cells = slice(top * oW * N, (top + rows) * oW * N)
            place = by_window[:, :, :, :rows]
            self._parts.append((windows[:, :, :, top : top + rows], place, columns[:, : rows * oW * N], cells))
        self._filters = np.empty((F, len(columns)), x.dtype)
        self._grad_filters, self._grad_part = np.empty((2, len(columns), F), x.dtype)
        self._weight_shape = weight_shape
        self.out = np.empty((F, oH, oW, N), x.dtype)

    def forward(self, weight: Array, bias: Array | None) -> None:
        """Multiply what lies in `padded` with the filters into `out`. weight: (F, C, kH, kW), bias: (F,) or None."""
        self._filters[:, : weight[0].size] = weight.reshape(len(weight), -1)
        if bias is not None:
            self._filters[:, -1] = bias
        out = self.out.reshape(len(weight), -1)
        for windows, place, columns, cells in self._parts:
            place[...] = windows
            matrix_product(self._filters, columns, out[:, cells])  # FK, KP -> FP

    def backward(self, grad_cells: Array) -> tuple[Array, Array]:
        """Multiply with the columns again. grad_cells: (F, oH, oW, N) -> grad_weight: (F, C, kH, kW), grad_bias: (F,)."""
        F, K = self._weight_shape[0], math.prod(self._weight_shape[1:])
        grad_rows = grad_cells.reshape(F, -1)
        self._grad_filters.fill(0)
        for windows, place, columns, cells in self._parts:
            if len(self._parts) > 1:  # a single part is still there from forward
                place[...] = windows
            matrix_product(columns, grad_rows[:, cells].T, self._grad_part)  # KP, PF -> KF, the fast orientation in BLAS
            self._grad_filters += self._grad_part
        grad_bias = self._grad_filters[-1] if len(self._grad_filters) > K else grad_rows.sum(axis=1)
        return self._grad_filters[:K].T.reshape(self._weight_shape), grad_bias


class GroupedConv2dPlan:
    """Convolution in groups: one Conv2dPlan for each, with its share of the filters on its share of the channels."""

    def __init__(
        self, groups: int, *, stride: IntOrPair = 1, padding: IntOrPair = 0, dilation: IntOrPair = 1
    ) -> None:
        self._plans = [Conv2dPlan(stride=stride, padding=padding, dilation=dilation) for _ in range(groups)]
        self._made_for: object = None

    def forward(self, x: Array, weight: Array, bias: Array | None = None) -> Array:
        """Slide every filter over its group's channels. x: (N, C, H, W), weight: (F, C/groups, kH, kW) -> (N, F, oH, oW)."""
        groups, made_for = len(self._plans), (x.shape, x.dtype, weight.shape, bias is None)
        if made_for != self._made_for:
            check_filter_shapes(x, weight, bias, groups)
        channels, filters = _shares(x.shape[1], groups), _shares(len(weight), groups)
        outs = [
            plan.forward(x[:, its_channels], weight[its_filters], None if bias is None else bias[its_filters])
            for plan, its_channels, its_filters in zip(self._plans, channels, filters, strict=True)
        ]
        if made_for != self._made_for:
            self._out = batch_first(np.empty((len(weight), *outs[0].shape[2:], len(x)), x.dtype))
            self._grad_x = batch_first(np.empty((*x.shape[1:], len(x)), x.dtype))
            self._grad_weight, self._grad_bias = np.empty(weight.shape, x.dtype), np.empty(len(weight), x.dtype)
            self._made_for = made_for
        for its_filters, out in zip(filters, outs, strict=True):
            self._out[:, its_filters] = out
        return self._out

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> tuple[Array | None, Array, Array]:
        """Go back through the last forward. grad_out: (N, F, oH, oW) -> grad_x or None, grad_weight, grad_bias."""
        check_same_shape(grad_out, "grad_out", self._out.shape, "the output of this plan")
        channels, filters = (_shares(array.shape[1], len(self._plans)) for array in (self._grad_x, grad_out))
        for plan, its_channels, its_filters in zip(self._plans, channels, filters, strict=True):
            grad_x, self._grad_weight[its_filters], self._grad_bias[its_filters] = plan.backward(
                grad_out[:, its_filters], needs_grad_x=needs_grad_x
            )
            if grad_x is not None:
                self._grad_x[:, its_channels] = grad_x
        return (self._grad_x if needs_grad_x else None), self._grad_weight, self._grad_bias

    def grad_x(self, grad_out: Array) -> Array:
        """What backward returns first, alone. grad_out: (N, F, oH, oW) -> (N, C, H, W)."""
        channels, filters = (_shares(array.shape[1], len(self._plans)) for array in (self._grad_x, grad_out))
        for plan, its_channels, its_filters in zip(self._plans, channels, filters, strict=True):
            self._grad_x[:, its_channels] = plan.grad_x(grad_out[:, its_filters])
        return self._grad_x


def _shares(count: int, groups: int) -> list[slice]:
    """Divide channels or filters into equal groups."""
    size = count // groups
    return [slice(start, start + size) for start in range(0, count, size)]


class LinearPlan:
    """Weights times inputs. Here each image is one contiguous row: rows are long enough by themselves."""

    def __init__(self) -> None:
        self._made_for: object = None

    def forward(self, x: Array, weight: Array, bias: Array | None = None) -> Array:
        """Weigh and add all inputs. x: (N, I), weight: (O, I), bias: (O,) -> (N, O)."""
        made_for = (x.shape, x.dtype, weight.shape)
        if made_for != self._made_for:
            check_same_shape(weight, "weight", (len(weight), x.shape[1]), "the pairing of outputs and inputs")
            self._x, self._grad_x = np.empty(x.shape, x.dtype), np.empty(x.shape, x.dtype)
            self._out, self._grad_weight = np.empty((len(x), len(weight)), x.dtype), np.empty(weight.shape, x.dtype)
            self._made_for = made_for
        self._weight = weight
        self._x[...] = x
        matrix_product(self._x, weight.T, self._out)
        if bias is not None:
            self._out += bias
        return self._out

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> tuple[Array | None, Array, Array]:
        """Go back through the last forward. grad_out: (N, O) -> grad_x (N, I) or None, grad_weight, grad_bias."""
        check_same_shape(grad_out, "grad_out", self._out.shape, "the output of this plan")
        matrix_product(grad_out.T, self._x, self._grad_weight)
        return (self.grad_x(grad_out) if needs_grad_x else None), self._grad_weight, grad_out.sum(axis=0)

    def grad_x(self, grad_out: Array) -> Array:
        """What backward returns first, alone. grad_out: (N, O) -> (N, I)."""
        return matrix_product(grad_out, self._weight, self._grad_x)


def flatten_batch(x: Array) -> Array:
    """Lay each image out as one row, without a copy where memory allows. x: (N, C, H, W) -> (N, C·H·W)."""
    return batch_innermost(x).reshape(-1, len(x)).T


def unflatten_batch(rows: Array, shape: tuple[int, ...]) -> Array:
    """Undo flatten_batch. rows: (N, C·H·W), shape: (N, C, H, W) -> (N, C, H, W)."""
    return batch_first(rows.T.reshape(*shape[1:], shape[0]))
