"""A photograph turned, scaled and shifted, and where each of its points then is: a similarity about the middle of the image.

    q = middle + shift + scale · R(turn) · (p − middle)         p, q: (row, column)

Each pixel of the new image is read where it came from, between four pixels of the old one; what comes from outside is grey.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .checks import check_image
from .shapes import Array


@dataclass(frozen=True)
class Similarity:
    """turn: degrees, from the columns' direction towards the rows' (clockwise on a screen); shift: rows, columns in pixels."""

    turn: float = 0.0
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)

    @property
    def matrix(self) -> Array:
        """scale · R on (row, column). -> (2, 2)."""
        cos, sin = np.cos(np.deg2rad(self.turn)), np.sin(np.deg2rad(self.turn))
        return self.scale * np.array([[cos, sin], [-sin, cos]])

    def moved(self, points: Array, shape: tuple[int, ...]) -> Array:
        """Where points of an image of that shape (H, W) go. points: (n, 2) -> (n, 2).

        >>> Similarity(turn=90).moved(np.array([[2.0, 4.0]]), (5, 5)).round(9).tolist()  # from the right to below
        [[4.0, 2.0]]
        """
        middle = _middle(shape)
        return np.asarray((points - middle) @ self.matrix.T + middle + self.shift)

    def origin(self, points: Array, shape: tuple[int, ...]) -> Array:
        """Where points of the new image come from. (n, 2) -> (n, 2)."""
        middle = _middle(shape)
        return np.asarray((points - middle - self.shift) @ np.linalg.inv(self.matrix).T + middle)


def _middle(shape: tuple[int, ...]) -> Array:
    return (np.array(shape[:2], np.float64) - 1) / 2


def warp(image: Array, similarity: Similarity, *, outside: float = 0.5) -> Array:
    """The image after the similarity. (H, W) -> (H, W).

    >>> warp(np.array([[1.0, 2, 3]]), Similarity(shift=(0, 0.5))).tolist()
    [[0.5, 1.5, 2.5]]
    """
    check_image(image)
    height, width = image.shape
    places = np.indices(image.shape).reshape(2, -1).T.astype(np.float64)
    row, column = similarity.origin(places, image.shape).round(9).T
    top, left = np.floor(row).astype(int), np.floor(column).astype(int)
    down, across = row - top, column - left
    values = np.zeros(row.size)
    for i, k in np.ndindex(2, 2):
        share = np.abs(1 - i - down) * np.abs(1 - k - across)
        pixel = image[(top + i).clip(0, height - 1), (left + k).clip(0, width - 1)]
        values += share * pixel
    inside = (row >= 0) & (row <= height - 1) & (column >= 0) & (column <= width - 1)
    return np.where(inside, values, outside).reshape(image.shape)
