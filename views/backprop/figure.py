"""How the backprop view is drawn: one graph in two arrangements that share their sources, and the loss curve."""

from __future__ import annotations

from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from ..arrangement import LINE, RECTANGLE, WIDE_AND_NARROW, WORDS
from ..drawing import ArrangedCanvas, Canvas, Layout, Level, Panel
from ..theme import themed

LAYOUT = Layout(
    narrow='"narrow" auto "table" auto "curve" auto / minmax(0, 1fr)',
    wide='"wide table" auto "curve table" auto / minmax(0, 9fr) minmax(0, 8fr)',
    around="17rem",
)
KINDS = {"input": "input", "parameter": "kernel", "output": "output", "inner": "muted"}  # of nodes, and their colours
FIRST_ASPECT = "194 / 391"  # of the default graph; the page sets that of every other
SOURCES = {
    **dict.fromkeys((f"{kind}_boxes" for kind in KINDS), ("", RECTANGLE)),
    **dict.fromkeys(("formulas", "values", "gradients"), ("text", WORDS)),
    "edges": ("", LINE),
    "heads": ("", "x y angle"),
    "gradient_bands": ("alpha", RECTANGLE),  # what lies under a gradient, once there is one
    **dict.fromkeys(("flows", "reading", "flowing"), ("alpha", LINE)),  # seen where their alpha is 1
    **dict.fromkeys(("computed", "handing", "receiving"), ("", RECTANGLE)),
    "chip": ("text", f"{RECTANGLE} size"),
}


def panels() -> list[Panel]:
    """The graph twice (the page shows the arrangement that fits) and the loss curve. The table is the page's own."""
    sources: dict[str, ColumnDataSource] = {}
    drawings = [
        Panel(
            name,
            "Graph",
            "muted",
            GraphCanvas(name, sources).figure,
            aspect=FIRST_ASPECT,
            only=name,
            main=name == "wide",
            closeup="square" if name == "wide" else "",
        )
        for name in WIDE_AND_NARROW
    ]
    return [*drawings, Panel("curve", "Loss", "output", _curve(), aspect="strip")]


class GraphCanvas(ArrangedCanvas):
    """A graph, and what moves in it."""

    def __init__(self, name: str, sources: dict[str, ColumnDataSource]) -> None:
        super().__init__("backprop", name, SOURCES, sources)
        self.segments("edges", "muted", width=1.2, level="glyph").glyph.line_cap = "round"
        x, y, angle = self.places("x y angle")
        heads = self.figure.scatter(x, y, angle=angle, source=self.sources["heads"], marker="triangle", size=8, line_alpha=0)
        themed(heads.glyph, fill_color="muted")
        bands = self.rectangles("gradient_bands", fill="gradient", level="overlay")
        bands.glyph.update(fill_alpha="alpha", border_radius=3)
        for kind, token in KINDS.items():
            self._boxes(f"{kind}_boxes", token, width=1 if kind == "inner" else 2, level="glyph")
        self.words("formulas", largest=17)
        self._draw_moving()

    def _draw_moving(self) -> None:
        self._flows("flows", "gradient", 2)
        self.words("values", largest=17, level="overlay")
        self.words("gradients", largest=17, level="overlay")
        self._flows("reading", "output", 3)
        self._flows("flowing", "gradient", 5)
        self._boxes("computed", "output", width=4)
        self._boxes("handing", "gradient", width=2)
        self._boxes("receiving", "gradient", width=5)
        self._boxes("chip", "gradient", fill="paper", width=1)
        self.words("chip", largest=16, level="overlay")

    def _boxes(self, name: str, token: str, *, width: float, fill: str = "", level: Level = "overlay") -> None:
        self.rectangles(name, line=token, fill=fill, width=width, level=level).glyph.border_radius = 5

    def _flows(self, name: str, token: str, width: float) -> None:
        """Pieces of lines."""
        self.segments(name, token, width=width).glyph.update(line_cap="round", line_alpha="alpha")


def _curve() -> figure:
    """The loss after every step of SGD."""
    canvas = Canvas("backprop_curve")
    source = canvas.source("loss_line", "x y loss")
    line = canvas.figure.line("x", "y", source=source, line_width=2)
    themed(line.glyph, line_color="output")
    dots = canvas.figure.scatter("x", "y", source=source, size=5, line_alpha=0)
    themed(dots.glyph, fill_color="output")
    canvas.words("loss_ends", baseline="bottom", largest=15).glyph.y_offset = -5
    return canvas.figure
