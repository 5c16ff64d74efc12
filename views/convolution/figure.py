"""How the convolution view is drawn: input, kernel, products, running sum and output."""

from __future__ import annotations

from bokeh.plotting import figure

from ..drawing import IM2COL_ASPECT, Canvas, Layout, Level, Panel
from ..theme import themed

# The image and the output large, what happens in between small.
LAYOUT = Layout(
    narrow='"input output" auto "kernel products" auto "sums sums" auto "im2col im2col" auto / 1fr 1fr',
    wide='"input kernel output" auto "input products output" 1fr "sums sums sums" auto "im2col im2col im2col" auto'
    " / 5fr 2.3fr 5fr",
    large='"input input input" auto "kernel products sums" auto "output output output" auto "im2col im2col im2col" auto'
    " / 1fr 1fr 2fr",
)


def panels() -> list[Panel]:
    """The panels of the view in reading order. Their sources are those of lesson.compute."""
    matrices = Canvas("convolution_im2col").matrix_product()
    return [
        Panel(
            "input", "Input", "input", _input(), values="input_values", legend=True, links="output", moves="output", main=True
        ),
        Panel("kernel", "Kernel", "kernel", _cells("kernel"), values="kernel_values", links="input"),
        Panel("products", "Products", "muted", _cells("products", "overlay"), secret=True),
        Panel("sums", "Running sum", "muted", _sums(), secret=True, aspect="strip"),
        Panel("output", "Output", "output", _output(), values="output_values", legend=True, steps=True, main=True),
        Panel("im2col", "As a matrix product", "muted", matrices, secret=True, aspect=IM2COL_ASPECT),
        Panel("x", "x", "input", _grid("x"), values="x_values"),
        Panel("conv", "conv(x), the forward convolution", "output", _grid("conv"), values="conv_values"),
    ]


def _input() -> figure:
    canvas = Canvas("convolution_input")
    canvas.image("input")
    canvas.image("input_photo", palette="grey")
    canvas.cells("input_labels")
    canvas.cover("unread", "unread", alpha=0.55, moves=False)
    canvas.outline("input_border", "input", width=2, moves=False)
    canvas.cover("input_hits", "kernel", alpha=0.45)
    canvas.outline("taps", "kernel", width=2)
    canvas.outline("window", "kernel", width=4)
    return canvas.figure


def _grid(name: str) -> figure:
    canvas = Canvas(f"convolution_{name}")
    canvas.image(name)
    canvas.cells(f"{name}_labels")
    return canvas.figure


def _cells(name: str, level: Level = "glyph") -> figure:
    canvas = Canvas(f"convolution_{name}")
    canvas.cells(name, filled=True, level=level)
    return canvas.figure


def _sums() -> figure:
    """A bar for each product, from the sum before it to the sum after it: the last bar ends at the output."""
    canvas = Canvas("convolution_sums", up=(-0.06, 1.4))
    zero = canvas.figure.line("x", "y", source=canvas.source("zero_line", "x y"), line_width=1, level="overlay")
    themed(zero.glyph, line_color="muted")
    canvas.bars("sums", level="overlay")
    numbers = canvas.words("sums", places="x label_y size", baseline="bottom", largest=17, level="overlay", how="heads")
    numbers.glyph.y_offset = -5
    return canvas.figure


def _output() -> figure:
    canvas = Canvas("convolution_output")
    canvas.image("output")
    canvas.image("output_photo", palette="grey")
    canvas.cells("output_labels")
    canvas.cover("output_cover")
    canvas.rectangles("output_labels", line="line", level="overlay")  # shows where the hidden cells will be
    canvas.outline("misprints", "gradient", width=3, dash="dashed")
    canvas.cover("output_hits", "output", alpha=0.45)
    canvas.outline("output_cell", "output", width=4)
    return canvas.figure
