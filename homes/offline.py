"""What the site needs to work without a network once it was opened: a service worker with the list of all its files."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from pathlib import Path

from . import shell
from .compressing import ENDINGS, compress_file, is_compressed

NAME = "service-worker.js"  # its name stays, because browsers ask for it again and again
LEFT_OUT = {NAME, ".nojekyll"}
IN_TWO_FORMS = (".wasm.gz", "start.zip.gz")  # which pages fetch as they are from a server that does not compress


def add_offline(site: Path) -> None:
    """Write the service worker, the manifest and its icon into a built site, as its last files."""
    shutil.copy(shell.STATIC / "manifest.webmanifest", site)
    shutil.copy(shell.STATIC / "icon.svg", site)
    kept = [path for path in sorted(site.rglob("*")) if path.is_file() and is_listed(path)]
    files = {path.relative_to(site).as_posix(): (digest_of(path), size_of(path)) for path in kept}
    listing = json.dumps(files)
    version = hashlib.sha256(listing.encode()).hexdigest()[:12]
    worker = (shell.STATIC / NAME).read_text(encoding="utf-8")
    for mark, text in {"@@version@@": version, '"@@files@@"': listing}.items():
        worker = worker.replace(mark, text)
    (site / NAME).write_text(worker, encoding="utf-8")
    compress_file(site / NAME)


def is_listed(path: Path) -> bool:
    """Whether a page may fetch a file under its own name."""
    return path.name not in LEFT_OUT and (not is_compressed(path) or path.name.endswith(IN_TWO_FORMS))


def digest_of(path: Path) -> str:
    """The sha256 of a file as browsers write it."""
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def size_of(path: Path) -> int:
    """How many bytes a file has on its way from a server that compresses."""
    forms = [path, *(path.with_name(path.name + ending) for ending in ENDINGS.values())]
    return min(form.stat().st_size for form in forms if form.exists())
