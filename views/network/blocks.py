"""The flat drawing of a network: which layers it shows, how their units stand in grids, and the tables that the page reads.

A layer of maps is drawn map by map; a row of up to TALLEST units as single cells, a longer one as a strip of a few
columns. Flatten and dropout hand their numbers on and are left out; the probabilities have a drawing of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np

from ...engine import Network
from ..forward_pass import Box, Frames, arrow, film_steps, part
from ..grid import floats, limit_of, shade
from ..numbers import write_limit
from ..trace import Columns, Sources, Texts
from ..units.activations import Activations, Edges, Unit
from ..units.graph import branches_of, layers_of
from ..units.kinds import edges_on, kind_of
from .map_places import MapArrangement, arrangements

MOST_MAPS = 64  # drawn of one layer
TALLEST = 12  # units that are drawn as single cells
STRIP = 30  # rows of a strip, about
LETTERS = {"wide": 0.014, "narrow": 0.03}  # their height, of the drawing's width
TITLE = 1.0  # height of a title's letters, in those of the lines below it: ReLU6 and output stand close to each other
LINE = 1.25  # from line to line


@dataclass(frozen=True)
class Block:
    """One layer as it is drawn: `maps` grids of rows × columns cells, of which the first `cells` are units."""

    layer: int
    name: str  # C1
    shape: tuple[int, ...]
    maps: int
    rows: int
    columns: int
    cells: int

    @classmethod
    def of(cls, layer: int, name: str, shape: tuple[int, ...]) -> Self:
        """Lay out a layer of that shape."""
        if len(shape) == 3:
            return cls(layer, name, shape, min(shape[0], MOST_MAPS), shape[1], shape[2], shape[1] * shape[2])
        if shape[0] <= TALLEST:
            return cls(layer, name, shape, shape[0], 1, 1, 1)
        columns = -(-shape[0] // STRIP)
        return cls(layer, name, shape, 1, -(-shape[0] // columns), columns, shape[0])

    @property
    def is_strip(self) -> bool:
        """Whether one grid holds a whole row of units."""
        return len(self.shape) == 1 and self.cells > 1

    @property
    def size(self) -> str:
        """Its shape in words: 6@28×28, or 120."""
        return str(self.shape[0]) if len(self.shape) == 1 else "{}@{}×{}".format(*self.shape)

    def cell(self, position: tuple[int, ...]) -> tuple[int, Edges]:
        """In which of its grids a unit stands, and where."""
        if len(position) == 3:
            number, row, column = position
        elif self.is_strip:
            number, row, column = 0, *divmod(position[0], self.columns)
        else:
            number, row, column = position[0], 0, 0
        return number, (row, column, row + 1, column + 1)

    def strongest(self, activations: Activations) -> Unit:
        """The unit of the largest value, of the maps that are drawn."""
        number, cell = divmod(int(self.values(activations).argmax()), self.cells if len(self.shape) == 3 else 1)
        return Unit(self.layer, (number, *divmod(cell, self.columns)) if len(self.shape) == 3 else (number,))

    def values(self, activations: Activations) -> np.ndarray:
        """Its numbers: of the maps that are drawn, or of all units of a row. -> (maps or units, cells)"""
        values = activations.values[self.layer].reshape(self.shape[0], -1)
        return values[: self.maps] if len(self.shape) == 3 else values

    def image(self, shades: np.ndarray) -> np.ndarray:
        """The cells map after map; the end of a strip is empty. -> (maps · rows · columns,)"""
        gap = self.maps * self.rows * self.columns - shades.size
        return np.concatenate([shades.ravel(), np.full(gap, np.nan, np.float32)])


@dataclass(frozen=True)
class Blocks:
    """All that is drawn of a network. It depends on the network's layers alone, so one serves every stroke on the pad."""

    network: Network
    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, network: Network) -> Self:
        """Choose what is drawn, in order."""
        layers = list(enumerate(layers_of(network)))[:-1]
        drawn = [(n, layer) for n, layer in layers if kind_of(network, n).is_drawn and not layer.is_inner]
        return cls(network, tuple(Block.of(n, layer.name, layer.shape) for n, layer in drawn))

    @cached_property
    def arrangements(self) -> tuple[MapArrangement, MapArrangement]:
        """The wide and the narrow drawing."""
        return arrangements(self.blocks)

    @cached_property
    def places(self) -> Columns:
        """left, top, width, height of every map in both drawings, and the lower-left corner x, y as Bokeh wants it."""
        columns: Columns = {}
        for arrangement in self.arrangements:
            left, top, width, height = arrangement.maps.T
            sides = floats(x=left, y=1 - top - height, dw=width, dh=height)
            columns |= {f"{arrangement.name}_{name}": column for name, column in sides.items()}
        return columns

    @cached_property
    def table(self) -> dict[str, np.ndarray]:
        """One row a map: its block, its number in the layer, its rows and columns, its units, where its values begin."""
        rows = [(n, number, block.rows, block.columns, block.cells)
                for n, block in enumerate(self.blocks) for number in range(block.maps)]  # fmt: skip
        block, number, down, across, cells = np.array(rows, np.int32).T
        starts = np.cumsum([0, *cells[:-1]]).astype(np.int32)
        return {"block": block, "map": number, "rows": down, "columns": across, "cells": cells, "start": starts}

    @cached_property
    def block_table(self) -> Columns:
        """One row a block: name, its number of axes, whether its units read every map of the block before."""
        names = Texts.of([block.name for block in self.blocks])
        kinds = [kind_of(self.network, block.layer) for block in self.blocks]
        return {
            "name": names,
            "title": names,
            "axes": np.array([len(block.shape) for block in self.blocks], np.int32),
            "strip": np.array([block.is_strip for block in self.blocks], np.uint8),
            "reads_all": np.array([kind.reads_every_map for kind in kinds], np.uint8),
        }

    @cached_property
    def reach(self) -> Columns:
        """What a cell of a map sees: axis 0 by its row, 1 by its column; field_* on the input, window_* on the block before."""
        rows = [
            (n, axis, at, field[axis], field[axis + 2], window[axis], window[axis + 2])
            for n, block in enumerate(self.blocks) if n and len(block.shape) == 3
            for axis, size in enumerate((block.rows, block.columns))
            for at in range(size)
            for field, window in [self._seen(n, (0, at, 0) if axis == 0 else (0, 0, at))]
        ]  # fmt: skip
        names = ("block", "axis", "at", "field_from", "field_to", "window_from", "window_to")
        return dict(zip(names, np.array(rows, np.int32).reshape(-1, len(names)).T, strict=True))

    def _seen(self, n: int, position: tuple[int, int, int]) -> tuple[Edges, Edges]:
        """What a cell sees of the input, and what of the block before."""
        unit = Unit(self.blocks[n].layer, position)
        return edges_on(self.network, unit, 0), edges_on(self.network, unit, self.blocks[n - 1].layer)

    @cached_property
    def _heads(self) -> Columns:
        """The places of the three lines above each block, in both drawings."""
        columns: Columns = {}
        for arrangement in self.arrangements:
            name, letters = arrangement.name, LETTERS[arrangement.name]
            middle, top = arrangement.heads.T
            rows = {f"{row}_y": 1 - top + (n + 0.15) * letters * arrangement.aspect * LINE
                    for n, row in enumerate(("limit", "shape", "title"))}  # fmt: skip
            places = floats(x=middle, size=letters * TITLE, small=letters, **rows)
            columns |= {f"{name}_{column}": place for column, place in places.items()}
        return columns

    def heads(self, limits: Sequence[float]) -> Columns:
        """Name, shape and the end of the colour scale of every block."""
        # There is no room for the same size twice.
        sizes = ["same" if one.shape == before.shape else one.size for before, one in pairwise(self.blocks)]
        return self._heads | {
            "title": Texts.of([block.name for block in self.blocks]),
            "shape": Texts.of([self.blocks[0].size, *sizes]),
            "limit": Texts.of([f"±{write_limit(limit)}" for limit in limits]),
        }

    def maps(self, activations: Activations, *, shared: bool) -> tuple[Sources, list[float]]:
        """What every map shows. shared: one colour scale for the whole network.

        -> the sources maps and values, and the end of each block's colour scale.
        """
        drawn = [block.values(activations) for block in self.blocks]
        ends = [limit_of(values) for values in drawn]
        limits = [max(ends)] * len(ends) if shared else ends
        shades = [shade(values, limit) for values, limit in zip(drawn, limits, strict=True)]
        return {
            "maps": {
                "image": np.concatenate([block.image(shade) for block, shade in zip(self.blocks, shades, strict=True)]),
                "image_rows": self.table["rows"], "image_columns": self.table["columns"], **self.places,
            },
            "values": floats(value=np.concatenate([values.ravel() for values in drawn])),
        }, limits  # fmt: skip

    def film(self, units: Sequence[Unit]) -> dict[str, Columns]:
        """What moves over both drawings: nothing at first, then block after block, then what softmax reads. units: the
        strongest of each block."""
        sources: dict[str, Columns] = {}
        for arrangement in self.arrangements:
            boxes = [(left, 1 - top - height, width, height) for left, top, width, height in arrangement.maps.tolist()]
            at = np.cumsum([0, *(block.maps for block in self.blocks)]).tolist()
            places = [boxes[start:end] for start, end in pairwise(at)]
            frames = [Frames(), *(self._frames(n, unit, places) for n, unit in enumerate(units)), Frames(windows=places[-1])]
            for source, columns in film_steps(arrangement.name, frames).items():
                sources[source] = sources.get(source, {}) | columns
        return sources

    def _frames(self, n: int, unit: Unit, places: Sequence[Sequence[Box]]) -> Frames:
        """A frame around all maps of a block, its strongest unit, what that reads on the block before, lines from there."""
        block, its = self.blocks[n], np.array(places[n])
        number, edges = block.cell(unit.position)
        cell = part(places[n][number], (block.rows, block.columns), edges)
        low, high = its[:, :2].min(axis=0).tolist(), (its[:, :2] + its[:, 2:]).max(axis=0).tolist()
        now = (*low, high[0] - low[0], high[1] - low[1])
        if n == 0:
            return Frames([now], [cell])
        before = self.blocks[n - 1]
        windows = [part(places[n - 1][at], (before.rows, before.columns), seen) for at, seen in self._reads(n, unit)]
        return Frames([now], [cell], windows, [arrow(window, cell) for window in windows])

    def _reads(self, n: int, unit: Unit) -> list[tuple[int, Edges]]:
        """Which grids of the block before a unit reads, and which of their cells."""
        before, number, is_map = self.blocks[n - 1], unit.position[0], len(unit.position) == 3
        seen = edges_on(self.network, unit, before.layer) if is_map else (0, 0, before.rows, before.columns)
        made_by = layers_of(self.network)[unit.layer].made_by
        if kind_of(self.network, unit.layer).reads_every_map or (made_by and branches_of(made_by)):
            return [(at, seen) for at in range(before.maps)]
        if not is_map and len(before.shape) == 1:
            return [before.cell(unit.position)]
        return [(number, seen)] if number < before.maps else []
