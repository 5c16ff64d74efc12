"""How the classifier comes about: the softmax regression at some of its steps, and what it reads of examples left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import softmax, wilson_interval
from ...engine.evaluation import Numbers
from ...engine.shapes import Array
from ...engine.softmax_regression import DescentSettings, SoftmaxRegression, leave_one_out, unit_length
from ..imagenet import FEATURES

SHOWN = 21  # steps that are shown, the first and the last among them


@dataclass(frozen=True)
class Training:
    """A training at S of its steps.

    steps: (S,); losses, correct: (S,), the loss and the examples read as what they are; weights: (S, K, 512); biases: (S, K);
    left_out: (N,) the class that each example is read as by a classifier that has not seen it, or None if a class would be
    left without an example.
    """

    labels: Numbers
    steps: Numbers
    losses: Array
    correct: Numbers
    weights: Array
    biases: Array
    left_out: Numbers | None = None

    def probabilities(self, features: Array) -> Array:
        """A picture as the classifier reads it at each step. features: (512,) -> (S, K)."""
        return softmax(self.weights @ unit_length(features[np.newaxis])[0] + self.biases)

    @property
    def is_trained(self) -> bool:
        """Whether every class had an example."""
        return len(self.steps) > 1

    @property
    def confusion(self) -> Numbers:
        """How many examples of each class are read as which when they are left out. -> (K, K), row: true class"""
        counts = np.zeros((self.weights.shape[1],) * 2, np.int64)
        if self.left_out is not None:
            np.add.at(counts, (self.labels, self.left_out), 1)
        return counts

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the leave-one-out accuracy."""
        right = np.array([np.trace(self.confusion)])
        low, high = wilson_interval(right, np.array([len(self.labels)]))
        return float(low[0]), float(high[0])


def train(features: Array, labels: Numbers, class_count: int, descent: DescentSettings) -> Training:
    """Train on these examples; if a class has none, nothing is trained. features: (N, 512), labels: (N,)."""
    counts = np.bincount(labels.astype(np.intp), minlength=class_count)
    if not counts.all():
        nothing = np.zeros(1, np.int64)
        losses = np.full(1, np.log(class_count))
        return Training(labels, nothing, losses, nothing, np.zeros((1, class_count, FEATURES)), np.zeros((1, class_count)))
    classifier = SoftmaxRegression(unit_length(features), labels, class_count, descent)
    shown = np.unique(np.rint(np.linspace(0, descent.steps, SHOWN)).astype(np.int64))
    rows = []
    for step in range(descent.steps + 1):
        if step:
            classifier.step()
        if step in shown:
            correct = int((classifier.logits.argmax(axis=1) == labels).sum())
            rows.append((classifier.loss, correct, classifier.weight.copy(), classifier.bias.copy()))
    losses, correct_counts, weights, biases = (np.array(column) for column in zip(*rows, strict=True))
    left_out = leave_one_out(unit_length(features), labels, class_count, descent) if counts.min() > 1 else None
    numbers = None if left_out is None else left_out.argmax(axis=1)
    return Training(labels, shown, losses, correct_counts, weights, biases, numbers)
