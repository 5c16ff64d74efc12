"""How the train view is drawn: the curves, the example digit with its probabilities, and the last batch.

In both pictures of curves the present run is solid and the baseline dashed, and a dotted line marks the weights shown.
What has no fixed number of parts (layers, samples, the confusion matrix) the page lays out itself, see page/.
"""

from __future__ import annotations

import math
from typing import Any

from bokeh.models import BasicTicker, ColumnDataSource, DataRange1d, HoverTool, LinearColorMapper, NumeralTickFormatter, Range1d
from bokeh.models.annotations import Legend, LegendItem
from bokeh.models.glyphs import Image
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

from ..drawing import BARE, Canvas, Layout, Panel
from ..theme import themed

DIGIT = 28  # pixels a side
BATCH = 8  # digits shown of a batch
STRIDE = 30  # from one of them to the next
EDGE = 0.5
LETTERS = "13px"
LEGEND_COLUMNS = 3
BASELINE = "baseline"  # tags what is shown only while there is a baseline
COLUMNS = {
    "loss": "examples seconds raw smoothed",
    "accuracy": "examples training validation",
    "tests": "examples accuracy low high",
}

LAYOUT = Layout(
    narrow='"loss loss" auto "accuracy accuracy" auto "example_title bars" auto "batch batch" auto / 2fr 3fr',
    wide='"loss loss accuracy" auto "example_title bars batch" auto / 2.2fr 3.3fr 5.5fr',
    around="16rem",
)


def panels() -> list[Panel]:
    """The curves above, the digits below."""
    return [
        Panel("loss", "Loss", "input", loss(), aspect="8 / 5"),
        Panel("accuracy", "Accuracy", "output", accuracy(), aspect="8 / 5"),
        Panel("example_title", "Example", "input", example()),
        Panel("bars", "Probabilities", "output", bars(), aspect="3 / 2"),
        Panel("batch", "Last batch; frames: the network's input", "kernel", batch(), aspect=f"{BATCH * STRIDE} / {STRIDE}"),
    ]


def loss() -> figure:
    """Every batch as a thin line, their running mean as a thick one."""
    curves = CurveFigure("train_loss", "loss in nats")
    curves.line("train_loss", "raw", "each batch", "muted", width=1, alpha=0.7)
    curves.line("train_loss", "smoothed", "smoothed", "input", width=3)
    curves.line("baseline_loss", "smoothed", "baseline", "kernel", baseline=True)
    return curves.finish()


def accuracy() -> figure:
    """On training digits, on digits held back for validation, and on the test set with its 95 % interval."""
    curves = CurveFigure("train_accuracy", "accuracy", share=True)
    curves.line("train_accuracy", "training", "training", "input", width=2)
    curves.line("train_accuracy", "validation", "validation", "output", width=3)
    curves.points("train_tests", "test (95 %)", "ink")
    curves.line("baseline_accuracy", "validation", "baseline validation", "kernel", baseline=True)
    curves.points("baseline_tests", "baseline test", "kernel", baseline=True)
    return curves.finish()


def example() -> figure:
    """The digit whose feature maps are shown; the frame is what the network sees of it."""
    edges = (-EDGE, DIGIT + EDGE)
    canvas = Canvas("train_example", across=edges, up=edges)
    _digits(canvas, "example_image")
    canvas.outline("example_crop", "kernel", moves=False)
    return canvas.figure


def batch() -> figure:
    """The first digits of the last batch with the windows through which the network saw them."""
    canvas = Canvas("train_batch", across=(-1, BATCH * STRIDE - 1), up=(-1, DIGIT + 1))
    _digits(canvas, "batch_images")
    canvas.outline("batch_crops", "kernel", moves=False, width=2)
    return canvas.figure


def bars() -> figure:
    """The ten probabilities of the example, most easily compared as bars on one line."""
    canvas = Canvas("train_bars", across=(-0.6, 9.6), up=(-0.16, 1.16))
    source = canvas.source("example_bars", "digit probability text")
    bar = canvas.figure.vbar("digit", 0.8, "probability", source=source, line_width=1)
    themed(bar.glyph, fill_color="output", line_color="output")
    for text, y, offset, baseline in (("digit", 0, 3, "top"), ("text", "probability", -2, "bottom")):
        words = canvas.figure.text("digit", y, text, source=source, text_align="center", text_baseline=baseline)
        words.glyph.update(text_font={"value": "system-ui"}, text_font_size={"value": "12px"}, y_offset={"value": offset})
        themed(words.glyph, text_color="ink")
    return canvas.figure


def _digits(canvas: Canvas, name: str) -> None:
    """Digits as they are in MNIST: 0 is black, 255 is white."""
    mapper = themed(LinearColorMapper(low=0, high=255), palette="grey")
    glyph = Image(image="image", x="x", y="y", dw="dw", dh="dh", color_mapper=mapper, origin="top_left")
    canvas.figure.add_glyph(canvas.source(name, "image x y dw dh"), glyph)


