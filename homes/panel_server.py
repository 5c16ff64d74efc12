"""The Panel home: the same page, figures and session, with Python on a server instead of in a worker.

The page puts an event into a hidden source; Bokeh's websocket carries it here; the session answers; the packet goes into
another hidden source. The figures are those of the static site: serialised once for all visitors, sent when a view is opened.
Neither they nor animation cost the server anything, so a page holds three Bokeh models here and no more.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import panel as pn
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Spacer
from threadpoolctl import threadpool_limits

from ..views.answer import LARGEST_EVENT, refusal
from . import origins, panel_page
from .dask_cluster import Cluster
from .visitor import Visitor
from .visits import Visit, Visits

FULL = "Every place on this server is taken."
CLUSTER = Cluster()  # where training runs
# Where everything else is answered. Python runs one thread at a time; more of them let short answers pass long ones.
THREADS = ThreadPoolExecutor(int(os.environ.get("CONVOSCOPE_THREADS", "4")), thread_name_prefix="Convoscope answers")
VISITS = Visits(int(os.environ.get("CONVOSCOPE_SESSIONS", "60")))  # connected pages at once; each holds about 1 MB
if os.environ.get(origins.SAME_ORIGIN):
    origins.let_in_the_same_origin()
threadpool_limits(1)  # NumPy's own threads would only wait for each other
_prepared: list[Future[None]] = []


def serve_session() -> None:
    """Fill the document of one browser tab. Panel calls this (through app.py) for every new session."""
    document = pn.state.curdoc
    if document is None:
        raise RuntimeError("there is no browser tab to be filled; start the server with `panel serve app.py`")
    if not _prepared:
        _prepared.append(panel_page.prepare(THREADS))
    if not document.session_context or not is_serving():
        return  # the server is being warmed up (--warm): nobody waits for this page
    VISITS.watch()
    if VISITS.are_full:
        document.template = panel_page.full_page()
    else:
        fill(document, VISITS)


def is_serving() -> bool:
    """Whether the event loop runs already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def fill(document: Document, visits: Visits) -> None:
    """The whole page with its own session behind it: three bare Bokeh models, and of those the browser draws none."""
    events = ColumnDataSource(name="convoscope_events", data={"id": [], "piece": [], "last": []})
    updates = ColumnDataSource(name="convoscope_updates", data=_columns(b""))
    drawings = ColumnDataSource(name="convoscope_drawings", data={"id": [], "figures": []})
    show, draw = functools.partial(_show, document, updates), functools.partial(_draw, document, drawings)
    visit = visits.add(document, Visitor(CLUSTER, THREADS, show, draw))
    pieces = Pieces()
    events.on_change("data", lambda attr, old, new: _receive(visit, show, pieces.take(new), new["id"][0]))
    document.on_session_destroyed(lambda context: visits.end(visit))
    document.add_root(Spacer(name="convoscope", visible=False, tags=[events, updates, drawings]))
    document.title = "Convoscope"
    document.template = panel_page.page()


def _receive(visit: Visit, show: Any, text: str, number: int) -> None:
    """Hand an event on. A page that came when the last place had just been taken is told so."""
    if not text:
        return
    if visit.has_place():
        visit.hurry()
        visit.visitor.take(number, text)
    else:
        show(refusal("full", {}, FULL).to_bytes())


class Pieces:
    """Puts together the texts of events, which come in pieces because the websocket takes at most 1 MiB at once."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0

    def take(self, data: Mapping[str, list[Any]]) -> str:
        """The whole text with its last piece, "" before. What is longer than any event is cut: so it is refused."""
        piece = str(data["piece"][0])
        if self._length <= LARGEST_EVENT:
            self._pieces.append(piece)
        self._length += len(piece)
        if not data["last"][0]:
            return ""
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        return text


def _show(document: Document, updates: ColumnDataSource, packet: bytes) -> None:
    """Put a packet onto the page, from whatever thread: Bokeh does it when the document is free."""
    document.add_next_tick_callback(lambda: updates.update(data=_columns(packet)))


def _draw(document: Document, drawings: ColumnDataSource, number: int, view: str) -> None:
    """Send the figures of a view, which the event of that number asked for."""
    columns = {"id": [number], "figures": [panel_page.figures(view)]}
    document.add_next_tick_callback(lambda: drawings.update(data=columns))


def _columns(packet: bytes) -> dict[str, np.ndarray]:
    return {"packet": np.frombuffer(packet, np.uint8)}
