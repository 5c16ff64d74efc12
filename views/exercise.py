"""An exercise to predict: settings with small whole numbers, and the output cells whose values the student is to find.

The same seed gives the same exercise to a whole class, on every machine: an exercise draws 64-bit integers and doubles
only, whose streams do not depend on the platform (the browser's Python has 32-bit pointers).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import param

from .reading import read
from .settings import Settings

LARGEST_SEED = 9999


Task = tuple[Mapping[str, Any], tuple[int, ...]]  # what a lesson's `exercise(rng)` chooses: settings, cells


@dataclass(frozen=True)
class Exercise:
    """What a seed stands for."""

    seed: int
    settings: Mapping[str, Any]  # as an address holds them; all others have their defaults
    cells: tuple[int, ...]  # numbers of output cells, counted in row order


class Seed(Settings):
    """The number of an exercise, as it comes from the address or from the field."""

    quiz = param.Integer(default=1, bounds=(0, LARGEST_SEED), label="Exercise")


def pose(choose: Callable[[np.random.Generator], Task], value: Any) -> tuple[Exercise, list[str]]:
    """The exercise of a seed that comes from outside, and notices. Raises SettingError if it is no number."""
    seed, notices = read(Seed, "quiz", value)
    return Exercise(seed, *choose(np.random.Generator(np.random.PCG64(seed)))), notices


def whole_numbers(rng: np.random.Generator, low: int, high: int, shape: tuple[int, ...]) -> np.ndarray:
    """Random whole numbers from low to high, both included. -> int64 of that shape."""
    return rng.integers(low, high, size=shape, dtype=np.int64, endpoint=True)


def some_of(rng: np.random.Generator, count: int, total: int) -> tuple[int, ...]:
    """`count` different numbers from 0 to total − 1 (all of them if there are fewer), in rising order."""
    return tuple(sorted(rng.random(total).argsort(kind="stable")[:count].tolist()))


def as_text(values: np.ndarray) -> str:
    """A grid as an address holds it: rows between ; and cells between , . values: (H, W) of whole numbers."""
    return ";".join(",".join(map(str, row)) for row in values.tolist())
