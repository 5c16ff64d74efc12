"""The Panel home: the same page, figures and session, with Python on a server instead of in a worker.

The page puts an event into a hidden source; Bokeh's websocket carries it here; the session answers; the packet goes into
another hidden source. The figures are those of the static site: serialised once for all visitors, sent when a view is opened.
Neither they nor animation cost the server anything, so a page holds three Bokeh models here and no more.
"""

from __future__ import annotations

import functools
import json
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jinja2
import numpy as np
import panel as pn
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Spacer
from markupsafe import Markup
from threadpoolctl import threadpool_limits

from ..app import Static
from ..views.answer import LARGEST_EVENT, refusal
from ..views.theme import css
from . import shell
from .dask_cluster import Cluster
from .listing import engine_sources
from .visitor import SOURCES, Visitor
from .visits import Visit, Visits

# Panel hands out the files that app.Static lists below this path.
ASSETS = f"components/{Static.__module__}/{Static.__name__}/_resources/page/"
FULL = "Every place on this server is taken."
TOKEN = "the token of a session"
CLUSTER = Cluster()  # where training runs
# Where everything else is answered. Python runs one thread at a time; more of them let short answers pass long ones.
THREADS = ThreadPoolExecutor(int(os.environ.get("CONVOSCOPE_THREADS", "4")), thread_name_prefix="Convoscope answers")
VISITS = Visits(int(os.environ.get("CONVOSCOPE_SESSIONS", "60")))  # connected pages at once; each holds about 1 MB
threadpool_limits(1)  # NumPy's own threads would only wait for each other
_drawing = threading.Lock()


def serve_session() -> None:
    """Fill the document of one browser tab. Panel calls this (through app.py) for every new session."""
    document = pn.state.curdoc
    if document is None:
        raise RuntimeError("there is no browser tab to be filled; start the server with `panel serve app.py`")
    VISITS.watch()
    if VISITS.are_full:
        document.template = _full_page()
    else:
        fill(document, VISITS)


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
    document.template = _page()


def _receive(visit: Visit, show: Any, text: str, number: int) -> None:
    """Hand an event on. A page that came when the last place had just been taken is told so."""
    if not text:
        return
    if visit.has_place():
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


@functools.cache
def _page() -> jinja2.Template:
    """The page, of which only the token is still to be filled in: that costs the event loop next to nothing."""
    shown = shell.views()
    text = shell.template().render(
        home="panel",
        policy=shell.POLICY,
        token=TOKEN,
        views=shown,
        assets=ASSETS,
        modules=shell.modules("panel.mjs"),
        styles=shell.styles(),
        tokens=Markup(css()),
        site=shell.site_data("panel", shown),
    )
    before, after = text.split(TOKEN)
    parts = {"before": Markup(before), "after": Markup(after)}
    return jinja2.Environment(autoescape=True).from_string("{{ before }}{{ doc.token }}{{ after }}", globals=parts)


@functools.cache
def _full_page() -> jinja2.Template:
    text = shell.template("full.html").render(assets=ASSETS)
    return jinja2.Environment(autoescape=True).from_string("{{ text }}", globals={"text": Markup(text)})


@functools.cache
def _figures(slug: str) -> str:
    """The figures of a view as JSON; or, for "sources", the engine's sources."""
    return engine_sources() if slug == SOURCES else json.dumps(shell.drawing_of(shell.view(slug).panels))


def _show(document: Document, updates: ColumnDataSource, packet: bytes) -> None:
    """Put a packet onto the page, from whatever thread: Bokeh does it when the document is free."""
    document.add_next_tick_callback(lambda: updates.update(data=_columns(packet)))


def _draw(document: Document, drawings: ColumnDataSource, number: int, view: str) -> None:
    """Send the figures of a view, which the event of that number asked for."""
    with _drawing:
        columns = {"id": [number], "figures": [_figures(view)]}
    document.add_next_tick_callback(lambda: drawings.update(data=columns))


def _columns(packet: bytes) -> dict[str, np.ndarray]:
    return {"packet": np.frombuffer(packet, np.uint8)}
