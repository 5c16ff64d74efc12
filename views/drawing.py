"""The pieces that figures are made of: a plain unit square, images, cells with numbers, outlines, and covers.

Everything that moves is drawn at level "overlay", which repaints in a fraction of a millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bokeh.models import ColumnDataSource, Image, LinearColorMapper, Range1d
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

from .theme import themed

IM2COL_ASPECT = "2.4"  # im2col.py's ASPECT
Level = Literal["glyph", "annotation", "overlay"]  # what is painted first, above it, and what moves
MARGIN = 0.012  # of the unit square, so that outlines at its edge are not cut


@dataclass(frozen=True)
class Panel:
    """One figure in its place on the page, and what the page needs to know to caption it."""

    part: str  # its area in the layout, and the fact that tells its size
    title: str
    role: str  # the token whose colour marks it
    figure: figure
    values: str = ""  # the source with the true row, column and value of each cell, to be read out
    legend: bool = False  # whether the facts <part>_low, _high and _palette describe its colour scale
    steps: bool = False  # whether its cells are the steps, one a cell in row order
    links: str = ""  # the panel whose cells belong to this one's: see the sources <part>_links and <links>_hits
    secret: bool = False  # whether it gives away what the present step adds to the output: covered while that is predicted
    secrets: str = ""  # sources of its drawing that do so: their texts become question marks, their frames go (figures.mjs)
    aspect: str = "1"  # width / height of the drawing, as CSS writes it; "strip" for a low one as wide as its panel
    boxes: str = ""  # of a drawing of several grids, the source that tells where each stands and which source holds its values
    main: bool = False  # whether it stays in a very small frame, where there is room for a panel or two
    only: str = ""  # "wide" or "narrow": the page shows this panel in that layout alone


@dataclass(frozen=True)
class Layout:
    """Where the panels stand: CSS grid-templates whose areas are the panels' parts."""

    narrow: str  # from 320 px, a phone
    wide: str  # from 640 px, a slide's iframe or a screen
    slide: str = ""  # the frame of a slide, if other than wide
    around: str = "20rem"  # the height of all else in a slide's iframe: the panels leave room for it


class Canvas:
    """A figure of the unit square, and the sources drawn into it."""

    def __init__(
        self,
        name: str,
        *,
        top: float = 1 + MARGIN,
        bottom: float = -MARGIN,
        sources: dict[str, ColumnDataSource] | None = None,  # those of a figure that shows some of the same
    ) -> None:
        self.sources: dict[str, ColumnDataSource] = {} if sources is None else sources
        self.figure = figure(
            name=name,
            x_range=Range1d(start=-MARGIN, end=1 + MARGIN),
            y_range=Range1d(start=bottom, end=top),
            sizing_mode="stretch_both",
            min_width=10,
            min_height=10,
            toolbar_location=None,
            tools="",
            min_border=2,  # Bokeh clears only half of the canvas's first row and column
            outline_line_color=None,
            background_fill_alpha=0,
            border_fill_alpha=0,
            lod_threshold=None,
        )
        self.figure.axis.visible = False
        self.figure.grid.visible = False

    def source(self, name: str, columns: str) -> ColumnDataSource:
        """The source of that name, with the given columns, still empty."""
        if name not in self.sources:
            self.sources[name] = ColumnDataSource(name=name, data={column: [] for column in columns.split()})
        return self.sources[name]

    def image(self, name: str, palette: str = "signed", places: str = "x y dw dh") -> GlyphRenderer[Any]:
        """A grid of values as colours. signed shows −1..1 with zero as paper, grey and changed show 0..1.

        places: the columns of the lower-left corner, the width and the height.
        """
        low = -1 if palette == "signed" else 0
        mapper = themed(LinearColorMapper(low=low, high=1, nan_color="rgba(0,0,0,0)"), palette=palette)
        source, (x, y, dw, dh) = self.source(name, f"image {places}"), places.split()
        glyph = Image(image="image", x=x, y=y, dw=dw, dh=dh, color_mapper=mapper, origin="top_left")
        return self.figure.add_glyph(source, glyph)

    def cells(self, name: str, *, filled: bool = False, level: Level = "glyph") -> None:
        """Cells with their numbers; `filled` paints them too, for grids whose colours change with the step."""
        source = self.source(name, "x y w h text shade size")
        box = self.figure.rect("x", "y", "w", "h", source=source, fill_alpha=0, line_width=1, level=level)
        if filled:
            box.glyph.update(fill_alpha=1, fill_color={"field": "shade", "transform": mapper_of("signed")})
        themed(box.glyph, line_color="line")
        self.text(name, level=level)

    def lines(self, name: str, *, level: Level = "glyph") -> None:
        """Thin lines around the cells of a source."""
        source = self.source(name, "x y w h")
        box = self.figure.rect("x", "y", "w", "h", source=source, fill_alpha=0, line_width=1, level=level)
        themed(box.glyph, line_color="line")

    def text(self, name: str, *, y: str = "y", level: Level = "glyph", baseline: str = "middle", largest: int = 48) -> None:
        """The text of a source; the page fits the letters to the column `size`, up to `largest` pixels.

        In the middle of its cell a text is written so that it stands out from the cell's shade, else in plain ink.
        """
        source = self.source(name, f"x {y} text shade size")
        words = self.figure.text("x", y, "text", source=source, text_align="center", text_baseline=baseline, level=level)
        words.glyph.text_font = {"value": "system-ui"}
        words.glyph.y_offset = {"value": 0 if baseline == "middle" else -5}
        if baseline != "middle":
            themed(words.glyph, text_color="ink")
        else:
            words.glyph.text_color = {"field": "shade", "transform": mapper_of("contrast")}
        words.tags = [f"fit {largest}"]

    def outline(self, name: str, role: str, *, width: int = 3, moves: bool = True, dash: str = "solid") -> GlyphRenderer[Any]:
        """Rectangles drawn as frames in a role's colour."""
        level: Level = "overlay" if moves else "glyph"
        source = self.source(name, "x y w h")
        box = self.figure.rect(
            "x", "y", "w", "h", source=source, fill_alpha=0, line_width=width, level=level, line_dash=dash
        )
        themed(box.glyph, line_color=role)
        return box

    def matrix_product(self) -> None:
        """Convolution as a product of matrices: the sources of im2col.py."""
        for name in ("im2col_matrix", "im2col_rows", "im2col_product"):
            self.image(name)
            self.cells(f"{name}_labels")
        self.cover("im2col_cover")
        self.lines("im2col_product_labels", level="overlay")
        for name, role in (("im2col_column", "input"), ("im2col_row", "kernel"), ("im2col_cell", "output")):
            self.outline(name, role)

    def cover(self, name: str, token: str = "paper", *, alpha: float = 1.0, moves: bool = True) -> None:
        """Rectangles that hide what lies under them, wholly or in part."""
        level: Level = "overlay" if moves else "annotation"
        source = self.source(name, "x y w h")
        edge = float(alpha == 1)  # else a trace of what it hides would show along its edge
        box = self.figure.rect("x", "y", "w", "h", source=source, fill_alpha=alpha, line_alpha=edge, level=level)
        themed(box.glyph, fill_color=token, line_color=token)


def mapper_of(palette: str) -> LinearColorMapper:
    """A colour scale over −1..1."""
    return themed(LinearColorMapper(low=-1, high=1), palette=palette)
