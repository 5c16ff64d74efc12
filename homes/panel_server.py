"""The Panel home: the same page, figures and session, with Python on a server instead of in a worker.

The page puts an event into a hidden source; Bokeh's websocket carries it here; the session answers; the packet goes into
another hidden source. The figures are those of the static site: serialised once for all visitors, sent when a view is opened.
Neither they nor animation cost the server anything, so a page holds three Bokeh models here and no more.
"""

from __future__ import annotations

import functools
import json
import os

import numpy as np
import panel as pn
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Spacer
from markupsafe import Markup

from ..app import Static
from ..views.session import LESSONS
from ..views.theme import css
from . import shell
from .training_pool import Pool
from .visitor import Visitor

# Panel hands out the files that app.Static lists below this path.
ASSETS = f"components/{Static.__module__}/{Static.__name__}/_resources/page/"
MOST_SESSIONS = int(os.environ.get("CONVOSCOPE_SESSIONS", "60"))  # open pages at once; a page holds about 1 MB
LARGEST_EVENT = 100_000  # characters of one event: a picture of 128×128 pixels has 66,000
LARGEST_FILE_EVENT = 1_000_000  # of one that brings a file of weights, which is what the websocket takes at once
POOL = Pool()  # where training runs


_open_sessions: set[str] = set()


def serve_session() -> None:
    """Fill the document of one browser tab. Panel calls this (through app.py) for every new session."""
    document = pn.state.curdoc
    if len(_open_sessions) >= MOST_SESSIONS:
        document.template = shell.template("full.html")
        return
    session_id = document.session_context.id
    _open_sessions.add(session_id)
    document.on_session_destroyed(lambda context: _open_sessions.discard(session_id))
    fill(document)


def fill(document: Document) -> None:
    """The whole page with its own session behind it: bare Bokeh models, so the browser loads BokehJS and nothing else."""
    events = ColumnDataSource(name="convoscope_events", data={"event": []})
    updates = ColumnDataSource(name="convoscope_updates", data=_columns(b""))
    drawings = ColumnDataSource(name="convoscope_drawings", data={"view": [], "figures": []})
    visitor = Visitor(POOL, functools.partial(show, document, updates))
    events.on_change("data", lambda attr, old, new: answer(visitor, events, drawings))
    document.on_session_destroyed(lambda context: visitor.leave())
    document.add_root(Spacer(name="convoscope", visible=False, tags=[events, updates, drawings]))
    document.title = "Convoscope"
    document.template = shell.template()
    document.template_variables.update(_page())


@functools.cache
def _page() -> dict[str, object]:
    """What the template needs, the same for every visitor."""
    shown = shell.views()
    return {
        "home": "panel",
        "views": shown,
        "assets": ASSETS,
        "modules": shell.modules(),
        "styles": shell.styles(),
        "tokens": Markup(css()),
        "site": shell.site_data("panel", shown),
    }


@functools.cache
def _figures(slug: str) -> str:
    """The figures of a view as JSON."""
    return json.dumps(shell.drawing_of(shell.view(slug).panels))


def answer(visitor: Visitor, events: ColumnDataSource, drawings: ColumnDataSource) -> None:
    """Hand in the page's newest event; its event `draw` asks for a view's figures."""
    text = str(next(iter(events.data.get("event", [])), ""))
    most = LARGEST_FILE_EVENT if '"name":"load"' in text[:200] else LARGEST_EVENT
    if not text or len(text) > most:
        return
    event = json.loads(text)
    if event.get("name") != "draw":
        visitor.take(event)
    elif event.get("view") in LESSONS:
        drawings.data = {"view": [event["view"]], "figures": [_figures(event["view"])]}


def show(document: Document, updates: ColumnDataSource, packet: bytes) -> None:
    """Put a packet onto the page, from whatever thread: Bokeh does it when the document is free."""
    document.add_next_tick_callback(lambda: updates.update(data=_columns(packet)))


def _columns(packet: bytes) -> dict[str, np.ndarray]:
    return {"packet": np.frombuffer(packet, np.uint8)}
