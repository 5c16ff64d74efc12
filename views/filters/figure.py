"""How the filters view is drawn: the picture that gradient ascent makes, how strong it is, and the patches."""

from __future__ import annotations

from bokeh.models import ImageRGBA
from bokeh.plotting import figure

from ..drawing import CORNERS, WHOLE, Canvas, Layout, Panel
from ..theme import themed

LAYOUT = Layout(
    narrow='"ascent" auto "patches" auto "curve" auto / minmax(0, 1fr)',
    wide='"ascent patches" auto "curve patches" auto / minmax(0, 2fr) minmax(0, 3fr)',
    low='"ascent patches" auto / minmax(0, 1fr) minmax(0, 1fr)',
    around="17rem",
)


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of lesson.compute."""
    return [
        Panel("ascent", "Picture made for it", "gradient", _ascent(), main=True),
        Panel("curve", "How strongly it answers", "output", _curve(), aspect="2.4"),
        Panel("patches", "Strongest patches", "input", _patches(), aspect="1", main=True),
    ]


def _coloured(canvas: Canvas, name: str) -> None:
    glyph = ImageRGBA(image="image", x="x", y="y", dw="dw", dh="dh", origin="top_left")
    canvas.figure.add_glyph(canvas.source(name, f"image {CORNERS}"), glyph)


def _ascent() -> figure:
    canvas = Canvas("filters_ascent")
    _coloured(canvas, "ascent")
    return canvas.figure


def _curve() -> figure:
    canvas = Canvas("filters_curve", across=WHOLE, up=WHOLE)
    canvas.segments("curve_axes", "muted", level="glyph")
    line = canvas.figure.line("x", "y", source=canvas.source("curve_line", "x y"), line_width=3)
    dot = canvas.figure.scatter("x", "y", source=canvas.source("curve_now", "x y"), size=11, level="overlay")
    themed(line.glyph, line_color="output")
    themed(dot.glyph, line_color="ink", fill_color="output")
    canvas.words("curve_words", token="muted", largest=14)
    return canvas.figure


def _patches() -> figure:
    canvas = Canvas("filters_patches", across=WHOLE, up=WHOLE)
    _coloured(canvas, "patches")
    canvas.words("patch_names", align="left", largest=14)
    canvas.words("patch_values", align="left", token="muted", largest=14)
    return canvas.figure
