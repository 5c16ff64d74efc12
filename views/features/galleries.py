"""The galleries of SIFT: every image of every octave, and every difference of two of them, in rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine import SiftFeatures
from ...engine.scale_space import SCALES, Octave
from ..grid import limit_of, shade
from ..numbers import write
from ..trace import Columns
from .columns import pictures, words

FINEST = 64  # cells a side of a picture: on the page it has 50 pixels
COLOURS = 127  # on each side of zero: a picture in steps packs into a third
GAP = 0.06  # between pictures, of the width of one
HEAD = 0.3  # of a row, for the blur of each image
ROW = 1 + HEAD
COLUMNS = SCALES + 3
BETWEEN = 0.5  # a difference stands between the two images that it is of


def images_of(features: SiftFeatures) -> dict[str, Columns]:
    """The scale space in grey: a row for each octave, more blurred to the right."""
    rows = [octave.images for octave in features.octaves]
    names = [[f"σ {write(round(sigma, 1))}" for sigma in octave.sigmas.tolist()] for octave in features.octaves]
    return {"scales": pictures(*_drawn(rows, 1.0)), "gallery_words": _heads(names)}


def differences_of(features: SiftFeatures) -> dict[str, Columns]:
    """The differences of Gaussians: blue is brighter after the blur, orange darker."""
    rows = [octave.differences for octave in features.octaves]
    limit = max(limit_of(row) for row in rows)
    names = [[f"D{n}" for n in range(len(row))] for row in rows]
    return {"differences": pictures(*_drawn(rows, limit, BETWEEN)), "difference_words": _heads(names, BETWEEN)}


def largest_difference(octaves: Sequence[Octave]) -> float:
    """The end of the colour scale of the differences, of an image of 0..1."""
    return max(limit_of(octave.differences) for octave in octaves)


def _drawn(rows: Sequence[np.ndarray], limit: float, shift: float = 0.0) -> tuple[list[np.ndarray], np.ndarray]:
    """Pictures of few cells, and where they stand. rows: (n, H, W) each"""
    drawn, places = [], []
    for r, row in enumerate(rows):
        for n, values in enumerate(row):
            every = -(-len(values) // FINEST)
            drawn.append(np.rint(shade(values[::every, ::every], limit) * COLOURS) / COLOURS)
            places.append(box(r, n + shift, len(rows)))
    return drawn, np.array(places)


def box(row: int, column: float, rows: int) -> tuple[float, float, float, float]:
    """Where a picture stands: left, bottom, width, height in the unit square."""
    wide, high = 1 / COLUMNS, 1 / (rows * ROW)
    return (column + GAP / 2) * wide, 1 - ((row + 1) * ROW - GAP / 2) * high, (1 - GAP) * wide, (1 - GAP) * high


def _heads(names: Sequence[Sequence[str]], shift: float = 0.0) -> Columns:
    """The name of each picture above it."""
    rows, texts, places = len(names), [], []
    for r, row in enumerate(names):
        for n, name in enumerate(row):
            left, bottom, width, height = box(r, n + shift, rows)
            texts.append(name)
            places.append((left + width / 2, bottom + height + 0.5 * HEAD / (rows * ROW)))
    return words(texts, np.array(places), 0.2 / COLUMNS)
