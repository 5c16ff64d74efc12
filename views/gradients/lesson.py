"""What the gradients view shows: the backward pass of one layer of a CNN, every number as the sum that it is.

Every number is the engine's; a function for each layer says how it comes about, and finite differences check every
gradient. Below stand the words around the picture, and the engine's call for the present settings.
Slides 66 and 70-78 of the lecture.
"""

from __future__ import annotations

import numpy as np

from .. import snippet
from ..files import Files
from ..numbers import write
from ..ran import Check, Definition
from ..settings import Rows
from ..trace import Trace
from .classifier_layers import Dense, dense_pass, relu_pass, softmax_pass
from .columns import trace_of
from .definition import FUNCTIONS, defined
from .layer_pass import ARRANGEMENTS, LayerPass
from .settings import OWN_LOSS, GradientsSettings
from .sgd_step import SmallNetwork, sgd_step
from .window_layers import Convolution, Pooling, convolution_pass, pooling_pass

TITLE = "Gradients"
SUMMARY = "How a gradient goes back through a layer: forward first, then every gradient as the sum that it is."
ACTIVITY = "Step through the backward pass of every layer of a CNN, and through one SGD step of a small one."
DEFINITION = Definition(
    tuple(dict.fromkeys(function for functions in FUNCTIONS.values() for function in functions)),
    "tests/engine/test_conv.py and tests/engine/test_pooling.py prove on random numbers that loops and fast functions agree up "
    "to rounding; of the other functions the definition itself runs.",
)
ARRIVING = (
    "grad_out is d J / d output, as the layers behind send it: J = Σ grad_out × output. Below x stands d J / d x, and so on."
)
BEGINNING = "A loss is where the backward pass begins: no gradient comes from behind, d loss / d loss is 1."
CHECK = " ✓ = a numerical check agrees: moving the number a little and computing J anew gives the same slope."
NOTES = {
    "convolution": "grad_weight: every weight adds up the pixels that it met, times grad_out. grad_x: a full correlation, the "
    "kernel turned by 180° slides over grad_out with zeros around it{between}. grad_bias: the sum of grad_out.",
    "max_pooling": "Each window hands its whole gradient to the pixel that won it; of equal pixels the first in row order "
    "wins, as in PyTorch, so that the way back is unique. All other pixels get 0.{overlap}",
    "average_pooling": "Each window shares its gradient equally among its {pixels} pixels, whatever their values.{overlap}",
    "relu": "Where x > 0 the gradient passes, where x < 0 it stops. At x = 0 the function has a kink: every slope from 0 to 1 "
    "is a subgradient. 0 is chosen, as in PyTorch: then what outputs 0 learns nothing, on either side.",
    "linear": "flatten lays the feature maps out as one row; its backward folds the gradients back: numbers only move. "
    "grad_weight: a weight's input times its output's gradient. grad_flat: an input adds up what all outputs send back.",
    "softmax": "p − y: the gradient pushes the score of the right class up and all others down, each by its probability. "
    "They add up to 0. Taking the largest logit off changes no probability and keeps exp from overflowing.",
    "network": "new = old − {rate} × gradient, for all 21 parameters at once. It has no biases, so that it fits one drawing.",
}
ONE_IMAGE = "[np.newaxis, np.newaxis]"


def compute(settings: GradientsSettings, files: Files | None = None) -> Trace:
    """The whole animation: forward, then backward, a number a step."""
    layer = pass_of(settings)
    return trace_of(layer, facts_of(settings, layer) | {"call": call_of(settings)})


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


def _array(rows: Rows | tuple[float, ...]) -> np.ndarray:
    return np.array(rows, dtype=np.float64)


def facts_of(settings: GradientsSettings, layer: LayerPass) -> dict[str, str]:
    """Short texts about the whole, by the name under which the page shows them."""
    stride, window, rate = settings.stride, settings.window, write(float(settings.learning_rate))
    sizes = {name: "×".join(map(str, one.values.shape)) for name, one in layer.grids.items()}
    shapes = {
        "convolution": "x {x}, kernel {weight}, output {output}",
        "relu": "x, mask and output {x}",
        "linear": f"x 2×2×2 → 8 → {len(settings.biases[0])} outputs",
        "softmax": f"{len(settings.logits[0])} classes, label {settings.label}",
        "network": f"6×6 → convolution 3×3 → ReLU → max-pool 2×2 → 3 classes, learning rate {rate}",
    }
    shape = shapes.get(settings.layer, f"x {{x}}, windows {window}×{window}, output {{output}}").format(**sizes)
    note = NOTES[settings.layer].format(
        between=f", {stride - 1} between its cells" if stride > 1 else "",
        overlap=" Windows that overlap add up." if stride < window else "",
        pixels=window**2,
        rate=rate,
    )
    source = (BEGINNING if settings.layer in OWN_LOSS else ARRIVING) + CHECK
    names = " ".join(function.__name__ for function in FUNCTIONS[settings.layer])
    return {**{its.name: shape for its in ARRANGEMENTS}, "size": note, "source": source, "definition": names}


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
