"""How the network view is drawn: the pad, its preparation, every map of every layer, the ten probabilities."""

from __future__ import annotations

from bokeh.plotting import figure

from ..drawing import Canvas, Layout, Panel, mapper_of
from ..theme import themed

LAYOUT = Layout(
    narrow='"pad" auto "stages" auto "probabilities" auto "narrow" auto "why" auto "kernels" auto / minmax(0, 1fr)',
    wide='"pad wide" auto "stages probabilities" auto "why kernels" auto / minmax(0, 3fr) minmax(0, 8fr)',
    around="16rem",
)
STRIP_ASPECT = "3.6"  # columns.py's
WIDE_ASPECT, NARROW_ASPECT = "2.107", "0.321"  # of LeNet-5; the page sets that of other networks
SCENE_ASPECT = "2.1"  # world.py's
LINES = (("title", "size", "ink"), ("shape", "small", "muted"), ("limit", "small", "muted"))


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of lesson.compute and, for what is pointed at, of own.mjs."""
    wide, narrow = (LayersCanvas(name).figure for name in ("wide", "narrow"))
    return [
        Panel("pad", "Pad", "input", _pad(), main=True),
        Panel("stages", "Before the network", "muted", _strip(), aspect=STRIP_ASPECT),
        Panel("probabilities", "Probabilities", "output", _bars(), aspect="5.4", boxes="probability_boxes", main=True),
        Panel("wide", "Every layer", "muted", wide, aspect=WIDE_ASPECT, legend=True, only="wide"),
        Panel("narrow", "Every layer", "muted", narrow, aspect=NARROW_ASPECT, legend=True, only="narrow"),
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
    canvas = Canvas("network_stages", top=1, bottom=0)
    canvas.figure.x_range.update(start=0, end=1)
    canvas.image("strip")
    _frames(canvas, "strip_frames", "x", "y", "dw", "dh")
    return canvas.figure


def _bars() -> figure:
    canvas = Canvas("network_probabilities", top=1.36, bottom=-0.33)
    for name, role in (("bars", "muted"), ("best_bar", "output")):
        source = canvas.source(name, "x width bottom top")
        bars = canvas.figure.vbar("x", "width", "top", "bottom", source=source, line_alpha=0)
        themed(bars.glyph, fill_color=role)
    canvas.text("bar_labels", y="top", baseline="bottom", largest=18)
    classes = canvas.source("classes", "x y text shade size")
    words = canvas.figure.text("x", "y", "text", source=classes, text_align="center", text_baseline="middle")
    words.glyph.text_font, words.glyph.text_font_style = {"value": "system-ui"}, "bold"
    words.tags = ["fit 26"]
    themed(words.glyph, text_color="ink")
    return canvas.figure


def _why() -> figure:
    """What each pixel does, and frames around those with ink."""
    canvas = Canvas("network_why")
    canvas.image("why")
    _frames(canvas, "why_ink", "x", "y", "dw", "dh")
    return canvas.figure


def _kernels() -> figure:
    canvas = Canvas("network_kernels", top=1, bottom=0)
    canvas.figure.x_range.update(start=0, end=1)
    canvas.image("kernels")
    for name, role, width in (("kernel_edits", "output", 2), ("kernel_cursor", "ink", 3)):
        source = canvas.source(name, "x y dw dh")
        box = canvas.figure.block("x", "y", "dw", "dh", source=source, fill_alpha=0, line_width=width, level="overlay")
        themed(box.glyph, line_color=role)
    return canvas.figure


def _frames(canvas: Canvas, name: str, *places: str) -> None:
    """Thin lines around pictures, given by their lower-left corners."""
    box = canvas.figure.block(*places, source=canvas.source(name, " ".join(places)), fill_alpha=0, line_width=1)
    themed(box.glyph, line_color="line")


def _scene() -> figure:
    """The network in space, far things first. What is over the units moves with the pointer."""
    canvas = Canvas("network_scene")
    for axis in (canvas.figure.x_range, canvas.figure.y_range):
        axis.update(start=0, end=1)
    frames = canvas.figure.line("x", "y", source=canvas.source("scene_frames", "x y"))
    themed(frames.glyph, line_color="line")
    units = canvas.figure.rect("x", "y", "w", "h", source=canvas.source("scene", "x y w h shade"), line_color=None)
    units.glyph.fill_color = {"field": "shade", "transform": mapper_of("signed")}
    links = canvas.figure.segment("x", "y", "x1", "y1", source=canvas.source("scene_links", "x y x1 y1 shade"), line_alpha=0.7)
    links.glyph.line_color = {"field": "shade", "transform": mapper_of("signed")}
    words = canvas.source("scene_titles", "x y text size")
    titles = canvas.figure.text("x", "y", "text", source=words, text_align="center", text_baseline="middle")
    titles.glyph.text_font = {"value": "system-ui"}
    titles.tags = ["fit 20"]
    themed(titles.glyph, text_color="ink")
    for name, role in (("scene_field", "input"), ("scene_window", "kernel")):
        sides = canvas.figure.line("x", "y", source=canvas.source(name, "x y"), level="overlay", line_width=2)
        themed(sides.glyph, line_color=role)
    canvas.outline("scene_asked", "output", moves=False)
    canvas.outline("scene_pointed", "ink", width=2)
    return canvas.figure


class LayersCanvas(Canvas):
    """Every map of every layer. Each drawing has sources of its own, so that the one that is not shown can rest."""

    def __init__(self, name: str) -> None:
        super().__init__(f"network_{name}")
        self.name = name
        for axis in (self.figure.x_range, self.figure.y_range):
            axis.update(start=0, end=1)
        self._maps()
        self._heads()
        self._marks("field", "input", 2, fill=0.12)
        self._marks("window", "kernel", 2, fill=0.12)
        self._marks("asked", "output", 3)
        self._marks("hovered", "ink", 2)

    def _columns(self, *columns: str) -> list[str]:
        return [f"{self.name}_{column}" for column in columns]

    def _maps(self) -> None:
        places = self._columns("x", "y", "dw", "dh")
        self.image("maps", places=" ".join(places))
        _frames(self, "maps", *places)

    def _heads(self) -> None:
        """Above each block its title, below that its shape and the end of its colour scale."""
        lines = [line for line, *_ in LINES]
        places = self._columns("x", "size", "small", *(f"{line}_y" for line in lines))
        source = self.source("heads", " ".join([*lines, *places]))
        for line, letters, token in LINES:
            x, y = self._columns("x", f"{line}_y")
            words = self.figure.text(x, y, line, source=source, text_align="center", text_baseline="bottom")
            words.glyph.text_font = {"value": "system-ui"}
            words.tags = [f"fit 24 {self.name}_{letters}"]
            themed(words.glyph, text_color=token)

    def _marks(self, name: str, token: str, width: int, fill: float = 0) -> None:
        """Rectangles over cells, by their lower-left corners: own.mjs puts them there."""
        places = self._columns("x", "y", "dw", "dh")
        box = self.figure.block(*places, source=self.source(name, " ".join(places)), level="overlay", line_width=width)
        box.glyph.fill_alpha = fill
        themed(box.glyph, line_color=token, fill_color=token)
