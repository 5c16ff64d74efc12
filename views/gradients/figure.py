"""How the gradients view is drawn: the pass of a layer in two arrangements, wide and narrow, that share their sources."""

from __future__ import annotations

from bokeh.models import ColumnDataSource, LinearColorMapper

from ..drawing import ArrangedCanvas, Layout, Panel, arranged_panels
from ..theme import ROLES as COLORS
from .layer_pass import ARRANGEMENTS, CELL_GROUPS, ROLES, SOURCES

LAYOUT = Layout(narrow='"narrow" auto / 1fr', wide='"wide" auto / 1fr', around="calc(17rem - var(--spare, 0rem))")
TITLE = "Values and their gradients"


def panels() -> list[Panel]:
    """The two arrangements; the page shows the one that fits."""
    sources: dict[str, ColumnDataSource] = {}
    return arranged_panels(ARRANGEMENTS, TITLE, "gradient", lambda name: LayerPassCanvas(name, sources).figure)


class LayerPassCanvas(ArrangedCanvas):
    """What stays is painted first, what moves above it."""

    def __init__(self, name: str, sources: dict[str, ColumnDataSource]) -> None:
        super().__init__("gradients", name, SOURCES, sources)
        groups = [f"cells_{group}" for group in range(CELL_GROUPS)]
        for group in groups:  # the last one holds what only helps to see where numbers come from
            self.cells(group, filled=True, largest=40, how="optional" if group == groups[-1] else "")
        self.words("captions", largest=22, align="left")
        self.segments("curves", width=3, level="glyph").glyph.line_color = _by_role()
        self.rectangles("covers", fill="paper", line="paper", level="overlay")
        for group in groups:  # shows where the hidden cells will be
            self.rectangles(group, line="line", level="overlay")
        self.cells("card", filled=True, largest=40, level="overlay")
        self.segments("arrows", "ink", width=2).glyph.line_dash = "dashed"
        marks = self.rectangles("marks", width=3, level="overlay")
        marks.glyph.update(line_color=_by_role(), line_alpha=1)
        self.words("words", largest=22, align="left", level="overlay")
        self.words("result", largest=30, align="left", level="overlay", how="freely")


def _by_role() -> dict[str, object]:
    """The colours of roles are the same in every theme."""
    palette = [COLORS[role] for role in ROLES]
    mapper = LinearColorMapper(low=0, high=len(palette) - 1, palette=palette, nan_color="rgba(0,0,0,0)")
    return {"field": "role", "transform": mapper}
