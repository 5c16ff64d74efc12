"""What the classes view says: a sentence for each step of the training, the facts around the drawings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine.shapes import Array
from ..images import OWN
from ..numbers import percent, write, write_limit
from .class_examples import FIRST
from .settings import FIRST_NAMES, ClassesSettings
from .training import Training

DIGITS = 3  # of a loss


def sentences(training: Training, probabilities: Array, names: Sequence[str], updates: int) -> list[str]:
    """One for each step shown. probabilities: (S, K)"""
    if not training.is_trained:
        return [f"{missing(training, names)} Until then every class is equally probable."]
    count = len(training.labels)
    steps = zip(training.steps.tolist(), training.losses.tolist(), training.correct.tolist(), probabilities, strict=True)
    return [
        f"Step {step} of {updates}: the loss is {_loss(loss)}, {right} of {count} examples are read correctly. "
        f"The picture: {answer(row, names)}."
        for step, loss, right, row in steps
    ]  # fmt: skip


def answer(probabilities: Array, names: Sequence[str]) -> str:
    """The classes with their probabilities, the most probable first."""
    order = np.argsort(-probabilities, kind="stable").tolist()
    return ", ".join(f"{names[n]} {percent(float(probabilities[n]))} %" for n in order)


def missing(training: Training, names: Sequence[str]) -> str:
    """Which classes still need examples."""
    counts = np.bincount(training.labels.astype(np.intp), minlength=len(names))
    without = [f"“{name}”" for name, count in zip(names, counts, strict=True) if not count]
    return f"Add at least one example to {' and to '.join(without)}."


def facts(settings: ClassesSettings, training: Training, probabilities: Array) -> dict[str, str]:
    """Short texts by the name under which the page shows them. probabilities: (S, K)"""
    names = settings.class_names
    shape = "×".join(map(str, training.weights.shape[1:]))
    end = write_limit(float(np.abs(training.weights[-1]).max()))
    losses = f"from {_loss(training.losses[0])} to {_loss(training.losses[-1])}"
    return {
        "source": "SqueezeNet stays as it is and makes 512 features of each picture, the means of fire9’s maps, divided by "
        f"their length. Trained are only {shape} weights and {len(names)} biases of a softmax regression.",
        "size": "Blue is positive, orange negative, background colour = 0.",
        "input": "My drawing" if settings.image == "drawing" else _whose(settings),
        "scores": f"after step {settings.updates}: {answer(probabilities[-1], names)}" if training.is_trained else "",
        "loss": losses if training.is_trained else "",
        "weights": f"{shape} after the step shown",
        "weights_low": f"−{end}", "weights_high": end, "weights_palette": "signed",
        "accuracy": _accuracy(training, names),
        "paints": "drawing" if settings.image == "drawing" else "", "paints_at": "0 0 28",
        "call": call_of(settings, own=training.labels.size != sum(map(len, FIRST)) or settings.classes != FIRST_NAMES),
        "start": str(len(training.steps) - 1),
    }  # fmt: skip


def _whose(settings: ClassesSettings) -> str:
    if settings.image != OWN:
        return settings.image
    return "Your own picture" if settings.picture else "Choose a file or use the webcam"


def _accuracy(training: Training, names: Sequence[str]) -> str:
    """The leave-one-out accuracy in a sentence, or what it needs."""
    if not training.is_trained:
        return missing(training, names)
    if training.left_out is None:
        return "With two examples or more of each class you learn here how well new pictures are read."
    right, count = int(np.trace(training.confusion)), len(training.labels)
    low, high = (percent(end) for end in training.interval)
    return (
        f"Leave-one-out accuracy: {right} of {count} = {percent(right / count)} %, 95 % interval {low} % to {high} %. Each "
        "example was read by a classifier trained without it; of the examples that it has seen, it reads "
        f"{training.correct[-1]} of {count}."
    )


def _loss(loss: float) -> str:
    return write(float(f"{loss:.{DIGITS}g}"))


def call_of(settings: ClassesSettings, *, own: bool) -> str:
    """A program that prints the probabilities of the classes."""
    picture = f'photo("{settings.image}", 224, files)'
    if settings.image in (OWN, "drawing"):
        picture = 'np.load("picture.npy")  # which only you have: 224×224×3 numbers in 0..255'
    examples = 'load(Path("my-classes.npz").read_bytes())[1]  # saved by the view' if own else "first_examples(files)"
    training = f"{settings.updates}, {settings.learning_rate:g}, weight_decay={settings.weight_decay:g}"
    return "\n".join([
        *(["from pathlib import Path", ""] if own else []),
        "import numpy as np",
        "",
        "from convoscope.engine.softmax_regression import DescentSettings, SoftmaxRegression, unit_length",
        f"from convoscope.views.classes.class_examples import {'load' if own else 'first_examples'}",
        "from convoscope.views.files import DiskFiles",
        "from convoscope.views.imagenet import features_of",
        *([] if "np.load" in picture else ["from convoscope.views.images import photo"]),
        "",
        "files = DiskFiles()",
        f"examples = {examples}",
        "features = unit_length(np.array([one.features for one in examples]))",
        "labels = np.array([one.number for one in examples])",
        f"classifier = SoftmaxRegression(features, labels, {len(settings.class_names)}, DescentSettings({training}))",
        f"for _ in range({settings.updates}):",
        "    classifier.step()",
        f"picture = {picture}",
        "print(classifier.probabilities(unit_length(features_of(picture, files)[np.newaxis])))",
    ])  # fmt: skip
