"""Local response normalisation: a strong answer of one feature map weakens its neighbours' at the same pixel.

    scale[n, c, i, j] = k + alpha / size · Σ x[n, c', i, j]²      over the size channels c' around c; beyond the ends: 0
    out = x / scale^beta

As in PyTorch, the channels run from c − ⌊size / 2⌋ to c + ⌊(size − 1) / 2⌋, and alpha is divided by size. AlexNet (Krizhevsky,
Sutskever and Hinton, 2012, section 3.3) has size 5, beta 0.75, k 2 and 1e-4 in place of alpha / size: here alpha 5e-4.
"""

from __future__ import annotations

import math

import numpy as np

from .checks import check_rank, check_same_shape
from .shapes import Array, ShapeError


def local_response_norm_loops(
    x: Array, size: int, *, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """Normalise by the definition, one cell at a time. x: (N, C, H, W) -> (N, C, H, W)."""
    _check(x, size, alpha, beta, k)
    out = np.empty_like(x)
    for n, c, i, j in np.ndindex(x.shape):
        scale = k
        for neighbour in range(max(0, c - size // 2), min(x.shape[1], c + (size - 1) // 2 + 1)):
            scale += alpha / size * x[n, neighbour, i, j] ** 2
        out[n, c, i, j] = x[n, c, i, j] / scale**beta
    return out


def local_response_norm(x: Array, size: int, *, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Array:
    """Divide each cell by a power of its neighbours' squares, channel by channel. x: (N, C, H, W) -> (N, C, H, W).

    Raises ShapeError or ValueError for what is not such an image, a size below 1, or numbers that may divide by 0.
    """
    _check(x, size, alpha, beta, k)
    return x * response_scale(x, size, alpha, k) ** -beta


def local_response_norm_backward(
    grad_out: Array, x: Array, size: int, *, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """Send the gradient back: each cell is normalised, and is one of the squares of its neighbours. -> grad_x, as x.

    grad_x[c] = grad_out[c] · scale[c]^−beta − 2·alpha·beta/size · x[c] · Σ grad_out[c'] · x[c'] · scale[c']^(−beta − 1),
    over the channels c' that have c among their neighbours.
    """
    _check(x, size, alpha, beta, k)
    check_rank(grad_out, "grad_out", 4)
    check_same_shape(grad_out, "grad_out", x.shape, "the output of local_response_norm")
    return response_gradient(grad_out, x, response_scale(x, size, alpha, k), size, alpha, beta)


def response_scale(x: Array, size: int, alpha: float, k: float) -> Array:
    """Compute k + alpha / size · Σ x², unchecked. x: (N, C, H, W) -> the same shape."""
    scale = _channel_sums(x * x, size // 2, (size - 1) // 2)
    scale *= alpha / size
    scale += k
    return scale


def response_gradient(grad_out: Array, x: Array, scale: Array, size: int, alpha: float, beta: float) -> Array:
    """Compute local_response_norm_backward from the scale of the forward pass, unchecked. -> grad_x, as x."""
    grad_x = grad_out * scale**-beta
    # Who counts c as a neighbour lies on the other side of it: for an even size, one channel further the other way.
    grad_x -= 2 * alpha * beta / size * x * _channel_sums(grad_x * x / scale, (size - 1) // 2, size // 2)
    return grad_x


def _channel_sums(values: Array, before: int, after: int) -> Array:
    """Add up the channels c − before … c + after of each c. values: (N, C, H, W) -> the same shape."""
    sums, channels = np.zeros_like(values), values.shape[1]
    for step in range(-min(before, channels - 1), min(after, channels - 1) + 1):
        sums[:, max(0, -step) : channels - max(0, step)] += values[:, max(0, step) : channels + min(0, step)]
    return sums


def _check(x: Array, size: int, alpha: float, beta: float, k: float) -> None:
    check_rank(x, "x", 4)
    check_response_settings(size, alpha, beta, k)


def check_response_settings(size: int, alpha: float, beta: float, k: float) -> None:
    """Refuse settings with which a scale could be 0 or no number."""
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ShapeError(f"size is {size!r}, but a whole number of channels of at least 1 is wanted; try size=5")
    for name, value in (("alpha", alpha), ("beta", beta)):
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} is {value}, but a finite number of at least 0 is wanted; try {name}=0.75")
    if not (math.isfinite(k) and k > 0):
        raise ValueError(f"k is {k}, but it must be above 0, or a pixel of zeros would be divided by 0; try k=1")
