"""The call of the engine that gives the gradients for the present settings."""

from __future__ import annotations

import numpy as np

from .. import snippet
from .settings import GradientsSettings

ONE_IMAGE = "[np.newaxis, np.newaxis]"


def call_of(settings: GradientsSettings) -> str:
    """Python that computes the gradients and prints them."""
    match settings.layer:
        case "convolution":
            return _convolution(settings)
        case "max_pooling" | "average_pooling":
            return _pooling(settings)
        case "relu":
            blocks = (_array("grad_out", settings.grad_out), _array("x", settings.x), "grad_x = relu_backward(grad_out, x)")
            return snippet.program(["relu_backward"], *blocks, "print(grad_x)")
        case "linear":
            return _linear(settings)
        case "network":
            return _network(settings)
    call = f"grad_logits = cross_entropy_backward(logits, np.array([{settings.label}]))"
    return snippet.program(["cross_entropy_backward"], _array("logits", settings.logits), call, "print(grad_logits)")


def _array(name: str, rows: object) -> str:
    return snippet.array(name, np.array(rows))


def _convolution(settings: GradientsSettings) -> str:
    how = {"stride": settings.stride, "padding": settings.padding}
    arguments = [f"{name}{ONE_IMAGE}" for name in ("grad_out", "x", "weight")]
    call = snippet.call("conv2d_backward", *arguments, usual={"stride": 1, "padding": 0}, **how)
    arrays = [_array("grad_out", settings.grad_out), _array("x", settings.x), _array("weight", settings.weights)]
    return snippet.program(["conv2d_backward"], *arrays, f"grad_x, grad_weight, grad_bias = {call}", "print(grad_x[0, 0])")


def _pooling(settings: GradientsSettings) -> str:
    name = "max_pool2d_backward" if settings.layer == "max_pooling" else "avg_pool2d_backward"
    arguments = [f"grad_out{ONE_IMAGE}", f"x{ONE_IMAGE}", str(settings.window)]
    call = snippet.call(name, *arguments, usual={"stride": settings.window}, stride=settings.stride)
    arrays = [_array("grad_out", settings.grad_out), _array("x", settings.x)]
    return snippet.program([name], *arrays, f"grad_x = {call}", "print(grad_x[0, 0])")


def _linear(settings: GradientsSettings) -> str:
    return snippet.program(
        ["flatten", "flatten_backward", "linear_backward"],
        _array("grad_out", settings.grad_out),
        _array("x", settings.maps).rstrip() + ".reshape(1, 2, 2, 2)",
        _array("weight", settings.linear_weights),
        "grad_flat, grad_weight, grad_bias = linear_backward(grad_out, flatten(x), weight)",
        "grad_x = flatten_backward(grad_flat, x)",
        "print(grad_x[0])",
    )


def _network(settings: GradientsSettings) -> str:
    """The same step by the engine's own layers."""
    layers = '"conv 1 3x3 / relu / maxpool 2x2 / flatten / linear 3"'
    return snippet.program(
        ["SGD", "cross_entropy", "cross_entropy_backward", "parse_network"],
        _array("image", settings.image),
        f"network = parse_network({layers}, (1, 6, 6), rng=np.random.default_rng(0))",
        "parameters = network.parameters()",
        _array("kernel", settings.first_kernel),
        _array("weight", settings.class_weights),
        'parameters["conv1.weight"][...], parameters["linear1.weight"][...] = kernel, weight',
        "logits = network.forward(image[np.newaxis, np.newaxis])",
        f"labels = np.array([{settings.label}])",
        "network.backward(cross_entropy_backward(logits, labels))",
        'trained = [name for name in parameters if name.endswith("weight")]  # the biases stay 0',
        "gradients = network.parameter_gradients()",
        f"SGD([parameters[name] for name in trained], {settings.learning_rate}).step([gradients[name] for name in trained])",
        'print(parameters["conv1.weight"][0, 0])',
        "print(cross_entropy(network.forward(image[np.newaxis, np.newaxis]), labels))",
    )
