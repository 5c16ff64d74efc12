"""What the filters view draws: the pictures of the ascent, its curve, the patches with their values."""

from __future__ import annotations

import numpy as np

from ..files import Files
from ..grid import floats
from ..trace import Columns, Texts
from ..units.windows import clip
from .excitation import Climb, Survey, pixels_of
from .settings import FiltersSettings
from .words import number

ACROSS, DOWN = 4, 3  # patches
PATCH = 64  # pixels a side as it is drawn
SIDE = 0.94  # of a patch, in widths of a column
NAME, VALUE = 0.025, 0.06  # how far below a patch its name and its value stand
PLOT = (0.16, 0.14, 0.8, 0.76)  # of the curve: left, bottom, width, height in the unit square
LETTERS, LABEL = 0.06, 0.034  # height of the letters of the curve and below a patch
Pair = tuple[dict[str, Columns], dict[str, Columns]]  # what stays, what moves


def ascent(climb: Climb) -> dict[str, Columns]:
    """All pictures of the ascent, and the last one as it is drawn first. -> columns of ascent and of ascent_film"""
    return {
        "ascent": {"image": _opaque(climb.pictures[-1])[np.newaxis], **floats(x=np.zeros(1), y=0, dw=1, dh=1)},
        "ascent_film": {"pixels": np.stack(climb.pictures)},
    }


def _opaque(pixels: np.ndarray) -> np.ndarray:
    opaque = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    opaque[:, :, :3] = pixels
    return opaque


def curve(climb: Climb, steps: int) -> Pair:
    """How strongly the pictures excite the channel, from 0 on or from below it, and where the one shown is."""
    left, bottom, width, height = PLOT
    values = np.array(climb.values)
    low, high = min(0.0, float(values.min())), max(float(values.max()), 1e-9)
    x = left + width * np.array(climb.steps) / steps
    y = bottom + height * (values - low) / (high - low)
    axes = np.array([(left, bottom, left + width, bottom), (left, bottom, left, bottom + height)]).T
    texts = [number(high), number(low), "0", f"{steps} steps"]
    places = np.array([(left / 2, bottom + height), (left / 2, bottom), (left, bottom / 2), (left + width * 0.88, bottom / 2)])
    still: dict[str, Columns] = {
        "curve_line": {**floats(x=x, y=y)},
        "curve_axes": {**floats(x=axes[0], y=axes[1], x1=axes[2], y1=axes[3])},
        "curve_words": {"text": Texts.of(texts), **floats(x=places[:, 0], y=places[:, 1], size=LETTERS)},
    }
    return still, {"curve_now": {**floats(x=x[:, np.newaxis], y=y[:, np.newaxis])}}


def patches(settings: FiltersSettings, survey: Survey, files: Files) -> dict[str, Columns]:
    """The patches of the pictures that excite the channel most, with names and values. Raises FileNeeded."""
    strongest = survey.strongest(settings.channel)
    places = np.arange(len(strongest))
    column, row = places % ACROSS, places // ACROSS
    side = SIDE / ACROSS
    left, bottom = (column + (1 - SIDE) / 2) / ACROSS, 1 - row / DOWN - side
    images = [patch(survey.window(one, settings.channel), pixels_of(settings, one.name, files)) for one in strongest]
    values = [number(float(one.values[settings.channel])) for one in strongest]
    # Until the first picture is looked through there is nothing to draw.
    return {
        "patches": {
            "image": np.stack(images) if images else np.zeros((0, PATCH, PATCH, 4), np.uint8),
            **floats(x=left, y=bottom, dw=side, dh=side),
        },
        "patch_names": {"text": Texts.of([one.name for one in strongest]), **floats(x=left, y=bottom - NAME, size=LABEL)},
        "patch_values": {"text": Texts.of(values), **floats(x=left, y=bottom - VALUE, size=LABEL)},
    }


def patch(edges: tuple[int, int, int, int], pixels: np.ndarray) -> np.ndarray:
    """What a unit sees of a picture, as large as every patch: each pixel is that of the picture there. -> (64, 64, 4) uint8

    edges: top, left, bottom, right in the network's input. A part that is not square has paper at its sides.
    """
    rows, columns = pixels.shape[:2]
    top, left, bottom, right = clip(edges, rows, columns)
    side = max(bottom - top, right - left)
    across = left - (side - (right - left)) // 2 + np.arange(PATCH) * side // PATCH
    down = top - (side - (bottom - top)) // 2 + np.arange(PATCH) * side // PATCH
    colours = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
    found = _opaque(colours[down.clip(0, rows - 1)[:, np.newaxis], across.clip(0, columns - 1)])
    is_inside = ((down >= top) & (down < bottom))[:, np.newaxis] & ((across >= left) & (across < right))
    found[~is_inside] = 0
    return found
