"""How the rgb view is drawn: one scene in two arrangements, wide and narrow, whose sources have the same names.

What stays is painted first; everything that moves lies above it at level "overlay", in the order below.
"""

from __future__ import annotations

from bokeh.models import ColumnDataSource, LinearColorMapper

from ..drawing import IM2COL_ASPECT, Canvas, Layout, Panel, mapper_of
from ..theme import themed
from .places import NARROW, WIDE, Scene
from .sources import OUTPUT_MAPS, names

LAYOUT = Layout(
    narrow='"narrow" auto "im2col" auto / 1fr',
    wide='"wide" auto "im2col" auto / 1fr',
    around="calc(19rem - var(--spare, 0rem))",
)
CLEAR = "rgba(0,0,0,0)"
TITLE = "Input, filters, output"


def panels() -> list[Panel]:
    """The two arrangements; the page shows the one that fits."""
    matrices = Canvas("rgb_im2col")
    matrices.matrix_product()
    return [
        Panel(
            scene.name,
            TITLE,
            "muted",
            SceneCanvas(scene).figure,
            aspect=f"{scene.width:g} / {scene.height:g}",
            boxes=f"{scene.name}_boxes",
            secrets="sums",
            only=scene.name,
        )
        for scene in (WIDE, NARROW)
    ] + [Panel("im2col", "As a matrix product", "muted", matrices.figure, secret=True, aspect=IM2COL_ASPECT)]


class SceneCanvas(Canvas):
    """A figure measured in the units of its scene, with the scene's own columns for places."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(f"rgb_{scene.name}")
        self.scene = scene
        for axis, end in ((self.figure.x_range, scene.width), (self.figure.y_range, scene.height)):
            axis.update(start=0, end=end)
        self._draw_still()
        self._draw_moving()

    def _draw_still(self) -> None:
        self._pixels("photo")
        self._images("channel_images", "grey")
        self._cells("input_cells")
        self._cells("weight_cells")
        self._cells("output_cells")
        self._boxes("unread", fill="unread", alpha=0.55)
        self._boxes("frames_input", line="input", width=2)
        self._words("captions", largest=24, align="left", color="ink")
        self._colored("marks")

    def _draw_moving(self) -> None:
        self._images("kernel_images", "signed", alpha="alpha")
        self._images("partial_maps", "signed", alpha="alpha")
        for name in OUTPUT_MAPS:
            self._images(name, "signed", alpha="alpha")
            self._sheet_edge(name, "output")
        self._boxes("covers", fill="paper", level="overlay")
        self._boxes("output_cells", line="line", width=1, level="overlay")  # shows where the hidden cells will be
        self._boxes("frames_output", line="output", width=2, level="overlay")
        self._boxes("resting", fill="paper", alpha=0.5, level="overlay")
        self._boxes("frames_kernel", line="kernel", width=1, level="overlay")
        self._boxes("dimmed", fill="paper", alpha=0.82, level="overlay")
        self._lines("edges", "muted", 1)
        self._lines("links", "kernel", 1.5)
        self._lines("answer", "output", 2)
        self._boxes("windows", line="kernel", width=3, level="overlay")
        self._boxes("at_work", line="kernel", width=3, level="overlay")
        self._boxes("output_cell", line="output", width=4, level="overlay")
        self._words("sums", largest=44, color="ink", level="overlay")

    def _source(self, name: str) -> ColumnDataSource:
        return self.source(name, " ".join(names(name)))

    def _place(self, *columns: str) -> list[str]:
        return [f"{self.scene.name}_{column}" for column in columns]

    def _boxes(
        self, name: str, *, fill: str = "", line: str = "", width: float = 0, alpha: float = 1, level: str = "glyph"
    ) -> None:
        """Rectangles: filled with a token's colour, or framed in one."""
        box = self.figure.rect(*self._place("x", "y", "w", "h"), source=self._source(name), level=level)
        box.glyph.update(fill_alpha=alpha if fill else 0, line_alpha=1 if line else 0, line_width=width)
        themed(box.glyph, **({"fill_color": fill} if fill else {}), **({"line_color": line} if line else {}))

    def _pixels(self, name: str) -> None:
        """An image in its own colours, by its centre."""
        x, y, w, h = self._place("x", "y", "w", "h")
        image = self.figure.image_rgba(image="image", x=x, y=y, dw=w, dh=h, source=self._source(name), origin="top_left")
        image.glyph.anchor = "center"

    def _colored(self, name: str) -> None:
        """Rectangles in the colours of their column: the marks of the channels."""
        self.figure.rect(*self._place("x", "y", "w", "h"), source=self._source(name), fill_color="color", line_color="color")

    def _cells(self, name: str) -> None:
        """Cells with their numbers."""
        paint = {"field": "shade", "transform": mapper_of("signed")}
        cells = self.figure.rect(*self._place("x", "y", "w", "h"), source=self._source(name), fill_color=paint)
        themed(cells.glyph, line_color="line")
        self._words(name, largest=48)

    def _words(self, name: str, *, largest: int, align: str = "center", color: str = "", level: str = "glyph") -> None:
        """Texts of a source, in a token's colour or so that they stand out from the cell's shade."""
        words = self.figure.text(*self._place("x", "y"), "text", source=self._source(name), text_baseline="middle", level=level)
        words.glyph.update(text_align=align, text_font={"value": "system-ui"})
        words.tags = [f"fit {largest} {self.scene.name}_size"]
        if color:
            themed(words.glyph, text_color=color)
        else:
            words.glyph.text_color = {"field": "shade", "transform": mapper_of("contrast")}

    def _images(self, name: str, palette: str, alpha: str = "") -> None:
        """Whole sheets by their centres; alpha hides those that are not shown yet."""
        mapper = themed(LinearColorMapper(low=-1 if palette == "signed" else 0, high=1, nan_color=CLEAR), palette=palette)
        x, y, w, h = self._place("x", "y", "w", "h")
        sheets = self.figure.image(
            image="image", x=x, y=y, dw=w, dh=h, source=self._source(name), color_mapper=mapper, origin="top_left"
        )
        sheets.glyph.anchor = "center"
        if alpha:
            sheets.glyph.global_alpha = alpha
            sheets.level = "overlay"

    def _sheet_edge(self, name: str, token: str) -> None:
        """A thin frame around a sheet, if it is shown."""
        box = self.figure.rect(*self._place("x", "y", "w", "h"), source=self._source(name), line_alpha="alpha", level="overlay")
        box.glyph.update(fill_alpha=0, line_width=2)
        themed(box.glyph, line_color=token)

    def _lines(self, name: str, token: str, width: float) -> None:
        lines = self.figure.segment(*self._place("x", "y", "x1", "y1"), source=self._source(name), level="overlay")
        lines.glyph.update(line_width=width, line_alpha=0.8)
        themed(lines.glyph, line_color=token)
