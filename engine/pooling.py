"""Pooling: one number per window, the largest or the mean; fewer cells, so each later window sees more of the image.

    max:  out[n, c, i, j] = max over k, m of padded[n, c, stride·i + k, stride·j + m]      the padding is −∞
    mean: out[n, c, i, j] = the sum over the same window / (kH·kW)                         the padding is 0 and counts

As in PyTorch, the stride is the kernel size unless given, and the padding is at most half the kernel.
"""

from __future__ import annotations

import numpy as np

from .checks import check_rank, check_same_shape
from .shapes import Array, IntOrPair, Pair, ShapeError, output_sizes, pair
from .windows import crop_images, pad_images, pixels_under, windows_of


def max_pool2d_loops(x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> Array:
    """Pool by the definition, one window at a time. x: (N, C, H, W) -> (N, C, oH, oW)."""
    (kH, kW), (sH, sW), paddings, sizes = _geometry(x, kernel_size, stride, padding)
    padded = pad_images(x, paddings, -np.inf)
    out = np.empty((*x.shape[:2], *sizes), x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        out[n, c, i, j] = padded[n, c, sH * i : sH * i + kH, sW * j : sW * j + kW].max()
    return out


def max_pool2d(x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> Array:
    """Keep the largest pixel of each window, the same as max_pool2d_loops. x: (N, C, H, W) -> (N, C, oH, oW)."""
    kernel_size, stride, padding, _ = _geometry(x, kernel_size, stride, padding)
    windows = windows_of(pad_images(x, padding, -np.inf), kernel_size, stride, (1, 1))
    out: Array = windows.max(axis=(4, 5))
    return out


def max_pool2d_argmax(
    x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0
) -> tuple[Array, Array]:
    """Find the largest pixel of each window. x: (N, C, H, W) -> its row and its column in x, int64, each (N, C, oH, oW)."""
    kernel_size, stride, padding, sizes = _geometry(x, kernel_size, stride, padding)
    winners = _argmax(x, kernel_size, stride, padding)
    rows, columns = (np.arange(count) * step - pad for count, step, pad in zip(sizes, stride, padding, strict=True))
    return winners // kernel_size[1] + rows[:, np.newaxis], winners % kernel_size[1] + columns


def max_pool2d_backward(
    grad_out: Array, x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0
) -> Array:
    """Hand each gradient to the pixel that won its window. grad_out: (N, C, oH, oW) -> grad_x: (N, C, H, W)."""
    kernel_size, stride, padding, sizes = _geometry(x, kernel_size, stride, padding)
    _check_gradient(grad_out, x, sizes)
    winners = _argmax(x, kernel_size, stride, padding)
    grad_padded = pad_images(np.zeros_like(x), padding)
    for number, cell in enumerate(np.ndindex(kernel_size)):
        rows, columns = pixels_under((cell[0], cell[1]), sizes, stride)
        grad_padded[:, :, rows, columns] += grad_out * (winners == number)
    return crop_images(grad_padded, padding).copy()


def _argmax(x: Array, kernel_size: Pair, stride: Pair, padding: Pair) -> Array:
    """Number the winning pixel within each window, in row order. x: (N, C, H, W) -> 0 … kH·kW − 1, (N, C, oH, oW)."""
    windows = windows_of(pad_images(x, padding, -np.inf), kernel_size, stride, (1, 1))
    # Ties go to the first maximum in row order, as in PyTorch, so the drawn arrow is unique: argmax takes the first.
    winners: Array = windows.reshape(*windows.shape[:4], -1).argmax(axis=4)
    return winners


def avg_pool2d(x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> Array:
    """Take the mean of each window. x: (N, C, H, W) -> (N, C, oH, oW)."""
    kernel_size, stride, padding, _ = _geometry(x, kernel_size, stride, padding)
    out: Array = windows_of(pad_images(x, padding), kernel_size, stride, (1, 1)).mean(axis=(4, 5))
    return out


def avg_pool2d_backward(
    grad_out: Array, x: Array, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0
) -> Array:
    """Share each gradient equally among its window. grad_out: (N, C, oH, oW) -> grad_x: (N, C, H, W)."""
    kernel_size, stride, padding, sizes = _geometry(x, kernel_size, stride, padding)
    _check_gradient(grad_out, x, sizes)
    share = grad_out / x.dtype.type(kernel_size[0] * kernel_size[1])
    grad_padded = pad_images(np.zeros_like(x), padding)
    for cell in np.ndindex(kernel_size):
        rows, columns = pixels_under((cell[0], cell[1]), sizes, stride)
        grad_padded[:, :, rows, columns] += share
    return crop_images(grad_padded, padding).copy()


def pool_geometry(
    sizes: Pair, kernel_size: IntOrPair, stride: IntOrPair | None, padding: IntOrPair
) -> tuple[Pair, Pair, Pair, Pair]:
    """Read a pooling's settings. sizes: (H, W) -> kernel_size, stride, padding and output sizes (oH, oW), all pairs."""
    kernel_size = pair(kernel_size, "kernel_size", at_least=1)
    stride = kernel_size if stride is None else pair(stride, "stride", at_least=1)
    padding = pair(padding, "padding", at_least=0)
    if padding[0] > kernel_size[0] // 2 or padding[1] > kernel_size[1] // 2:
        half = (kernel_size[0] // 2, kernel_size[1] // 2)
        raise ShapeError(
            f"padding is {padding} for a pooling window of {kernel_size}, but at most half the window, {half}, is "
            f"allowed, or some windows would hold padding only; try padding={half}"
        )
    return kernel_size, stride, padding, output_sizes(sizes, kernel_size, stride=stride, padding=padding)


def _geometry(
    x: Array, kernel_size: IntOrPair, stride: IntOrPair | None, padding: IntOrPair
) -> tuple[Pair, Pair, Pair, Pair]:
    check_rank(x, "x", 4)
    return pool_geometry((x.shape[2], x.shape[3]), kernel_size, stride, padding)


def _check_gradient(grad_out: Array, x: Array, sizes: Pair) -> None:
    check_rank(grad_out, "grad_out", 4, "(N, C, oH, oW)")
    check_same_shape(grad_out, "grad_out", (*x.shape[:2], *sizes), "the output of the pooling")
