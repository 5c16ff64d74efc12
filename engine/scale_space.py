"""The scale space of SIFT: one image blurred more and more, halved whenever the blur has doubled (Lowe, 2004, section 3).

    L(σ) = G(σ) * image          G(σ)[k] ∝ exp(−k² / 2σ²), on both axes
    D[s] = L[s + 1] − L[s]       differences of Gaussians: near the Laplacian, whose extrema are blobs

An octave has SCALES + 3 images, from σ to 2^(5/3)·σ, so that each of its SCALES inner differences has one on either side.
The first octave has twice the image's pixels: doubled pixel i lies at (i + ½)/2 − ½. Blurs add up as σ² = σ_a² + σ_b².
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .checks import check_image
from .shapes import Array, ShapeError

SCALES = 3  # differences per octave of which extrema are sought
FIRST_SIGMA = 1.6  # of an octave's first image, in its own pixels
CAMERA_SIGMA = 0.5  # how blurred a photograph is taken to be, in its own pixels
REACH = 4.0  # of a Gaussian, in σ
SMALLEST_SIDE = 12  # pixels of the last octave


@dataclass(frozen=True)
class Octave:
    """Images of one size. step: the distance of two pixels in those of the photograph; sigmas: (SCALES + 3,) in these too."""

    step: float
    sigmas: Array
    images: Array  # (SCALES + 3, H, W)

    @property
    def differences(self) -> Array:
        """D[s] = L[s + 1] − L[s]. -> (SCALES + 2, H, W)."""
        return np.diff(self.images, axis=0)

    def to_photo(self, place: Array | float) -> Array | float:
        """Where a row or column of the octave lies in the photograph."""
        return place * self.step - 0.25

    def from_photo(self, place: Array | float) -> Array | float:
        """The other way round."""
        return (place + 0.25) / self.step


def gaussian_kernel(sigma: float) -> Array:
    """Weights that add up to 1, out to four σ. -> (2·reach + 1,).

    >>> gaussian_kernel(0.5).round(3).tolist()
    [0.0, 0.106, 0.787, 0.106, 0.0]
    """
    reach = int(REACH * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.asarray(weights / weights.sum())


def gaussian_blur(image: Array, sigma: float) -> Array:
    """Each pixel becomes the weighted mean of its surroundings, mirrored at the edges. (H, W) -> (H, W).

    One axis after the other: two rows of weights do what a square of them would.
    """
    weights = gaussian_kernel(sigma)
    reach = len(weights) // 2
    for axis in (0, 1):
        width = [(reach, reach) if axis == one else (0, 0) for one in (0, 1)]
        padded = np.pad(image, width, mode="symmetric")
        size = image.shape[axis]
        image = sum(weight * _rows(padded, axis, k, size) for k, weight in enumerate(weights))
    return image


def _rows(padded: Array, axis: int, start: int, size: int) -> Array:
    return padded[start : start + size] if axis == 0 else padded[:, start : start + size]


def double_size(image: Array) -> Array:
    """Twice the rows and columns, by linear interpolation: ¾ of the nearer, ¼ of the farther pixel. (H, W) -> (2H, 2W).

    >>> double_size(np.array([[0.0, 4.0]]))[0].tolist()
    [0.0, 1.0, 3.0, 4.0]
    """
    for axis in (0, 1):
        padded = np.pad(image, [(1, 1) if axis == one else (0, 0) for one in (0, 1)], mode="edge")
        middle, size = _rows(padded, axis, 1, image.shape[axis]), image.shape[axis]
        pairs = [0.75 * middle + 0.25 * _rows(padded, axis, start, size) for start in (0, 2)]
        image = np.stack(pairs, axis=axis + 1).reshape([2 * size if axis == one else image.shape[one] for one in (0, 1)])
    return image


def scale_space(image: Array) -> list[Octave]:
    """All octaves of a photograph, as long as an image has at least 12 pixels a side. image: (H, W) of 0..1."""
    check_image(image)
    if 2 * min(image.shape) < SMALLEST_SIDE:
        raise ShapeError(f"the image has {image.shape[0]}×{image.shape[1]} pixels, but SIFT needs {SMALLEST_SIDE // 2} a side")
    sigmas = FIRST_SIGMA * 2 ** (np.arange(SCALES + 3) / SCALES)  # in the octave's own pixels
    more = np.sqrt(np.diff(sigmas**2))  # the blur from each image to the next
    first = gaussian_blur(double_size(np.asarray(image, np.float64)), float(np.sqrt(FIRST_SIGMA**2 - (2 * CAMERA_SIGMA) ** 2)))
    octaves: list[Octave] = []
    while min(first.shape) >= SMALLEST_SIDE:
        images = [first]
        for sigma in more:
            images.append(gaussian_blur(images[-1], float(sigma)))
        step = 0.5 * 2 ** len(octaves)
        octaves.append(Octave(step, sigmas * step, np.stack(images)))
        first = images[SCALES][::2, ::2]  # its blur is twice the first one's, so half the pixels hold it
    return octaves
