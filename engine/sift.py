"""SIFT, the scale-invariant feature transform (Lowe, "Distinctive image features from scale-invariant keypoints", 2004).

Each keypoint gets a direction and 128 numbers from the gradients of the image of its own scale, so that they stay the same
when the photograph is turned or scaled. Gradients vote as in HOG, but with all 360° and with a weight that falls with the
distance from the keypoint:

    direction:   36 bins, Gaussian of 1.5·σ, smoothed six times; every peak of at least 0.8 of the highest is a keypoint
    descriptor:  4×4 cells of 3·σ, turned by the direction, with 8 bins each; Gaussian of 6·σ; each vote is shared among the
                 nearest bins and cells; clipped at 0.2 of the norm; written as whole numbers 0..255

Angles go from the columns' direction towards the rows', which on a screen is clockwise. The constants are those of Otero and
Delbracio, "Anatomy of the SIFT method", 2014.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .checks import check_image
from .keypoints import Extrema, find_extrema
from .scale_space import Octave, scale_space
from .shapes import Array, ShapeError

FULL_TURN = 2 * np.pi
DIRECTIONS = 36  # bins of the orientation histogram
DIRECTION_REACH = 1.5  # σ of its Gaussian, in σ of the keypoint; pixels up to three times as far vote
SMOOTHINGS = 6
SECOND_PEAK = 0.8  # of the highest
CELLS, BINS = 4, 8  # of the descriptor: cells a side, directions
CELL = 3.0  # side of its cells, in σ of the keypoint
CLIP = 0.2
LARGEST = 512  # the length of a descriptor before it is cut to 255


@dataclass(frozen=True)
class Keypoint:
    """One keypoint. row, column, sigma in pixels of the photograph; angle in radians; scale: the image of its octave."""

    row: float
    column: float
    sigma: float
    angle: float
    octave: int
    scale: int
    extremum: int = -1  # its number in Extrema


@dataclass(frozen=True)
class SiftFeatures:
    """What SIFT says of a photograph: n keypoints with their descriptors, and how they came about."""

    octaves: list[Octave]
    extrema: Extrema
    keypoints: tuple[Keypoint, ...]
    descriptors: npt.NDArray[np.uint8]  # (n, 128): by rows and columns of cells, then by direction


def sift(image: Array) -> SiftFeatures:
    """Find and describe the keypoints of a photograph. image: (H, W) of 0..1. Raises ShapeError if it is tiny."""
    check_image(image)
    octaves = scale_space(image)
    extrema = find_extrema(octaves, image.shape)
    keypoints = tuple(_with_directions(octaves, extrema))
    described = [whole_numbers_of(describe(octaves[one.octave], one)) for one in keypoints]
    return SiftFeatures(octaves, extrema, keypoints, np.array(described, np.uint8).reshape(-1, CELLS * CELLS * BINS))


def _with_directions(octaves: list[Octave], extrema: Extrema) -> Iterator[Keypoint]:
    """A keypoint for each direction of each extremum that was accepted."""
    for n in extrema.accepted.tolist():
        row, column, sigma = float(extrema.row[n]), float(extrema.column[n]), float(extrema.sigma[n])
        octave, scale = int(extrema.octave[n]), int(extrema.place[n, 0])
        upright = Keypoint(row, column, sigma, 0.0, octave, scale, n)
        for angle in peaks_of(direction_histogram(octaves[octave], upright)):
            yield Keypoint(row, column, sigma, angle, octave, scale, n)


@dataclass(frozen=True)
class Surroundings:
    """The p pixels around a keypoint and their gradients. rows, columns: how far from it, in its σ, turned by its angle."""

    rows: Array
    columns: Array
    magnitude: Array
    direction: Array  # radians, from the keypoint's angle

    @classmethod
    def of(cls, octave: Octave, keypoint: Keypoint, reach: float) -> Surroundings:
        """The pixels in the turned square that goes so many σ to each side; those beyond the image are left out."""
        sigma = keypoint.sigma / octave.step
        centre = [float(octave.from_photo(place)) for place in (keypoint.row, keypoint.column)]
        image = octave.images[keypoint.scale]
        farthest = np.sqrt(2) * reach * sigma
        low = [max(int(np.ceil(place - farthest)), 1) for place in centre]  # the gradient needs a neighbour on each side
        high = [min(int(place + farthest), size - 2) + 1 for place, size in zip(centre, image.shape, strict=True)]
        patch = image[low[0] - 1 : high[0] + 1, low[1] - 1 : high[1] + 1]
        grad_row = (patch[2:, 1:-1] - patch[:-2, 1:-1]) / 2
        grad_column = (patch[1:-1, 2:] - patch[1:-1, :-2]) / 2
        down, across = np.meshgrid(*(np.arange(a, b) - at for a, b, at in zip(low, high, centre, strict=True)), indexing="ij")
        cos, sin = np.cos(keypoint.angle), np.sin(keypoint.angle)
        rows, columns = (cos * down - sin * across) / sigma, (cos * across + sin * down) / sigma
        inside = np.maximum(np.abs(rows), np.abs(columns)) < reach
        direction = (np.arctan2(grad_row, grad_column) - keypoint.angle) % FULL_TURN
        return cls(rows[inside], columns[inside], np.hypot(grad_row, grad_column)[inside], direction[inside])

    def votes(self, reach: float) -> Array:
        """Magnitudes, less with the distance: a Gaussian of so many σ. -> (p,)."""
        return np.asarray(self.magnitude * np.exp(-(self.rows**2 + self.columns**2) / (2 * reach**2)))


def direction_histogram(octave: Octave, keypoint: Keypoint) -> Array:
    """The gradients around a keypoint by direction: bin n is around n·10°. Smoothed. -> (36,)."""
    around = Surroundings.of(octave, keypoint, 3 * DIRECTION_REACH)
    bins = np.floor(around.direction / FULL_TURN * DIRECTIONS + 0.5).astype(int) % DIRECTIONS
    histogram = np.asarray(np.bincount(bins, around.votes(DIRECTION_REACH), DIRECTIONS), np.float64)
    for _ in range(SMOOTHINGS):
        histogram = (np.roll(histogram, 1) + histogram + np.roll(histogram, -1)) / 3
    return histogram


def peaks_of(histogram: Array) -> list[float]:
    """The directions of the high peaks, each where a parabola through it and its neighbours is highest. -> radians 0..2π.

    >>> [round(float(np.rad2deg(angle))) for angle in peaks_of(np.eye(36)[9] + np.eye(36)[27])]
    [90, 270]
    """
    before, after = np.roll(histogram, 1), np.roll(histogram, -1)
    is_peak = (histogram > before) & (histogram >= after) & (histogram >= SECOND_PEAK * histogram.max())
    n = np.flatnonzero(is_peak)
    shift = (before[n] - after[n]) / (2 * (before[n] + after[n] - 2 * histogram[n]))
    angles: list[float] = ((n + shift) / DIRECTIONS * FULL_TURN % FULL_TURN).tolist()
    return angles


def describe(octave: Octave, keypoint: Keypoint) -> Array:
    """Histograms of the gradients in 4×4 cells around a keypoint. -> (4, 4, 8): row and column of the cell, direction."""
    half = CELLS / 2 * CELL  # as far as the cells go
    around = Surroundings.of(octave, keypoint, half + CELL / 2)  # and half a cell more: it has a share in the outermost
    middles = (np.arange(CELLS) - (CELLS - 1) / 2)[:, np.newaxis]
    down, across = (np.maximum(0, 1 - np.abs(one / CELL - middles)) for one in (around.rows, around.columns))  # (4, p)
    away = np.abs(around.direction * BINS / FULL_TURN - np.arange(BINS)[:, np.newaxis])
    turned = np.maximum(0, 1 - np.minimum(away, BINS - away))  # (8, p)
    cells = (down[:, np.newaxis] * across).reshape(CELLS * CELLS, -1) * around.votes(half)
    return np.asarray((cells @ turned.T).reshape(CELLS, CELLS, BINS))


def describe_loops(octave: Octave, keypoint: Keypoint) -> Array:
    """The definition of the descriptor, one pixel's vote after the other. -> (4, 4, 8)."""
    half = CELLS / 2 * CELL
    around, histograms = Surroundings.of(octave, keypoint, half + CELL / 2), np.zeros((CELLS, CELLS, BINS))
    pixels = zip(around.rows, around.columns, around.votes(half), around.direction * BINS / FULL_TURN, strict=True)
    for row, column, vote, turn in pixels:
        y, x = row / CELL + (CELLS - 1) / 2, column / CELL + (CELLS - 1) / 2  # in cells, the first one's middle at 0
        for r, c, k in np.ndindex(CELLS, CELLS, 2):
            share = max(0, 1 - abs(y - r)) * max(0, 1 - abs(x - c)) * abs(1 - k - turn % 1)
            histograms[r, c, (int(turn) + k) % BINS] += vote * share
    return histograms


