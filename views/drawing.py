"""The pieces that figures are made of: a plain unit square, images, cells with numbers, outlines, covers, lines, and words.

What is drawn first lies below. Everything that moves is drawn at level "overlay", which repaints in a fraction of a
millisecond.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bokeh.core.property.vectorization import Field
from bokeh.models import ColumnDataSource, Image, LinearColorMapper, Range1d
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

from . import im2col
from .arrangement import LINE, RECTANGLE, Arrangement, SourceTable, column_names
from .theme import themed

IM2COL_ASPECT = f"{im2col.ASPECT:g}"
Level = Literal["glyph", "annotation", "overlay"]  # what is painted first, above it, and what moves
Range = tuple[float, float]
WHOLE: Range = (0, 1)
FRAMED: Range = (-0.012, 1.012)  # the unit square with a margin, so that outlines at its edge are not cut
BARE: dict[str, Any] = {  # of a figure: it fills its panel and has neither tools nor colours of its own
    "sizing_mode": "stretch_both", "min_width": 10, "min_height": 10, "toolbar_location": None, "tools": "",
    "outline_line_color": None, "background_fill_alpha": 0, "border_fill_alpha": 0, "lod_threshold": None,
}  # fmt: skip
MIN_BORDER = 2  # Bokeh clears only half of the canvas's first row and column
CORNERS = "x y dw dh"  # the columns of rectangles by their lower-left corners; RECTANGLE are those by their centres


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
    moves: str = ""  # the panel of whose cells one points at the windows here: <part>_links tells which
    secret: bool = False  # whether it gives away what the present step adds to the output: covered while that is predicted
    secrets: str = ""  # sources of its drawing that do so: their texts become question marks, their frames go (figures.mjs)
    aspect: str = "1"  # width / height of the drawing, as CSS writes it; "strip" for a low one as wide as its panel
    boxes: str = ""  # of a drawing of several grids, the source that tells where each stands and which source holds its values
    main: bool = False  # whether it stays in a very small frame, where there is room for a panel or two
    closeup: Literal["", "square", "alone", "free"] = ""  # how the part that matters is shown in a small frame: legible.mjs
    only: str = ""  # "wide" or "narrow": the page shows this panel in that layout alone


@dataclass(frozen=True)
class Layout:
    """Where the panels stand: CSS grid-templates whose areas are the panels' parts."""

    narrow: str  # from 320 px, a phone
    wide: str  # from 640 px, a slide's iframe or a screen
    slide: str = ""  # the frame of a slide, if other than wide
    low: str = ""  # a frame that is low (450 px): what has no area in it is not shown there
    large: str = ""  # on a page, if the fact `large` is there: every number of a large grid can be read
    around: str = "20rem"  # the height of all else in a slide's iframe: the panels leave room for it


