"""The pieces of the train view's pictures: curves over the digits learned, with axes to read them by, and digits in a row."""

from __future__ import annotations

import math

from bokeh.models import (
    ColumnDataSource,
    DataRange1d,
    GlyphRenderer,
    HoverTool,
    Legend,
    LegendItem,
    LinearColorMapper,
    NumeralTickFormatter,
    Range1d,
)
from bokeh.plotting import figure

from ..drawing import Canvas
from ..theme import themed

COLUMNS = {
    "loss": "examples seconds raw smoothed",
    "accuracy": "examples training validation",
    "tests": "examples accuracy low high",
}
LETTERS = "13px"
LEGEND_COLUMNS = 3
KEPT = "kept"  # tags what is shown only while an earlier run is kept
SHARE_RANGE = (0.0, 1.02)


class Curves:
    """A figure of lines over the number of digits learned; a vertical line marks where the weights shown stand."""

    def __init__(self, name: str, title: str, *, share: bool = False) -> None:
        self.sources: dict[str, ColumnDataSource] = {}
        self.lines: list[GlyphRenderer] = []
        self.items: list[LegendItem] = []
        self.figure = figure(
            name=f"{name}_curves",
            x_range=DataRange1d(start=0, range_padding=0.02),
            y_range=Range1d(*SHARE_RANGE) if share else DataRange1d(start=0, range_padding=0.05),
            x_axis_label="digits learned",
            y_axis_label=title,
            sizing_mode="stretch_both",
            min_width=10,
            min_height=10,
            toolbar_location=None,
            tools="",
            min_border=4,
            outline_line_color=None,
            background_fill_alpha=0,
            border_fill_alpha=0,
            lod_threshold=None,
        )
        self.share = share
        self._dress()

    def line(
        self, source: str, column: str, label: str, role: str, *, width: float = 2.5, alpha: float = 1, kept: bool = False
    ) -> None:
        """One column over the digits; that of a kept run is dashed, and shown only while there is one."""
        drawn = self.figure.line("examples", column, source=self._source(source))
        drawn.glyph.update(line_width=width, line_alpha=alpha, line_dash="dashed" if kept else "solid", line_join="round")
        self._take(drawn, kept, line_color=role)
        self._name(label, [drawn], kept)

    def points(self, source: str, label: str, role: str, *, kept: bool = False) -> None:
        """Shares with the interval in which the true one lies."""
        data = self._source(source)
        reach = self.figure.segment("examples", "low", "examples", "high", source=data)
        reach.glyph.update(line_width=2)
        self._take(reach, kept, line_color=role)
        marker = "diamond" if kept else "circle"
        dots = self.figure.scatter("examples", "accuracy", source=data, marker=marker, size=9)
        self._take(dots, kept, line_color=role, fill_color=role)
        self._name(label, [reach, dots], kept)

    def finish(self) -> figure:
        """Add what goes over all lines: the legend, the mark of the moment shown, and reading by pointer."""
        here = self.sources.setdefault("here", ColumnDataSource(name="here", data={"examples": []}))
        mark = self.figure.vspan("examples", source=here)
        mark.glyph.update(line_width=2, line_dash="dotted")
        themed(mark.glyph, line_color="ink")
        ranges = [self.figure.x_range] if self.share else [self.figure.x_range, self.figure.y_range]
        for extent in ranges:
            extent.renderers = self.lines
        self._read_by_pointer()
        legend = Legend(
            items=self.items,
            orientation="horizontal",
            ncols=LEGEND_COLUMNS,
            label_text_font="system-ui",
            label_text_font_size=LETTERS,
            background_fill_alpha=0,
            border_line_alpha=0,
            padding=0,
            spacing=8,
            margin=2,
        )
        themed(legend, label_text_color="ink")
        self.figure.add_layout(legend, "above")  # where it hides no curve
        return self.figure

    def _name(self, label: str, drawn: list[GlyphRenderer], kept: bool) -> None:
        """An entry of the legend. It shows samples that never change: BokehJS draws a legend anew when its curves' data do."""
        samples = [self.figure.add_glyph(_sample(part.data_source), part.glyph.clone()) for part in drawn]
        self.items.append(LegendItem(label=label, renderers=samples))
        if kept:
            _only_when_kept(self.items[-1])

    def _read_by_pointer(self) -> None:
        numbers = "0.0%" if self.share else "0.000"
        source = "train_accuracy" if self.share else "train_loss"
        columns = [column for column in _columns(source) if column not in {"examples", "seconds"}]
        tips = [("digits", "@examples{0,0}"), *((column, f"@{column}{{{numbers}}}") for column in columns)]
        thickest = max((line for line in self.lines if line.data_source.name == source), key=lambda line: line.glyph.line_width)
        self.figure.add_tools(HoverTool(renderers=[thickest], tooltips=tips, mode="vline"))

    def _source(self, name: str) -> ColumnDataSource:
        return self.sources.setdefault(name, ColumnDataSource(name=name, data={column: [] for column in _columns(name)}))

    def _take(self, drawn: GlyphRenderer, kept: bool, **colours: str) -> None:
        themed(drawn.glyph, **colours)
        if kept:
            _only_when_kept(drawn)
        self.lines.append(drawn)

    def _dress(self) -> None:
        for axis in (self.figure.xaxis[0], self.figure.yaxis[0]):
            axis.update(
                axis_label_text_font_style="normal",
                axis_label_text_font_size=LETTERS,
                major_label_text_font_size=LETTERS,
                axis_label_text_font="system-ui",
                major_label_text_font="system-ui",
                minor_tick_line_color=None,
                axis_label_standoff=4,
            )
            themed(axis, axis_label_text_color="ink", major_label_text_color="ink", axis_line_color="muted")
            themed(axis, major_tick_line_color="muted")
        self.figure.xaxis[0].ticker.desired_num_ticks = 3  # numbers of five digits, on a phone too
        self.figure.yaxis[0].ticker.desired_num_ticks = 5
        self.figure.xaxis[0].formatter = NumeralTickFormatter(format="0,0")
        self.figure.yaxis[0].formatter = NumeralTickFormatter(format="0%" if self.share else "0.[00]")
        for grid in self.figure.grid:
            themed(grid, grid_line_color="line")


def _columns(source: str) -> list[str]:
    return COLUMNS[source.split("_")[1]].split()


def _sample(source: ColumnDataSource) -> ColumnDataSource:
    """A point nowhere, in columns of the same names."""
    return ColumnDataSource(data={column: [math.nan] for column in source.data})


def _only_when_kept(model: GlyphRenderer | LegendItem) -> None:
    model.visible = False
    model.tags = [*model.tags, KEPT]


def across(canvas: Canvas, left: float, right: float, bottom: float, top: float) -> None:
    """Measure a canvas in units of its own."""
    canvas.figure.x_range.update(start=left, end=right)
    canvas.figure.y_range.update(start=bottom, end=top)


def digits(canvas: Canvas, name: str) -> None:
    """Digits as they are in MNIST: 0 is black, 255 is white."""
    source = canvas.source(name, "image x y dw dh")
    mapper = themed(LinearColorMapper(low=0, high=255), palette="grey")
    canvas.figure.image(image="image", x="x", y="y", dw="dw", dh="dh", source=source, color_mapper=mapper, origin="top_left")
