"""One convolution by the algorithm chosen; loops, one matrix product and sliding windows give the same numbers.

The engine computes everything once; columns.py and words.py are made from the result.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import ConvTerms, conv2d, conv2d_in_order, conv2d_terms, relu, transposed_sizes
from ...engine.shapes import Pair
from ..definitions import Part, part_by_loops
from ..files import Files
from ..images import INK, PHOTOS, drawing_of, most_to_see, own_grey, stored_image
from ..numbers import write
from ..ran import Way, difference, seconds_of
from ..settings import Rows, SettingError
from .kernels import Frame, frame_of, normalised
from .settings import LECTURE_CELLS, ConvolutionSettings
from .transposing import Forward

MOST_STEPS = 1024  # with more output cells, the whole result is shown at once and the window walks along one row
LECTURE = "The example image of the lecture"
MOST_CELLS = 300_000  # of an output
LEAST_UNCHANGED = 0.5  # of its cells: with fewer it is another image
WAYS = {
    "windows": ("Sliding windows", "conv2d_in_order", "conv2d_in_order"),
    "im2col": ("Matrix product (im2col)", "conv2d", "conv_transpose2d"),
    "loops": ("Loops", "conv2d_loops", "conv_transpose2d_loops"),
}  # by the algorithm: how the page calls it, and the engine's function, also that of a transposed convolution


@dataclass(frozen=True)
class Problem:
    """What is to be convolved, and how. row: the output row that is looked at."""

    image: np.ndarray  # (H, W); of a transposed convolution with the zeros between the cells
    weights: np.ndarray  # (kH, kW), as they slide
    bias: float
    stride: Pair
    frame: Frame
    dilation: Pair
    row: int
    forward: Forward | None  # of a transposed convolution

    @property
    def padded(self) -> np.ndarray:
        """The image with the zeros around it. -> (above + H + below, before + W + behind)."""
        return np.pad(self.image, self.frame)

    @property
    def span(self) -> Pair:
        """How many pixels the window reaches over, down and across."""
        (height, width), (down, across) = self.weights.shape, self.dilation
        return down * (height - 1) + 1, across * (width - 1) + 1

    @property
    def how(self) -> dict[str, Any]:
        """As the engine takes it, for what is padded already."""
        return {"stride": self.stride, "dilation": self.dilation}

    @property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Padded x (1, 1, H, W), weight (1, 1, kH, kW), bias (1,)."""
        return self.padded[np.newaxis, np.newaxis], self.weights[np.newaxis, np.newaxis], np.array([self.bias])

    def by_windows(self) -> np.ndarray:
        """The same product of every window at once, one after the other. -> (oH, oW)."""
        return conv2d_in_order(self.padded[np.newaxis], self.weights[np.newaxis], self.bias, **self.how)

    def by_product(self) -> np.ndarray:
        """Every window as a column, one matrix product for all. -> (oH, oW)."""
        if self.forward:
            return self.forward.transposed(self.bias)
        x, weight, bias = self._arrays
        return np.asarray(conv2d(x, weight, bias, **self.how)[0, 0])

    def by_loops(self) -> tuple[Part, np.ndarray]:
        """One product after the other; on a large image only the rows around `row`. -> which rows, (rows, oW)."""
        x, weight, bias = self._arrays
        if self.forward:
            height = len(self.padded) - self.span[0] + 1
            return self.forward.by_loops(self.bias, min(self.row, height - 1), height)
        part, rows = part_by_loops(x, weight, bias, **self.how, padding=(0, 0), around=self.row)
        return part, rows[0, 0]


def convolved(problem: Problem, algorithm: str) -> tuple[np.ndarray, str]:
    """The output by the algorithm chosen, and a sentence if it could not compute all of it. -> (oH, oW)."""
    if algorithm != "loops":
        return (problem.by_product() if algorithm == "im2col" else problem.by_windows()), ""
    part, rows = problem.by_loops()
    if part.whole:
        return rows, ""
    output = problem.by_windows()
    output[part.rows] = rows
    return output, f"Loops computed {part.words} only, as all rows would take too long; sliding windows computed the others."


def compared(problem: Problem, *, timed: bool) -> list[Way]:
    """Every way, as far from the loops as it is, and how long it takes if that is wanted."""
    part, defined = problem.by_loops()
    works: dict[str, Callable[[], Any]] = {
        "windows": problem.by_windows, "im2col": problem.by_product, "loops": problem.by_loops,
    }  # fmt: skip
    ways = []
    for name, (label, *functions) in WAYS.items():
        function = functions[problem.forward is not None]
        far = difference(defined, works[name]()[part.rows]) if name != "loops" else 0.0
        note = f"for {part.words} only" if name == "loops" and not part.whole else ""
        ways.append(Way(name, label, function, far, seconds_of(works[name]) if timed else None, note))
    return ways


