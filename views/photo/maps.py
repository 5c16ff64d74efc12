"""The maps of the open layers: a page of each, the strongest first or by number, with the end of each layer's colour scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine.shapes import Array
from ..grid import limit_of
from ..numbers import write_limit
from ..trace import Columns, Texts
from ..units.activations import Activations, Unit
from ..units.graph import find_layer, layers_of
from .film import colour_steps, picture, strengths
from .settings import PhotoSettings

MOST_OPEN = 4  # layers at once
LARGE = 50  # cells a side: of larger maps fewer stand on a page
FEW, MANY = 16, 64  # maps on a page
COLUMNS = 8
LABEL = 0.16  # height of a map's label, in widths of a map
HEAD = 0.42  # height of a layer's title
GAP = 0.07


@dataclass(frozen=True)
class OpenLayer:
    """A layer whose maps are shown. numbers: the maps on this page, in order; page, pages: which page of how many."""

    layer: int
    name: str
    shape: tuple[int, ...]
    numbers: tuple[int, ...]
    page: int
    pages: int
    limit: float

    @property
    def title(self) -> str:
        """Its name, shape, page and colour scale."""
        size = str(self.shape[0]) if len(self.shape) == 1 else "{}@{}×{}".format(*self.shape)
        which = f", page {self.page + 1} of {self.pages}" if self.pages > 1 else ""
        return f"{self.name}   {size}{which}   ±{write_limit(self.limit)}"

    @property
    def rows(self) -> int:
        """How many rows of maps there are."""
        return -(-len(self.numbers) // self.columns)

    @property
    def columns(self) -> int:
        """Maps in a row: one where a row of numbers is drawn as one picture."""
        return 1 if len(self.shape) == 1 else COLUMNS

    @property
    def side(self) -> float:
        """The width of a map, in eighths of the drawing."""
        return COLUMNS / self.columns

    def height(self, activations: Activations, number: int) -> float:
        """The height of a map's picture, in eighths of the drawing."""
        rows, columns = picture(activations, self.layer, number).shape
        return float((self.side - GAP) * rows / columns)


def open_layers(activations: Activations, settings: PhotoSettings) -> list[OpenLayer]:
    """The layers that the settings name, with the maps of their page. Names that are none were dropped (PhotoState.settle)."""
    names = [name for name in settings.layers.split(",") if name]
    return [_open(activations, find_layer(activations.network, name) or 0, settings) for name in names]


