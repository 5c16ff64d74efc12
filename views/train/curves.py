"""What a run remembers of every batch: at most 400 points, however long it lasts, and smooth averages."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from ...engine import Evaluation, TrainStep, wilson_interval

MOST_POINTS = 400
MOST_TESTS = 60
WINDOW = 300  # examples over which averages forget
VALIDATION_WINDOW = 100  # they come ten times less often


@dataclass
class Average:
    """A mean in which an example counts e times less for every `window` examples that came after it."""

    total: float = 0.0
    weight: float = 0.0
    window: float = WINDOW

    def add(self, value: float, examples: int) -> None:
        """Take in the mean of so many more examples."""
        kept = math.exp(-examples / self.window)
        self.total, self.weight = self.total * kept + value * examples, self.weight * kept + examples

    @property
    def value(self) -> float:
        """The mean, NaN before the first example."""
        return self.total / self.weight if self.weight else math.nan


POINT = ("step", "examples", "seconds", "raw", "smoothed", "training", "validation")
TEST = ("examples", "accuracy", "low", "high")


@dataclass
class Curves:
    """Points of POINT and of TEST. Every `width`-th batch is a point; when there are too many, every second one goes."""

    points: list[tuple[float, ...]] = field(default_factory=list)
    tests: list[tuple[float, ...]] = field(default_factory=list)
    width: int = 1
    loss: Average = field(default_factory=Average)
    training: Average = field(default_factory=Average)
    validation: Average = field(default_factory=lambda: Average(window=VALIDATION_WINDOW))

    def add(self, learned: TrainStep, examples: int, seconds: float) -> None:
        """Take in one batch of so many examples, learned `seconds` after the start."""
        self.loss.add(learned.loss, examples)
        self.training.add(learned.accuracy, examples)
        if learned.validation_accuracy is not None:
            self.validation.add(learned.validation_accuracy, examples)
        if learned.step % self.width:
            return
        smooth = (self.loss.value, self.training.value, self.validation.value)
        self.points.append((learned.step, learned.examples_seen, seconds, learned.loss, *smooth))
        if len(self.points) > MOST_POINTS:
            self.width *= 2
            self.points = [point for point in self.points if point[0] % self.width == 0]

    def add_test(self, examples_seen: int, found: Evaluation) -> None:
        """Take in what the test digits said after so many examples."""
        self.tests = [test for test in self.tests if test[0] != examples_seen]
        self.tests.append((examples_seen, found.accuracy, *interval(found)))
        self.tests.sort()
        if len(self.tests) > MOST_TESTS:
            self.tests = self.tests[1::2]

    def copy(self) -> Curves:
        """The same curves, to be kept as they are."""
        return replace(self.averages(), points=list(self.points), tests=list(self.tests))

    def averages(self) -> Curves:
        """The averages as they are now, without points."""
        averages = [replace(average) for average in (self.loss, self.training, self.validation)]
        return Curves([], [], self.width, *averages)

    def back_to(self, averages: Curves, step: int, examples: int) -> Curves:
        """The curves up to a batch, with the averages of that time; the points of `averages` count more, if it has any."""
        source = averages if averages.points else self
        points = [point for point in source.points if point[0] <= step]
        tests = [test for test in source.tests if test[0] <= examples]
        return replace(averages.averages(), points=points, tests=tests, width=source.width)

    def columns(self) -> dict[str, np.ndarray]:
        """Every column of POINT. -> (n,) float32 each."""
        return _columns(POINT, self.points)

    def test_columns(self) -> dict[str, np.ndarray]:
        """Every column of TEST. -> (n,) float32 each."""
        return _columns(TEST, self.tests)


def interval(found: Evaluation) -> tuple[float, float]:
    """Between what limits the accuracy lies, with 95 % confidence."""
    right, seen = np.array([found.confusion.trace()]), np.array([found.confusion.sum()])
    low, high = wilson_interval(right, seen)
    return float(low[0]), float(high[0])


def _columns(names: tuple[str, ...], rows: list[tuple[float, ...]]) -> dict[str, np.ndarray]:
    table = np.array(rows, np.float32).reshape(-1, len(names))
    return {name: np.ascontiguousarray(column) for name, column in zip(names, table.T, strict=True)}
