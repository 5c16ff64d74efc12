"""Every window of an image at once, as a view: no pixel is copied, only the strides of the array change."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .checks import check_rank
from .shapes import Array, IntOrPair, Pair, kernel_span, output_sizes, pair


def sliding_windows(
    x: Array,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Array:
    """Show the window under the kernel at every output cell. x: (N, C, H, W) -> read-only view (N, C, oH, oW, kH, kW).

    The zeros of the padding are part of the windows. Raises ShapeError if no window fits.
    """
    check_rank(x, "x", 4)
    output_sizes((x.shape[2], x.shape[3]), kernel_size, stride=stride, padding=padding, dilation=dilation)
    padded = pad_images(x, pair(padding, "padding", at_least=0))
    strides, dilations = pair(stride, "stride", at_least=1), pair(dilation, "dilation", at_least=1)
    return windows_of(padded, pair(kernel_size, "kernel_size", at_least=1), strides, dilations)


def windows_of(padded: Array, kernel_size: Pair, stride: Pair, dilation: Pair) -> Array:
    """Show the windows of images that are padded already, unchecked. (N, C, H, W) -> view (N, C, oH, oW, kH, kW)."""
    dense = sliding_window_view(padded, kernel_span(kernel_size, dilation), axis=(2, 3))
    return dense[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]


def pad_images(x: Array, padding: Pair, value: float = 0.0) -> Array:
    """Frame each image with a constant. x: (N, C, H, W), padding: (row, column) -> (N, C, H + 2·row, W + 2·column)."""
    if padding == (0, 0):
        return x
    rows, columns = padding
    return np.pad(x, ((0, 0), (0, 0), (rows, rows), (columns, columns)), constant_values=value)


def pixels_under(cell: Pair, sizes: Pair, stride: Pair, dilation: Pair = (1, 1)) -> tuple[slice, slice]:
    """Find the padded pixels that one kernel cell meets. cell: (k, m), sizes: (oH, oW) -> their rows and columns."""
    top, left = cell[0] * dilation[0], cell[1] * dilation[1]
    return slice(top, top + stride[0] * sizes[0], stride[0]), slice(left, left + stride[1] * sizes[1], stride[1])


def crop_images(padded: Array, padding: Pair) -> Array:
    """Take the frame of pad_images off again, as a view. (N, C, H + 2·row, W + 2·column) -> (N, C, H, W)."""
    height, width = padded.shape[2:]
    return padded[:, :, padding[0] : height - padding[0], padding[1] : width - padding[1]]
