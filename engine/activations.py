"""Activations: one function of one number, applied to every cell; without them a stack of layers is one linear map.

relu(x) = max(x, 0)        sigmoid(x) = 1 / (1 + exp(−x))        tanh(x) = (exp(x) − exp(−x)) / (exp(x) + exp(−x))
"""

from __future__ import annotations

import numpy as np

from .checks import check_floats, check_same_shape
from .shapes import Array


def relu(x: Array) -> Array:
    """Cut off what is negative. x: any shape -> the same shape."""
    check_floats(x, "x")
    return np.maximum(x, x.dtype.type(0))


def relu_backward(grad_out: Array, x: Array) -> Array:
    """Let gradients through where x is positive; at x = 0 the subgradient is 0, as in PyTorch. -> the shape of x."""
    _check_gradient(grad_out, x)
    return grad_out * (x > 0)


def sigmoid(x: Array) -> Array:
    """Squash into 0..1. x: any shape -> the same shape."""
    check_floats(x, "x")
    return stable_sigmoid(x)


def sigmoid_backward(grad_out: Array, x: Array) -> Array:
    """Multiply by d sigmoid / dx = sigmoid(x) · (1 − sigmoid(x)). grad_out: the shape of x -> the same shape."""
    _check_gradient(grad_out, x)
    return grad_out * stable_sigmoid(x) * stable_sigmoid(-x)  # 1 − sigmoid(x) = sigmoid(−x), without cancellation


def stable_sigmoid(x: Array) -> Array:
    """Squash into 0..1, unchecked; exp never sees a positive number, so it cannot overflow. x: any shape -> same."""
    small = np.exp(-np.abs(x))
    squashed: Array = np.where(x >= 0, 1, small) / (1 + small)
    return squashed


def tanh(x: Array) -> Array:
    """Squash into −1..1. x: any shape -> the same shape."""
    check_floats(x, "x")
    return np.tanh(x)


def tanh_backward(grad_out: Array, x: Array) -> Array:
    """Multiply by d tanh / dx = 1 − tanh(x)². grad_out: the shape of x -> the same shape."""
    _check_gradient(grad_out, x)
    grad_x: Array = grad_out * (1 - np.tanh(x) ** 2)
    return grad_x


def _check_gradient(grad_out: Array, x: Array) -> None:
    check_floats(x, "x")
    check_floats(grad_out, "grad_out")
    check_same_shape(grad_out, "grad_out", x.shape, "the output of the activation")
