"""One page of the Panel home: its session, its place on the cluster once it trains, and its turn in the server's threads.

Nothing is computed on the server's event loop: a page's events are answered in threads, one after the other, and those of
the train view on the cluster as soon as it trains. What goes on by itself in another view, such as a sweep, is done in the
same threads, piece by piece: between two pieces other pages have their turn.
"""

from __future__ import annotations

import functools
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any

from ..views.answer import answer, answer_text, fault, log, read_event, refusal, tick
from ..views.session import LESSONS, Session
from ..views.settings import SettingError
from . import collecting, panel_page
from .dask_cluster import Cluster
from .dask_place import Place
from .dask_worker import TrainingAnswer

# What a page does to a run; looking, choosing and saving take no place.
NEEDS_A_PLACE = {"start", "step", "restart", "evaluate", "fork", "compare", "load", "restore"}


class Visitor:
    """Answers a page's events."""

    def __init__(
        self,
        cluster: Cluster,
        threads: Executor,
        show: Callable[[bytes], None],
        draw: Callable[[int, str], None],
    ) -> None:
        """show puts a packet onto the page, draw sends the figures of a view; both are called from other threads."""
        self._cluster, self._threads, self._show, self._draw = cluster, threads, show, draw
        self._untouched = set(LESSONS)
        self._desk = collecting.ClassDesk(collecting.CLASSES)
        self._place: Place | None = None
        self._events: deque[tuple[int, str]] = deque()
        self._at_work = self._has_left = False
        self._lock = threading.Lock()

    @functools.cached_property
    def session(self) -> Session:
        """Made with the first event, in its thread: not while the event loop hands the page out."""
        return Session(panel_page.FILES)

    def take(self, number: int, text: str) -> None:
        """Answer an event, in its turn, from another thread."""
        with self._lock:
            self._events.append((number, text))
            if self._at_work:
                return
            self._at_work = True
        self._threads.submit(self._work)

    def leave(self) -> None:
        """The page was closed: its training stops, and whatever else goes on by itself."""
        self._has_left = True
        if place := self._place:
            self._place = None
            place.leave()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._events:
                    self._at_work = goes_on = self._is_busy
                    break
                number, text = self._events.popleft()
            self._answer_safely(number, text)
        if goes_on:
            self._tick()
            self._threads.submit(self._work)

    @property
    def _is_busy(self) -> bool:
        """Whether something goes on by itself here: training does so on the cluster."""
        return not self._has_left and "session" in vars(self) and self.session.busy

    def _tick(self) -> None:
        if update := tick(self.session):
            self._show(update.to_bytes())

    def _answer_safely(self, number: int, text: str) -> None:
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

    def _answer(self, number: int, event: Mapping[str, Any]) -> None:
        view, name = event.get("view"), event.get("name")
        if name == "draw" and (view in LESSONS or view == panel_page.SOURCES):
            if view == "train":
                self._cluster.wake()  # who opens this view will soon press Start
            return self._draw(number, str(view))
        if name == "reset" and view in self._untouched:
            return self._show(panel_page.first(str(view), number))
        if name in collecting.ACTIONS:
            return self._show(self._desk.update(event, self.session.settings_of(view)).to_bytes(number))
        self._untouched.discard(str(view))
        if view != "train" or not (self._place or name in NEEDS_A_PLACE):
            return self._show(answer(self.session, event).to_bytes(number))
        self._place = self._place or Place(self._cluster, self.session.settings_of("train"), self._told, self._refused)
        return self._place.send(number, event)

    def _told(self, told: TrainingAnswer) -> None:
        if told.network:
            self.session.networks.put("trained", told.network)
        self._show(told.packet)

    def _refused(self, number: int, sentence: str) -> None:
        place = self._place
        settings = place.settings if place else self.session.settings_of("train")
        if place and not place.has_trained:
            self.leave()  # looking and choosing go on here
        self._show(refusal("train", settings, sentence).to_bytes(number))
