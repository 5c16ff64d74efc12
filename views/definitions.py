"""The definitions as far as they can be computed while somebody waits: some cells of a convolution by loops, and a network
with the engine's plain functions instead of its fast plans.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine import (
    Layer,
    avg_pool2d,
    avg_pool2d_backward,
    conv2d,
    conv2d_backward,
    conv2d_loops,
    flatten,
    flatten_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    linear,
    linear_backward,
    local_response_norm,
    local_response_norm_backward,
    max_pool2d,
    max_pool2d_backward,
    output_sizes,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from ..engine.shapes import Array, Pair

MOST_PRODUCTS = 40_000  # by loops: 0.05 s natively, 0.3 s in a browser


@dataclass(frozen=True)
class Part:
    """Some cells of an output (N, F, oH, oW): the first filters, and rows."""

    filters: slice
    rows: slice
    whole: bool

    @property
    def cells(self) -> tuple[slice, slice, slice]:
        """The index of these cells."""
        return slice(None), self.filters, self.rows

    @property
    def words(self) -> str:
        """Which rows, in words."""
        last = self.rows.stop - 1
        return f"output row {last}" if self.rows.start == last else f"output rows {self.rows.start} to {last}"

    @property
    def note(self) -> str:
        """What was left out, as a sentence."""
        return "" if self.whole else f"Compared for {self.words} only: loops over all of them would take too long."


def part_by_loops(
    x: Array, weight: Array, bias: Array | None = None, *,
    stride: Pair, padding: Pair, dilation: Pair, around: int | None = None,
) -> tuple[Part, Array]:
    """As many cells of conv2d_loops as take MOST_PRODUCTS, and which. around: the row that must be there, else the middle.

    x: (N, C, H, W), weight: (F, C, kH, kW), bias: (F,) -> the cells that Part names.
    """
    kernel_size = (weight.shape[2], weight.shape[3])
    oH, oW = output_sizes((x.shape[2], x.shape[3]), kernel_size, stride=stride, padding=padding, dilation=dilation)
    row_of_filter = len(x) * oW * math.prod(weight.shape[1:])  # products
    filters = min(len(weight), max(1, MOST_PRODUCTS // row_of_filter))
    count = min(oH, max(1, MOST_PRODUCTS // (row_of_filter * filters)))
    first = min(max(0, (oH // 2 if around is None else around) - count // 2), oH - count)
    part = Part(slice(0, filters), slice(first, first + count), (filters, count) == (len(weight), oH))
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0], padding[0]), (0, 0)))
    top, span = first * stride[0], dilation[0] * (kernel_size[0] - 1) + 1
    strip = padded[:, :, top : top + (count - 1) * stride[0] + span]
    how: dict[str, Any] = {"stride": stride, "padding": (0, padding[1]), "dilation": dilation}
    return part, conv2d_loops(strip, weight[:filters], None if bias is None else bias[:filters], **how)


Back = Callable[[Array], tuple[Array, dict[str, Array]]]  # grad_out -> grad_x, the gradient of each parameter
Plain = Callable[[Any, Array], tuple[Array, Back]]  # (layer, x) -> its output, the way back


def window_of(layer: Any) -> dict[str, Any]:
    """How a convolution or a pooling slides, as the engine takes it."""
    return {name: getattr(layer, name) for name in ("stride", "padding", "dilation", "groups") if hasattr(layer, name)}


def plain_chain(names: Sequence[str], layers: Sequence[Layer], x: Array) -> tuple[list[Array], Back]:
    """Every activation of some layers in a row by the plain functions, and the way back."""
    activations, backs = [np.ascontiguousarray(x)], []
    for layer in layers:
        out, back = PLAIN[layer.kind](layer, activations[-1])
        activations.append(out)
        backs.append(back)

    def back_through(grad: Array) -> tuple[Array, dict[str, Array]]:
        found: dict[str, Array] = {}
        for name, back in zip(reversed(names), reversed(backs), strict=True):
            grad, gradients = back(grad)
            found |= {f"{name}.{part}": gradient for part, gradient in gradients.items()}
        return grad, found

    return activations, back_through


def _conv(layer: Any, x: Array) -> tuple[Array, Back]:
    weight, bias = layer.parameters["weight"], layer.parameters["bias"]

    def back(grad: Array) -> tuple[Array, dict[str, Array]]:
        grad_x, grad_weight, grad_bias = conv2d_backward(grad, x, weight, **window_of(layer))
        return grad_x, {"weight": grad_weight, "bias": grad_bias}

    return conv2d(x, weight, bias, **window_of(layer)), back


def _linear(layer: Any, x: Array) -> tuple[Array, Back]:
    weight, bias = layer.parameters["weight"], layer.parameters["bias"]

    def back(grad: Array) -> tuple[Array, dict[str, Array]]:
        grad_x, grad_weight, grad_bias = linear_backward(grad, x, weight)
        return grad_x, {"weight": grad_weight, "bias": grad_bias}

    return linear(x, weight, bias), back


def _branches(layer: Any, x: Array) -> tuple[Array, Back]:
    runs = [plain_chain(branch.names, branch.layers, x) for branch in layer.branches]
    outs = [activations[-1] for activations, _ in runs]
    ends = np.cumsum([out.shape[1] for out in outs])[:-1]

    def back(grad: Array) -> tuple[Array, dict[str, Array]]:
        parts = np.split(grad, ends, axis=1) if layer.kind == "concat" else [grad] * len(runs)
        gradients = [back(part) for (_, back), part in zip(runs, parts, strict=True)]
        named = {
            f"branch{n}.{name}": value for n, (_, found) in enumerate(gradients, start=1) for name, value in found.items()
        }
        return np.sum([grad_x for grad_x, _ in gradients], axis=0), named

    return np.concatenate(outs, axis=1) if layer.kind == "concat" else np.sum(outs, axis=0), back


def _without_parameters(
    forward: Callable[..., Array], backward: Callable[..., Array], given: Callable[[Any], dict[str, Any]] = lambda layer: {}
) -> Plain:
    def run(layer: Any, x: Array) -> tuple[Array, Back]:
        return forward(x, **given(layer)), lambda grad: (backward(grad, x, **given(layer)), {})

    return run


def _pooling(layer: Any) -> dict[str, Any]:
    return {"kernel_size": layer.kernel_size, **window_of(layer)}


def _response(layer: Any) -> dict[str, Any]:
    return {name: getattr(layer.spec, name) for name in ("size", "alpha", "beta", "k")}


# Each kind of layer by the engine's plain functions; dropout as in evaluation.
PLAIN: dict[str, Plain] = {
    "conv": _conv,
    "linear": _linear,
    "concat": _branches,
    "add": _branches,
    "maxpool": _without_parameters(max_pool2d, max_pool2d_backward, _pooling),
    "avgpool": _without_parameters(avg_pool2d, avg_pool2d_backward, _pooling),
    "globalavgpool": _without_parameters(global_avg_pool2d, global_avg_pool2d_backward),
    "lrn": _without_parameters(local_response_norm, local_response_norm_backward, _response),
    "relu": _without_parameters(relu, relu_backward),
    "sigmoid": _without_parameters(sigmoid, sigmoid_backward),
    "tanh": _without_parameters(tanh, tanh_backward),
    "flatten": _without_parameters(flatten, flatten_backward),
    "identity": _without_parameters(lambda x: x, lambda grad, x: grad),
    "dropout": _without_parameters(lambda x: x, lambda grad, x: grad),
}


def layer_by_definition(layer: Layer, x: Array) -> tuple[Any, Array, bool]:
    """What one layer makes of x: (index of the cells, their values, whether these are all). A convolution by loops."""
    if layer.kind != "conv":
        return ..., PLAIN[layer.kind](layer, x)[0], True
    how = window_of(layer)
    groups = how.pop("groups", 1)  # the first group is a convolution of its own
    weight, bias = (part[: len(part) // groups] for part in layer.parameters.values())
    part, values = part_by_loops(x[:, : weight.shape[1]], weight, bias, **how)
    return part.cells, values, part.whole and groups == 1
