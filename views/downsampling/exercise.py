"""Three outputs to predict by hand: the lecture's image, some window, stride and shift, and three windows of it."""

from __future__ import annotations

import numpy as np

from ...engine import output_size
from ..exercise import Task, some_of, whole_numbers
from .settings import SHIFTS

SIZE = 6  # of the lecture's image here
WINDOWS = ((2, 2), (2, 1), (3, 1), (3, 2), (3, 3), (2, 3))  # window, stride
CELLS = 3


def exercise(rng: np.random.Generator) -> Task:
    """Settings and cells, all from the generator."""
    window, stride = WINDOWS[int(whole_numbers(rng, 0, len(WINDOWS) - 1, (1,))[0])]
    shift = [*SHIFTS][int(whole_numbers(rng, 0, len(SHIFTS) - 1, (1,))[0])]
    cells = output_size(SIZE, window, stride=stride) ** 2
    return {"window": window, "stride": stride, "shift": shift}, some_of(rng, CELLS, cells)
