"""From cells to text and back: a drawing on the pad as hexadecimal digits, and a photographed digit as such a drawing."""

from __future__ import annotations

import numpy as np

from ...engine.digits import area_shares
from ..settings import SettingError
from .settings import Pad

LEAST_CONTRAST = 40  # of 255, between ink and paper


def ink_of(digits: str) -> np.ndarray:
    """A drawing's cells. digits: as settings.Pad has them, "" for none -> (56, 56) of 0 or 1."""
    packed = np.frombuffer(bytes.fromhex(digits), np.uint8) if digits else np.zeros(Pad.DIGITS // 2, np.uint8)
    return np.unpackbits(packed).reshape(Pad.SIDE, Pad.SIDE).astype(np.float64)


def digits_of(ink: np.ndarray) -> str:
    """Write a drawing. ink: (56, 56) of bool."""
    return np.packbits(ink).tobytes().hex() if ink.any() else ""


def ink_of_picture(grey: np.ndarray) -> str:
    """Trace a digit on paper, dark on light or light on dark. grey: (H, W) of 0..255 -> digits of a drawing.

    What differs from the paper more than halfway is ink (Otsu's threshold). Raises SettingError if nothing stands out.
    """
    side = min(grey.shape)
    shares = area_shares(side, Pad.SIDE)
    small = shares @ grey[:side, :side] @ shares.T
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    difference = np.abs(small - np.median(border))
    if difference.max() < LEAST_CONTRAST:
        raise SettingError("nothing stands out in that picture; choose one of a dark digit on light paper")
    ink = difference > _threshold(difference)
    return digits_of(ink)


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
