"""Pooling: one number per window, the largest or the mean; fewer cells, so each later window sees more of the image.

    max:  out[n, c, i, j] = max over k, m of padded[n, c, stride·i + k, stride·j + m]      the padding is −∞
    mean: out[n, c, i, j] = the sum over the same window / (kH·kW)                         the padding is 0 and counts

As in PyTorch, the stride is the kernel size unless given, and the padding is at most half the kernel. Global average
pooling has one window for each feature map: all of it.
"""

from __future__ import annotations

import numpy as np

from .checks import check_rank, check_same_shape
from .shapes import Array, IntOrPair, Pair, ShapeError, Sliding
from .windows import crop_images, pad_images, pixels_under, windows_of


def max_pool2d_loops(x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> Array:
    """Pool by the definition, one window at a time. x: (N, C, H, W) -> (N, C, oH, oW)."""
    sliding, sizes = _geometry(x, kernel_size, stride, padding)
    (kH, kW), (sH, sW) = sliding.kernel_size, sliding.stride
    padded = pad_images(x, sliding.padding, -np.inf)
    out = np.empty((*x.shape[:2], *sizes), x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        out[n, c, i, j] = padded[n, c, sH * i : sH * i + kH, sW * j : sW * j + kW].max()
    return out


def max_pool2d(x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> Array:
    """Keep the largest pixel of each window, the same as max_pool2d_loops. x: (N, C, H, W) -> (N, C, oH, oW)."""
    sliding, _ = _geometry(x, kernel_size, stride, padding)
    out: Array = windows_of(pad_images(x, sliding.padding, -np.inf), sliding).max(axis=(4, 5))
    return out


def max_pool2d_argmax(
    x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0
) -> tuple[Array, Array]:
    """Find the largest pixel of each window. x: (N, C, H, W) -> its row and its column in x, int64, each (N, C, oH, oW)."""
    sliding, sizes = _geometry(x, kernel_size, stride, padding)
    cells, kW = _argmax(x, sliding), sliding.kernel_size[1]
    rows, columns = (
        np.arange(count) * step - pad for count, step, pad in zip(sizes, sliding.stride, sliding.padding, strict=True)
    )
    return cells // kW + rows[:, np.newaxis], cells % kW + columns


def max_pool2d_backward(
    grad_out: Array, x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0
) -> Array:
    """Hand each gradient to the pixel that won its window. grad_out: (N, C, oH, oW) -> grad_x: (N, C, H, W)."""
    sliding, sizes = _geometry(x, kernel_size, stride, padding)
    _check_gradient(grad_out, x, sizes)
    cells = _argmax(x, sliding)
    grad_padded = pad_images(np.zeros_like(x), sliding.padding)
    for number, (k, m) in enumerate(np.ndindex(sliding.kernel_size)):
        rows, columns = pixels_under((k, m), sizes, sliding)
        grad_padded[:, :, rows, columns] += grad_out * (cells == number)
    return crop_images(grad_padded, sliding.padding).copy()


def _argmax(x: Array, sliding: Sliding) -> Array:
    """Number the largest pixel within each window, in row order. x: (N, C, H, W) -> 0 … kH·kW − 1, (N, C, oH, oW)."""
    windows = windows_of(pad_images(x, sliding.padding, -np.inf), sliding)
    # Ties go to the first maximum in row order, as in PyTorch, so the drawn arrow is unique: argmax takes the first.
    cells: Array = windows.reshape(*windows.shape[:4], -1).argmax(axis=4)
    return cells


def avg_pool2d(x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> Array:
    """Take the mean of each window. x: (N, C, H, W) -> (N, C, oH, oW)."""
    sliding, _ = _geometry(x, kernel_size, stride, padding)
    out: Array = windows_of(pad_images(x, sliding.padding), sliding).mean(axis=(4, 5))
    return out


def avg_pool2d_backward(
    grad_out: Array, x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0
) -> Array:
    """Share each gradient equally among its window. grad_out: (N, C, oH, oW) -> grad_x: (N, C, H, W)."""
    sliding, sizes = _geometry(x, kernel_size, stride, padding)
    _check_gradient(grad_out, x, sizes)
    share = grad_out / x.dtype.type(sliding.kernel_size[0] * sliding.kernel_size[1])
    grad_padded = pad_images(np.zeros_like(x), sliding.padding)
    for k, m in np.ndindex(sliding.kernel_size):
        rows, columns = pixels_under((k, m), sizes, sliding)
        grad_padded[:, :, rows, columns] += share
    return crop_images(grad_padded, sliding.padding).copy()


def global_avg_pool2d(x: Array) -> Array:
    """Take the mean of each feature map. x: (N, C, H, W) -> (N, C). Lin, Chen and Yan (2014): Network in network."""
    check_rank(x, "x", 4)
    out: Array = x.mean(axis=(2, 3))
    return out


def global_avg_pool2d_backward(grad_out: Array, x: Array) -> Array:
    """Share each gradient equally among its feature map. grad_out: (N, C) -> grad_x: (N, C, H, W)."""
    check_rank(x, "x", 4)
    check_rank(grad_out, "grad_out", 2, "(N, C)")
    check_same_shape(grad_out, "grad_out", x.shape[:2], "the output of the pooling")
    share = grad_out / x.dtype.type(x.shape[2] * x.shape[3])
    return np.broadcast_to(share[:, :, np.newaxis, np.newaxis], x.shape).copy()


def pool_sliding(kernel_size: IntOrPair, stride: IntOrPair | None, padding: IntOrPair) -> Sliding:
    """Read a pooling's settings. stride: None for that of the window. Raises ShapeError if a window may hold padding only."""
    sliding = Sliding(kernel_size, kernel_size if stride is None else stride, padding)
    half = (sliding.kernel_size[0] // 2, sliding.kernel_size[1] // 2)
    if sliding.padding[0] > half[0] or sliding.padding[1] > half[1]:
        raise ShapeError(
            f"padding is {sliding.padding} for a pooling window of {sliding.kernel_size}, but at most half the window, "
            f"{half}, is allowed, or some windows would hold padding only; try padding={half}"
        )
    return sliding


def _geometry(x: Array, kernel_size: IntOrPair, stride: IntOrPair | None, padding: IntOrPair) -> tuple[Sliding, Pair]:
    """Check x and read the settings, once in each call. -> how the window slides, (oH, oW)."""
    check_rank(x, "x", 4)
    sliding = pool_sliding(kernel_size, stride, padding)
    return sliding, sliding.output_sizes((x.shape[2], x.shape[3]))


def _check_gradient(grad_out: Array, x: Array, sizes: Pair) -> None:
    check_rank(grad_out, "grad_out", 4, "(N, C, oH, oW)")
    check_same_shape(grad_out, "grad_out", (*x.shape[:2], *sizes), "the output of the pooling")
