"""How the features view is drawn. The page shows the panels of one part at a time; own.css says how wide each of them is."""

from __future__ import annotations

from typing import Any

from bokeh.models import ColumnDataSource, ImageRGBA
from bokeh.plotting import figure

from ..drawing import WHOLE, Canvas, Layout, Level, Panel
from ..theme import themed
from .sources import CORNERS, TABLE

LAYOUT = Layout(
    narrow="none / repeat(2, minmax(0, 1fr))",
    wide="none / repeat(12, minmax(0, 1fr))",
    around="16rem",
)
PAIR_ASPECT, GALLERY_ASPECT = "2.0408", "0.9231"  # as match_steps.py and galleries.py draw them

Shared = dict[str, ColumnDataSource]


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of sources.TABLE."""
    shared: Shared = {}
    return [
        Panel("photo", "Photograph", "input", _photo(shared), main=True),
        Panel("pair", "Two pictures", "input", _pair(shared), aspect=PAIR_ASPECT, main=True),
        Panel("cell", "Cell", "kernel", _cell(shared), boxes="cell_boxes", main=True),
        Panel("patch", "Patch", "kernel", _patch(shared)),
        Panel("glyphs", "Cells as stars", "output", _glyphs(shared), main=True),
        Panel("histogram", "Histogram", "kernel", _histogram(shared), boxes="histogram_boxes", aspect="2"),
        Panel("block", "Block", "output", _block(shared), boxes="block_boxes", aspect="4.15"),
        Panel("scales", "Scale space", "muted", _gallery(shared, "scales"), aspect=GALLERY_ASPECT),
        Panel("differences", "Differences", "muted", _gallery(shared, "differences"), aspect=GALLERY_ASPECT),
        Panel("neighbours", "3×3×3 neighbours", "kernel", _neighbours(shared), boxes="neighbours_boxes", aspect="3"),
        Panel("directions", "Directions", "kernel", _directions(shared), boxes="directions_boxes", aspect="2.5"),
        Panel("descriptor", "Descriptor", "output", _descriptor(shared, "descriptor"), boxes="descriptor_boxes", main=True),
        Panel("other", "Its match", "output", _descriptor(shared, "other")),
        Panel("lenet", "LeNet-5", "kernel", _lenet(shared), aspect="2.4"),
        Panel("conv1", "SqueezeNet", "kernel", _conv1(shared), aspect="2"),
    ]


class _Drawing(Canvas):
    """A canvas whose sources have all columns of the table."""

    def __init__(self, name: str, shared: Shared) -> None:
        super().__init__(f"features_{name}", across=WHOLE, up=WHOLE, sources=shared)

    def source(self, name: str, columns: str) -> ColumnDataSource:
        """The source with every column that it has anywhere."""
        return super().source(name, f"{TABLE[name]} {columns}")

    def coloured(self, name: str) -> None:
        """A picture in its own colours."""
        glyph = ImageRGBA(image="image", x="x", y="y", dw="dw", dh="dh", origin="top_left")
        self.figure.add_glyph(self.source(name, ""), glyph)

    def circles(self, name: str, token: str, *, width: float = 1, level: Level = "overlay") -> None:
        """Circles as large as their radius says, in shares of the drawing's width."""
        drawn: Any = self.figure.circle("x", "y", radius="radius", source=self.source(name, ""), level=level)
        drawn.glyph.update(fill_alpha=0, line_width=width)
        themed(drawn.glyph, line_color=token)

    def dots(self, name: str, token: str, marker: str, size: float) -> None:
        """Marks that are as large on every drawing."""
        drawn: Any = self.figure.scatter("x", "y", source=self.source(name, ""), marker=marker, size=size, level="overlay")
        drawn.glyph.update(fill_alpha=0, line_width=2)
        themed(drawn.glyph, line_color=token)


def _photo(shared: Shared) -> figure:
    """The photograph: the cell, its block and the pixel, or the extrema and keypoints."""
    canvas = _Drawing("photo", shared)
    canvas.image("photo", palette="grey")
    canvas.outline("block_frame", "output", moves=False)
    canvas.outline("cell_frame", "kernel", moves=False)
    canvas.outline("pixel", "input", width=2)
    canvas.dots("extrema_left", "output", "circle", 5)
    canvas.dots("extrema_gone", "kernel", "x", 7)
    canvas.circles("keypoints", "output", width=2)
    canvas.segments("keypoint_angles", "output", width=2)
    canvas.segments("keypoint_square", "kernel", width=3)
    canvas.circles("chosen", "kernel", width=3)
    return canvas.figure