class CurveFigure:
    """Lines over the number of training digits seen; a vertical line marks where the weights shown stand."""

    def __init__(self, name: str, title: str, *, share: bool = False) -> None:
        self.share = share
        self.sources: dict[str, ColumnDataSource] = {}
        self.renderers: list[GlyphRenderer[Any]] = []
        self.items: list[LegendItem] = []
        self.figure = figure(
            name=f"{name}_curves",
            x_range=DataRange1d(start=0, range_padding=0.02),
            y_range=Range1d(start=0, end=1.02) if share else DataRange1d(start=0, range_padding=0.05),
            x_axis_label="training digits seen",
            y_axis_label=title,
            min_border=4,
            **BARE,
        )
        self._style_axes()

    def line(
        self, source: str, column: str, label: str, role: str, *, width: float = 2.5, alpha: float = 1, baseline: bool = False
    ) -> None:
        """One column over the digits; that of a baseline is dashed."""
        data = self._source(source)
        line = self.figure.line("examples", column, source=data)
        line.glyph.update(line_width=width, line_alpha=alpha, line_dash="dashed" if baseline else "solid", line_join="round")
        themed(line.glyph, line_color=role)
        self._add(label, [line], data, baseline)

    def points(self, source: str, label: str, role: str, *, baseline: bool = False) -> None:
        """Shares with the interval in which the true one lies."""
        data = self._source(source)
        interval = self.figure.segment("examples", "low", "examples", "high", source=data)
        interval.glyph.update(line_width=2)
        themed(interval.glyph, line_color=role)
        dots = self.figure.scatter("examples", "accuracy", source=data, marker="diamond" if baseline else "circle", size=9)
        themed(dots.glyph, line_color=role, fill_color=role)
        self._add(label, [interval, dots], data, baseline)

    def finish(self) -> figure:
        """Add what goes over all lines: the legend, the mark of the checkpoint shown, and reading by pointer."""
        here = ColumnDataSource(name="here", data={"examples": []})
        mark = self.figure.vspan("examples", source=here)
        mark.glyph.update(line_width=2, line_dash="dotted")
        themed(mark.glyph, line_color="ink")
        for extent in [self.figure.x_range] if self.share else [self.figure.x_range, self.figure.y_range]:
            extent.update(renderers=self.renderers)
        self._add_hover()
        legend = Legend(items=self.items)
        legend.update(orientation="horizontal", ncols=LEGEND_COLUMNS, padding=0, spacing=8, margin=2)
        legend.update(label_text_font="system-ui", label_text_font_size=LETTERS, background_fill_alpha=0, border_line_alpha=0)
        themed(legend, label_text_color="ink")
        self.figure.add_layout(legend, "above")  # where it hides no curve
        return self.figure

    def _add(self, label: str, renderers: list[GlyphRenderer[Any]], source: ColumnDataSource, baseline: bool) -> None:
        """Enter them in the legend, whose samples never change: BokehJS draws a legend anew when its curves' data do."""
        nowhere = ColumnDataSource(data={column: [math.nan] for column in source.data})
        samples = [self.figure.add_glyph(nowhere, part.glyph.clone()) for part in renderers]
        self.items.append(LegendItem(label=label, renderers=samples, visible=not baseline))
        self.renderers += renderers
        if baseline:
            self.items[-1].tags = [BASELINE]
            for renderer in renderers:
                renderer.update(visible=False, tags=[*renderer.tags, BASELINE])

    def _add_hover(self) -> None:
        numbers, source = ("0.0%", "train_accuracy") if self.share else ("0.000", "train_loss")
        columns = [column for column in _columns(source) if column not in {"examples", "seconds"}]
        tips = [("digits", "@examples{0,0}"), *((column, f"@{column}{{{numbers}}}") for column in columns)]
        lines = [line for line in self.renderers if line.data_source.name == source]
        thickest = max(lines, key=lambda line: line.glyph.line_width)
        self.figure.add_tools(HoverTool(renderers=[thickest], tooltips=tips, mode="vline"))

    def _source(self, name: str) -> ColumnDataSource:
        return self.sources.setdefault(name, ColumnDataSource(name=name, data={column: [] for column in _columns(name)}))

    def _style_axes(self) -> None:
        for axis, ticks, numbers in (
            (self.figure.xaxis[0], 3, "0,0"),  # numbers of five digits, on a phone too
            (self.figure.yaxis[0], 5, "0%" if self.share else "0.[00]"),
        ):
            axis.update(axis_label_text_font="system-ui", axis_label_text_font_size=LETTERS, axis_label_standoff=4)
            axis.update(major_label_text_font="system-ui", major_label_text_font_size=LETTERS, minor_tick_line_color=None)
            axis.update(formatter=NumeralTickFormatter(format=numbers), ticker=BasicTicker(desired_num_ticks=ticks))
            axis.axis_label_text_font_style = "normal"
            themed(axis, axis_label_text_color="ink", major_label_text_color="ink")
            themed(axis, axis_line_color="muted", major_tick_line_color="muted")
        for grid in self.figure.grid:
            themed(grid, grid_line_color="line")


def _columns(source: str) -> list[str]:
    return COLUMNS[source.split("_")[1]].split()
