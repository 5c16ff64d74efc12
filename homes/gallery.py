"""The gallery of the site, figures/: the figures of convolution arithmetic as live embeds, each ready to take.

They are those of Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), with numbers in the cells.
LaTeX is written when the site is built; GIF and SVG are made by the embed itself when somebody asks for one, as its own
downloads are, so that the site grows by a few kilobytes only.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from ..views.session import Session
from . import shell
from .single_file import ExportError

VIEW = "convolution"
PARTS = "title,caption,help,controls"  # what an embed of the gallery leaves out
# The guide's own input and kernel; smaller inputs are its upper left part, the larger one has one more row and column.
ROWS = ("3,3,2,1,0,2", "0,0,1,3,1,0", "3,1,2,2,3,1", "2,0,0,2,2,3", "2,0,0,0,1,0", "1,2,0,3,1,2")
GUIDE = {"weights": "0,1,2;2,2,0;0,1,2"}
LARGE_KERNEL = {"weights": "0,1,2,1;2,2,0,1;0,1,2,0;1,0,1,2"}


def cells(side: int) -> dict[str, str]:
    """The setting that makes the input a square of so many cells."""
    return {"cells": ";".join(row[: 2 * side - 1] for row in ROWS[:side])}


@dataclass(frozen=True)
class Figure:
    """One figure: its name in addresses and files, what stands above it, and the settings of the view."""

    name: str
    title: str
    words: str
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """Of the explorer with the same settings."""
        return urlencode({"view": VIEW, **self.settings}, safe=",;")


FIGURES: dict[str, tuple[Figure, ...]] = {
    "Padding, with stride 1": (
        Figure("no-padding", "No padding", "5×5 → 3×3. The kernel stays inside the input.", {**cells(5), **GUIDE}),
        Figure("arbitrary-padding", "Arbitrary padding", "A 4×4 kernel over 5×5 with 2 rings of zeros: 6×6.",
               {**cells(5), **LARGE_KERNEL, "padding": "2"}),
        Figure("half-padding", "Half (same) padding", "(3 − 1) / 2 = 1 ring of zeros keeps the size: 5×5 → 5×5.",
               {**cells(5), **GUIDE, "padding_rule": "same"}),
        Figure("full-padding", "Full padding", "3 − 1 = 2 rings of zeros: every overlap counts, 5×5 → 7×7.",
               {**cells(5), **GUIDE, "padding_rule": "full"}),
        Figure("causal", "Causal padding", "A signal with all zeros before it: no output sees what comes later.",
               {"image": "signal"}),
    ),
    "Strides": (
        Figure("stride", "No padding, stride 2", "5×5 → 2×2. The window moves by two cells.",
               {**cells(5), **GUIDE, "stride": "2"}),
        Figure("padding-stride", "Padding 1, stride 2", "5×5 → 3×3.", {**cells(5), **GUIDE, "stride": "2", "padding": "1"}),
        Figure("odd", "Padding 1, stride 2, 6×6", "6×6 → 3×3 as well: the last row and column of zeros are never read.",
               {**cells(6), **GUIDE, "stride": "2", "padding": "1"}),
    ),
    "Dilation": (
        Figure("dilation", "Dilation 2", "The lecture’s 7×7 image: the kernel’s cells stand two apart and span 5×5.",
               {**GUIDE, "dilation": "2"}),
    ),
    "Transposed, with stride 1": (
        Figure("transposed-no-padding", "The way back of no padding", "2×2 → 4×4, with 2 rings of zeros around it.",
               {**cells(2), **GUIDE, "transposed": "true"}),
        Figure("transposed-arbitrary-padding", "The way back of arbitrary padding", "6×6 → 5×5, a 4×4 kernel, padding 2.",
               {**cells(6), **LARGE_KERNEL, "padding": "2", "transposed": "true"}),
        Figure("transposed-half-padding", "The way back of half padding", "5×5 → 5×5.",
               {**cells(5), **GUIDE, "padding_rule": "same", "transposed": "true"}),
        Figure("transposed-full-padding", "The way back of full padding", "5×5 → 3×3: no zeros are left around it.",
               {**cells(5), **GUIDE, "padding_rule": "full", "transposed": "true"}),
    ),
    "Transposed, with strides: zeros between the cells": (
        Figure("transposed-stride", "The way back of no padding, stride 2", "2×2 → 5×5. A zero stands between neighbours.",
               {**cells(2), **GUIDE, "stride": "2", "transposed": "true"}),
        Figure("transposed-padding-stride", "The way back of padding 1, stride 2", "3×3 → 5×5.",
               {**cells(3), **GUIDE, "stride": "2", "padding": "1", "transposed": "true"}),
        Figure("transposed-odd", "The same with output padding 1", "3×3 → 6×6: a stride of 2 makes 5×5 and 6×6 into 3×3, and "
               "output padding says which is meant.",
               {**cells(3), **GUIDE, "stride": "2", "padding": "1", "transposed": "true", "output_padding": "1"}),
    ),
}  # fmt: skip


def page() -> str:
    """The gallery as HTML. An embed is named as other people's pages name it."""
    return shell.template("figures/index.html").render(figures=FIGURES, view=VIEW, parts=PARTS)


def add_gallery(site: Path) -> None:
    """Write the folder figures/ of a built site: the page, its script and style, and the LaTeX of each figure."""
    folder = site / "figures"
    folder.mkdir()
    for name in ("figures.mjs", "figures.css"):
        shutil.copy(shell.STATIC / "figures" / name, folder)
    (folder / "index.html").write_text(page(), encoding="utf-8")
    session = Session()
    for figure in (figure for group in FIGURES.values() for figure in group):
        (folder / f"{figure.name}.tex").write_bytes(latex(session, figure))


def latex(session: Session, figure: Figure) -> bytes:
    """The grids of a figure and the arithmetic of its last cell, as the project's own export writes them."""
    update = session.handle({"view": VIEW, "name": "address", "value": dict(figure.settings)})
    if not update.trace or update.notices:
        raise ExportError(f"the view does not take the settings of the figure {figure.name}: {update.error or update.notices}")
    asked = {"kind": "tex", "step": len(update.trace) - 1}
    written = session.handle({"view": VIEW, "name": "export", "value": asked})
    if not written.download:
        raise ExportError(written.error)
    return written.download.data