def _pair(shared: Shared) -> figure:
    """Both pictures with their keypoints, a line for each match, the match of the step with its squares."""
    canvas = _Drawing("pair", shared)
    canvas.image("photo", palette="grey")
    canvas.image("second", palette="grey")
    canvas.circles("pair_points", "input", level="glyph")
    canvas.segments("lines_right", "output", level="glyph").glyph.line_alpha = 0.7
    canvas.segments("lines_wrong", "kernel", level="glyph").glyph.line_alpha = 0.9
    canvas.segments("pair_squares", "input", width=2)
    canvas.segments("now_right", "output", width=4)
    canvas.segments("now_wrong", "kernel", width=4)
    canvas.circles("pair_true", "gradient", width=3)
    return canvas.figure


def _cell(shared: Shared) -> figure:
    """The pixels of the cell and those beside it; the four that make a gradient, and the gradient."""
    canvas = _Drawing("cell", shared)
    canvas.image("cell_image", palette="grey")
    canvas.cells("cell_labels", filled=True, how="optional")
    canvas.outline("cell_edge", "kernel", moves=False)
    canvas.outline("cell_beside", "input", width=3)
    canvas.outline("cell_pixel", "output", width=3)
    canvas.segments("arrow", "output", width=4)
    return canvas.figure


def _patch(shared: Shared) -> figure:
    canvas = _Drawing("patch", shared)
    canvas.coloured("patch")
    return canvas.figure


def _glyphs(shared: Shared) -> figure:
    """The stars of all cells over the photograph, pale until they are done."""
    canvas = _Drawing("glyphs", shared)
    canvas.image("glyph_image", palette="grey").glyph.global_alpha = 0.45
    canvas.segments("glyph_grid", "line", level="glyph")
    canvas.segments("glyphs", "kernel", width=2, level="glyph")
    canvas.cover("glyph_cover", alpha=0.6)
    return canvas.figure


def _histogram(shared: Shared) -> figure:
    """The bins, and on top of them the vote of the step."""
    canvas = _Drawing("histogram", shared)
    canvas.bars("bin_bars", "input", level="overlay")
    canvas.bars("vote_bars", "kernel", level="overlay")
    canvas.words("bin_values", largest=15, level="overlay", how="optional")
    canvas.words("bin_words", largest=15, token="muted", how="optional")
    return canvas.figure


def _block(shared: Shared) -> figure:
    """The histograms of the block behind each other: before the norm, and after it."""
    canvas = _Drawing("block", shared)
    canvas.bars("block_before", "input", level="overlay")
    canvas.bars("block_after", "output", level="overlay")
    canvas.rectangles("block_cells", line="line", level="overlay")
    return canvas.figure


def _gallery(shared: Shared, name: str) -> figure:
    """The images of all octaves, or their differences."""
    canvas = _Drawing(name, shared)
    canvas.image(name, palette="grey" if name == "scales" else "signed")
    canvas.rectangles(name, by=CORNERS, line="line")
    canvas.words("gallery_words" if name == "scales" else "difference_words", largest=13, token="muted", how="optional")
    frames = "scale_frames" if name == "scales" else "difference_frames"
    canvas.rectangles(frames, by=CORNERS, line="kernel", width=3, level="overlay")
    return canvas.figure


def _neighbours(shared: Shared) -> figure:
    canvas = _Drawing("neighbours", shared)
    canvas.cells("neighbours", filled=True, how="optional")
    canvas.words("neighbour_heads", largest=15, token="muted", how="optional")
    canvas.outline("peak_cell", "kernel", width=3, moves=False)
    return canvas.figure


def _directions(shared: Shared) -> figure:
    """The histogram of directions; its high peaks in the keypoint's colour."""
    canvas = _Drawing("directions", shared)
    canvas.bars("direction_bars", "input")
    canvas.bars("peak_bars", "kernel")
    canvas.segments("peak_line", "muted", level="glyph").glyph.line_dash = "dashed"
    canvas.words("direction_words", largest=15, token="muted", how="optional")
    return canvas.figure


def _descriptor(shared: Shared, name: str) -> figure:
    """4×4 stars of eight rays; of one keypoint over the turned square of the photograph."""
    canvas = _Drawing(name, shared)
    if name == "descriptor":
        canvas.image("turned", palette="grey").glyph.global_alpha = 0.45
    canvas.segments(f"{name}_grid", "line", level="glyph")
    canvas.segments(name, "kernel", width=3)
    return canvas.figure


def _lenet(shared: Shared) -> figure:
    """The filters above what they make of the patch."""
    canvas = _Drawing("lenet", shared)
    canvas.image("lenet")
    canvas.rectangles("lenet", by=CORNERS, line="line")
    canvas.words("layer_words", largest=14, token="muted", how="optional")
    canvas.outline("lenet_frame", "output")
    return canvas.figure


def _conv1(shared: Shared) -> figure:
    """The filters in their colours, and beside them what they make of the patch."""
    canvas = _Drawing("conv1", shared)
    canvas.coloured("conv1_filters")
    canvas.image("conv1_maps")
    canvas.outline("conv1_frames", "output", width=2)
    return canvas.figure
