"""Traces of the states that pages name, computed when the site is built: a slide shows its own picture before Python is there.

A page names a state by <convoscope-view view="rgb" stride="2">, or by an iframe of …/embed.html?view=rgb&stride=2.
A file holds the packet of one state, with what ran, as gzip; its ending is one that no web server compresses or unpacks.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..views.session import LESSONS, Session

ENDING = "state"
State = dict[str, Any]  # {"settings": as the address has them, "file": the name}


class NamedStates(HTMLParser):
    """The states that a page names, {slug: settings of each, as texts}; the defaults are left out, for every site has them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[dict[str, str]]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what an element names."""
        values = {name: value or "" for name, value in attrs}
        if tag == "iframe":
            address = urlsplit(values.get("src") or values.get("data-src", ""))
            if not address.path.endswith("embed.html"):
                return
            values = dict(parse_qsl(address.query))
        elif tag != "convoscope-view":
            return
        slug = values.get("view", next(iter(LESSONS)))
        if slug not in LESSONS:
            return
        known = LESSONS[slug].Settings.names()
        settings = {name: value for name, value in values.items() if name in known}
        if settings and settings not in self.found.setdefault(slug, []):
            self.found[slug].append(settings)


def write_states(folder: Path, pages: Iterable[str], say: Callable[[str], None] = print) -> dict[str, list[State]]:
    """Write what the pages name into the folder, equal traces once. -> for each view its states, as the site lists them."""
    session = Session()
    written: dict[str, list[State]] = {}
    for page in pages:
        for slug, named in NamedStates(page).found.items():
            states = written.setdefault(slug, [])
            for settings in named:
                if all(state["settings"] != settings for state in states) and (data := _computed(session, slug, settings, say)):
                    name = f"{slug}.{hashlib.sha256(data).hexdigest()[:12]}.{ENDING}"
                    (folder / name).write_bytes(data)
                    states.append({"settings": settings, "file": name})
    return written


def _computed(session: Session, slug: str, settings: dict[str, str], say: Callable[[str], None]) -> bytes | None:
    """The packet of a state; None, with a word about it, if the view does not take these settings as they are."""
    update = session.handle_to_the_end({"view": slug, "name": "address", "value": settings, "ran": True})
    if update.error or update.notices:
        say(f"Not computed: {slug} with {settings}: {update.error or ' '.join(update.notices)}")
        return None
    return gzip.compress(update.to_bytes(), mtime=0)
