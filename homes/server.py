"""Serve the static site on this machine, with the headers that a careful web server would send."""

from __future__ import annotations

import contextlib
import functools
import http.server
import io
import os
from pathlib import Path
from typing import BinaryIO

from .compressing import ENDINGS
from .shell import POLICY

# reveal.js writes its speaker view into an empty window; the one script in it is pinned with the file that holds it (deck.py).
SPEAKER_VIEW = "'sha256-wfrJpa7dmlxqHmakgJIolYIQ+LOJmVS3HKfvdaO3GDE='"
DECK_POLICY = POLICY.replace("script-src 'self'", f"script-src 'self' {SPEAKER_VIEW}")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Sandboxed iframes have no origin of their own; without this they may not even load our modules.
    "Access-Control-Allow-Origin": "*",
    "Vary": "Accept-Encoding",
}
FOREVER = "public, max-age=31536000, immutable"  # for folders whose names change with their content


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Hands out files and says what they are; compressed, if the build has done that and the browser takes it."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012  (as in the base class)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".packet": "application/octet-stream",
        ".webmanifest": "application/manifest+json",
    }

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", DECK_POLICY if "/slides/" in self.path else POLICY)
        fixed = self.path.lstrip("/").startswith(("assets-", "pyodide-"))
        self.send_header("Cache-Control", FOREVER if fixed else "no-cache")
        super().end_headers()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """The headers of a file in the form that suits the browser best; 304 if it has that form already."""
        path = self._file()
        if path is None:
            return super().send_head()  # a folder without its slash, a listing, or nothing
        encoding, form = best_form(path, self.headers.get("Accept-Encoding", ""))
        status = form.stat()
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}{"-" + encoding if encoding else ""}"'
        if tag in [known.strip() for known in self.headers.get("If-None-Match", "").split(",")]:
            self.send_response(http.HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", tag)
            self.end_headers()
            return None
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(status.st_size))
        self.send_header("ETag", tag)
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        return form.open("rb")

    def _file(self) -> Path | None:
        """The file that an address names; in a folder its index.html."""
        path = Path(self.translate_path(self.path))
        if self.path.partition("?")[0].partition("#")[0].endswith("/"):
            path = path / "index.html" if path.is_dir() else path / "nothing"
        return path if path.is_file() else None

    def handle(self) -> None:
        """A tab that closes while a file is on its way is no news either."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not news."""


def best_form(path: Path, accepted: str) -> tuple[str, Path]:
    """The smallest form of a file that a browser takes: its content encoding, "" for none, and where it is."""
    forms = {"": path}
    for encoding, ending in ENDINGS.items():
        beside = path.with_name(path.name + ending)
        if takes(accepted, encoding) and beside.is_file():
            forms[encoding] = beside
    encoding = min(forms, key=lambda name: os.path.getsize(forms[name]))
    return encoding, forms[encoding]


def takes(accepted: str, encoding: str) -> bool:
    """Whether an Accept-Encoding header allows a content encoding: q=0 forbids it, * stands for all that are not named."""
    weights = {}
    for part in accepted.split(","):
        name, _, parameters = part.partition(";")
        value = parameters.replace(" ", "").removeprefix("q=")
        try:
            weights[name.strip().lower()] = float(value or 1)
        except ValueError:
            weights[name.strip().lower()] = 0.0
    return weights.get(encoding, weights.get("*", 0.0)) > 0


def make_server(folder: Path, port: int = 0, handler: type[SiteHandler] = SiteHandler) -> http.server.ThreadingHTTPServer:
    """A server for the folder on this machine only; port 0 takes a free one. OSError if the port is taken."""
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(handler, directory=str(folder)))
