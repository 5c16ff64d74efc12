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
from .sgd_step import SmallNetwork, sgd_step
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
# Python that computes the gradients of each layer and prints them: its imports, its arrays (name=setting), its statements.
CALLS: Mapping[str, tuple[str, str, str]] = {
    "convolution": (
        "conv2d_backward",
        "grad_out x weight=weights",
        "grad_x, grad_weight, grad_bias = conv2d_backward(grad_out{image}, x{image}, weight{image}{how})\nprint(grad_x[0, 0])",
    ),
    "max_pooling": (
        "max_pool2d_backward",
        "grad_out x",
        "grad_x = max_pool2d_backward(grad_out{image}, x{image}, {window}{how})\nprint(grad_x[0, 0])",
    ),
    "average_pooling": (
        "avg_pool2d_backward",
        "grad_out x",
        "grad_x = avg_pool2d_backward(grad_out{image}, x{image}, {window}{how})\nprint(grad_x[0, 0])",
    ),
    "relu": ("relu_backward", "grad_out x", "grad_x = relu_backward(grad_out, x)\nprint(grad_x)"),
    "linear": (
        "flatten flatten_backward linear_backward",
        "grad_out x=maps weight=linear_weights",
        """\
x = x.reshape(1, 2, 2, 2)
grad_flat, grad_weight, grad_bias = linear_backward(grad_out, flatten(x), weight)
grad_x = flatten_backward(grad_flat, x)
print(grad_x[0])""",
    ),
    "softmax": (
        "cross_entropy_backward",
        "logits",
        "grad_logits = cross_entropy_backward(logits, np.array([{label}]))\nprint(grad_logits)",
    ),
    "network": (  # the same step by the engine's own layers
        "SGD cross_entropy cross_entropy_backward parse_network",
        "image kernel=first_kernel weight=class_weights",
        """\
layers = "conv 1 3x3 / relu / maxpool 2x2 / flatten / linear 3"
network = parse_network(layers, (1, 6, 6), rng=np.random.default_rng(0))
parameters = network.parameters()
parameters["conv1.weight"][...], parameters["linear1.weight"][...] = kernel, weight
logits = network.forward(image{image})
labels = np.array([{label}])
network.backward(cross_entropy_backward(logits, labels))
trained = [name for name in parameters if name.endswith("weight")]  # the biases stay 0
gradients = network.parameter_gradients()
SGD([parameters[name] for name in trained], {rate}).step([gradients[name] for name in trained])
print(parameters["conv1.weight"][0, 0])
print(cross_entropy(network.forward(image{image}), labels))""",
    ),
}


FUNCTIONS_ALONE = (
    "conv2d conv2d_backward relu relu_backward max_pool2d max_pool2d_backward flatten flatten_backward linear linear_backward "
    "cross_entropy cross_entropy_backward"
)
STEP_ALONE = """\


def forward(kernel, weight):
    maps = conv2d(image{image}, kernel{image})
    pooled = max_pool2d(relu(maps), 2)
    return maps, pooled, linear(flatten(pooled), weight)


labels = np.array([{label}])
maps, pooled, logits = forward(kernel, weight)
grad_flat, grad_weight, _ = linear_backward(cross_entropy_backward(logits, labels), flatten(pooled), weight)
grad_maps = max_pool2d_backward(flatten_backward(grad_flat, pooled), relu(maps), 2)
_, grad_kernel, _ = conv2d_backward(relu_backward(grad_maps, maps), image{image}, kernel{image})
kernel = kernel - {rate} * grad_kernel[0, 0]  # the biases stay 0
weight = weight - {rate} * grad_weight
print(kernel)
print(cross_entropy(forward(kernel, weight)[-1], labels))"""


def compute(settings: GradientsSettings, files: Files | None = None) -> Trace:
    """The whole animation: forward, then backward, a number a step."""
    layer = pass_of(settings)
    names = " ".join(function.__name__ for function in FUNCTIONS[settings.layer])
    return trace_of(layer, facts_of(settings, layer) | calls_of(settings) | {"definition": names})


def check(settings: GradientsSettings, files: Files | None = None) -> Check:
    """The output and every gradient by the definition and as they are shown."""
    layer = pass_of(settings)
    numbers = {name: values for name, values in defined(settings).items() if name in layer.spans}
    return Check(numbers, {name: layer.grids[name].values for name in numbers})


