"""The film: the layers in the order in which they are computed, each with its strongest map, and what moves over them.

A fire module is a row of four stages: squeeze, the two expands, their concatenation. The wide drawing has two such columns of
rows beside each other, the narrow one has them below each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...engine import Network
from ...engine.shapes import Array
from ..forward_pass import CORNERS, Box, Frames, arrow, film_steps, part
from ..grid import limit_of, shade
from ..trace import Columns, Texts
from ..units.activations import Activations, Edges, Unit
from ..units.graph import NamedLayer, layers_of
from ..units.kinds import edges_on, kind_of
from ..units.windows import clip, window_edges

PARTS = ("squeeze", "expand1x1", "expand3x3", "concat")
FIRST_ROW = ("input", "conv1", "relu1", "pool1")
LAST_ROW = ("conv10", "logits", "softmax")
FIRES_BESIDE = 4  # fire modules in the left half of the wide drawing
GRID_COLUMNS = 40  # of a row of numbers drawn as a picture
PICTURE = 0.76  # of a stage's width; the rest is the gap
TITLE = 0.3  # height of a stage's title, in widths of a stage
WIDE, NARROW = (10, 5), (5, 10)  # stages across and down
ROWS = 1 + TITLE  # height of a row of stages, in widths of a stage
LETTERS = 0.17  # in widths of a stage
LARGEST = 64  # cells a side of a stage's picture
STEPS = 127  # colours on each side of zero
Place = tuple[int, int]  # column, row


@dataclass(frozen=True)
class Stage:
    """One layer of the film. layer: its number; reads: the stages that it reads; wide, narrow: where it stands."""

    layer: int
    name: str
    reads: tuple[int, ...]
    wide: Place
    narrow: Place


@lru_cache(maxsize=2)
def stages_of(network: Network) -> tuple[Stage, ...]:
    """All stages, in order."""
    layers = layers_of(network)
    drawn = [n for n, layer in enumerate(layers) if layer.name.partition(".")[2] in ("", *PARTS)]
    stages = []
    for n in drawn:
        wide, narrow = _place(layers[n].name)
        reads = tuple(drawn.index(read) for read in _drawn_reads(layers, n, drawn))
        stages.append(Stage(n, layers[n].name, reads, wide, narrow))
    return tuple(stages)


def _drawn_reads(layers: tuple[NamedLayer, ...], n: int, drawn: list[int]) -> list[int]:
    """The layers that a layer reads, through those that are not drawn."""
    reads: list[int] = []
    for read in layers[n].reads:
        reads += [read] if read in drawn else _drawn_reads(layers, read, drawn)
    return reads


def _place(name: str) -> tuple[Place, Place]:
    """Where a stage stands in the wide and in the narrow drawing: its column and its row."""
    module, _, part = name.partition(".")
    if name in FIRST_ROW:
        column, row = FIRST_ROW.index(name) + 1, 0
    elif name in LAST_ROW:
        column, row = LAST_ROW.index(name) + 1, 9
    elif part:
        column, row = PARTS.index(part) + 1, int(module.removeprefix("fire")) - 1
    else:  # a pooling stands before the module that reads it
        column, row = 0, int(module.removeprefix("pool"))
    left = row <= FIRES_BESIDE
    return (column, row) if left else (column + 5, row - FIRES_BESIDE - 1), (column, row)


def strengths(values: Array) -> Array:
    """How strongly each map answers: its largest value. values: (C, H, W) -> (C,)."""
    return np.asarray(values.reshape(len(values), -1).max(axis=1))


def picture(activations: Activations, layer: int, number: int) -> Array:
    """What is drawn of a map, or of a row of numbers: (H, W), NaN where a row ends before its grid does."""
    values = activations.values[layer]
    if values.ndim == 3:
        return np.asarray(values[number])
    rows = -(-len(values) // GRID_COLUMNS)
    cells = np.full(rows * GRID_COLUMNS, np.nan, np.float32)
    cells[: len(values)] = values
    return cells.reshape(rows, GRID_COLUMNS)


@dataclass(frozen=True)
class FilmDrawing:
    """One of the two drawings: how many stages stand across and down."""

    name: str
    across: int
    down: int

    def box(self, place: Place) -> Box:
        """The picture of a stage."""
        width, height = 1 / self.across, 1 / (self.down * ROWS)
        column, row = place
        side = PICTURE * width, PICTURE * height
        left = (column + (1 - PICTURE) / 2) * width
        return left, 1 - (row * ROWS + TITLE) * height - side[1], *side


DRAWINGS = (FilmDrawing("wide", *WIDE), FilmDrawing("narrow", *NARROW))


def film_sources(activations: Activations) -> tuple[dict[str, Columns], dict[str, Columns]]:
    """The pictures of all stages with their names, and what moves over them: frames, windows, arrows. -> static, steps"""
    film = Film.of(activations)
    # Of a large map every second or fourth cell is drawn: on the page a stage has 50 pixels a side.
    shades = [colour_steps(one, limit_of(np.nan_to_num(one)))[:: -(-len(one) // LARGEST)] for one in film.pictures]
    shades = [one[:, :: -(-one.shape[1] // LARGEST)] for one in shades]
    still: dict[str, Columns] = {
        "film": {
            "image": np.concatenate([one.ravel() for one in shades]),
            "image_rows": np.array([len(one) for one in shades], np.int32),
            "image_columns": np.array([one.shape[1] for one in shades], np.int32),
        },
        "film_names": {"text": Texts.of([_title(stage.name) for stage in film.stages])},
        "film_boxes": {},
    }
    moving: dict[str, Columns] = {}
    for drawing in DRAWINGS:
        name, places = drawing.name, [drawing.box(getattr(stage, drawing.name)) for stage in film.stages]
        left, bottom, width, height = np.array(places).T
        words = (left + width / 2, bottom + height * (1 + 0.4 * TITLE), np.full(len(places), LETTERS / drawing.across))
        still["film"] |= _named(name, CORNERS, np.array(places))
        still["film_names"] |= _named(name, "x y size", np.column_stack(words))
        boxes = np.column_stack([left, 1 - bottom - height, width, height])
        still["film_boxes"] |= _named(name, "left top width height", boxes)
        for source, columns in film_steps(name, [film.frames(n, places) for n in range(len(places))]).items():
            moving[source] = moving.get(source, {}) | columns
    return still, moving


def colour_steps(values: Array, limit: float) -> Array:
    """Shades in the steps of the colour scale: they look the same, and pack into a third of the bytes."""
    return np.asarray(np.rint(shade(values, limit) * STEPS) / STEPS, np.float32)


@dataclass(frozen=True)
class Film:
    """What is drawn of each stage: its strongest unit, and the map on which that lies."""

    activations: Activations
    stages: tuple[Stage, ...]
    units: list[Unit]
    pictures: list[Array]

    @classmethod
    def of(cls, activations: Activations) -> Film:
        """Choose the unit of the largest value in every stage."""
        stages = stages_of(activations.network)
        units = [activations.strongest(stage.layer) for stage in stages]
        pictures = [picture(activations, unit.layer, unit.position[0]) for unit in units]
        return cls(activations, stages, units, pictures)

    def frames(self, n: int, places: list[Box]) -> Frames:
        """What a step shows, the stages standing at these places: the window on the first and on the last stage that is read,
        and arrows from there; nothing on the input."""
        reads = self.stages[n].reads
        both = [reads[0], reads[-1]] if reads else []
        windows = [part(places[read], self.pictures[read].shape, self._window_on(n, read)) for read in both]
        arrows = [arrow(places[read], places[n]) for read in both]
        return Frames([places[n]], [part(places[n], self.pictures[n].shape, self._cell(n))], windows, arrows)

    def _cell(self, n: int) -> Edges:
        """The strongest unit in the picture of its stage."""
        unit = self.units[n]
        row, column = unit.position[1:] if len(unit.position) == 3 else divmod(unit.position[0], self.pictures[n].shape[1])
        return row, column, row + 1, column + 1

    def _window_on(self, n: int, read: int) -> Edges:
        """The cells that the strongest unit reads: all of them if it has no window."""
        unit, shape, network = self.units[n], self.pictures[read].shape, self.activations.network
        layer = layers_of(network)[unit.layer]
        sliding = kind_of(network, unit.layer).sliding(layer.made_by) if layer.made_by else None
        if sliding is None or len(unit.position) != 3:
            return 0, 0, shape[0], shape[1]
        return clip(window_edges(sliding, *unit.position[1:]), shape[0], shape[1])


def field_steps(activations: Activations, side: int) -> Columns:
    """On the photograph: the receptive field of the strongest unit of every stage. -> x, y, w, h (T, 1)"""
    units = [activations.strongest(stage.layer) for stage in stages_of(activations.network)]
    return field_columns([edges_on(activations.network, unit, 0) for unit in units], side)


def field_columns(edges: list[Edges], side: int) -> Columns:
    """Rectangles on the photograph, cut at its edges. -> x, y, w, h (n, 1)"""
    cut = np.array([clip(one, side, side) for one in edges], np.float32).reshape(-1, 4) / side
    top, left, bottom, right = (column[:, np.newaxis] for column in cut.T)
    return {"x": (left + right) / 2, "y": 1 - (top + bottom) / 2, "w": right - left, "h": bottom - top}


def _named(prefix: str, names: str, rows: Array) -> Columns:
    """Columns of places that stay. rows: (n, columns)"""
    return {f"{prefix}_{name}": column.astype(np.float32) for name, column in zip(names.split(), rows.T, strict=True)}


def _title(name: str) -> str:
    module, _, part = name.partition(".")
    words = {"squeeze": module, "expand1x1": "1×1", "expand3x3": "3×3", "concat": "concat"}
    return words.get(part, name)
