"""Layers: an op together with its parameters and with what its backward pass must remember.

Every layer says its output shape before it computes, turns x into y in `forward`, and turns d loss / d y into
d loss / d x in `backward`, leaving d loss / d parameter in `gradients`. Shapes in this file leave out the batch where
they say `shape`: (C, H, W) or (features,). Arrays that come out belong to the layer and are overwritten by its next
call (see fast.py): copy what must outlive the step.
"""

from __future__ import annotations

import math

import numpy as np

from . import fast
from .initialisers import glorot_uniform, he_normal
from .pooling import pool_geometry
from .shapes import Array, IntOrPair, Pair, ShapeError, output_sizes, pair

Shape = tuple[int, ...]


class Layer:
    """One stage of a network. kind: its word in the text form; text: how the text form writes it."""

    kind = ""

    def __init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}

    @property
    def text(self) -> str:
        """How the text form of a network writes this layer."""
        return self.kind

    def output_shape(self, input_shape: Shape) -> Shape:
        """What comes out for one image. (C, H, W) or (features,) -> the same without the batch; raises ShapeError."""
        return input_shape

    def multiply_adds(self, input_shape: Shape) -> int:
        """Multiplications, each with its addition, for one image going forward."""
        return 0

    def forward(self, x: Array) -> Array:
        """x: (N, *input_shape) -> (N, *output_shape)."""
        raise NotImplementedError("each layer says here what it computes")

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        """grad_out: (N, *output_shape) -> grad_x: (N, *input_shape), or None if it is not needed; fills `gradients`."""
        raise NotImplementedError("each layer says here what it sends back")

    def _own(self, **parameters: Array) -> None:
        self.parameters = parameters
        self.gradients = {name: np.zeros_like(value) for name, value in parameters.items()}

    def _keep(self, grad_x: Array | None, grad_weight: Array, grad_bias: Array) -> Array | None:
        self.gradients["weight"][...] = grad_weight
        self.gradients["bias"][...] = grad_bias
        return grad_x


class Conv2d(Layer):
    """Slide F = out_channels filters over the image. (C, H, W) -> (F, oH, oW); weight: (F, C, kH, kW), bias: (F,)."""

    kind = "conv"

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: IntOrPair, *, rng: np.random.Generator,
        stride: IntOrPair = 1, padding: IntOrPair = 0, dilation: IntOrPair = 1,
    ) -> None:
        super().__init__()
        self.kernel_size = pair(kernel_size, "kernel_size", at_least=1)
        self.stride, self.padding = pair(stride, "stride", at_least=1), pair(padding, "padding", at_least=0)
        self.dilation = pair(dilation, "dilation", at_least=1)
        weight = he_normal(rng, (out_channels, in_channels, *self.kernel_size))
        self._own(weight=weight.astype(np.float32), bias=np.zeros(out_channels, np.float32))
        self._plan = fast.Conv2dPlan(stride=self.stride, padding=self.padding, dilation=self.dilation)

    @property
    def text(self) -> str:
        words = [self.kind, str(len(self.parameters["weight"])), "{}x{}".format(*self.kernel_size)]
        settings = (("stride", self.stride, 1), ("pad", self.padding, 0), ("dilation", self.dilation, 1))
        for word, value, usual in settings:
            words += [] if value == (usual, usual) else [word, _pair_text(value)]
        return " ".join(words)

    def output_shape(self, input_shape: Shape) -> Shape:
        channels, rows, columns = _image_shape(input_shape, self.kind)
        weight = self.parameters["weight"]
        if channels != weight.shape[1]:
            raise ShapeError(
                f"the input has {channels} channels but the filters expect {weight.shape[1]}; "
                f"build the layer with in_channels={channels}"
            )
        sizes = output_sizes(
            (rows, columns), self.kernel_size, stride=self.stride, padding=self.padding, dilation=self.dilation
        )
        return len(weight), *sizes

    def multiply_adds(self, input_shape: Shape) -> int:
        return int(math.prod(self.output_shape(input_shape)) * self.parameters["weight"][0].size)

    def forward(self, x: Array) -> Array:
        return self._plan.forward(x, self.parameters["weight"], self.parameters["bias"])

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        return self._keep(*self._plan.backward(grad_out, needs_grad_x=needs_grad_x))


