"""What the site needs to work without a network once it was opened: a service worker with the list of all its files."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from pathlib import Path

from . import shell

NAME = "service-worker.js"  # its name stays, because browsers ask for it again and again
LEFT_OUT = {NAME, ".nojekyll"}
LATER = "data/imagenet/"  # what is kept when it is first fetched, not before: only one view needs it


def add_offline(site: Path) -> None:
    """Write the service worker, the manifest and its icon into a built site, as its last files."""
    shutil.copy(shell.STATIC / "manifest.webmanifest", site)
    shutil.copy(shell.STATIC / "icon.svg", site)
    files = {
        path.relative_to(site).as_posix(): base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name not in LEFT_OUT
    }
    later = {path: files.pop(path) for path in list(files) if path.startswith(LATER)}
    listing, later_listing = json.dumps(files, indent=1), json.dumps(later, indent=1)
    version = hashlib.sha256((listing + later_listing).encode()).hexdigest()[:12]
    worker = (shell.STATIC / NAME).read_text(encoding="utf-8")
    filling = {"@@version@@": version, '"@@files@@"': listing, '"@@later@@"': later_listing}
    for mark, text in filling.items():
        worker = worker.replace(mark, text)
    (site / NAME).write_text(worker, encoding="utf-8")
