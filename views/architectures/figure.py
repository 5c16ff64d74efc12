"""How the architectures view is drawn: the layers as cuboids, two bars for each, what a unit sees, what sharing saves."""

from __future__ import annotations

from bokeh.plotting import figure

from ..drawing import WHOLE, Canvas, Layout, Panel

LAYOUT = Layout(
    narrow='"network" auto "parameters" auto "multiply_adds" auto "field" auto "sharing" auto / minmax(0, 1fr)',
    wide='"network network parameters" auto "network network multiply_adds" auto "field sharing sharing" auto '
    "/ minmax(0, 3fr) minmax(0, 2fr) minmax(0, 2fr)",
    low='"network parameters" auto "network multiply_adds" auto / minmax(0, 5fr) minmax(0, 2fr)',
    around="24rem",
)
ASPECT = "2.2"  # cuboids.py's
FIELD_ASPECT, SHARING_ASPECT = "2", "2.2"  # of fields.py and sharing.py


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of lesson.compute."""
    return [
        Panel("network", "From layer to layer", "output", _network(), aspect=ASPECT, main=True, closeup="free"),
        Panel("parameters", "Parameters", "kernel", _bars("parameters"), aspect="2.6"),
        Panel("multiply_adds", "Multiply-adds", "muted", _bars("multiply_adds"), aspect="2.6"),
        Panel("field", "What a unit sees", "output", _field(), aspect=FIELD_ASPECT),
        Panel("sharing", "Weight sharing", "kernel", _sharing(), aspect=SHARING_ASPECT),
    ]


def _network() -> figure:
    canvas = Canvas("architectures_network", across=WHOLE, up=WHOLE)
    canvas.segments("links", "muted", level="glyph")
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


def _field() -> figure:
    canvas = Canvas("architectures_field", across=WHOLE, up=WHOLE)
    canvas.rectangles("field_squares", line="line", fill="muted", alpha=0.1)
    canvas.segments("field_lines", "kernel")
    canvas.rectangles("field", fill="kernel", line="kernel", alpha=0.4, width=2, level="overlay")
    canvas.rectangles("field_unit", fill="output", line="output", alpha=0.6, width=2, level="overlay")
    canvas.words("field_heads", largest=14, level="overlay")
    return canvas.figure


def _sharing() -> figure:
    canvas = Canvas("architectures_sharing", across=WHOLE, up=WHOLE)
    canvas.rectangles("sharing_squares", line="line", level="overlay")
    canvas.segments("sharing_lines", "muted")
    canvas.rectangles("sharing_first", fill="kernel", line="kernel", alpha=0.4, level="overlay")
    canvas.rectangles("sharing_second", fill="gradient", line="gradient", alpha=0.4, level="overlay")
    canvas.rectangles("sharing_counts", fill="kernel", line="kernel", alpha=0.6, level="overlay")
    canvas.words("sharing_heads", largest=13, level="overlay")
    canvas.words("sharing_numbers", largest=13, level="overlay")
    return canvas.figure
