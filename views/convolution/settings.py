"""The controls of the convolution view, which are also its URL."""

from __future__ import annotations

from typing import Any

import numpy as np
import param

from ...engine import output_size
from ..exercise import Task, as_text, some_of, whole_numbers
from ..files import Files
from ..images import LECTURE_IMAGE, MIDDLE_ROWS, PHOTOS, own_size, own_size_limit
from ..rules import Follow, Limit, Start
from ..settings import Choice, Drawing, Matrix, Picture, Rows, Settings
from ..units.derivation import Opening
from .kernels import CHOICES, CUSTOM, KERNELS, LARGEST, LEARNED, learned_weights, resized

DIGITS = 6  # of a number that comes from another view
# Of an exercise: small whole numbers, a 3×3 kernel, and some cells to predict.
LARGEST_PIXEL = 3
LARGEST_WEIGHT = 2
KERNEL_SIZE = 3
ZEROS = 4  # weights of the nine that are 0: five products are enough to make a mistake
CELLS = 4
SHAPES = ((5, 1, 0), (6, 1, 0), (4, 1, 1), (7, 2, 0), (5, 2, 1))  # image size, stride, padding: outputs of 2×2 to 4×4 cells
PLAIN = ("bias", "relu", "flip", "normalise", "padding_rule", "padding", "stride_across")  # as they are at first

LECTURE_CELLS = tuple(tuple(row) for row in LECTURE_IMAGE.tolist())
IMAGES = {"Editable numbers": "lecture", "MNIST digit": "digit", "My own drawing": "drawing", "My own picture": "picture"}


def _resized(settings: ConvolutionSettings) -> Rows:
    return resized(settings.weights, settings.kernel_rows, settings.kernel_columns)


def _name_of_kernel(settings: ConvolutionSettings) -> str:
    """The choice that has these weights."""
    return next((name for name, weights in KERNELS.items() if weights == settings.weights), CUSTOM)


def _weights_of_kernel(settings: ConvolutionSettings, files: Files | None) -> Rows:
    """The weights of the chosen kernel; those of a learned filter come from a file."""
    if settings.kernel in LEARNED and files:
        return learned_weights(settings.kernel, files)
    return KERNELS.get(settings.kernel, settings.weights)


def _keep_padding_below_kernel(settings: ConvolutionSettings) -> str:
    most = settings.dilation * (max(settings.kernel_rows, settings.kernel_columns) - 1)
    if settings.padding <= most:
        return ""
    settings.padding, asked = most, settings.padding
    return f"More than {most} rings of padding would only add zeros around this kernel's output: {asked} became {most}."


