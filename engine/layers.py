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
from .checks import check_groups
from .initialisers import glorot_uniform, he_normal
from .layer_specs import ConvSpec, GlobalPoolSpec, LayerSpec, LinearSpec, PoolSpec, ResponseNormSpec, Shape
from .normalisation import check_response_settings, response_gradient, response_scale
from .pooling import pool_sliding
from .shapes import Array, IntOrPair, ShapeError, Sliding


class Layer:
    """One stage of a network. kind: its word in the text form; text: how the text form writes it."""

    kind = ""

    def __init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}

    @property
    def spec(self) -> LayerSpec:
        """The specification of this layer, from which another one can be built."""
        return LayerSpec(kind=self.kind)

    @property
    def text(self) -> str:
        """How the text form of a network writes this layer."""
        return self.spec.text

    def output_shape(self, input_shape: Shape) -> Shape:
        """What comes out for one image. (C, H, W) or (features,) -> the same without the batch; raises ShapeError."""
        return self.spec.output_shape(input_shape)

    def multiply_adds(self, input_shape: Shape) -> int:
        """Multiplications, each with its addition, for one image going forward."""
        return self.spec.multiply_adds(input_shape)

    def forward(self, x: Array) -> Array:
        """x: (N, *input_shape) -> (N, *output_shape)."""
        raise NotImplementedError("each layer says here what it computes")

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        """grad_out: (N, *output_shape) -> grad_x: (N, *input_shape), or None if it is not needed; fills `gradients`."""
        raise NotImplementedError("each layer says here what it sends back")

    def input_gradient(self, grad_out: Array) -> Array:
        """grad_out: (N, *output_shape) -> grad_x: (N, *input_shape), as backward's; `gradients` stay as they are."""
        grad_x = self.backward(grad_out)
        assert grad_x is not None  # it is needed
        return grad_x

    def set_training(self, training: bool) -> None:
        """Switch between training and evaluation, for layers to which that makes a difference."""

    def move_into(self, vector: Array, gradient_vector: Array, start: int) -> int:
        """Keep the parameters and their gradients in these vectors from `start` on. -> where they end."""
        for part, value in self.parameters.items():
            stop = start + value.size
            vector[start:stop] = value.ravel()
            self.parameters[part] = vector[start:stop].reshape(value.shape)
            self.gradients[part] = gradient_vector[start:stop].reshape(value.shape)
            start = stop
        return start


class _Weighted(Layer):
    """What layers with weights share: their plan's gradients are kept beside the parameters."""

    _plan: fast.Conv2dPlan | fast.GroupedConv2dPlan | fast.LinearPlan

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        grad_x, grad_weight, grad_bias = self._plan.backward(grad_out, needs_grad_x=needs_grad_x)
        self.gradients["weight"][...], self.gradients["bias"][...] = grad_weight, grad_bias
        return grad_x

    def input_gradient(self, grad_out: Array) -> Array:
        return self._plan.grad_x(grad_out)

    def _own(self, **parameters: Array) -> None:
        self.parameters = parameters
        self.gradients = {name: np.zeros_like(value) for name, value in parameters.items()}


