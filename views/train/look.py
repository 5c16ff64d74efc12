"""A look into a network: an example and some samples go forward, the example's gradient comes back.

The network that looks is another one than the one that learns, so that looking disturbs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Network, ReLU, network_input, softmax
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
    network: Network  # holds their activations, the example's gradients and the batch's gradients of the parameters
    dead: dict[str, float]  # ReLU layer: the share of its cells that are 0 for each of the 13

    @property
    def guesses(self) -> np.ndarray:
        """The most probable digits. -> (13,)."""
        return self.probabilities.argmax(axis=1)


class Looker:
    """The network of one plan, into which any moment's weights are put."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.network = plan, plan.build(np.random.default_rng(0))

    def look(self, moment: Moment, digits: Digits, example: int, page: int) -> Look:
        """Send the digits through the network of that moment. Raises FileNeeded, DataError or OSError."""
        indices = [example, *range(SAMPLES * page, SAMPLES * (page + 1))]
        images, labels = digits.tests(indices)
        network = self.network
        network.vector[...] = moment.vector
        logits = network.forward(network_input(images, network))
        probabilities = softmax(logits)
        grad_logits = np.zeros_like(logits)  # of the example's own cross-entropy
        grad_logits[0] = probabilities[0]
        grad_logits[0, labels[0]] -= 1
        network.backward(grad_logits)
        network.gradient_vector[...] = moment.gradient
        dead = {
            name: float((out <= 0).all(axis=0).mean())
            for name, layer, out in zip(network.names, network.layers, network.activations[1:], strict=True)
            if isinstance(layer, ReLU)
        }
        return Look(indices, images, labels, probabilities, network, dead)
