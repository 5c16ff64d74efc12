"""What happens to a drawing before a network sees it: the treatment that the MNIST digits themselves were given.

LeCun et al. (1998): the ink is cropped, scaled into a 20×20 box keeping its aspect (anti-aliased), and placed in a
28×28 field so that its centre of mass is the field's centre. A network that was trained on such digits misreads one
that was drawn small or in a corner; after this treatment it does not. Every stage is kept, to be shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .shapes import Array, ShapeError

FIELD_SIZE = 28  # pixels per side of an MNIST image
BOX_SIZE = 20  # pixels of the digit's longer side
INK_THRESHOLD = 0.1  # a pixel of at least this share of the darkest ink counts as drawn
LARGEST_DRAWING = 1024  # pixels per side


@dataclass(frozen=True)
class DigitPreprocessing:
    """A drawing on its way into the network; ink is 1, paper 0."""

    drawing: Array  # (H, W)
    bounding_box: tuple[int, int, int, int]  # top, left, bottom, right of the ink in the drawing, bottom and right exclusive
    cropped: Array  # (h, w): the ink alone
    scaled: Array  # (r, c): max(r, c) = 20
    centre_of_mass: tuple[float, float]  # row, column inside `scaled`, in pixels from its upper-left corner
    offset: tuple[int, int]  # row, column of the field where `scaled` was placed
    field: Array  # (28, 28) float32, 0..1: what the network sees


def mnist_digit(drawing: Array) -> DigitPreprocessing:
    """Normalise a drawing as MNIST's digits were. drawing: (H, W) of 0..1 or uint8, ink high -> DigitPreprocessing.

    Raises ShapeError for what is not such an image and ValueError when nothing is drawn.
    """
    ink = _ink(drawing)
    top, left, bottom, right = bounding_box = ink_bounding_box(ink)
    cropped = ink[top:bottom, left:right]
    scaled = scale_into_box(cropped)
    mass = centre_of_mass(scaled)
    offset, field = put_in_field(scaled, FIELD_SIZE / 2 - mass[0], FIELD_SIZE / 2 - mass[1])
    return DigitPreprocessing(ink, bounding_box, cropped, scaled, mass, offset, field)


def ink_bounding_box(ink: Array) -> tuple[int, int, int, int]:
    """Frame the ink. ink: (H, W) -> top, left, bottom, right (the last two exclusive)."""
    drawn = ink >= INK_THRESHOLD * ink.max()
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def scale_into_box(cropped: Array) -> Array:
    """Scale so that the longer side has 20 pixels, keeping the aspect. cropped: (h, w) -> (r, c), max(r, c) = 20."""
    scale = BOX_SIZE / max(cropped.shape)
    return resized(cropped, *(max(1, int(size * scale + 0.5)) for size in cropped.shape))


def put_in_field(scaled: Array, row: float, column: float) -> tuple[tuple[int, int], Array]:
    """Put the upper left corner as near as it can be to (row, column). scaled: (r, c) -> its offset, field (28, 28) float32.

    Never further than the edge: a digit whose mass sits in a corner of its box must not lose its other end.
    """
    (rows, columns), corner = scaled.shape, (math.floor(row + 0.5), math.floor(column + 0.5))
    top, left = (min(max(at, 0), FIELD_SIZE - size) for at, size in zip(corner, scaled.shape, strict=True))
    field = np.zeros((FIELD_SIZE, FIELD_SIZE), np.float32)
    field[top : top + rows, left : left + columns] = scaled
    return (top, left), field


def resized(image: Array, rows: int, columns: int) -> Array:
    """Scale by averaging. image: (H, W) -> (rows, columns)."""
    return np.asarray(area_shares(image.shape[0], rows) @ image @ area_shares(image.shape[1], columns).T)


def area_shares(size: int, new_size: int) -> Array:
    """How much of each old pixel a new one covers -> (new_size, size). Rows add up to 1: averages, so no aliasing.

    >>> area_shares(3, 2).round(2).tolist()
    [[0.67, 0.33, 0.0], [0.0, 0.33, 0.67]]
    """
    edges = np.linspace(0.0, size, new_size + 1)
    pixels = np.arange(size)
    begins, ends = np.maximum(edges[:-1, None], pixels), np.minimum(edges[1:, None], pixels + 1)
    shares = np.maximum(ends - begins, 0.0)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)


def centre_of_mass(image: Array) -> tuple[float, float]:
    """Where the ink balances: row, column in pixels from the upper-left corner. image: (H, W), not all zero.

    >>> centre_of_mass(np.ones((2, 4)))
    (1.0, 2.0)
    """
    rows, columns = (np.arange(size) + 0.5 for size in image.shape)  # + 0.5: a pixel's mass is at its middle
    total = image.sum()
    return float(image.sum(axis=1) @ rows / total), float(image.sum(axis=0) @ columns / total)


def _ink(drawing: Array) -> Array:
    """Check a drawing and bring it to float64, 0..1. drawing: (H, W) -> (H, W)."""
    if drawing.ndim != 2 or not 1 <= min(drawing.shape) <= max(drawing.shape) <= LARGEST_DRAWING:
        raise ShapeError(
            f"the drawing has shape {drawing.shape}, but rows and columns must be 1 to {LARGEST_DRAWING} pixels; "
            "give one grey image, for example of shape (28, 28)"
        )
    ink = drawing / 255.0 if drawing.dtype == np.uint8 else drawing.astype(np.float64)
    if not (np.isfinite(ink).all() and ink.min() >= 0 and ink.max() <= 1):
        raise ValueError("the drawing holds numbers outside 0..1; give ink as 0 to 1, or as uint8 from 0 to 255")
    if ink.max() == 0:
        raise ValueError("the drawing is empty; draw a digit first")
    return np.asarray(ink)
