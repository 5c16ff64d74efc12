"""How the network view is drawn: the pad, its preparation, every map of every layer, the ten probabilities."""

from __future__ import annotations

from bokeh.plotting import figure

from ..drawing import CORNERS, WHOLE, Canvas, Layout, Panel, shades_as
from ..theme import themed

LAYOUT = Layout(
    narrow='"pad" auto "stages" auto "probabilities" auto "narrow" auto "why" auto "kernels" auto / minmax(0, 1fr)',
    wide='"pad wide" auto "stages probabilities" auto "why kernels" auto / minmax(0, 3fr) minmax(0, 8fr)',
    around="16rem",
)
STRIP_ASPECT = "3.6"  # columns.py's
WIDE_ASPECT, NARROW_ASPECT = "2.107", "0.321"  # of LeNet-5; the page sets that of other networks
SCENE_ASPECT = "2.1"  # world.py's
# Over cells, where own.mjs puts them: their source, token, width of the line, alpha of the fill.
MARKS = (("field", "input", 2, 0.12), ("window", "kernel", 2, 0.12), ("asked", "output", 3, 0), ("hovered", "ink", 2, 0))


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of lesson.compute and, for what is pointed at, of own.mjs."""
    return [
        Panel("pad", "Pad", "input", _pad(), main=True),
        Panel("stages", "Before the network", "muted", _strip(), aspect=STRIP_ASPECT),
        Panel("probabilities", "Probabilities", "output", _bars(), aspect="5.4", boxes="probability_boxes", main=True),
        Panel("wide", "Every layer", "muted", _layers("wide"), aspect=WIDE_ASPECT, legend=True, only="wide"),
        Panel("narrow", "Every layer", "muted", _layers("narrow"), aspect=NARROW_ASPECT, legend=True, only="narrow"),
        Panel("scene", "Every layer, 3-D", "muted", _scene(), aspect=SCENE_ASPECT),
        Panel("why", "Why this class", "gradient", _why(), boxes="why_boxes", legend=True),
        Panel("kernels", "Learned weights", "kernel", _kernels(), legend=True),
    ]


def _pad() -> figure:
    canvas = Canvas("network_pad")
    canvas.image("pad")
    canvas.outline("pad_box", "kernel", width=1, dash="dashed")
    canvas.outline("pad_cursor", "focus", width=3)
    return canvas.figure


def _strip() -> figure:
    canvas = Canvas("network_stages", across=WHOLE, up=WHOLE)
    canvas.image("strip")
    canvas.rectangles("strip_frames", by=CORNERS, line="line")
    return canvas.figure


def _bars() -> figure:
    canvas = Canvas("network_probabilities", up=(-0.33, 1.36))
    canvas.bars("bars", "muted")
    canvas.bars("best_bar", "output")
    canvas.words("bar_labels", places="x top size", baseline="bottom", largest=18).glyph.y_offset = -5
    canvas.words("classes", largest=26, how="freely").glyph.text_font_style = "bold"
    return canvas.figure


def _layers(name: str) -> figure:
    """Every map of every layer. Each drawing has sources of its own, so that the one that is not shown can rest."""
    canvas = Canvas(f"network_{name}", across=WHOLE, up=WHOLE, prefix=f"{name}_")
    canvas.image("maps")
    canvas.rectangles("maps", by=CORNERS, line="line")
    # Above each block its title, below that its shape and the end of its colour scale.
    for line, letters, token in (("title", "size", "ink"), ("shape", "small", "muted"), ("limit", "small", "muted")):
        canvas.words("heads", text=line, places=f"x {line}_y {letters}", baseline="bottom", token=token, largest=24)
    canvas.film()
    for mark, token, width, alpha in MARKS:
        canvas.rectangles(mark, by=CORNERS, line=token, fill=token, width=width, alpha=alpha, level="overlay")
    return canvas.figure


def _why() -> figure:
    """What each pixel does, and frames around those with ink."""
    canvas = Canvas("network_why")
    canvas.image("why")
    canvas.rectangles("why_ink", by=CORNERS, line="line")
    return canvas.figure


def _kernels() -> figure:
    canvas = Canvas("network_kernels", across=WHOLE, up=WHOLE)
    canvas.image("kernels")
    for name, role, width in (("kernel_edits", "output", 2), ("kernel_cursor", "ink", 3)):
        canvas.rectangles(name, by=CORNERS, line=role, width=width, level="overlay")
    return canvas.figure


def _scene() -> figure:
    """The network in space, far things first. What is over the units moves with the pointer."""
    canvas = Canvas("network_scene", across=WHOLE, up=WHOLE)
    frames = canvas.figure.line("x", "y", source=canvas.source("scene_frames", "x y"))
    themed(frames.glyph, line_color="line")
    for name in ("scene", "scene_links"):
        canvas.source(name, "shade")
    canvas.rectangles("scene").glyph.update(fill_color=shades_as("signed"), fill_alpha=1)
    canvas.segments("scene_links", level="glyph").glyph.update(line_color=shades_as("signed"), line_alpha=0.7)
    canvas.words("scene_titles", largest=20)
    for name, role in (("scene_field", "input"), ("scene_window", "kernel")):
        sides = canvas.figure.line("x", "y", source=canvas.source(name, "x y"), level="overlay", line_width=2)
        themed(sides.glyph, line_color=role)
    canvas.outline("scene_asked", "output", moves=False)
    canvas.outline("scene_pointed", "ink", width=2)
    return canvas.figure
