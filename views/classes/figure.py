"""How the classes view is drawn: the picture, the answer, the loss, and the weights of every class."""

from __future__ import annotations

from bokeh.models import ImageRGBA
from bokeh.plotting import figure

from ..drawing import CORNERS, WHOLE, Canvas, Layout, Panel
from ..theme import themed

LAYOUT = Layout(
    narrow='"input scores" auto "loss loss" auto "weights weights" auto / minmax(0, 2fr) minmax(0, 3fr)',
    wide='"input scores loss" auto "weights weights weights" auto / minmax(0, 3fr) minmax(0, 4fr) minmax(0, 5fr)',
    low='"input scores loss" auto / minmax(0, 4fr) minmax(0, 4fr) minmax(0, 5fr)',
    around="17rem",
)


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of lesson.compute and, for what is pointed at, of own.mjs."""
    return [
        Panel("input", "Picture", "input", _picture(), main=True),
        Panel("scores", "Read as", "output", _scores(), aspect="4 / 3", main=True),
        Panel("loss", "Loss", "gradient", _loss(), aspect="5 / 3"),
        Panel("weights", "Weights", "kernel", _weights(), legend=True, aspect="4"),
    ]


def _picture() -> figure:
    canvas = Canvas("classes_input")
    glyph = ImageRGBA(image="image", x="x", y="y", dw="dw", dh="dh", origin="top_left")
    canvas.figure.add_glyph(canvas.source("photo", f"image {CORNERS}"), glyph)
    return canvas.figure


def _scores() -> figure:
    canvas = Canvas("classes_scores", up=(-0.02, 1.02))
    canvas.rectangles("score_bars", fill="output", level="overlay")
    canvas.words("score_names", align="left", largest=17)
    canvas.words("score_percents", align="right", largest=17, level="overlay")
    return canvas.figure


def _loss() -> figure:
    canvas = Canvas("classes_loss", across=WHOLE, up=WHOLE)
    canvas.segments("loss_axes", "muted", level="glyph")
    canvas.segments("loss_guess", "muted", level="glyph").glyph.line_dash = "dashed"
    line = canvas.figure.line("x", "y", source=canvas.source("loss_line", "x y"), line_width=3)
    dot = canvas.figure.scatter("x", "y", source=canvas.source("loss_now", "x y"), size=11, level="overlay")
    themed(line.glyph, line_color="gradient")
    themed(dot.glyph, line_color="ink", fill_color="gradient")
    canvas.words("loss_words", token="muted", largest=14)
    canvas.words("loss_ends", token="muted", align="right", largest=14)
    return canvas.figure


def _weights() -> figure:
    canvas = Canvas("classes_weights", across=WHOLE, up=WHOLE)
    canvas.image("weights")
    canvas.rectangles("weight_boxes", by=CORNERS, line="line")
    canvas.words("weight_names", align="left", largest=16)
    canvas.rectangles("weight_pointed", by=CORNERS, line="ink", width=2, level="overlay")
    return canvas.figure
