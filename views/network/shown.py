"""Which stages of a network are drawn, what they are called, and how their units are laid out in grids.

A stage of maps is drawn map by map; a row of up to TALLEST units as single cells, a longer one as a strip of a few
columns. Flatten and dropout hand their numbers on and are left out; the probabilities have a drawing of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...engine import Network
from .stages import stage_names

MOST_MAPS = 64  # drawn of one stage
TALLEST = 12  # units that are drawn as single cells
STRIP = 30  # rows of a strip, about
HANDED_ON = ("flatten", "dropout")
LENET5 = re.compile(
    r"conv \d+ 5x5 pad 2 / relu / (max|avg)pool 2 / conv \d+ 5x5 / relu / (max|avg)pool 2 / "
    r"flatten / linear \d+ / relu / linear \d+ / relu / linear 10"
)
LENET5_TITLES = ["input", "C1", "ReLU1", "S2", "C3", "ReLU3", "S4", "flat", "C5", "ReLU5", "F6", "ReLU6", "output", "softmax"]


@dataclass(frozen=True)
class Block:
    """One stage as it is drawn: `maps` grids of rows × columns cells, of which the first `cells` are units."""

    stage: int
    name: str  # conv1
    title: str  # C1
    shape: tuple[int, ...]
    maps: int
    rows: int
    columns: int
    cells: int

    @property
    def is_strip(self) -> bool:
        """Whether one grid holds a whole row of units."""
        return len(self.shape) == 1 and self.cells > 1

    @property
    def size(self) -> str:
        """Its shape in words: 6@28×28, or 120."""
        if len(self.shape) == 1:
            return str(self.shape[0])
        return f"{self.shape[0]}@{self.shape[1]}×{self.shape[2]}"


def titles(network: Network) -> list[str]:
    """What each stage is called: the lecture's names for LeNet-5, else the layer's own."""
    if LENET5.fullmatch(network.text):
        return LENET5_TITLES
    names = stage_names(network)
    return [*names[:-2], "output", "softmax"]


def blocks(network: Network) -> list[Block]:
    """What is drawn, in order."""
    shapes = [network.input_shape, *network.shapes[1:]]
    handed_on = {i + 1 for i, layer in enumerate(network.layers) if layer.kind in HANDED_ON}
    named = zip(stage_names(network), titles(network), shapes, strict=False)
    return [_block(i, name, title, tuple(shape)) for i, (name, title, shape) in enumerate(named) if i not in handed_on]


def _block(stage: int, name: str, title: str, shape: tuple[int, ...]) -> Block:
    if len(shape) == 3:
        return Block(stage, name, title, shape, min(shape[0], MOST_MAPS), *shape[1:], shape[1] * shape[2])
    if shape[0] <= TALLEST:
        return Block(stage, name, title, shape, shape[0], 1, 1, 1)
    columns = -(-shape[0] // STRIP)
    return Block(stage, name, title, shape, 1, -(-shape[0] // columns), columns, shape[0])
