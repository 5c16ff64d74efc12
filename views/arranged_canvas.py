"""How a drawing of many grids is drawn: what arrangement.py places, in the wide or in the narrow arrangement.

The canvas is the unit square. It draws sources by name: `table` says which columns each of them has (see arrangement.py),
and of those that give places the canvas takes its own, such as wide_x and wide_y. What is drawn first lies below.
"""

from __future__ import annotations

from typing import Any

from bokeh.models import ColumnDataSource
from bokeh.models.renderers import GlyphRenderer

from .arrangement import LINE, RECTANGLE, SourceTable, column_names
from .drawing import Canvas, Level, mapper_of
from .theme import themed


class ArrangedCanvas(Canvas):
    """One of the two figures of a view. sources: those of the other one, if they are to share them."""

    def __init__(self, view: str, name: str, table: SourceTable, sources: dict[str, ColumnDataSource] | None = None) -> None:
        super().__init__(f"{view}_{name}", sources=sources)
        self.name, self.table = name, table
        self.figure.x_range.update(start=0, end=1)
        self.figure.y_range.update(start=0, end=1)

    def named(self, name: str) -> ColumnDataSource:
        """The source of that name, with all its columns."""
        return self.source(name, " ".join(column_names(self.table, name)))

    def places(self, columns: str) -> list[str]:
        """The columns that give places in this arrangement: "x y" -> wide_x, wide_y."""
        return [f"{self.name}_{column}" for column in columns.split()]

    def rectangles(
        self, name: str, *, line: str = "", fill: str = "", width: float = 1, alpha: float = 1, level: Level = "glyph"
    ) -> GlyphRenderer[Any]:
        """Rectangles with lines or fills in the colours of tokens; alpha is that of the fills."""
        x, y, w, h = self.places(RECTANGLE)
        box = self.figure.rect(x, y, w, h, source=self.named(name), level=level)
        box.glyph.update(fill_alpha=alpha if fill else 0, line_alpha=1 if line else 0, line_width=width)
        themed(box.glyph, **{name: token for name, token in (("fill_color", fill), ("line_color", line)) if token})
        return box

    def segments(self, name: str, token: str = "", *, width: float = 1, level: Level = "overlay") -> GlyphRenderer[Any]:
        """Straight lines."""
        x, y, x1, y1 = self.places(LINE)
        lines = self.figure.segment(x, y, x1, y1, source=self.named(name), level=level)
        lines.glyph.line_width = width
        themed(lines.glyph, **({"line_color": token} if token else {}))
        return lines

    def grids(self, name: str, *, largest: int, level: Level = "glyph") -> None:
        """Cells in the colours of their shades, with their numbers."""
        cells = self.rectangles(name, line="line", level=level)
        cells.glyph.update(fill_alpha=1, fill_color={"field": "shade", "transform": mapper_of("signed")})
        words = self.words(name, largest=largest, align="center", token="", level=level)
        words.glyph.text_color = {"field": "shade", "transform": mapper_of("contrast")}

    def words(
        self, name: str, *, largest: int, align: str = "left", token: str = "ink", level: Level = "glyph", freely: bool = False
    ) -> GlyphRenderer[Any]:
        """Texts, which the page fits to the column `size`, up to `largest` pixels; `freely`: there is room to enlarge them."""
        x, y = self.places("x y")
        words = self.figure.text(x=x, y=y, text="text", source=self.named(name), text_baseline="middle", level=level)
        words.glyph.update(text_align=align, text_font={"value": "system-ui"})
        words.tags = [f"fit {largest} {self.name}_size{' freely' if freely else ''}"]
        themed(words.glyph, **({"text_color": token} if token else {}))
        return words
