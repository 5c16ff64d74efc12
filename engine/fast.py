"""Plans: the ops of the training loop with their buffers kept, so that a step allocates nothing.

A layer owns one plan and calls it once per forward and once per backward:

    plan = Conv2dPlan(stride=1, padding=2)                       # also MaxPool2dPlan, AvgPool2dPlan(kernel_size, ...)
    out = plan.forward(x, weight, bias)                          # pool and relu plans: forward(x)
    grad_x, grad_weight, grad_bias = plan.backward(grad_out)     # pool and relu plans: backward(grad_out) -> grad_x
    _, grad_weight, grad_bias = plan.backward(grad_out, needs_grad_x=False)      # the first layer of a network

Three promises. The numbers are those of the plain functions (conv2d, max_pool2d, ...), up to rounding; tests prove it.
Every array that comes out has shape (N, C, H, W) but lies in memory with the batch innermost, (C, H, W, N): any later
plan reads that without a copy, and so does flatten_batch. The arrays belong to the plan: the next call overwrites them,
so copy what must outlive the step. Shapes are checked when they change; values are never scanned.
"""

from __future__ import annotations

import numpy as np

from . import activations, conv, pooling
from .shapes import Array, IntOrPair


class Conv2dPlan:
    """Convolution with its columns kept from forward for backward."""

    def __init__(self, *, stride: IntOrPair = 1, padding: IntOrPair = 0, dilation: IntOrPair = 1) -> None:
        self.stride, self.padding, self.dilation = stride, padding, dilation

    def forward(self, x: Array, weight: Array, bias: Array | None = None) -> Array:
        """Convolve. x: (N, C, H, W), weight: (F, C, kH, kW), bias: (F,) -> (N, F, oH, oW)."""
        self._x, self._weight = x, weight
        return conv.conv2d(x, weight, bias, stride=self.stride, padding=self.padding, dilation=self.dilation)

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> tuple[Array | None, Array, Array]:
        """Go back through the last forward. grad_out: (N, F, oH, oW) -> grad_x or None, grad_weight, grad_bias."""
        grad_x, grad_weight, grad_bias = conv.conv2d_backward(
            grad_out, self._x, self._weight, stride=self.stride, padding=self.padding, dilation=self.dilation
        )
        return (grad_x if needs_grad_x else None), grad_weight, grad_bias


class MaxPool2dPlan:
    """Max-pooling that remembers who won."""

    def __init__(self, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def forward(self, x: Array) -> Array:
        """Keep the largest pixel of each window. x: (N, C, H, W) -> (N, C, oH, oW)."""
        self._x = x
        return pooling.max_pool2d(x, self.kernel_size, stride=self.stride, padding=self.padding)

    def backward(self, grad_out: Array) -> Array:
        """Hand each gradient to the first maximum of its window. grad_out: (N, C, oH, oW) -> grad_x: (N, C, H, W)."""
        return pooling.max_pool2d_backward(
            grad_out, self._x, self.kernel_size, stride=self.stride, padding=self.padding
        )


class AvgPool2dPlan:
    """Average pooling."""

    def __init__(self, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def forward(self, x: Array) -> Array:
        """Take the mean of each window. x: (N, C, H, W) -> (N, C, oH, oW)."""
        self._x = x
        return pooling.avg_pool2d(x, self.kernel_size, stride=self.stride, padding=self.padding)

    def backward(self, grad_out: Array) -> Array:
        """Share each gradient equally among its window. grad_out: (N, C, oH, oW) -> grad_x: (N, C, H, W)."""
        return pooling.avg_pool2d_backward(
            grad_out, self._x, self.kernel_size, stride=self.stride, padding=self.padding
        )


class ReLUPlan:
    """ReLU of any shape, memory order kept."""

    def forward(self, x: Array) -> Array:
        """Cut off what is negative. x: any shape -> the same shape."""
        self._x = x
        return activations.relu(x)

    def backward(self, grad_out: Array) -> Array:
        """Let gradients through where x was positive. grad_out: the shape of x -> grad_x: the same shape."""
        return activations.relu_backward(grad_out, self._x)


def flatten_batch(x: Array) -> Array:
    """Lay each image out as one row, without a copy where memory allows. x: (N, C, H, W) -> (N, C·H·W)."""
    return x.transpose(1, 2, 3, 0).reshape(-1, x.shape[0]).T


def unflatten_batch(rows: Array, shape: tuple[int, ...]) -> Array:
    """Undo flatten_batch. rows: (N, C·H·W), shape: (N, C, H, W) -> (N, C, H, W)."""
    return np.moveaxis(rows.T.reshape(*shape[1:], shape[0]), -1, 0)
