"""The lecture deck of the site: our slides and reveal.js (MIT licence), which is vendored as the runtime is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from . import shell
from .fetching import PackageSource, npm_command
from .vendor import FOLDER as RUNTIME
from .vendor import Pin, is_right
from .vendor import vendor as collect

VERSION = "5.2.1"
FOLDER = RUNTIME.with_name("reveal")
PINS = (
    Pin("reveal.esm.js", 111_945, "50e198be47bef94b553614bdc34979ac60f0a3c24a0280ff378fc3e877a64f01"),
    Pin("reveal.css", 54_097, "68f915a11ebf7203c0446576b7e952ff61c5dd02134a8a226ffaf62ed42136d2"),
    Pin("reset.css", 871, "1aa8e84c9cabcbfe4d95b19879fe48b9c2c5e6d54574cbe679bc22edb9fe12b6"),
    Pin("notes.esm.js", 68_951, "8d3b85056cf4d4aac5af1ac5b67cce3441deff5283f1be6444d2678cdc9256fb"),
    Pin("LICENSE", 1_108, "34014800f4126ac2525e224166f099f26628612e95c41f76d70841b63138c989"),
)
PLACES = {  # in the npm package
    **dict.fromkeys(("reveal.esm.js", "reveal.css", "reset.css"), "dist/"),
    "notes.esm.js": "plugin/notes/",
    "LICENSE": "",
}


def vendor(say: Callable[[str], None] = print) -> Path:
    """Collect reveal.js into its folder, as vendor.vendor does."""
    package = f"reveal.js@{VERSION}"
    sources = [
        PackageSource(
            f"the npm package {package} (2 MB)",
            npm_command(package),
            f"package/{place}",
            {name for name, its in PLACES.items() if its == place},
            say,
        )
        for place in dict.fromkeys(PLACES.values())
    ]
    return collect(FOLDER, pins=PINS, written={}, sources=sources, say=say)


def add_deck(site: Path, say: Callable[[str], None] = print) -> None:
    """Write the folder slides/ of a built site; reveal.js is collected first if any file of it is missing."""
    if not all(is_right(FOLDER / pin.name, pin) for pin in PINS):
        vendor(say)
    slides = shutil.copytree(shell.STATIC / "slides", site / "slides")
    for pin in PINS:
        shutil.copy(FOLDER / pin.name, slides / ("reveal.LICENSE.txt" if pin.name == "LICENSE" else pin.name))
