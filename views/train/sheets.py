"""The digits that the train view shows, and the confusion matrix."""

from __future__ import annotations

import numpy as np

from ...engine import CLASS_COUNT, IMAGE_SIZE, Evaluation
from ..trace import Columns, Texts
from .digits import Digits
from .look import Look
from .moments import Moment
from .run import BATCH_SHOWN

DISTANCE = IMAGE_SIZE + 2  # pixels from one digit of the batch to the next
LEAST_WRITTEN = 0.05  # probability: smaller bars have no number, ten of them stand side by side
MOST_BEHIND = 40  # digits behind a cell of the confusion matrix


def example(look: Look, input_shape: tuple[int, ...]) -> dict[str, Columns]:
    """The digit whose maps are shown, what the network sees of it, and what it says."""
    p = look.probabilities[0]
    return {
        "example_image": {"image": look.images[:1]} | _places(1),
        "example_crop": _crops(np.zeros((1, 2), int), input_shape),
        "example_bars": {
            "digit": np.arange(CLASS_COUNT, dtype=np.int32),
            "probability": p.astype(np.float32),
            "text": Texts.of(
                [f"{100 * value:.0f}\N{NARROW NO-BREAK SPACE}%" if value >= LEAST_WRITTEN else "" for value in p.tolist()]
            ),
        },
    }


def batch(moment: Moment, digits: Digits, input_shape: tuple[int, ...]) -> dict[str, Columns]:
    """The first digits of the last batch, and the windows through which the network saw them."""
    if not moment.step:
        images, labels, shifts = np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), np.uint8), np.zeros(0, np.uint8), np.zeros((0, 2), int)
    else:
        every_image, every_label = digits.of_pass(moment.position.epoch - 1)
        images, labels, shifts = every_image[moment.batch], every_label[moment.batch], moment.shifts[: len(moment.batch)]
    return {
        "batch_images": {"image": images[:BATCH_SHOWN], "label": labels.astype(np.uint8)} | _places(len(images)),
        "batch_crops": _crops(shifts, input_shape),
    }


def samples(look: Look) -> dict[str, Columns]:
    """Twelve test digits and what the network says of each."""
    n = np.arange(1, len(look.indices))
    labels, predictions = look.labels[n], look.predictions[n]
    return {
        "samples": {
            "index": np.array(look.indices, np.int32)[n],
            "label": labels.astype(np.uint8),
            "guess": predictions.astype(np.uint8),
            "right": (labels == predictions).astype(np.uint8),
            "probabilities": look.probabilities[n].astype(np.float32),
        },
        "sample_images": {"image": look.images[n]},
    }


def confusion(tested: Evaluation | None) -> dict[str, Columns]:
    """How often each digit was read as each."""
    table = tested.confusion if tested else np.zeros((0, 0), int)
    rows, columns = np.indices(table.shape).reshape(2, -1).astype(np.int32)
    shares = table / np.maximum(1, table.sum(axis=1, keepdims=True))
    return {
        "confusion": {
            "row": rows,
            "column": columns,
            "value": table.ravel().astype(np.int32),
            "share": shares.ravel().astype(np.float32),
            "text": Texts.of([f"{count:,}" for count in table.ravel().tolist()]),
        }
    }


def behind(tested: Evaluation | None, cell: str, digits: Digits) -> tuple[dict[str, Columns], str]:
    """The digits of one cell, "true,read as", and a title. Raises FileNeeded, DataError or OSError."""
    found, title = np.zeros(0, np.int64), ""
    true, _, read = cell.partition(",")
    if tested and true.isdecimal() and read.isdecimal() and max(int(true), int(read)) < CLASS_COUNT:
        _, labels = digits.test.all()
        found = np.flatnonzero((labels == int(true)) & (tested.predictions == int(read)))
        title = f"{len(found):,} of the test digits are a {true} read as {read}"
        title += f"; the first {MOST_BEHIND} are shown" if len(found) > MOST_BEHIND else ""
    shown = found[:MOST_BEHIND]
    images = digits.tests(shown.tolist())[0] if len(shown) else np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    same = np.ones(len(shown), np.uint8)
    sources: dict[str, Columns] = {
        "cell_digits": {
            "index": shown.astype(np.int32),
            "label": same * int(true if title else 0),
            "guess": same * int(read if title else 0),
        },
        "cell_images": {"image": images},
    }
    return sources, title


def _places(count: int) -> Columns:
    """Lower left corners and sizes of digits in a row."""
    sides = np.full(count, IMAGE_SIZE, np.float32)
    return {"x": DISTANCE * np.arange(count, dtype=np.float32), "y": 0 * sides, "dw": sides, "dh": sides}


def _crops(shifts: np.ndarray, input_shape: tuple[int, ...]) -> Columns:
    """The windows that the network sees: a digit that moves down is seen through a window that moves up."""
    n, (height, width) = len(shifts), input_shape[1:]
    middle = IMAGE_SIZE / 2
    return {
        "x": (DISTANCE * np.arange(n) + middle - shifts[:, 1]).astype(np.float32),
        "y": (middle + shifts[:, 0]).astype(np.float32),
        "w": np.full(n, width, np.float32),
        "h": np.full(n, height, np.float32),
    }
