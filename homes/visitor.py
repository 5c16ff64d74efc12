"""One page of the Panel home: its session, and its place among the training processes once it trains."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from ..engine import Network
from ..views.answer import answer, answer_text, fault, log, read_event, refusal
from ..views.files import DiskFiles
from ..views.session import LESSONS, Session, Update
from ..views.settings import SettingError
from ..views.train.state import ACTIONS
from .training_pool import Place, Pool

FILES = DiskFiles()  # one for all visitors, so that digits are unpacked once
FULL = (
    "Every place for training on this server is taken. Try again when somebody has closed the page, or open the static "
    "site, where your own browser trains."
)
LOST = "The server's training process has ended: start begins again, from the initial weights."


class Visitor:
    """Answers a page's events. show(packet) must put a packet onto the page, draw(number, view) send the view's figures;
    both may be called from any thread."""

    def __init__(self, pool: Pool, show: Callable[[bytes], None], draw: Callable[[int, str], None]) -> None:
        self.session, self._pool, self._show, self._draw = Session(FILES), pool, show, draw
        self._untouched = set(LESSONS)
        self._place: Place | None = None
        self._lock = threading.Lock()  # a process tells its end from another thread
        self._waiting: set[int] = set()  # numbers of events that a training process has not answered yet

    def take(self, number: int, text: str) -> None:
        """Answer one event now, or let a training process answer it."""
        try:
            event = read_event(text)
        except SettingError:
            return self._show(answer_text(self.session, text, number))
        try:
            return self._answer(number, event)
        except Exception as error:
            log.exception("The server met a fault while it answered %.200s", text)
            view = event.get("view")
            return self._show(refusal(view, self.session.settings_of(view), fault(error)).to_bytes(number))

    def _answer(self, number: int, event: dict[str, Any]) -> None:
        view, name = event.get("view"), event.get("name")
        if name == "draw" and view in LESSONS:
            return self._draw(number, str(view))
        if name == "reset" and view in self._untouched:
            return self._show(_first(str(view)).to_bytes(number))
        self._untouched.discard(str(view))
        if view != "train" or not (self._place or name in ACTIONS):
            return self._show(answer(self.session, event).to_bytes(number))
        with self._lock:
            place = self._place = self._place or self._move()
            if place:
                self._waiting.add(number)
        if place:
            return place.send(event | {"id": number})
        return self._show(Update("train", self._settings(), error=FULL).to_bytes(number))

    def leave(self) -> None:
        """The page was closed: its training stops."""
        if self._place:
            self._place.leave()
            self._place = None

    def _move(self) -> Place | None:
        """A place in a training process that answers the train view from now on, beginning with the settings as they are."""
        if place := self._pool.place(self._told):
            place.send({"view": "train", "name": "settings", "value": self._settings()})
        return place

    def _settings(self) -> dict[str, Any]:
        return self.session.settings_of("train")

    def _told(self, number: int, packet: bytes, network: Network | None) -> None:
        if network:
            self.session.networks.put("trained", network)
        self._waiting.discard(number)
        if packet:
            return self._show(packet)
        with self._lock:
            self._place, lost, self._waiting = None, sorted(self._waiting), set()
        update = self.session.handle({"view": "train", "name": "settings", "value": {}})
        self._show(update.to_bytes())
        for event in lost:
            self._show(Update("train", update.settings, error=LOST).to_bytes(event))
        return None


@functools.cache
def _first(view: str) -> Update:
    """What every fresh page shows of a view."""
    return Session(FILES).handle({"view": view, "name": "reset"})
