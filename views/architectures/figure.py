"""How the architectures view is drawn: the layers as cuboids, and two bars for each of them."""

from __future__ import annotations

from typing import Literal

from bokeh.plotting import figure

from ..drawing import Canvas, Layout, Panel
from ..theme import themed

Level = Literal["glyph", "overlay"]  # overlay: redrawn in every step
LAYOUT = Layout(
    narrow='"network" auto "parameters" auto "multiply_adds" auto / minmax(0, 1fr)',
    wide='"network parameters" auto "network multiply_adds" auto / minmax(0, 5fr) minmax(0, 2fr)',
    around="20rem",
)
ASPECT = "2.2"  # cuboids.py's


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of lesson.compute."""
    return [
        Panel("network", "From layer to layer", "output", _network(), aspect=ASPECT, main=True),
        Panel("parameters", "Parameters", "kernel", _bars("parameters"), aspect="2.6"),
        Panel("multiply_adds", "Multiply-adds", "muted", _bars("multiply_adds"), aspect="2.6"),
    ]


def _network() -> figure:
    canvas = Canvas("architectures_network", top=1, bottom=0)
    canvas.figure.x_range.update(start=0, end=1)
    for name, token in (("fixed", "muted"), ("learning", "kernel")):
        box = canvas.figure.rect("x", "y", "w", "h", source=canvas.source(name, "x y w h"), fill_alpha=0.3, line_width=1)
        themed(box.glyph, fill_color=token, line_color=token)
    _segments(canvas, "edges", "line", 1, "glyph")
    _segments(canvas, "cone", "kernel", 1, "overlay")
    canvas.outline("window", "kernel", width=2)
    canvas.outline("now", "output")
    for name in ("names", "shapes"):
        _words(canvas, name, 18)
    _words(canvas, "head", 26, level="overlay")
    return canvas.figure


def _bars(name: str) -> figure:
    canvas = Canvas(f"architectures_{name}", top=1.3, bottom=0)
    canvas.figure.x_range.update(start=0, end=1)
    shown: list[tuple[str, str, Level]] = [(name, "muted", "glyph"), (f"{name}_now", "output", "overlay")]
    for source, token, level in shown:
        columns = canvas.source(source, "x width bottom top")
        bars = canvas.figure.vbar("x", "width", "top", "bottom", source=columns, line_alpha=0, level=level)
        themed(bars.glyph, fill_color=token)
    _words(canvas, f"{name}_head", 20, level="overlay")
    return canvas.figure


def _segments(canvas: Canvas, name: str, token: str, width: int, level: Level) -> None:
    source = canvas.source(name, "x y x1 y1")
    lines = canvas.figure.segment("x", "y", "x1", "y1", source=source, line_width=width, level=level)
    themed(lines.glyph, line_color=token)


def _words(canvas: Canvas, name: str, largest: int, *, level: Level = "glyph") -> None:
    """Texts in plain ink around their places."""
    source = canvas.source(name, "x y text shade size")
    words = canvas.figure.text("x", "y", "text", source=source, text_align="center", text_baseline="middle", level=level)
    words.glyph.text_font = {"value": "system-ui"}
    words.tags = [f"fit {largest}"]
    themed(words.glyph, text_color="ink")
