"""Why this class: what each pixel does for the logit of a class, computed in two ways.

Gradient × input: the gradient of the logit at every pixel, times how far the pixel is from the background. In a network
of convolutions, ReLU, max-pooling and linear layers, these and the biases' (gradient × bias) add up to the logit exactly;
with sigmoid or tanh they do not.
Occlusion: a patch of background slides over the image; what the logit loses is shared by the pixels under the patch.
It asks the network itself and needs no gradient, but patches overlap and work together: it adds up to nothing.

Both run the network that they are given, so what it keeps is overwritten.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ...engine import Network, softmax
from ...engine.shapes import Array
from .. import grid
from ..grid import Coordinates, floats, limit_of, shade
from ..numbers import write
from ..pointing import pointing_at_all
from ..trace import Sources
from .columns import NOTHING, picture, scale_facts
from .settings import NetworkSettings

PATCH, STRIDE = 4, 2  # pixels
INK = 0.4  # above the background: pixels that are framed
BATCH = 32  # occluded images at a time: always as many, so that the network's buffers are made once


@dataclass(frozen=True)
class Pixels:
    """What each pixel does for a class. values: (H, W), summed over the channels; positive speaks for the class.

    score: its logit; probability: its share; rest: the logit without the pixels' values; patch: 0 unless patches covered it.
    """

    values: Array
    chosen: int
    score: float
    probability: float
    rest: float
    patch: int = 0

    @property
    def sentence(self) -> str:
        """The result in words."""
        row, column = (int(place) for place in np.unravel_index(int(self.values.argmax()), self.values.shape))
        about = f"The logit of {self.chosen} is {write(self.score)} (probability {write(self.probability)})."
        most = f"Pixel [{row}, {column}] speaks for it most: {write(float(self.values[row, column]))}"
        if self.patch:
            return f"{about} {most}, lost on average when a {self.patch}×{self.patch} patch covers it."
        return f"{about} The pixels bring {write(self.score - self.rest)} of it, the rest {write(self.rest)}. {most}."


def gradient_times_input(network: Network, x: Array, chosen: int) -> Pixels:
    """Multiply each pixel's gradient by the pixel, measured from the background. x: (1, C, H, W), chosen: the class."""
    logits = network.forward(x)
    direction = np.zeros_like(logits)
    direction[0, chosen] = 1
    gradient = network.backward(direction, needs_grad_x=True)[0]
    assert gradient is not None
    values = (gradient[0] * (x[0] - x.dtype.type(network.pixel_offset))).sum(axis=0)
    score = float(logits[0, chosen])
    return Pixels(values, chosen, score, float(softmax(logits)[0, chosen]), score - float(values.sum()))


def occlusion(network: Network, x: Array, chosen: int, *, size: int = PATCH, stride: int = STRIDE) -> Pixels:
    """Slide a patch of background over the image. x: (1, C, H, W); size, stride: of the patch, in pixels."""
    background = x.dtype.type(network.pixel_offset)
    rows, columns = (_starts(length, size, stride) for length in x.shape[2:])
    corners = [*itertools.product(rows, columns)]
    written = [at for at in corners if (_under(x, at, size) != background).any()]  # elsewhere covering changes nothing
    whole = network.forward(np.repeat(x, BATCH, axis=0))[0].copy()
    drops = np.concatenate([np.zeros(0, x.dtype), *(
        whole[chosen] - _covered_logits(network, x, written[start : start + BATCH], size)[:, chosen]
        for start in range(0, len(written), BATCH)
    )])  # fmt: skip
    lost, times = np.zeros(x.shape[2:], x.dtype), np.zeros(x.shape[2:], x.dtype)
    for at in corners:
        _under(times, at, size)[...] += 1
    for at, drop in zip(written, drops, strict=True):
        _under(lost, at, size)[...] += drop
    probability = float(softmax(whole[np.newaxis])[0, chosen])
    values = lost / times
    return Pixels(values, chosen, float(whole[chosen]), probability, float(whole[chosen]) - float(values.sum()), size)


def _covered_logits(network: Network, x: Array, corners: list[tuple[int, int]], size: int) -> Array:
    """The logits of one image for each patch that covers it. -> (n, classes), n at most BATCH."""
    images = np.repeat(x, BATCH, axis=0)
    for image, at in zip(images, corners, strict=False):
        _under(image, at, size)[...] = network.pixel_offset
    return network.forward(images)[: len(corners)].copy()


def _under(image: Array, corner: tuple[int, int], size: int) -> Array:
    """The pixels under a patch, as a view. image: (..., H, W)."""
    return image[..., corner[0] : corner[0] + size, corner[1] : corner[1] + size]


def _starts(length: int, size: int, stride: int) -> list[int]:
    """Where a patch begins along an axis; the last one ends at the edge."""
    last = max(length - size, 0)
    return [*range(0, last, stride), last]


WAYS = {"gradient": gradient_times_input, "occlusion": occlusion}


def reasons(
    network: Network, settings: NetworkSettings, x: np.ndarray, probabilities: np.ndarray
) -> tuple[Sources, dict[str, str]]:
    """The sources why, why_ink and why_values, and the facts. Runs the network anew; x: what it is given, (1, C, H, W)."""
    if settings.why == "none":
        return {"why": picture(None), "why_ink": NOTHING}, {"why_hidden": "hidden"}
    chosen = int(probabilities.argmax()) if settings.explain == "answer" else int(settings.explain)
    pixels = WAYS[settings.why](network, x, chosen)
    limit = limit_of(pixels.values)
    return {
        "why": picture(shade(pixels.values, limit)),
        "why_ink": _ink(x[0, 0] - np.float32(network.pixel_offset)),
        "why_values": grid.values(pixels.values),
        "why_boxes": pointing_at_all("why_values", "Contribution"),
    }, {
        "why": f"for {chosen}",
        "why_note": pixels.sentence,
        **scale_facts("why", limit),
    }


def _ink(x: np.ndarray) -> Coordinates:
    """Frames around the pixels that have ink. x: (H, W) of 0..1."""
    rows, columns = np.nonzero(x > INK)
    H, W = x.shape
    return floats(x=columns / W, y=1 - (rows + 1) / H, dw=1 / W, dh=1 / H)
