"""The controls of the gradients view."""

from __future__ import annotations

import numpy as np
import param

from ...engine import output_size
from ..files import Files
from ..images import LECTURE_IMAGE
from ..rules import Follow, Limit, Start
from ..settings import Choice, Matrix, Rows, Settings

CUSTOM = "custom"
MOST = 5  # rows and columns of x
X: Rows = ((1, 2, 0, -1), (0, 3, 3, 1), (-2, 1, 0, 2), (1, 0, -1, 2))  # with zeros, negative numbers and ties
PATTERN = np.array([[1.0, 2, -1], [3, -2, 1], [0, 1, 2]])  # repeated over any output
TENSOR: Rows = ((1, 0), (2, -1), (0, 3), (1, 1))
LINEAR_WEIGHTS: Rows = ((1, 0, -1, 2, 0, 1, 1, -1), (0, 1, 1, 0, -2, 0, 1, 0), (2, -1, 0, 1, 1, 0, 0, 1))
IMAGE: Rows = tuple(tuple(row[:6]) for row in LECTURE_IMAGE.tolist()[:6])
KERNEL: Rows = ((1, 0, -1), (0, 1, 0), (-1, 0, 1))
CLASS_WEIGHTS: Rows = ((0.5, -0.5, 0, 0.5), (-0.5, 0.5, 0.5, 0), (0, 0.5, -0.5, -0.5))
SLIDING = ("convolution", "max_pooling", "average_pooling")
OWN_LOSS = ("softmax", "network")
RATES = ("0.01", "0.03", "0.1", "0.3", "1", "3")
SHOWN_FOR = {
    (*SLIDING, "relu", "linear"): "gradient grad_out",
    (*SLIDING, "relu"): "x",
    SLIDING: "stride",
    ("convolution",): "weights bias padding",
    ("max_pooling", "average_pooling"): "window",
    ("linear",): "maps linear_weights biases",
    OWN_LOSS: "label",
    ("softmax",): "logits",
    ("network",): "image first_kernel class_weights learning_rate",
}


def _keep_padding_below_kernel(settings: GradientsSettings) -> str:
    most = max(0, min(len(settings.weights), len(settings.weights[0])) - 1)
    if settings.layer != "convolution" or settings.padding <= most:
        return ""
    settings.padding, before = most, settings.padding
    return f"More than {most} rings of padding would only add zeros: {before} became {most}."


def _keep_one_row_of_logits(settings: GradientsSettings) -> str:
    if settings.layer != "softmax" or len(settings.logits) == 1:
        return ""
    settings.logits = settings.logits[:1]
    return "The logits are one row: the first was taken."


def _keep_label_a_class(settings: GradientsSettings) -> str:
    last = len(settings.logits[0] if settings.layer == "softmax" else settings.class_weights) - 1
    if settings.layer not in OWN_LOSS or settings.label <= last:
        return ""
    settings.label, before = last, settings.label
    return f"There are {last + 1} classes, numbered from 0: label {before} became {last}."


def _gradient_at_output(settings: GradientsSettings, files: Files | None) -> Rows:
    """The chosen gradient in the shape of the output; a layer with its own loss has none."""
    if settings.layer in OWN_LOSS:
        kept: Rows = settings.grad_out
        return kept
    return made(settings.gradient, settings.output_shape())


def _fit_own_gradient(settings: GradientsSettings) -> str:
    """Numbers of one's own stay where the output has a cell for them."""
    if settings.gradient == CUSTOM and settings.layer not in OWN_LOSS:
        settings.put({"grad_out": _fitted(settings.grad_out, settings.output_shape())})
    return ""


