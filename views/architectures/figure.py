"""How the architectures view is drawn: the layers as cuboids, and two bars for each of them."""

from __future__ import annotations

from bokeh.plotting import figure

from ..drawing import WHOLE, Canvas, Layout, Panel

LAYOUT = Layout(
    narrow='"network" auto "parameters" auto "multiply_adds" auto / minmax(0, 1fr)',
    wide='"network parameters" auto "network multiply_adds" auto / minmax(0, 5fr) minmax(0, 2fr)',
    around="20rem",
)
ASPECT = "2.2"  # cuboids.py's


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of lesson.compute."""
    return [
        Panel("network", "From layer to layer", "output", _network(), aspect=ASPECT, main=True, closeup="free"),
        Panel("parameters", "Parameters", "kernel", _bars("parameters"), aspect="2.6"),
        Panel("multiply_adds", "Multiply-adds", "muted", _bars("multiply_adds"), aspect="2.6"),
    ]


def _network() -> figure:
    canvas = Canvas("architectures_network", across=WHOLE, up=WHOLE)
    for name, token in (("fixed", "muted"), ("learning", "kernel")):
        canvas.rectangles(name, fill=token, line=token, alpha=0.3)
    canvas.segments("edges", "line", level="glyph")
    canvas.segments("cone", "kernel")
    canvas.outline("window", "kernel", width=2)
    canvas.outline("now", "output")
    for name in ("names", "shapes"):
        canvas.words(name, largest=11)
    canvas.words("head", largest=17, level="overlay")
    return canvas.figure


def _bars(name: str) -> figure:
    canvas = Canvas(f"architectures_{name}", across=WHOLE, up=(0, 1.3))
    canvas.bars(name, "muted")
    canvas.bars(f"{name}_now", "output", level="overlay")
    canvas.words(f"{name}_head", largest=20, level="overlay")
    return canvas.figure
