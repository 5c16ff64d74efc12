"""A training run: one network with its optimiser, curves and checkpoints, trained batch by batch as the settings now say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ...engine import OPTIMISERS, SGD, Adadelta, Dropout, Evaluation, Network, Optimiser, RMSprop, evaluate
from ...engine.trainer import Trainer, TrainSettings, TrainStep
from .dataset import Dataset, ends_epoch
from .run_history import Checkpoint, Checkpoints, LearningCurves, MovingAverage
from .settings import NetworkChoice, TrainViewSettings

BATCH_SHOWN = 8  # digits
TEST_BATCH = 100  # digits
FARTHEST_SHIFT = 2  # pixels: 25 places
HOLDOUT = 10  # every tenth training digit is for validation
HALVING = 10_000  # examples after which a decaying learning rate is half of what it was


class TrainingRun:
    """Trains batch by batch. Raises FileNeeded, DataError or OSError when digits are missing: then nothing has changed."""

    def __init__(
        self, choice: NetworkChoice, settings: TrainViewSettings, dataset: Dataset, clock: Callable[[], float]
    ) -> None:
        """Raises also NetworkTextError or ShapeError, if the chosen network cannot be."""
        self.choice, self.dataset, self.clock = choice, dataset, clock
        self._rng = np.random.default_rng(choice.seed)
        network = choice.build(self._rng)
        self.trainer = Trainer(
            network, optimiser_for(settings, network.vector), *dataset.training_examples(1), train_settings(settings),
            rng=self._rng, clock=lambda: self.clock(),
        )  # fmt: skip
        self.curves, self.checkpoints = LearningCurves(), Checkpoints()
        self.last_step: TrainStep | None = None
        self.evaluation: Evaluation | None = None  # of the present weights
        self.seconds = 0.0  # of training, without pauses
        self.forward, self.backward = MovingAverage(), MovingAverage()  # seconds per digit
        self._optimiser = settings.optimiser
        self._dropout: Dropout | None = None
        self._test: tuple[Checkpoint, Iterator[Evaluation]]
        self.checkpoints.add(self.checkpoint())

    @property
    def network(self) -> Network:
        """The network that is trained."""
        return self.trainer.network

    @property
    def step(self) -> int:
        """How many batches were trained."""
        return self.trainer.position.step

    @property
    def has_ended_epoch(self) -> bool:
        """Whether the last batch was the last one of an epoch."""
        return self.trainer.is_between_epochs and ends_epoch(self.trainer.position.epoch)

    def train_batch(self, settings: TrainViewSettings) -> TrainStep:
        """Train on one batch as the settings now say."""
        trainer = self.trainer
        if trainer.is_between_epochs:
            trainer.set_examples(*self.dataset.training_examples(trainer.position.epoch + 1))
        self._apply(settings)
        before = trainer.position.examples_seen
        step = self.last_step = trainer.train_batch()
        count = step.examples_seen - before
        self.seconds += step.seconds_forward + step.seconds_backward + step.seconds_update
        self.evaluation = None
        if step.status == "diverged":
            return step
        self.forward.add(step.seconds_forward / count, count)
        self.backward.add((step.seconds_backward + step.seconds_update) / count, count)
        self.curves.add(step, count, self.seconds)
        if self.checkpoints.is_due(step.step):
            self.checkpoints.add(self.checkpoint())
        return step

    def reset_optimiser(self, settings: TrainViewSettings) -> None:
        """After a divergence: forget the optimiser's state, which may be infinite; the last finite weights are there."""
        self.trainer.optimiser = optimiser_for(settings, self.network.vector)

    def begin_test(self, checkpoint: Checkpoint) -> None:
        """Get ready to evaluate a checkpoint's weights on all test digits."""
        images, labels = self.dataset.test.all()
        self._test = checkpoint, evaluate(self.network_with(checkpoint.vector), images, labels, batch_size=TEST_BATCH)

    def continue_test(self) -> Evaluation:
        """Read the next TEST_BATCH digits; what is known at the end stays with the checkpoint."""
        checkpoint, evaluations = self._test
        evaluation = next(evaluations)
        if evaluation.finished:
            self.curves.add_test(checkpoint.position.examples_seen, evaluation)
            checkpoint.evaluation = evaluation
            if checkpoint.step == self.step:
                self.evaluation = evaluation
                self.checkpoints.add(self.checkpoint())
        return evaluation

    def checkpoint(self) -> Checkpoint:
        """The run as it is now, in arrays of its own."""
        trainer = self.trainer
        return Checkpoint(
            position=trainer.position,
            last_step=self.last_step,
            seconds=self.seconds,
            vector=trainer.network.vector.copy(),
            gradient=trainer.network.gradient_vector.copy(),
            updates=self._updates(),
            batch=trainer.batch[:BATCH_SHOWN],
            shifts=trainer.shifts[:BATCH_SHOWN],
            curves=self.curves.averages(),
            optimiser=self._optimiser,
            optimiser_state=[parts[0].copy() for parts in trainer.optimiser.state],
            optimiser_steps=trainer.optimiser.steps,
            evaluation=self.evaluation,
        )

    def resume(self, checkpoint: Checkpoint, settings: TrainViewSettings) -> None:
        """Go on from an earlier checkpoint; what came after it is forgotten.

        With the same settings the next batches are those that followed it, bit for bit.
        """
        trainer, position = self.trainer, checkpoint.position
        trainer.set_examples(*self.dataset.training_examples(max(1, position.epoch)))
        trainer.network.vector[...] = checkpoint.vector
        trainer.network.gradient_vector[...] = checkpoint.gradient
        trainer.optimiser = optimiser_for(settings, trainer.network.vector)
        trainer.settings, self._optimiser = train_settings(settings), settings.optimiser
        if checkpoint.optimiser == settings.optimiser:
            for parts, value in zip(trainer.optimiser.state, checkpoint.optimiser_state, strict=True):
                parts[0][...] = value
            trainer.optimiser.steps = checkpoint.optimiser_steps
        trainer.resume(position)
        trainer.batch, trainer.shifts = checkpoint.batch, checkpoint.shifts
        self.curves = self.curves.back_to(checkpoint.curves, position.step, position.examples_seen)
        self.last_step, self.evaluation = checkpoint.last_step, checkpoint.evaluation
        self.seconds = checkpoint.seconds
        self.checkpoints.drop_after(position.step)
        if not self.checkpoints.all or self.checkpoints.all[-1].step < position.step:
            self.checkpoints.add(checkpoint)

    def take_over(self, other: TrainingRun, settings: TrainViewSettings) -> None:
        """Be at the same batch as another run of the same choice and settings, with arrays and curves of one's own."""
        self.checkpoints.all = [replace(checkpoint) for checkpoint in other.checkpoints.all]
        self.checkpoints.spacing = other.checkpoints.spacing
        self.resume(replace(other.checkpoint(), curves=other.curves.copy()), settings)
        self.forward, self.backward = replace(other.forward), replace(other.backward)

    def start_from_loaded_weights(self) -> None:
        """Make the weights that were put into the network the first checkpoint."""
        self.trainer.resume(self.trainer.position)
        self.checkpoints = Checkpoints()
        self.checkpoints.add(self.checkpoint())

    def network_with(self, vector: np.ndarray) -> Network:
        """A copy of the network with these weights, without the Dropout that was put into it."""
        network = self.network.copy(without=[self._dropout] if self._dropout else [])
        network.vector[...] = vector
        return network

    def learning_rate(self, settings: TrainViewSettings) -> float:
        """The learning rate of the next batch."""
        decay = 1 + self.trainer.position.examples_seen / HALVING if settings.schedule == "falling" else 1
        return float(settings.learning_rate / decay)

    def _apply(self, settings: TrainViewSettings) -> None:
        """Train the next batch as the settings now say."""
        trainer, optimiser = self.trainer, self.trainer.optimiser
        if settings.optimiser != self._optimiser:
            optimiser = trainer.optimiser = optimiser_for(settings, trainer.network.vector)
            self._optimiser = settings.optimiser
        if isinstance(optimiser, SGD):
            optimiser.momentum = 0.0 if settings.optimiser == "sgd" else settings.momentum
            optimiser.nesterov = settings.optimiser == "nesterov" and optimiser.momentum > 0
        elif isinstance(optimiser, RMSprop):
            optimiser.momentum = settings.momentum
        optimiser.learning_rate = self.learning_rate(settings)
        trainer.settings = train_settings(settings)
        self._set_dropout(settings.dropout)

    def _set_dropout(self, share: float) -> None:
        """Put a Dropout before the last layer with parameters, change its share, or take it away."""
        if self._dropout and share:
            self._dropout.p = share
        if bool(self._dropout) == bool(share):
            return
        old = self.network
        layers = [layer for layer in old.layers if layer is not self._dropout]
        self._dropout = Dropout(share, rng=self._rng) if share else None
        if self._dropout:
            layers.insert(max(n for n, layer in enumerate(layers) if layer.parameters), self._dropout)
        self.trainer.network = Network(layers, old.input_shape, pixel_offset=old.pixel_offset)
        self.network.gradient_vector[...] = old.gradient_vector
        self.trainer.optimiser.parameters = [self.network.vector]  # the same numbers in a new place

    def _updates(self) -> dict[str, float]:
        """How much of each layer's weights the last batch changed: the ratio of the two lengths."""
        if self.last_step is None:
            return {}
        change, updates, start = self.trainer.last_update, {}, 0
        for name, value in self.network.parameters().items():
            start += value.size
            length = float(np.linalg.norm(value))
            if name.endswith(".weight") and length:
                updates[name.removesuffix(".weight")] = float(np.linalg.norm(change[start - value.size : start])) / length
        return updates


def optimiser_for(settings: TrainViewSettings, vector: np.ndarray) -> Optimiser:
    """A new optimiser with its initial state; its rate and momentum are set before each batch. vector: of all parameters."""
    if settings.optimiser == "adadelta":
        return Adadelta([vector], settings.learning_rate, rho=0.95)  # as ConvNetJS
    return OPTIMISERS.get(settings.optimiser, SGD)([vector], settings.learning_rate)  # momentum and Nesterov are SGD's


def train_settings(settings: TrainViewSettings) -> TrainSettings:
    """How batches are made."""
    shift = FARTHEST_SHIFT if settings.augmentation else 0
    return TrainSettings(settings.batch_size, l2=settings.weight_decay, max_shift=shift, holdout=HOLDOUT)
