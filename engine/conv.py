"""Convolution: slide every filter over the image and take inner products.

"Convolution" is what CNNs call it; like every CNN library this file computes cross-correlation: no kernel is flipped.

    out[n, f, i, j] = bias[f] + Σ_c Σ_k Σ_m weight[f, c, k, m] · padded[n, c, s·i + d·k, s·j + d·m]

with stride s and dilation d, in each axis its own. With groups, the channels and the filters are divided into as many equal
parts, and a filter sees the channels of its own part only: AlexNet's halves on two GPUs (Krizhevsky et al., 2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .backend import matrix_product
from .checks import check_filters, check_floats, check_rank, check_same_shape
from .shapes import Array, IntOrPair, Pair, Sliding
from .windows import crop_images, pad_images, pixels_under, windows_of


def conv2d_loops(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Array:
    """Convolve by the definition, one product at a time. x: (N, C, H, W), weight: (F, C/groups, kH, kW) -> (N, F, oH, oW)."""
    sliding, (oH, oW) = _geometry(x, weight, bias, stride, padding, dilation, groups)
    (sH, sW), (dH, dW), padded = sliding.stride, sliding.dilation, pad_images(x, sliding.padding)
    out = np.zeros((x.shape[0], weight.shape[0], oH, oW), x.dtype)
    for n, f, i, j in np.ndindex(out.shape):
        first = f // (len(weight) // groups) * weight.shape[1]  # channel of this filter's group
        for c, k, m in np.ndindex(weight.shape[1:]):
            pixel = padded[n, first + c, i * sH + k * dH, j * sW + m * dW]
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
    groups: int = 1,
) -> Array:
    """Slide every filter over x. x: (N, C, H, W), weight: (F, C/groups, kH, kW), bias: (F,) -> (N, F, oH, oW).

    The same numbers as conv2d_loops up to rounding: each window becomes a column, and all inner products are one
    matrix product for each group. Raises ShapeError if the shapes do not fit, ValueError for integers, NaN or infinity.
    """
    sliding, sizes = _geometry(x, weight, bias, stride, padding, dilation, groups)
    columns = _columns(x, sliding, groups)
    out = np.empty((groups, len(weight) // groups, columns.shape[2]), x.dtype)
    for filters, its_columns, its_out in zip(weight.reshape(*out.shape[:2], -1), columns, out, strict=True):
        matrix_product(filters, its_columns, its_out)  # FK, KP -> FP
    rows = out.reshape(len(weight), -1)
    if bias is not None:
        rows += bias[:, None]
    return _from_rows(rows, sizes)


def conv2d_backward_loops(
    grad_out: Array,
    x: Array,
    weight: Array,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> tuple[Array, Array, Array]:
    """Go back through conv2d_loops product by product. grad_out: (N, F, oH, oW) -> grad_x, grad_weight, grad_bias."""
    sliding, _ = _geometry(x, weight, None, stride, padding, dilation, groups)
    (sH, sW), (dH, dW), padded = sliding.stride, sliding.dilation, pad_images(x, sliding.padding)
    grad_padded, grad_weight = np.zeros_like(padded), np.zeros_like(weight)
    for n, f, i, j in np.ndindex(grad_out.shape):
        first = f // (len(weight) // groups) * weight.shape[1]  # channel of this filter's group
        for c, k, m in np.ndindex(weight.shape[1:]):
            pixel = (n, first + c, i * sH + k * dH, j * sW + m * dW)
            grad_weight[f, c, k, m] += grad_out[n, f, i, j] * padded[pixel]
            grad_padded[pixel] += grad_out[n, f, i, j] * weight[f, c, k, m]
    return crop_images(grad_padded, sliding.padding), grad_weight, grad_out.sum(axis=(0, 2, 3))


def conv2d_backward(
    grad_out: Array,
    x: Array,
    weight: Array,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> tuple[Array, Array, Array]:
    """Send the gradient back. grad_out: (N, F, oH, oW) -> grad_x, grad_weight, grad_bias, as x, weight, bias.

    An output cell hands grad_out · weight to each pixel of its window, and grad_out · pixel to each weight.
    """
    sliding, (oH, oW) = _geometry(x, weight, None, stride, padding, dilation, groups)
    check_rank(grad_out, "grad_out", 4, "(N, F, oH, oW)")
    check_same_shape(grad_out, "grad_out", (x.shape[0], weight.shape[0], oH, oW), "the output of conv2d")
    grad_rows = np.ascontiguousarray(grad_out.transpose(1, 2, 3, 0)).reshape(len(weight), -1)
    columns, filters = _columns(x, sliding, groups), weight.reshape(groups, len(weight) // groups, -1)
    grad_filters, grad_columns = np.empty_like(filters), np.empty_like(columns)
    for g, its_rows in enumerate(grad_rows.reshape(*filters.shape[:2], -1)):
        matrix_product(its_rows, columns[g].T, grad_filters[g])  # FP, PK -> FK
        matrix_product(filters[g].T, its_rows, grad_columns[g])  # KF, FP -> KP
    grad_windows = grad_columns.reshape(x.shape[1], *weight.shape[2:], oH, oW, x.shape[0])
    grad_padded = pad_images(np.zeros_like(x), sliding.padding)
    add_windows(grad_padded, grad_windows, sliding)
    grad_x = crop_images(grad_padded, sliding.padding).copy()
    return grad_x, grad_filters.reshape(weight.shape), grad_rows.sum(axis=1)


def add_windows(grad_padded: Array, grad_windows: Array, sliding: Sliding) -> None:
    """Add to each pixel what all its windows send. grad_padded: (N, C, H, W), grad_windows: (C, kH, kW, oH, oW, N)."""
    sizes = (grad_windows.shape[3], grad_windows.shape[4])
    for k, m in np.ndindex(grad_windows.shape[1:3]):  # within one k, m no two windows meet the same pixel
        rows, columns = pixels_under((k, m), sizes, sliding)
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
    sliding, _ = _geometry(x[None], weight[None], None, stride, padding, dilation)
    windows = windows_of(pad_images(x[None], sliding.padding), sliding)[0].transpose(1, 2, 0, 3, 4)  # oH oW C kH kW
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
    sliding, sizes = _geometry(x[None], weight[None], None, stride, padding, dilation)
    windows = windows_of(pad_images(x[None], sliding.padding), sliding)[0]
    out = np.zeros(sizes, x.dtype)
    for c, k, m in np.ndindex(weight.shape):
        out += weight[c, k, m] * windows[c, :, :, k, m]
    return out + x.dtype.type(bias or 0)


def _geometry(
    x: Array, weight: Array, bias: Array | None,
    stride: IntOrPair, padding: IntOrPair, dilation: IntOrPair, groups: int = 1,
) -> tuple[Sliding, Pair]:
    """Check the arrays and read the settings, once in each call. -> how the kernels slide, (oH, oW)."""
    check_filters(x, weight, bias, groups)
    if x.dtype != weight.dtype:
        raise ValueError(f"x is {x.dtype} but weight is {weight.dtype}; try weight.astype(x.dtype)")
    sliding = Sliding((weight.shape[2], weight.shape[3]), stride, padding, dilation)
    return sliding, sliding.output_sizes((x.shape[2], x.shape[3]))


def _columns(x: Array, sliding: Sliding, groups: int) -> Array:
    """Lay each window out as one column, the batch innermost. x: (N, C, H, W) -> (groups, C/groups·kH·kW, oH·oW·N)."""
    windows = windows_of(pad_images(x, sliding.padding), sliding)
    ordered = windows.transpose(1, 4, 5, 2, 3, 0)  # N C oH oW kH kW -> C kH kW oH oW N
    return ordered.reshape(groups, -1, windows.shape[2] * windows.shape[3] * len(x))


def _from_rows(rows: Array, sizes: Pair) -> Array:
    """Bring the batch back to the front. rows: (F, oH·oW·N), sizes: (oH, oW) -> (N, F, oH, oW)."""
    return np.ascontiguousarray(rows.reshape(len(rows), *sizes, -1).transpose(3, 0, 1, 2))
