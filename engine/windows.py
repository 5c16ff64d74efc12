"""Every window of an image at once, as a view: no pixel is copied, only the strides of the array change."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .checks import check_rank
from .shapes import Array, IntOrPair, Pair, Sliding


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
    sliding = Sliding(kernel_size, stride, padding, dilation)
    sliding.output_sizes((x.shape[2], x.shape[3]))
    return windows_of(pad_images(x, sliding.padding), sliding)


def windows_of(padded: Array, sliding: Sliding) -> Array:
    """Show the windows of images that are padded already, unchecked. (N, C, H, W) -> view (N, C, oH, oW, kH, kW)."""
    dense = sliding_window_view(padded, sliding.span, axis=(2, 3))
    (down, right), (skip_rows, skip_columns) = sliding.stride, sliding.dilation
    return dense[:, :, ::down, ::right, ::skip_rows, ::skip_columns]


def pad_images(x: Array, padding: Pair, value: float = 0.0) -> Array:
    """Frame each image with a constant. x: (N, C, H, W), padding: (row, column) -> (N, C, H + 2·row, W + 2·column)."""
    if padding == (0, 0):
        return x
    rows, columns = padding
    return np.pad(x, ((0, 0), (0, 0), (rows, rows), (columns, columns)), constant_values=value)


def pixels_under(cell: Pair, sizes: Pair, sliding: Sliding) -> tuple[slice, slice]:
    """Find the padded pixels that one kernel cell meets. cell: (k, m), sizes: (oH, oW) -> their rows and columns."""
    (sH, sW), top, left = sliding.stride, cell[0] * sliding.dilation[0], cell[1] * sliding.dilation[1]
    return slice(top, top + sH * sizes[0], sH), slice(left, left + sW * sizes[1], sW)


def crop_images(padded: Array, padding: Pair) -> Array:
    """Take the frame of pad_images off again, as a view. (N, C, H + 2·row, W + 2·column) -> (N, C, H, W)."""
    height, width = padded.shape[2:]
    return padded[:, :, padding[0] : height - padding[0], padding[1] : width - padding[1]]
