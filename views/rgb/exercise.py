"""A convolution of three channels to predict by hand: small whole numbers, kernels with many zeros, three cells."""

from __future__ import annotations

import numpy as np

from ...engine import output_size
from ..exercise import Task, as_text, some_of, whole_numbers
from .numbers import KERNEL_SIZE, SIZE
from .places import CHANNELS

LARGEST_PIXEL = 2
LARGEST_BIAS = 2
WEIGHTS = 4  # of each kernel's nine that are not 0: twelve products are enough to make a mistake
CELLS = 3
FILTERS = 2
SHAPES = ((2, 1), (1, 0), (2, 0))  # stride, padding: outputs of 3×3, 3×3 and 2×2 cells


def exercise(rng: np.random.Generator) -> Task:
    """Settings and cells, all from the generator."""
    stride, padding = SHAPES[int(whole_numbers(rng, 0, len(SHAPES) - 1, (1,))[0])]
    settings: dict[str, str | int] = {"stride": stride, "padding": padding}
    for channel in CHANNELS:
        settings[f"input_{channel}"] = as_text(whole_numbers(rng, 0, LARGEST_PIXEL, (SIZE, SIZE)))
    for n in range(FILTERS):
        for channel in CHANNELS:
            settings[f"filter_{n}_{channel}"] = as_text(_kernel(rng))
    settings["biases"] = as_text(whole_numbers(rng, -LARGEST_BIAS, LARGEST_BIAS, (1, FILTERS)))
    cells = FILTERS * output_size(SIZE, KERNEL_SIZE, stride=stride, padding=padding) ** 2
    return settings, some_of(rng, CELLS, cells)


def _kernel(rng: np.random.Generator) -> np.ndarray:
    """Some weights of 1 or −1, and zeros. -> (3, 3)"""
    kernel = np.zeros(KERNEL_SIZE**2, np.int64)
    kernel[list(some_of(rng, WEIGHTS, kernel.size))] = 2 * whole_numbers(rng, 0, 1, (WEIGHTS,)) - 1
    return kernel.reshape(KERNEL_SIZE, KERNEL_SIZE)
