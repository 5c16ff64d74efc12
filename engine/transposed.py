"""Transposed convolution: what the backward pass of a convolution does to a gradient, as a layer of its own.

Each input cell hands its number times the kernel to a window of the output, and what meets there is added:

    out[n, f, s·i + d·k − p, s·j + d·m − p] += x[n, c, i, j] · weight[c, f, k, m]

with stride s, padding p and dilation d, in each axis its own. The same numbers come from putting s − 1 zeros between the
input cells (insert_zeros), d·(k − 1) − p zeros around them, and sliding the kernel turned by 180° over that with stride 1
(Dumoulin and Visin, A guide to convolution arithmetic, 2016). Names and axes of the weight are PyTorch's.
"""

from __future__ import annotations

import numpy as np

from .backend import matrix_product
from .checks import check_floats, check_groups, check_rank, check_same_shape
from .conv import add_windows, conv2d, conv2d_backward
from .shapes import Array, IntOrPair, Pair, ShapeError, Sliding, pair


def transposed_sizes(
    sizes: IntOrPair,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    output_padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Pair:
    """Count the cells that come out on both axes. sizes: (H, W), kernel_size: (kH, kW) -> (oH, oW).

    (size − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1. A strided convolution gives several input
    sizes the same output size; output_padding says which of them is meant.

    >>> transposed_sizes(2, 3, stride=2, padding=1), transposed_sizes(2, 3, stride=2, padding=1, output_padding=1)
    ((3, 3), (4, 4))
    """
    sliding, more = Sliding(kernel_size, stride, padding, dilation), pair(output_padding, "output_padding", at_least=0)
    for extra, step, gap in zip(more, sliding.stride, sliding.dilation, strict=True):
        if extra >= max(step, gap):
            raise ShapeError(
                f"output_padding is {extra}, but must be smaller than the stride {step} or the dilation {gap}; "
                f"try output_padding={max(step, gap) - 1}"
            )
    rows, columns = (
        (size - 1) * step - 2 * ring + span + extra
        for size, step, ring, span, extra in zip(
            pair(sizes, "the input size", at_least=1), sliding.stride, sliding.padding, sliding.span, more, strict=True
        )
    )
    if min(rows, columns) < 1:
        raise ShapeError(f"with padding {sliding.padding} nothing is left of the output; use less padding or a larger input")
    return rows, columns


def insert_zeros(x: Array, stride: IntOrPair) -> Array:
    """Put stride − 1 zeros between neighbouring cells. x: (..., H, W) -> (..., (H − 1)·sH + 1, (W − 1)·sW + 1)."""
    check_floats(x, "x")
    sH, sW = pair(stride, "stride", at_least=1)
    spread = np.zeros((*x.shape[:-2], (x.shape[-2] - 1) * sH + 1, (x.shape[-1] - 1) * sW + 1), x.dtype)
    spread[..., ::sH, ::sW] = x
    return spread


def conv_transpose2d_loops(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    output_padding: IntOrPair = 0,
    groups: int = 1,
    dilation: IntOrPair = 1,
) -> Array:
    """Hand out every product by the definition. x: (N, C, H, W), weight: (C, F/groups, kH, kW) -> (N, F, oH, oW)."""
    sliding, (oH, oW) = _geometry(x, weight, bias, stride, padding, output_padding, groups, dilation)
    (sH, sW), (dH, dW), (pH, pW) = sliding.stride, sliding.dilation, sliding.padding
    out = np.zeros((len(x), groups * weight.shape[1], oH, oW), x.dtype)
    for n, c, i, j in np.ndindex(x.shape):
        first = c // (len(weight) // groups) * weight.shape[1]  # feature map of this channel's group
        for f, k, m in np.ndindex(weight.shape[1:]):
            row, column = i * sH + k * dH - pH, j * sW + m * dW - pW
            if 0 <= row < oH and 0 <= column < oW:
                out[n, first + f, row, column] += x[n, c, i, j] * weight[c, f, k, m]
    return out if bias is None else out + bias[:, None, None]


def conv_transpose2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    output_padding: IntOrPair = 0,
    groups: int = 1,
    dilation: IntOrPair = 1,
) -> Array:
    """Hand every input cell's kernel to the output. x: (N, C, H, W), weight: (C, F/groups, kH, kW), bias: (F,)
    -> (N, F, oH, oW).

    The same numbers as conv_transpose2d_loops up to rounding, and as the grad_x of a conv2d with the same weight, stride,
    padding and dilation. Raises ShapeError if the shapes do not fit, ValueError for integers, NaN or infinity.
    """
    sliding, (oH, oW) = _geometry(x, weight, bias, stride, padding, output_padding, groups, dilation)
    (N, C, H, W), (pH, pW), F = x.shape, sliding.padding, groups * weight.shape[1]
    its_filters = weight.reshape(groups, C // groups, -1)  # those of the convolution that goes from F maps to C
    rows = np.ascontiguousarray(x.transpose(1, 2, 3, 0)).reshape(groups, C // groups, -1)
    windows = np.empty((groups, its_filters.shape[2], rows.shape[2]), x.dtype)
    for g in range(groups):
        matrix_product(its_filters[g].T, rows[g], windows[g])  # KC, CP -> KP
    padded = np.zeros((N, F, oH + 2 * pH + sliding.span[0], oW + 2 * pW + sliding.span[1]), x.dtype)  # room for all windows
    add_windows(padded, windows.reshape(F, *weight.shape[2:], H, W, N), sliding)
    out = padded[:, :, pH : pH + oH, pW : pW + oW].copy()
    return out if bias is None else out + bias[:, None, None]


def conv_transpose2d_backward(
    grad_out: Array,
    x: Array,
    weight: Array,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    output_padding: IntOrPair = 0,
    groups: int = 1,
    dilation: IntOrPair = 1,
) -> tuple[Array, Array, Array]:
    """Send the gradient back: by the convolution whose backward pass conv_transpose2d is.

    grad_out: (N, F, oH, oW) -> grad_x, grad_weight, grad_bias, as x, weight, bias.
    """
    _, sizes = _geometry(x, weight, None, stride, padding, output_padding, groups, dilation)
    check_rank(grad_out, "grad_out", 4, "(N, F, oH, oW)")
    wanted = (len(x), groups * weight.shape[1], *sizes)
    check_same_shape(grad_out, "grad_out", wanted, "the output of conv_transpose2d")
    how = {"stride": stride, "padding": padding, "dilation": dilation}
    whole = conv2d(grad_out, weight, **how, groups=groups)  # type: ignore[arg-type]
    grad_x = whole[:, :, : x.shape[2], : x.shape[3]].copy()
    handed = np.zeros_like(whole)  # more cells than x, where output_padding is as large as a stride
    handed[:, :, : x.shape[2], : x.shape[3]] = x
    _, grad_weight, _ = conv2d_backward(handed, grad_out, weight, **how, groups=groups)
    return grad_x, grad_weight, grad_out.sum(axis=(0, 2, 3))


def _geometry(
    x: Array, weight: Array, bias: Array | None, stride: IntOrPair, padding: IntOrPair, output_padding: IntOrPair,
    groups: int, dilation: IntOrPair,
) -> tuple[Sliding, Pair]:  # fmt: skip
    """Check the arrays and read the settings, once in each call. -> how the kernels slide, (oH, oW)."""
    check_rank(x, "x", 4)
    check_rank(weight, "weight", 4, "(C, F, kH, kW)")
    check_groups(x.shape[1], x.shape[1], groups)
    if len(weight) != x.shape[1]:
        raise ShapeError(f"x has {x.shape[1]} channels but the weight is for {len(weight)}; its shape is (C, F/groups, kH, kW)")
    if bias is not None:
        check_floats(bias, "bias")
        check_same_shape(bias, "bias", (groups * weight.shape[1],), "one number for each feature map")
    if x.dtype != weight.dtype:
        raise ValueError(f"x is {x.dtype} but weight is {weight.dtype}; try weight.astype(x.dtype)")
    kernel_size, sizes = (weight.shape[2], weight.shape[3]), (x.shape[2], x.shape[3])
    out = transposed_sizes(sizes, kernel_size, stride=stride, padding=padding, output_padding=output_padding, dilation=dilation)
    return Sliding(kernel_size, stride, padding, dilation), out
