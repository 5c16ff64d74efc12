"""Layers without parameters that work cell by cell, and Flatten, which only lays the cells out anew."""

from __future__ import annotations

import numpy as np

from . import fast
from .activations import stable_sigmoid
from .layer_specs import DropoutSpec, FlattenSpec
from .layers import Layer
from .shapes import Array


class Flatten(Layer):
    """Lay the maps out as one row, channel by channel, row by row. (C, H, W) -> (C·H·W,)."""

    kind = "flatten"

    @property
    def spec(self) -> FlattenSpec:
        return FlattenSpec()

    def forward(self, x: Array) -> Array:
        self._shape = x.shape
        return fast.flatten_batch(x)

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        return fast.unflatten_batch(grad_out, self._shape)


class Identity(Layer):
    """Hands on what it gets: the short way of a residual block."""

    kind = "identity"

    def forward(self, x: Array) -> Array:
        return x

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        return grad_out


class ReLU(Layer):
    """max(x, 0), cell by cell. Its gradient at 0 is 0."""

    kind = "relu"

    def __init__(self) -> None:
        super().__init__()
        self._plan = fast.ReLUPlan()

    def forward(self, x: Array) -> Array:
        return self._plan.forward(x)

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        return self._plan.backward(grad_out)


class Sigmoid(Layer):
    """y = 1 / (1 + exp(−x)), cell by cell; dy/dx = y · (1 − y)."""

    kind = "sigmoid"

    def forward(self, x: Array) -> Array:
        self._out = stable_sigmoid(x)
        return self._out

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        grad_x: Array = grad_out * self._out * (1 - self._out)
        return grad_x


class Tanh(Layer):
    """y = tanh(x), cell by cell; dy/dx = 1 − y²."""

    kind = "tanh"

    def forward(self, x: Array) -> Array:
        self._out = np.tanh(x)
        return self._out

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        grad_x: Array = grad_out * (1 - self._out**2)
        return grad_x


class Dropout(Layer):
    """While training, set a share p of the cells to 0 and divide the others by 1 − p; otherwise change nothing."""

    kind = "dropout"

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}, but the share to drop must be in [0, 1); try Dropout(0.5, rng=rng)")
        self.p, self.training, self._rng = p, False, rng

    @property
    def spec(self) -> DropoutSpec:
        return DropoutSpec(share=self.p)

    def set_training(self, training: bool) -> None:
        self.training = training

    def forward(self, x: Array) -> Array:
        self._kept = np.ones((), x.dtype)
        if self.training:
            self._kept = (self._rng.random(x.shape) >= self.p).astype(x.dtype) / x.dtype.type(1 - self.p)
        return x * self._kept

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        return grad_out * self._kept
