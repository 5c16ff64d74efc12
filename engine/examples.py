"""From MNIST's bytes to a network's input: crop or frame to its size, shift a little, scale to 0..1, add its offset.

Shifting is the augmentation. Where the network sees less than the image (28×28 -> 24×24) a shift of up to 2 pixels is
the random crop with its 25 places; where it sees all, what is shifted in is paper (0).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from .network import Network
from .shapes import Array, ShapeError

Images = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.integer]
Pixels = npt.NDArray[Any]


def network_input(images: Images, network: Network, shifts: Numbers | None = None) -> Array:
    """Make a batch. images: (N, H, W), shifts: (N, 2) rows down and columns right or None -> (N, 1, h, w).

    The batch lies innermost in memory, as fast.py likes it.
    """
    cut = centre_crop(images, (network.input_shape[1], network.input_shape[2]), shifts)
    scaled = np.multiply(cut.transpose(1, 2, 0), network.vector.dtype.type(1 / 255), order="C")
    if network.pixel_offset:
        scaled += network.pixel_offset
    return scaled[None].transpose(3, 0, 1, 2)


def centre_crop(images: Pixels, size: tuple[int, int], shifts: Numbers | None = None) -> Pixels:
    """Cut or frame every image to size about its middle, after a shift. images: (N, H, W) of any type -> (N, *size)."""
    farthest = 0 if shifts is None else int(np.abs(shifts).max())
    margins = [(have - want) // 2 for have, want in zip(images.shape[1:], size, strict=True)]
    frame = [max(0, farthest - margin) for margin in margins]
    if any(frame):
        inner = images
        images = np.zeros((len(inner), *(n + 2 * f for n, f in zip(inner.shape[1:], frame, strict=True))), inner.dtype)
        images[:, frame[0] : frame[0] + inner.shape[1], frame[1] : frame[1] + inner.shape[2]] = inner
    top, left = (margin + extra for margin, extra in zip(margins, frame, strict=True))
    if shifts is None:
        return images[:, top : top + size[0], left : left + size[1]]
    windows = sliding_window_view(images, size, axis=(1, 2))
    cut: Pixels = windows[np.arange(len(images)), top - shifts[:, 0], left - shifts[:, 1]]
    return cut


def check_examples(images: Images, labels: Numbers, network: Network) -> None:
    """Refuse images or labels that do not fit the network. images: (n, H, W) uint8, labels: (n,)."""
    outputs = network.shapes[-1]
    if network.input_shape[0] != 1 or len(outputs) != 1:
        raise ShapeError(
            f"the network turns {network.input_shape} into {outputs}, but grey images (1, H, W) and a row of logits "
            "are wanted; end the network with 'flatten / linear 10'"
        )
    if images.ndim != 3 or images.dtype != np.uint8 or not len(images):
        raise ShapeError(
            f"images are {images.dtype} {images.shape}, but uint8 (n, H, W) with n of at least 1 is wanted; "
            "give grey images of 0 to 255, for example those of read_shard"
        )
    if labels.shape != images.shape[:1]:
        raise ShapeError(f"there are {len(images)} images but labels of shape {labels.shape}; give one label per image")
    if labels.min() < 0 or labels.max() >= outputs[0]:
        raise ValueError(
            f"labels run from {labels.min()} to {labels.max()}, but the network tells apart {outputs[0]} classes, "
            f"numbered from 0; end it with 'linear {int(labels.max()) + 1}'"
        )
