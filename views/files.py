"""Where the data come from: the disk natively, the page's own fetches in the browser.

A lesson asks `files.read("mnist/train-00.gz")`. On disk that is a file under static/data. In the browser nothing can be
fetched in the middle of a computation, so `FetchedFiles.read` raises FileNeeded; the worker fetches the file, puts it in,
and hands the same event to the session again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Files(Protocol):
    """Read-only files by their path below static/data."""

    def read(self, path: str) -> bytes:
        """The bytes of one file. Raises FileNeeded if they must be fetched first, OSError if they cannot be had."""
        ...

    def forget(self, path: str) -> None:
        """Drop a file that is damaged, so that the next read fetches it again, or that nobody will read again."""
        ...

    def __hash__(self) -> int: ...


class FileNeeded(Exception):  # noqa: N818  (a request, not an error)
    """Not here yet: fetch `path`, put it in, try again."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} has to be fetched first")
        self.path = path


class DiskFiles:
    """The files below a folder, by default the project's static/data."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(__file__).resolve().parent.parent / "static" / "data"

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def forget(self, path: str) -> None:
        """Nothing is kept, so nothing is dropped."""


class FetchedFiles:
    """Files that the page has fetched."""

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}
        self._failures: dict[str, str] = {}

    def put(self, path: str, data: bytes) -> None:
        """Keep what arrived."""
        self._data[path] = bytes(data)

    def fail(self, path: str, reason: str) -> None:
        """The fetch failed: the next read of this path says so, the one after that asks for it again."""
        self._failures[path] = reason

    def has(self, path: str) -> bool:
        """Whether the file is here."""
        return path in self._data

    def read(self, path: str) -> bytes:
        if path in self._failures:
            raise OSError(self._failures.pop(path))
        if path not in self._data:
            raise FileNeeded(path)
        return self._data[path]

    def forget(self, path: str) -> None:
        self._data.pop(path, None)
