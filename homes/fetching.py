"""Where the runtime's files can come from: a server, or a package of a registry through its ordinary client.

A source has a name and gives the chunks of one file by its name. It promises nothing about them: who stores them
checks their sha256 (vendor.py). When it cannot give a file it raises SourceError with half a sentence that says why.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import requests

CONNECT_SECONDS = 4.0  # a machine without the server goes on to the next source after this
READ_SECONDS = 30.0  # without one byte
CHUNK_BYTES = 256 * 1024  # also how often progress is shown


class SourceError(Exception):
    """This source cannot give this file; half a sentence says why."""


class Source(Protocol):
    """A place that may have files."""

    name: str

    def chunks(self, file_name: str) -> Iterator[bytes]:
        """Give the bytes of one file, in order, or raise SourceError."""


class ServerSource:
    """Files below a URL. After a failed connection it refuses at once, so that waiting costs one time-out, not six."""

    def __init__(self, url: str, *, connect_seconds: float = CONNECT_SECONDS, read_seconds: float = READ_SECONDS) -> None:
        self.name = url
        self._timeout = (connect_seconds, read_seconds)
        self._unreachable = ""

    def chunks(self, file_name: str) -> Iterator[bytes]:
        """Give the bytes of one file, in order, or raise SourceError."""
        if self._unreachable:
            raise SourceError(self._unreachable)
        try:
            with requests.get(f"{self.name}/{file_name}", stream=True, timeout=self._timeout) as answer:
                if answer.status_code != requests.codes.ok:
                    raise SourceError(f"answered {answer.status_code} {answer.reason}")
                yield from answer.iter_content(CHUNK_BYTES)
        except requests.exceptions.ChunkedEncodingError:
            raise SourceError("the connection was cut") from None
        except (requests.exceptions.ConnectionError, requests.exceptions.Timeout) as error:
            self._unreachable = _why_unreachable(error)
            raise SourceError(self._unreachable) from None
        except requests.exceptions.RequestException as error:
            raise SourceError(f"the request failed ({error})") from None


def _why_unreachable(error: requests.exceptions.RequestException) -> str:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "did not accept a connection in time"
    if isinstance(error, requests.exceptions.Timeout) or "Read timed out" in str(error):
        return "stopped answering"
    return "could not be reached"


class PackageSource:
    """Files inside a package that a registry's own client fetches once, the first time that one of them is asked for."""

    def __init__(self, name: str, command: list[str], prefix: str, names: set[str], say: Callable[[str], None]) -> None:
        """command runs in an empty folder and leaves one archive there; the files lie in it under prefix."""
        self.name = name
        self._command = command
        self._prefix = prefix
        self._names = names
        self._say = say
        self._files: dict[str, bytes] | None = None
        self._failure = ""

    def chunks(self, file_name: str) -> Iterator[bytes]:
        """Give the bytes of one file, in order, or raise SourceError."""
        if file_name not in self._names:
            raise SourceError("does not hold this file")
        if self._files is None and not self._failure:
            self._fetch()
        if self._failure:
            raise SourceError(self._failure)
        data = (self._files or {}).get(file_name)
        if data is None:
            raise SourceError("does not hold this file, although it should")
        for start in range(0, len(data), CHUNK_BYTES):
            yield data[start : start + CHUNK_BYTES]

    def _fetch(self) -> None:
        self._say(f"fetching {self.name} ...")
        stdout = None if sys.stdout.isatty() else subprocess.PIPE  # pip draws its own progress bar on a terminal
        with tempfile.TemporaryDirectory() as folder:
            try:
                done = subprocess.run(self._command, cwd=folder, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
            except OSError as error:
                self._failure = f"the client could not be started ({error.strerror})"
                return
            if done.returncode:
                self._failure = f"the client stopped with status {done.returncode} ({_reason(done.stderr)})"
                return
            try:
                self._files = _read_members(next(Path(folder).iterdir()), self._prefix, self._names)
            except (StopIteration, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
                self._failure = f"the client left no readable archive ({error!r})"


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it said nothing"])[0]


def _read_members(archive: Path, prefix: str, names: set[str]) -> dict[str, bytes]:
    if archive.name in names:  # the archive is the file itself, a wheel for example
        return {archive.name: archive.read_bytes()}
    members = {prefix + name: name for name in names}
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            return {members[member]: wheel.read(member) for member in wheel.namelist() if member in members}
    files = {}
    with tarfile.open(archive) as package:
        for member in package:
            content = package.extractfile(member) if member.name in members else None
            if content:
                files[members[member.name]] = content.read()
    return files


def npm_command(spec: str) -> list[str]:
    """Fetch the archive of an npm package, such as "pyodide@0.27.7", into the current folder; nothing of it is run."""
    return ["npm", "pack", spec]


def pip_command(spec: str) -> list[str]:
    """Fetch the wheel of a Python package, such as "bokeh==3.9.2", into the current folder; nothing of it is run."""
    return [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", spec]
