"""How good a network is: confusion counts over many digits, in bounded turns, and how sure the shares are.

Wilson's interval (1927) for a share p̂ of n: (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n). Unlike p̂ ± z·σ it
never leaves 0..1 and is not empty at p̂ = 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .examples import Images, Numbers, check_examples, network_input
from .losses import cross_entropy_per_example
from .network import Network
from .shapes import Array

CONFIDENCE_95 = 1.96  # standard deviations on each side that hold 95 % of a normal distribution


@dataclass(frozen=True)
class Evaluation:
    """What is known after `examples_seen` of `examples` digits. confusion[true, predicted] counts digits."""

    examples_seen: int
    examples: int
    loss: float  # mean cross-entropy in nats
    confusion: Numbers  # (K, K)
    predictions: Numbers  # (examples_seen,) the class that each digit was read as

    @property
    def finished(self) -> bool:
        """Whether every digit was seen."""
        return self.examples_seen == self.examples

    @property
    def accuracy(self) -> float:
        """The share of digits read correctly, 0..1."""
        return float(self.confusion.trace() / self.confusion.sum())

    def class_accuracy(self) -> tuple[Array, Array, Array]:
        """Each class's accuracy with its 95 % interval: share, low, high, each (K,); NaN for a class never seen."""
        right, seen = np.diagonal(self.confusion), self.confusion.sum(axis=1)
        share = np.divide(right, seen, out=np.full(len(seen), np.nan), where=seen > 0)
        low, high = wilson_interval(right, seen)
        return share, low, high


def evaluate(network: Network, images: Images, labels: Numbers, *, batch_size: int = 100) -> Iterator[Evaluation]:
    """Read all digits, batch_size a turn; each turn yields what is known so far. images: (n, H, W), labels: (n,).

    Last but for the final turn the counts are those of the first digits. Nothing is learned, Dropout passes all on.
    """
    check_examples(images, labels, network)
    classes = network.shapes[-1][0]
    confusion = np.zeros((classes, classes), np.int64)
    predictions = np.zeros(len(images), np.int64)
    loss_sum = 0.0
    for start in range(0, len(images), batch_size):
        part = slice(start, start + batch_size)
        network.eval()
        logits = network.forward(network_input(images[part], network))
        loss_sum += float(cross_entropy_per_example(logits, labels[part]).sum())
        predictions[part] = logits.argmax(axis=1)
        np.add.at(confusion, (labels[part], predictions[part]), 1)
        seen = int(confusion.sum())
        yield Evaluation(seen, len(images), loss_sum / seen, confusion.copy(), predictions[:seen])


def wilson_interval(correct: Numbers, total: Numbers, z: float = CONFIDENCE_95) -> tuple[Array, Array]:
    """Between what limits the true share lies. correct, total: counts (K,) -> low, high: (K,); NaN where total is 0.

    >>> low, high = wilson_interval(np.array([10]), np.array([10]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.722], [1.0])
    """
    n = np.where(total > 0, total, np.nan)
    share = correct / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half_width = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.clip(centre - half_width, 0.0, share), np.clip(centre + half_width, share, 1.0)  # clipped: rounding