def turned_patch(octave: Octave, keypoint: Keypoint, side: int) -> Array:
    """The square of the 4×4 cells, turned as the descriptor sees it: of side × side points the nearest pixel each. NaN outside.

    -> (side, side) of 0..1, from the image of the keypoint's scale.
    """
    image, half = octave.images[keypoint.scale], CELLS / 2 * CELL * keypoint.sigma
    at = ((np.arange(side) + 0.5) / side * 2 - 1) * half
    down, across = np.meshgrid(at, at, indexing="ij")
    cos, sin = np.cos(keypoint.angle), np.sin(keypoint.angle)
    places = keypoint.row + cos * down + sin * across, keypoint.column + cos * across - sin * down
    rows, columns = (np.rint(octave.from_photo(one)).astype(int) for one in places)
    height, width = image.shape
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    return np.where(inside, image[rows.clip(0, height - 1), columns.clip(0, width - 1)], np.nan)


def whole_numbers_of(histograms: Array) -> npt.NDArray[np.uint8]:
    """A descriptor as it is kept: no number above 0.2 of the norm, then a length of 512, cut to 255. (4, 4, 8) -> (128,)."""
    flat = histograms.ravel()
    clipped = np.minimum(flat, CLIP * np.linalg.norm(flat))
    length = float(np.linalg.norm(clipped)) or 1.0
    return np.minimum(np.floor(LARGEST * clipped / length), 255).astype(np.uint8)


