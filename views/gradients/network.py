"""One step of SGD through a small whole network: forward, backward, update, and the loss before and after.

    image 6×6 → convolution 3×3 → ReLU → max-pooling 2×2 → fully-connected, 3 classes → softmax and cross-entropy

It has no biases: 21 parameters fit one drawing. Every array is the engine's, the update its SGD's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...engine import (
    SGD,
    Slopes,
    conv2d,
    conv2d_backward,
    cross_entropy,
    cross_entropy_backward,
    cross_entropy_per_example,
    flatten,
    flatten_backward,
    linear,
    linear_backward,
    max_pool2d,
    max_pool2d_backward,
    relu,
    relu_backward,
    slopes,
    softmax,
)
from .differences import tied_cells

POOL = 2  # pixels a side of a window
CLASSES = 3
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class SmallNetwork:
    """An image, its label, and the two arrays of parameters."""

    image: np.ndarray  # (6, 6)
    label: int
    kernel: np.ndarray  # (3, 3)
    weight: np.ndarray  # (3, 4)

    def forward(self) -> Arrays:
        """Every value by name: conv and relu (4, 4), pool (2, 2), logits and p (3, 1), loss (1, 1)."""
        conv = conv2d(self.image[None, None], self.kernel[None, None])
        rectified = relu(conv)
        pool = max_pool2d(rectified, POOL)
        logits = linear(flatten(pool), self.weight)
        loss = cross_entropy(logits, self._labels)
        column = softmax(logits).T
        return {
            "conv": conv[0, 0], "relu": rectified[0, 0], "pool": pool[0, 0], "logits": logits.T, "p": column,
            "loss": np.array([[loss]]),
        }  # fmt: skip

    def backward(self, values: Arrays) -> Arrays:
        """The gradient of the loss by each value and each parameter, under the same names."""
        conv, rectified, pool = (values[name][None, None] for name in ("conv", "relu", "pool"))
        grad_logits = cross_entropy_backward(values["logits"].T, self._labels)
        grad_flat, grad_weight, _ = linear_backward(grad_logits, flatten(pool), self.weight)
        grad_pool = flatten_backward(grad_flat, pool)
        grad_relu = max_pool2d_backward(grad_pool, rectified, POOL)
        grad_conv = relu_backward(grad_relu, conv)
        _, grad_kernel, _ = conv2d_backward(grad_conv, self.image[None, None], self.kernel[None, None])
        return {
            "logits": grad_logits.T, "weight": grad_weight, "pool": grad_pool[0, 0], "relu": grad_relu[0, 0],
            "conv": grad_conv[0, 0], "kernel": grad_kernel[0, 0],
        }  # fmt: skip

    def updated(self, gradients: Arrays, learning_rate: float) -> SmallNetwork:
        """The network after one step of SGD."""
        kernel, weight = self.kernel.copy(), self.weight.copy()
        SGD([kernel, weight], learning_rate).step([gradients["kernel"], gradients["weight"]])
        return SmallNetwork(self.image, self.label, kernel, weight)

    def slopes(self, values: Arrays) -> dict[str, Slopes]:
        """Finite differences of the loss by each value and each parameter: a nudge, then forward from there."""
        starts: dict[str, tuple[Callable[[np.ndarray], np.ndarray], np.ndarray]] = {
            "logits": (lambda many: self._losses(many[:, :, 0]), values["logits"]),
            "weight": (lambda many: self._losses((many @ values["pool"].reshape(1, -1, 1))[:, :, 0]), self.weight),
            "pool": (self._from_pool, values["pool"]),
            "relu": (self._from_relu, values["relu"]),
            "conv": (lambda many: self._from_relu(relu(many)), values["conv"]),
            "kernel": (self._from_kernel, self.kernel),
        }
        return {name: slopes(*start) for name, start in starts.items()}

    def tied(self, values: Arrays) -> dict[str, np.ndarray]:
        """Which numbers reach the loss through a tie of max-pooling or through the kink of ReLU."""
        relu, conv = tied_cells(values["relu"], POOL, POOL), values["conv"]
        conv = (conv == 0) | (relu & (conv > 0))
        return {"relu": relu, "conv": conv, "kernel": np.full(self.kernel.shape, conv.any())}

    @property
    def _labels(self) -> np.ndarray:
        return np.array([self.label])

    def _losses(self, logits: np.ndarray) -> np.ndarray:
        """logits: (N, 3) -> (N,)."""
        return cross_entropy_per_example(logits, np.repeat(self._labels, len(logits)))

    def _from_pool(self, pool: np.ndarray) -> np.ndarray:
        return self._losses(linear(flatten(pool[:, None]), self.weight))

    def _from_relu(self, rectified: np.ndarray) -> np.ndarray:
        return self._from_pool(max_pool2d(rectified[:, None], POOL)[:, 0])

    def _from_kernel(self, kernels: np.ndarray) -> np.ndarray:
        return self._from_relu(relu(conv2d(self.image[None, None], kernels[:, None])[0]))
