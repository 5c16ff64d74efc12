"""From a picture of a digit to ink on the pad: each pixel is judged against the paper around it.

The paper is the picture without its strokes: of each place the brightest within reach, and of these the darkest within
reach (a morphological closing). What is narrower than the window vanishes; shadows and fading light stay. Ink is what is
darker than its paper by more than Otsu's threshold, as a share of the paper's brightness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...engine.digits import resized
from ..settings import SettingError
from .preparation import digits_of
from .settings import Pad

LARGEST_PICTURE = 224  # pixels per side, as the page hands it over
LONGER_SIDE = 112  # pixels in which a picture is judged
REACH = 1 / 4  # of the longer side: a stroke vanishes from the paper if paper is that near on one side of it
LEAST_CONTRAST = 40 / 255  # of the paper's brightness, between ink and paper
DARKEST_PAPER = 96.0  # below it noise would look like ink
COVERED = 0.35  # of a cell of the pad, that it counts as ink: thin lines stay whole
MUCH = 0.35  # of a picture; a digit is less


@dataclass(frozen=True)
class TracedInk:
    """What was taken as ink. digits: as settings.Pad holds it; share: of the picture; is_light: on dark paper."""

    digits: str
    share: float
    is_light: bool

    @property
    def notice(self) -> str:
        """What became of the picture."""
        share = "less than 1" if self.share < 0.005 else f"{self.share:.0%}".removesuffix("%")
        words = f"Taken as ink: {share} % of the picture, all that is {'lighter' if self.is_light else 'darker'} than the paper"
        much = " That is much for a digit: erase what does not belong to it, or cut the picture to the digit."
        return f"{words} around it. The pad shows it: draw on, erase, or move it.{much if self.share > MUCH else ''}"


def trace_ink(grey: np.ndarray) -> TracedInk:
    """Trace a digit, dark on light or light on dark. grey: (H, W) of 0..255. Raises SettingError if nothing stands out."""
    small = _slid(resized(grey, *_fitted(grey.shape, LONGER_SIDE)), 1, np.mean)  # against the camera's noise
    is_light = _has_light_ink(small)
    contrast = _contrast(255 - small if is_light else small)
    if contrast.max() < LEAST_CONTRAST:
        raise SettingError("nothing stands out in that picture; choose one of a dark digit on light paper")
    ink = contrast > max(_threshold(contrast), LEAST_CONTRAST / 2)
    covered = resized(ink.astype(float), *_fitted(grey.shape, Pad.SIDE))
    kept = _without_edges(covered > COVERED)
    return TracedInk(digits_of(_on_pad(kept)), float(kept.mean()), is_light)


def _fitted(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    """Rows and columns of the same aspect, the longer one as given."""
    rows, columns = (max(1, round(size * side / max(shape))) for size in shape)
    return rows, columns


def _contrast(grey: np.ndarray) -> np.ndarray:
    """How much darker than its paper each pixel is, as a share of the paper. grey: (H, W) -> (H, W) of 0..1."""
    reach = round(max(grey.shape) * REACH)
    closed = _closed(grey, reach)
    # At the picture's edges a window sees one side only, and where the light falls off there, it sees too bright a paper.
    surface = _surface(closed, reach)
    paper = np.minimum(closed, _closed(grey - surface, reach) + surface)
    return np.asarray((paper - grey) / np.maximum(paper, DARKEST_PAPER))


def _closed(grey: np.ndarray, reach: int) -> np.ndarray:
    """The darkest within reach of the brightest within reach."""
    return _slid(_slid(grey, reach, np.max), reach, np.min)


def _slid(grey: np.ndarray, reach: int, pick: Callable[..., np.ndarray]) -> np.ndarray:
    """np.max, np.min or np.mean of the square window around each pixel, along the rows, then along the columns."""
    for axis in (1, 0):
        frame = [(reach, reach) if axis == one else (0, 0) for one in (0, 1)]
        windows = sliding_window_view(np.pad(grey, frame, mode="edge"), 2 * reach + 1, axis=axis)
        grey = pick(windows, axis=2)
    return grey


def _surface(paper: np.ndarray, margin: int) -> np.ndarray:
    """The quadratic surface nearest to the paper's brightness, its margin left out. (H, W) -> (H, W)."""
    row, column = np.indices(paper.shape) / max(paper.shape)
    terms = np.stack([np.ones(paper.shape), row, column, row * column, row**2, column**2], axis=2)
    inside = tuple(slice(cut, size - cut) for size in paper.shape for cut in [min(margin, (size - 1) // 3)])
    solved = np.linalg.lstsq(terms[inside].reshape(-1, 6), paper[inside].ravel(), rcond=None)
    return np.asarray(terms @ solved[0])


def _has_light_ink(grey: np.ndarray) -> bool:
    """Whether the ink is lighter than the paper. Around a stroke most is paper, so the mean lies nearer to its brightness."""
    reach = round(max(grey.shape) * REACH)
    low, high, mean = (_slid(grey, reach, pick) for pick in (np.min, np.max, np.mean))
    return float(((high - low) * (mean - (low + high) / 2)).sum()) < 0


def _threshold(values: np.ndarray) -> float:
    """Otsu's: where two groups of values differ most from each other."""
    levels = np.linspace(values.min(), values.max(), 64)[1:-1]
    above = values.ravel() > levels[:, np.newaxis]
    weight = above.mean(axis=1)
    total = values.mean()
    upper = (above * values.ravel()).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (total * weight - upper) ** 2 / (weight * (1 - weight))
    return float(levels[np.nanargmax(between)])


def _without_edges(ink: np.ndarray) -> np.ndarray:
    """Leave out what reaches the picture's edge (a shadow, a table), unless it is the largest piece. (H, W) of bool -> same."""
    pieces, spread = np.zeros(ink.shape), np.arange(1.0, ink.size + 1).reshape(ink.shape) * ink
    while (pieces != spread).any():  # the largest number of each piece spreads over all of it
        pieces, spread = spread, _slid(spread, 1, np.max) * ink
    numbers, sizes = np.unique(pieces[ink], return_counts=True)
    at_edge = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    left_out = [number for number in numbers if number in at_edge and number != numbers[sizes.argmax()]]
    return ink & ~np.isin(pieces, left_out)


def _on_pad(ink: np.ndarray) -> np.ndarray:
    """The whole picture in the middle of the pad. ink: (r, c) of bool, max(r, c) = 56 -> (56, 56) of bool."""
    pad = np.zeros((Pad.SIDE, Pad.SIDE), bool)
    top, left = ((Pad.SIDE - size) // 2 for size in ink.shape)
    pad[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return pad
