"""The command `convoscope export --pdf DECK [FILE]`: a reveal.js deck with views, printed by a browser without a window.

DECK is the address of a deck that uses the plugin (docs/embedding.md), or its file, or the folder with its index.html, such as
dist/slides of a built site. Each view is drawn at the step that its slide names; --steps 4 makes a handout, four steps a slide.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .browser import BrowserError, opened_browser
from .server import SiteHandler
from .single_file import ExportError
from .vendor import write_at_once

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTH, HEIGHT = 1280, 720  # pixels of a slide
PATIENCE = 600  # seconds for all views of a deck
LINE = ".convoscope-printing"  # says what there is to wait for (static/convoscope-print.js)


def run(arguments: Sequence[str]) -> None:
    """convoscope export --pdf"""
    parser = argparse.ArgumentParser(prog="convoscope export --pdf", description="Print a reveal.js deck with views.")
    parser.add_argument("deck", metavar="DECK", help="an address, an .html file, or a folder with index.html")
    parser.add_argument("file", type=Path, nargs="?", default=Path("deck.pdf"), help="default: deck.pdf")
    parser.add_argument("--steps", type=int, default=1, help="telling steps of each view on its slide (default: 1)")
    words = parser.parse_args(arguments)
    if not 1 <= words.steps <= 9:
        raise ExportError(f"--steps is {words.steps}; 1 to 9 pictures fit a slide")
    data = printed(words.deck, steps=words.steps)
    words.file.parent.mkdir(parents=True, exist_ok=True)
    write_at_once(words.file, data)
    print(f"{words.file}: {len(data):,} bytes")


def printed(deck: str, *, steps: int = 1) -> bytes:
    """The deck as a PDF, a page a slide. Raises ExportError."""
    try:
        with _address(deck) as address, opened_browser("--disable-gpu") as browser:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(f"{address}?print-pdf&steps={steps}", wait_until="domcontentloaded")
            _wait(page, deck)
            return page.pdf(prefer_css_page_size=True, print_background=True)
    except BrowserError as error:
        raise ExportError(f"a PDF needs a Chromium browser ({error}); or open {deck}?print-pdf and print it") from None


def _wait(page: Page, deck: str) -> None:
    """Until every view is drawn."""
    from playwright.sync_api import Error

    try:
        line = page.locator(f"{LINE}[data-state]")
        line.wait_for(state="attached", timeout=PATIENCE * 1000)
    except Error as error:
        why = error.message.splitlines()[0]
        raise ExportError(f"{deck} did not say that its views are drawn ({why}); has it the plugin ConvoscopeReveal?") from None
    if line.get_attribute("data-state") != "ready":
        raise ExportError(line.inner_text())


@contextmanager
def _address(deck: str) -> Iterator[str]:
    """Where a browser finds the deck, as long as the block lasts: a file is served, with the site that it is part of."""
    if deck.startswith(("http://", "https://")):
        yield deck
        return
    path = Path(deck).resolve()
    path = path / "index.html" if path.is_dir() else path
    if not path.is_file():
        raise ExportError(f"there is no deck {deck}; give an address, an .html file, or a folder with index.html")
    site = next((folder for folder in path.parents if (folder / "embed.html").is_file()), None)
    root = site or path.parent
    handler = functools.partial(SiteHandler if site else _Handler, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/{path.relative_to(root).as_posix()}"
        server.shutdown()


class _Handler(http.server.SimpleHTTPRequestHandler):
    """A deck of somebody else, without our headers."""

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not news."""
