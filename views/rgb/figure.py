"""How the rgb view is drawn: its two arrangements, wide and narrow, whose sources have the same names.

What stays is painted first; everything that moves lies above it at level "overlay", in the order below.
"""

from __future__ import annotations

from bokeh.models import Image, ImageRGBA, LinearColorMapper

from ..arrangement import RECTANGLE
from ..drawing import IM2COL_ASPECT, ArrangedCanvas, Canvas, Layout, Panel, arranged_panels
from ..theme import themed
from .wide_and_narrow import ARRANGEMENTS, OUTPUT_MAPS, SOURCES

LAYOUT = Layout(
    narrow='"narrow" auto "im2col" auto / 1fr',
    wide='"wide" 1fr "im2col" auto / 1fr',
    around="calc(19rem - var(--spare, 0rem))",
)
CLEAR = "rgba(0,0,0,0)"
TITLE = "Input, filters, output"


def panels() -> list[Panel]:
    """The two arrangements; the page shows the one that fits."""
    matrices = Canvas("rgb_im2col").matrix_product()
    drawings = arranged_panels(ARRANGEMENTS, TITLE, "muted", lambda name: ChannelCanvas(name).figure, "sums", small="narrow")
    return [*drawings, Panel("im2col", "As a matrix product", "muted", matrices, secret=True, aspect=IM2COL_ASPECT)]


class ChannelCanvas(ArrangedCanvas):
    """Channels, kernels and outputs: as cells with numbers, or as images and stacks of sheets."""

    def __init__(self, name: str) -> None:
        super().__init__("rgb", name, SOURCES)
        self._draw_still()
        self._draw_moving()

    def _draw_still(self) -> None:
        self._photo()
        self._sheets("channel_images", "grey", moves=False)
        self.cells("input_cells", filled=True)
        self.cells("weight_cells", filled=True, how="optional")
        self.cells("output_cells", filled=True)
        self.rectangles("unread", fill="unread", alpha=0.55)
        self.rectangles("frames_input", line="input", width=2)
        self.words("captions", largest=24, align="left", how="optional")
        marks = self.rectangles("marks")
        marks.glyph.update(fill_color="color", line_color="color", fill_alpha=1, line_alpha=1)

    def _draw_moving(self) -> None:
        self._sheets("kernel_images", "signed")
        self._sheets("partial_maps", "signed")
        for name in OUTPUT_MAPS:
            self._sheets(name, "signed")
            edge = self.rectangles(name, line="output", width=2, level="overlay")
            edge.glyph.line_alpha = "alpha"
        self.rectangles("covers", fill="paper", level="overlay")
        self.rectangles("output_cells", line="line", level="overlay")  # shows where the hidden cells will be
        self.rectangles("frames_output", line="output", width=2, level="overlay")
        self.rectangles("resting", fill="paper", alpha=0.5, level="overlay")
        self.rectangles("frames_kernel", line="kernel", level="overlay")
        self.rectangles("dimmed", fill="paper", alpha=0.82, level="overlay")
        for name, token, width in (("edges", "muted", 1), ("links", "kernel", 1.5), ("answer", "output", 2)):
            self.segments(name, token, width=width).glyph.line_alpha = 0.8
        self.rectangles("windows", line="kernel", width=3, level="overlay")
        self.rectangles("at_work", line="kernel", width=3, level="overlay")
        self.rectangles("output_cell", line="output", width=4, level="overlay")
        self.words("sums", largest=44, level="overlay", how="freely")

    def _photo(self) -> None:
        """The photograph in its own colours, by its centre."""
        x, y, w, h = self.places(RECTANGLE)
        glyph = ImageRGBA(image="image", x=x, y=y, dw=w, dh=h, origin="top_left")
        glyph.update(anchor="center")
        self.figure.add_glyph(self.sources["photo"], glyph)

    def _sheets(self, name: str, palette: str, *, moves: bool = True) -> None:
        """Whole sheets by their centres; of those that move, alpha hides those that are not shown yet."""
        mapper = themed(LinearColorMapper(low=-1 if palette == "signed" else 0, high=1, nan_color=CLEAR), palette=palette)
        x, y, w, h = self.places(RECTANGLE)
        glyph = Image(image="image", x=x, y=y, dw=w, dh=h, color_mapper=mapper, origin="top_left")
        glyph.update(anchor="center")
        sheets = self.figure.add_glyph(self.sources[name], glyph)
        if moves:
            glyph.global_alpha = "alpha"
            sheets.level = "overlay"
