"""How the gradients view is drawn: one board in two arrangements, wide and narrow, that share their sources."""

from __future__ import annotations

from bokeh.models import ColumnDataSource, LinearColorMapper

from ..drawing import Canvas, Layout, Panel, mapper_of
from ..theme import ROLES as COLORS
from ..theme import themed
from .places import CELL_GROUPS, NARROW, ROLES, WIDE, Scene, names

LAYOUT = Layout(narrow='"narrow" auto / 1fr', wide='"wide" auto / 1fr', around="calc(17rem - var(--spare, 0rem))")
TITLE = "Values and their gradients"


def panels() -> list[Panel]:
    """The two arrangements; the page shows the one that fits."""
    sources: dict[str, ColumnDataSource] = {}
    return [
        Panel(
            scene.name,
            TITLE,
            "gradient",
            BoardCanvas(scene, sources).figure,
            aspect=f"{scene.width:g} / {scene.height:g}",
            boxes=f"{scene.name}_boxes",
            only=scene.name,
        )
        for scene in (WIDE, NARROW)
    ]


class BoardCanvas(Canvas):
    """A figure measured in the units of its scene. What stays is painted first, what moves above it."""

    def __init__(self, scene: Scene, sources: dict[str, ColumnDataSource]) -> None:
        super().__init__(f"gradients_{scene.name}", sources=sources)
        self.scene = scene
        for axis, end in ((self.figure.x_range, scene.width), (self.figure.y_range, scene.height)):
            axis.update(start=0, end=end)
        for group in range(CELL_GROUPS):
            self._cells(f"cells_{group}", level="glyph")
        self._words("captions", largest=22, level="glyph")
        self._lines("curves", width=3, level="glyph")
        covers = self.figure.rect(*self._place("x", "y", "w", "h"), source=self._source("covers"), level="overlay")
        themed(covers.glyph, fill_color="paper", line_color="paper")
        for group in range(CELL_GROUPS):  # shows where the hidden cells will be
            frames = self.figure.rect(*self._place("x", "y", "w", "h"), source=self._source(f"cells_{group}"), level="overlay")
            frames.glyph.fill_alpha = 0
            themed(frames.glyph, line_color="line")
        self._cells("card", level="overlay")
        arrows = self.figure.segment(*self._place("x", "y", "x1", "y1"), source=self._source("arrows"), level="overlay")
        arrows.glyph.update(line_width=2, line_dash="dashed")
        themed(arrows.glyph, line_color="ink")
        marks = self.figure.rect(*self._place("x", "y", "w", "h"), source=self._source("marks"), level="overlay")
        marks.glyph.update(fill_alpha=0, line_width=3, line_color=_by_role())
        self._words("words", largest=22, level="overlay")
        self._words("result", largest=30, level="overlay")

    def _source(self, name: str) -> ColumnDataSource:
        return self.source(name, " ".join(names(name)))

    def _place(self, *columns: str) -> list[str]:
        return [f"{self.scene.name}_{column}" for column in columns]

    def _cells(self, name: str, *, level: str) -> None:
        """Cells with their numbers."""
        paint = {"field": "shade", "transform": mapper_of("signed")}
        cells = self.figure.rect(*self._place("x", "y", "w", "h"), source=self._source(name), fill_color=paint, level=level)
        themed(cells.glyph, line_color="line")
        words = self._words(name, largest=40, level=level)
        words.glyph.update(text_align="center", text_color={"field": "shade", "transform": mapper_of("contrast")})

    def _words(self, name: str, *, largest: int, level: str) -> object:
        """Texts of a source, from their left ends."""
        words = self.figure.text(*self._place("x", "y"), "text", source=self._source(name), text_baseline="middle", level=level)
        words.glyph.text_font = {"value": "system-ui"}
        words.tags = [f"fit {largest} {self.scene.name}_size"]
        if name.startswith(("cells", "card")):
            return words
        themed(words.glyph, text_color="ink")
        return words

    def _lines(self, name: str, *, width: float, level: str) -> None:
        lines = self.figure.segment(*self._place("x", "y", "x1", "y1"), source=self._source(name), level=level)
        lines.glyph.update(line_width=width, line_color=_by_role())


def _by_role() -> dict[str, object]:
    """The colours of roles are the same in every theme."""
    palette = [COLORS[role] for role in ROLES]
    mapper = LinearColorMapper(low=0, high=len(palette) - 1, palette=palette, nan_color="rgba(0,0,0,0)")
    return {"field": "role", "transform": mapper}
