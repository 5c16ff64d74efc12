"""How the backprop view is drawn: one graph in two arrangements that share their sources, and the loss curve."""

from __future__ import annotations

from bokeh.models import ColumnDataSource

from ..drawing import Canvas, Layout, Panel
from ..theme import themed

LAYOUT = Layout(
    narrow='"narrow" auto "table" auto "curve" auto / minmax(0, 1fr)',
    wide='"wide table" auto "curve table" auto / minmax(0, 1fr) minmax(0, 1fr)',
    around="17rem",
)
SCENES = ("wide", "narrow")
KINDS = {"input": "input", "parameter": "kernel", "output": "output", "inner": "muted"}  # of nodes, and their colours
FIRST_ASPECT = "194 / 391"  # of the default graph; the page sets that of every other


def panels() -> list[Panel]:
    """The graph twice (the page shows the arrangement that fits) and the loss curve. The table is the page's own."""
    sources: dict[str, ColumnDataSource] = {}
    drawings = [
        Panel(name, "Graph", "muted", GraphCanvas(name, sources).figure, aspect=FIRST_ASPECT, only=name) for name in SCENES
    ]
    return [*drawings, Panel("curve", "Loss", "output", _curve(), aspect="strip")]


class GraphCanvas(Canvas):
    """The unit square with a graph in it, and the places of one arrangement."""

    def __init__(self, name: str, sources: dict[str, ColumnDataSource]) -> None:
        super().__init__(f"backprop_{name}", sources=sources, top=1, bottom=0)
        self.figure.x_range.update(start=0, end=1)
        self.name = name
        self._lines("edges", "muted", 1.2)
        self._heads()
        self._bands()
        for kind, token in KINDS.items():
            self._boxes(f"{kind}_boxes", line=token, width=1 if kind == "inner" else 2)
        self._words("formulas", 17)
        self._draw_moving()

    def _draw_moving(self) -> None:
        self._lines("flows", "gradient", 2)
        self._words("values", 17, level="overlay")
        self._words("gradients", 17, level="overlay")
        self._lines("reading", "output", 3)
        self._lines("flowing", "gradient", 5)
        self._boxes("computed", line="output", width=4, level="overlay")
        self._boxes("handing", line="gradient", width=2, level="overlay")
        self._boxes("receiving", line="gradient", width=5, level="overlay")
        self._boxes("chip", line="gradient", fill="paper", width=1, level="overlay")
        self._words("chip", 16, level="overlay")

    def _place(self, *columns: str) -> list[str]:
        return [f"{self.name}_{column}" for column in columns]

    def _source(self, name: str, own: str, placed: str) -> ColumnDataSource:
        """The source of that name with its own columns and its places in both arrangements."""
        both = [f"{scene}_{column}" for scene in SCENES for column in placed.split()]
        if name not in self.sources:
            return self.source(name, " ".join([*own.split(), *both]))
        return self.sources[name]

    def _boxes(self, name: str, *, line: str, width: float, fill: str = "", level: str = "glyph") -> None:
        source = self._source(name, "text" if name == "chip" else "", "x y w h size" if name == "chip" else "x y w h")
        box = self.figure.rect(*self._place("x", "y", "w", "h"), source=source, level=level, line_width=width)
        box.glyph.update(fill_alpha=1 if fill else 0, border_radius=5)
        themed(box.glyph, line_color=line, **({"fill_color": fill} if fill else {}))

    def _bands(self) -> None:
        """What lies under a gradient, once there is one."""
        source = self._source("gradient_bands", "alpha", "x y w h")
        self.figure.rect(*self._place("x", "y", "w", "h"), source=source, line_alpha=0, fill_alpha="alpha", level="overlay")
        band = self.figure.renderers[-1].glyph
        band.update(border_radius=3)
        themed(band, fill_color="gradient")

    def _words(self, name: str, largest: int, level: str = "glyph") -> None:
        source = self._source(name, "text", "x y size")
        words = self.figure.text(*self._place("x", "y"), "text", source=source, text_baseline="middle", level=level)
        words.glyph.update(text_align="center", text_font={"value": "system-ui"})
        words.tags = [f"fit {largest} {self.name}_size"]
        themed(words.glyph, text_color="ink")

    def _lines(self, name: str, token: str, width: float) -> None:
        """Straight pieces; those that move are seen where their alpha is 1."""
        moves = name != "edges"
        source = self._source(name, "alpha" if moves else "", "x y x1 y1")
        lines = self.figure.segment(*self._place("x", "y", "x1", "y1"), source=source, line_width=width, line_cap="round")
        lines.level = "overlay" if moves else "glyph"
        if moves:
            lines.glyph.line_alpha = "alpha"
        themed(lines.glyph, line_color=token)

    def _heads(self) -> None:
        source = self._source("heads", "", "x y angle")
        x, y, angle = self._place("x", "y", "angle")
        heads = self.figure.scatter(x, y, angle=angle, source=source, marker="triangle", size=8, line_alpha=0)
        themed(heads.glyph, fill_color="muted")


def _curve():  # type: ignore[no-untyped-def]
    """The loss after every step of SGD."""
    canvas = Canvas("backprop_curve")
    source = canvas.source("loss_line", "x y loss")
    line = canvas.figure.line("x", "y", source=source, line_width=2)
    themed(line.glyph, line_color="output")
    dots = canvas.figure.scatter("x", "y", source=source, size=5, line_alpha=0)
    themed(dots.glyph, fill_color="output")
    ends = canvas.source("loss_ends", "x y text size")
    words = canvas.figure.text("x", "y", "text", source=ends, text_align="center", text_baseline="bottom", y_offset=-5)
    words.glyph.text_font = {"value": "system-ui"}
    words.tags = ["fit 15"]
    themed(words.glyph, text_color="ink")
    return canvas.figure
