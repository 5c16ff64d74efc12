"""The receptive field of one unit of each layer, drawn on the input: all pixels that can change it.

Beside each other stand the input and one map of the layer, each as a square; lines lead from the field to the unit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..grid import floats
from ..trace import Sources, Texts
from .counts import CountedLayer
from .settings import ArchitecturesSettings

SQUARE = (0.42, 0.84)  # width and height of both, in a drawing twice as wide as high
INPUT_LEFT, MAP_LEFT, BOTTOM = 0.02, 0.56, 0.03
HEAD = 0.935
LETTERS = 0.028  # height, of the drawing's width
SMALLEST = 0.012  # of the square: a single pixel of a large input is still seen

Bounds = tuple[int, int, int, int]  # top, left, bottom, right; the last two exclusive


def unit_of(layer: CountedLayer, settings: ArchitecturesSettings) -> tuple[int, int] | None:
    """The row and column of the unit whose field is drawn; None where a layer has no maps."""
    if len(layer.output_shape) != 3:
        return None
    _, rows, columns = layer.output_shape
    return min(int(settings.down * rows), rows - 1), min(int(settings.across * columns), columns - 1)


def field_of(layer: CountedLayer, unit: tuple[int, int] | None, side: int) -> Bounds:
    """The pixels of the input, of side×side, that the unit sees."""
    field = layer.field
    if field is None or unit is None:
        return 0, 0, side, side
    top, left, bottom, right = field.bounds(*unit)
    return max(0, top), max(0, left), min(side, bottom), min(side, right)


def field_words(layer: CountedLayer, settings: ArchitecturesSettings, side: int) -> str:
    """What one unit sees, as a sentence; of the input itself nothing."""
    unit, field = unit_of(layer, settings), layer.field
    if layer.spec is None:
        return ""
    if unit is None or field is None:
        return " A unit may see every pixel."
    top, left, bottom, right = field_of(layer, unit, side)
    size = "{}×{}".format(*field.size)
    is_inside = bottom > top and right > left
    where = f"{_span('row', top, bottom)}, {_span('column', left, right)} of the input" if is_inside else "padding alone"
    return f" Unit [{unit[0]}, {unit[1]}] sees {size} pixels: {where}."


def _span(noun: str, start: int, end: int) -> str:
    return f"{noun} {start}" if end - start == 1 else f"{noun}s {start}–{end - 1}"


def field_sources(layers: Sequence[CountedLayer], names: Sequence[str], settings: ArchitecturesSettings) -> Sources:
    """What moves: the field, the unit, the lines between them, their captions, and the map for what points at it."""
    side = settings.side
    units = [unit_of(layer, settings) for layer in layers]
    bounds = np.array([field_of(layer, unit, side) for layer, unit in zip(layers, units, strict=True)], float)
    fields = _rectangle(bounds, np.full((len(layers), 2), side), INPUT_LEFT)
    shapes = np.array([layer.output_shape[1:] if unit else (np.nan, np.nan) for layer, unit in zip(layers, units, strict=True)])
    places = np.array([unit or (np.nan, np.nan) for unit in units])
    cells = _rectangle(np.hstack([places, places + 1]), shapes, MAP_LEFT)
    starts, ends = fields["x"] + fields["w"] / 2, cells["x"] - cells["w"] / 2
    tops = [box["y"] + box["h"] / 2 for box in (fields, cells)]
    bottoms = [box["y"] - box["h"] / 2 for box in (fields, cells)]
    lines = [np.hstack(pair) for pair in ((starts, starts), (tops[0], bottoms[0]), (ends, ends), (tops[1], bottoms[1]))]
    said = [
        [f"{side}×{side} input", f"{name} {_shape(layer)}" if unit else f"{name}: sees all"]
        for name, layer, unit in zip(names, layers, units, strict=True)
    ]
    middles = np.tile([INPUT_LEFT + SQUARE[0] / 2, MAP_LEFT + SQUARE[0] / 2], (len(layers), 1))
    sized = np.where(np.isnan(shapes), 0, shapes).astype(np.int32)
    return {
        "field": fields,
        "field_unit": cells,
        "field_lines": floats(x=lines[0], y=lines[1], x1=lines[2], y1=lines[3]),
        "field_heads": {"text": Texts.of_steps(said), **floats(x=middles, y=HEAD, size=LETTERS, shade=0)},
        "field_shape": {"rows": sized[:, :1], "columns": sized[:, 1:]},
    }


def _shape(layer: CountedLayer) -> str:
    return "{}×{}".format(*layer.output_shape[1:])


def _rectangle(bounds: np.ndarray, shapes: np.ndarray, left: float) -> dict[str, np.ndarray]:
    """Cells of a grid that fills a square of the drawing. bounds: (T, 4), shapes: (T, 2) -> x, y, w, h (T, 1)."""
    (width, height), (rows, columns) = SQUARE, shapes.T
    top, first, bottom, last = bounds.T
    w = np.maximum(width * (last - first) / columns, SMALLEST * width)
    h = np.maximum(height * (bottom - top) / rows, SMALLEST * height)
    x = left + width * (first + last) / 2 / columns
    y = BOTTOM + height * (1 - (top + bottom) / 2 / rows)
    return {name: column[:, np.newaxis] for name, column in floats(x=x, y=y, w=w, h=h).items()}


def still_sources() -> Sources:
    """The two squares."""
    middles = np.array([INPUT_LEFT, MAP_LEFT]) + SQUARE[0] / 2
    return {"field_squares": floats(x=middles, y=BOTTOM + SQUARE[1] / 2, w=SQUARE[0], h=SQUARE[1])}
