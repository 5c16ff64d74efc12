"""The exercises of the convolution view: small whole numbers, a 3×3 kernel, and some cells to predict."""

from __future__ import annotations

import numpy as np

from ...engine import output_size
from ..exercise import Task, as_text, some_of, whole_numbers

LARGEST_PIXEL = 3
LARGEST_WEIGHT = 2
KERNEL_SIZE = 3
ZEROS = 4  # weights of the nine that are 0: five products are enough to make a mistake
CELLS = 4
SHAPES = ((5, 1, 0), (6, 1, 0), (4, 1, 1), (7, 2, 0), (5, 2, 1))  # image size, stride, padding: outputs of 2×2 to 4×4 cells


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
