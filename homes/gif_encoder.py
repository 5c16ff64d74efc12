"""What lets the page write animated GIFs: gifenc (MIT licence), vendored as the runtime is, fetched by the page when asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from .fetching import PackageSource, npm_command
from .vendor import FOLDER as RUNTIME
from .vendor import Pin, is_right
from .vendor import vendor as collect

VERSION = "1.0.3"
FOLDER = RUNTIME.with_name("gifenc")
PINS = (
    Pin("gifenc.esm.js", 9_098, "217761244379253ba5815510d3048a4fb1f4c4dbe9fb51a5cfbfe26f34eec093"),
    Pin("LICENSE.md", 1_083, "47bc590c39d8ccccfc544875a9faebf44bafa828ef20315b396b5d0629f0cfd6"),
)
PLACES = {"gifenc.esm.js": "dist/", "LICENSE.md": ""}  # in the npm package


def vendor(say: Callable[[str], None] = print) -> Path:
    """Collect gifenc into its folder, as vendor.vendor does."""
    package = f"gifenc@{VERSION}"
    sources = [
        PackageSource(f"the npm package {package} (0.1 MB)", npm_command(package), f"package/{place}", {name}, say)
        for name, place in PLACES.items()
    ]
    return collect(FOLDER, pins=PINS, written={}, sources=sources, say=say)


def add_gif_encoder(scripts: Path, say: Callable[[str], None] = print) -> None:
    """Put it beside the page's own scripts (static/js/gif.mjs asks for it there), without its map, which nobody needs."""
    if not all(is_right(FOLDER / pin.name, pin) for pin in PINS):
        vendor(say)
    source = (FOLDER / "gifenc.esm.js").read_text("utf-8").replace("//# sourceMappingURL=gifenc.esm.js.map", "")
    (scripts / "gifenc.mjs").write_text(source, encoding="utf-8")
    shutil.copy(FOLDER / "LICENSE.md", scripts / "gifenc.LICENSE.md")
