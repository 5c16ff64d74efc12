"""How the photo view is drawn: the photograph, the answer, the film of all layers, the maps of the open ones."""

from __future__ import annotations

from bokeh.models import ImageRGBA
from bokeh.plotting import figure

from ..drawing import CORNERS, WHOLE, Canvas, Layout, Panel

LAYOUT = Layout(
    narrow='"photo" auto "scores" auto "narrow" auto "maps" auto "seen" auto "filters" auto / minmax(0, 1fr)',
    wide='"photo wide" auto "scores wide" auto "seen maps" auto "filters maps" auto / minmax(0, 3fr) minmax(0, 8fr)',
    low='"photo wide" minmax(0, 9fr) "scores wide" minmax(0, 11fr) / minmax(0, 1fr) auto',
    around="16rem",
)
WIDE_ASPECT, NARROW_ASPECT = "1.5385", "0.3846"  # film.py's
MAPS_ASPECT = "3"  # the page sets that of the open layers


def panels() -> list[Panel]:
    """The panels in reading order. Their sources are those of lesson.compute and, for what is pointed at, of own.mjs."""
    return [
        Panel("photo", "Photograph", "input", _photo(), main=True),
        Panel("scores", "Most probable", "output", _scores(), aspect="1.5", main=True),
        Panel("wide", "Layer by layer", "muted", _film("wide"), aspect=WIDE_ASPECT, only="wide"),
        Panel("narrow", "Layer by layer", "muted", _film("narrow"), aspect=NARROW_ASPECT, only="narrow"),
        Panel("maps", "Open layers", "muted", _maps(), aspect=MAPS_ASPECT),
        Panel("seen", "Where it sees the class", "gradient", _seen("seen", "class_map"), legend=True),
        Panel("beside", "The second class", "gradient", _seen("beside", "class_map_beside"), legend=True),
        Panel("filters", "Filters of conv1", "kernel", _filters()),
    ]


def _coloured(canvas: Canvas, name: str, alpha: float = 1) -> None:
    """A picture in its own colours."""
    glyph = ImageRGBA(image="image", x="x", y="y", dw="dw", dh="dh", origin="top_left", global_alpha=alpha)
    canvas.figure.add_glyph(canvas.source(name, f"image {CORNERS}"), glyph)


def _photo() -> figure:
    """The photograph with what is painted over; on it the receptive field of the stage's strongest unit, and of the unit that
    is explained."""
    canvas = Canvas("photo_photo")
    _coloured(canvas, "photo")
    canvas.cover("photo_paint", "muted")
    canvas.outline("photo_brush", "ink", width=2)
    canvas.outline("film_field", "kernel", width=2)
    canvas.outline("field", "output", width=3)
    return canvas.figure


def _scores() -> figure:
    canvas = Canvas("photo_scores", up=(-0.02, 1.02))
    canvas.rectangles("score_bars", fill="output")
    canvas.words("score_names", align="left", largest=17)
    canvas.words("score_percents", align="right", largest=17)
    return canvas.figure


def _film(name: str) -> figure:
    canvas = Canvas(f"photo_{name}", across=WHOLE, up=WHOLE, prefix=f"{name}_")
    canvas.image("film")
    canvas.rectangles("film", by=CORNERS, line="line")
    canvas.words("film_names", largest=15)
    canvas.film()
    return canvas.figure


def _maps() -> figure:
    canvas = Canvas("photo_maps", across=WHOLE, up=WHOLE)
    canvas.image("maps")
    canvas.rectangles("maps", by=CORNERS, line="line")
    canvas.words("map_heads", align="left", largest=16)
    canvas.words("map_labels", align="left", token="muted", largest=12)
    canvas.rectangles("map_unit", by=CORNERS, line="output", width=3, level="overlay")
    canvas.rectangles("map_pointed", by=CORNERS, line="ink", width=2, level="overlay")
    return canvas.figure


def _seen(name: str, values: str) -> figure:
    """Something of a class over the photograph, and the grey square that can be moved."""
    canvas = Canvas(f"photo_{name}")
    _coloured(canvas, "photo")
    canvas.image(values).glyph.global_alpha = 0.65
    canvas.outline("cover_box", "ink", width=2)
    return canvas.figure


def _filters() -> figure:
    canvas = Canvas("photo_filters")
    _coloured(canvas, "filters")
    return canvas.figure
