"""Layer specifications: what there is to say of a layer before any weight of it is made.

A specification knows how the network text writes it, which shape comes out of it, and what it costs. So a network of 138
million parameters is counted without making one, layers are built from it (building.py), and programs can be written from it.

    convolution   parameters = C / groups · kH · kW · filters + filters     multiply-adds = output cells · C / groups · kH · kW
    linear        parameters = inputs · outputs + outputs                    multiply-adds = outputs · inputs

Shapes leave out the batch: (C, H, W) or (features,).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from .checks import check_groups
from .shapes import Pair, ShapeError, Sliding

Shape = tuple[int, ...]
NO_BIAS = "without a bias it is counted and written as a program, but not computed here; leave out 'bias 0'"


@dataclass(frozen=True, kw_only=True)
class LayerSpec:
    """A layer without settings: relu, sigmoid, tanh, identity. kind: its word in the network text."""

    kind: str = ""
    sees_all: ClassVar[bool] = False  # whether one output may see all of the input

    @property
    def reason_not_built(self) -> str:
        """Why no layer can be made of it, or "": some are counted and written as programs, but not computed."""
        return ""

    @property
    def text(self) -> str:
        """How the network text writes this layer."""
        return self.kind

    def output_shape(self, input_shape: Shape) -> Shape:
        """What comes out for one image. Raises ShapeError, whose sentence does not name the layer."""
        return input_shape

    @property
    def window(self) -> Sliding | None:
        """How the pixels that one output cell sees slide over the input; None if it may see all of them."""
        return None if self.sees_all else Sliding(1)

    def parameter_count(self, input_shape: Shape) -> int:
        """How many weights and biases it has."""
        return 0

    def multiply_adds(self, input_shape: Shape) -> int:
        """Multiplications, each with its addition, for one image going forward."""
        return 0


@dataclass(frozen=True, kw_only=True)
class ConvSpec(LayerSpec):
    """Filters that slide over the image. (C, H, W) -> (filters, oH, oW)."""

    kind: str = "conv"
    filters: int
    sliding: Sliding
    groups: int = 1
    bias: bool = True

    @property
    def reason_not_built(self) -> str:
        return "" if self.bias else NO_BIAS

    @property
    def text(self) -> str:
        given = self.sliding
        options = (("stride", given.stride, 1), ("pad", given.padding, 0), ("dilation", given.dilation, 1))
        words = [self.kind, str(self.filters), "{}x{}".format(*given.kernel_size)]
        words += [f"{word} {_pair_text(value)}" for word, value, usual in options if value != (usual, usual)]
        words += [f"groups {self.groups}"] if self.groups > 1 else []
        return " ".join(words if self.bias else [*words, "bias 0"])

    @property
    def window(self) -> Sliding:
        return self.sliding

    def output_shape(self, input_shape: Shape) -> Shape:
        channels, *sizes = image_shape(input_shape, self.kind)
        check_groups(channels, self.filters, self.groups)
        return self.filters, *self.sliding.output_sizes((sizes[0], sizes[1]))

    def parameter_count(self, input_shape: Shape) -> int:
        return self.filters * (self.fan_in(input_shape) + self.bias)

    def multiply_adds(self, input_shape: Shape) -> int:
        return math.prod(self.output_shape(input_shape)) * self.fan_in(input_shape)

    def fan_in(self, input_shape: Shape) -> int:
        """How many numbers each output weighs: all channels of its group under the kernel."""
        return input_shape[0] // self.groups * math.prod(self.sliding.kernel_size)


@dataclass(frozen=True, kw_only=True)
class PoolSpec(LayerSpec):
    """maxpool or avgpool: one number for each window. (C, H, W) -> (C, oH, oW). sliding: see pooling.pool_sliding."""

    sliding: Sliding

    @property
    def text(self) -> str:
        size, stride, padding = self.sliding.kernel_size, self.sliding.stride, self.sliding.padding
        words = [self.kind, _pair_text(size)]
        words += [] if stride == size else ["stride", _pair_text(stride)]
        words += [] if padding == (0, 0) else ["pad", _pair_text(padding)]
        return " ".join(words)

    @property
    def window(self) -> Sliding:
        return self.sliding

    def output_shape(self, input_shape: Shape) -> Shape:
        channels, *sizes = image_shape(input_shape, self.kind)
        return channels, *self.sliding.output_sizes((sizes[0], sizes[1]))


@dataclass(frozen=True, kw_only=True)
class GlobalPoolSpec(LayerSpec):
    """globalavgpool: the mean of each feature map. (C, H, W) -> (C,)."""

    kind: str = "globalavgpool"
    sees_all = True

    def output_shape(self, input_shape: Shape) -> Shape:
        return (image_shape(input_shape, self.kind)[0],)


@dataclass(frozen=True, kw_only=True)
class FlattenSpec(LayerSpec):
    """flatten: maps as one row of numbers. (C, H, W) -> (C·H·W,)."""

    kind: str = "flatten"
    sees_all = True

    def output_shape(self, input_shape: Shape) -> Shape:
        return (math.prod(input_shape),)


@dataclass(frozen=True, kw_only=True)
class LinearSpec(LayerSpec):
    """Every output weighs every input. (features,) -> (outputs,)."""

    kind: str = "linear"
    sees_all = True
    outputs: int
    bias: bool = True

    @property
    def reason_not_built(self) -> str:
        return "" if self.bias else NO_BIAS

    @property
    def text(self) -> str:
        return f"{self.kind} {self.outputs}" if self.bias else f"{self.kind} {self.outputs} bias 0"

    def output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 1:
            raise ShapeError(f"it wants a row of numbers but gets maps {input_shape}; put flatten before it")
        return (self.outputs,)

    def parameter_count(self, input_shape: Shape) -> int:
        return self.outputs * (math.prod(input_shape) + self.bias)

    def multiply_adds(self, input_shape: Shape) -> int:
        return self.outputs * math.prod(input_shape)


@dataclass(frozen=True, kw_only=True)
class DropoutSpec(LayerSpec):
    """dropout: a share of the cells is set to 0 while training."""

    kind: str = "dropout"
    share: float

    @property
    def text(self) -> str:
        return f"{self.kind} {self.share:g}"


@dataclass(frozen=True, kw_only=True)
class ResponseNormSpec(LayerSpec):
    """lrn: local response normalisation over `size` channels, see normalisation.py. (C, H, W) -> the same."""

    kind: str = "lrn"
    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    @property
    def text(self) -> str:
        options = (("alpha", self.alpha, 1e-4), ("beta", self.beta, 0.75), ("k", self.k, 1.0))
        return " ".join([self.kind, str(self.size), *(f"{word} {value:g}" for word, value, usual in options if value != usual)])

    def output_shape(self, input_shape: Shape) -> Shape:
        return image_shape(input_shape, self.kind)


@dataclass(frozen=True, kw_only=True)
class BatchNormSpec(LayerSpec):
    """batchnorm: each channel less its mean, divided by its deviation, times a learned scale, plus a learned shift.

    After training it is one factor and one term for each channel, which go into the convolution before it: so it costs no
    multiply-adds of its own.
    """

    kind: str = "batchnorm"

    @property
    def reason_not_built(self) -> str:
        return "batch normalisation is counted and written as a program, but not computed here; leave it out"

    def parameter_count(self, input_shape: Shape) -> int:
        return 2 * input_shape[0]


def image_shape(input_shape: Shape, kind: str) -> tuple[int, int, int]:
    """Refuse what is not an image or feature maps. -> (C, H, W)."""
    if len(input_shape) != 3:
        raise ShapeError(f"the input has shape {input_shape}, but {kind} wants (C, H, W); put it before Flatten()")
    return input_shape[0], input_shape[1], input_shape[2]


def _pair_text(value: Pair) -> str:
    return str(value[0]) if value[0] == value[1] else f"{value[0]}x{value[1]}"
