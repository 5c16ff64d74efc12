"""Who is connected to the Panel server. A place is held by an open websocket and by nothing else.

A page that was only fetched holds none, and a closed page frees its place at once, though Bokeh keeps its document a
little longer.
"""

from __future__ import annotations

import contextlib
import ctypes
import weakref
from typing import Any

from bokeh.document import Document
from tornado.ioloop import PeriodicCallback

from .visitor import Visitor

WATCH_MILLISECONDS = 1000  # until the training of a page that is gone stops


class Visit:
    """One page, from its delivery to its end."""

    def __init__(self, visits: Visits, document: Document, visitor: Visitor) -> None:
        self._visits, self._document, self.visitor = visits, weakref.ref(document), visitor
        self._has_place = self._is_hurried = False

    @property
    def is_connected(self) -> bool:
        """Whether its websocket is open."""
        session = self._session()
        return bool(session and session.connection_count)

    @property
    def holds_place(self) -> bool:
        """Whether it has a place, and needs it."""
        return self._has_place and self.is_connected

    @property
    def is_over(self) -> bool:
        """Whether it had a place and has closed its websocket."""
        return self._has_place and not self.is_connected

    def has_place(self) -> bool:
        """Take a place with the first event, if there is one; whether the page has one."""
        self._has_place = self._has_place or not self._visits.are_full
        return self._has_place and self in self._visits.open

    def hurry(self) -> None:
        """Let its websocket send at once. Else each answer, which is several small messages, waits for the browser's
        acknowledgement of the one before: 40 milliseconds (Nagle's algorithm, which Bokeh's server leaves on).
        """
        session = self._session()
        if session and not self._is_hurried:
            self._is_hurried = True
            for connection in session._subscribed_connections:
                connection._socket.set_nodelay(True)

    def _session(self) -> Any:
        """Bokeh's session of the page, or None."""
        document = self._document()
        context: Any = document and document.session_context
        return context and context.session


class Visits:
    """All pages that have been delivered, and at most so many with a place."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.open: list[Visit] = []
        self._has_freed = False  # since memory was given back last
        self._watch: PeriodicCallback | None = None

    @property
    def are_full(self) -> bool:
        """Whether every place is taken."""
        return sum(visit.holds_place for visit in self.open) >= self.most

    def add(self, document: Document, visitor: Visitor) -> Visit:
        """A page is delivered."""
        visit = Visit(self, document, visitor)
        self.open.append(visit)
        return visit

    def end(self, visit: Visit) -> None:
        """A page is gone: its training stops."""
        with contextlib.suppress(ValueError):
            self.open.remove(visit)
        self._has_freed = True
        visit.visitor.leave()

    def watch(self) -> None:
        """End the visits that are over, from now on. Call it where the server's event loop runs."""
        if self._watch is None:
            self._watch = PeriodicCallback(self.end_those_that_are_over, WATCH_MILLISECONDS)
            self._watch.start()

    def end_those_that_are_over(self) -> None:
        """Free what the pages held whose websocket is closed."""
        over = [visit for visit in self.open if visit.is_over]
        for visit in over:
            self.end(visit)
        if self._has_freed and not over:
            self._has_freed = False
            give_memory_back()


def give_memory_back() -> None:
    """Let the operating system have what closed pages used: glibc keeps it for each thread, which looks like a leak."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
