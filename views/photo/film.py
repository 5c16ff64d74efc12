"""The film: the pictures of all stages with their names, and what moves over them, in the wide and the narrow drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine.shapes import Array
from ..film import CORNERS, Box, Frames, arrow, film_steps, part
from ..grid import limit_of, shade
from ..trace import Columns, Texts
from ..units.activations import Activations, Edges, Unit
from ..units.graph import layers_of
from ..units.kinds import edges_on, kind_of
from ..units.windows import clip, window_edges
from .stages import Place, Stage, picture, stages_of

PICTURE = 0.76  # of a stage's width; the rest is the gap
TITLE = 0.3  # height of a stage's title, in widths of a stage
WIDE, NARROW = (10, 5), (5, 10)  # stages across and down
ROWS = 1 + TITLE  # height of a row of stages, in widths of a stage
LETTERS = 0.17  # in widths of a stage
LARGEST = 64  # cells a side of a stage's picture
STEPS = 127  # colours on each side of zero


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
