"""What each pixel does for the logit of a class, computed in two ways, for any network and image.

Gradient × input: the gradient of the logit at every pixel, times how far the pixel is from the background. In a network
of convolutions, ReLU, pooling and linear layers, these and the biases' (gradient × bias) add up to the logit exactly;
with sigmoid or tanh they do not.
Occlusion: a patch of background slides over the image; what the logit loses is shared by the pixels under the patch.
It asks the network itself and needs no gradient, but patches overlap and work together: it adds up to nothing.

Both run the network that they are given, so what it keeps is overwritten.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ..engine import Network, softmax
from ..engine.shapes import Array


@dataclass(frozen=True)
class Contributions:
    """What each pixel does for a class. values: (H, W), summed over the channels; positive speaks for the class, NaN is not
    known yet. score: its logit; probability: its share; rest: the logit without the pixels' values."""

    values: Array
    score: float
    probability: float

    @property
    def rest(self) -> float:
        """What of the logit the pixels do not bring."""
        return self.score - float(self.values.sum())


def gradient_times_input(network: Network, x: Array, chosen: int) -> Contributions:
    """Multiply each pixel's gradient by the pixel, measured from the background. x: (1, C, H, W), chosen: the class."""
    logits = network.forward(x)
    direction = np.zeros_like(logits)
    direction[0, chosen] = 1
    gradient = network.input_gradient(direction)
    values = (gradient[0] * (x[0] - x.dtype.type(network.pixel_offset))).sum(axis=0)
    return Contributions(values, float(logits[0, chosen]), float(softmax(logits)[0, chosen]))


class Sweep:
    """A patch of background that slides over an image, some places at a time.

    corners: where it comes to lie, row by row, the last ones at the edge; done: how many of them are; whole: the logits
    without a patch (classes,); logits: those with it at each place (places, classes).
    """

    def __init__(self, network: Network, x: Array, size: int, stride: int, *, batch: int = 1, area: int | None = None) -> None:
        """x: (1, C, H, W); size, stride: of the patch, in pixels; batch: places at a time; area: rows and columns of the image
        over which it slides, if not all."""
        self.network, self.x, self.size, self.batch = network, x, size, batch
        self.shape: tuple[int, int] = (area, area) if area else (x.shape[2], x.shape[3])
        rows, columns = (_starts(length, size, stride) for length in self.shape)
        self.corners = list(itertools.product(rows, columns))
        self.whole: Array = network.forward(np.repeat(x, batch, axis=0))[0].copy()
        self.logits: Array = np.repeat(self.whole[np.newaxis], len(self.corners), axis=0)
        background = x.dtype.type(network.pixel_offset)
        # Elsewhere covering changes nothing.
        self._waiting = [n for n, at in enumerate(self.corners) if (_under(x, at, size) != background).any()]
        self._known = np.ones(len(self.corners), bool)
        self._known[self._waiting] = False

    @property
    def done(self) -> int:
        """How many places are known."""
        return int(self._known.sum())

    @property
    def is_done(self) -> bool:
        """Whether all are."""
        return not self._waiting

    def step(self) -> None:
        """Cover the next places, one in each image of a batch that is always as large: so its buffers are made once."""
        now, self._waiting = self._waiting[: self.batch], self._waiting[self.batch :]
        images = np.repeat(self.x, self.batch, axis=0)
        for image, n in zip(images, now, strict=False):
            _under(image, self.corners[n], self.size)[...] = self.network.pixel_offset
        self.logits[now] = self.network.forward(images)[: len(now)]
        self._known[now] = True

    def contributions(self, chosen: int) -> Contributions:
        """What the class's logit loses on average under the patches that cover a pixel."""
        lost, times = np.zeros((2, *self.shape), self.x.dtype)
        drops = self.whole[chosen] - self.logits[:, chosen]
        for at, drop in zip(itertools.compress(self.corners, self._known), drops[self._known], strict=True):
            _under(times, at, self.size)[...] += 1
            _under(lost, at, self.size)[...] += drop
        values = np.divide(lost, times, out=np.full(self.shape, np.nan, lost.dtype), where=times > 0)
        return Contributions(values, float(self.whole[chosen]), float(softmax(self.whole[np.newaxis])[0, chosen]))

    def dearest(self, chosen: int) -> tuple[tuple[int, int], float]:
        """The place at which the class's logit is least, and that logit."""
        n = int(np.where(self._known, self.logits[:, chosen], np.inf).argmin())
        return self.corners[n], float(self.logits[n, chosen])


def _under(image: Array, corner: tuple[int, int], size: int) -> Array:
    """The pixels under a patch, as a view. image: (..., H, W)."""
    return image[..., corner[0] : corner[0] + size, corner[1] : corner[1] + size]


def _starts(length: int, size: int, stride: int) -> list[int]:
    """Where a patch begins along an axis; the last one ends at the edge."""
    last = max(length - size, 0)
    return [*range(0, last, stride), last]
