"""Every layer by its definition: the engine's readable functions, and the numbers that they give for the present settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...engine import (
    SGD,
    avg_pool2d,
    avg_pool2d_backward,
    conv2d_backward_loops,
    conv2d_loops,
    cross_entropy,
    cross_entropy_backward,
    flatten,
    flatten_backward,
    linear,
    linear_backward,
    max_pool2d_backward,
    max_pool2d_loops,
    relu,
    relu_backward,
    softmax,
)
from .settings import GradientsSettings

Arrays = dict[str, np.ndarray]
POOL = 2  # pixels a side of a window of the small network
FUNCTIONS: Mapping[str, tuple[Callable[..., Any], ...]] = {
    "convolution": (conv2d_backward_loops, conv2d_loops),
    "max_pooling": (max_pool2d_backward, max_pool2d_loops),
    "average_pooling": (avg_pool2d_backward, avg_pool2d),
    "relu": (relu_backward, relu),
    "linear": (linear_backward, linear, flatten, flatten_backward),
    "softmax": (cross_entropy_backward, softmax, cross_entropy),
    "network": (
        conv2d_loops, relu, max_pool2d_loops, linear, cross_entropy, cross_entropy_backward, linear_backward,
        max_pool2d_backward, relu_backward, conv2d_backward_loops, SGD,
    ),
}  # fmt: skip


def defined(settings: GradientsSettings) -> Arrays:
    """The output and the gradients, by the names of the grids that show them."""
    return {
        "convolution": _convolution, "max_pooling": _pooling, "average_pooling": _pooling, "relu": _relu,
        "linear": _linear, "softmax": _softmax, "network": _network,
    }[settings.layer](settings)  # fmt: skip


def _convolution(settings: GradientsSettings) -> Arrays:
    x, weight, grad_out = _image(settings.x), _image(settings.weights), _image(settings.grad_out)
    output = conv2d_loops(x, weight, np.array([settings.bias]), stride=settings.stride, padding=settings.padding)
    back = conv2d_backward_loops(grad_out, x, weight, stride=settings.stride, padding=settings.padding)
    return {"output": output[0, 0], "grad_x": back[0][0, 0], "grad_weight": back[1][0, 0], "grad_bias": back[2][None]}


def _pooling(settings: GradientsSettings) -> Arrays:
    forward, backward = max_pool2d_loops, max_pool2d_backward
    if settings.layer == "average_pooling":
        forward, backward = avg_pool2d, avg_pool2d_backward
    x, grad_out = _image(settings.x), _image(settings.grad_out)
    grad_x = backward(grad_out, x, settings.window, stride=settings.stride)
    return {"output": forward(x, settings.window, stride=settings.stride)[0, 0], "grad_x": grad_x[0, 0]}


def _relu(settings: GradientsSettings) -> Arrays:
    x = _array(settings.x)
    return {"output": relu(x), "grad_x": relu_backward(_array(settings.grad_out), x)}


def _linear(settings: GradientsSettings) -> Arrays:
    maps, weight = _array(settings.maps).reshape(1, 2, 2, 2), _array(settings.linear_weights)
    output = linear(flatten(maps), weight, _array(settings.biases[0]))
    grad_flat, grad_weight, grad_bias = linear_backward(_array(settings.grad_out[:1]), flatten(maps), weight)
    grad_maps = flatten_backward(grad_flat, maps)[0]
    found = {"output": output.T, "grad_flat": grad_flat, "grad_weight": grad_weight, "grad_bias": grad_bias[:, None]}
    return found | {f"grad_map_{c}": grad_map for c, grad_map in enumerate(grad_maps)}


def _softmax(settings: GradientsSettings) -> Arrays:
    logits, labels = _array(settings.logits), np.array([settings.label])
    loss, grad_logits = np.array([[cross_entropy(logits, labels)]]), cross_entropy_backward(logits, labels)
    return {"probabilities": softmax(logits), "loss": loss, "grad_logits": grad_logits}


def _network(settings: GradientsSettings) -> Arrays:
    image, labels = _image(settings.image), np.array([settings.label])
    kernel, weight = _image(settings.first_kernel), _array(settings.class_weights)
    conv = conv2d_loops(image, kernel)
    rectified = relu(conv)
    pool = max_pool2d_loops(rectified, POOL)
    logits = linear(flatten(pool), weight)
    grad_logits = cross_entropy_backward(logits, labels)
    grad_flat, grad_weight, _ = linear_backward(grad_logits, flatten(pool), weight)
    grad_relu = max_pool2d_backward(flatten_backward(grad_flat, pool), rectified, POOL)
    grad_conv = relu_backward(grad_relu, conv)
    grad_kernel = conv2d_backward_loops(grad_conv, image, kernel)[1]
    SGD([kernel, weight], float(settings.learning_rate)).step([grad_kernel, grad_weight])
    return {
        "conv": conv[0, 0], "relu": rectified[0, 0], "pool": pool[0, 0], "logits": logits.T, "p": softmax(logits).T,
        "loss": np.array([[cross_entropy(logits, labels)]]), "grad_logits": grad_logits.T, "grad_weight": grad_weight,
        "grad_relu": grad_relu[0, 0], "grad_conv": grad_conv[0, 0], "grad_kernel": grad_kernel[0, 0],
        "new_kernel": kernel[0, 0], "new_weight": weight,
    }  # fmt: skip


def _array(rows: Any) -> np.ndarray:
    return np.array(rows, dtype=np.float64)


def _image(rows: Any) -> np.ndarray:
    """One image of one channel. -> (1, 1, H, W)."""
    return _array(rows)[None, None]
