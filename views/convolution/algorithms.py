"""One convolution by the algorithm chosen; loops, one matrix product and sliding windows give the same numbers.

The engine computes everything once; columns.py and words.py are made from the result.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine import ConvTerms, conv2d, conv2d_in_order, conv2d_terms, relu
from ...engine.shapes import Pair
from ..definitions import Part, part_by_loops
from ..files import Files
from ..images import INK, PHOTOS, drawing_of, most_to_see, own_grey, stored_image
from ..numbers import write
from ..ran import Way, difference, seconds_of
from ..settings import Rows
from .kernels import normalised, padding_of
from .settings import LECTURE_CELLS, ConvolutionSettings

MOST_STEPS = 1024  # with more output cells, the whole result is shown at once and the window walks along one row
LECTURE = "The example image of the lecture"
LEAST_UNCHANGED = 0.5  # of its cells: with fewer it is another image
WAYS = {
    "windows": ("Sliding windows", "conv2d_in_order"),
    "im2col": ("Matrix product (im2col)", "conv2d"),
    "loops": ("Loops", "conv2d_loops"),
}


@dataclass(frozen=True)
class Problem:
    """What is to be convolved, and how. row: the output row that is looked at."""

    image: np.ndarray  # (H, W)
    weights: np.ndarray  # (kH, kW)
    bias: float
    stride: Pair
    padding: Pair
    dilation: int
    row: int

    @property
    def padded(self) -> np.ndarray:
        """The image with its rings of zeros. -> (H + 2·rows, W + 2·columns)."""
        return np.pad(self.image, [(ring, ring) for ring in self.padding])

    @property
    def span(self) -> Pair:
        """How many pixels the window reaches over, down and across."""
        height, width = self.weights.shape
        return self.dilation * (height - 1) + 1, self.dilation * (width - 1) + 1

    @property
    def how(self) -> dict[str, Any]:
        """As the engine takes it."""
        return {"stride": self.stride, "padding": self.padding, "dilation": (self.dilation, self.dilation)}

    @property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x (1, 1, H, W), weight (1, 1, kH, kW), bias (1,)."""
        return self.image[np.newaxis, np.newaxis], self.weights[np.newaxis, np.newaxis], np.array([self.bias])

    def by_windows(self) -> np.ndarray:
        """The same product of every window at once, one after the other. -> (oH, oW)."""
        return conv2d_in_order(self.image[np.newaxis], self.weights[np.newaxis], self.bias, **self.how)

    def by_product(self) -> np.ndarray:
        """Every window as a column, one matrix product for all. -> (oH, oW)."""
        x, weight, bias = self._arrays
        return np.asarray(conv2d(x, weight, bias, **self.how)[0, 0])

    def by_loops(self) -> tuple[Part, np.ndarray]:
        """One product after the other; on a large image only the rows around `row`. -> which rows, (rows, oW)."""
        x, weight, bias = self._arrays
        part, rows = part_by_loops(x, weight, bias, **self.how, around=self.row)
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
    for name, (label, function) in WAYS.items():
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
    stride = (settings.stride, settings.stride if settings.stride_across == "same" else int(settings.stride_across))
    padding = padding_of(settings.padding_rule, settings.padding, weights.shape, settings.dilation)
    problem = Problem(image, weights, settings.bias, stride, padding, settings.dilation, settings.row)
    sums, note = convolved(problem, settings.algorithm)
    steps, strip, how = np.arange(sums.size), image, problem.how
    if sums.size > MOST_STEPS:
        row = min(settings.row, len(sums) - 1)
        steps = steps.reshape(sums.shape)[row]
        top = row * stride[0]
        strip, how = problem.padded[top : top + problem.span[0]], how | {"padding": (0, 0)}
    rows, columns = np.unravel_index(steps[:, np.newaxis], sums.shape)
    return ConvolutionResult(
        **vars(problem) | {"row": int(rows[0, 0]) if len(rows) < sums.size else min(settings.row, len(sums) - 1)},
        source=source,
        relu=settings.relu,
        photo=settings.image in (*PHOTOS, "picture"),
        terms=conv2d_terms(strip[np.newaxis], weights[np.newaxis], settings.bias, **how),
        sums=sums,
        output=relu(sums) if settings.relu else sums,
        first=int(steps[0]),
        note=note,
        rows=rows,
        columns=columns,
    )


def _image(settings: ConvolutionSettings, files: Files) -> tuple[np.ndarray, str]:
    """The image and what it is. -> (H, W), words."""
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
