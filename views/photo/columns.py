"""The sources of the small drawings: photograph, most probable classes, a class's map, conv1's filters in colour."""

from __future__ import annotations

import numpy as np

from ...engine.shapes import Array
from ..grid import limit_of, shade
from ..imagenet import ImageClass, most_probable
from ..numbers import percent, write
from ..pointing import pointing_at_all
from ..trace import Columns, Texts
from ..units.activations import Activations

SHOWN = 5  # classes with bars
FILTERS_ACROSS = 8
ROW = 1 / SHOWN


def colours(pixels: np.ndarray) -> Columns:
    """One picture that fills the unit square. pixels: (H, W, 3) or (H, W, 4) uint8"""
    opaque = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    opaque[:, :, : pixels.shape[2]] = pixels
    return {"image": opaque[np.newaxis], **_whole()}


def values_over(values: Array) -> tuple[Columns, float]:
    """Numbers in colours over the whole unit square. values: (H, W) -> columns, the end of their scale"""
    limit = limit_of(values)
    return {"image": shade(values, limit)[np.newaxis], **_whole()}, limit


def _whole() -> Columns:
    return {name: np.array([place], np.float32) for name, place in (("x", 0), ("y", 0), ("dw", 1), ("dh", 1))}


def scores(probabilities: Array, classes: tuple[ImageClass, ...]) -> dict[str, Columns]:
    """A bar for each of the most probable classes, with its name and its probability."""
    best = most_probable(probabilities, SHOWN)
    tops = 1 - np.arange(SHOWN, dtype=np.float32) * ROW
    width = probabilities[best].astype(np.float32)
    bars = {"x": width / 2, "y": tops - np.float32(0.72 * ROW), "w": width, "h": np.full(SHOWN, 0.36 * ROW, np.float32)}
    words: Columns = {"y": tops - np.float32(0.3 * ROW), "size": np.full(SHOWN, 0.058, np.float32)}
    return {
        "score_bars": {**bars},
        "score_names": {"text": Texts.of([classes[n].name for n in best]), "x": np.zeros(SHOWN, np.float32), **words},
        "score_percents": {
            "text": Texts.of([f"{percent(float(probabilities[n]))} %" for n in best]),
            "x": np.ones(SHOWN, np.float32), **words,
        },
        "scores": {"row": np.arange(SHOWN, dtype=np.int32), "column": np.zeros(SHOWN, np.int32), "value": width},
        "score_boxes": pointing_at_all("scores", "Probability"),
    }  # fmt: skip


def class_table(activations: Activations, classes: tuple[ImageClass, ...]) -> dict[str, Columns]:
    """Every class with its names, probability and logit, to be searched."""
    probabilities, logits = activations.probabilities, activations.values[-2]
    rank = np.empty(len(classes), np.int32)
    rank[np.argsort(-probabilities, kind="stable")] = np.arange(1, len(classes) + 1)
    return {
        "classes": {
            "name": Texts.of([one.name for one in classes]),
            "synonyms": Texts.of([one.synonyms for one in classes]),
            "percent": Texts.of([f"{percent(p)} %" for p in probabilities.tolist()]),
            "logit": Texts.of([write(value) for value in logits.tolist()]),
            "rank": rank,
        }
    }


def filters(weight: Array) -> Columns:
    """Filters of three channels (blue, green, red) as colours, grey where the weight is 0. weight: (F, 3, kH, kW)"""
    count, _, rows, columns = weight.shape
    down = -(-count // FILTERS_ACROSS)
    cells = np.zeros((down * (rows + 1), FILTERS_ACROSS * (columns + 1), 4), np.uint8)
    levels = np.clip(weight[:, ::-1] / (2 * limit_of(weight)) + 0.5, 0, 1) * 255
    for number, level in enumerate(levels):
        row, column = divmod(number, FILTERS_ACROSS)
        top, left = row * (rows + 1), column * (columns + 1)
        cells[top : top + rows, left : left + columns, :3] = np.rint(level.transpose(1, 2, 0)).astype(np.uint8)
        cells[top : top + rows, left : left + columns, 3] = 255
    return colours(cells[:-1, :-1])
