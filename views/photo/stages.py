"""The stages of the film: the layers in the order in which they are computed, each with its strongest map.

A fire module is a row of four stages: squeeze, the two expands, their concatenation. The wide drawing has two such columns of
rows beside each other, the narrow one has them below each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...engine import Network
from ...engine.shapes import Array
from ..units.activations import Activations
from ..units.graph import NamedLayer, layers_of

PARTS = ("squeeze", "expand1x1", "expand3x3", "concat")
FIRST_ROW = ("input", "conv1", "relu1", "pool1")
LAST_ROW = ("conv10", "logits", "softmax")
FIRES_BESIDE = 4  # fire modules in the left half of the wide drawing
GRID_COLUMNS = 40  # of a row of numbers drawn as a picture

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
