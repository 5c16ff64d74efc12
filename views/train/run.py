"""A run: one network that learns from its first batch on, its curves, its history, and how fast it goes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...engine import Evaluation, Network, Trainer, TrainStep
from .curves import Average, Curves
from .digits import Digits, ends_epoch
from .moments import History, Moment
from .recipe import Plan, follow, learning_rate_now, optimiser_for, set_dropout, train_settings
from .settings import TrainViewSettings

BATCH_SHOWN = 8  # digits


class Run:
    """Learns batch by batch. Raises FileNeeded, DataError or OSError when digits are missing: then nothing has changed."""

    def __init__(self, plan: Plan, settings: TrainViewSettings, digits: Digits, clock: Callable[[], float]) -> None:
        """Raises also NetworkTextError or ShapeError, if the plan's network cannot be."""
        self.plan, self.digits, self.clock = plan, digits, clock
        self._rng = np.random.default_rng(plan.seed)
        network = plan.build(self._rng)
        optimiser = optimiser_for(settings, network.vector)
        choices = train_settings(settings)
        self.trainer = Trainer(network, optimiser, *digits.of_pass(0), choices, rng=self._rng, clock=lambda: self.clock())
        self.curves, self.history = Curves(), History()
        self.learned: TrainStep | None = None
        self.tested: Evaluation | None = None  # the present weights
        self.seconds = 0.0  # of learning, without pauses
        self.forward, self.backward = Average(), Average()  # seconds a digit
        self._kind, self._dropout = settings.optimiser, None
        self.history.keep(self.moment())

    @property
    def network(self) -> Network:
        """The network that learns."""
        return self.trainer.network

    @property
    def step(self) -> int:
        """How many batches were learned."""
        return self.trainer.position.step

    @property
    def has_ended_epoch(self) -> bool:
        """Whether the last batch was the last one of an epoch."""
        at = self.trainer.position
        return self.trainer.is_between_epochs and ends_epoch(at.epoch)

    def learn(self, settings: TrainViewSettings) -> TrainStep:
        """Learn one batch as the settings now say."""
        trainer = self.trainer
        if trainer.is_between_epochs:
            trainer.set_examples(*self.digits.of_pass(trainer.position.epoch))
        follow(trainer, settings, self._kind)
        self._kind = settings.optimiser
        self._dropout = set_dropout(trainer, self._dropout, settings.dropout, self._rng)
        before = trainer.position.examples_seen
        learned = self.learned = trainer.train_batch()
        count = learned.examples_seen - before
        self.seconds += learned.seconds_forward + learned.seconds_backward + learned.seconds_update
        self.tested = None
        if learned.status == "diverged":
            return learned
        self.forward.add(learned.seconds_forward / count, count)
        self.backward.add((learned.seconds_backward + learned.seconds_update) / count, count)
        self.curves.add(learned, count, self.seconds)
        if self.history.is_due(learned.step):
            self.history.keep(self.moment())
        return learned

    def recover(self, settings: TrainViewSettings) -> None:
        """After a divergence: forget the optimiser's memory, which may be infinite; the last finite weights are there."""
        self.trainer.optimiser = optimiser_for(settings, self.network.vector)

    def take_test(self, found: Evaluation) -> None:
        """Keep what the test digits said of the present weights."""
        self.tested = found
        self.curves.add_test(self.trainer.position.examples_seen, found)
        self.history.keep(self.moment())

    def moment(self) -> Moment:
        """The run as it is now, in arrays of its own."""
        trainer = self.trainer
        return Moment(
            position=trainer.position,
            learned=self.learned,
            seconds=self.seconds,
            vector=trainer.network.vector.copy(),
            gradient=trainer.network.gradient_vector.copy(),
            updates=self._updates(),
            batch=trainer.batch[:BATCH_SHOWN],
            shifts=trainer.shifts[:BATCH_SHOWN],
            curves=self.curves.averages(),
            optimiser=self._kind,
            memory=[parts[0].copy() for parts in trainer.optimiser.state],
            optimiser_steps=trainer.optimiser.steps,
            tested=self.tested,
        )

    def go_to(self, moment: Moment, settings: TrainViewSettings) -> None:
        """Go on from an earlier moment; what came after it is forgotten.

        With the same settings the next batches are those that followed it, bit for bit.
        """
        trainer, at = self.trainer, moment.position
        trainer.set_examples(*self.digits.of_pass(max(0, at.epoch - 1)))
        trainer.network.vector[...] = moment.vector
        trainer.network.gradient_vector[...] = moment.gradient
        trainer.optimiser = optimiser_for(settings, trainer.network.vector)
        trainer.settings, self._kind = train_settings(settings), settings.optimiser
        if moment.optimiser == settings.optimiser:
            for parts, kept in zip(trainer.optimiser.state, moment.memory, strict=True):
                parts[0][...] = kept
            trainer.optimiser.steps = moment.optimiser_steps
        trainer.resume(at)
        trainer.batch, trainer.shifts = moment.batch, moment.shifts
        self.curves = self.curves.back_to(moment.curves, at.step, at.examples_seen)
        self.learned, self.tested = moment.learned, moment.tested
        self.seconds = moment.seconds
        self.history.drop_after(at.step)
        if not self.history.moments or self.history.moments[-1].step < at.step:
            self.history.keep(moment)

    def restate(self) -> None:
        """Begin with the weights that were put into the network."""
        self.trainer.resume(self.trainer.position)
        self.history = History()
        self.history.keep(self.moment())

    def copy_of_network(self) -> Network:
        """The plan's network with the present weights, to be kept or changed by others."""
        return self.network.copy(without=[self._dropout] if self._dropout else [])

    def learning_rate(self, settings: TrainViewSettings) -> float:
        """The learning rate of the next batch."""
        return learning_rate_now(settings, self.trainer.position.examples_seen)

    def _updates(self) -> dict[str, float]:
        """How much of each layer's weights the last batch changed: the ratio of the two lengths."""
        change, found, start = self.trainer.last_update, {}, 0
        for name, layer in zip(self.network.names, self.network.layers, strict=True):
            for part, value in layer.parameters.items():
                stop = start + value.size
                if part == "weight" and self.learned:
                    length = float(np.linalg.norm(value))
                    found[name] = float(np.linalg.norm(change[start:stop])) / length if length else 0.0
                start = stop
        return found
