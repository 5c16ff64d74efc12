"""What the filters view keeps besides its settings: the pictures looked through so far, and the ascent as far as it is."""

from __future__ import annotations

import time
from typing import Any

from ..files import Files
from ..networks import Networks
from ..state import State
from .excitation import Climb, Survey, new_climb, new_survey, picture_path, pool_names, read_further, whole_network
from .settings import FiltersSettings, channel_count

TICK_SECONDS = 0.02
SURVEYS = ("network", "layer", "digit_layer")  # settings on which the survey depends
CLIMBS = (*SURVEYS, "channel", "target", "side", "updates", "seed", "step_size", "jitter", "decay", "blur")


class FiltersState(State[FiltersSettings]):
    """A survey and a climb, both done in ticks. Actions: start and cancel the ascent."""

    actions = ("start", "cancel")
    clock = staticmethod(time.perf_counter)

    def __init__(self, files: Files, networks: Networks) -> None:
        super().__init__(files, networks)
        self._survey: Survey | None = None
        self._climb: Climb | None = None
        self._made_for: dict[str, Any] = {}
        self.waiting: list[str] = []  # pictures that are still to be looked through
        self.is_cancelled = False

    @property
    def survey(self) -> Survey:
        """The one of the present layer."""
        assert self._survey is not None  # settle made it
        return self._survey

    @property
    def climb(self) -> Climb:
        """The one of the present settings."""
        assert self._climb is not None
        return self._climb

    @property
    def is_climbing(self) -> bool:
        """Whether the ascent goes on."""
        return self._climb is not None and not self._climb.is_done and not self.is_cancelled

    @property
    def busy(self) -> bool:
        return self.is_climbing or bool(self.waiting)

    @property
    def next_file(self) -> str:
        """The next photograph, while the ascent goes on."""
        return picture_path(self._last, self.waiting[0]) if self.waiting and self.waiting[0] != "yours" else ""

    def settle(self, settings: FiltersSettings) -> list[str]:
        """Begin anew what the settings ask for otherwise than before. Raises FileNeeded."""
        notices: list[str] = []
        whole = whole_network(settings, self.files, self.networks)
        now, before = settings.plain(), self._made_for
        survey = self._survey
        if survey is None or survey.whole is not whole or any(now[name] != before[name] for name in SURVEYS):
            survey = new_survey(settings, whole)
        if (most := channel_count(survey.network)) <= settings.channel:
            notices = [f"{settings.layer_name} has the channels 0 to {most - 1}: {settings.channel} became {most - 1}."]
            settings.put({"channel": most - 1})
            now = settings.plain()
        if before.get("picture") != now["picture"]:
            survey.maxima.pop("yours", None)
        if survey is not self._survey or any(now[name] != before[name] for name in CLIMBS):
            self._climb, self.is_cancelled = new_climb(settings, survey), False
        self._survey, self._made_for, self._last = survey, now, settings.copy()
        self.waiting = [name for name in pool_names(settings) if name not in survey.maxima]
        return notices

    def tick(self, settings: FiltersSettings) -> bool:
        """Some steps of the ascent, then some pictures; whether there is something new to show. Raises FileNeeded."""
        end = self.clock() + TICK_SECONDS
        if self.is_climbing:
            while not self.climb.is_done:
                if self.climb.advance():
                    return True
                if self.clock() > end:
                    return False
        if self.waiting:
            read_further(settings, self.survey, self.waiting, self.files)
            self.waiting = [name for name in self.waiting if name not in self.survey.maxima]
        return len(self.waiting) % 3 == 0

    def halt(self, reason: str) -> None:
        """Stop after a fault: what was found stays."""
        self.is_cancelled, self.waiting = True, []

    def _start(self, settings: FiltersSettings, value: Any) -> None:
        self.settle(settings)  # of a fresh page nothing is there yet
        if self.climb.is_done:
            self._climb = new_climb(settings, self.survey)
        self.is_cancelled = False

    def _cancel(self, settings: FiltersSettings, value: Any) -> list[str]:
        self.settle(settings)
        self.is_cancelled = True
        return [f"The ascent was stopped after {self.climb.maximisation.steps} steps."]
