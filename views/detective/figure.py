"""How the kernel detective is drawn: what is given, what the present kernel makes of it, and the loss as a landscape."""

from __future__ import annotations

from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from ..drawing import IM2COL_ASPECT, Canvas, Layout, Panel
from ..theme import themed

LAYOUT = Layout(
    narrow='"input target" auto "output difference" auto "kernel gradient" auto "secret surface" auto '
    '"curve curve" auto "im2col im2col" auto / 1fr 1fr',
    wide='"input target output difference" auto "kernel gradient secret surface" auto '
    '"curve curve curve curve" auto "im2col im2col im2col im2col" auto / 1fr 1fr 1fr 1fr',
    slide='"input target output difference surface" auto "kernel gradient secret curve surface" auto '
    '"im2col im2col im2col im2col im2col" auto / 1fr 1fr 1fr 1fr 2.2fr',
    low='"target output kernel surface" auto "curve curve curve curve" auto / 1fr 1fr 1fr 1fr',
    around="22.8rem",
)


def panels() -> list[Panel]:
    """The panels of the view in reading order. Their sources are those of lesson.compute."""
    shared: dict[str, ColumnDataSource] = {}
    return [
        Panel("input", "Image", "input", _grid("input", shared, "window", "kernel"), values="input_values", moves="target"),
        Panel("target", "Target", "output", _grid("target", shared, "cell"), values="target_values", moves="target"),
        Panel("output", "Output", "output", _grid("output", shared, "cell", moves=True)),
        Panel("difference", "Difference", "gradient", _grid("difference", shared, "cell", moves=True)),
        Panel("kernel", "Kernel", "kernel", _grid("kernel", shared, moves=True), main=True),
        Panel("gradient", "Gradient", "gradient", _grid("gradient", shared, moves=True)),
        Panel("secret", "Secret", "kernel", _grid("secret", shared)),
        Panel("surface", "Loss", "muted", _surface(shared), main=True),
        Panel("curve", "Loss at each step", "muted", _curve(shared), aspect="11"),
        Panel("im2col", "As equations", "muted", Canvas("detective_im2col").matrix_product(), aspect=IM2COL_ASPECT),
    ]


def _grid(
    name: str, shared: dict[str, ColumnDataSource], frame: str = "", role: str = "output", *, moves: bool = False
) -> figure:
    """A grid that stays, or whose numbers change with the step, and a frame in it."""
    canvas = Canvas(f"detective_{name}", sources=shared)
    canvas.cells(name, filled=True, level="overlay" if moves else "glyph")
    if frame:
        canvas.cover(f"{name}_hits", role, alpha=0.45)
        canvas.outline(frame, role, width=4)
    return canvas.figure


def _surface(shared: dict[str, ColumnDataSource]) -> figure:
    """The loss over two weights, the path on it, the best place, and where the present kernel is."""
    canvas = Canvas("detective_surface", sources=shared)
    canvas.image("surface")
    path = canvas.figure.line("x", "y", source=canvas.source("path", "x y"), line_width=2)
    themed(path.glyph, line_color="kernel")
    best = canvas.figure.scatter("x", "y", source=canvas.source("best", "x y"), size=16, fill_alpha=0, line_width=3)
    themed(best.glyph, line_color="output")
    _dot(canvas, "here")
    return canvas.figure


def _curve(shared: dict[str, ColumnDataSource]) -> figure:
    canvas = Canvas("detective_curve", sources=shared, up=(-0.12, 1.12))
    line = canvas.figure.line("x", "y", source=canvas.source("curve", "x y"), line_width=2)
    themed(line.glyph, line_color="muted")
    _dot(canvas, "now")
    return canvas.figure


def _dot(canvas: Canvas, name: str) -> None:
    dot = canvas.figure.scatter("x", "y", source=canvas.source(name, "x y"), size=11, level="overlay", line_width=2)
    themed(dot.glyph, fill_color="kernel", line_color="paper")
