"""A case: an image, a secret kernel, the feature map that it made, and three ways to find the kernel again.

    loss(θ) = ½ · mean over the cells of (output(θ) − target)²       output(θ) is linear in θ, so the loss is a bowl

Every output, loss, gradient and step is the engine's. Slide 67: treat the convolution matrix as parameters and learn them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import SGD, conv2d, conv2d_backward, sliding_windows, squared_error, squared_error_backward

SIDE = 3  # rows and columns of the kernel
LARGEST_LOSS = 1e6  # beyond it, the steps have diverged
SMALLEST_LOSS = 1e-9  # below it, there is nothing left to learn


@dataclass(frozen=True)
class Descent:
    """What gradient descent did: T kernels, the start first, with the loss and the gradient at each."""

    kernels: np.ndarray  # (T, 3, 3)
    losses: np.ndarray  # (T,)
    gradients: np.ndarray  # (T, 3, 3)
    diverged: bool


@dataclass(frozen=True)
class Solution:
    """The kernel of least squares, and how many of its nine weights the image determines."""

    kernel: np.ndarray  # (3, 3)
    rank: int


@dataclass(frozen=True)
class Case:
    """What is given: the image (H, W) and the target (H − 2, W − 2)."""

    image: np.ndarray
    target: np.ndarray

    @classmethod
    def made_by(cls, secret: np.ndarray, image: np.ndarray) -> Case:
        """The case of a secret kernel (3, 3). Raises ShapeError if the image is smaller."""
        return cls(image, conv2d(image[None, None], secret[None, None])[0, 0])

    def outputs(self, kernels: np.ndarray) -> np.ndarray:
        """What each kernel makes of the image. kernels: (N, 3, 3) -> (N, H − 2, W − 2)."""
        return np.asarray(conv2d(self.image[None, None], kernels[:, None])[0])

    def loss(self, output: np.ndarray) -> float:
        """Half the mean squared difference to the target. output: (H − 2, W − 2)."""
        return squared_error(output.reshape(-1, 1), self.target.reshape(-1, 1))

    def gradient(self, kernel: np.ndarray, output: np.ndarray) -> np.ndarray:
        """d loss / d kernel. -> (3, 3)."""
        grad_out = squared_error_backward(output.reshape(-1, 1), self.target.reshape(-1, 1)).reshape(output.shape)
        _, grad_kernel, _ = conv2d_backward(grad_out[None, None], self.image[None, None], kernel[None, None])
        return np.asarray(grad_kernel[0, 0])

    def descend(self, start: np.ndarray, learning_rate: float, steps: int) -> Descent:
        """Gradient descent from a kernel (3, 3); it ends early where the loss explodes or is all but 0."""
        kernel = start.copy()
        optimiser = SGD([kernel], learning_rate)
        kernels, losses, gradients, diverged = [], [], [], False
        for step in range(steps + 1):
            output = self.outputs(kernel[None])[0]
            loss = self.loss(output)
            if (diverged := not loss <= LARGEST_LOSS) and step:
                break  # what is there at the start is shown, however bad
            kernels.append(kernel.copy())
            losses.append(loss)
            gradients.append(self.gradient(kernel, output))
            if diverged or loss < SMALLEST_LOSS:
                break
            if step < steps:
                optimiser.step([gradients[-1]])
        return Descent(np.array(kernels), np.array(losses), np.array(gradients), diverged)

    def equations(self) -> np.ndarray:
        """One row a cell of the target: the window of the image that made it. -> (cells, 9)."""
        return np.reshape(sliding_windows(self.image[None, None], SIDE), (self.target.size, SIDE * SIDE))

    def least_squares(self) -> Solution:
        """The kernel of the smallest loss; of several the one of the smallest weights."""
        kernel, _, rank, _ = np.linalg.lstsq(self.equations(), self.target.ravel(), rcond=None)
        return Solution(kernel.reshape(SIDE, SIDE), int(rank))

    def largest_rate(self) -> float:
        """The learning rate above which descent swings ever wider: 2 / the bowl's largest curvature."""
        rows = self.equations()
        return 2 * len(rows) / max(float(np.linalg.eigvalsh(rows.T @ rows).max()), 1e-12)

    def surface(self, best: np.ndarray, weights: tuple[int, int], ends: np.ndarray, cells: int) -> np.ndarray:
        """The loss over two weights, the others as in `best`. ends: from and to of each, (2, 2) -> (cells, cells).

        The first weight grows from left to right, the second from bottom to top.
        """
        across, up = (np.linspace(low, high, cells) for low, high in ends)
        kernels = np.repeat(best.reshape(1, -1), cells * cells, axis=0)
        kernels[:, weights[0]], kernels[:, weights[1]] = np.tile(across, cells), np.repeat(up[::-1], cells)
        outputs = self.outputs(kernels.reshape(-1, SIDE, SIDE)).reshape(cells * cells, -1)
        losses = 0.5 * np.square(outputs - self.target.ravel()).mean(axis=1)
        return np.reshape(losses, (cells, cells))
