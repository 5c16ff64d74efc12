"""Sort what Python imports in the browser: one archive for the start, further ones for what is imported later.

At build time Pyodide itself says under Node what it has imported when the page has started, and what more when views have
been opened (record_imports.mjs). Just that travels at the start, 2.5 MB instead of 8; every other module is in the archive
of its view or package and comes when it is first imported (later.py). The archive of the start is a zip without
compression, which travels compressed as a whole (compressing.py), and from which Python reads its modules as they are.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ..views import SLUGS
from .bundle import ROOT, browser_files, zip_bytes
from .later import PREFIX, SUFFIX
from .precompile import CACHE, compiled_bytes, compiled_runtime, find_node
from .vendor import FOLDER, NUMPY_WHEEL, write_at_once

SCRIPT = Path(__file__).with_name("record_imports.mjs")
START = PREFIX + "start.zip"
ABOUT = re.compile(r"LICEN|\.dist-info/METADATA$")  # what is passed on with a package
LINEAR_ALGEBRA = "numpy.linalg._umath_linalg"  # an eighth of the start, and nearly nobody needs it

# What the browser gets in place of a file of the runtime.
PACKAGE_LOADER = b'''"""What Pyodide's start needs of pyodide._package_loader; the whole comes when it is asked for."""
from pathlib import Path
from site import getsitepackages

SITE_PACKAGES = Path(getsitepackages()[0])
DSO_DIR = Path("/usr/lib")


def init_loaded_packages():
    pass


def __getattr__(name):
    from pyodide import _package_loader_whole

    return getattr(_package_loader_whole, name)
'''
LINEAR_ALGEBRA_LATER = b'''"""The extension module of this name comes when something of it is used."""


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    from convoscope_later import later

    return getattr(later.extension(__name__), name)
'''
REPLACED = {
    "pyodide/_package_loader.py": PACKAGE_LOADER,
    "numpy/_core/_add_newdocs.py": b"",  # docstrings
    "numpy/_core/_add_newdocs_scalars.py": b"",
}
RENAMED = {"pyodide/_package_loader.pyc": "pyodide/_package_loader_whole.pyc"}
ADDED = {"numpy/linalg/_umath_linalg.py": LINEAR_ALGEBRA_LATER}


def write_archives(
    folder: Path, runtime: Path = FOLDER, *, cache: Path = CACHE, say: Callable[[str], None] = print
) -> dict[str, int]:
    """Write start.zip and the further archives into `folder`/python; returns their sizes by their paths in `folder`."""
    ours = compiled_bytes(zip_bytes(browser_files() | REPLACED | ADDED), runtime=runtime, cache=cache)
    everything = _everything(compiled_runtime(runtime, cache=cache, say=say), ours)
    archives = _archives(everything, _imported(everything, runtime, cache), runtime, cache)
    (folder / PREFIX).mkdir(parents=True, exist_ok=True)
    for path, data in archives.items():
        write_at_once(folder / path, data)
    return {path: len(data) for path, data in archives.items()}


def archive_of(module: str, imported: Mapping[str, set[str]], packages: set[str]) -> str:
    """The archive in which a module travels; "" is that of the start. packages: the names that are no single module."""
    if module in imported["start"]:
        return ""
    parts = module.split(".")
    if module in imported["random"] or parts[:2] == ["numpy", "random"]:
        return "numpy-random.zip"
    if parts[:2] == ["convoscope", "views"] and len(parts) > 2 and parts[2] in (*SLUGS, "units"):
        return f"view-{parts[2]}.zip"
    if module in imported["views"]:
        return "views.zip"
    if parts[0] == "numpy":
        return f"{'-'.join(parts[:2])}.zip"
    return f"{parts[0]}.zip" if parts[0] in packages else "stdlib.zip"


def module_of(path: str) -> str:
    """The module that a file in an archive holds."""
    stem = path.removesuffix(SUFFIX).removesuffix(".pyc").removesuffix(".py")
    return stem.removesuffix("/__init__").replace("/", ".")


def _everything(runtime: Path, ours: bytes) -> dict[str, bytes]:
    """All that the browser can import, by path: the runtime's modules and ours, which go before those of the same name."""
    files: dict[str, bytes] = {}
    for data in ((runtime / "python_stdlib.zip").read_bytes(), (runtime / NUMPY_WHEEL).read_bytes(), ours):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = {name: archive.read(name) for name in archive.namelist() if name.endswith((".py", ".pyc", SUFFIX))}
            about = {name: archive.read(name) for name in archive.namelist() if ABOUT.search(name)}
        for old, new in RENAMED.items():
            if old in found and "pyodide/__init__.pyc" in found:
                found[new] = found.pop(old)
        files |= found | about
    return files


def _imported(everything: dict[str, bytes], runtime: Path, cache: Path) -> dict[str, set[str]] | None:
    """The modules that are imported at the start, with numpy.random, and by all views; None without Node."""
    node = find_node()
    if node is None:
        return None
    whole = zip_bytes(everything | _table({}, everything), zipfile.ZIP_STORED)
    key = hashlib.sha256(whole + SCRIPT.read_bytes()).hexdigest()[:32]
    record = cache / f"{key}.json"
    if not record.exists():
        archive = cache / f"{key}.zip"
        write_at_once(archive, whole)
        command = [node, str(SCRIPT), str(runtime), str(archive), str(ROOT / "static" / "data"), str(record), *SLUGS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        archive.unlink()
        if not record.exists():
            raise RuntimeError(f"Python's start could not be recorded: {done.stderr[-2000:]}")
    return {name: set(modules) for name, modules in json.loads(record.read_text("utf-8")).items()}


def _archives(
    everything: dict[str, bytes], imported: Mapping[str, set[str]] | None, runtime: Path, cache: Path
) -> dict[str, bytes]:
    """Every archive by its name."""
    packages = {path.partition("/")[0] for path in everything if "/" in path}
    sorted_in: dict[str, dict[str, bytes]] = {"": {}}
    where: dict[str, str] = {}
    for path, data in everything.items():
        extension_later = path == LINEAR_ALGEBRA.replace(".", "/") + SUFFIX
        archive = "numpy-linalg.zip" if extension_later else ""
        if imported and not extension_later and not ABOUT.search(path):
            archive = archive_of(module_of(path), imported, packages)
        sorted_in.setdefault(archive, {})[path] = data
        if archive:
            where[module_of(path)] = archive
    start = sorted_in.pop("") | _compiled_table(where, everything, runtime, cache)
    later = {PREFIX + name: zip_bytes(files) for name, files in sorted_in.items()}
    return {START: zip_bytes(start, zipfile.ZIP_STORED), **later}


def _table(where: dict[str, str], everything: Mapping[str, bytes]) -> dict[str, bytes]:
    """The module that later.py reads: which archive holds which module, and which of them are extensions."""
    extensions = sorted({module_of(path) for path in everything if path.endswith(SUFFIX)} - {LINEAR_ALGEBRA})
    return {"convoscope_archives.py": f"ARCHIVES = {dict(sorted(where.items()))!r}\nEXTENSIONS = {extensions!r}\n".encode()}


def _compiled_table(where: dict[str, str], everything: Mapping[str, bytes], runtime: Path, cache: Path) -> dict[str, bytes]:
    data = compiled_bytes(zip_bytes(_table(where, everything)), runtime=runtime, cache=cache)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
