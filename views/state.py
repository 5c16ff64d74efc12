"""What a session keeps of a view besides its settings: a network in training, a weights file, a history.

A lesson whose module has a class `State` gets one for each session, made with (files, networks), and its `compute` is
called with (settings, files, state). What cannot be a setting, because it is too large for an address or happens by
itself, is an action or a tick.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .files import Files
from .networks import Networks
from .settings import Settings

S = TypeVar("S", bound=Settings)  # the settings of the state's view


@dataclass(frozen=True)
class Download:
    """A file for the user to keep. kind: its media type."""

    name: str
    kind: str
    data: bytes


class State(Generic[S]):
    """Base of every view's state: no actions, nothing that goes on by itself."""

    actions: Collection[str] = ()  # names of events that are no settings; the method _<action>(settings, value) answers each

    def __init__(self, files: Files, networks: Networks) -> None:
        self.files, self.networks = files, networks

    @property
    def busy(self) -> bool:
        """Whether tick has work to do."""
        return False

    @property
    def next_file(self) -> str:
        """A file that a later tick will need, to be fetched meanwhile, or ""."""
        return ""

    def act(self, settings: S, name: str, value: Any) -> list[str] | Download:
        """Do an action, by the method of its name; it may change settings too. Returns notices, or a file for the user.

        Raises SettingError or an error of the engine's if it is refused, and FileNeeded if a file must come first: then
        nothing may have changed, because the same event comes again.
        """
        return getattr(self, f"_{name}")(settings, value) or []

    def settle(self, settings: S) -> list[str]:
        """Set what follows from what is kept here; returns notices. Called after every change and its rules."""
        return []

    def tick(self, settings: S) -> bool:
        """Do at most about 20 ms of work; whether there is something new to show. Raises FileNeeded as act does."""
        return False

    def halt(self, reason: str) -> None:
        """Stop what goes on by itself, because it met a fault: then `busy` is False."""
        raise NotImplementedError(f"{type(self).__name__} is busy but cannot be halted")
