"""Convolution: slide every filter over the image and take inner products.

"Convolution" is what CNNs call it; like every CNN library this file computes cross-correlation: no kernel is flipped.

    out[n, f, i, j] = bias[f] + Σ_c Σ_k Σ_m weight[f, c, k, m] · padded[n, c, s·i + d·k, s·j + d·m]

with stride s and dilation d, in each axis its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .backend import matrix_product
from .checks import check_filters, check_floats, check_rank, check_same_shape
from .shapes import Array, IntOrPair, Pair, output_sizes, pair
from .windows import crop_images, pad_images, pixels_under, sliding_windows


def conv2d_loops(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Convolve by the definition, one product at a time. x: (N, C, H, W), weight: (F, C, kH, kW) -> (N, F, oH, oW)."""
    (oH, oW), strides, paddings, dilations = _geometry(x, weight, bias, stride, padding, dilation)
    padded = pad_images(x, paddings)
    out = np.zeros((x.shape[0], weight.shape[0], oH, oW), x.dtype)
    for n, f, i, j in np.ndindex(out.shape):
        for c, k, m in np.ndindex(weight.shape[1:]):
            pixel = padded[n, c, i * strides[0] + k * dilations[0], j * strides[1] + m * dilations[1]]
            out[n, f, i, j] += weight[f, c, k, m] * pixel
        out[n, f, i, j] += 0 if bias is None else bias[f]
    return out


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Slide every filter over x. x: (N, C, H, W), weight: (F, C, kH, kW), bias: (F,) -> (N, F, oH, oW).

    The same numbers as conv2d_loops up to rounding: each window becomes a column, and all inner products are one
    matrix product. Raises ShapeError if the shapes do not fit, ValueError for integers, NaN or infinity.
    """
    (oH, oW), *_ = _geometry(x, weight, bias, stride, padding, dilation)
    columns = _columns(x, weight, stride, padding, dilation)
    out = matrix_product(weight.reshape(len(weight), -1), columns)  # FK, KP -> FP
    if bias is not None:
        out += bias[:, None]
    return _from_rows(out, (oH, oW))


def conv2d_backward(
    grad_out: Array,
    x: Array,
    weight: Array,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> tuple[Array, Array, Array]:
    """Send the gradient back. grad_out: (N, F, oH, oW) -> grad_x, grad_weight, grad_bias, as x, weight, bias.

    An output cell hands grad_out · weight to each pixel of its window, and grad_out · pixel to each weight.
    """
    (oH, oW), strides, paddings, dilations = _geometry(x, weight, None, stride, padding, dilation)
    check_rank(grad_out, "grad_out", 4, "(N, F, oH, oW)")
    check_same_shape(grad_out, "grad_out", (x.shape[0], weight.shape[0], oH, oW), "the output of conv2d")
    grad_rows = np.ascontiguousarray(grad_out.transpose(1, 2, 3, 0)).reshape(len(weight), -1)
    columns = _columns(x, weight, stride, padding, dilation)
    grad_weight = matrix_product(grad_rows, columns.T).reshape(weight.shape)  # FP, PK -> FK
    grad_columns = matrix_product(weight.reshape(len(weight), -1).T, grad_rows)  # KF, FP -> KP
    grad_windows = grad_columns.reshape(*weight.shape[1:], oH, oW, x.shape[0])
    grad_padded = pad_images(np.zeros_like(x), paddings)
    add_windows(grad_padded, grad_windows, strides, dilations)
    return crop_images(grad_padded, paddings).copy(), grad_weight, grad_rows.sum(axis=1)


def add_windows(grad_padded: Array, grad_windows: Array, stride: Pair, dilation: Pair) -> None:
    """Add to each pixel what all its windows send. grad_padded: (N, C, H, W), grad_windows: (C, kH, kW, oH, oW, N)."""
    sizes = (grad_windows.shape[3], grad_windows.shape[4])
    for k, m in np.ndindex(grad_windows.shape[1:3]):  # within one k, m no two windows meet the same pixel
        rows, columns = pixels_under((k, m), sizes, stride, dilation)
        grad_padded[:, :, rows, columns] += grad_windows[:, k, m].transpose(3, 0, 1, 2)


@dataclass(frozen=True)
class ConvTerms:
    """One filter's convolution with nothing left out. T = C·kH·kW terms per cell, channel by channel, in row order."""

    windows: Array  # (oH, oW, C, kH, kW): the pixels under the kernels, padding included
    products: Array  # (oH, oW, C, kH, kW): pixel × weight
    running_sums: Array  # (oH, oW, T): the sum after each term, without the bias
    output: Array  # (oH, oW): the last running sum plus the bias


