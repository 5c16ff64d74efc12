"""The numbers of the rgb view: filters over three channels, one kernel for each, and what the engine makes of them.

The small ones come from a seed, or are an exercise to predict by hand: whole numbers, kernels with many zeros, three cells.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...engine import conv2d_terms, output_size
from ..exercise import Task, as_text, some_of, whole_numbers
from ..grid import limit_of
from ..numbers import write, write_factor
from ..trace import Texts
from .wide_and_narrow import CHANNELS, KERNEL_SIZE, SIZE, Geometry

PHOTO_SIZE = 32  # pixels a side, as on slide 83

_RISING = np.array([[-1.0, -1, 0, 1, 1]] * 5)  # dark on the left, bright on the right
_MIDDLE = np.pad(np.ones((3, 3)), 1)
# Filters for photographs, (C, kH, kW) each, and what they look for.
PHOTO_FILTERS = {
    "red spots: red counts twice, green and blue against it": np.stack([2 * _MIDDLE, -_MIDDLE, -_MIDDLE]),
    "edges from left to right, in every channel": np.stack([_RISING] * 3),
    "blue spots: blue counts twice, red and green against it": np.stack([-_MIDDLE, -_MIDDLE, 2 * _MIDDLE]),
    "edges from top to bottom, in every channel": np.stack([_RISING.T] * 3),
}
PHOTO_BIAS = 10.0
LARGEST_PIXEL, LARGEST_BIAS = 2, 2  # of an exercise, as all below
WEIGHTS = 4  # of each kernel's nine that are not 0: twelve products are enough to make a mistake
CELLS = 3  # to predict
FILTERS = 2
SHAPES = ((2, 1), (1, 0), (2, 0))  # stride, padding: outputs of 3×3, 3×3 and 2×2 cells


@dataclass(frozen=True)
class ChannelConvolution:
    """What the engine computed for F filters, each of one kernel a channel."""

    image: np.ndarray  # (C, H, W), without padding
    padded: np.ndarray  # (C, H + 2P, W + 2P)
    weights: np.ndarray  # (F, C, kH, kW)
    biases: np.ndarray  # (F,)
    windows: np.ndarray  # (oH, oW, C, kH, kW)
    partials: np.ndarray  # (F, C, oH, oW): the sum of each channel's products alone
    outputs: np.ndarray  # (F, oH, oW): all channels' products and the bias
    stride: int
    padding: int
    groups: int = 1  # as many as channels: filter n has a kernel for channel n alone, its other weights and sums are 0

    def sees(self, n: int) -> list[int]:
        """The channels for which a filter has a kernel."""
        return [n] if self.groups > 1 else [*range(len(CHANNELS))]

    @functools.cached_property
    def steps(self) -> np.ndarray:
        """The filter, row and column of each step: every cell of filter 0 in row order, then of filter 1. -> (3, T)."""
        return np.indices(self.outputs.shape).reshape(3, -1)

    @property
    def geometry(self) -> Geometry:
        F, _, kernel_size, _ = self.weights.shape
        return Geometry(F, self.image.shape[1], kernel_size, self.stride, self.padding, self.outputs.shape[1], self.groups)

    def factors(self, chosen: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """The pixels and the weights that each step multiplies, of the chosen channels. -> (T, n), (T, n)."""
        F = len(self.weights)
        pixels = self.windows[:, :, chosen].reshape(self.outputs[0].size, -1)
        return np.tile(pixels, (F, 1)), self.weights[:, chosen].reshape(F, -1)[self.steps[0]]

    def at_steps(self, values: np.ndarray) -> np.ndarray:
        """Three partial sums a step. values: (F, C, oH, oW) -> (T, C)."""
        return values.transpose(0, 2, 3, 1).reshape(-1, len(CHANNELS))

    @functools.cached_property
    def terms(self) -> tuple[Texts, Texts, Texts, Texts]:
        """What each step adds up, written: the first channel's sum, the others' and the bias as behind a plus, the output.

        -> codes (T, 1), (T, C − 1), (T, 1), (T, 1)
        """
        partials = self.at_steps(self.partials)
        return (
            Texts.of_numbers(partials[:, :1], write),
            Texts.of_numbers(partials[:, 1:], write_factor),
            Texts.of_numbers(self.biases[self.steps[0], np.newaxis], write_factor),
            Texts.of_numbers(self.outputs.reshape(-1, 1), write),
        )


def convolve(
    image: np.ndarray, weights: np.ndarray, biases: np.ndarray, stride: int, padding: int, groups: int = 1
) -> ChannelConvolution:
    """Convolve with every filter. image: (C, H, W), weights: (F, C, kH, kW), biases: (F,) -> ChannelConvolution.

    groups: 1, or C for F = C filters that see one channel each.
    """
    if groups > 1:
        weights = weights * np.eye(groups)[:, :, np.newaxis, np.newaxis]
    by_filter = zip(weights, biases.tolist(), strict=True)
    terms = [conv2d_terms(image, its_weights, bias, stride=stride, padding=padding) for its_weights, bias in by_filter]
    oH, oW = terms[0].output.shape
    # One product after the other, as the engine adds, so that every machine gets the same bits.
    by_channel = [np.cumsum(one.products.reshape(oH, oW, len(image), -1), axis=3)[..., -1] for one in terms]
    partials, outputs = np.stack(by_channel).transpose(0, 3, 1, 2), np.stack([one.output for one in terms])
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    return ChannelConvolution(image, padded, weights, biases, terms[0].windows, partials, outputs, stride, padding, groups)


def scale_of(convolution: ChannelConvolution, shown: np.ndarray) -> float:
    """The end of the colour scale that all maps of a photograph share, so that they compare. shown: the outputs."""
    return max(limit_of(convolution.partials), limit_of(shown))


def random_numbers(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A small image and two filters of whole numbers. -> (3, 5, 5) in 0..2, (2, 3, 3, 3) in −1..1."""
    image = rng.integers(0, 3, (len(CHANNELS), SIZE, SIZE))
    return image.astype(np.float64), rng.integers(-1, 2, (2, len(CHANNELS), KERNEL_SIZE, KERNEL_SIZE)).astype(np.float64)


