"""What the convolution view shows: one kernel slides over one image, one output cell a step.

Every number is the engine's: `conv2d_terms` gives the windows, the products, the running sums and the output.
Slides 31-53 of the lecture; the default is the slides' own example.
"""

from __future__ import annotations

import numpy as np
import param

from ...engine import ConvTerms, conv2d_terms, output_size
from .. import grid
from ..files import DiskFiles, Files
from ..images import LECTURE_IMAGE, PHOTOS, digit, grey_photo
from ..numbers import write, write_factor
from ..settings import Matrix, Settings
from ..trace import Sentences, Texts, Trace

TITLE = "Convolution"
SUMMARY = "A kernel slides over an image. At each place it multiplies what lies under it and adds up the products."
PHOTO_SIZE = 64  # pixels a side: 3,844 steps with a 3×3 kernel
KERNEL_SIZE = 3

Kernel = tuple[tuple[float, ...], ...]
KERNELS: dict[str, Kernel] = {
    "basic": ((0, 0, 0), (0, 1, 1), (0, 1, 0)),  # slide 35
    "identity": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),  # slide 45
    "blur": ((0.1, 0.1, 0.1), (0.1, 0.2, 0.1), (0.1, 0.1, 0.1)),  # slide 46
    "average": ((1 / 9,) * 3,) * 3,
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "edge": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "sobel_x": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "sobel_y": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
}
LABELS = {"Basic, of the lecture": "basic", "Sobel, left to right": "sobel_x", "Sobel, top to bottom": "sobel_y"}
CUSTOM = "custom"


class ConvolutionSettings(Settings):
    """The controls of the convolution view."""

    image = param.Selector(
        default="lecture",
        objects={"Lecture example": "lecture", "MNIST digit": "digit"}
        | {f"Photograph: {name}": name for name in PHOTOS},
        doc="What the kernel slides over.",
    )
    digit = param.Integer(default=7, bounds=(0, 69_999), doc="0–59,999 are training digits, 60,000–69,999 test digits.")
    kernel = param.Selector(
        default="basic",
        objects=LABELS | {name.capitalize(): name for name in KERNELS if name not in LABELS.values()} | {"Custom": CUSTOM},
        doc="A choice fills in the nine weights below.",
    )
    weights = Matrix(default=KERNELS["basic"], label="Kernel weights", doc="Type any number, such as 0.5, -1 or 1/9.")
    stride = param.Integer(default=1, bounds=(1, 4), doc="How far the window moves, in pixels.")
    padding = param.Integer(default=0, bounds=(0, KERNEL_SIZE - 1), doc="Rings of zeros around the image.")

    shown_when = {"digit": ("image", "digit")}  # noqa: RUF012  (read only)
    follows_unless = {"weights": ("kernel", CUSTOM)}  # noqa: RUF012

    @param.depends("kernel", watch=True)
    def _fill_in_weights(self) -> None:
        self.weights = KERNELS.get(self.kernel, self.weights)

    @param.depends("weights", watch=True)
    def _name_kernel(self) -> None:
        self.kernel = next((name for name, weights in KERNELS.items() if weights == self.weights), CUSTOM)