class Conv2d(_Weighted):
    """Slide F = out_channels filters over the image. (C, H, W) -> (F, oH, oW); weight: (F, C/groups, kH, kW), bias: (F,)."""

    kind = "conv"

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: IntOrPair, *, rng: np.random.Generator,
        stride: IntOrPair = 1, padding: IntOrPair = 0, dilation: IntOrPair = 1, groups: int = 1,
    ) -> None:
        super().__init__()
        check_groups(in_channels, out_channels, groups)
        self._spec = ConvSpec(filters=out_channels, sliding=Sliding(kernel_size, stride, padding, dilation), groups=groups)
        sliding = self._spec.sliding
        self.kernel_size, self.stride, self.padding = sliding.kernel_size, sliding.stride, sliding.padding
        self.dilation, self.groups = sliding.dilation, groups
        weight = he_normal(rng, (out_channels, in_channels // groups, *self.kernel_size))
        self._own(weight=weight.astype(np.float32), bias=np.zeros(out_channels, np.float32))
        options = {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}
        self._plan = fast.GroupedConv2dPlan(groups, **options) if groups > 1 else fast.Conv2dPlan(**options)

    @property
    def spec(self) -> ConvSpec:
        return self._spec

    def output_shape(self, input_shape: Shape) -> Shape:
        expected = self.groups * self.parameters["weight"].shape[1]
        if len(input_shape) == 3 and input_shape[0] != expected:
            raise ShapeError(
                f"the input has {input_shape[0]} channels but the filters expect {expected}; "
                f"build the layer with in_channels={input_shape[0]}"
            )
        return super().output_shape(input_shape)

    def forward(self, x: Array) -> Array:
        return self._plan.forward(x, self.parameters["weight"], self.parameters["bias"])


class _Pool2d(Layer):
    """What both poolings share: the geometry. (C, H, W) -> (C, oH, oW)."""

    def __init__(self, kernel_size: IntOrPair, *, stride: IntOrPair | None = None, padding: IntOrPair = 0) -> None:
        super().__init__()
        sliding = pool_sliding(kernel_size, stride, padding)
        self._spec = PoolSpec(kind=self.kind, sliding=sliding)
        self.kernel_size, self.stride, self.padding = sliding.kernel_size, sliding.stride, sliding.padding
        self._plan = self._make_plan()

    @property
    def spec(self) -> PoolSpec:
        return self._spec

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


class GlobalAvgPool2d(Layer):
    """The mean of each feature map. (C, H, W) -> (C,). The gradient is shared out equally."""

    kind = "globalavgpool"

    def __init__(self) -> None:
        super().__init__()
        self._plan = fast.GlobalAvgPool2dPlan()

    @property
    def spec(self) -> GlobalPoolSpec:
        return GlobalPoolSpec()

    def forward(self, x: Array) -> Array:
        return self._plan.forward(x)

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        return self._plan.backward(grad_out)


class LocalResponseNorm(Layer):
    """Divide each cell by a power of its neighbours' squares, channel by channel. (C, H, W) -> the same.

    There is no plan for it: it runs normalisation.py's plain form, and allocates in each step.
    """

    kind = "lrn"

    def __init__(self, size: int, *, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        check_response_settings(size, alpha, beta, k)
        self._spec = ResponseNormSpec(size=size, alpha=alpha, beta=beta, k=k)

    @property
    def spec(self) -> ResponseNormSpec:
        return self._spec

    def forward(self, x: Array) -> Array:
        self._x, self._scale = x, response_scale(x, self._spec.size, self._spec.alpha, self._spec.k)
        out: Array = x * self._scale**-self._spec.beta
        return out

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        spec = self._spec
        return response_gradient(grad_out, self._x, self._scale, spec.size, spec.alpha, spec.beta)


class Linear(_Weighted):
    """Every output weighs every input. (I,) -> (O,); weight: (O, I), bias: (O,). Starts Glorot-uniform."""

    kind = "linear"

    def __init__(self, in_features: int, out_features: int, *, rng: np.random.Generator) -> None:
        super().__init__()
        weight = glorot_uniform(rng, (out_features, in_features))
        self._own(weight=weight.astype(np.float32), bias=np.zeros(out_features, np.float32))
        self._plan = fast.LinearPlan()

    @property
    def spec(self) -> LinearSpec:
        return LinearSpec(outputs=len(self.parameters["weight"]))

    def output_shape(self, input_shape: Shape) -> Shape:
        outputs, inputs = self.parameters["weight"].shape
        if input_shape != (inputs,):
            raise ShapeError(
                f"the input has shape {input_shape} but the weights expect ({inputs},); put Flatten() before it, or "
                f"build the layer with in_features={math.prod(input_shape)}"
            )
        return (outputs,)

    def forward(self, x: Array) -> Array:
        return self._plan.forward(x, self.parameters["weight"], self.parameters["bias"])