class GradientsSettings(Settings):
    """Which layer, its numbers, and the gradient that arrives at its output."""

    layer = Choice(
        default="convolution",
        objects={
            "Convolution": "convolution",
            "Max-pooling": "max_pooling",
            "Average pooling": "average_pooling",
            "ReLU": "relu",
            "Fully-connected": "linear",
            "Softmax with cross-entropy": "softmax",
            "A small network: one step of SGD": "network",
        },
        doc="Whose backward pass is shown.",
    )
    x = Matrix(default=X, most_cells=MOST, role="input", label="Input x", doc="Paste up to 5×5 numbers into the first cell.")
    weights = Matrix(
        default=((1, 2), (-1, 0)), most_cells=3, role="kernel", label="Kernel",
        doc="Paste up to 3×3 numbers into the first cell.",
    )  # fmt: skip
    bias = param.Number(default=1.0, bounds=(-100.0, 100.0), doc="Added to every output cell.")
    stride = param.Integer(default=1, bounds=(1, 3), doc="How far the window moves.")
    padding = param.Integer(default=0, bounds=(0, 2), doc="Rings of zeros around x.")
    window = param.Integer(default=2, bounds=(2, 3), doc="Pixels per side of each window.")
    maps = Matrix(default=TENSOR, role="input", label="Feature maps", doc="Map 0 above map 1, 2×2 each.")
    linear_weights = Matrix(default=LINEAR_WEIGHTS, role="kernel", label="Weights", doc="One row per output.")
    biases = Matrix(default=((0, 1, -1),), role="kernel", label="Biases", doc="One per output.")
    gradient = Choice(
        default="pattern",
        objects={"Small numbers": "pattern", "All ones": "ones", "One cell alone": "single", "My own": CUSTOM},
        label="Gradient at the output",
        doc="What the layers behind send back.",
    )
    grad_out = Matrix(
        default=((1, 2, -1), (3, -2, 1), (0, 1, 2)), most_cells=9, role="gradient", label="grad_out", doc="One number per cell."
    )
    logits = Matrix(
        default=((2, 1, -1, 0),), largest=20, most_cells=6, role="input", label="Logits", doc="Paste up to six numbers."
    )
    image = Matrix(default=IMAGE, role="input", label="Image", doc="6×6 numbers.")
    first_kernel = Matrix(default=KERNEL, role="kernel", label="Kernel of the network", doc="3×3 weights.")
    class_weights = Matrix(
        default=CLASS_WEIGHTS, role="kernel", label="Class weights", doc="One row per class, one column per pooled cell."
    )
    learning_rate = Choice(
        default="0.1", objects=dict(zip(RATES, RATES, strict=True)), label="Learning rate",
        doc="new = old − learning rate × gradient.",
    )  # fmt: skip
    label = param.Integer(default=1, bounds=(0, 5), doc="The right class.")

    sections = {  # noqa: RUF012  (read only)
        "Numbers": ("x", "weights", "maps", "linear_weights", "biases", "logits", "image", "first_kernel", "class_weights"),
        "Gradient": ("grad_out",),
    }
    shown_when = {name: ("layer", layers) for layers, names in SHOWN_FOR.items() for name in names.split()}  # noqa: RUF012
    rules = (
        Start("stride", ("layer",), of={"max_pooling": 2, "average_pooling": 2}),
        Start("gradient", ("grad_out",), value=lambda settings: CUSTOM),
        Limit("padding", ("layer", "weights"), _keep_padding_below_kernel),
        Limit("logits", ("layer",), _keep_one_row_of_logits),
        Limit("label", ("layer", "logits", "class_weights"), _keep_label_a_class),
        Follow("grad_out", "gradient", _gradient_at_output, unless=(CUSTOM,)),
        Limit("grad_out", ("layer", "x", "weights", "stride", "padding", "window", "biases"), _fit_own_gradient),
    )

    def output_shape(self) -> tuple[int, int]:
        """Rows and columns of the layer's output. Raises ShapeError if no window fits."""
        height, width = len(self.x), len(self.x[0])
        if self.layer == "linear":
            return 1, len(self.biases[0])
        if self.layer not in SLIDING:
            return height, width
        rows, columns, padding = self.window, self.window, 0
        if self.layer == "convolution":
            rows, columns, padding = len(self.weights), len(self.weights[0]), self.padding
        how = {"stride": self.stride, "padding": padding}
        return output_size(height, rows, **how), output_size(width, columns, **how)


def made(kind: str, shape: tuple[int, int]) -> Rows:
    """A gradient for an output of that shape."""
    values = np.ones(shape)
    if kind == "pattern":
        repeats = [-(-size // side) for size, side in zip(shape, PATTERN.shape, strict=True)]
        values = np.tile(PATTERN, repeats)[: shape[0], : shape[1]]
    if kind == "single":
        values = np.zeros(shape)
        values[shape[0] // 2, shape[1] // 2] = 1
    return tuple(map(tuple, values.tolist()))


def _fitted(rows: Rows, shape: tuple[int, int]) -> Rows:
    """The same numbers as far as they go, then zeros."""
    values = np.zeros(shape)
    kept = np.array(rows)[: shape[0], : shape[1]]
    values[: kept.shape[0], : kept.shape[1]] = kept
    return tuple(map(tuple, values.tolist()))
