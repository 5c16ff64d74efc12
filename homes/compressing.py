"""Brotli and gzip beside the files of a built site, so that a web server need not compress anything while it serves.

`convoscope serve` hands them out by what a browser accepts; docs/hosting.md says how other servers do.
"""

from __future__ import annotations

import functools
import gzip
import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ENDINGS = {"br": ".br", "gzip": ".gz"}  # of the file beside the original, by the content encoding
# Pictures, MNIST's digits, weights, archives and states are compressed already.
KINDS = {".css", ".html", ".js", ".json", ".mjs", ".md", ".npy", ".packet", ".svg", ".txt", ".wasm", ".webmanifest"}
PYTHON = "start.zip"  # an archive without compression (archives.py)
SMALLEST = 1000  # bytes
MOST = 0.95  # of its size, if a file is to be kept beside the original
BROTLI_QUALITY = 9  # of 11, which takes twenty times as long for another twentieth
NO_BROTLI = (
    "brotli is not installed, so the site holds gzip files only, which are a sixth larger; for both: pip install brotli, "
    "then build again"
)


def compress(site: Path, say: Callable[[str], None] = print) -> None:
    """Write the compressed files beside those of a built site."""
    if _brotli() is None:
        say(NO_BROTLI)
    with ThreadPoolExecutor() as pool:
        list(pool.map(compress_file, [path for path in sorted(site.rglob("*")) if is_worth_it(path)]))


def is_worth_it(path: Path) -> bool:
    """Whether a file is to be compressed."""
    return (path.suffix in KINDS or path.name == PYTHON) and path.is_file() and path.stat().st_size >= SMALLEST


def sizes_of(path: Path) -> dict[str, int]:
    """How many bytes a file has on its way under each content encoding; "" is the original."""
    return {"": path.stat().st_size} | {encoding: len(data) for encoding, data in _compressed(path.read_bytes())}


def is_compressed(path: Path) -> bool:
    """Whether a file is one of those that lie beside an original."""
    return path.suffix in ENDINGS.values() and path.with_suffix("").exists()


def compress_file(path: Path) -> None:
    """Write the compressed files beside one file, if they are smaller."""
    original = path.read_bytes()
    for encoding, data in _compressed(original):
        if len(data) <= MOST * len(original):
            path.with_name(path.name + ENDINGS[encoding]).write_bytes(data)


@functools.lru_cache(maxsize=4)  # Python's program is asked for twice
def _compressed(data: bytes) -> tuple[tuple[str, bytes], ...]:
    brotli = _brotli()
    packed = [("br", brotli.compress(data, quality=BROTLI_QUALITY, lgwin=24))] if brotli else []
    return (*packed, ("gzip", gzip.compress(data, 9, mtime=0)))


def _brotli() -> Any:  # it has no types, and may be missing
    try:
        return importlib.import_module("brotli")
    except ImportError:
        return None
