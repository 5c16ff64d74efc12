"""What a run remembers, however long it lasts: curves of at most 400 points, smooth averages, and at most 24 checkpoints.

When there are too many points or checkpoints, every second one goes and their spacing doubles. A checkpoint holds all that
it takes to go on from it, bit for bit. The curves of an earlier run can stay as a baseline to compare with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...engine import Evaluation, TrainStep, wilson_interval
from ...engine.trainer import Position
from .settings import RUN_SETTINGS, TrainViewSettings

MOST_POINTS = 400
MOST_TESTS = 60
AVERAGING_WINDOW = 300  # examples after which an older one counts e times less
VALIDATION_WINDOW = 100  # validation examples come ten times less often
MOST_CHECKPOINTS = 24
FEWEST_CHECKPOINTS = 4
MOST_CHECKPOINT_BYTES = 40_000_000  # of all together, as far as FEWEST_CHECKPOINTS allows
FIRST_SPACING = 10  # batches between checkpoints

POINT = ("step", "examples", "seconds", "raw", "smoothed", "training", "validation")
TEST = ("examples", "accuracy", "low", "high")
Row = tuple[float, ...]


@dataclass
class MovingAverage:
    """A mean in which an example counts e times less for every `window` examples that came after it."""

    total: float = 0.0
    weight: float = 0.0
    window: float = AVERAGING_WINDOW

    def add(self, value: float, examples: int) -> None:
        """Take in the mean of so many more examples."""
        decay = math.exp(-examples / self.window)
        self.total, self.weight = self.total * decay + value * examples, self.weight * decay + examples

    @property
    def value(self) -> float:
        """The mean, NaN before the first example."""
        return self.total / self.weight if self.weight else math.nan


@dataclass
class LearningCurves:
    """Rows of POINT, one for every `spacing`-th batch, and rows of TEST, one for each evaluation on the test digits."""

    points: list[Row] = field(default_factory=list)
    tests: list[Row] = field(default_factory=list)
    spacing: int = 1
    loss: MovingAverage = field(default_factory=MovingAverage)
    training: MovingAverage = field(default_factory=MovingAverage)
    validation: MovingAverage = field(default_factory=lambda: MovingAverage(window=VALIDATION_WINDOW))

    def add(self, step: TrainStep, examples: int, seconds: float) -> None:
        """Take in one batch of so many examples, which ended `seconds` after the start."""
        self.loss.add(step.loss, examples)
        self.training.add(step.accuracy, examples)
        if step.validation_accuracy is not None:
            self.validation.add(step.validation_accuracy, examples)
        if step.step % self.spacing:
            return
        smoothed = (self.loss.value, self.training.value, self.validation.value)
        self.points.append((step.step, step.examples_seen, seconds, step.loss, *smoothed))
        if len(self.points) > MOST_POINTS:
            self.spacing *= 2
            self.points = [point for point in self.points if point[0] % self.spacing == 0]

    def add_test(self, examples_seen: int, evaluation: Evaluation) -> None:
        """Take in an evaluation of the weights after so many examples."""
        self.tests = [test for test in self.tests if test[0] != examples_seen]
        self.tests.append((examples_seen, evaluation.accuracy, *confidence_interval(evaluation)))
        self.tests.sort()
        if len(self.tests) > MOST_TESTS:
            self.tests = self.tests[1::2]

    def copy(self) -> LearningCurves:
        """The same curves, which later batches leave as they are."""
        return replace(self.averages(), points=list(self.points), tests=list(self.tests))

    def averages(self) -> LearningCurves:
        """The averages as they are now, without points."""
        return LearningCurves([], [], self.spacing, replace(self.loss), replace(self.training), replace(self.validation))

    def back_to(self, checkpoint: LearningCurves, step: int, examples: int) -> LearningCurves:
        """The curves up to a batch with the averages of its checkpoint; a checkpoint's own points count more, if it has any."""
        source = checkpoint if checkpoint.points else self
        points = [point for point in source.points if point[0] <= step]
        tests = [test for test in source.tests if test[0] <= examples]
        return replace(checkpoint.averages(), points=points, tests=tests, spacing=source.spacing)

    def columns(self) -> dict[str, np.ndarray]:
        """Every column of POINT. -> (n,) float32 each."""
        return _columns(POINT, self.points)

    def test_columns(self) -> dict[str, np.ndarray]:
        """Every column of TEST. -> (n,) float32 each."""
        return _columns(TEST, self.tests)


