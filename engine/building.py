"""From specifications to layers with fresh weights, the same for the same random generator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .branches import Add, Concat
from .cell_layers import Dropout, Flatten, Identity, ReLU, Sigmoid, Tanh
from .chain_specs import BranchesSpec
from .layer_specs import ConvSpec, DropoutSpec, LayerSpec, LinearSpec, PoolSpec, ResponseNormSpec, Shape
from .layers import AvgPool2d, Conv2d, GlobalAvgPool2d, Layer, Linear, LocalResponseNorm, MaxPool2d
from .shapes import ShapeError

WITHOUT_SETTINGS = {cls.kind: cls for cls in (Flatten, GlobalAvgPool2d, Identity, ReLU, Sigmoid, Tanh)}
POOLINGS = {cls.kind: cls for cls in (MaxPool2d, AvgPool2d)}
BRANCHES = {cls.kind: cls for cls in (Concat, Add)}


def build_layers(specs: Sequence[LayerSpec], input_shape: Shape, rng: np.random.Generator) -> list[Layer]:
    """Make layers in a row, whatever their size. input_shape: (C, H, W). Raises ShapeError if one does not fit."""
    layers, shape = [], tuple(input_shape)
    for spec in specs:
        next_shape = spec.output_shape(shape)
        layers.append(_build(spec, shape, rng))
        shape = next_shape
    return layers


def _build(spec: LayerSpec, shape: Shape, rng: np.random.Generator) -> Layer:
    """Make one layer that gets this shape."""
    if spec.reason_not_built:
        raise ShapeError(f"'{spec.text}': {spec.reason_not_built}")
    match spec:
        case ConvSpec(sliding=sliding):
            size, stride, padding, dilation = sliding.kernel_size, sliding.stride, sliding.padding, sliding.dilation
            options = {"stride": stride, "padding": padding, "dilation": dilation}
            return Conv2d(shape[0], spec.filters, size, rng=rng, groups=spec.groups, **options)
        case PoolSpec(sliding=sliding):
            return POOLINGS[spec.kind](sliding.kernel_size, stride=sliding.stride, padding=sliding.padding)
        case LinearSpec():
            return Linear(shape[0], spec.outputs, rng=rng)
        case DropoutSpec():
            return Dropout(spec.share, rng=rng)
        case ResponseNormSpec():
            return LocalResponseNorm(spec.size, alpha=spec.alpha, beta=spec.beta, k=spec.k)
        case BranchesSpec():
            return BRANCHES[spec.kind]([build_layers(branch, shape, rng) for branch in spec.branches])
    return WITHOUT_SETTINGS[spec.kind]()