@dataclass(frozen=True)
class ConvolutionResult(Problem):
    """A problem and what comes out. A step is one output cell, `first` the number of the first one."""

    source: str  # what the image is
    relu: bool
    photo: bool  # shown in grey
    terms: ConvTerms  # of the cells that are steps
    sums: np.ndarray  # (oH, oW) with the bias, before ReLU
    output: np.ndarray  # (oH, oW)
    first: int
    note: str  # what the algorithm left out, as a sentence
    rows: np.ndarray  # (T, 1): the output row of each step
    columns: np.ndarray  # (T, 1)

    @property
    def whole(self) -> bool:
        """Whether every output cell is a step."""
        return len(self.rows) == self.output.size

    @property
    def is_shown_whole(self) -> bool:
        """Whether the finished output is seen from the start: where steps are few of it, and of a photograph."""
        return self.photo or not self.whole

    def start(self, image: str) -> int:
        """The step to begin with: of a photograph the window in the row looked at that has most to see."""
        if not self.photo:
            return 0
        here = np.flatnonzero(self.rows[:, 0] == min(self.row, self.rows[-1, 0]))
        return int(here[most_to_see(self.terms.windows.reshape(len(self.rows), -1)[here], image)])

    @functools.cached_property
    def products(self) -> np.ndarray:
        """Of each step. -> (T, kH·kW)."""
        return self.terms.products.reshape(len(self.rows), -1)

    @functools.cached_property
    def running_sums(self) -> np.ndarray:
        """After each product, and with the bias if there is one. -> (T, n)."""
        sums = self.terms.running_sums.reshape(len(self.rows), -1)
        return np.hstack([sums, sums[:, -1:] + self.bias]) if self.bias else sums


def convolve(settings: ConvolutionSettings, files: Files) -> ConvolutionResult:
    """Compute everything that the settings ask for. Raises ShapeError or SettingError if they do not fit together."""
    image, source = _image(settings, files)
    weights = np.array(settings.weights, dtype=np.float64)
    weights = normalised(weights) if settings.normalise else weights
    weights = weights[::-1, ::-1] if settings.flip else weights
    stride = settings.both("stride")
    problem = _problem(settings, image, weights, stride)
    sums, note = convolved(problem, settings.algorithm)
    steps, strip = np.arange(sums.size), problem.padded
    if sums.size > MOST_STEPS:
        row = min(settings.row, len(sums) - 1)
        steps = steps.reshape(sums.shape)[row]
        top = row * problem.stride[0]
        strip = strip[top : top + problem.span[0]]
    rows, columns = np.unravel_index(steps[:, np.newaxis], sums.shape)
    return ConvolutionResult(
        **vars(problem) | {"row": int(rows[0, 0]) if len(rows) < sums.size else min(settings.row, len(sums) - 1)},
        source=source,
        relu=settings.relu,
        photo=settings.image in (*PHOTOS, "picture"),
        terms=conv2d_terms(strip[np.newaxis], problem.weights[np.newaxis], settings.bias, **problem.how),
        sums=sums,
        output=relu(sums) if settings.relu else sums,
        first=int(steps[0]),
        note=note,
        rows=rows,
        columns=columns,
    )


def _problem(settings: ConvolutionSettings, image: np.ndarray, weights: np.ndarray, stride: Pair) -> Problem:
    """A convolution; or a transposed one as the convolution, with stride 1, of what has zeros between its cells."""
    dilation, shape = settings.both("dilation"), (weights.shape[0], weights.shape[1])
    frame = frame_of(settings.padding_rule, settings.both("padding"), shape, dilation)
    if not settings.transposed:
        return Problem(image, weights, settings.bias, stride, frame, dilation, settings.row, None)
    if settings.padding_rule == "causal":
        raise SettingError(
            "a transposed convolution has the same padding on both sides; choose another padding rule than causal"
        )
    forward = Forward(image, weights, stride, (frame[0][0], frame[1][0]), dilation, settings.output_padding)
    turned = np.ascontiguousarray(weights[::-1, ::-1])
    height, width = transposed_sizes(image.shape, shape, output_padding=settings.output_padding, **forward.how)
    if height * width > MOST_CELLS:
        raise SettingError(f"an output of {height}×{width} cells is too large to be shown; use a smaller image or stride")
    return Problem(forward.spread(), turned, settings.bias, (1, 1), forward.frame(), dilation, settings.row, forward)


def _image(settings: ConvolutionSettings, files: Files) -> tuple[np.ndarray, str]:
    """The image and what it is. -> (H, W), words."""
    if settings.image == "signal":
        return np.array(settings.signal), "A signal: an image of one row"
    if settings.image == "lecture":
        return np.array(settings.cells), _name_of(settings.cells)
    if settings.image == "drawing":
        return drawing_of(settings.drawing), f"Your drawing; {INK}"
    if settings.image == "picture":
        return own_grey(settings.picture, int(settings.size))
    return stored_image(settings.image, settings.digit, int(settings.size), files)


def _name_of(cells: Rows) -> str:
    """What an image of typed numbers is: the lecture's example, the same with a few changes, or another one."""
    if cells == LECTURE_CELLS:
        return LECTURE
    values, lecture = np.array(cells), np.array(LECTURE_CELLS)
    if values.shape == lecture.shape and (values == lecture).mean() >= LEAST_UNCHANGED:
        return f"{LECTURE}, with your changes"
    kind = "whole numbers" if (values == values.round()).all() else "numbers"
    return f"An image of {kind} from {write(values.min())} to {write(values.max())}"
