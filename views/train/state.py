"""What the buttons of the train view do."""

from __future__ import annotations

from typing import Any

from ...engine import NetworkTextError
from ..settings import SettingError
from ..state import Download
from . import saving
from .kept import Kept
from .look import SAMPLES
from .recipe import Plan
from .run import Run
from .settings import AT_START, NOW, TrainViewSettings
from .training import Training

ACTIONS = (
    "start", "pause", "step", "restart", "evaluate", "fork", "compare", "forget", "hidden",
    "save_npz", "save_convnetjs", "save_curves", "load", "restore",
)  # fmt: skip


class TrainState(Training):
    """Training with its buttons: `_<action>(settings, value)` is what each does."""

    actions = ACTIONS

    def act(self, settings: TrainViewSettings, name: str, value: Any) -> list[str] | Download:  # type: ignore[override]
        """Do what a button says."""
        self.digits.of_pass(0)  # what the picture will need comes first: an action that waits for a file has done nothing
        self.digits.tests([settings.example, SAMPLES * settings.page])
        try:
            return getattr(self, f"_{name}")(settings, value)  # type: ignore[no-any-return]
        except NetworkTextError as error:
            raise SettingError(str(error)) from None

    def _start(self, settings: TrainViewSettings, value: Any) -> list[str]:
        self._ready_to_learn(settings)
        settings.checkpoint, self.status, self.reason = NOW, "running", ""
        return self._waiting(settings)

    def _restart(self, settings: TrainViewSettings, value: Any) -> list[str]:
        self.begin(settings)
        settings.checkpoint = NOW
        return []

    def _ready_to_learn(self, settings: TrainViewSettings) -> Run:
        """The run that goes on, or a new one if none has begun. Raises NetworkTextError or ShapeError."""
        run = self.run
        if run is None or self.is_preview or not (run.step or run.plan == Plan.of(settings)):
            return self.begin(settings)
        if self.status == "diverged":
            run.recover(settings)
        return run

    def _waiting(self, settings: TrainViewSettings) -> list[str]:
        assert self.run
        if self.run.plan == Plan.of(settings):
            return []
        names = ", ".join(str(settings.param[name].label).lower() for name in AT_START)
        return [f"This run goes on as it began: {names} apply when you start again."]

    def _pause(self, settings: TrainViewSettings, value: Any) -> list[str]:
        if self.status in ("running", "testing"):
            self._stop("paused")
        return []

    def _step(self, settings: TrainViewSettings, value: Any) -> list[str]:
        if self.status in ("running", "testing"):
            return ["Pause first: single batches are for looking at."]
        run = self._ready_to_learn(settings)
        self.status, self.is_preview, settings.checkpoint = "running", False, NOW
        self._learn(settings)
        self._after_testing = "paused"  # if this batch ended an epoch
        if self.status == "running":
            self._stop("paused")
        return self._waiting(settings) if run.plan != Plan.of(settings) else []

    def _evaluate(self, settings: TrainViewSettings, value: Any) -> list[str]:
        if self.status == "testing":
            return []
        after = "running" if self.status == "running" else "paused"
        moment = self.moment(settings)
        self._begin_test(moment, after)
        self.is_preview = False
        return []

    def _fork(self, settings: TrainViewSettings, value: Any) -> list[str]:
        if settings.checkpoint == NOW:
            return ["These are the newest weights already: start goes on from here."]
        run, moment = self.prepare(settings), self.moment(settings)
        run.go_to(moment, settings)
        settings.checkpoint, self.is_preview = NOW, False
        self._stop("paused")
        return [f"Back at batch {run.step:,}: what came later is forgotten."]

    def _compare(self, settings: TrainViewSettings, value: Any) -> list[str]:
        run = self.prepare(settings)
        if not run.step:
            return ["There is nothing to keep yet: train a little first."]
        self.kept = Kept(run.curves.copy(), settings.plain())
        self._restart(settings, None)
        return ["The curves are kept and the same weights are back: change one setting, then start."]

    def _forget(self, settings: TrainViewSettings, value: Any) -> list[str]:
        self.kept = None
        return []

    def _hidden(self, settings: TrainViewSettings, value: Any) -> list[str]:
        self.is_resting = bool(value) and not settings.background
        return []

    def _save_npz(self, settings: TrainViewSettings, value: Any) -> Download:
        return saving.npz(self.prepare(settings), self.moment(settings))

    def _save_convnetjs(self, settings: TrainViewSettings, value: Any) -> Download:
        return saving.convnetjs(self.prepare(settings), self.moment(settings))

    def _save_curves(self, settings: TrainViewSettings, value: Any) -> Download:
        return saving.curves(self.prepare(settings))

    def _load(self, settings: TrainViewSettings, value: Any) -> list[str]:
        run = Run(Plan.of(settings), settings, self.digits, self.clock)
        saving.load(run, value)
        self.run, self.is_preview, settings.checkpoint = run, False, NOW
        self._stop("paused")
        return ["The file's weights are here; start goes on from them."]

    def _restore(self, settings: TrainViewSettings, value: Any) -> list[str]:
        self.run = saving.restored(value, settings, self.digits, self.clock)
        self.is_preview, settings.checkpoint = False, NOW
        self._stop("paused", "Python was started anew; these are the weights of the last checkpoint.")
        return []
