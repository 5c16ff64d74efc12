"""What the train view shows beside its layers: curves, checkpoints, digits, and the confusion matrix."""

from __future__ import annotations

import numpy as np

from ...engine import CLASS_COUNT, IMAGE_SIZE, Evaluation
from ..grid import Coordinates, floats
from ..trace import Sources, Texts
from .dataset import Dataset
from .inspection import Inspection
from .run_history import Checkpoint, Checkpoints, LearningCurves
from .training_run import BATCH_SHOWN

DISTANCE = IMAGE_SIZE + 2  # pixels from one digit of the batch to the next
LEAST_WRITTEN = 0.05  # probability: smaller bars have no number, ten of them stand side by side
MOST_CELL_DIGITS = 40  # digits shown of a cell of the confusion matrix


def curves(name: str, curves: LearningCurves) -> Sources:
    """Three sources: the loss, the accuracies of every batch, and those on all test digits."""
    columns = curves.columns()
    return {
        f"{name}_loss": {key: columns[key] for key in ("examples", "seconds", "raw", "smoothed")},
        f"{name}_accuracy": {key: columns[key] for key in ("examples", "training", "validation")},
        f"{name}_tests": {**curves.test_columns()},
    }


def checkpoints(checkpoints: Checkpoints, shown: Checkpoint) -> Sources:
    """Every checkpoint of the run, and where in the curves the one that is shown stands."""
    every = checkpoints.all
    return {
        "checkpoints": {
            "step": np.array([one.step for one in every], np.int32),
            "examples": np.array([one.position.examples_seen for one in every], np.int32),
            **floats(loss=np.array([one.curves.loss.value for one in every])),
            "tested": np.array([one.evaluation is not None for one in every], np.uint8),
        },
        "here": floats(examples=np.array([shown.position.examples_seen])),
    }


def example(inspection: Inspection, input_shape: tuple[int, ...]) -> Sources:
    """The digit whose maps are shown, what the network sees of it, and what it says."""
    p = inspection.probabilities[0]
    return {
        "example_image": {"image": inspection.images[:1]} | _places(1),
        "example_crop": _crops(np.zeros((1, 2), int), input_shape),
        "example_bars": {
            "digit": np.arange(CLASS_COUNT, dtype=np.int32),
            "probability": p.astype(np.float32),
            "text": Texts.of([f"{100 * n:.0f}\N{NARROW NO-BREAK SPACE}%" if n >= LEAST_WRITTEN else "" for n in p.tolist()]),
        },
    }


def batch(checkpoint: Checkpoint, dataset: Dataset, input_shape: tuple[int, ...]) -> Sources:
    """The first digits of the last batch, and the windows through which the network saw them."""
    if not checkpoint.step:
        images, labels, shifts = np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), np.uint8), np.zeros(0, np.uint8), np.zeros((0, 2), int)
    else:
        images, labels = (part[checkpoint.batch] for part in dataset.training_examples(checkpoint.position.epoch))
        shifts = checkpoint.shifts[: len(checkpoint.batch)]
    return {
        "batch_images": {"image": images[:BATCH_SHOWN], "label": labels.astype(np.uint8)} | _places(len(images)),
        "batch_crops": _crops(shifts, input_shape),
    }


def samples(inspection: Inspection) -> Sources:
    """Twelve test digits and what the network says of each."""
    labels, predictions = inspection.labels[1:], inspection.predictions[1:]
    return {
        "samples": {
            "index": np.array(inspection.indices[1:], np.int32),
            "label": labels.astype(np.uint8),
            "prediction": predictions.astype(np.uint8),
            "correct": (labels == predictions).astype(np.uint8),
            "probabilities": inspection.probabilities[1:].astype(np.float32),
        },
        "sample_images": {"image": inspection.images[1:]},
    }


def confusion(evaluation: Evaluation | None) -> Sources:
    """How many test digits of each class were predicted as each."""
    table = evaluation.confusion if evaluation else np.zeros((0, 0), int)
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


def cell_digits(evaluation: Evaluation | None, cell: str, dataset: Dataset) -> tuple[Sources, str]:
    """The digits of one cell, "true,predicted", and a title. Raises FileNeeded, DataError or OSError."""
    indices, label, prediction, title = np.zeros(0, np.int64), 0, 0, ""
    true, _, predicted = cell.partition(",")
    if evaluation and true.isdecimal() and predicted.isdecimal() and max(int(true), int(predicted)) < CLASS_COUNT:
        label, prediction = int(true), int(predicted)
        indices = np.flatnonzero((dataset.test.all()[1] == label) & (evaluation.predictions == prediction))
        title = f"{len(indices):,} test digits of class {label} predicted as {prediction}"
        title += f"; the first {MOST_CELL_DIGITS} are shown" if len(indices) > MOST_CELL_DIGITS else ""
    shown = indices[:MOST_CELL_DIGITS]
    images = dataset.test_digits(shown.tolist())[0] if len(shown) else np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    sources: Sources = {
        "cell_digits": {
            "index": shown.astype(np.int32),
            "label": np.full(len(shown), label, np.uint8),
            "prediction": np.full(len(shown), prediction, np.uint8),
        },
        "cell_images": {"image": images},
    }
    return sources, title


def _places(count: int) -> Coordinates:
    """Lower left corners and sizes of digits in a row."""
    return floats(x=DISTANCE * np.arange(count), y=0, dw=IMAGE_SIZE, dh=IMAGE_SIZE)


def _crops(shifts: np.ndarray, input_shape: tuple[int, ...]) -> Coordinates:
    """The windows that the network sees: a digit that moves down is seen through a window that moves up."""
    n, middle, (height, width) = len(shifts), IMAGE_SIZE / 2, input_shape[1:]
    x, y = DISTANCE * np.arange(n) + middle - shifts[:, 1], middle + shifts[:, 0]
    return floats(x=x, y=y, w=width, h=height)
