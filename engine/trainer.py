"""Training: shuffle, take a batch, shift it a little, forward, loss, backward, update; facts after every batch.

`Trainer.run()` is a generator. One turn is one batch: the caller decides when to take the next, so a page stays alive
and a pause is simply not asking. `position` is where training stands: with the weights and the optimiser's state of
that moment, `resume` goes on from there, bit for bit. Words and colours are the view's; here are numbers and a status.
Randomness (rng) and time (clock) are arguments: the same seeds give the same numbers, bit for bit, on one platform.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from .examples import Images, Numbers, check_examples, network_input
from .losses import cross_entropy_backward, cross_entropy_per_example
from .network import Network
from .optimisers import Optimiser
from .shapes import Array

Status = Literal["running", "finished", "diverged"]
LARGEST_LOSS = 1e6  # nats; the loss of guessing among ten is 2.3, so beyond this nothing comes back


@dataclass(frozen=True)
class TrainSettings:
    """What the user chooses. l2: weight of ½·Σ weight² in the loss, biases excepted; max_shift: pixels, each way."""

    batch_size: int = 20
    l2: float = 0.0
    max_shift: int = 0
    holdout: int = 10  # every tenth example is kept for validation; 0 keeps none
    epochs: int | None = None  # None goes on until nobody asks

    def __post_init__(self) -> None:
        for name, least in (("batch_size", 1), ("l2", 0), ("max_shift", 0), ("holdout", 0)):
            value = getattr(self, name)
            if not least <= value < math.inf:
                raise ValueError(f"{name} is {value}, but a finite number of at least {least} is wanted; try {name}=10")
        if self.holdout == 1:
            raise ValueError("holdout is 1, which keeps every example for validation; try holdout=10, or 0 to keep none")


@dataclass(frozen=True)
class TrainStep:
    """The facts of one batch. Losses in nats, accuracies 0..1, times in the clock's seconds."""

    loss: float  # mean cross-entropy of this batch before its update, without l2_loss
    l2_loss: float
    accuracy: float
    seconds_forward: float
    seconds_backward: float
    seconds_update: float
    status: Status
    step: int = 0
    epoch: int = 0
    examples_seen: int = 0
    validation_accuracy: float | None = None  # of one batch that is never trained on; every holdout-th step


@dataclass(frozen=True)
class Position:
    """Where training stands between two batches; the states are those of rng, when the epoch was shuffled and now."""

    step: int = 0
    epoch: int = 0
    examples_seen: int = 0
    validation_examples_seen: int = 0
    epoch_examples_seen: int = 0
    epoch_rng_state: Any = None
    rng_state: Any = None