class Canvas:
    """A figure of the unit square, or of the ranges `across` and `up`, and the sources drawn into it.

    sources: those of another figure that shows some of the same. prefix: of the columns that give places, such as "wide_" for
    wide_x and wide_y, where two figures draw one source in two arrangements.
    """

    def __init__(
        self, name: str, *, across: Range = FRAMED, up: Range = FRAMED,
        sources: dict[str, ColumnDataSource] | None = None, prefix: str = "",
    ) -> None:  # fmt: skip
        self.sources: dict[str, ColumnDataSource] = {} if sources is None else sources
        self.prefix = prefix
        x_range, y_range = (Range1d(start=start, end=end) for start, end in (across, up))
        self.figure = figure(name=name, x_range=x_range, y_range=y_range, min_border=MIN_BORDER, **BARE)
        self.figure.axis.visible = False
        self.figure.grid.visible = False

    def source(self, name: str, columns: str) -> ColumnDataSource:
        """The source of that name with these columns, still empty, beside those that it has."""
        source = self.sources.setdefault(name, ColumnDataSource(name=name))
        for column in columns.split():
            if column not in source.data:
                source.add([], column)
        return source

    def places(self, columns: str) -> list[str]:
        """The columns that give places in this figure: "x y" -> wide_x, wide_y."""
        return [f"{self.prefix}{column}" for column in columns.split()]

    def image(self, name: str, palette: str = "signed") -> GlyphRenderer[Any]:
        """A grid of values as colours. signed shows −1..1 with zero as paper, grey and changed show 0..1."""
        low = -1 if palette == "signed" else 0
        mapper = themed(LinearColorMapper(low=low, high=1, nan_color="rgba(0,0,0,0)"), palette=palette)
        x, y, dw, dh = places = self.places(CORNERS)
        glyph = Image(image="image", x=x, y=y, dw=dw, dh=dh, color_mapper=mapper, origin="top_left")
        return self.figure.add_glyph(self.source(name, " ".join(["image", *places])), glyph)

    def rectangles(
        self, name: str, *, line: str = "", fill: str = "", width: float = 1, alpha: float = 1, dash: str = "solid",
        by: str = RECTANGLE, level: Level = "glyph",
    ) -> GlyphRenderer[Any]:  # fmt: skip
        """Rectangles with lines or fills in the colours of tokens; alpha is that of the fills. by: RECTANGLE or CORNERS."""
        places = self.places(by)
        draw: Any = self.figure.block if by == CORNERS else self.figure.rect
        box: GlyphRenderer[Any] = draw(*places, source=self.source(name, " ".join(places)), level=level)
        box.glyph.update(fill_alpha=alpha if fill else 0, line_alpha=1 if line else 0, line_width=width, line_dash=dash)
        themed(box.glyph, fill_color=fill, line_color=line)
        return box

    def segments(self, name: str, token: str = "", *, width: float = 1, level: Level = "overlay") -> GlyphRenderer[Any]:
        """Straight lines."""
        places = self.places(LINE)
        lines = self.figure.segment(*places, source=self.source(name, " ".join(places)), level=level)
        lines.glyph.line_width = width
        themed(lines.glyph, line_color=token)
        return lines

    def bars(self, name: str, token: str = "", *, level: Level = "glyph") -> None:
        """Upright bars; without a token in the colours of their shades."""
        source = self.source(name, "x width bottom top" + ("" if token else " shade"))
        bars = self.figure.vbar("x", "width", "top", "bottom", source=source, line_alpha=0, level=level)
        if token:
            themed(bars.glyph, fill_color=token)
        else:
            bars.glyph.fill_color = shades_as("signed")

    def words(
        self, name: str, *, largest: int, text: str = "text", places: str = "x y size", align: str = "center",
        baseline: str = "middle", token: str = "ink", level: Level = "glyph", how: str = "",
    ) -> GlyphRenderer[Any]:  # fmt: skip
        """Texts, which the page fits to the column `size`, up to `largest` pixels.

        Without a token they are written so that they stand out from their shades. how: "freely" if there is room to enlarge
        them, "optional" if the drawing can do without them where they would be too small, "heads" if they stand above what
        reaches up to 1: the page makes room for them there.
        """
        x, y, size = self.places(places)
        source = self.source(name, f"{text} {x} {y} {size}" + ("" if token else " shade"))
        words = self.figure.text(x, y, text, source=source, text_align=align, text_baseline=baseline, level=level)
        words.glyph.text_font = {"value": "system-ui"}
        words.tags = [f"fit {largest} {size}{f' {how}' if how else ''}"]
        if token:
            themed(words.glyph, text_color=token)
        else:
            words.glyph.text_color = shades_as("contrast")
        return words

    def cells(
        self, name: str, *, filled: bool = False, largest: int = 48, level: Level = "glyph", how: str = ""
    ) -> None:
        """Cells with their numbers; `filled` paints them too, for grids whose colours change with the step."""
        box = self.rectangles(name, line="line", level=level)
        if filled:
            box.glyph.update(fill_alpha=1, fill_color=shades_as("signed"))
        self.words(name, largest=largest, token="", level=level, how=how)

    def outline(self, name: str, role: str, *, width: int = 3, moves: bool = True, dash: str = "solid") -> GlyphRenderer[Any]:
        """Rectangles drawn as frames in a role's colour."""
        return self.rectangles(name, line=role, width=width, dash=dash, level="overlay" if moves else "glyph")

    def cover(self, name: str, token: str = "paper", *, alpha: float = 1.0, moves: bool = True) -> None:
        """Rectangles that hide what lies under them, wholly or in part."""
        edge = token if alpha == 1 else ""  # else a trace of what it hides would show along its edge
        self.rectangles(name, fill=token, line=edge, alpha=alpha, level="overlay" if moves else "annotation")

    def film(self) -> None:
        """What moves over the layers of a forward pass: the sources of forward_pass.py."""
        self.segments("film_arrow", "kernel", width=2)
        for name, token, width in (("film_window", "kernel", 2), ("film_cell", "output", 2), ("film_now", "output", 3)):
            self.rectangles(name, by=CORNERS, line=token, width=width, level="overlay")

    def matrix_product(self) -> figure:
        """Convolution as a product of matrices: the sources of im2col.py."""
        for name in ("im2col_matrix", "im2col_rows", "im2col_product"):
            self.image(name)
            self.cells(f"{name}_labels")
        self.cover("im2col_cover")
        self.rectangles("im2col_product_labels", line="line", level="overlay")
        for name, role in (("im2col_column", "input"), ("im2col_row", "kernel"), ("im2col_cell", "output")):
            self.outline(name, role)
        return self.figure


class ArrangedCanvas(Canvas):
    """One of the two figures of a drawing of many grids (arrangement.py), wide or narrow. table: the sources' columns."""

    def __init__(self, view: str, name: str, table: SourceTable, sources: dict[str, ColumnDataSource] | None = None) -> None:
        super().__init__(f"{view}_{name}", across=WHOLE, up=WHOLE, sources=sources, prefix=f"{name}_")
        for source in table:
            self.source(source, " ".join(column_names(table, source)))


def arranged_panels(
    arrangements: Sequence[Arrangement], title: str, role: str, draw: Callable[[str], figure], secrets: str = "",
    small: str = "wide",
) -> list[Panel]:
    """The two drawings of many grids, of which the page shows the one that fits. draw: "wide" or "narrow" -> its figure.

    small: the one that shows a part of itself in a very small frame.
    """
    return [
        Panel(
            its.name, title, role, draw(its.name), aspect=f"{its.width:g} / {its.height:g}", boxes=f"{its.name}_boxes",
            secrets=secrets, only=its.name, main=its.name == small, closeup="alone" if its.name in ("wide", small) else "",
        )
        for its in arrangements
    ]  # fmt: skip


def shades_as(palette: str) -> Field:
    """The column `shade`, −1..1, as colours."""
    return Field("shade", themed(LinearColorMapper(low=-1, high=1), palette=palette))
