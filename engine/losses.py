"""Losses: how wrong the network is, as one number, and the gradient with which backpropagation starts.

    softmax:        probabilities[n, k] = exp(logits[n, k]) / Σ_l exp(logits[n, l])
    cross-entropy:  loss = −mean over n of log probabilities[n, labels[n]]
    squared error:  loss = mean over n of ½ Σ_k (out[n, k] − target[n, k])²

A loss is where the backward pass begins (d loss / d loss = 1), so its _backward takes no grad_out.
Formulas: CMU 10-601, Deep Learning (CNNs), 5 April 2017, slides 12 and 75.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .checks import check_rank, check_same_shape
from .shapes import Array, ShapeError

Labels = npt.NDArray[np.integer[Any]]


def softmax(logits: Array) -> Array:
    """Turn each row of scores into probabilities that sum to 1. logits: (N, K) -> (N, K)."""
    check_rank(logits, "logits", 2, "(N, K)")
    return stable_softmax(logits)


def softmax_backward(grad_out: Array, logits: Array) -> Array:
    """Send the gradient back: p · (grad_out − Σ_l grad_out·p). grad_out: (N, K) -> grad_logits: (N, K)."""
    probabilities = softmax(logits)
    check_rank(grad_out, "grad_out", 2, "(N, K)")
    check_same_shape(grad_out, "grad_out", logits.shape, "the output of softmax")
    grad_logits: Array = probabilities * (grad_out - (grad_out * probabilities).sum(axis=1, keepdims=True))
    return grad_logits


def stable_softmax(logits: Array) -> Array:
    """Compute softmax, unchecked; the largest score is subtracted first: exp cannot overflow. (N, K) -> (N, K)."""
    exponentials: Array = np.exp(logits - logits.max(axis=1, keepdims=True))
    exponentials /= exponentials.sum(axis=1, keepdims=True)
    return exponentials


def cross_entropy_per_example(logits: Array, labels: Labels) -> Array:
    """Compute −log of the label's probability for each example, unchecked, never as log 0. (N, K), (N,) -> (N,), in nats."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    losses: Array = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    return losses


def cross_entropy(logits: Array, labels: Labels) -> float:
    """Average the cross-entropy of the examples. logits: (N, K), labels: (N,) whole numbers 0..K−1 -> loss in nats."""
    _check_labels(logits, labels)
    return float(cross_entropy_per_example(logits, labels).mean())


def cross_entropy_backward(logits: Array, labels: Labels) -> Array:
    """Compare with certainty: (probabilities − one-hot) / N. logits: (N, K), labels: (N,) -> grad_logits: (N, K)."""
    _check_labels(logits, labels)
    grad_logits = stable_softmax(logits)
    grad_logits[np.arange(len(labels)), labels] -= 1
    grad_logits /= len(labels)
    return grad_logits


def squared_error(out: Array, target: Array) -> float:
    """Average half the squared distances. out, target: (N, K) -> loss."""
    _check_target(out, target)
    return float(0.5 * ((out - target) ** 2).sum(axis=1).mean())


def squared_error_backward(out: Array, target: Array) -> Array:
    """Point from the target to the output: (out − target) / N. out, target: (N, K) -> grad_out: (N, K)."""
    _check_target(out, target)
    return (out - target) / out.dtype.type(len(out))


def _check_target(out: Array, target: Array) -> None:
    check_rank(out, "out", 2, "(N, K)")
    check_rank(target, "target", 2, "(N, K)")
    if out.shape != target.shape:
        raise ShapeError(f"out has shape {out.shape} but target has shape {target.shape}; give one target per output")


def _check_labels(logits: Array, labels: Labels) -> None:
    check_rank(logits, "logits", 2, "(N, K)")
    if not isinstance(labels, np.ndarray) or not np.issubdtype(labels.dtype, np.integer):
        kind = labels.dtype if isinstance(labels, np.ndarray) else type(labels).__name__
        raise ValueError(f"labels hold {kind}, but an array of whole numbers is wanted; try labels.astype(np.int64)")
    if labels.shape != logits.shape[:1]:
        raise ShapeError(
            f"labels have shape {labels.shape}, but one class number per row of logits, ({len(logits)},), is wanted; "
            f"if they are one-hot rows, try labels.argmax(axis=1)"
        )
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        wrong = labels[(labels < 0) | (labels >= logits.shape[1])][0]
        raise ValueError(
            f"labels hold {wrong}, but there are {logits.shape[1]} classes, numbered 0 to {logits.shape[1] - 1}; "
            f"correct the label or give the last layer {max(int(wrong), 0) + 1} outputs"
        )
