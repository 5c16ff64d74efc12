"""SIFT step by step: octaves, extrema, the tests that discard them, the direction and the 128 numbers of one keypoint."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...engine import Keypoint, SiftFeatures, direction_histogram
from ...engine.keypoints import TESTS, neighbours
from ...engine.scale_space import SCALES, Octave
from ...engine.sift import CELL, CELLS, DIRECTIONS, SECOND_PEAK, peaks_of, turned_patch
from .. import grid
from ..arrangement import PALE
from ..pointing import Pointed, pointing
from ..trace import Columns
from . import sift_words
from .columns import (
    FeaturePart,
    bars,
    choices,
    floats,
    lattice,
    named,
    over,
    picture,
    place,
    square,
    star,
    table,
    while_shown,
    words,
)
from .galleries import BETWEEN, box, differences_of, images_of
from .photograph import WHITE
from .settings import SIDE
from .sources import BARS, CIRCLE, CORNERS, LINE

PATCH = 32  # points a side of the turned square
RAY = 0.46  # of a cell's side, the longest ray of its star
BASE, HIGHEST = 0.16, 0.97
NEIGHBOURS_ASPECT = 3.0  # width / height of the three grids


@dataclass(frozen=True)
class SiftSteps:
    """What SIFT says of a photograph, and the keypoint that is followed. order: numbers of keypoints by contrast"""

    features: SiftFeatures
    order: list[int]
    chosen: int

    @property
    def keypoint(self) -> Keypoint | None:
        """The one that is followed; None if there is none at all."""
        return self.features.keypoints[self.order[min(self.chosen, len(self.order) - 1)]] if self.order else None

    @cached_property
    def octave(self) -> Octave:
        """The octave of the keypoint, or the first."""
        return self.features.octaves[self.keypoint.octave if self.keypoint else 0]

    @property
    def octaves(self) -> int:
        """How many there are: so many steps show them."""
        return len(self.features.octaves)

    @property
    def length(self) -> int:
        """Steps: the octaves, the extrema, the tests, the direction, the descriptor, all keypoints."""
        return self.octaves + 1 + len(TESTS) + 3

    @cached_property
    def histogram(self) -> np.ndarray:
        """The directions around the keypoint. -> (36,)"""
        return direction_histogram(self.octave, self.upright(self.keypoint)) if self.keypoint else np.zeros(DIRECTIONS)

    @staticmethod
    def upright(one: Keypoint) -> Keypoint:
        """The keypoint before it has a direction."""
        return Keypoint(one.row, one.column, one.sigma, 0.0, one.octave, one.scale, one.extremum)

    @cached_property
    def neighbourhood(self) -> np.ndarray:
        """The 3×3×3 numbers around the extremum, in grey levels. -> (3, 3, 3)"""
        if not self.keypoint:
            return np.zeros((3, 3, 3))
        at = self.features.extrema.first[self.keypoint.extremum]
        return WHITE * neighbours(self.octave.differences, at)

    @property
    def descriptor(self) -> np.ndarray:
        """The 128 numbers. -> (4, 4, 8)"""
        number = self.order[min(self.chosen, len(self.order) - 1)] if self.order else -1
        flat = self.features.descriptors[number] if number >= 0 else np.zeros(CELLS * CELLS * 8)
        return flat.reshape(CELLS, CELLS, -1).astype(float)


def sift_part(image: np.ndarray, features: SiftFeatures, order: list[int], chosen: int) -> FeaturePart:
    """image: (128, 128) of 0..255"""
    steps = SiftSteps(features, order, chosen)
    still = {
        "photo": picture(image / WHITE), **images_of(features), **differences_of(features), **_neighbours(steps),
        **_directions(steps), **_descriptor(steps), "choices": _choices(steps),
    }  # fmt: skip
    moving = {**_frames(steps), **_extrema(steps), **_keypoints(steps)}
    n = steps.octaves
    stops = (n, n + 1, n + len(TESTS), n + len(TESTS) + 1, n + len(TESTS) + 2)
    return FeaturePart(still, moving, sift_words.sentences(steps), stops, sift_words.facts(steps))


def _choices(steps: SiftSteps) -> Columns:
    keypoints = [steps.features.keypoints[n] for n in steps.order]
    places = np.array([place(one.row, one.column, SIDE) for one in keypoints]).reshape(-1, 2)
    return choices(places, keypoint=np.arange(len(keypoints)))


def _frames(steps: SiftSteps) -> dict[str, Columns]:
    """Around the images of the octave that is made; at the extrema around the three differences that are compared."""
    n = steps.octaves
    scales = np.array([[box(r, c, n) for c in range(SCALES + 3)] for r in range(n)])
    rows = np.array([[box(r, c + BETWEEN, n) for c in range(SCALES + 2)] for r in range(n)])
    nothing = np.full((1, *rows.shape[1:]), np.nan)
    compared = nothing.copy()
    if steps.keypoint:
        first = int(steps.features.extrema.first[steps.keypoint.extremum, 0])
        compared[0, :3] = rows[steps.keypoint.octave, first - 1 : first + 2]
    step = np.arange(steps.length)
    gone = np.full((1, *scales.shape[1:]), np.nan)
    return {
        "scale_frames": over(CORNERS, np.concatenate([scales, gone]), np.minimum(step, n)),
        "difference_frames": over(CORNERS, np.concatenate([rows, compared]), np.minimum(step, n)),
    }


def _extrema(steps: SiftSteps) -> dict[str, Columns]:
    """On the photograph: the extrema that are left at each step, and those that its test discards."""
    extrema, n = steps.features.extrema, steps.octaves
    places = np.array([place(r, c, SIDE) for r, c in zip(extrema.row, extrema.column, strict=True)]).reshape(-1, 2)
    nowhere = np.full(places.shape, np.nan)
    left, gone = [nowhere], [nowhere]
    for test in range(len(TESTS) + 1):
        passed = (extrema.status == 0) | (extrema.status > test)
        left.append(np.where(passed[:, np.newaxis], places, np.nan))
        gone.append(np.where((extrema.status == test)[:, np.newaxis] & (test > 0), places, np.nan))
    step = np.clip(np.arange(steps.length) - n + 1, 0, len(TESTS) + 1)
    after = np.arange(steps.length) > n + len(TESTS)
    return {
        "extrema_left": over("x y", np.array(left), np.where(after, 0, step)),
        "extrema_gone": over("x y", np.array(gone), np.where(after, 0, step)),
    }


def _keypoints(steps: SiftSteps) -> dict[str, Columns]:
    """All keypoints at the end, as large as their σ and with their direction; and the one that is followed."""
    keypoints = [steps.features.keypoints[n] for n in steps.order]
    circles = np.array([(*place(one.row, one.column, SIDE), 2 * one.sigma / SIDE) for one in keypoints]).reshape(-1, 3)
    ends = [place(one.row + 2 * one.sigma * np.sin(one.angle), one.column + 2 * one.sigma * np.cos(one.angle), SIDE)
            for one in keypoints]  # fmt: skip
    lines = np.concatenate([circles[:, :2], np.array(ends).reshape(-1, 2)], axis=1)
    step, last = np.arange(steps.length), steps.length - 1
    one = steps.keypoint
    own = circles[[min(steps.chosen, len(circles) - 1)]] if one else circles
    half = CELLS / 2 * CELL
    turned = square(one.row, one.column, half * one.sigma, one.angle, SIDE) if one else np.zeros((0, 4))
    return {
        "keypoints": while_shown(CIRCLE, circles, step == last),
        "keypoint_angles": while_shown(LINE, lines, step == last),
        "chosen": while_shown(CIRCLE, own, (step >= steps.octaves) & (step < last)),
        "keypoint_square": while_shown(LINE, turned, step == last - 1),
    }


def _neighbours(steps: SiftSteps) -> dict[str, Columns]:
    """Three grids of 3×3 differences, the scale below, that of the extremum, the scale above."""
    numbers, wide = steps.neighbourhood, 1 / 3
    limit = PALE * grid.limit_of(numbers)
    spots = [(n * wide + 0.02, 0.02, wide - 0.04, 0.82) for n in range(3)]
    parts = [grid.placed(grid.labels(one, limit, sift_words.short), *spot) for one, spot in zip(numbers, spots, strict=True)]
    cells = {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in ("x", "y", "w", "h", "size", "shade")}
    first = int(steps.features.extrema.first[steps.keypoint.extremum, 0]) if steps.keypoint else 1
    heads = [f"D{first + by}" for by in (-1, 0, 1)]
    middle = grid.placed(grid.rectangles(np.array([1]), np.array([1]), 1, 1, (3, 3)), *spots[1])
    text = parts[0]["text"].of_numbers(numbers.ravel(), sift_words.short)  # type: ignore[union-attr]
    return {
        "neighbours": {"text": text, **cells},
        "neighbour_heads": words(heads, np.array([(left + width / 2, 0.92) for left, _, width, _ in spots]), 0.05),
        "peak_cell": {**middle},
        **{f"neighbours_{n}_values": table(one) for n, one in enumerate(numbers)},
        "neighbours_boxes": pointing([
            Pointed(f"neighbours_{n}_values", f"{heads[n]}, grey levels", (left, 0.16, width, 0.82))
            for n, (left, _, width, _) in enumerate(spots)
        ]),
    }  # fmt: skip


def _directions(steps: SiftSteps) -> dict[str, Columns]:
    """The 36 bins around the keypoint, the high ones marked, and the line that they must reach."""
    high = float(steps.histogram.max()) or 1.0
    heights = bars(steps.histogram / high, base=BASE, top=HIGHEST)
    angles = peaks_of(steps.histogram) if steps.keypoint else []
    peaks = [round(angle / (2 * np.pi) * DIRECTIONS) % DIRECTIONS for angle in angles]
    line = BASE + SECOND_PEAK * (HIGHEST - BASE)
    heads = [(f"{10 * n}°", (max((n + 0.5) / DIRECTIONS, 0.03), BASE / 2)) for n in (0, 9, 18, 27)]
    return {
        "direction_bars": named(BARS, heights),
        "peak_bars": named(BARS, heights[peaks]),
        "peak_line": floats(x=0, y=line, x1=1, y1=line) if steps.keypoint else named(LINE, np.zeros((0, 4))),
        "direction_words": words([text for text, _ in heads], np.array([at for _, at in heads]), 0.055),
        "directions_values": table(steps.histogram[np.newaxis]),
        "directions_boxes": pointing([Pointed("directions_values", "Directions, every 10°", (0, 0, 1, 1))]),
    }  # fmt: skip


def _descriptor(steps: SiftSteps) -> dict[str, Columns]:
    """The star of each cell over the turned square of the photograph."""
    one = steps.keypoint
    turned = picture(turned_patch(steps.octave, one, PATCH)) if one else picture(np.full((1, 1), np.nan))
    return {"turned": turned, **descriptor_sources("descriptor", steps.descriptor)}


def descriptor_sources(name: str, cells: np.ndarray) -> dict[str, Columns]:
    """The drawing of 4×4×8 numbers, and their table: a row for each cell. cells: (4, 4, 8)"""
    return {
        name: named(LINE, descriptor_lines(cells)),
        f"{name}_grid": named(LINE, lattice(CELLS)),
        f"{name}_values": table(cells.reshape(CELLS * CELLS, -1)),
        f"{name}_boxes": pointing([
            Pointed(f"{name}_cell_{r}{c}", f"Cell [{r}, {c}]", (c / CELLS, r / CELLS, 1 / CELLS, 1 / CELLS))
            for r in range(CELLS) for c in range(CELLS)
        ]),
        **{f"{name}_cell_{r}{c}": table(cells[r, c][np.newaxis]) for r in range(CELLS) for c in range(CELLS)},
    }  # fmt: skip


def descriptor_lines(cells: np.ndarray) -> np.ndarray:
    """A ray for each number, from the middle of its cell. cells: (4, 4, 8) -> (128, 4)"""
    down, across = np.divmod(np.arange(CELLS * CELLS), CELLS)
    middles = np.stack([(across + 0.5) / CELLS, 1 - (down + 0.5) / CELLS], axis=-1)
    return star(cells.reshape(CELLS * CELLS, -1) / (float(cells.max()) or 1.0), middles, RAY / CELLS)

