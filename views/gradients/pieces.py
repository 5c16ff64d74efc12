"""What columns are made of: places in both drawings of the gradients view, and numbers as texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from ..numbers import write
from ..trace import Column, Texts
from .board import Grid
from .places import SCENES, Scene, Slot

Columns = dict[str, Column]
Box = dict[str, np.ndarray]
LETTERS = 0.5  # of a cell, the height of its number
CHARACTERS = 1.6  # of a cell, shared among the characters of the longest number


def both(place: Callable[[int, Scene], Box]) -> Columns:
    """The columns of a source in both drawings: x becomes wide_x and narrow_x."""
    return {f"{scene.name}_{name}": column for n, scene in enumerate(SCENES) for name, column in place(n, scene).items()}


def rectangles(scene: Scene, left: object, top: object, width: object, height: object) -> Box:
    """Arrays of one shape, or numbers -> x, y (centres), w, h."""
    left, top, width, height = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (left, top, width, height)))
    columns = {"x": left + width / 2, "y": scene.height - top - height / 2, "w": width, "h": height}
    return {name: column.astype(np.float32) for name, column in columns.items()}


def joined(boxes: Sequence[Box]) -> Box:
    """Boxes one behind the other, along their last axis."""
    return {name: np.concatenate([box[name] for box in boxes], axis=-1) for name in boxes[0]}


def texts_of(rows: Sequence[Sequence[str]]) -> Texts:
    """Texts for each step. T rows of n -> codes (T, n)."""
    flat = Texts.of([text for row in rows for text in row])
    return Texts(flat.table, flat.codes.reshape(len(rows), -1))


def written(values: np.ndarray, decimals: int = 3) -> Texts:
    """Numbers as texts; of NaN none. What rounds to 0 and is not 0 is ~0."""

    rounded = np.round(values, decimals) + 0.0
    rounded = np.where((rounded == 0) & (values != 0), np.inf, rounded)
    return Texts.of_numbers(rounded, lambda value: "" if value != value else "~0" if value == np.inf else write(value))


def letter_height(text: Texts, cell: float, scene: Scene) -> float:
    """The height of letters that fit a cell, in widths of the drawing."""
    return min(LETTERS, CHARACTERS / max(map(len, text.table), default=1)) * cell / scene.width


def point(slot: Slot, x: float, y: float) -> tuple[float, float]:
    """A point of a slot, 0..1 to the right and upwards. -> left, top."""
    return slot.left + x * slot.width, slot.top + (1 - y) * slot.height


def points(scene: Scene, places: Iterable[tuple[float, float]], letters: float) -> Box:
    """Where words start. -> x, y, and size (letters: their height in heights of the scene's letters)."""
    left, top = np.array([*places], np.float64).reshape(-1, 2).T
    size = np.full(len(left), letters * scene.letters / scene.width, np.float32)
    return {"x": left.astype(np.float32), "y": (scene.height - top).astype(np.float32), "size": size}


def corner(one: Grid, n: int) -> tuple[float, float, float]:
    """Where cell (0, 0) of a grid begins, and the side of its cells: left, top, side."""
    slot, cell = one.slots[n], one.slots[n].cell(one.drawn_shape)
    return slot.left + one.ring[1] * cell, slot.top + one.ring[0] * cell, cell