@dataclass(frozen=True)
class Matches:
    """m pairs of keypoints of two photographs. ratio: of the distance to the nearest and to the second nearest descriptor."""

    first: npt.NDArray[np.intp]  # (m,)
    second: npt.NDArray[np.intp]
    distance: Array
    ratio: Array


def match(descriptors: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8], *, ratio: float = 0.8) -> Matches:
    """For each descriptor the nearest of the others, if it is much nearer than the second nearest. (n, 128), (m, 128).

    distance = √Σ (a − b)², kept if distance < ratio · that of the second. Lowe, 2004, section 7.1.
    """
    if descriptors.ndim != 2 or others.ndim != 2 or descriptors.shape[1] != others.shape[1]:
        raise ShapeError(
            f"descriptors of shapes {descriptors.shape} and {others.shape} cannot be compared; give (n, 128) twice"
        )
    none = np.zeros(0, np.intp)
    if len(descriptors) == 0 or len(others) < 2:
        return Matches(none, none, np.zeros(0), np.zeros(0))
    a, b = descriptors.astype(np.int64), others.astype(np.int64)
    distances = np.sqrt((a**2).sum(axis=1)[:, np.newaxis] + (b**2).sum(axis=1) - 2 * a @ b.T)
    order = np.argsort(distances, axis=1, kind="stable")[:, :2]
    nearest, second = np.take_along_axis(distances, order, axis=1).T
    ratios = np.divide(nearest, second, out=np.ones_like(nearest), where=second > 0)
    chosen = np.flatnonzero(ratios < ratio)
    return Matches(chosen, order[chosen, 0], nearest[chosen], ratios[chosen])