def seeded_numbers(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The random numbers of a seed; those of seed 0 stand below, so that a page need not load NumPy's generators to start."""
    if seed:
        return random_numbers(np.random.default_rng(seed))
    image = np.array([[[float(cell) for cell in row] for row in channel.split()] for channel in _SEED_0_IMAGE])
    signs = {"-": -1.0, "0": 0.0, "+": 1.0}
    kernels = np.array([[[signs[cell] for cell in row] for row in kernel.split()] for kernel in _SEED_0_KERNELS])
    return image, kernels.reshape(2, len(CHANNELS), KERNEL_SIZE, KERNEL_SIZE)


def exercise(rng: np.random.Generator) -> Task:
    """Settings and cells of an exercise, all from the generator."""
    stride, padding = SHAPES[int(whole_numbers(rng, 0, len(SHAPES) - 1, (1,))[0])]
    settings: dict[str, str | int] = {"stride": stride, "padding": padding}
    for channel in CHANNELS:
        settings[f"input_{channel}"] = as_text(whole_numbers(rng, 0, LARGEST_PIXEL, (SIZE, SIZE)))
    for n in range(FILTERS):
        for channel in CHANNELS:
            settings[f"filter_{n}_{channel}"] = as_text(_kernel(rng))
    settings["biases"] = as_text(whole_numbers(rng, -LARGEST_BIAS, LARGEST_BIAS, (1, FILTERS)))
    cells = FILTERS * output_size(SIZE, KERNEL_SIZE, stride=stride, padding=padding) ** 2
    return settings, some_of(rng, CELLS, cells)


def _kernel(rng: np.random.Generator) -> np.ndarray:
    """Some weights of 1 or −1, and zeros. -> (3, 3)"""
    kernel = np.zeros(KERNEL_SIZE**2, np.int64)
    kernel[list(some_of(rng, WEIGHTS, kernel.size))] = 2 * whole_numbers(rng, 0, 1, (WEIGHTS,)) - 1
    return kernel.reshape(KERNEL_SIZE, KERNEL_SIZE)


_SEED_0_IMAGE = (
    "21100 00002 12112 21112 02201",
    "21022 20020 10011 10000 21101",
    "21122 21221 22212 01221 10112",
)
_SEED_0_KERNELS = (
    *("+-+ 00+ 0--", "+00 0+0 -+-", "-+0 --0 +0+"),  # filter 0
    *("--+ +-- +00", "-+0 +++ -+-", "00+ -+- 00+"),  # filter 1
)
