"""One user's settings, and the one way to change them: an event comes in, an update goes out.

No document, no websocket, no DOM: the same session answers in the worker, on the Panel server, in a notebook and in a test.
An event is {"view": slug, "name": setting, "value": anything}. Seven names are no settings: "settings" takes a table of
values at once, "address" the same, all others at their defaults (but the user's pictures), "reset" none; "exercise" takes
the number of an exercise, "export" a table of a kind of file and a step, "qr" an address, "ran" asks which functions
compute what is shown (ran.py; its value "timed" also asks how long they take). A page may give numbers to the trace that it
shows, "shown", and to the one that answers, "number": then the packet leaves out what the page has.
A lesson that keeps more than settings has a State (state.py), with actions of its own. Whatever comes in, the session
ends in a state that can be shown.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..engine import DataError, NetworkTextError, ShapeError, WeightsError
from .exercise import Exercise, pose
from .exports import ShownStep, export, qr_code
from .files import DiskFiles, Files
from .lessons import LESSONS as LESSONS  # found here by those who use a session
from .networks import Networks
from .packet import Exchange, Known, pack
from .pasting import pasted
from .ran import report
from .reading import read
from .settings import Matrix, SettingError, Settings
from .state import Download, State
from .trace import Trace


@dataclass(frozen=True)
class Update:
    """The answer to an event: the settings as they now are, the new trace, the exercise if it poses one, and what to say.

    trace is None if nothing new is to be shown; error is a sentence if the event was refused; notices are sentences about
    values that were brought into range or refused, `refused` the names of those; download is a file for the user to keep;
    ran is ran.report's answer.
    """

    view: str
    settings: dict[str, Any]
    trace: Trace | None = None
    notices: tuple[str, ...] = ()
    error: str = ""
    refused: tuple[str, ...] = ()
    exercise: Exercise | None = None
    download: Download | None = None
    ran: dict[str, Any] | None = None
    exchange: Exchange | None = None  # what the page shows already

    def to_bytes(self, number: int = 0) -> bytes:
        """The packet that every transport carries. number: that of the event which it answers, if events are numbered."""
        header = {"view": self.view, "settings": self.settings, "notices": self.notices, "error": self.error, "id": number}
        header["refused"] = self.refused
        header["exercise"] = self.exercise and {"seed": self.exercise.seed, "cells": self.exercise.cells}
        if self.download:
            data = base64.b64encode(self.download.data).decode()
            header["download"] = {"name": self.download.name, "kind": self.download.kind, "data": data}
        if self.ran:
            header["ran"] = self.ran
        return pack(header, self.trace, self.exchange)


class Session:
    """The settings of every view for one user, and what else the views keep."""

    def __init__(self, files: Files | None = None) -> None:
        self.files: Files = files or DiskFiles()
        self.networks = Networks(self.files)
        self._settings: dict[str, Settings] = {}  # of the views that were opened
        self._states: dict[str, State[Any]] = {}
        self._known: dict[str, Known] = {}

    @property
    def busy(self) -> bool:
        """Whether a view has work that goes on by itself: then call tick again and again."""
        return any(state.busy for state in self._states.values())

    @property
    def next_file(self) -> str:
        """A file that a later tick will need, or ""."""
        return next((state.next_file for state in self._states.values() if state.next_file), "")

    def tick(self) -> Update | None:
        """Do a bounded piece of the work that goes on by itself; an update if there is something new to show.

        Raises FileNeeded if a file must be fetched first: then call again.
        """
        for slug, state in self._states.items():
            if state.busy and state.tick(self._settings[slug]):
                return Update(slug, self._settings[slug].plain(), self._compute(slug, self._settings[slug]))
        return None

    def settings_of(self, view: Any) -> dict[str, Any]:
        """The settings of a view as they are; none if there is no such view."""
        return self._opened(view).plain() if isinstance(view, str) and view in LESSONS else {}

    def open(self, view: str) -> None:
        """Import what a view needs, because it will be used. Raises FileNeeded."""
        self._opened(view)

    def begin_with(self, view: str, values: Mapping[str, Any]) -> None:
        """Take over the settings that a view has elsewhere, without showing anything yet."""
        self._opened(view).change(values, self.files)

    def handle_to_the_end(self, event: Mapping[str, Any]) -> Update:
        """Answer an event and do all the work that then goes on by itself: for a page that is made before anybody opens it."""
        update = self.handle(event)
        while self.busy:
            if news := self.tick():
                update = replace(update, trace=news.trace)
        return update

    def halt(self, reason: str) -> Update | None:
        """End the work that goes on by itself, after a fault; the update says so."""
        halted = None
        for slug, state in self._states.items():
            if state.busy:
                state.halt(reason)
                halted = Update(slug, self._settings[slug].plain(), self._compute(slug, self._settings[slug]), error=reason)
        return halted

    def handle(self, event: Mapping[str, Any]) -> Update:
        """Answer one event, with what ran if it asks so ("ran": True). Raises FileNeeded: fetch it, hand in the event again."""
        update = self._answer(event)
        number, shown = event.get("number"), event.get("shown")
        if update.trace and isinstance(number, int) and isinstance(shown, int):
            known = self._known.setdefault(update.view, Known())
            update = replace(update, exchange=Exchange(known, shown, number))
        if update.error or not (event.get("ran") or event.get("name") == "ran"):
            return update
        timed = event.get("value") == "timed"
        try:
            return replace(update, ran=report(LESSONS[update.view], self._arguments(update.view), timed=timed))
        except (DataError, OSError) as error:
            return replace(update, error=_sentence(error))

    def _answer(self, event: Mapping[str, Any]) -> Update:
        view = event.get("view")
        if not isinstance(view, str) or view not in LESSONS:
            return Update(str(view), {}, error=f"There is no view called {view!r}; the views are {', '.join(LESSONS)}.")
        try:
            settings = self._opened(view)
        except OSError as error:  # its lesson did not come
            return Update(view, {}, error=_sentence(error))
        draft = settings.copy()
        name, value, exercise = event.get("name"), event.get("value"), None
        notices: list[str] = []
        refused: tuple[str, ...] = ()
        values: dict[str, Any] = {}
        state, download = self._states.get(view), None
        try:
            if name == "ran":
                return Update(view, settings.plain())
            if name == "exercise" and hasattr(LESSONS[view], "exercise"):
                exercise, notices = pose(LESSONS[view].exercise, value)
                name, value = "address", exercise.settings
            if name in ("export", "qr"):
                download = qr_code(value) if name == "qr" else self._export(view, draft, value)
            elif state and isinstance(name, str) and name in state.actions:
                said = state.act(draft, name, value)
                notices, download = (said, None) if isinstance(said, list) else ([], said)
                notices += draft.change({}, self.files)
            else:
                draft = settings.anew() if name == "address" else type(settings)() if name == "reset" else draft
                values, said, refused = _values(draft, name, value)
                notices += said + draft.change(values, self.files)
            notices += state.settle(draft) if state else []
            if name in ("settings", "address"):
                unknown = draft.unknown(values)
                notices, refused = [*notices, *filter(None, unknown.values())], (*refused, *unknown)
            trace = None if download else self._compute(view, draft)
        except (SettingError, ShapeError, NetworkTextError, DataError, WeightsError, OSError) as error:
            asked = tuple(value) if name == "address" and isinstance(value, Mapping) else ()
            return Update(view, settings.plain(), error=_sentence(error), refused=asked)
        self._settings[view] = draft
        return Update(view, draft.plain(), trace, tuple(notices), "", refused, exercise, download)

    def _opened(self, view: str) -> Settings:
        """The settings of a view; when it is asked for the first time, its lesson is imported. Raises FileNeeded."""
        if view not in self._settings:
            lesson = LESSONS[view]
            if hasattr(lesson, "State"):
                self._states[view] = lesson.State(self.files, self.networks)
            self._settings[view] = lesson.Settings()
        return self._settings[view]

    def _export(self, view: str, settings: Settings, value: Any) -> Download:
        """The file that value = {"kind", "step"} asks for."""
        wanted = value if isinstance(value, Mapping) else {}
        trace = self._compute(view, settings)
        step = wanted.get("step", 0)
        if not isinstance(step, int) or not 0 <= step < len(trace):
            raise SettingError(f"there is no step {str(step)[:20]}; the steps go from 0 to {len(trace) - 1}")
        has_more = wanted.get("kind") == "npz" and hasattr(LESSONS[view], "arrays")
        arrays = LESSONS[view].arrays(*self._arguments(view, settings)) if has_more else {}
        library = str(wanted.get("library", "convoscope"))
        return export(ShownStep(view, settings.plain(), trace, step, arrays, library), wanted.get("kind"))

    def _compute(self, view: str, settings: Settings) -> Trace:
        trace: Trace = LESSONS[view].compute(*self._arguments(view, settings))
        return trace

    def _arguments(self, view: str, settings: Settings | None = None) -> tuple[Any, ...]:
        """What a lesson's functions are called with: the settings, the files, and the view's state if it has one."""
        state = self._states.get(view)
        return (settings or self._settings[view], self.files, *([state] if state else []))


Values = tuple[dict[str, Any], list[str], tuple[str, ...]]  # new values by setting, notices, the names that were refused


def _values(settings: Settings, name: Any, value: Any) -> Values:
    """What an event means for the settings."""
    kind = type(settings)
    if name == "reset":
        return {}, [], ()
    if name in ("settings", "address"):
        return _table_of_values(kind, value)
    if name not in kind.names():
        raise SettingError(f"there is no setting called {name!r}; the settings are {', '.join(kind.names())}")
    parameter = settings.param[name]
    if isinstance(parameter, Matrix) and isinstance(value, Mapping):
        value = pasted(parameter, getattr(settings, name), value)
    new, notices = read(kind, name, value)
    return {name: new}, notices, ()


def _table_of_values(kind: type[Settings], values: Any) -> Values:
    """What can be read of a table; a bad value becomes a notice, an unknown name is ignored."""
    if not isinstance(values, Mapping):
        raise SettingError("the settings must come as a table of names and values")
    known: dict[str, Any] = {}
    notices: list[str] = []
    for name in filter(values.__contains__, kind.names()):
        try:
            known[name], said = read(kind, name, values[name])
            notices += said
        except SettingError as error:
            notices.append(f"{_sentence(error)} “{kind.param[name].label}” stays as it was.")
    return known, notices, tuple(name for name in kind.names() if name in values and name not in known)


def _sentence(error: Exception) -> str:
    text = str(error) if not isinstance(error, OSError) or error.errno is None else f"{error.strerror}: {error.filename}"
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