def compute(settings: ConvolutionSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step an output cell in row order."""
    image, source = _image(settings, files or DiskFiles())
    weights = np.array(settings.weights, dtype=np.float64)
    terms = conv2d_terms(image[np.newaxis], weights[np.newaxis], stride=settings.stride, padding=settings.padding)
    padded = np.pad(image, settings.padding)
    facts = _facts(image, source, settings) | _legend("input", image, _is_photo(settings))
    facts |= _legend("output", terms.output, _is_photo(settings))
    static = _still(image, padded, weights, terms, settings)
    return Trace(static, _moving(padded, weights, terms, settings), _sentences(weights, terms), facts)


def _image(settings: ConvolutionSettings, files: Files) -> tuple[np.ndarray, str]:
    """The image and what it is. -> (H, W), words."""
    if settings.image == "lecture":
        return LECTURE_IMAGE, "The example image of the lecture"
    if settings.image == "digit":
        pixels, label = digit(settings.digit, files)
        return pixels, f"MNIST digit {settings.digit:,}, labelled {label}; 0 is empty, 255 is full ink"
    return grey_photo(settings.image, PHOTO_SIZE, files), "A photograph in grey; 0 is black, 255 is white"


def _is_photo(settings: ConvolutionSettings) -> bool:
    """Photographs are shown in grey, and so are outputs of theirs without a negative number."""
    return settings.image in PHOTOS


def _still(
    image: np.ndarray, padded: np.ndarray, weights: np.ndarray, terms: ConvTerms, settings: ConvolutionSettings
) -> dict[str, grid.Columns]:
    """What no step changes: the image, the kernel and the finished output, which a cover reveals cell by cell."""
    products = terms.products[:, :, 0]
    input_limit, output_limit = grid.limit_of(image), grid.limit_of(terms.output)
    places = np.indices(weights.shape).reshape(2, -1)
    photo, grey_output = _is_photo(settings), _is_photo(settings) and terms.output.min() >= 0
    return {
        "input": grid.image(padded, input_limit, shown=not photo),
        "input_photo": grid.image(padded, input_limit, shown=photo),
        "input_labels": grid.labels(padded, input_limit),
        "input_values": grid.values(padded),
        "input_border": grid.rectangles(*np.full((2, 1), settings.padding), *image.shape, padded.shape),
        "unread": grid.unread(padded.shape, weights.shape, (settings.stride, settings.stride)),
        "kernel": grid.labels(weights, grid.limit_of(weights)),
        "kernel_values": grid.values(weights),
        "products": grid.rectangles(*places, 1, 1, weights.shape) | _size(products, weights.shape[0], weights.size),
        "sums": _bar_places(terms.running_sums),
        "zero_line": _zero_line(terms.running_sums),
        "output": grid.image(terms.output, output_limit, shown=not grey_output),
        "output_photo": grid.image(terms.output, output_limit, shown=grey_output),
        "output_labels": grid.labels(terms.output, output_limit),
        "output_values": grid.values(terms.output),
    }


def _moving(
    padded: np.ndarray, weights: np.ndarray, terms: ConvTerms, settings: ConvolutionSettings
) -> dict[str, grid.Columns]:
    """What the steps change: the window, the products, the running sum, and how much of the output is revealed."""
    oH, oW = terms.output.shape
    steps = oH * oW
    rows, columns = np.indices((oH, oW)).reshape(2, steps, 1)
    stride, kernel_size = settings.stride, weights.shape[0]
    products = terms.products.reshape(steps, weights.size)
    return {
        "window": grid.rectangles(rows * stride, columns * stride, kernel_size, kernel_size, padded.shape),
        "products": {
            "text": Texts.of_numbers(products, write),
            "shade": grid.shade(products, grid.limit_of(products)),
        },
        "sums": _bars(terms.running_sums.reshape(steps, weights.size)),
        "output_cell": grid.rectangles(rows, columns, 1, 1, (oH, oW)),
        "output_cover": grid.cover(rows, columns, (oH, oW)),
    }


def _bar_places(running_sums: np.ndarray) -> grid.Columns:
    """What the bars of all steps share: their places and the size of their texts. (oH, oW, n) -> (n,)."""
    count = running_sums.shape[-1]
    return {"x": ((np.arange(count) + 0.5) / count).astype(np.float32), **_size(running_sums, count, count)}


def _zero_line(running_sums: np.ndarray) -> grid.Columns:
    """From where the bars rise and fall. -> columns (2,)."""
    low, scale = _bar_scale(running_sums)
    return {"x": np.array([0, 1], np.float32), "y": np.full(2, -low / scale, np.float32)}


def _bars(running_sums: np.ndarray) -> grid.Columns:
    """Each product as a bar from the sum before it to the sum after it. (T, n) -> columns (T, n)."""
    before = np.hstack([np.zeros((len(running_sums), 1)), running_sums[:, :-1]])
    low, scale = _bar_scale(running_sums)
    return {
        "bottom": ((before - low) / scale).astype(np.float32),
        "top": ((running_sums - low) / scale).astype(np.float32),
        "label_y": ((np.maximum(before, running_sums) - low) / scale).astype(np.float32),
        "text": Texts.of_numbers(running_sums, write),
        "shade": np.sign(running_sums - before).astype(np.float32),
    }


def _bar_scale(running_sums: np.ndarray) -> tuple[float, float]:
    """One scale for all steps, so that bars of different steps compare: the lowest value and the height of it all."""
    low, high = min(running_sums.min(), 0), max(running_sums.max(), 0)
    return low, (high - low) or 1.0


def _size(values: np.ndarray, cells: int, count: int) -> grid.Columns:
    """One letter height for all texts of all steps, `cells` of them in a row. -> column size (count,)."""
    longest = max((write(value) for value in np.unique(values).tolist()), key=len)
    return {"size": np.full(count, grid.label_size((longest,), cells), np.float32)}


def _sentences(weights: np.ndarray, terms: ConvTerms) -> Sentences:
    """output[0, 0] = 0×0 + 1×1 + … = 3, with all products."""
    oH, oW = terms.output.shape
    gaps = np.empty((oH * oW, weights.size + 3))
    gaps[:, :2] = np.indices((oH, oW)).reshape(2, -1).T
    gaps[:, 2:-1] = terms.windows.reshape(len(gaps), -1)
    gaps[:, -1] = terms.output.ravel()
    sum_of_products = " + ".join(f"{{}}×{write_factor(weight)}" for weight in weights.ravel())
    return Sentences(f"output[{{}}, {{}}] = {sum_of_products} = {{}}", Texts.of_numbers(gaps, write))


def _facts(image: np.ndarray, source: str, settings: ConvolutionSettings) -> dict[str, str]:
    stride, padding = settings.stride, settings.padding
    sizes = [output_size(size, KERNEL_SIZE, stride=stride, padding=padding) for size in image.shape]
    height, width = image.shape
    return {
        "source": f"{source}, {height}×{width}.",
        "size": f"output size = ⌊({height} + 2·{padding} − {KERNEL_SIZE}) / {stride}⌋ + 1 = {sizes[0]}",
        "input": f"{height}×{width}" + (f", padded {height + 2 * padding}×{width + 2 * padding}" if padding else ""),
        "kernel": f"{KERNEL_SIZE}×{KERNEL_SIZE}",
        "sums": "after each product; the last one is the output cell",
        "output": f"{sizes[0]}×{sizes[1]}",
    }


def _legend(part: str, values: np.ndarray, photo: bool) -> dict[str, str]:
    """The ends of a colour scale, as facts."""
    grey = photo and values.min() >= 0
    high = write(grid.limit_of(values))
    return {f"{part}_low": "0" if grey else f"−{high}", f"{part}_high": high, f"{part}_palette": "grey" if grey else "signed"}


Settings = ConvolutionSettings  # the name by which the session finds them
