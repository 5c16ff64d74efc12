"""A program that prints what the features view shows."""

from __future__ import annotations

import json

import numpy as np

from .. import snippet
from ..images import OWN
from .settings import PATCH_CELLS, SIDE, FeaturesSettings

USUAL = {"cell": 8, "bins": 9, "block": 2, "norm": "L2-Hys", "votes": "bilinear"}


def calls_of(settings: FeaturesSettings, image: np.ndarray) -> dict[str, str]:
    """Programs as facts: the engine's calls; of HOG also for NumPy alone. image: (128, 128) of 0..255"""
    load, more = (snippet.own_picture((SIDE, SIDE)), []) if settings.image == OWN else snippet.grey_photo(settings.image, SIDE)
    pixels = None if settings.image == OWN else image
    if settings.method == "hog":
        lines = [f"feature = hog(x{_chosen(settings, *USUAL)})", "print(feature.shape)", _block(settings)]
        return snippet.calls(["hog"], load, *lines, more=more, pixels=pixels)
    if settings.method == "learned":
        row, column = settings.row, settings.column
        lines = [
            f"cells = cell_histograms(x{_chosen(settings, 'cell', 'bins', 'votes')})",
            f"patch = cells[{row} : {row + PATCH_CELLS}, {column} : {column + PATCH_CELLS}]",
            f'print(normalise_block(patch.ravel(), "{settings.norm}"))',
        ]
        return snippet.calls(["cell_histograms", "normalise_block"], load, *lines, more=more, pixels=pixels)
    if settings.method == "sift":
        lines = ["features = sift(x / 255)", "print(features.extrema.counts())", *_strongest(settings.keypoint)]
        return {"call": snippet.program(["sift"], load, *lines, more=more)}
    return {"call": snippet.program(["Similarity", "match", "sift", "warp"], load, *_matching(settings), more=more)}


def _chosen(settings: FeaturesSettings, *names: str) -> str:
    """The keywords that differ from the usual ones."""
    values = {name: getattr(settings, name) for name in names if getattr(settings, name) != USUAL[name]}
    return "".join(f", {name}={json.dumps(value)}" for name, value in values.items())


def _block(settings: FeaturesSettings) -> str:
    return f"print(feature[{settings.row}, {settings.column}])  # the block that is shown"


def _strongest(keypoint: int) -> list[str]:
    """The keypoints in the order of their contrast."""
    return [
        "contrast = [-abs(features.extrema.value[one.extremum]) for one in features.keypoints]",
        f"number = np.argsort(np.round(contrast, 9), kind=\"stable\")[{keypoint}]",
        "print(features.keypoints[number])",
        "print(features.descriptors[number].reshape(4, 4, 8))",
    ]


def _matching(settings: FeaturesSettings) -> list[str]:
    similarity = f"Similarity({settings.turn}, {settings.scale}, ({settings.shift_down}, {settings.shift_across}))"
    return [
        f"similarity = {similarity}",
        "first, second = sift(x / 255), sift(warp(x, similarity, outside=127.5) / 255)",
        f"pairs = match(first.descriptors, second.descriptors, ratio={settings.ratio})",
        "places, others = (np.array([(one.row, one.column) for one in each.keypoints]) for each in (first, second))",
        "apart = np.hypot(*(similarity.moved(places, x.shape)[pairs.first] - others[pairs.second]).T)",
        'print(len(apart), "matches,", int((apart <= 3).sum()), "right")',
    ]