class ConvolutionSettings(Settings):
    """What is convolved with what, and how."""

    image = Choice(
        default="lecture",
        objects=IMAGES | {f"Photograph: {name}": name for name in PHOTOS},
        doc="What the kernel slides over. The editable numbers begin as the lecture's example.",
    )
    cells = Matrix(
        default=LECTURE_CELLS, most_cells=12, role="input", label="Image cells",
        doc="Arrow keys change a number; paste up to 12×12 numbers into the first cell.",
    )  # fmt: skip
    digit = param.Integer(default=7, bounds=(0, 69_999), doc="0–59,999 are training digits, 60,000–69,999 test digits.")
    drawing = Drawing(default="", label="Drawing", doc="Draw on the input picture; a stroke that begins on ink erases.")
    picture = Picture(label="Picture file")
    size = Choice(
        default="64", objects={f"{n}×{n}": n for n in ("32", "64", "128", "224")}, label="Photograph size", doc="Pixels."
    )
    kernel = Choice(default="basic", objects=CHOICES, doc="A choice fills in the weights below.")
    weights = Matrix(
        default=KERNELS["basic"], most_cells=LARGEST, role="kernel", label="Kernel weights",
        doc="Type any number, such as 0.5, -1 or 1/9; arrow keys and dragging change it. Or paste a matrix.",
    )  # fmt: skip
    kernel_rows = param.Integer(default=3, bounds=(1, LARGEST), label="Kernel rows", doc="Added or cut around the middle.")
    kernel_columns = param.Integer(default=3, bounds=(1, LARGEST), label="Kernel columns", doc="The same, across.")
    normalise = param.Boolean(default=False, label="Normalise", doc="Divide the weights by their sum.")
    flip = param.Boolean(default=False, label="True convolution", doc="Flips the kernel; CNNs skip this (cross-correlation).")
    stride = param.Integer(default=1, bounds=(1, 4), doc="How far the window moves, in pixels.")
    stride_across = Choice(
        default="same", objects={"The same": "same"} | {n: n for n in "1234"}, label="Stride across",
        doc="Another step from column to column.",
    )  # fmt: skip
    padding = param.Integer(default=0, bounds=(0, LARGEST - 1), doc="Rings of zeros around the image.")
    padding_rule = Choice(
        default="number",
        objects={"A number": "number", "Valid: none": "valid", "Same: keeps the size": "same", "Full: every overlap": "full"},
        label="Padding rule",
        doc="“Same” needs odd kernels and stride 1 to keep the size.",
    )
    dilation = param.Integer(default=1, bounds=(1, 3), doc="Spacing of the kernel's cells; 1 is dense.")
    bias = param.Number(default=0.0, bounds=(-1000.0, 1000.0), doc="Added to every output cell.")
    relu = param.Boolean(default=False, label="ReLU", doc="Negative outputs become 0.")
    row = param.Integer(
        default=MIDDLE_ROWS["64"], bounds=(0, 300), label="Output row", doc="On large images the window walks along one row."
    )
    algorithm = Choice(
        default="windows",
        objects={"Sliding windows": "windows", "Matrix product (im2col)": "im2col", "Loops": "loops"},
        label="Computed by",
        doc="Each gives the same numbers; “What ran here” compares them.",
    )
    numbers = param.Boolean(default=False, label="Numbers in all cells", doc="Of images up to 32×32; the panels become large.")
    im2col = param.Boolean(default=False, label="As a matrix product", doc="im2col: every window becomes a column.")

    sections = {  # noqa: RUF012  (read only)
        "Image cells": ("cells",),
        "More about the kernel": ("kernel_rows", "kernel_columns", "normalise", "flip"),
        "More about the window": ("stride_across", "padding_rule", "dilation"),
        "Output": ("bias", "relu", "row", "algorithm", "numbers", "im2col"),
    }
    shown_when = {  # noqa: RUF012
        "cells": ("image", ("lecture",)),
        "digit": ("image", ("digit",)),
        "drawing": ("image", ("drawing",)),
        "picture": ("image", ("picture",)),
        "size": ("image", (*PHOTOS, "picture")),
        "row": ("image", (*PHOTOS, "picture")),
        "padding": ("padding_rule", ("number",)),
    }
    rules = (
        own_size("picture"),
        own_size_limit("picture"),
        Start("weights", ("kernel_rows", "kernel_columns"), value=_resized),
        Start("kernel", ("weights",), value=_name_of_kernel),
        Follow("weights", "kernel", _weights_of_kernel, unless=(CUSTOM,)),
        Follow("kernel_rows", "kernel", lambda settings, files: len(settings.weights)),
        Follow("kernel_columns", "kernel", lambda settings, files: len(settings.weights[0])),
        Start("row", ("size",), of=MIDDLE_ROWS),
        Limit("padding", ("kernel", "weights", "dilation"), _keep_padding_below_kernel),
    )


def opened(opening: Opening) -> dict[str, Any] | None:
    """The settings that show this window of a network and nothing else; None if they have no room for it."""
    its, (_, image, kernel, stride, dilation) = ConvolutionSettings.param, opening
    if stride > its.stride.bounds[1] or dilation > its.dilation.bounds[1]:
        return None
    if max(image.shape) > its.cells.most_cells or max(kernel.shape) > LARGEST:
        return None
    cells, weights = ([[float(f"{number:.{DIGITS}g}") for number in row] for row in grid.tolist()] for grid in (image, kernel))
    plain = {name: its[name].default for name in PLAIN}
    numbers = {"image": "lecture", "cells": cells, "kernel": CUSTOM, "weights": weights}
    return {**plain, **numbers, "stride": stride, "dilation": dilation}


def exercise(rng: np.random.Generator) -> Task:
    """A convolution to predict by hand: settings and cells of its output, all from the generator."""
    size, stride, padding = SHAPES[int(whole_numbers(rng, 0, len(SHAPES) - 1, (1,))[0])]
    image = whole_numbers(rng, 0, LARGEST_PIXEL, (size, size))
    weights = whole_numbers(rng, 1, LARGEST_WEIGHT, (KERNEL_SIZE**2,)) * (2 * whole_numbers(rng, 0, 1, (KERNEL_SIZE**2,)) - 1)
    weights[list(some_of(rng, ZEROS, KERNEL_SIZE**2))] = 0
    cells = output_size(size, KERNEL_SIZE, stride=stride, padding=padding) ** 2
    kernel = as_text(weights.reshape(KERNEL_SIZE, KERNEL_SIZE))
    settings = {"cells": as_text(image), "kernel": "custom", "weights": kernel, "stride": stride, "padding": padding}
    return settings, some_of(rng, CELLS, cells)
