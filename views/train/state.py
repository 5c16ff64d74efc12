"""What one user's training keeps between two events: what the buttons do to it, and what the passing of time does."""

from __future__ import annotations

import importlib
import time
from typing import Any

from ...engine import DataError, Evaluation, NetworkTextError, ShapeError
from ..files import Files
from ..networks import Networks
from ..state import Download, State
from . import preview, saving, words
from .dataset import dataset_of
from .inspection import SAMPLES, Inspector
from .run_history import Baseline, Checkpoint
from .settings import NOW, RUN_SETTINGS, NetworkChoice, TrainViewSettings
from .training_run import TrainingRun

TICK_SECONDS = 0.02
NEWS_SECONDS = 0.15  # between two pictures, at least
NEWS_SHARE = 6  # times as long as making one takes
BACKUP_SECONDS = 5.0
BUTTONS = ("start", "pause", "step", "restart", "evaluate", "fork", "compare", "forget", "hidden", "load", "restore")


class TrainState(State[TrainViewSettings]):
    """A run, its status (ready, running, paused, testing, diverged), and a baseline to compare with."""

    actions = (*BUTTONS, *saving.FILES)
    clock = staticmethod(time.perf_counter)

    def __init__(self, files: Files, networks: Networks) -> None:
        super().__init__(files, networks)
        importlib.import_module("numpy.random")  # now: in the browser it has to be fetched, and no step may be begun twice
        self.dataset = dataset_of(files)
        self.run: TrainingRun | None = None
        self.baseline: Baseline | None = None
        self.inspector: Inspector | None = None
        self.status = "ready"
        self.reason = ""  # why it is not running, and what to try
        self.is_preview = False  # whether the run is only the beginning that a fresh page shows
        self.is_loaded = False  # whether the run began with weights from a file
        self.is_hidden = False  # while the tab is hidden and training must not go on
        self.backup_is_due = False
        self.test_progress: Evaluation | None = None
        self._status_after_test = "paused"
        self._news_at = self._backup_at = 0.0
        self.seconds_of_news = 0.0

    @property
    def busy(self) -> bool:
        """Whether it trains or tests, and the tab is not hidden."""
        return self.status in ("running", "testing") and not self.is_hidden

    @property
    def next_file(self) -> str:
        """A file to be fetched while training goes on."""
        return self.dataset.train.first_missing if self.status == "running" else ""

    def tick(self, settings: TrainViewSettings) -> bool:
        """Train or test for a while; whether a new picture is due."""
        before, end = self.status, self.clock() + TICK_SECONDS
        try:
            while self.status == before:
                began = self.clock()
                run = self.prepare(settings)
                self._train(run, settings) if self.status == "running" else self._continue_test(run)
                if 2 * self.clock() - began > end:  # another one would take as long
                    break
        except (DataError, OSError) as error:
            self._stop("paused", f"{error}. Press Start training to try again.")
        now = self.clock()
        if self.status == before and now - self._news_at < max(NEWS_SECONDS, NEWS_SHARE * self.seconds_of_news):
            return False
        self._news_at = now
        if now - self._backup_at > BACKUP_SECONDS:
            self._publish()
        return True

    def prepare(self, settings: TrainViewSettings) -> TrainingRun:
        """The run of these settings, if it may still be chosen; a fresh page gets the beginning of one."""
        run, choice = self.run, NetworkChoice.of(settings)
        if run and not self.is_preview and (run.step or self.status != "ready"):
            return run
        default = TrainViewSettings().plain()
        is_default = all(getattr(settings, name) == default[name] for name in RUN_SETTINGS)
        is_preview = is_default and (run is None or self.is_preview)
        if run and run.choice == choice and is_preview == self.is_preview:
            return run
        try:
            new = self._new_run(choice, settings)
        except (NetworkTextError, ShapeError):  # the words beside the text say why
            if run:
                return run
            new = self._new_run(NetworkChoice("convnetjs", "", settings.seed), settings)
        if is_preview:
            preview.begin(new, settings)
        self.run, self.is_preview = new, is_preview
        return new

    def checkpoint(self, settings: TrainViewSettings) -> Checkpoint:
        """What is shown: the run as it is now, or as it was."""
        run = self.prepare(settings)
        earlier = run.checkpoints.nearest(settings.checkpoint) if settings.checkpoint != NOW else None
        return earlier or run.checkpoint()

    def act(self, settings: TrainViewSettings, name: str, value: Any) -> list[str] | Download:
        """Do what a button says."""
        self.dataset.training_examples(1)  # what the picture needs comes first: an action that waits for a file did nothing
        self.dataset.test_digits([settings.example, SAMPLES * settings.page])
        if name in saving.FILES:
            return saving.FILES[name](self.prepare(settings), self.checkpoint(settings))
        return super().act(settings, name, value)

    def _start(self, settings: TrainViewSettings, value: Any) -> list[str]:
        run = self._run_to_train(settings)
        settings.checkpoint, self.status, self.reason = NOW, "running", ""
        return words.notices(run, settings)

    def _restart(self, settings: TrainViewSettings, value: Any) -> None:
        self._begin(settings)
        settings.checkpoint = NOW

    def _pause(self, settings: TrainViewSettings, value: Any) -> None:
        if self.status in ("running", "testing"):
            self._stop("paused")

    def _step(self, settings: TrainViewSettings, value: Any) -> list[str]:
        if self.status in ("running", "testing"):
            return ["Pause first, then train single batches."]
        run = self._run_to_train(settings)
        self.status, self.is_preview, settings.checkpoint = "running", False, NOW
        self._train(run, settings)
        self._status_after_test = "paused"  # if this batch ended an epoch
        if self.status == "running":
            self._stop("paused")
        return words.notices(run, settings)

    def _evaluate(self, settings: TrainViewSettings, value: Any) -> None:
        if self.status != "testing":
            self.prepare(settings).begin_test(self.checkpoint(settings))
            self._status_after_test = "running" if self.status == "running" else "paused"
            self.status, self.is_preview = "testing", False

    def _fork(self, settings: TrainViewSettings, value: Any) -> list[str]:
        if settings.checkpoint == NOW:
            return ["These are the newest weights already: press Start training to continue."]
        run, checkpoint = self.prepare(settings), self.checkpoint(settings)
        run.resume(checkpoint, settings)
        settings.checkpoint, self.is_preview = NOW, False
        self._stop("paused")
        return [f"Back at batch {run.step:,}; later batches are discarded."]

    def _compare(self, settings: TrainViewSettings, value: Any) -> list[str]:
        run = self.prepare(settings)
        if not run.step:
            return ["There are no curves yet: train a little first."]
        self.baseline = Baseline(run.curves.copy(), settings.plain())
        self._restart(settings, None)
        return ["The curves stay as the baseline. The initial weights are the same: change one setting, then start."]

    def _forget(self, settings: TrainViewSettings, value: Any) -> None:
        self.baseline = None

    def _hidden(self, settings: TrainViewSettings, value: Any) -> None:
        self.is_hidden = bool(value) and not settings.background

    def _load(self, settings: TrainViewSettings, value: Any) -> list[str]:
        if saving.is_run(value):
            self._restore(settings, value)
            self.reason = "This run was opened from a file."
            return ["The run is open with its settings and curves; press Start training to continue it."]
        run = self._new_run(NetworkChoice.of(settings), settings)
        notice = saving.load(run, value)
        self.run, self.is_preview, self.is_loaded, settings.checkpoint = run, False, True, NOW
        self._stop("paused")
        return ["The weights are loaded; press Start training to continue from them.", *([notice] if notice else [])]

    def _restore(self, settings: TrainViewSettings, value: Any) -> None:
        self.run = saving.restore(value, settings, self.dataset, self.clock)
        self.is_preview, self.is_loaded, settings.checkpoint = False, False, NOW
        self._stop("paused", "Python was restarted; these are the weights of the last checkpoint.")

    def _new_run(self, choice: NetworkChoice, settings: TrainViewSettings) -> TrainingRun:
        return TrainingRun(choice, settings, self.dataset, self.clock)

    def _begin(self, settings: TrainViewSettings) -> TrainingRun:
        """A new run with fresh weights, which waits for its start. Raises NetworkTextError or ShapeError."""
        self.run, self.is_preview, self.is_loaded = self._new_run(NetworkChoice.of(settings), settings), False, False
        self._stop("ready")
        return self.run

    def _run_to_train(self, settings: TrainViewSettings) -> TrainingRun:
        """The run that goes on, or a new one if none has begun. Raises NetworkTextError or ShapeError."""
        run = self.run
        if run is None or self.is_preview or not (run.step or run.choice == NetworkChoice.of(settings)):
            return self._begin(settings)
        if self.status == "diverged":
            run.reset_optimiser(settings)
        return run

    def _train(self, run: TrainingRun, settings: TrainViewSettings) -> None:
        step = run.train_batch(settings)
        if step.status == "diverged":
            self._stop("diverged", words.diverged(step, run.learning_rate(settings)))
        elif run.has_ended_epoch:
            run.begin_test(run.checkpoint())
            self.status, self._status_after_test = "testing", "running"

    def _continue_test(self, run: TrainingRun) -> None:
        evaluation = run.continue_test()
        if evaluation.finished:
            return self._stop(self._status_after_test)
        self.test_progress = evaluation

    def halt(self, reason: str) -> None:
        """Stop after a fault; the weights stay as they are."""
        self._stop("paused", reason)

    def _stop(self, status: str, reason: str = "") -> None:
        self.status, self.reason = status, reason
        self.test_progress = None
        self._publish()

    def hand_on(self, checkpoint: Checkpoint) -> None:
        """Let the network view read a sample as it is read here: with the weights shown, before training too."""
        if self.run and not self.busy:
            self.networks.put("trained", self.run.network_with(checkpoint.vector))

    def _publish(self) -> None:
        """Let other views see the network, and the page keep what a new Python would need."""
        if self.run:
            self.networks.put("trained", self.run.network_with(self.run.network.vector))
            self.backup_is_due, self._backup_at = True, self.clock()
