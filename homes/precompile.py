"""Compile Python's files before the browser sees them: ready in less than half the time.

Pyodide ships its standard library and NumPy as sources and compiles what it imports at every page load. Its own Python,
run once under Node at build time, writes the same code as .pyc, without docstrings and assertions. Measured
under Node 20 on 2 cores, from loadPyodide to lessons imported: 2.6 s from sources, 1.2 s compiled. The result depends
neither on Node nor on the machine, so it is pinned like everything else. Without Node the sources serve: slower, otherwise
the same. archives.py says what of it travels at the start.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from .vendor import FOLDER, LOCK, NUMPY_WHEEL, PINS, WRITTEN, Pin, is_right, write_at_once

SCRIPT = Path(__file__).with_name("precompile.mjs")
CACHE = FOLDER.parent / "compiled"
COMPILED_PINS = (
    Pin("python_stdlib.zip", 3_440_718, "6a8dfeadc67bb97a19b9012e349c87b4b6dd43b094c238d486e05d899303c58e"),
    Pin(NUMPY_WHEEL, 3_135_504, "147f2f421c8d7a426bcc696a260bce6675d447adaf8b683bbe581e82eea95269"),
)
COMPILED_NOTICE = "Except: the Python files of the standard library and of NumPy are compiled (.pyc) by that Python itself.\n"


class CompileError(RuntimeError):
    """A zip could not be compiled; the message says why and what to try."""


def find_node() -> str | None:
    """Find a Node: the new one that Playwright's package brings, or else the machine's, which may be of any age."""
    playwright = importlib.util.find_spec("playwright")
    driver = Path(playwright.origin).parent / "driver" / "node" if playwright and playwright.origin else None
    return str(driver) if driver and driver.exists() else shutil.which("node")


def compiled_runtime(runtime: Path = FOLDER, *, cache: Path = CACHE, say: Callable[[str], None] = print) -> Path:
    """Return a folder like `runtime` with the standard library and NumPy compiled, or `runtime` itself without Node.

    The folder lies in `cache` and is made once; its files are checked against COMPILED_PINS.
    """
    node = find_node()
    if node is None:
        say("Node is not installed, so Python's files stay uncompiled: the page works and Python is ready later")
        return runtime
    folder = cache / "pyodide"
    folder.mkdir(parents=True, exist_ok=True)
    pins = {pin.name: pin for pin in PINS} | {pin.name: pin for pin in COMPILED_PINS}
    for pin in pins.values():
        if is_right(folder / pin.name, pin):
            continue
        if pin in COMPILED_PINS:
            say(f"{pin.name}: compiling it with Pyodide's Python ...")
            compile_zip(runtime / pin.name, folder / pin.name, runtime=runtime, node=node)
        else:
            write_at_once(folder / pin.name, (runtime / pin.name).read_bytes())
        if not is_right(folder / pin.name, pin):
            (folder / pin.name).unlink(missing_ok=True)
            raise CompileError(
                f"{pin.name} came out with other bytes than pinned; run `convoscope vendor` to check the runtime, "
                f"and renew COMPILED_PINS in homes/precompile.py if Pyodide was changed on purpose"
            )
    changed = {"pyodide-lock.json": _lock_of(pins[NUMPY_WHEEL]), "NOTICE.txt": WRITTEN["NOTICE.txt"] + COMPILED_NOTICE}
    for name, text in (WRITTEN | changed).items():
        write_at_once(folder / name, text.encode())
    return folder


def compiled_bytes(data: bytes, *, runtime: Path = FOLDER, cache: Path = CACHE) -> bytes:
    """Return a zip with its .py files compiled, or the same zip without Node; what was compiled once is kept in `cache`."""
    node = find_node()
    if node is None:
        return data
    key = hashlib.sha256(data + SCRIPT.read_bytes()).hexdigest()[:32]
    result = cache / f"{key}.zip"
    if not result.exists():
        cache.mkdir(parents=True, exist_ok=True)
        source = cache / f".{key}.{secrets.token_hex(4)}.part"
        source.write_bytes(data)
        try:
            compile_zip(source, result, runtime=runtime, node=node)
        finally:
            source.unlink()
    return result.read_bytes()


def compile_zip(source: Path, target: Path, *, runtime: Path, node: str) -> None:
    """Write `source` to `target` with each .py replaced by its .pyc, at once or not at all."""
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    command = [node, str(SCRIPT), str(runtime), str(source), str(part)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not part.exists():
        part.unlink(missing_ok=True)
        lines = [line for line in done.stderr.splitlines() if "Error" in line] or ["it said nothing"]
        raise CompileError(
            f"{source.name} could not be compiled: Node stopped with status {done.returncode} ({lines[-1].strip()}); "
            f"run `convoscope vendor` to check the runtime in {runtime}"
        )
    os.replace(part, target)


def _lock_of(numpy: Pin) -> str:
    lock = json.loads(json.dumps(LOCK))
    lock["packages"]["numpy"]["sha256"] = numpy.sha256
    return json.dumps(lock, indent=1) + "\n"
