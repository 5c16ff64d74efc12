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


def add_offline(site: Path) -> None:
    """Write the service worker, the manifest and its icon into a built site, as its last files."""
    shutil.copy(shell.STATIC / "manifest.webmanifest", site)
    shutil.copy(shell.STATIC / "icon.svg", site)
    files = {
        path.relative_to(site).as_posix(): base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name not in LEFT_OUT
    }
    listing = json.dumps(files, indent=1)
    version = hashlib.sha256(listing.encode()).hexdigest()[:12]
    worker = (shell.STATIC / NAME).read_text(encoding="utf-8")
    (site / NAME).write_text(worker.replace("@@version@@", version).replace('"@@files@@"', listing), encoding="utf-8")