def conv2d_terms(
    x: Array,
    weight: Array,
    bias: float | None = None,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> ConvTerms:
    """Tell how every cell of one feature map comes about. x: (C, H, W), weight: (C, kH, kW), bias: number -> ConvTerms.

    Products and sums are taken one after the other, so the numbers are the same bits on every machine.
    """
    check_rank(x, "x", 3)
    check_rank(weight, "weight", 3, "(C, kH, kW)")
    if bias is not None:
        check_floats(np.asarray(bias, x.dtype), "bias")
    _geometry(x[None], weight[None], None, stride, padding, dilation)
    kernel_size = (weight.shape[1], weight.shape[2])
    windows = sliding_windows(x[None], kernel_size, stride=stride, padding=padding, dilation=dilation)[0]
    windows = windows.transpose(1, 2, 0, 3, 4)  # C oH oW kH kW -> oH oW C kH kW
    products = windows * weight
    running_sums = np.cumsum(products.reshape(*products.shape[:2], -1), axis=2)
    output = running_sums[:, :, -1] + x.dtype.type(bias or 0)
    return ConvTerms(windows, products, running_sums, output)


def conv2d_in_order(
    x: Array,
    weight: Array,
    bias: float | None = None,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Convolve one image with one filter, the same term of every cell at once. x: (C, H, W), weight: (C, kH, kW) -> (oH, oW).

    Adds in the order of conv2d_terms, so it gives the same bits as that on every machine, without keeping the terms.
    """
    check_rank(x, "x", 3)
    check_rank(weight, "weight", 3, "(C, kH, kW)")
    sizes, *_ = _geometry(x[None], weight[None], None, stride, padding, dilation)
    kernel_size = (weight.shape[1], weight.shape[2])
    windows = sliding_windows(x[None], kernel_size, stride=stride, padding=padding, dilation=dilation)[0]
    out = np.zeros(sizes, x.dtype)
    for c, k, m in np.ndindex(weight.shape):
        out += weight[c, k, m] * windows[c, :, :, k, m]
    return out + x.dtype.type(bias or 0)


def _geometry(
    x: Array, weight: Array, bias: Array | None, stride: IntOrPair, padding: IntOrPair, dilation: IntOrPair
) -> tuple[Pair, Pair, Pair, Pair]:
    check_filters(x, weight, bias)
    if x.dtype != weight.dtype:
        raise ValueError(f"x is {x.dtype} but weight is {weight.dtype}; try weight.astype(x.dtype)")
    kernel_size = (weight.shape[2], weight.shape[3])
    sizes = output_sizes((x.shape[2], x.shape[3]), kernel_size, stride=stride, padding=padding, dilation=dilation)
    pads, dilations = pair(padding, "padding", at_least=0), pair(dilation, "dilation", at_least=1)
    return sizes, pair(stride, "stride", at_least=1), pads, dilations


def _columns(x: Array, weight: Array, stride: IntOrPair, padding: IntOrPair, dilation: IntOrPair) -> Array:
    """Lay each window out as one column, the batch innermost. x: (N, C, H, W) -> (K, P), K = C·kH·kW, P = oH·oW·N."""
    kernel_size = (weight.shape[2], weight.shape[3])
    windows = sliding_windows(x, kernel_size, stride=stride, padding=padding, dilation=dilation)
    ordered = windows.transpose(1, 4, 5, 2, 3, 0)  # N C oH oW kH kW -> C kH kW oH oW N
    return ordered.reshape(weight[0].size, -1)


def _from_rows(rows: Array, sizes: Pair) -> Array:
    """Bring the batch back to the front. rows: (F, oH·oW·N), sizes: (oH, oW) -> (N, F, oH, oW)."""
    return np.ascontiguousarray(rows.reshape(len(rows), *sizes, -1).transpose(3, 0, 1, 2))
