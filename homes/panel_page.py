"""What the Panel server hands out and does not compute anew: its page, the figures of the views, their first pictures.

Each is made once. `prepare` makes all of them, before the first visitor comes if the server was started with --warm; so
nothing of it is made on the event loop while somebody waits.
"""

from __future__ import annotations

import functools
import gc
import json
import threading
from concurrent.futures import Executor, Future

import jinja2
from markupsafe import Markup

from ..app import Static
from ..views.files import DiskFiles
from ..views.session import LESSONS, Session, Update
from ..views.theme import css
from . import shell
from .listing import engine_sources

# Panel hands out the files that app.Static lists below this path.
ASSETS = f"components/{Static.__module__}/{Static.__name__}/_resources/page/"
FILES = DiskFiles()  # one for all visitors, so that digits are unpacked once
SOURCES = "sources"  # what `draw` may ask for besides a view: the engine's sources
TOKEN = "the token of a session"
_making = threading.RLock()  # one thing at a time: Bokeh's models are not for several threads


@functools.cache
def page() -> jinja2.Template:
    """The page, of which only the token is still to be filled in: that costs the event loop next to nothing."""
    with _making:
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
def full_page() -> jinja2.Template:
    """What a visitor gets when every place is taken."""
    text = shell.template("full.html").render(assets=ASSETS)
    return jinja2.Environment(autoescape=True).from_string("{{ text }}", globals={"text": Markup(text)})


def figures(slug: str) -> str:
    """The figures of a view as JSON; or, for SOURCES, the engine's sources."""
    with _making:
        return _figures(slug)


@functools.cache
def _figures(slug: str) -> str:
    return engine_sources() if slug == SOURCES else json.dumps(shell.drawing_of(shell.view(slug).panels))


def first(view: str, number: int) -> bytes:
    """What every fresh page shows of a view. number: that of the event which it answers."""
    with _making:
        return _first_update(view).to_bytes(number)


@functools.cache
def _first_update(view: str) -> Update:
    return Session(FILES).handle_to_the_end({"view": view, "name": "reset"})


def prepare(threads: Executor) -> Future[None]:
    """Make all of it: the page now, the rest in a thread."""
    gc.disable()
    page(), full_page()
    return threads.submit(_prepare)


def _prepare() -> None:
    try:
        for view in LESSONS:
            figures(view), first(view, 0)
        figures(SOURCES)
    finally:
        # What is alive now stays as long as the server. No later collection looks at it: that took 0.2 s of the event loop.
        gc.collect()
        gc.freeze()
        gc.enable()
