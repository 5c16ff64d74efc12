"""Two pictures matched: the photograph and its turned, scaled, shifted copy; each match is judged by that transformation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...engine import Keypoint, Matches, SiftFeatures, Similarity, match
from ...engine.sift import CELL, CELLS
from ..numbers import write
from ..pointing import Pointed, pointing
from ..trace import Columns
from .columns import FeaturePart, named, over, picture, square, table
from .photograph import WHITE
from .settings import SIDE
from .sift_steps import descriptor_lines, descriptor_sources
from .sift_words import exact, short
from .sources import CIRCLE, LINE

CLOSE = 3.0  # pixels of the second picture: a match this near to the true place is right
MOST_SHOWN = 60  # matches that have a step
GAP = 0.02  # between the pictures, of the drawing's width
PICTURE = (1 - GAP) / 2  # the width of each
ASPECT = 2 / (1 - GAP)
HEAD = "Matches: row, column, those of the match, distance, ratio, pixels from the true place"
NOWHERE = (0.0, 0.0, 0.0, 0.0)  # its numbers stand in no picture: they are read by keys, and in the table
POINT = 0.006  # radius, of the drawing's width


@dataclass(frozen=True)
class MatchSteps:
    """The features of both pictures, and how the second was made."""

    first: SiftFeatures
    second: SiftFeatures
    similarity: Similarity
    ratio: float

    @cached_property
    def matches(self) -> Matches:
        """Those below the largest ratio."""
        return match(self.first.descriptors, self.second.descriptors, ratio=self.ratio)

    @cached_property
    def apart(self) -> np.ndarray:
        """How far each match is from where the transformation brings its first keypoint, in pixels. -> (m,)"""
        return np.asarray(np.hypot(*(self.true_places - self._places(self.second)[self.matches.second]).T))

    @cached_property
    def true_places(self) -> np.ndarray:
        """Where the first keypoint of each match is in the second picture. -> (m, 2)"""
        return self.similarity.moved(self._places(self.first)[self.matches.first], (SIDE, SIDE))

    @property
    def is_right(self) -> np.ndarray:
        """-> (m,) of bool"""
        return np.asarray(self.apart <= CLOSE)

    @cached_property
    def shown(self) -> list[int]:
        """The matches that have a step: the surest ones, among them every wrong one as far as there is room."""
        order = np.argsort(np.round(self.matches.ratio, 9), kind="stable")
        wrong = [n for n in order.tolist() if not self.is_right[n]][: MOST_SHOWN // 2]
        right = [n for n in order.tolist() if self.is_right[n]][: MOST_SHOWN - len(wrong)]
        both = {*wrong, *right}
        return [n for n in order.tolist() if n in both]

    @staticmethod
    def _places(features: SiftFeatures) -> np.ndarray:
        return np.array([(one.row, one.column) for one in features.keypoints], float).reshape(-1, 2)

    def pair(self, n: int) -> tuple[Keypoint, Keypoint]:
        """The keypoints of a match."""
        return self.first.keypoints[self.matches.first[n]], self.second.keypoints[self.matches.second[n]]


def match_part(image: np.ndarray, copy: np.ndarray, steps: MatchSteps) -> FeaturePart:
    """image, copy: (128, 128) of 0..255"""
    lines = np.array([_line(steps, n) for n in range(len(steps.apart))]).reshape(-1, 4)
    still = {
        "photo": picture(image / WHITE, width=PICTURE),
        "second": picture(copy / WHITE, left=1 - PICTURE, width=PICTURE),
        "lines_right": named(LINE, lines[steps.is_right]), "lines_wrong": named(LINE, lines[~steps.is_right]),
        "pair_points": _points(steps),
        "match_table": _table(lines[steps.shown]), "match_values": table(_numbers(steps)),
        "descriptor_boxes": pointing([Pointed("match_values", HEAD, NOWHERE)]),
    }  # fmt: skip
    both, moving = _descriptors(steps)
    wrong = [t for t, n in enumerate(steps.shown, 1) if not steps.is_right[n]]
    return FeaturePart(still | both, moving | _now(steps, lines), _sentences(steps), (1, *wrong[:3]), facts(steps))


def _x(column: float, second: int) -> float:
    return (column + 0.5) / SIDE * PICTURE + (1 - PICTURE if second else 0)


def _y(row: float) -> float:
    return 1 - (row + 0.5) / SIDE


def _line(steps: MatchSteps, n: int) -> tuple[float, ...]:
    one, other = steps.pair(n)
    return _x(one.column, 0), _y(one.row), _x(other.column, 1), _y(other.row)


def _table(lines: np.ndarray) -> Columns:
    """Where the middle of each match is that has a step, to be selected."""
    middles = np.stack([lines[:, [0, 2]].mean(axis=1), lines[:, [1, 3]].mean(axis=1)], axis=-1)
    return {"step": np.arange(1, len(lines) + 1, dtype=np.int32), **named("x y", middles)}


def _numbers(steps: MatchSteps) -> np.ndarray:
    """A row for each match that has a step. -> (steps, 7)"""
    rows = []
    for n in steps.shown:
        (one, other), pairs = steps.pair(n), steps.matches
        rows.append((one.row, one.column, other.row, other.column, pairs.distance[n], pairs.ratio[n], steps.apart[n]))
    return np.round(np.array(rows, float).reshape(-1, 7), 3)


def _points(steps: MatchSteps) -> Columns:
    """All keypoints of both pictures."""
    places = [(_x(one.column, second), _y(one.row), POINT)
              for second, features in enumerate((steps.first, steps.second)) for one in features.keypoints]  # fmt: skip
    return named(CIRCLE, np.array(places).reshape(-1, 3))


def _now(steps: MatchSteps, lines: np.ndarray) -> dict[str, Columns]:
    """The match of each step: its line, the squares of its descriptors, and where the second keypoint should be."""
    nothing = np.full((1, 1, 4), np.nan)
    right = steps.is_right[steps.shown][:, np.newaxis, np.newaxis]
    right_now, wrong_now = (np.where(one, lines[steps.shown][:, np.newaxis], np.nan) for one in (right, ~right))
    squares = np.array([_squares(*steps.pair(n)) for n in steps.shown]).reshape(-1, 10, 4)
    true = [(_x(column, 1), _y(row), CLOSE / SIDE * PICTURE) for row, column in steps.true_places[steps.shown].tolist()]
    rings = np.array(true).reshape(-1, 1, 3)
    at = np.arange(len(steps.shown) + 1)
    return {
        "now_right": over(LINE, np.concatenate([nothing, right_now]), at),
        "now_wrong": over(LINE, np.concatenate([nothing, wrong_now]), at),
        "pair_squares": over(LINE, np.concatenate([np.full((1, 10, 4), np.nan), squares]), at),
        "pair_true": over(CIRCLE, np.concatenate([np.full((1, 1, 3), np.nan), rings]), at),
    }


def _squares(one: Keypoint, other: Keypoint) -> np.ndarray:
    """The squares of both descriptors in the drawing of both pictures. -> (10, 4)"""
    half = CELLS / 2 * CELL
    both = [square(each.row, each.column, half * each.sigma, each.angle, SIDE) for each in (one, other)]
    for n, lines in enumerate(both):
        lines[:, [0, 2]] = lines[:, [0, 2]] * PICTURE + (1 - PICTURE if n else 0)
    return np.concatenate(both)


def _descriptors(steps: MatchSteps) -> tuple[dict[str, Columns], dict[str, Columns]]:
    """Both descriptors of each step. -> still, moving"""
    still: dict[str, Columns] = {}
    moving: dict[str, Columns] = {}
    numbers = (steps.matches.first, steps.matches.second)
    for name, features, which in zip(("descriptor", "other"), (steps.first, steps.second), numbers, strict=True):
        cells = [features.descriptors[which[n]].reshape(CELLS, CELLS, -1).astype(float) for n in steps.shown]
        first = descriptor_sources(name, cells[0] if cells else np.zeros((CELLS, CELLS, 8)))
        still |= {source: columns for source, columns in first.items() if source in (f"{name}_grid",)}
        lines = np.array([descriptor_lines(one) for one in cells]).reshape(-1, CELLS * CELLS * 8, 4)
        nothing = np.full((1, *lines.shape[1:]), np.nan)
        moving[name] = over(LINE, np.concatenate([nothing, lines]), np.arange(len(cells) + 1))
    return still, moving


def _sentences(steps: MatchSteps) -> list[str]:
    """How many matches there are and how many are right, then each by itself."""
    count, right = len(steps.apart), int(steps.is_right.sum())
    share = f" ({round(100 * right / count)} %)" if count else ""
    counted = f"{len(steps.first.keypoints)} keypoints here, {len(steps.second.keypoints)} in the second picture"
    of_ratio = f"{count} matches with a ratio below {write(round(steps.ratio, 3))}"
    said = [f"{counted}; {of_ratio}: {right} right{share}, {count - right} wrong."]
    return said + [_sentence(steps, n) for n in steps.shown]


def _sentence(steps: MatchSteps, n: int) -> str:
    """One match: its distance, the ratio, how far it is from the true place."""
    one, other = steps.pair(n)
    row, column = steps.true_places[n].tolist()
    distance, ratio = float(steps.matches.distance[n]), float(steps.matches.ratio[n])
    second = f"the second nearest ≈ {short(distance / ratio)}, " if ratio else ""
    places = f"[{short(one.row)}, {short(one.column)}] to [{short(other.row)}, {short(other.column)}]"
    verdict = "right" if steps.is_right[n] else "wrong"
    return (
        f"{places}: distance ≈ {short(distance)}, {second}ratio ≈ {exact(ratio)}. The true place is "
        f"[{short(row)}, {short(column)}], {exact(float(steps.apart[n]))} pixels away: {verdict}."
    )


def facts(steps: MatchSteps) -> dict[str, str]:
    """Short texts by the name under which the page shows them."""
    similarity = steps.similarity
    shift = ", ".join(short(one) for one in similarity.shift)
    return {
        "source": "The nearest descriptor matches if it is much nearer than the second nearest (Lowe, 2004, section 7.1). The "
        f"transformation is known, so every match can be judged: right is at most {short(CLOSE)} pixels from the true place.",
        "size": f"turned by {short(similarity.turn)}°, scaled by {exact(similarity.scale)}, shifted by ({shift}) rows and "
        "columns; distance = √Σ (a − b)² over 128 numbers",
        "pair": "green: right, orange: wrong; ring: the true place",
        "descriptor": "first picture",
        "other": "second picture",
    }
