"""Serve the static site on this machine, with the headers that a careful web server would send."""

from __future__ import annotations

import contextlib
import functools
import http.server
from pathlib import Path

from .shell import POLICY

# reveal.js writes its speaker view into an empty window; the one script in it is pinned with the file that holds it (deck.py).
SPEAKER_VIEW = "'sha256-wfrJpa7dmlxqHmakgJIolYIQ+LOJmVS3HKfvdaO3GDE='"
DECK_POLICY = POLICY.replace("script-src 'self'", f"script-src 'self' {SPEAKER_VIEW}")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Sandboxed iframes have no origin of their own; without this they may not even load our modules.
    "Access-Control-Allow-Origin": "*",
}
FOREVER = "public, max-age=31536000, immutable"  # for folders whose names change with their content


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Hands out files and says what they are."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012  (as in the base class)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".whl": "application/zip",
        ".packet": "application/octet-stream",
    }

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", DECK_POLICY if "/slides/" in self.path else POLICY)
        fixed = self.path.lstrip("/").startswith(("assets-", "pyodide-"))
        self.send_header("Cache-Control", FOREVER if fixed else "no-cache")
        super().end_headers()

    def handle(self) -> None:
        """A tab that closes while a file is on its way is no news either."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not news."""


def make_server(folder: Path, port: int = 0, handler: type[SiteHandler] = SiteHandler) -> http.server.ThreadingHTTPServer:
    """A server for the folder on this machine only; port 0 takes a free one. OSError if the port is taken."""
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(handler, directory=str(folder)))