def pass_of(settings: GradientsSettings) -> LayerPass:
    """The layer that the settings ask for, computed. Raises ShapeError if its sizes do not fit."""
    match settings.layer:
        case "convolution":
            return convolution_pass(_convolution(settings))
        case "max_pooling" | "average_pooling":
            return pooling_pass(_pooling(settings))
        case "relu":
            return relu_pass(_array(settings.x), _array(settings.grad_out))
        case "linear":
            maps, weights = _array(settings.maps).reshape(2, 2, 2), _array(settings.linear_weights)
            return dense_pass(Dense(maps, weights, _array(settings.biases[0]), _array(settings.grad_out[0])))
        case "network":
            return sgd_step(_network(settings), float(settings.learning_rate))
    return softmax_pass(_array(settings.logits), settings.label)


def _convolution(settings: GradientsSettings) -> Convolution:
    arrays = (_array(settings.x), _array(settings.weights), settings.bias, _array(settings.grad_out))
    return Convolution(*arrays, settings.stride, settings.padding)


def _pooling(settings: GradientsSettings) -> Pooling:
    arrays = (_array(settings.x), _array(settings.grad_out))
    return Pooling(*arrays, settings.window, settings.stride, settings.layer == "max_pooling")


def _network(settings: GradientsSettings) -> SmallNetwork:
    return SmallNetwork(_array(settings.image), settings.label, _array(settings.first_kernel), _array(settings.class_weights))


def _array(rows: Any) -> np.ndarray:
    return np.array(rows, dtype=np.float64)


def defined(settings: GradientsSettings) -> Arrays:
    """The output and the gradients by the definition, by the names of the grids that show them."""
    match settings.layer:
        case "convolution":
            return _convolution(settings).defined()
        case "max_pooling" | "average_pooling":
            return _pooling(settings).defined()
        case "relu":
            x = _array(settings.x)
            return {"output": engine.relu(x), "grad_x": engine.relu_backward(_array(settings.grad_out), x)}
        case "linear":
            return _defined_linear(settings)
        case "network":
            return _network(settings).defined(float(settings.learning_rate))
    logits, labels = _array(settings.logits), np.array([settings.label])
    loss, grad_logits = np.array([[engine.cross_entropy(logits, labels)]]), engine.cross_entropy_backward(logits, labels)
    return {"probabilities": engine.softmax(logits), "loss": loss, "grad_logits": grad_logits}


def _defined_linear(settings: GradientsSettings) -> Arrays:
    maps, weight = _array(settings.maps).reshape(1, 2, 2, 2), _array(settings.linear_weights)
    output = engine.linear(engine.flatten(maps), weight, _array(settings.biases[0]))
    grad_flat, grad_weight, grad_bias = engine.linear_backward(_array(settings.grad_out[:1]), engine.flatten(maps), weight)
    grad_maps = engine.flatten_backward(grad_flat, maps)[0]
    dense = {"output": output.T, "grad_flat": grad_flat, "grad_weight": grad_weight, "grad_bias": grad_bias[:, None]}
    return dense | {f"grad_map_{c}": grad_map for c, grad_map in enumerate(grad_maps)}


def calls_of(settings: GradientsSettings) -> dict[str, str]:
    """Python that computes the gradients and prints them."""
    imports, arrays, statements = CALLS[settings.layer]
    usual = {"stride": 1, "padding": 0} if settings.layer == "convolution" else {"stride": settings.window}
    how = [f", {name}={getattr(settings, name)}" for name, value in usual.items() if getattr(settings, name) != value]
    given = {"image": "[np.newaxis, np.newaxis]", "how": "".join(how), "window": settings.window, "label": settings.label}
    names = [(name, setting or name) for name, _, setting in (array.partition("=") for array in arrays.split())]
    blocks = [snippet.array(name, np.array(getattr(settings, setting))) for name, setting in names]
    filled, alone = (text.format(**given, rate=settings.learning_rate) for text in (statements, STEP_ALONE))
    if settings.layer != "network":
        return snippet.calls(imports.split(), *blocks, filled)
    without = snippet.numpy_alone(FUNCTIONS_ALONE.split(), *blocks, alone)
    return {"call": snippet.program(imports.split(), *blocks, filled), "call_numpy": without}


Settings = GradientsSettings  # the name by which the session finds them
