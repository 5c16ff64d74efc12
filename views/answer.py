"""The session as the web worker calls it: text in, bytes out, and files that the page fetches when they are needed."""

from __future__ import annotations

import json

from .files import FetchedFiles, FileNeeded
from .session import Session


class Answerer:
    """Answers events in two calls, because only the page can fetch: first `needs` until it is empty, then `answer`."""

    def __init__(self) -> None:
        self._files = FetchedFiles()
        self._session = Session(self._files)
        self._packet = b""

    def needs(self, event: str) -> str:
        """Try to answer an event (JSON). Returns the path of a file to `put` before the next try, or ""."""
        try:
            self._packet = self._session.handle(json.loads(event)).to_bytes()
        except FileNeeded as needed:
            return needed.path
        return ""

    def busy(self) -> bool:
        """Whether work goes on by itself: then `tick` is to be called between events."""
        return self._session.busy

    def tick(self) -> str:
        """Do a piece of that work. Returns the path of a file to `put` first, or ""; `answer` is empty if nothing is new."""
        self._packet = b""
        try:
            update = self._session.tick()
        except FileNeeded as needed:
            return needed.path
        if update:
            self._packet = update.to_bytes()
        return ""

    def wanted_soon(self) -> str:
        """The path of a file that a later tick will need, to be fetched and `put` meanwhile, or ""."""
        path = self._session.path_wanted_soon
        return "" if self._files.has(path) else path

    def answer(self) -> bytes:
        """The packet of the last event or tick that needed nothing more."""
        return self._packet

    def put(self, path: str, data: object) -> None:
        """Hand in a fetched file. data: bytes, or a JavaScript Uint8Array."""
        self._files.put(path, data.to_bytes() if hasattr(data, "to_bytes") else data)  # type: ignore[arg-type]

    def fail(self, path: str, reason: str) -> None:
        """Say that a file cannot be had; the next try answers with that reason."""
        self._files.fail(path, reason)
