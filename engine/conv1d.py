"""Convolution along one axis: filters slide over a signal, such as sound or measurements over time.

    out[n, f, i] = bias[f] + Σ_c Σ_k weight[f, c, k] · padded[n, c, s·i + d·k]

with stride s and dilation d. Causal padding puts all d·(K − 1) zeros before the signal, so that a cell of the output sees
nothing that comes after it (van den Oord et al., WaveNet, 2016). A signal is an image of one row, so conv2d computes it.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from .checks import check_rank, check_same_shape
from .conv import conv2d, conv2d_backward
from .shapes import Array, ShapeError, pair

Padding: TypeAlias = "int | tuple[int, int] | Literal['causal']"  # at both ends; before and after; all before


def padding_of_signal(padding: Padding, kernel_size: int, dilation: int = 1) -> tuple[int, int]:
    """How many zeros stand before a signal and after it.

    >>> padding_of_signal(1, 3), padding_of_signal("causal", 3, dilation=2)
    ((1, 1), (4, 0))
    """
    if isinstance(padding, str):
        if padding != "causal":
            raise ShapeError(f"padding is {padding!r}; give a number, a pair (before, after), or “causal”")
        return dilation * (kernel_size - 1), 0
    return pair(padding, "padding", at_least=0)


def conv1d_loops(
    x: Array, weight: Array, bias: Array | None = None, *,
    stride: int = 1, padding: Padding = 0, dilation: int = 1, groups: int = 1,
) -> Array:  # fmt: skip
    """Convolve by the definition, one product at a time. x: (N, C, L), weight: (F, C/groups, K) -> (N, F, oL)."""
    padded = _padded(x, weight, padding, dilation)
    length = (padded.shape[2] - dilation * (weight.shape[2] - 1) - 1) // stride + 1
    out = np.zeros((len(x), len(weight), length), x.dtype)
    for n, f, i in np.ndindex(out.shape):
        first = f // (len(weight) // groups) * weight.shape[1]  # channel of this filter's group
        for c, k in np.ndindex(weight.shape[1:]):
            out[n, f, i] += weight[f, c, k] * padded[n, first + c, i * stride + k * dilation]
        out[n, f, i] += 0 if bias is None else bias[f]
    return out


def conv1d(
    x: Array, weight: Array, bias: Array | None = None, *,
    stride: int = 1, padding: Padding = 0, dilation: int = 1, groups: int = 1,
) -> Array:  # fmt: skip
    """Slide every filter along x. x: (N, C, L), weight: (F, C/groups, K), bias: (F,) -> (N, F, oL).

    padding: zeros at both ends, or a pair (before, after), or "causal". The same numbers as conv1d_loops up to rounding.
    """
    padded = _padded(x, weight, padding, dilation)
    how = _of_one_row(stride, dilation, groups)
    return conv2d(padded[:, :, np.newaxis], weight[:, :, np.newaxis], bias, **how)[:, :, 0]


def conv1d_backward(
    grad_out: Array, x: Array, weight: Array, *,
    stride: int = 1, padding: Padding = 0, dilation: int = 1, groups: int = 1,
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Send the gradient back. grad_out: (N, F, oL) -> grad_x, grad_weight, grad_bias, as x, weight, bias."""
    padded = _padded(x, weight, padding, dilation)
    check_rank(grad_out, "grad_out", 3, "(N, F, oL)")
    how = _of_one_row(stride, dilation, groups)
    images = (grad_out[:, :, np.newaxis], padded[:, :, np.newaxis], weight[:, :, np.newaxis])
    grad_padded, grad_weight, grad_bias = conv2d_backward(*images, **how)
    before, _ = padding_of_signal(padding, weight.shape[2], dilation)
    grad_x = grad_padded[:, :, 0, before : before + x.shape[2]].copy()
    check_same_shape(grad_x, "grad_x", x.shape, "x")
    return grad_x, grad_weight[:, :, 0], grad_bias


def _padded(x: Array, weight: Array, padding: Padding, dilation: int) -> Array:
    """The signals with their zeros. x: (N, C, L) -> (N, C, before + L + after)."""
    check_rank(x, "x", 3, "(N, C, L)")
    check_rank(weight, "weight", 3, "(F, C, K)")
    return np.pad(x, ((0, 0), (0, 0), padding_of_signal(padding, weight.shape[2], dilation)))


def _of_one_row(stride: int, dilation: int, groups: int) -> dict[str, Any]:
    return {"stride": (1, stride), "dilation": (1, dilation), "groups": groups}
