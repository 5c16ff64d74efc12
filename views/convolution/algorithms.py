"""Three ways to compute one convolution, which give the same numbers: loops, one matrix product, sliding windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...engine import conv2d, conv2d_in_order
from ...engine.shapes import Pair
from ..definitions import Part, part_by_loops
from ..ran import Way, difference, seconds_of

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
    dilation: Pair
    row: int

    @property
    def how(self) -> dict[str, Pair]:
        """As the engine takes it."""
        return {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}

    @property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """x (1, 1, H, W), weight (1, 1, kH, kW), bias (1,)."""
        return self.image[np.newaxis, np.newaxis], self.weights[np.newaxis, np.newaxis], np.array([self.bias])

    def by_windows(self) -> np.ndarray:
        """The same product of every window at once, one after the other. -> (oH, oW)."""
        return conv2d_in_order(self.image[np.newaxis], self.weights[np.newaxis], self.bias, **self.how)

    def by_product(self) -> np.ndarray:
        """Every window as a column, one matrix product for all. -> (oH, oW)."""
        return conv2d(*self._arrays, **self.how)[0, 0]

    def by_loops(self) -> tuple[Part, np.ndarray]:
        """One product after the other; on a large image only the rows around `row`. -> which rows, (rows, oW)."""
        part, rows = part_by_loops(*self._arrays, **self.how, around=self.row)
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
    results = {"windows": problem.by_windows()[part.rows], "im2col": problem.by_product()[part.rows], "loops": defined}
    works: dict[str, Callable[[], object]] = {
        "windows": problem.by_windows, "im2col": problem.by_product, "loops": problem.by_loops,
    }  # fmt: skip
    notes = {"loops": "" if part.whole else f"for {part.words} only"}
    return [
        Way(name, label, function, difference(defined, results[name]), seconds_of(works[name]) if timed else None,
            notes.get(name, ""))
        for name, (label, function) in WAYS.items()
    ]  # fmt: skip