class Trainer:
    """Trains a network on digits. images: (n, H, W) uint8, labels: (n,); optimiser: made with [network.vector]."""

    def __init__(
        self, network: Network, optimiser: Optimiser, images: Images, labels: Numbers, settings: TrainSettings, *,
        rng: np.random.Generator, clock: Callable[[], float],
    ) -> None:
        if len(optimiser.parameters) != 1 or optimiser.parameters[0] is not network.vector:
            raise ValueError("the optimiser holds other parameters than the network; make it with [network.vector]")
        self.network, self.optimiser, self.settings = network, optimiser, settings
        self._rng, self._clock = rng, clock
        self._last_good = network.vector.copy()
        self._at, self._order = Position(), np.arange(0)
        self.batch, self.shifts = np.arange(0), np.zeros((0, 2), np.int64)  # the last one: its examples, how they moved
        self.set_examples(images, labels)

    def set_examples(self, images: Images, labels: Numbers) -> None:
        """Take these examples from the next epoch on, for instance when more shards have arrived."""
        check_examples(images, labels, self.network)
        if self.settings.holdout and len(images) < self.settings.holdout:
            raise ValueError(f"{len(images)} examples are too few for holdout={self.settings.holdout}; try holdout=0")
        self._images, self._labels = images, labels

    def run(self) -> Iterator[TrainStep]:
        """Train until the epochs are over, the loss diverges, or nobody asks. Each turn learns one batch."""
        self._at, self._order = Position(validation_examples_seen=self._at.validation_examples_seen), np.arange(0)
        while not (self.is_between_epochs and self._at.epoch == self.settings.epochs):
            learned = self.train_batch()
            yield learned
            if learned.status == "diverged":
                return

    def train_batch(self) -> TrainStep:
        """Take the next batch of the epoch, or the first one of the next epoch, and learn it."""
        if self.is_between_epochs:
            self._begin_epoch(self._at)
        at, (images, labels) = self._at, self._epoch_examples
        batch = self._order[at.epoch_examples_seen : at.epoch_examples_seen + self.settings.batch_size]
        validation_accuracy = self._validate(images, labels) if self._is_validation(at.step) else None
        learned = self._learn(images[batch], labels[batch])
        self.batch = batch
        self._at = at = replace(
            self._at, step=at.step + 1, examples_seen=at.examples_seen + len(batch),
            epoch_examples_seen=at.epoch_examples_seen + len(batch),
        )  # fmt: skip
        if learned.status == "running" and at.epoch == self.settings.epochs and self.is_between_epochs:
            learned = replace(learned, status="finished")
        return replace(
            learned, step=at.step, epoch=at.epoch, examples_seen=at.examples_seen, validation_accuracy=validation_accuracy
        )

    @property
    def is_between_epochs(self) -> bool:
        """Whether the next batch begins an epoch, with the examples that `set_examples` gave last."""
        return self._at.epoch_examples_seen >= len(self._order)

    @property
    def position(self) -> Position:
        """Where training stands now."""
        return replace(self._at, rng_state=self._rng.bit_generator.state)

    @property
    def last_update(self) -> Array:
        """What the last update added to the parameters. -> (P,)."""
        return self.network.vector - self._last_good

    def resume(self, position: Position) -> None:
        """Go on from there; the weights, the optimiser's state and that epoch's examples must be back already."""
        self._order = np.arange(0)
        if position.epoch:
            self._rng.bit_generator.state = position.epoch_rng_state
            self._begin_epoch(position)
        self._at = position
        self._rng.bit_generator.state = position.rng_state
        np.copyto(self._last_good, self.network.vector)

    def _begin_epoch(self, at: Position) -> None:
        """Shuffle: every training example once."""
        self._at = replace(at, epoch=at.epoch + 1, epoch_examples_seen=0, epoch_rng_state=self._rng.bit_generator.state)
        self._epoch_examples = self._images, self._labels
        self._order = self._rng.permutation(self.training_indices())

    def training_indices(self) -> Numbers:
        """The examples that are learned: all but every holdout-th. -> (n,)."""
        return np.flatnonzero(~self._held_out(len(self._images)))

    def validation_indices(self) -> Numbers:
        """The examples that are only ever looked at. -> (n,)."""
        return np.flatnonzero(self._held_out(len(self._images)))

    def _held_out(self, count: int) -> npt.NDArray[np.bool_]:
        numbers = np.arange(1, count + 1)
        return numbers % self.settings.holdout == 0 if self.settings.holdout else numbers < 0

    def _learn(self, images: Images, labels: Numbers) -> TrainStep:
        """One update. images: (N, H, W), labels: (N,). If a number is no longer finite, the last good weights return."""
        network, farthest = self.network, self.settings.max_shift
        shifts = self._rng.integers(-farthest, farthest + 1, (len(images), 2)) if farthest else None
        self.shifts = np.zeros((len(images), 2), np.int64) if shifts is None else shifts
        x = network_input(images, network, shifts)
        network.train()
        times = [self._clock()]
        with np.errstate(all="ignore"):  # a diverging network overflows; that is a status here, not a warning
            logits = network.forward(x)
            loss = float(cross_entropy_per_example(logits, labels).mean())
            times.append(self._clock())
            good = loss <= LARGEST_LOSS and bool(np.isfinite(logits).all())
            l2_loss = self._l2_loss()
            accuracy = float((logits.argmax(axis=1) == labels).mean())
            if good:
                np.copyto(self._last_good, network.vector)
                network.backward(cross_entropy_backward(logits, labels))
                self._add_l2_gradient()
                times.append(self._clock())
                self.optimiser.step([network.gradient_vector])
                good = bool(np.isfinite(network.vector).all())
        if not good:
            np.copyto(network.vector, self._last_good)
            network.forward(x)  # so that all that is kept for the page is finite too
            network.gradients = []
            network.gradient_vector[...] = 0
        forward, backward, update = np.diff([*times, *[self._clock()] * (4 - len(times))]).tolist()
        status: Status = "running" if good else "diverged"
        return TrainStep(loss, l2_loss, accuracy, forward, backward, update, status)

    def _l2_loss(self) -> float:
        if not self.settings.l2:
            return 0.0
        return 0.5 * self.settings.l2 * sum(float(np.vdot(weight, weight)) for weight, _ in self._weights())

    def _add_l2_gradient(self) -> None:
        if self.settings.l2:
            for weight, gradient in self._weights():
                gradient += self.settings.l2 * weight

    def _weights(self) -> Iterator[tuple[Array, Array]]:
        """Each layer's weight with its gradient; L2 leaves the biases alone."""
        gradients = self.network.parameter_gradients()
        for name, value in self.network.parameters().items():
            if name.endswith(".weight"):
                yield value, gradients[name]

    def _is_validation(self, step: int) -> bool:
        return self.settings.holdout > 0 and step % self.settings.holdout == 0

    def _validate(self, images: Images, labels: Numbers) -> float:
        """The accuracy of the next batch of held-out examples, which are taken round and round."""
        held_out = np.flatnonzero(self._held_out(len(images)))  # of this epoch: more may be waiting for the next
        batch = held_out[(self._at.validation_examples_seen + np.arange(self.settings.batch_size)) % len(held_out)]
        self._at = replace(self._at, validation_examples_seen=self._at.validation_examples_seen + len(batch))
        self.network.eval()
        logits = self.network.forward(network_input(images[batch], self.network))
        return float((logits.argmax(axis=1) == labels[batch]).mean())
