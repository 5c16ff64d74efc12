"""What the gradients view shows: the backward pass of one layer of a CNN, every number as the sum that it is.

Every number is the engine's; a function for each layer says how it comes about, and finite differences check every
gradient. Below stand each layer by its definition, and the engine's call for the present settings.
Slides 66 and 70-78 of the lecture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ... import engine
from .. import snippet
from ..files import Files
from ..ran import Check, Definition
from ..trace import Trace
from .classifier_layers import Dense, dense_pass, relu_pass, softmax_pass
from .columns import facts_of, trace_of
from .layer_pass import LayerPass
from .settings import GradientsSettings
from .sgd_step import POOL, SmallNetwork, sgd_step
from .window_layers import Convolution, Pooling, convolution_pass, pooling_pass

TITLE = "Gradients"
SUMMARY = "How a gradient goes back through a layer: forward first, then every gradient as the sum that it is."
ACTIVITY = "Step through the backward pass of every layer of a CNN, and through one SGD step of a small one."
Arrays = dict[str, np.ndarray]
# The definition of each layer: the engine's readable functions.
FUNCTIONS: Mapping[str, tuple[Callable[..., Any], ...]] = {
    "convolution": (engine.conv2d_backward_loops, engine.conv2d_loops),
    "max_pooling": (engine.max_pool2d_backward, engine.max_pool2d_loops),
    "average_pooling": (engine.avg_pool2d_backward, engine.avg_pool2d),
    "relu": (engine.relu_backward, engine.relu),
    "linear": (engine.linear_backward, engine.linear, engine.flatten, engine.flatten_backward),
    "softmax": (engine.cross_entropy_backward, engine.softmax, engine.cross_entropy),
    "network": (
        engine.conv2d_loops, engine.relu, engine.max_pool2d_loops, engine.linear, engine.cross_entropy,
        engine.cross_entropy_backward, engine.linear_backward, engine.max_pool2d_backward, engine.relu_backward,
        engine.conv2d_backward_loops, engine.SGD,
    ),
}  # fmt: skip
DEFINITION = Definition(
    tuple(dict.fromkeys(function for functions in FUNCTIONS.values() for function in functions)),
    "tests/engine/test_conv.py and tests/engine/test_pooling.py prove on random numbers that loops and fast functions agree up "
    "to rounding; of the other functions the definition itself runs.",
)
ONE_IMAGE = "[np.newaxis, np.newaxis]"


def compute(settings: GradientsSettings, files: Files | None = None) -> Trace:
    """The whole animation: forward, then backward, a number a step."""
    layer = pass_of(settings)
    names = " ".join(function.__name__ for function in FUNCTIONS[settings.layer])
    return trace_of(layer, facts_of(settings, layer) | {"call": call_of(settings), "definition": names})


def check(settings: GradientsSettings, files: Files | None = None) -> Check:
    """The output and every gradient by the definition and as they are shown."""
    numbers, grids = defined(settings), pass_of(settings).grids
    return Check(numbers, {name: grids[name].values for name in numbers})


def pass_of(settings: GradientsSettings) -> LayerPass:
    """The layer that the settings ask for, computed. Raises ShapeError if its sizes do not fit."""
    x, grad_out = _array(settings.x), _array(settings.grad_out)
    match settings.layer:
        case "convolution":
            numbers = (x, _array(settings.weights), settings.bias, grad_out)
            return convolution_pass(Convolution(*numbers, settings.stride, settings.padding))
        case "max_pooling" | "average_pooling":
            return pooling_pass(Pooling(x, grad_out, settings.window, settings.stride, settings.layer == "max_pooling"))
        case "relu":
            return relu_pass(x, grad_out)
        case "linear":
            maps, weights = _array(settings.maps).reshape(2, 2, 2), _array(settings.linear_weights)
            return dense_pass(Dense(maps, weights, _array(settings.biases[0]), grad_out[0]))
        case "network":
            arrays = (_array(rows) for rows in (settings.first_kernel, settings.class_weights))
            return sgd_step(SmallNetwork(_array(settings.image), settings.label, *arrays), float(settings.learning_rate))
    return softmax_pass(_array(settings.logits), settings.label)


def _array(rows: Any) -> np.ndarray:
    return np.array(rows, dtype=np.float64)


def defined(settings: GradientsSettings) -> Arrays:
    """The output and the gradients, by the names of the grids that show them."""
    return {
        "convolution": _defined_convolution, "max_pooling": _defined_pooling, "average_pooling": _defined_pooling,
        "relu": _defined_relu,
        "linear": _defined_linear, "softmax": _defined_softmax, "network": _defined_network,
    }[settings.layer](settings)  # fmt: skip


def _defined_convolution(settings: GradientsSettings) -> Arrays:
    x, weight, grad_out = _image(settings.x), _image(settings.weights), _image(settings.grad_out)
    output = engine.conv2d_loops(x, weight, np.array([settings.bias]), stride=settings.stride, padding=settings.padding)
    back = engine.conv2d_backward_loops(grad_out, x, weight, stride=settings.stride, padding=settings.padding)
    return {"output": output[0, 0], "grad_x": back[0][0, 0], "grad_weight": back[1][0, 0], "grad_bias": back[2][None]}


def _defined_pooling(settings: GradientsSettings) -> Arrays:
    forward, backward = engine.max_pool2d_loops, engine.max_pool2d_backward
    if settings.layer == "average_pooling":
        forward, backward = engine.avg_pool2d, engine.avg_pool2d_backward
    x, grad_out = _image(settings.x), _image(settings.grad_out)
    grad_x = backward(grad_out, x, settings.window, stride=settings.stride)
    return {"output": forward(x, settings.window, stride=settings.stride)[0, 0], "grad_x": grad_x[0, 0]}


def _defined_relu(settings: GradientsSettings) -> Arrays:
    x = _array(settings.x)
    return {"output": engine.relu(x), "grad_x": engine.relu_backward(_array(settings.grad_out), x)}


def _defined_linear(settings: GradientsSettings) -> Arrays:
    maps, weight = _array(settings.maps).reshape(1, 2, 2, 2), _array(settings.linear_weights)
    output = engine.linear(engine.flatten(maps), weight, _array(settings.biases[0]))
    grad_flat, grad_weight, grad_bias = engine.linear_backward(_array(settings.grad_out[:1]), engine.flatten(maps), weight)
    grad_maps = engine.flatten_backward(grad_flat, maps)[0]
    dense = {"output": output.T, "grad_flat": grad_flat, "grad_weight": grad_weight, "grad_bias": grad_bias[:, None]}
    return dense | {f"grad_map_{c}": grad_map for c, grad_map in enumerate(grad_maps)}


def _defined_softmax(settings: GradientsSettings) -> Arrays:
    logits, labels = _array(settings.logits), np.array([settings.label])
    loss, grad_logits = np.array([[engine.cross_entropy(logits, labels)]]), engine.cross_entropy_backward(logits, labels)
    return {"probabilities": engine.softmax(logits), "loss": loss, "grad_logits": grad_logits}


def _defined_network(settings: GradientsSettings) -> Arrays:
    image, labels = _image(settings.image), np.array([settings.label])
    kernel, weight = _image(settings.first_kernel), _array(settings.class_weights)
    conv = engine.conv2d_loops(image, kernel)
    rectified = engine.relu(conv)
    pool = engine.max_pool2d_loops(rectified, POOL)
    logits = engine.linear(engine.flatten(pool), weight)
    grad_logits = engine.cross_entropy_backward(logits, labels)
    grad_flat, grad_weight, _ = engine.linear_backward(grad_logits, engine.flatten(pool), weight)
    grad_relu = engine.max_pool2d_backward(engine.flatten_backward(grad_flat, pool), rectified, POOL)
    grad_conv = engine.relu_backward(grad_relu, conv)
    grad_kernel = engine.conv2d_backward_loops(grad_conv, image, kernel)[1]
    engine.SGD([kernel, weight], float(settings.learning_rate)).step([grad_kernel, grad_weight])
    return {
        "conv": conv[0, 0], "relu": rectified[0, 0], "pool": pool[0, 0], "logits": logits.T, "p": engine.softmax(logits).T,
        "loss": np.array([[engine.cross_entropy(logits, labels)]]), "grad_logits": grad_logits.T, "grad_weight": grad_weight,
        "grad_relu": grad_relu[0, 0], "grad_conv": grad_conv[0, 0], "grad_kernel": grad_kernel[0, 0],
        "new_kernel": kernel[0, 0], "new_weight": weight,
    }  # fmt: skip


def _image(rows: Any) -> np.ndarray:
    """One image of one channel. -> (1, 1, H, W)."""
    return _array(rows)[None, None]


def call_of(settings: GradientsSettings) -> str:
    """Python that computes the gradients and prints them."""
    match settings.layer:
        case "convolution":
            return _call_of_convolution(settings)
        case "max_pooling" | "average_pooling":
            return _call_of_pooling(settings)
        case "relu":
            blocks = (
                _statement("grad_out", settings.grad_out),
                _statement("x", settings.x),
                "grad_x = relu_backward(grad_out, x)",
            )
            return snippet.program(["relu_backward"], *blocks, "print(grad_x)")
        case "linear":
            return _call_of_linear(settings)
        case "network":
            return _call_of_network(settings)
    call = f"grad_logits = cross_entropy_backward(logits, np.array([{settings.label}]))"
    return snippet.program(["cross_entropy_backward"], _statement("logits", settings.logits), call, "print(grad_logits)")


def _statement(name: str, rows: object) -> str:
    return snippet.array(name, np.array(rows))


def _call_of_convolution(settings: GradientsSettings) -> str:
    how = {"stride": settings.stride, "padding": settings.padding}
    arguments = [f"{name}{ONE_IMAGE}" for name in ("grad_out", "x", "weight")]
    call = snippet.call("conv2d_backward", *arguments, usual={"stride": 1, "padding": 0}, **how)
    arrays = [_statement("grad_out", settings.grad_out), _statement("x", settings.x), _statement("weight", settings.weights)]
    return snippet.program(["conv2d_backward"], *arrays, f"grad_x, grad_weight, grad_bias = {call}", "print(grad_x[0, 0])")


def _call_of_pooling(settings: GradientsSettings) -> str:
    name = "max_pool2d_backward" if settings.layer == "max_pooling" else "avg_pool2d_backward"
    arguments = [f"grad_out{ONE_IMAGE}", f"x{ONE_IMAGE}", str(settings.window)]
    call = snippet.call(name, *arguments, usual={"stride": settings.window}, stride=settings.stride)
    arrays = [_statement("grad_out", settings.grad_out), _statement("x", settings.x)]
    return snippet.program([name], *arrays, f"grad_x = {call}", "print(grad_x[0, 0])")


def _call_of_linear(settings: GradientsSettings) -> str:
    return snippet.program(
        ["flatten", "flatten_backward", "linear_backward"],
        _statement("grad_out", settings.grad_out),
        _statement("x", settings.maps).rstrip() + ".reshape(1, 2, 2, 2)",
        _statement("weight", settings.linear_weights),
        "grad_flat, grad_weight, grad_bias = linear_backward(grad_out, flatten(x), weight)",
        "grad_x = flatten_backward(grad_flat, x)",
        "print(grad_x[0])",
    )


def _call_of_network(settings: GradientsSettings) -> str:
    """The same step by the engine's own layers."""
    layers = '"conv 1 3x3 / relu / maxpool 2x2 / flatten / linear 3"'
    return snippet.program(
        ["SGD", "cross_entropy", "cross_entropy_backward", "parse_network"],
        _statement("image", settings.image),
        f"network = parse_network({layers}, (1, 6, 6), rng=np.random.default_rng(0))",
        "parameters = network.parameters()",
        _statement("kernel", settings.first_kernel),
        _statement("weight", settings.class_weights),
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


Settings = GradientsSettings  # the name by which the session finds them
