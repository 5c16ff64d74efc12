"""What runs on a Dask worker: the training of several pages, each an actor, all taking turns in one thread of the process.

A page's events are answered between two ticks of whatever trains, so none waits for more than a batch. All pages of a
process share its digits. A page that asks for no news any more is gone, and so is its training.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import queue
import threading
import time
import weakref
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from ..engine import Network
from ..views.answer import answer, tick
from ..views.files import DiskFiles
from ..views.session import Session, Update
from ..views.trace import column_array

NEWS_SECONDS = 5.0  # a page is told at least this often that there is nothing new
DESERTED_SECONDS = 30.0  # without a question of the page


class NoPlace(Exception):  # noqa: N818  (an answer, not an error)
    """Every place for training is taken."""


@dataclass(frozen=True)
class TrainingAnswer:
    """An answer or news for a page, and what the server keeps of it."""

    packet: bytes
    settings: dict[str, Any]
    status: str = ""  # of the training, "" if it is not told
    backup: bytes = b""  # the last checkpoint, if there is a newer one
    network: Network | None = None  # the trained one, if it is another one than last time


class Trainee:
    """The training of one page: a Dask actor."""

    def __init__(self, places: int, settings: Mapping[str, Any]) -> None:
        """Raises NoPlace if so many have a place in this process already."""
        self.asked_at = time.monotonic()
        self.session = Session(desk().files)
        self.session.begin_with("train", settings)
        self._shared: Network | None = None
        self._news: TrainingAnswer | None = None
        self._has_news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        desk().enter(self, places)

    async def answer(self, event: Mapping[str, Any], number: int = 0, notice: str = "") -> TrainingAnswer:
        """Answer an event; the answer says the notice too."""
        self.asked_at = time.monotonic()
        return await asyncio.wrap_future(desk().ask(self, event, number, notice))

    async def news(self) -> TrainingAnswer | None:
        """What has been learned since the last news, as soon as there is any; None after a while."""
        self._loop = asyncio.get_running_loop()
        self.asked_at = time.monotonic()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._has_news.wait(), NEWS_SECONDS)
        news, self._news = self._news, None
        self._has_news.clear()
        return news

    async def leave(self) -> None:
        """The page is gone: its training stops and its place is free."""
        desk().members.discard(self)

    def work(self) -> None:
        """In the desk's thread: train a little, unless the page has not taken the last news yet."""
        if self._news is None and (update := tick(self.session)):
            self._news = self.packed(update)
            if self._loop:
                self._loop.call_soon_threadsafe(self._has_news.set)

    def packed(self, update: Update, number: int = 0) -> TrainingAnswer:
        """In the desk's thread: an update, with what the server keeps of it."""
        trace = update.trace
        backup = column_array(trace.static["backup"]["bytes"]).tobytes() if trace else b""
        status = trace.facts["status"] if trace else ""
        networks, shared = self.session.networks, self._shared
        self._shared = networks.get("trained") if networks.has("trained") else None
        network = self._shared if self._shared is not shared else None
        return TrainingAnswer(update.to_bytes(number), update.settings, status, backup, network)


class Desk:
    """The one thread of a process in which every trainee is worked on."""

    def __init__(self) -> None:
        self.files = DiskFiles()
        self.members: weakref.WeakSet[Trainee] = weakref.WeakSet()
        self._inbox: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        threading.Thread(target=self._work, name="Convoscope training", daemon=True).start()

    def enter(self, trainee: Trainee, places: int) -> None:
        """Take a place. Raises NoPlace."""
        with self._lock:
            if self.taken() >= places:
                raise NoPlace
            self.members.add(trainee)

    def taken(self) -> int:
        """How many places are taken; those of pages that are gone are not."""
        last = time.monotonic() - DESERTED_SECONDS
        for member in [member for member in self.members if member.asked_at < last]:
            self.members.discard(member)
        return len(self.members)

    def ask(self, trainee: Trainee, event: Mapping[str, Any], number: int, notice: str) -> Future[TrainingAnswer]:
        """Let the thread answer an event."""
        future: Future[TrainingAnswer] = Future()
        self._inbox.put((future, trainee, event, number, notice))
        return future

    def _work(self) -> None:
        for turn in itertools.count():
            self._answer(wait=not any(member.session.busy for member in list(self.members)))
            if turn % 100 == 0:
                self.taken()
            for member in [weakref.ref(member) for member in self.members if member.session.busy]:
                _work_on(member)
                self._answer(wait=False)

    def _answer(self, wait: bool) -> None:
        """Answer what has been asked. wait: until there is something, for a second at most."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._answer_one(*self._inbox.get(block=wait, timeout=1.0))
                wait = False

    def _answer_one(
        self, future: Future[TrainingAnswer], trainee: Trainee, event: Mapping[str, Any], number: int, notice: str
    ) -> None:
        update = answer(trainee.session, event)
        notices = (notice, *update.notices) if notice else update.notices
        future.set_result(trainee.packed(replace(update, notices=notices), number))


def _work_on(member: weakref.ref[Trainee]) -> None:
    if trainee := member():
        trainee.work()


@functools.cache
def desk() -> Desk:
    """This process's desk."""
    return Desk()


def places_taken() -> int:
    """How many places of this process are taken."""
    return desk().taken()
