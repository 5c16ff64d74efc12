"""How the history view is drawn: two charts that grow step by step, a photograph, and the five answers to it."""

from __future__ import annotations

from bokeh.models import ImageRGBA
from bokeh.plotting import figure

from ..drawing import CORNERS, Canvas, Layout, Panel

LAYOUT = Layout(
    narrow='"errors" auto "depths" auto "photo" auto "answers" auto / minmax(0, 1fr)',
    wide='"errors errors errors depths depths depths" auto "photo photo answers answers answers answers" auto '
    " / 1fr 1fr 1fr 1fr 1fr 1fr",
    low='"errors depths" auto / 1fr 1fr',
    around="29rem",
)
CHART_ASPECT = "1.6"


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of lesson.compute."""
    return [
        Panel("errors", "Top-5 error", "output", _chart("errors"), aspect=CHART_ASPECT, main=True, closeup="free"),
        Panel("depths", "Layers", "kernel", _chart("depths"), aspect=CHART_ASPECT),
        Panel("photo", "Photograph", "input", _photo()),
        Panel("answers", "Five answers of SqueezeNet", "output", _answers(), values="answers_values", aspect="2"),
    ]


def _chart(name: str) -> figure:
    canvas = Canvas(f"history_{name}", across=(-0.02, 1.02), up=(-0.34, 1.1))
    canvas.bars(f"{name}_bars", "muted")
    canvas.bars(f"{name}_now", "output" if name == "errors" else "kernel", level="overlay")
    if name == "errors":
        line = canvas.segments("history_person", "ink", level="annotation")
        line.glyph.line_dash = "dashed"
    canvas.words(f"{name}_numbers", largest=14, level="overlay")
    canvas.words("history_years", largest=13)
    canvas.words("history_names", largest=13)
    return canvas.figure


def _photo() -> figure:
    canvas = Canvas("history_photo")
    glyph = ImageRGBA(image="image", x="x", y="y", dw="dw", dh="dh", origin="top_left")
    canvas.figure.add_glyph(canvas.source("history_photo", f"image {CORNERS}"), glyph)
    return canvas.figure


def _answers() -> figure:
    canvas = Canvas("history_answers", up=(-0.02, 1.02))
    canvas.rectangles("answers_wrong", fill="muted")
    canvas.rectangles("answers_right", fill="output")
    canvas.words("answers_names", align="left", largest=17)
    canvas.words("answers_percents", align="right", largest=17)
    return canvas.figure
