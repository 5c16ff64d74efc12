"""The photograph of the features view in grey and in colour, and what SIFT says of it and of its turned copy."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ...engine import SiftFeatures, Similarity, sift, warp
from ..files import Files
from ..images import brightness, chosen_photo
from .settings import MOST_KEYPOINTS, SIDE, FeaturesSettings

WHITE = 255.0


def colours_of(settings: FeaturesSettings, files: Files) -> np.ndarray:
    """-> (128, 128, 3) uint8. Raises FileNeeded."""
    return chosen_photo(settings.image, settings.picture, SIDE, files)


def grey_of(settings: FeaturesSettings, files: Files) -> np.ndarray:
    """-> (128, 128) of 0..255, whole numbers. Raises FileNeeded."""
    return brightness(colours_of(settings, files))


def sift_of(settings: FeaturesSettings, files: Files) -> SiftFeatures:
    """What SIFT says of the photograph."""
    return _sift(grey_of(settings, files).tobytes())


def by_contrast(features: SiftFeatures) -> list[int]:
    """The numbers of the keypoints, those of the highest contrast first, at most as many as can be chosen."""
    strength = [-abs(float(features.extrema.value[one.extremum])) for one in features.keypoints]
    return np.argsort(np.round(strength, 9), kind="stable")[:MOST_KEYPOINTS].tolist()  # type: ignore[no-any-return]


def keypoint_table(features: SiftFeatures) -> np.ndarray:
    """All keypoints in the order of their descriptors: row, column, σ in pixels, angle in radians. -> (n, 4)"""
    return np.array([(one.row, one.column, one.sigma, one.angle) for one in features.keypoints], float).reshape(-1, 4)


def similarity_of(settings: FeaturesSettings) -> Similarity:
    """How the second picture came about."""
    return Similarity(settings.turn, settings.scale, (settings.shift_down, settings.shift_across))


def second_grey(settings: FeaturesSettings, files: Files) -> np.ndarray:
    """The second picture. -> (128, 128) of 0..255."""
    return _warped(grey_of(settings, files).tobytes(), similarity_of(settings))


def second_sift(settings: FeaturesSettings, files: Files) -> SiftFeatures:
    """What SIFT says of the second picture."""
    return _sift(second_grey(settings, files).tobytes())


@lru_cache(maxsize=4)
def _warped(grey: bytes, similarity: Similarity) -> np.ndarray:
    return warp(_image(grey), similarity, outside=WHITE / 2)


@lru_cache(maxsize=4)
def _sift(grey: bytes) -> SiftFeatures:
    return sift(_image(grey) / WHITE)


def _image(grey: bytes) -> np.ndarray:
    return np.frombuffer(grey, np.float64).reshape(SIDE, SIDE)
