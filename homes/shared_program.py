"""One program for all views of a notebook: the first cell's page holds BokehJS and the scripts, and gives them to the others.

Each view is a page in a frame (srcdoc), which has its notebook's origin; so the pages meet in the window around them
(static/js/unpack.js). Jupyter must tell which cell runs: a cell that is run anew would else lose the program that it holds.
Where it does not tell (before Jupyter Notebook 7, in Colab, by `jupyter execute`), each page has a program of its own.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from typing import Any

from ..views import SLUGS
from . import shell
from .single_file import modules, packed

PARTS = re.compile(r'<script type="text/plain" id="(bokeh|modules)">([^<]*)</script>')


@dataclass(frozen=True)
class CellRun:
    """One run of one cell."""

    cell: str
    number: int


_holder: CellRun | None = None  # whose output holds the program


def shared(page: str) -> str:
    """An exported page as this cell is to show it: with the program for all, without it, or, if no cell is known, as it is."""
    global _holder
    parent = _parent()
    if parent is None:
        return page
    run, deleted = parent
    if _holder is None or _holder.cell in deleted or (run.cell == _holder.cell and run != _holder):
        _holder = run
        return giving(page)
    return taking(page)


def giving(page: str) -> str:
    """The page with the program for every view, which it hands on."""
    return _with_program(page, {"modules": _modules()})


def taking(page: str) -> str:
    """The page without a program."""
    return _with_program(page, {"bokeh": "", "modules": ""})


def _with_program(page: str, parts: dict[str, str]) -> str:
    def filled(match: re.Match[str]) -> str:
        return f'<script type="text/plain" id="{match[1]}" data-program="{_version()}">{parts.get(match[1], match[2])}</script>'

    return PARTS.sub(filled, page)


@functools.cache
def _modules() -> str:
    return packed(json.dumps(modules(*SLUGS)).encode())


@functools.cache
def _version() -> str:
    """Which program it is: a notebook may hold outputs of several versions."""
    return f"{shell.VERSION}-{hashlib.sha256(_modules().encode()).hexdigest()[:8]}"


def _parent() -> tuple[CellRun, list[str]] | None:
    """The run of the cell that is shown, and the cells deleted since the last run; None if that is not known."""
    ipython = sys.modules.get("IPython")
    running: Any = ipython and ipython.get_ipython()
    if not hasattr(running, "get_parent"):
        return None
    metadata = running.get_parent().get("metadata", {})
    if not metadata.get("cellId"):
        return None
    return CellRun(str(metadata["cellId"]), running.execution_count), metadata.get("deletedCells") or []
