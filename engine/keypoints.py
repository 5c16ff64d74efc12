"""Where SIFT looks: extrema of the differences of Gaussians, and the tests that discard most of them (Lowe, 2004, 3.1 and 4).

    extremum:     larger or smaller than all 26 neighbours, in rows, columns and scales
    its place:    offset = −H⁻¹·g, the peak of the parabola through the neighbours; D there = D + ½·g·offset
    low contrast: |D| < 0.0133 of an image of 0..1 (0.04 / 3); below 0.8 of it already before the place is refined
    unstable:     after five steps to the neighbour the peak is still more than 0.6 away
    edge:         trace² / determinant of the 2×2 Hessian ≥ (10 + 1)² / 10: it bends across, but not along
    border:       nearer to the edge of the image than σ
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .scale_space import SCALES, Octave
from .shapes import Array

CONTRAST = 0.04 / 3
EARLY = 0.8  # of CONTRAST, before the place is refined
MOST_STEPS = 5  # to a neighbour
FARTHEST = 0.6  # of the peak from its pixel
EDGE = 10.0  # how many times sharper it may bend across than along
ACCEPTED = "accepted"
TESTS = ("low contrast", "unstable", "edge", "border")  # in the order in which they are made
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Extrema:
    """All extrema of a scale space, n of them, and what became of each."""

    octave: npt.NDArray[np.intp]  # (n,)
    first: Places  # (n, 3): scale, row, column of the extremum in its octave
    place: Places  # (n, 3): where the refinement ended
    offset: Array  # (n, 3): from there to the peak
    value: Array  # (n,): D at the peak
    edge: Array  # (n,): trace² / determinant, infinite where the determinant is not positive
    row: Array  # (n,) in pixels of the photograph
    column: Array
    sigma: Array
    status: npt.NDArray[np.intp]  # (n,): 0 is accepted, otherwise 1 + the number of the test that discards it

    @property
    def accepted(self) -> npt.NDArray[np.intp]:
        """The numbers of those that pass every test."""
        return np.flatnonzero(self.status == 0)

    def counts(self) -> dict[str, int]:
        """How many each test discards, and how many are accepted."""
        names = (ACCEPTED, *TESTS)
        return {names[n]: int((self.status == n).sum()) for n in (1, 2, 3, 4, 0)}


def neighbours(differences: Array, place: Places) -> Array:
    """The 3×3×3 numbers around a place. differences: (scales, H, W), place: scale, row, column -> (3, 3, 3)."""
    s, r, c = (int(one) for one in place)
    return np.asarray(differences[s - 1 : s + 2, r - 1 : r + 2, c - 1 : c + 2])


def extrema_of(differences: Array) -> Places:
    """All places that are larger or smaller than their 26 neighbours. differences: (SCALES + 2, H, W) -> (n, 3)."""
    S, H, W = differences.shape
    inner = differences[1:-1, 1:-1, 1:-1]
    largest, smallest = np.full(inner.shape, -np.inf), np.full(inner.shape, np.inf)
    for s, r, c in np.ndindex(3, 3, 3):
        if (s, r, c) != (1, 1, 1):
            shifted = differences[s : S - 2 + s, r : H - 2 + r, c : W - 2 + c]
            np.maximum(largest, shifted, out=largest)
            np.minimum(smallest, shifted, out=smallest)
    return np.argwhere((inner > largest) | (inner < smallest)) + 1


def derivatives(differences: Array, places: Places) -> tuple[Array, Array]:
    """First and second derivatives by differences of neighbours. places: (n, 3) -> gradients (n, 3), Hessians (n, 3, 3)."""

    def at(*moves: tuple[int, int]) -> Array:
        moved = places.copy()
        for axis, by in moves:
            moved[:, axis] += by
        return np.asarray(differences[tuple(moved.T)])

    gradient, hessian = np.empty((len(places), 3)), np.empty((len(places), 3, 3))
    for i in range(3):
        gradient[:, i] = (at((i, 1)) - at((i, -1))) / 2
        hessian[:, i, i] = at((i, 1)) + at((i, -1)) - 2 * at()
        for j in range(i):
            both = at((i, 1), (j, 1)) + at((i, -1), (j, -1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1))
            hessian[:, i, j] = hessian[:, j, i] = both / 4
    return gradient, hessian


def refined(differences: Array, places: Places) -> tuple[Places, Array, Array, Array]:
    """Follow each extremum to the pixel that is nearest to the peak. places: (n, 3) -> places, offsets, gradients, Hessians.

    Who would leave the octave stays where it is.
    """
    places = places.copy()
    last = np.array(differences.shape) - 2
    for step in range(MOST_STEPS):
        gradient, hessian = derivatives(differences, places)
        offset = _peaks(gradient, hessian)
        moved = places + np.sign(offset).astype(np.intp) * (np.abs(offset) > FARTHEST)
        moved = np.where((moved < 1) | (moved > last), places, moved)
        if step == MOST_STEPS - 1 or np.array_equal(moved, places):
            break
        places = moved
    return places, offset, gradient, hessian


def _peaks(gradient: Array, hessian: Array) -> Array:
    """−H⁻¹·g; where H has no inverse, too far away to be stable. -> (n, 3)."""
    regular = np.abs(np.linalg.det(hessian)) > np.finfo(np.float64).tiny
    offset = np.full(gradient.shape, np.inf)
    offset[regular] = -np.linalg.solve(hessian[regular], gradient[regular][..., np.newaxis])[..., 0]
    return offset.clip(-9, 9)


def edge_ratios(hessian: Array) -> Array:
    """trace² / determinant of the second derivatives in rows and columns. hessian: (n, 3, 3) -> (n,).

    With the bending α·β across and β along it is (α + 1)² / α, so 4 for a round blob.
    """
    rows, columns, mixed = hessian[:, 1, 1], hessian[:, 2, 2], hessian[:, 1, 2]
    determinant = rows * columns - mixed**2
    safe = np.where(determinant > 0, determinant, 1)
    return np.where(determinant > 0, (rows + columns) ** 2 / safe, np.inf)


def find_extrema(octaves: list[Octave], shape: tuple[int, ...]) -> Extrema:
    """Every extremum of the scale space of a photograph of that shape (H, W), with the test that discards it."""
    parts = [_of_octave(number, octave, shape) for number, octave in enumerate(octaves)]
    return Extrema(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _of_octave(number: int, octave: Octave, shape: tuple[int, ...]) -> tuple[npt.NDArray[Any], ...]:
    """The columns of Extrema for one octave."""
    differences = octave.differences
    first = extrema_of(differences)
    places, offset, gradient, hessian = refined(differences, first)
    before, value = (differences[tuple(one.T)] for one in (first, places))
    value = value + 0.5 * (gradient * offset).sum(axis=1)
    edge = edge_ratios(hessian)
    row, column = (np.asarray(octave.to_photo(places[:, axis] + offset[:, axis])) for axis in (1, 2))
    sigma = octave.sigmas[places[:, 0]] * 2 ** (offset[:, 0] / SCALES)
    nearest = np.minimum.reduce([row, column, shape[0] - 1 - row, shape[1] - 1 - column])
    unstable = np.abs(offset).max(axis=1, initial=0) >= FARTHEST
    tests = [  # the first that holds decides
        np.abs(before) < EARLY * CONTRAST,
        unstable,
        np.abs(value) < CONTRAST,
        edge >= (EDGE + 1) ** 2 / EDGE,
        nearest <= sigma,
    ]
    status = np.select(tests, [1, 2, 1, 3, 4], 0)
    return np.full(len(first), number), first, places, offset, value, edge, row, column, sigma, status
