"""A look into a network: an example and some samples go forward, the example's gradient comes back.

The network that looks is another one than the one that learns, so that looking disturbs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Network, ReLU, cross_entropy_backward, network_input, softmax
from .digits import Digits
from .moments import Moment
from .recipe import Plan

SAMPLES = 12  # digits a page


@dataclass(frozen=True)
class Look:
    """What was seen. The first of the images is the example, the others are the samples."""

    indices: list[int]  # of the test digits
    images: np.ndarray  # (13, 28, 28) uint8
    labels: np.ndarray  # (13,)
    probabilities: np.ndarray  # (13, 10)
    network: Network  # holds the example's activations and gradients, and the last batch's gradients of the parameters
    dead: dict[str, float]  # ReLU layer: the share of its cells that are 0 for each of the 13

    @property
    def predictions(self) -> np.ndarray:
        """The most probable digits. -> (13,)."""
        return self.probabilities.argmax(axis=1)


class Inspector:
    """Two networks of one plan, into which any moment's weights are put: one for the example, one for the samples.

    A layer keeps its buffers for one size of batch, and only the example's gradient is wanted.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.network, self._of_samples = (plan.build(np.random.default_rng(0)) for _ in range(2))

    def look(self, moment: Moment, digits: Digits, example: int, page: int) -> Look:
        """Send the digits through the network of that moment. Raises FileNeeded, DataError or OSError."""
        indices = [example, *range(SAMPLES * page, SAMPLES * (page + 1))]
        images, labels = digits.tests(indices)
        network, others = self.network, self._of_samples
        for one in (network, others):
            one.vector[...] = moment.vector
        logits = network.forward(network_input(images[:1], network))
        network.backward(cross_entropy_backward(logits, labels[:1]))
        network.gradient_vector[...] = moment.gradient
        all_logits = np.concatenate([logits, others.forward(network_input(images[1:], others))])
        dead = {
            name: float(((out <= 0).all(axis=0) & (more <= 0).all(axis=0)).mean())
            for name, layer, out, more in zip(
                network.names, network.layers, network.activations[1:], others.activations[1:], strict=True
            )
            if isinstance(layer, ReLU)
        }
        return Look(indices, images, labels, softmax(all_logits), network, dead)
