"""Collect what Python needs in the browser beside the runtime: engine, lessons, param and segno.

Drawing files stay out: figures are drawn at build time, and the browser needs no bokeh, panel or pandas. The files are
compiled (precompile.py says what that saves); the measured import of param falls from 180 to 40 ms, of engine and lessons
from 145 to 90 ms. archives.py says which of them travel at the start.
"""

from __future__ import annotations

import ast
import importlib.metadata
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# In views: they build Bokeh models, on the server or at build time.
DRAWING_FILES = {"figure.py", "drawing.py", "theme.py"}
SERVER_PACKAGES = {"bokeh", "pandas", "panel"}  # never in the browser
PACKAGES_LEFT_OUT = {"ipython.py", "mypy_plugin.py", "cli.py"}  # for notebooks, type checkers and terminals
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


class BundleError(RuntimeError):
    """A file that cannot run in the browser would be packed; the message names it and says what to try."""


def browser_files() -> dict[str, bytes]:
    """Collect what the browser imports: {path in site-packages: content}."""
    ours = {"convoscope/__init__.py": b"", "convoscope_later.py": (ROOT / "homes" / "later.py").read_bytes()}
    files = ours | engine_files() | views_files() | package_files("param") | package_files("segno")
    for name, content in files.items():
        for package in imported_packages(content) & SERVER_PACKAGES if name.startswith("convoscope/") else ():
            raise BundleError(
                f"{name} imports {package}, which is not in the browser; import it in a drawing file "
                f"({', '.join(sorted(DRAWING_FILES))}) or add the file's name to DRAWING_FILES in homes/bundle.py"
            )
    return files


def engine_files() -> dict[str, bytes]:
    """Collect convoscope.engine."""
    return _python_files(ROOT / "engine", "convoscope/engine")


def views_files() -> dict[str, bytes]:
    """Collect convoscope.views without the files that draw."""
    return _python_files(ROOT / "views", "convoscope/views", left_out=DRAWING_FILES)


def package_files(name: str) -> dict[str, bytes]:
    """Collect an installed pure-Python package with its licence."""
    distribution = importlib.metadata.distribution(name)
    package = Path(str(distribution.locate_file(name)))
    licences = {
        f"{name}/{Path(file).name}": Path(str(distribution.locate_file(file))).read_bytes()
        for file in distribution.files or ()
        if Path(file).name.startswith("LICEN")
    }
    if not licences:
        raise BundleError(f"the installed {name} package has no licence file, so it cannot be passed on; reinstall {name}")
    return _python_files(package, name, left_out=PACKAGES_LEFT_OUT) | licences


def imported_packages(source: bytes) -> set[str]:
    """Name the top-level packages that a Python source imports, also inside its functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)) if source.strip() else ():
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def _python_files(folder: Path, inside: str, left_out: Iterable[str] = ()) -> dict[str, bytes]:
    return {
        f"{inside}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*.py")
        if path.name not in left_out
    }


def zip_bytes(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Zip {name: content} so that the same content always gives the same bytes: sorted, undated, plain permissions."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, FIRST_DATE)
            entry.compress_type = method
            entry.create_system = 3  # Unix, whichever system packs it
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return target.getvalue()
