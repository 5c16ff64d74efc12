"""Python files that come to the browser when they are first imported; there this file is the module convoscope_later.

The page starts with one archive that holds just what the start imports (archives.py makes it). Everything else, of our
views, NumPy and the standard library, lies in further archives. This finder knows in which: where an import meets a module
whose archive is not here, it asks for it as a lesson asks for its data, by FileNeeded, and the event is answered anew when
the archive has come. Nothing is unpacked: modules are read from their archives, but for extension modules, which
WebAssembly loads from files.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from pathlib import Path
from types import ModuleType
from zipimport import zipimporter

FOLDER = Path("/lib/later")  # of archives and extension modules
START = "/lib/python312.zip"  # where Pyodide puts the archive of the start
SUFFIX = ".cpython-312-wasm32-emscripten.so"
PREFIX = "python/"  # of an archive's path, as the page is asked for it

Read = Callable[[str], bytes]


class Later:
    """Finds modules in archives. A meta path finder, the last one."""

    def __init__(self, archives: dict[str, str], extensions: Sequence[str], read: Read | None = None) -> None:
        """archives: of each module; extensions: those of them that are WebAssembly; read: gets an archive at once."""
        self._archives = archives
        self._extensions = frozenset(extensions)
        self._read = read
        self._failures: dict[str, str] = {}
        self._loaded: dict[str, ModuleType] = {}

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Where a module is, if it is one of those that come later, or an extension module of the start."""
        if name in self._extensions:
            return _extension_spec(name, self._fetched(self._archives.get(name, "")))
        if name not in self._archives:
            return None
        parent, _, _ = name.rpartition(".")
        return zipimporter("/".join([self._fetched(self._archives[name]), *parent.split(".")]).rstrip("/")).find_spec(name)

    def extension(self, name: str) -> ModuleType:
        """An extension module that an import has put off until it is used."""
        if name not in self._loaded:
            spec = _extension_spec(name, self._fetched(self._archives.get(name, "")))
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)  # type: ignore[union-attr]  # it has one
            self._loaded[name] = module
        return self._loaded[name]

    def put(self, path: str, data: object) -> None:
        """Keep an archive that has come. data: bytes, or a JavaScript Uint8Array."""
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / path.removeprefix(PREFIX)).write_bytes(data.to_bytes() if hasattr(data, "to_bytes") else data)  # type: ignore[arg-type]

    def fail(self, path: str, reason: str) -> None:
        """An archive did not come: the next import that needs it says so, the one after that asks again."""
        self._failures[path] = reason

    def _fetched(self, archive: str) -> str:
        """The file of an archive that is here, "" being that of the start; else FileNeeded."""
        if not archive:
            return START
        path = PREFIX + archive
        if path in self._failures:
            raise OSError(self._failures.pop(path))
        if not (FOLDER / archive).exists():
            if self._read is None:
                from convoscope.views.files import FileNeeded

                raise FileNeeded(path)
            self.put(path, self._read(archive))
        return str(FOLDER / archive)


def _extension_spec(name: str, archive: str) -> ModuleSpec:
    file = FOLDER / f"{name}.so"
    if not file.exists():
        FOLDER.mkdir(exist_ok=True)
        file.write_bytes(zipimporter(archive).get_data(name.replace(".", "/") + SUFFIX))
    spec = importlib.util.spec_from_file_location(name, file, loader=ExtensionFileLoader(name, str(file)))
    if spec is None:
        raise ImportError(f"{name} cannot be loaded from {file}")
    return spec


def install(read: Read | None = None) -> Later:
    """Begin to find modules. read: gets an archive by its name, where that can be done at once."""
    global later
    table = importlib.import_module("convoscope_archives")  # which archives.py writes
    later = Later(table.ARCHIVES, table.EXTENSIONS, read)
    sys.meta_path.append(later)
    return later


later: Later
