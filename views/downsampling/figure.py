"""How the downsampling view is drawn: the input, the pixels of the window, and three outputs in lock-step."""

from __future__ import annotations

from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from ..drawing import Canvas, Layout, Panel

# Input, outputs and player fit one screen: on a phone the outputs stand in a column beside the input, else in a row.
LAYOUT = Layout(
    narrow='"input input sum" auto "input input average" auto "pixels pixels maximum" auto / 1fr 1fr 1fr',
    wide='"input sum average maximum" 1fr "input pixels pixels pixels" auto / 5fr 3fr 3fr 3fr',
    around="16rem",
    large='"input input input" auto "pixels pixels pixels" auto "sum average maximum" auto / 1fr 1fr 1fr',
)
TITLES = {"sum": "Sum", "average": "Average", "maximum": "Maximum"}


def panels() -> list[Panel]:
    """The panels of the view in reading order. Their sources are those of lesson.compute."""
    shared: dict[str, ColumnDataSource] = {}
    return [
        Panel(
            "input", "Input", "input", _input(), values="input_values", legend=True, moves="maximum", secrets="winner winners",
            main=True,
        ),
        Panel("pixels", "Window", "kernel", _pixels(), secret=True, aspect="7"),
        *(
            Panel(
                name, title, "output", _output(name, shared), values=f"{name}_values", legend=True, steps=True,
                main=name != "sum",
            )
            for name, title in TITLES.items()
        ),
    ]


def _input() -> figure:
    canvas = Canvas("downsampling_input")
    canvas.image("input")
    canvas.image("input_photo", palette="grey")
    canvas.cells("input_labels")
    canvas.cover("unread", "unread", alpha=0.55, moves=False)
    canvas.source("winners", "x y w h seen")
    canvas.outline("winners", "output", width=2).glyph.line_alpha = {"field": "seen"}
    canvas.outline("window", "kernel", width=4)
    canvas.outline("winner", "output", width=4)
    return canvas.figure


def _pixels() -> figure:
    canvas = Canvas("downsampling_pixels")
    canvas.cells("pixels", filled=True, level="overlay")
    canvas.outline("winning_pixel", "output", width=4)
    return canvas.figure


def _output(name: str, shared: dict[str, ColumnDataSource]) -> figure:
    """One output. All three share the cover and the present cell, so that they cannot fall out of step."""
    canvas = Canvas(f"downsampling_{name}", sources=shared)
    canvas.image(name)
    canvas.image(f"{name}_photo", palette="grey")
    canvas.image(f"{name}_veil", palette="changed")
    canvas.cells(f"{name}_labels")
    canvas.outline(f"{name}_changed", "gradient", width=3, moves=False)
    canvas.cover("output_cover")
    canvas.rectangles(f"{name}_labels", line="line", level="overlay")  # shows where the hidden cells will be
    canvas.outline("output_cell", "output", width=4)
    return canvas.figure