def confidence_interval(evaluation: Evaluation) -> tuple[float, float]:
    """The limits between which the accuracy lies with 95 % confidence."""
    correct, seen = np.array([evaluation.confusion.trace()]), np.array([evaluation.confusion.sum()])
    low, high = wilson_interval(correct, seen)
    return float(low[0]), float(high[0])


def _columns(names: tuple[str, ...], rows: list[Row]) -> dict[str, np.ndarray]:
    table = np.array(rows, np.float32).reshape(-1, len(names))
    return {name: np.ascontiguousarray(column) for name, column in zip(names, table.T, strict=True)}


@dataclass
class Checkpoint:
    """A run between two batches. Arrays of (P,) are all parameters of the network in a row, without any Dropout."""

    position: Position
    last_step: TrainStep | None  # the batch before
    seconds: float
    vector: np.ndarray  # (P,) the weights
    gradient: np.ndarray  # (P,) of the batch before
    updates: dict[str, float]  # layer: |last change of its weights| / |its weights|
    batch: np.ndarray  # the first digits of the batch before, as places among the trainer's examples
    shifts: np.ndarray  # how these were shifted
    curves: LearningCurves  # their averages at that time
    optimiser: str
    optimiser_state: list[np.ndarray]  # (P,) each
    optimiser_steps: int
    evaluation: Evaluation | None = None

    @property
    def step(self) -> int:
        """How many batches were trained."""
        return self.position.step

    @property
    def nbytes(self) -> int:
        """What its arrays take."""
        return self.vector.nbytes + self.gradient.nbytes + sum(array.nbytes for array in self.optimiser_state)


class Checkpoints:
    """The checkpoints that a run keeps, in order."""

    def __init__(self) -> None:
        self.all: list[Checkpoint] = []
        self.spacing = FIRST_SPACING

    def is_due(self, step: int) -> bool:
        """Whether a checkpoint is to be kept after this batch."""
        return step % self.spacing == 0 and (not self.all or self.all[-1].step < step)

    def add(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint, in place of an older one of the same batch."""
        self.all = [older for older in self.all if older.step < checkpoint.step] + [checkpoint]
        most = max(FEWEST_CHECKPOINTS, min(MOST_CHECKPOINTS, MOST_CHECKPOINT_BYTES // max(1, checkpoint.nbytes)))
        while len(self.all) > most:
            self._thin_out()

    def nearest(self, step: int) -> Checkpoint | None:
        """The checkpoint nearest to a batch; None if there is none."""
        return min(self.all, key=lambda checkpoint: abs(checkpoint.step - step), default=None)

    def drop_after(self, step: int) -> None:
        """Forget what came after a batch."""
        self.all = [checkpoint for checkpoint in self.all if checkpoint.step <= step]

    def _thin_out(self) -> None:
        """Of every two neighbours after the first checkpoint keep one, rather one whose weights were tested."""
        self.spacing *= 2
        first, *rest = self.all
        pairs = [rest[n : n + 2] for n in range(0, len(rest) - 1, 2)]
        better = [max(pair, key=lambda checkpoint: (checkpoint.evaluation is not None, checkpoint.step)) for pair in pairs]
        self.all = [first, *better, *rest[2 * len(pairs) :]]


@dataclass(frozen=True)
class Baseline:
    """The curves of an earlier run and the settings with which it ended, to see what one setting does."""

    curves: LearningCurves
    settings: dict[str, Any]

    def label(self, settings: TrainViewSettings) -> str:
        """In what the baseline differs from the settings as they are now."""
        names = [name for name in RUN_SETTINGS if self.settings[name] != getattr(settings, name)]
        differences = [
            f"{str(settings.param[name].label).lower()} {_plain(self.settings[name])} instead of "
            f"{_plain(getattr(settings, name))}"
            for name in names
            if name != "network" or settings.architecture == "own"
        ]
        return f"Baseline: {', '.join(differences)}" if differences else "Baseline: same settings; change one of them"


def _plain(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
