"""What the classes view draws: bars, the loss, the weights, the examples, as columns of its trace."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...engine.shapes import Array
from ..grid import floats, limit_of, shade
from ..numbers import percent, write
from ..trace import Columns, Texts
from .class_examples import Examples, save
from .settings import ClassesSettings
from .training import Training

if TYPE_CHECKING:
    from .state import ClassesState

ACROSS, DOWN = 32, 16  # of a class's 512 weights
HEAD, GAP = 4, 2  # cells above a class's weights, and between two classes
BAR, NAME = 0.36, 0.3  # of a row of the bars: the height of a bar, the place of its name
LETTERS = 0.06
PLOT = (0.13, 0.14, 0.84, 0.78)  # of the loss: left, bottom, width, height in the unit square
Pair = tuple[dict[str, Columns], dict[str, Columns]]  # what stays, what moves


def colours(pixels: np.ndarray) -> Columns:
    """A picture that fills the unit square. pixels: (H, W, 3) uint8"""
    opaque = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    opaque[:, :, :3] = pixels
    return {"image": opaque[np.newaxis], **_whole()}


def _whole() -> Columns:
    return {**floats(x=np.zeros(1), y=0, dw=1, dh=1)}


def scores(probabilities: Array, names: Sequence[str]) -> Pair:
    """A bar for each class at each step. probabilities: (S, K)"""
    row = 1 / len(names)
    tops = 1 - np.arange(len(names)) * row
    width = probabilities.astype(np.float32)
    percents = Texts.of_steps([[f"{percent(value)} %" for value in line] for line in probabilities.tolist()])
    text = floats(y=tops - NAME * row, size=LETTERS)
    still: dict[str, Columns] = {
        "score_bars": {**floats(y=tops - 0.72 * row, h=BAR * row)},
        "score_names": {"text": Texts.of(names), **floats(x=np.zeros(len(names))), **text},
        "score_percents": {**floats(x=np.ones(len(names))), **text},
    }
    return still, {"score_bars": {"x": width / 2, "w": width}, "score_percents": {"text": percents}}


def loss(training: Training, updates: int) -> Pair:
    """The curve of the loss from all classes equally probable on, and where the step shown is."""
    left, bottom, width, height = PLOT
    top = max(float(training.losses.max()), math.log(training.weights.shape[1]))
    x = left + width * training.steps / max(updates, 1)
    y = bottom + height * training.losses / top
    guess = bottom + height * math.log(training.weights.shape[1]) / top
    lines = [(left, bottom, left + width, bottom), (left, bottom, left, bottom + height)]
    lines_x, lines_y, lines_x1, lines_y1 = np.array(lines).T
    words = [
        (write(float(f"{top:.3g}")), left / 2, bottom + height), ("0", left / 2, bottom), ("0", left, bottom / 2),
        (f"{updates} steps", left + width, bottom / 2), ("all equally probable", left + width, guess + 0.045),
    ]  # fmt: skip
    texts, words_x, words_y = zip(*words, strict=True)
    still: dict[str, Columns] = {
        "loss_line": {**floats(x=x, y=y)},
        "loss_axes": {**floats(x=lines_x, y=lines_y, x1=lines_x1, y1=lines_y1)},
        "loss_guess": {**floats(x=np.array([left]), y=guess, x1=left + width, y1=guess)},
        "loss_words": {"text": Texts.of(texts[:3]), **floats(x=np.array(words_x[:3]), y=np.array(words_y[:3]), size=LETTERS)},
        "loss_ends": {"text": Texts.of(texts[3:]), **floats(x=np.array(words_x[3:]), y=np.array(words_y[3:]), size=LETTERS)},
    }
    return still, {"loss_now": {**floats(x=x[:, np.newaxis], y=y[:, np.newaxis])}}


def weights(training: Training, names: Sequence[str]) -> dict[str, Columns]:
    """The weights of each class as a grid, the classes beside each other; and all steps of them, for the page to paint."""
    limit, count = limit_of(training.weights[-1]), len(names)
    rows, columns = HEAD + DOWN, count * (ACROSS + GAP) - GAP
    pictures = np.full((len(training.steps), rows, columns), np.nan, np.float32)
    for number in range(count):
        left = number * (ACROSS + GAP)
        own = training.weights[:, number].reshape(-1, DOWN, ACROSS)
        pictures[:, HEAD:, left : left + ACROSS] = shade(own, limit)
    lefts = np.arange(count) * (ACROSS + GAP) / columns
    width, height = ACROSS / columns, DOWN / rows
    return {
        "weights": {"image": pictures[-1:], **_whole()},
        "weight_boxes": {**floats(x=lefts, y=0, dw=width, dh=height)},
        "weight_names": {"text": Texts.of(names), **floats(x=lefts, y=1 - HEAD / rows / 2, size=HEAD / rows / 6)},
        "weight_pointed": {**floats(x=np.zeros(0), y=0, dw=0, dh=0)},
        "weight_steps": {"shade": pictures.ravel(), "value": training.weights.astype(np.float32).ravel()},
        "weight_places": {**floats(left=lefts, top=HEAD / rows, width=width, height=height)},
    }


def examples(own: Examples, training: Training, names: Sequence[str]) -> dict[str, Columns]:
    """The examples with their small pictures and what each is read as when it is left out; and how often."""
    pixels = np.array([one.thumbnail for one in own], np.uint8).reshape(-1)
    read = np.full(len(own), -1, np.int64) if training.left_out is None else training.left_out
    return {
        "examples": {"number": np.array([one.number for one in own], np.int32), "read": read.astype(np.int32)},
        "thumbnails": {"pixels": pixels},
        "class_names": {"text": Texts.of(names)},
        "confusion": {"count": training.confusion.astype(np.int32).ravel()},
    }


def backup(state: ClassesState, settings: ClassesSettings) -> Columns:
    """The file of the user's own examples, from which a new Python goes on; nothing if there are none."""
    data = save(state.examples(settings), settings.class_names) if state.own is not None else b""
    return {"bytes": np.frombuffer(data, np.uint8)}
