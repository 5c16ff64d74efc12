"""A run's curves kept beside those of the next one, to see what one setting does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .curves import Curves
from .settings import LEARNING, TrainViewSettings


@dataclass(frozen=True)
class Kept:
    """The curves of an earlier run and the settings with which it ended."""

    curves: Curves
    settings: dict[str, Any]

    def label(self, settings: TrainViewSettings) -> str:
        """In what the kept run differed from the settings as they are now."""
        names = [name for name in LEARNING if self.settings[name] != getattr(settings, name)]
        pairs = {name: (_told(self.settings[name]), _told(getattr(settings, name))) for name in names}
        told = [
            f"{str(settings.param[name].label).lower()} {then} instead of {now}"
            for name, (then, now) in pairs.items()
            if name != "network" or settings.architecture == "own"
        ]
        return f"Kept run: {', '.join(told)}" if told else "Kept run: the same settings so far; change one"


def _told(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
