"""The controls of the convolution view, which are also its URL."""

from __future__ import annotations

from typing import Any

import param

from ...engine.shapes import Pair
from ..files import Files
from ..images import LECTURE_IMAGE, MIDDLE_ROWS, PHOTOS, own_size, own_size_limit
from ..rules import Follow, Limit, Start
from ..settings import Choice, Drawing, Matrix, Picture, Rows, Settings
from ..units.derivation import Opening
from .kernels import CHOICES, CUSTOM, KERNELS, LARGEST, LEARNED, learned_weights, resized

DIGITS = 6  # of a number that comes from another view
PLAIN = (
    "bias",
    "relu",
    "flip",
    "normalise",
    "padding_rule",
    "padding",
    "stride_across",
    "padding_across",
    "dilation_across",
    "transposed",
)  # as they are at first

LECTURE_CELLS = tuple(tuple(row) for row in LECTURE_IMAGE.tolist())
IMAGES = {"Editable numbers": "lecture", "MNIST digit": "digit", "My own drawing": "drawing", "My own picture": "picture"}
IMAGES |= {"Signal (1-D), causal": "signal"}
SIGNAL = ((0.0, 0.0, 1.0, 3.0, 3.0, 3.0, 1.0, 0.0, 0.0, -2.0, 0.0, 0.0),)
ALONG = "gradient_x"  # the kernel with which a signal begins: one row
SAME = {"The same": "same"}


def _resized(settings: ConvolutionSettings) -> Rows:
    return resized(settings.weights, settings.kernel_rows, settings.kernel_columns)


def _name_of_kernel(settings: ConvolutionSettings) -> str:
    """The choice that has these weights."""
    return next((name for name, weights in KERNELS.items() if weights == settings.weights), CUSTOM)


def _kernel_of_image(settings: ConvolutionSettings) -> str:
    """A signal begins with a kernel of one row; other images leave the kernel as it is."""
    return ALONG if settings.image == "signal" else settings.kernel


def _padding_rule_of_image(settings: ConvolutionSettings) -> str:
    """A signal begins with causal padding, which other images do not keep."""
    if settings.image == "signal":
        return "causal"
    return "number" if settings.padding_rule == "causal" else settings.padding_rule


def _weights_of_kernel(settings: ConvolutionSettings, files: Files | None) -> Rows:
    """The weights of the chosen kernel; those of a learned filter come from a file."""
    if settings.kernel in LEARNED and files:
        return learned_weights(settings.kernel, files)
    return KERNELS.get(settings.kernel, settings.weights)


def _keep_padding_below_kernel(settings: ConvolutionSettings) -> str:
    down, across = (gap * (size - 1) for gap, size in zip(settings.both("dilation"), settings.kernel_size, strict=True))
    most = max(down, across) if settings.padding_across == "same" else down
    asked, notices = settings.both("padding"), []
    if asked[0] > most:
        settings.padding = most
        notices.append(
            f"More than {most} rings of padding would only add zeros around this kernel's output: {asked[0]} became {most}."
        )
    if settings.padding_across != "same" and asked[1] > across:
        settings.padding_across = str(across)
        notices.append(
            f"Across, this kernel has room for {across} columns of padding on each side: {asked[1]} became {across}."
        )
    return " ".join(notices)


def _keep_output_padding_below_stride(settings: ConvolutionSettings) -> str:
    most = min(settings.both("stride")) - 1
    if settings.output_padding <= most:
        return ""
    settings.output_padding, asked = most, settings.output_padding
    return f"Output padding must be smaller than the stride: {asked} became {most}."


def _keep_one_row(settings: ConvolutionSettings) -> str:
    rows = len(settings.signal)
    settings.signal = settings.signal[:1]
    return f"A signal has one row: of {rows} rows the first was taken." if rows > 1 else ""


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
    signal = Matrix(
        default=SIGNAL, most_cells=12, role="input", label="Signal", doc="Up to 12 numbers in one row; arrow keys change one."
    )
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
        default="same", objects=SAME | {n: n for n in "1234"}, label="Stride across", doc="Another step from column to column."
    )
    padding = param.Integer(default=0, bounds=(0, LARGEST - 1), doc="Rings of zeros around the image.")
    padding_rule = Choice(
        default="number",
        objects={"A number": "number", "Valid: none": "valid", "Same: keeps the size": "same", "Full: every overlap": "full",
                 "Causal: only before": "causal"},
        label="Padding rule",
        doc="“Same” needs odd kernels and stride 1 to keep the size. Causal: no output sees what comes later.",
    )  # fmt: skip
    padding_across = Choice(
        default="same", objects=SAME | {n: n for n in "0123456"}, label="Padding across",
        doc="Another number of columns of zeros on the left and right.",
    )  # fmt: skip
    dilation = param.Integer(default=1, bounds=(1, 3), doc="Spacing of the kernel's cells; 1 is dense.")
    dilation_across = Choice(
        default="same", objects=SAME | {n: n for n in "123"}, label="Dilation across", doc="Another spacing within a row."
    )
    transposed = param.Boolean(
        default=False, label="Transposed",
        doc="Goes the way back: stride puts zeros between the cells; the kernel is turned by 180°.",
    )  # fmt: skip
    output_padding = param.Integer(
        default=0, bounds=(0, 3), label="Output padding", doc="More rows and columns at the end, fewer than the stride."
    )
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
        "Image cells": ("cells", "signal"),
        "More about the kernel": ("kernel_rows", "kernel_columns", "normalise", "flip"),
        "More about the window": (
            "stride_across",
            "padding_rule",
            "padding_across",
            "dilation",
            "dilation_across",
            "transposed",
            "output_padding",
        ),
        "Output": ("bias", "relu", "row", "algorithm", "numbers", "im2col"),
    }
    shown_when = {  # noqa: RUF012
        "cells": ("image", ("lecture",)),
        "signal": ("image", ("signal",)),
        "digit": ("image", ("digit",)),
        "drawing": ("image", ("drawing",)),
        "picture": ("image", ("picture",)),
        "size": ("image", (*PHOTOS, "picture")),
        "row": ("image", (*PHOTOS, "picture")),
        "padding": ("padding_rule", ("number",)),
        "padding_across": ("padding_rule", ("number",)),
        "output_padding": ("transposed", (True,)),
    }
    rules = (
        own_size("picture"),
        own_size_limit("picture"),
        Start("kernel", ("image",), value=_kernel_of_image),
        Start("padding_rule", ("image",), value=_padding_rule_of_image),
        Start("weights", ("kernel_rows", "kernel_columns"), value=_resized),
        Start("kernel", ("weights",), value=_name_of_kernel),
        Follow("weights", "kernel", _weights_of_kernel, unless=(CUSTOM,)),
        Follow("kernel_rows", "kernel", lambda settings, files: len(settings.weights)),
        Follow("kernel_columns", "kernel", lambda settings, files: len(settings.weights[0])),
        Start("row", ("size",), of=MIDDLE_ROWS),
        Limit("signal", ("image",), _keep_one_row),
        Limit("padding", ("kernel", "weights", "dilation", "dilation_across", "padding_across"), _keep_padding_below_kernel),
        Limit("output_padding", ("stride", "stride_across"), _keep_output_padding_below_stride),
    )

    @property
    def kernel_size(self) -> Pair:
        """Rows and columns of the kernel."""
        return self.kernel_rows, self.kernel_columns

    def both(self, name: str) -> Pair:
        """Stride, padding or dilation down and across."""
        down, across = getattr(self, name), getattr(self, f"{name}_across")
        return down, down if across == "same" else int(across)


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