class _Pool2d(Layer):
    """What both poolings share: the geometry. (C, H, W) -> (C, oH, oW)."""

    def __init__(self, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> None:
        super().__init__()
        self.kernel_size = pair(kernel_size, "kernel_size", at_least=1)
        self.stride = self.kernel_size if stride is None else pair(stride, "stride", at_least=1)
        self.padding = pair(padding, "padding", at_least=0)
        self._plan = self._make_plan()

    @property
    def text(self) -> str:
        words = [self.kind, _pair_text(self.kernel_size)]
        words += [] if self.stride == self.kernel_size else ["stride", _pair_text(self.stride)]
        words += [] if self.padding == (0, 0) else ["pad", _pair_text(self.padding)]
        return " ".join(words)

    def output_shape(self, input_shape: Shape) -> Shape:
        channels, rows, columns = _image_shape(input_shape, self.kind)
        return channels, *pool_geometry((rows, columns), self.kernel_size, self.stride, self.padding)[3]

    def forward(self, x: Array) -> Array:
        return self._plan.forward(x)

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        return self._plan.backward(grad_out)

    def _make_plan(self) -> fast.MaxPool2dPlan | fast.AvgPool2dPlan:
        raise NotImplementedError("each pooling names its plan here")


class MaxPool2d(_Pool2d):
    """The largest pixel of each window. (C, H, W) -> (C, oH, oW). The gradient goes to the first maximum."""

    kind = "maxpool"

    def _make_plan(self) -> fast.MaxPool2dPlan:
        return fast.MaxPool2dPlan(self.kernel_size, stride=self.stride, padding=self.padding)


class AvgPool2d(_Pool2d):
    """The mean of each window. (C, H, W) -> (C, oH, oW). The gradient is shared out equally."""

    kind = "avgpool"

    def _make_plan(self) -> fast.AvgPool2dPlan:
        return fast.AvgPool2dPlan(self.kernel_size, stride=self.stride, padding=self.padding)


class Linear(Layer):
    """Every output weighs every input. (I,) -> (O,); weight: (O, I), bias: (O,). Starts Glorot-uniform."""

    kind = "linear"

    def __init__(self, in_features: int, out_features: int, *, rng: np.random.Generator) -> None:
        super().__init__()
        weight = glorot_uniform(rng, (out_features, in_features))
        self._own(weight=weight.astype(np.float32), bias=np.zeros(out_features, np.float32))
        self._plan = fast.LinearPlan()

    @property
    def text(self) -> str:
        return f"{self.kind} {len(self.parameters['weight'])}"

    def output_shape(self, input_shape: Shape) -> Shape:
        outputs, inputs = self.parameters["weight"].shape
        if input_shape != (inputs,):
            raise ShapeError(
                f"the input has shape {input_shape} but the weights expect ({inputs},); put Flatten() before it, or "
                f"build the layer with in_features={math.prod(input_shape)}"
            )
        return (outputs,)

    def multiply_adds(self, input_shape: Shape) -> int:
        return self.parameters["weight"].size

    def forward(self, x: Array) -> Array:
        return self._plan.forward(x, self.parameters["weight"], self.parameters["bias"])

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        return self._keep(*self._plan.backward(grad_out, needs_grad_x=needs_grad_x))


def _image_shape(input_shape: Shape, kind: str) -> tuple[int, int, int]:
    if len(input_shape) != 3:
        raise ShapeError(f"the input has shape {input_shape}, but {kind} wants (C, H, W); put it before Flatten()")
    return input_shape[0], input_shape[1], input_shape[2]


def _pair_text(value: Pair) -> str:
    return str(value[0]) if value[0] == value[1] else f"{value[0]}x{value[1]}"
