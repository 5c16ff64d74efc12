"""The Panel home: the same page, figures and session, with Python on a server instead of in a worker.

The page puts an event into the hidden source convoscope_events; Bokeh's websocket carries it here; the session answers;
the packet goes into the hidden source convoscope_updates. Animation stays in the browser, so a step costs the server nothing.
"""

from __future__ import annotations

import json
import os

import numpy as np
import panel as pn
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from markupsafe import Markup

from ..app import Static
from ..views.session import Session
from ..views.theme import css
from . import shell

# Panel hands out the files that app.Static lists below this path.
ASSETS = f"components/{Static.__module__}/{Static.__name__}/_resources/page/static/"
MOST_SESSIONS = int(os.environ.get("CONVOSCOPE_SESSIONS", "60"))  # open pages at once; a page holds about 1 MB
LARGEST_EVENT = 100_000  # characters of one event: a picture of 128×128 pixels has 66,000


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
    shown = shell.views()
    session = Session()
    events = ColumnDataSource(name="convoscope_events", data={"event": []})
    updates = ColumnDataSource(name="convoscope_updates", data=_columns(b""))
    events.on_change("data", lambda attr, old, new: answer(session, events, updates))
    figures = [panel.figure for view in shown for panel in view.panels]
    figures[0].tags = [*figures[0].tags, events, updates]  # where the page finds them
    for figure in figures:
        document.add_root(figure)
    document.title = "Convoscope"
    document.template = shell.template()
    document.template_variables.update(
        home="panel",
        views=shown,
        assets=ASSETS,
        modules=shell.modules(),
        styles=shell.styles(),
        tokens=Markup(css()),
        site=shell.site_data("panel", shown),
    )


def answer(session: Session, events: ColumnDataSource, updates: ColumnDataSource) -> None:
    """Hand the page's newest event to the session and its answer back."""
    texts = events.data.get("event", [])
    if not len(texts) or len(str(texts[0])) > LARGEST_EVENT:
        return
    event = json.loads(texts[0])
    updates.data = _columns(session.handle(event).to_bytes(event.get("id", 0)))


def _columns(packet: bytes) -> dict[str, np.ndarray]:
    return {"packet": np.frombuffer(packet, np.uint8)}
