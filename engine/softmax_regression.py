"""Softmax regression: a weight for each feature and class, learned from all examples at once, from zero on.

    logits = features · weightᵀ + bias      loss = mean cross-entropy      (slides 5-12: the lecture's Case 1, with K classes)

The loss is convex, so that gradient descent from zero needs no seed: the same examples in any order give the same weights.
How well it reads what it has not seen is estimated from the examples themselves: each is left out once, the others train anew,
and the one that was left out is read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .linear import linear, linear_backward
from .losses import Labels, cross_entropy, cross_entropy_backward, stable_softmax
from .optimisers import SGD
from .shapes import Array, ShapeError


@dataclass(frozen=True)
class DescentSettings:
    """How gradient descent goes. steps: updates, each by all examples; weight_decay: as SGD's."""

    steps: int = 100
    learning_rate: float = 1.0
    momentum: float = 0.0
    weight_decay: float = 0.001


class SoftmaxRegression:
    """The classifier and its training, one step at a time. weight: (K, F), bias: (K,), both float64 and 0 at first."""

    def __init__(self, features: Array, labels: Labels, class_count: int, descent: DescentSettings) -> None:
        """features: (N, F), labels: (N,) of 0..K−1."""
        if features.ndim != 2 or labels.shape != features.shape[:1] or not len(labels):
            raise ShapeError(
                f"features have shape {features.shape} and labels {labels.shape}, but (N, F) and (N,) with N of at least 1 "
                "are wanted; give one row of features and one class number for each example"
            )
        self.features, self.labels = features.astype(np.float64), labels
        self.weight, self.bias = np.zeros((class_count, features.shape[1])), np.zeros(class_count)
        self._optimiser = SGD(
            [self.weight, self.bias], descent.learning_rate, momentum=descent.momentum, weight_decay=descent.weight_decay
        )

    @property
    def logits(self) -> Array:
        """Of the examples. -> (N, K)"""
        return linear(self.features, self.weight, self.bias)

    @property
    def loss(self) -> float:
        """The mean cross-entropy of the examples, in nats."""
        return cross_entropy(self.logits, self.labels)

    def gradient(self) -> tuple[Array, Array]:
        """The slope of the loss with regard to weight and bias. -> (K, F), (K,)"""
        grad_logits = cross_entropy_backward(self.logits, self.labels)
        _, grad_weight, grad_bias = linear_backward(grad_logits, self.features, self.weight)
        return grad_weight, grad_bias

    def step(self) -> None:
        """One update of weight and bias by all examples."""
        self._optimiser.step(self.gradient())

    def probabilities(self, features: Array) -> Array:
        """Read new examples. features: (M, F) -> (M, K)."""
        return stable_softmax(linear(features.astype(np.float64), self.weight, self.bias))


def unit_length(features: Array) -> Array:
    """Each row divided by its length, so that a bright and a dark picture weigh alike. (N, F) -> (N, F)."""
    lengths = np.sqrt((features.astype(np.float64) ** 2).sum(axis=1, keepdims=True))
    scaled: Array = features / np.maximum(lengths, np.finfo(np.float64).tiny)
    return scaled


def leave_one_out_loops(features: Array, labels: Labels, class_count: int, descent: DescentSettings) -> Array:
    """What is read of each example by a classifier that has not seen it. features: (N, F), labels: (N,) -> (N, K)."""
    read = np.empty((len(labels), class_count))
    for n in range(len(labels)):
        others = np.arange(len(labels)) != n
        classifier = SoftmaxRegression(features[others], labels[others], class_count, descent)
        for _ in range(descent.steps):
            classifier.step()
        read[n] = classifier.probabilities(features[n : n + 1])[0]
    return read


def leave_one_out(features: Array, labels: Labels, class_count: int, descent: DescentSettings) -> Array:
    """The same with all N trainings side by side: (N, F), (N,) -> (N, K).

    A weight that starts at zero is always a sum of examples, weight = Σ_j share[k, j] · features[j]; so the shares are trained,
    N of them for each class instead of F weights, and all that is needed of the features is how alike the examples are.
    """
    N, K = len(labels), class_count
    rows = features.astype(np.float64)
    alike = rows @ rows.T + 1  # the 1 is the bias, whose feature is always 1
    targets = np.eye(K)[labels].T  # (K, N)
    weighs = (1 - np.eye(N))[:, np.newaxis] / max(N - 1, 1)  # training n does not see example n
    shares, velocity = np.zeros((2, N, K, N))  # training n, class k, example j
    for _ in range(descent.steps):
        logits = (shares.reshape(-1, N) @ alike).reshape(N, K, N)
        gradient = (stable_softmax(logits) - targets) * weighs + descent.weight_decay * shares
        velocity = descent.momentum * velocity + gradient
        shares -= descent.learning_rate * velocity
    own = np.einsum("nkj,jn->nk", shares, alike)
    return stable_softmax(own)
