"""What one user's training keeps between two events, and what the passing of time does to it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ...engine import DataError, Evaluation, NetworkTextError, ShapeError, evaluate
from ..files import Files
from ..networks import Networks
from ..state import State
from . import words
from .digits import digits_of
from .kept import Kept
from .look import Inspector
from .moments import Moment
from .recipe import Plan
from .run import Run
from .settings import LEARNING, NOW, TrainViewSettings

TICK_SECONDS = 0.02
NEWS_SECONDS = 0.15  # between two pictures, at least
NEWS_SHARE = 6  # times as long as making one takes
BACKUP_SECONDS = 5.0
PREVIEW_BATCHES = 40
TEST_BATCH = 100


class Training(State):
    """A run, what it is doing (ready, running, paused, testing, diverged), and a run kept to compare with."""

    clock = staticmethod(time.perf_counter)

    def __init__(self, files: Files, networks: Networks) -> None:
        super().__init__(files, networks)
        self.digits = digits_of(files)
        self.run: Run | None = None
        self.kept: Kept | None = None
        self.status = "ready"
        self.reason = ""  # why it is not running, and what to try
        self.is_preview = False  # whether the run is only the beginning that a fresh page shows
        self.is_resting = False  # while the tab is hidden
        self.backup_is_due = False
        self.inspector: Inspector | None = None
        self._testing: Iterator[Evaluation] | None = None
        self._tested_moment: Moment | None = None
        self._after_testing = "paused"
        self.test_so_far: Evaluation | None = None
        self._news_at = self._backup_at = 0.0
        self.seconds_of_news = 0.0

    @property
    def busy(self) -> bool:  # type: ignore[override]
        """Whether it learns or tests, and the tab is not hidden."""
        return self.status in ("running", "testing") and not self.is_resting

    def tick(self, settings: TrainViewSettings) -> bool:  # type: ignore[override]
        """Learn or test for a while; whether a new picture is due."""
        before, end = self.status, self.clock() + TICK_SECONDS
        try:
            while self.status == before:
                began = self.clock()
                self._learn(settings) if self.status == "running" else self._test()
                if 2 * self.clock() - began > end:  # another one would take as long
                    break
        except (DataError, OSError) as error:
            self._stop("paused", f"{error}. Start again goes on when it is there.")
        now = self.clock()
        if self.status == before and now - self._news_at < max(NEWS_SECONDS, NEWS_SHARE * self.seconds_of_news):
            return False
        self._news_at = now
        if now - self._backup_at > BACKUP_SECONDS:
            self._share()
        return True

    def prepare(self, settings: TrainViewSettings) -> Run:
        """The run that the settings ask for, if it may still be chosen; a fresh page gets the beginning of one."""
        run, plan = self.run, Plan.of(settings)
        if run and not self.is_preview and (run.step or self.status != "ready"):
            return run
        usual = TrainViewSettings().plain()
        is_usual = all(getattr(settings, name) == usual[name] for name in LEARNING)
        wants_preview = is_usual and (run is None or self.is_preview)
        if run and run.plan == plan and wants_preview == self.is_preview:
            return run
        try:
            new = Run(plan, settings, self.digits, self.clock)
        except (NetworkTextError, ShapeError):  # the words beside the text say why
            if run:
                return run
            new = Run(Plan("convnetjs", "", settings.seed), settings, self.digits, self.clock)
        new.clock = (lambda: 0.0) if wants_preview else self.clock  # what was computed beforehand took no time here
        for _ in range(PREVIEW_BATCHES * wants_preview):
            new.learn(settings)
        new.clock = self.clock
        self.run, self.is_preview = new, wants_preview
        return new

    def moment(self, settings: TrainViewSettings) -> Moment:
        """What is shown: the run as it is now, or as it was."""
        run = self.prepare(settings)
        return (run.history.at(settings.checkpoint) if settings.checkpoint != NOW else None) or run.moment()

    @property
    def path_wanted_soon(self) -> str:
        """A file to be fetched while training goes on."""
        return self.digits.train.first_missing if self.status == "running" else ""

    def begin(self, settings: TrainViewSettings) -> Run:
        """A new run with fresh weights, which waits for its start. Raises NetworkTextError or ShapeError."""
        self.run, self.is_preview = Run(Plan.of(settings), settings, self.digits, self.clock), False
        self._stop("ready")
        return self.run

    def _learn(self, settings: TrainViewSettings) -> None:
        run = self.prepare(settings)
        learned = run.learn(settings)
        if learned.status == "diverged":
            self._stop("diverged", words.diverged(learned, run.learning_rate(settings)))
        elif run.has_ended_epoch:
            self._begin_test(run.moment(), after="running")

    def _test(self) -> None:
        assert self.run
        assert self._testing
        assert self._tested_moment
        found = next(self._testing)
        if not found.finished:
            self.test_so_far = found
            return
        if self._tested_moment.step == self.run.step:
            self.run.take_test(found)
        else:
            self._tested_moment.tested = found
            self.run.curves.add_test(self._tested_moment.position.examples_seen, found)
        self._stop(self._after_testing)

    def halt(self, reason: str) -> None:
        """Stop after a fault; the weights stay as they are."""
        self._stop("paused", reason)

    def _stop(self, status: str, reason: str = "") -> None:
        self.status, self.reason = status, reason
        self._testing = self.test_so_far = self._tested_moment = None
        self._share()

    def _share(self) -> None:
        """Let other views see the network, and the page keep what a new Python would need."""
        if self.run:
            self.networks.put("trained", self.run.copy_of_network())
            self.backup_is_due, self._backup_at = True, self.clock()

    def _begin_test(self, moment: Moment, after: str) -> None:
        assert self.run
        images, labels = self.digits.test.all()
        network = self.run.copy_of_network()
        network.vector[...] = moment.vector
        self._testing = evaluate(network, images, labels, batch_size=TEST_BATCH)
        self._tested_moment, self._after_testing, self.status = moment, after, "testing"

