"""The sources of the drawing of all layers: cuboids with their names, what moves over them, and two bars for each layer.

A network of many columns is shown part by part, around the present layer: its names are written for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..grid import floats
from ..trace import Column, Columns, Sources, Texts
from .counts import CountedLayer
from .cuboids import MOST_COLUMNS, Cuboid, cuboids_of, edges_of, links_of, window_of
from .words import arithmetic, shape_of

MOST_NAMES, MOST_SHAPES = 12, 9  # with more layers, only the present one is named
LETTERS, LARGER, ROOMY, BAR_LETTERS, BAR_ROOMY = 0.02, 0.03, 0.037, 0.06, 0.085  # heights, of the drawing's width
LETTER_WIDTH = 0.7  # of its height
BELOW, CLOSE_BELOW = 0.075, 0.045  # from a cuboid to its words, of the drawing's height
HEAD = 0.94  # where the present layer is named
BAR = 0.78  # of its place
LOWEST_BAR = 0.004  # so that a layer without costs shows as nothing, and one with few as little
NEIGHBOURS = 1  # columns on each side, where there is no room for all layers
CLOSE_NEIGHBOURS = 2  # the same in a network of many columns
SEEN_ON_A_PHONE = 0.6  # of such a part, so that letters are large enough
COUNTS = ("parameters", "multiply_adds")


def network_sources(layers: Sequence[CountedLayer], names: Sequence[str]) -> tuple[dict[str, Columns], dict[str, Columns]]:
    """What stays and what moves."""
    cuboids = cuboids_of(layers)
    parts = parts_of(layers, cuboids)
    return _still(layers, names, cuboids, parts), _moving(layers, names, cuboids, parts)


def parts_of(layers: Sequence[CountedLayer], cuboids: Sequence[Cuboid]) -> dict[str, np.ndarray]:
    """Each layer with its neighbours, from the bottom to the top of the drawing. -> x, y, w, h (T, 1)"""
    columns = np.array([layer.place.column for layer in layers])
    x = np.array([cuboid.middle[0] for cuboid in cuboids])
    middles = np.array([x[columns == n].mean() for n in range(columns.max() + 1)])
    between = np.array([0, *(middles[:-1] + middles[1:]) / 2, 1])  # where no name is cut
    around = CLOSE_NEIGHBOURS if _is_long(layers) else NEIGHBOURS
    left = between[(columns - around).clip(0)]
    right = between[(columns + around + 1).clip(max=len(middles))]
    centre = middles[columns] if _is_long(layers) else (left + right) / 2
    return {name: column[:, np.newaxis] for name, column in floats(x=centre, y=0.5, w=right - left, h=1).items()}


def _is_long(layers: Sequence[CountedLayer]) -> bool:
    return max(layer.place.column for layer in layers) >= MOST_COLUMNS


def _still(
    layers: Sequence[CountedLayer], names: Sequence[str], cuboids: Sequence[Cuboid], parts: Mapping[str, np.ndarray]
) -> dict[str, Columns]:
    """The cuboids, those that learn and those that do not, their names, and a bar for each that costs something."""
    places = np.array([cuboid.front for cuboid in cuboids]).T
    learns = np.array([layer.parameters > 0 for layer in layers])
    has_branches = any(layer.joins for layer in layers)
    below = _below(layers, cuboids)
    shapes = [shape_of(layer.output_shape) for layer in layers]
    named = _apart(places[0], below, names, LETTERS) if len(layers) <= MOST_NAMES else []
    shaped = _apart(places[0], below, shapes, LETTERS) if len(layers) <= MOST_SHAPES and not has_branches else []
    bars = {name: _bars(layers, name) for name in COUNTS}
    return {
        "learning": _columns("xywh", *places[:, learns]),
        "fixed": _columns("xywh", *places[:, ~learns]),
        "edges": dict(edges_of(cuboids)),
        "links": dict(links_of(layers, cuboids)),
        **({} if _is_long(layers) else {"names": _words(places[0][named], below[named], [names[n] for n in named], LETTERS)}),
        "shapes": _words(places[0][shaped], below[shaped] - BELOW, [shapes[n] for n in shaped], LETTERS),
        **{name: {key: column[its["top"] > 0] for key, column in its.items()} for name, its in bars.items()},
    }


def _below(layers: Sequence[CountedLayer], cuboids: Sequence[Cuboid]) -> np.ndarray:
    """Where the names stand. -> (n,)"""
    return np.array([cuboid.bottom for cuboid in cuboids]) - (CLOSE_BELOW if any(layer.joins for layer in layers) else BELOW)


def _names_around(
    layers: Sequence[CountedLayer], names: Sequence[str], cuboids: Sequence[Cuboid], parts: Mapping[str, np.ndarray]
) -> Columns:
    """At each step of a long network the names that are whole in the part shown, on a phone too. -> columns (T, n)"""
    x, y = np.array([cuboid.middle[0] for cuboid in cuboids]), _below(layers, cuboids)
    rows = []
    for middle, width in zip(parts["x"][:, 0].tolist(), parts["w"][:, 0].tolist(), strict=True):
        half = np.array([len(name) * LETTER_WIDTH * LETTERS * width / 2 for name in names])
        near = np.flatnonzero(abs(x - middle) + half <= width * SEEN_ON_A_PHONE / 2).tolist()
        apart = _apart(x[near], y[near], [names[n] for n in near], LETTERS * width)
        rows.append([near[n] for n in apart])
    most = max(len(row) for row in rows)
    places = np.array([[*row, *[-1] * (most - len(row))] for row in rows])  # −1: no name
    texts = Texts.of_steps([["" if n < 0 else names[n] for n in row] for row in places.tolist()])
    return {"text": texts, **floats(x=x[places], y=y[places], size=LETTERS * np.median(parts["w"]), shade=0)}


def _apart(x: np.ndarray, y: np.ndarray, texts: Sequence[str], letters: float) -> list[int]:
    """The texts, from left to right, that neither lie over one before nor run out of the drawing: the head names the others."""
    half = np.array([len(text) * LETTER_WIDTH * letters / 2 for text in texts])
    shown: list[int] = []
    for n in range(len(texts)):
        beside = all(x[n] - half[n] > x[k] + half[k] for k in shown if abs(y[n] - y[k]) < BELOW)
        if beside and half[n] < x[n] < 1 - half[n]:
            shown.append(n)
    return shown


def _moving(
    layers: Sequence[CountedLayer], names: Sequence[str], cuboids: Sequence[Cuboid], parts: Mapping[str, np.ndarray]
) -> dict[str, Columns]:
    """The present layer, what it reads, the window of one of its cells, its numbers."""
    fronts = np.array([cuboid.front for cuboid in cuboids]).T[:, :, np.newaxis]
    before = [cuboids[layer.reads[0] if layer.reads else 0] for layer in layers]
    windows = np.array([window_of(layer, cuboid) for layer, cuboid in zip(layers, before, strict=True)]).T[:, :, np.newaxis]
    (_, y, w, h), (_, middle, width, _) = windows, fronts
    left, right = fronts[0] - width / 2, windows[0] + w / 2
    cone = np.stack([np.hstack(pair) for pair in ((right, right), (y - h / 2, y + h / 2), (left, left), (middle, middle))])
    unread = [n for n, layer in enumerate(layers) if not layer.reads or layer.joins]  # of branches, the links tell
    windows[:, unread] = cone[:, unread] = np.nan
    said = [f"{at} {shape_of(layer.output_shape)}" for at, layer in zip(names, layers, strict=True)]
    x = parts["x"] if _is_long(layers) else _inside(fronts[0], said, ROOMY)
    moving: dict[str, Columns] = {
        "window": _columns("xywh", *windows),
        "now": _columns("xywh", *fronts),
        "cone": _columns(("x", "y", "x1", "y1"), *cone),
        "head": _words(x, HEAD, said, LARGER),
        "closeup": {**parts},
    }
    if _is_long(layers):
        moving["names"] = _names_around(layers, names, cuboids, parts)
    for name in COUNTS:
        bars = {key: column[:, np.newaxis] for key, column in _bars(layers, name).items()}
        texts = [f"{at}: {getattr(layer, name):,}" for at, layer in zip(names, layers, strict=True)]
        moving[f"{name}_now"] = {**bars}
        moving[f"{name}_head"] = _words(_inside(bars["x"], texts, BAR_ROOMY), 1.15, texts, BAR_LETTERS)
    return moving


def table_source(layers: Sequence[CountedLayer], names: Sequence[str]) -> Columns:
    """All layers as a table of texts: what the page lists below the drawings."""
    columns = {
        "name": list(names),
        "shape": [shape_of(layer.output_shape) for layer in layers],
        "parameters": [f"{arithmetic(layer)} = {layer.parameters:,}" if layer.parameters else "" for layer in layers],
        "multiply_adds": [f"{layer.multiply_adds:,}" if layer.multiply_adds else "" for layer in layers],
        "field": [_field(layer) for layer in layers],
    }
    return {name: Texts.of(texts) for name, texts in columns.items()}


def _field(layer: CountedLayer) -> str:
    field = layer.field
    return "{}×{}".format(*field.size) if field else "all"


def _inside(x: np.ndarray, texts: Sequence[str], letters: float) -> np.ndarray:
    """The middles of texts, moved so far that none runs out of the drawing. x: (T, 1); letters: their height. -> like x"""
    half = np.array([[min(0.5, len(text) * LETTER_WIDTH * letters / 2)] for text in texts])
    return x.clip(half, 1 - half)


def _bars(layers: Sequence[CountedLayer], name: str) -> dict[str, np.ndarray]:
    """A bar for each layer, as high as its share of the dearest. -> columns (n,)"""
    counts = np.array([getattr(layer, name) for layer in layers], float)
    n, heights = len(layers), np.where(counts > 0, (counts / max(counts.max(), 1)).clip(LOWEST_BAR), 0)
    return floats(x=(np.arange(n) + 0.5) / n, width=BAR / n, bottom=0, top=heights)


def _words(x: np.ndarray, y: np.ndarray | float, texts: Sequence[str], size: float) -> Columns:
    """Texts in their places. x: (n,), or one a step, (T, 1)."""
    words = Texts.of(texts)
    return {"text": Texts(words.table, words.codes.reshape(x.shape)), **floats(x=x, y=y, size=size, shade=0)}


def _columns(names: Sequence[str], *arrays: np.ndarray) -> dict[str, Column]:
    return {name: array.astype(np.float32) for name, array in zip(names, arrays, strict=True)}


def sources_of(*parts: Sources) -> dict[str, Mapping[str, Column]]:
    """All these sources together."""
    return {name: columns for part in parts for name, columns in part.items()}