def _open(activations: Activations, layer: int, settings: PhotoSettings) -> OpenLayer:
    values, named = activations.values[layer], layers_of(activations.network)[layer]
    if values.ndim == 1:
        return OpenLayer(layer, named.name, named.shape, (0,), 0, 1, limit_of(values))
    size = FEW if values.shape[1] > LARGE else MANY
    pages = -(-len(values) // size)
    page = min(settings.page, pages - 1)
    order = np.argsort(-strengths(values), kind="stable") if settings.order == "strength" else np.arange(len(values))
    numbers = tuple(order[page * size : (page + 1) * size].tolist())
    return OpenLayer(layer, named.name, named.shape, numbers, page, pages, limit_of(values))


def map_sources(activations: Activations, layers: list[OpenLayer], unit: Unit | None) -> tuple[dict[str, Columns], float]:
    """The sources maps, map_labels, map_heads, map_table, map_values, map_unit. -> them, width / height of the drawing"""
    rows, heads, cells, top = [], [], [], 0.0
    for one in layers:
        heads.append((0.02, top + HEAD * 0.55, one.title))
        top += HEAD
        height = one.height(activations, one.numbers[0])
        for place, number in enumerate(one.numbers):
            row, column = divmod(place, one.columns)
            y = top + row * (height + LABEL + GAP) + LABEL
            values = picture(activations, one.layer, number)
            rows.append((column * one.side + GAP / 2, y, one.side - GAP, height, number))
            cells.append((one, values))
        top += one.rows * (height + LABEL + GAP)
    whole = max(top, HEAD)
    places = np.array(rows, np.float64).reshape(-1, 5) / (COLUMNS, whole, COLUMNS, whole, 1)
    left, above, width, down, numbers = places.astype(np.float32).T
    corners: Columns = {"x": left, "y": 1 - above - down, "dw": width, "dh": down}
    return {
        "maps": {**_images(cells), **corners},
        "map_labels": _labels(cells, left, above, numbers, whole),
        "map_heads": _heads(heads, whole),
        "map_table": _table(cells, left, above, width, down, numbers),
        "map_values": {"value": np.concatenate([np.zeros(0, np.float32), *(one.ravel() for _, one in cells)])},
        "map_unit": _unit_box(cells, numbers, corners, unit),
    }, COLUMNS / whole


Cells = list[tuple[OpenLayer, Array]]  # of each map: its layer and its numbers


def _images(cells: Cells) -> Columns:
    shades = [colour_steps(values, one.limit).ravel() for one, values in cells]
    return {
        "image": np.concatenate([np.zeros(0, np.float32), *shades]),
        "image_rows": np.array([len(values) for _, values in cells], np.int32),
        "image_columns": np.array([values.shape[1] for _, values in cells], np.int32),
    }


def _labels(cells: Cells, left: Array, above: Array, number: Array, whole: float) -> Columns:
    """The number of each map above it."""
    named = [n for n, (one, _) in enumerate(cells) if len(one.shape) == 3]
    return {
        "text": Texts.of([str(int(number[n])) for n in named]),
        "x": left[named],
        "y": 1 - above[named] + np.float32(0.5 * LABEL / whole),
        "size": np.full(len(named), 0.85 * LABEL / COLUMNS, np.float32),
    }


def _heads(heads: list[tuple[float, float, str]], whole: float) -> Columns:
    return {
        "text": Texts.of([text for *_, text in heads]),
        "x": np.array([x / COLUMNS for x, *_ in heads], np.float32),
        "y": np.array([1 - y / whole for _, y, _ in heads], np.float32),
        "size": np.full(len(heads), 0.24 / COLUMNS, np.float32),
    }


def _table(cells: Cells, left: Array, above: Array, width: Array, down: Array, number: Array) -> Columns:
    """One row a map: where it stands, its layer and number, its rows, columns and units, where its values begin."""
    sizes = [values.size for _, values in cells]
    units = [values.size if len(one.shape) == 3 else one.shape[0] for one, values in cells]
    return {
        "layer": Texts.of([one.name for one, _ in cells]),
        "axes": np.array([len(one.shape) for one, _ in cells], np.int32),
        "map": number.astype(np.int32),
        "left": left, "top": above, "width": width, "height": down,
        "rows": np.array([len(values) for _, values in cells], np.int32),
        "columns": np.array([values.shape[1] for _, values in cells], np.int32),
        "units": np.array(units, np.int32),
        "start": np.cumsum([0, *sizes])[:-1].astype(np.int32),
    }  # fmt: skip


def _unit_box(cells: Cells, number: Array, corners: Columns, unit: Unit | None) -> Columns:
    """A frame around the unit that is explained, if its map is shown."""
    boxes = []
    for n, (one, values) in enumerate(cells):
        is_row = len(one.shape) == 1
        if unit is None or one.layer != unit.layer or (not is_row and unit.position[0] != number[n]):
            continue
        row, column = divmod(unit.position[0], values.shape[1]) if is_row else unit.position[1:]
        x, y, width, height = (float(np.asarray(corners[name])[n]) for name in ("x", "y", "dw", "dh"))
        rows, columns = values.shape
        boxes.append((x + column / columns * width, y + (1 - (row + 1) / rows) * height, width / columns, height / rows))
    places = np.array(boxes, np.float32).reshape(-1, 4).T
    return dict(zip(("x", "y", "dw", "dh"), places, strict=True))
