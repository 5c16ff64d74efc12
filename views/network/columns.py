"""The sources of the drawing of all layers: every map with its place, what it holds, and what its cells see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...engine import Network
from ..grid import limit_of, shade
from ..numbers import write
from ..trace import Columns, Texts
from .parts import window_box
from .places import Arrangement, arrangements
from .shown import Block, blocks, titles
from .stages import Unit, clip, receptive_box, sliding_of

LETTERS = {"wide": 0.0125, "narrow": 0.03}  # their height, of the drawing's width
TITLE = 1.25  # height of a title's letters, in those of the lines below it
LABEL = re.compile(r"ReLU\d+")  # the drawing says what a layer does; which one it is, its place says
LINE = 1.25  # from line to line


@dataclass(frozen=True)
class Plan:
    """What a network looks like, whatever it is shown: it depends on its layers alone, so one plan serves every stroke."""

    blocks: tuple[Block, ...]
    titles: Sequence[str]
    arrangements: tuple[Arrangement, Arrangement]
    reach: Columns

    @classmethod
    def of(cls, network: Network) -> Plan:
        shown = tuple(blocks(network))
        return cls(shown, titles(network), arrangements(shown), _reach(network, shown))

    @cached_property
    def places(self) -> Columns:
        """left, top, width, height of every map in both drawings, and the lower-left corner x, y as Bokeh wants it."""
        found: Columns = {}
        for arrangement in self.arrangements:
            left, top, width, height = arrangement.maps.astype(np.float32).T
            parts = {"x": left, "y": 1 - top - height, "dw": width, "dh": height}
            found |= {f"{arrangement.name}_{name}": column for name, column in parts.items()}
        return found

    @cached_property
    def table(self) -> Columns:
        """One row a map: its block, its number in the stage, its rows and columns, its units, where its values begin."""
        rows = [(n, number, block.rows, block.columns, block.cells)
                for n, block in enumerate(self.blocks) for number in range(block.maps)]  # fmt: skip
        block, number, down, across, cells = np.array(rows, np.int32).T
        starts = np.cumsum([0, *cells[:-1]]).astype(np.int32)
        return {"block": block, "map": number, "rows": down, "columns": across, "cells": cells, "start": starts}

    @cached_property
    def block_table(self) -> Columns:
        """One row a block: name, title, its number of axes, whether its units read every map of the block before."""
        reads_all = [block.name.startswith(("conv", "linear")) for block in self.blocks]
        return {
            "name": Texts.of([block.name for block in self.blocks]),
            "title": Texts.of([block.title for block in self.blocks]),
            "axes": np.array([len(block.shape) for block in self.blocks], np.int32),
            "strip": np.array([block.is_strip for block in self.blocks], np.uint8),
            "reads_all": np.array(reads_all, np.uint8),
        }

    @cached_property
    def heads(self) -> Columns:
        """The places of the three lines above each block, in both drawings."""
        found: Columns = {}
        for arrangement in self.arrangements:
            name, letters = arrangement.name, LETTERS[arrangement.name]
            middle, top = arrangement.heads.astype(np.float32).T
            line = letters * arrangement.aspect * LINE
            found |= {f"{name}_x": middle, f"{name}_size": np.full(len(middle), letters * TITLE, np.float32)}
            found[f"{name}_small"] = np.full(len(middle), letters, np.float32)
            for n, row in enumerate(("limit", "shape", "title")):
                found[f"{name}_{row}_y"] = (1 - top + (n + 0.15) * line).astype(np.float32)
        return found


def maps(plan: Plan, stages: Sequence[np.ndarray], *, shared: bool) -> tuple[dict[str, Columns], list[float]]:
    """What every map shows. stages: the activations of one image; shared: one colour scale for the whole network.

    -> the sources maps and values, and the end of each block's colour scale.
    """
    drawn = [stages[block.stage].reshape(block.shape[0], -1)[: _rows(block)] for block in plan.blocks]
    ends = [limit_of(values) for values in drawn]
    limits = [max(ends)] * len(ends) if shared else ends
    images = [_image(block, shade(values, limit)) for block, values, limit in zip(plan.blocks, drawn, limits, strict=True)]
    values = np.concatenate([values.ravel() for values in drawn]).astype(np.float32)
    pictures: Columns = {
        "image": np.concatenate(images),
        "image_rows": plan.table["rows"],
        "image_columns": plan.table["columns"],
        **plan.places,
    }
    return {"maps": pictures, "values": {"value": values}}, limits


def _rows(block: Block) -> int:
    """How many entries along the stage's first axis are drawn: maps, or all units of a row."""
    return block.maps if len(block.shape) == 3 else block.shape[0]


def _image(block: Block, shades: np.ndarray) -> np.ndarray:
    """The cells of a block, map after map; the end of a strip is empty."""
    gap = block.maps * block.rows * block.columns - shades.size
    return np.concatenate([shades.ravel(), np.full(gap, np.nan, np.float32)])


def heads(plan: Plan, limits: Sequence[float]) -> Columns:
    """Title, shape and the end of the colour scale of every block."""
    return plan.heads | {
        "title": Texts.of([LABEL.sub("ReLU", block.title) for block in plan.blocks]),
        "shape": Texts.of([block.size for block in plan.blocks]),
        "limit": Texts.of([f"±{write(float(f'{limit:.3g}'))}" for limit in limits]),
    }


def _reach(network: Network, shown: Sequence[Block]) -> Columns:
    """What a cell of a map sees: axis 0 by its row, 1 by its column; field_* on the input, window_* on the block before."""
    rows = []
    for n, block in enumerate(shown):
        if len(block.shape) != 3 or not n:
            continue
        for axis, size in enumerate((block.rows, block.columns)):
            for at in range(size):
                position = (0, at, 0) if axis == 0 else (0, 0, at)
                field = receptive_box(network, Unit(block.stage, position)) or (0, 0, 0, 0)
                window = _window(network, shown[n - 1], block, position)
                rows.append((n, axis, at, field[axis], field[axis + 2], window[axis], window[axis + 2]))
    names = ("block", "axis", "at", "field_from", "field_to", "window_from", "window_to")
    columns = np.array(rows, np.int32).reshape(-1, len(names)).T
    return dict(zip(names, columns, strict=True))


def _window(network: Network, before: Block, block: Block, position: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The cells of the block before that one cell reads."""
    sliding = sliding_of(network.layers[block.stage - 1])
    _, row, column = position
    if sliding is None:
        return row, column, row + 1, column + 1
    return clip(window_box(sliding, row, column), before.rows, before.columns)
