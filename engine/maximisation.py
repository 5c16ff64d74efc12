"""Activation maximisation: what a channel looks for, as the picture that excites it most, by gradient ascent on the pixels.

    x ← x + step_size · g / √mean(g²)    g = d value / d x    value = the mean of the channel's map after ReLU, or one cell

Pure ascent ends in noise that no photograph has (Erhan et al., 2009). So each step also shifts the picture by a few pixels
beforehand and back afterwards (Mordvintsev et al., 2015), shrinks it towards grey and sometimes blurs it (Yosinski et al.,
2015). On one machine each seed always gives the same picture; on another one, or with another number of threads, sums are
rounded otherwise, and after many steps one sees it in the third digit of the value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .branches import Add, Concat
from .layers import Layer
from .network import Network
from .shapes import Array


@dataclass(frozen=True)
class Ascent:
    """How the picture is changed. jitter: pixels; decay: share taken off each step; blur: every so many steps, 0 for never."""

    step_size: float = 8.0
    jitter: int = 4
    decay: float = 0.005
    blur: int = 4
    seed: int = 0


class Maximisation:
    """A picture on its way to exciting a channel, one step at a time.

    x: (1, C, H, W), the picture; steps: how many were made; low, high: of the pixels of each channel (C,);
    margin: rows below and columns at the right that stay 0, where a network pads by its input.
    """

    def __init__(
        self, network: Network, channel: int, ascent: Ascent, low: Array, high: Array, *,
        cell: tuple[int, int] | None = None, margin: int = 0,
    ) -> None:  # fmt: skip
        """network: up to the channel's layer (network_up_to); cell: row and column in its map, None for the mean of all."""
        self.network, self.channel, self.ascent, self.cell, self.margin = network, channel, ascent, cell, margin
        self.rng, self.steps = np.random.default_rng(ascent.seed), 0
        self.low, self.high = (bound[:, np.newaxis, np.newaxis].astype(np.float32) for bound in (low, high))
        noise = self.rng.normal(size=(1, *network.input_shape)).astype(np.float32)
        self.x = self._fit(noise * (self.high - self.low) / 25)

    def step(self) -> None:
        """Change the picture once."""
        reach = self.ascent.jitter
        shift = tuple(self.rng.integers(-reach, reach + 1, 2).tolist())
        gradient = np.roll(self.gradient(np.roll(self.x, shift, axis=(2, 3))), (-shift[0], -shift[1]), axis=(2, 3))
        size = float(np.sqrt(np.mean(gradient.astype(np.float64) ** 2)))
        if size:
            self.x = self.x + gradient * np.float32(self.ascent.step_size / size)
        self.x = self.x * np.float32(1 - self.ascent.decay)
        self.steps += 1
        if self.ascent.blur and self.steps % self.ascent.blur == 0:
            self.x = blurred(self.x)
        self.x = self._fit(self.x)

    @property
    def value(self) -> float:
        """How strongly the picture excites the channel."""
        return self.value_of(self.x)

    def value_of(self, x: Array) -> float:
        """How strongly a picture excites the channel. x: (1, C, H, W)"""
        out = self.network.forward(self._fit(x))[0, self.channel]
        return float(np.maximum(out, 0).mean(dtype=np.float64) if self._is_whole_map else out[self.cell or ()])

    def gradient(self, x: Array) -> Array:
        """Its slope; while no cell of the map is above 0, that of the mean of the map before ReLU. (1, C, H, W) -> same."""
        out = self.network.forward(self._fit(x))
        slopes = np.zeros_like(out)
        own = slopes[0, self.channel]
        if self._is_whole_map:
            alive = out[0, self.channel] > 0
            own[...] = (alive if alive.any() else 1) / np.float32(alive.size)
        else:
            slopes[(0, self.channel, *(self.cell or ()))] = 1
        return self.network.input_gradient(slopes)

    @property
    def _is_whole_map(self) -> bool:
        return self.cell is None and len(self.network.shapes[-1]) == 3

    def _fit(self, x: Array) -> Array:
        """A picture with pixels that there are. -> another array"""
        fitting = np.clip(x, self.low, self.high)
        if self.margin:
            fitting[:, :, -self.margin :] = 0
            fitting[:, :, :, -self.margin :] = 0
        return fitting


def blurred(x: Array) -> Array:
    """Each pixel with a quarter of each neighbour along both axes: (1 2 1)/4; the edge counts twice. (N, C, H, W) -> same."""
    for axis in (2, 3):
        before, after = (np.take(x, _neighbours(x.shape[axis], by), axis=axis) for by in (-1, 1))
        x = (before + 2 * x + after) / 4
    return x


def _neighbours(size: int, by: int) -> npt.NDArray[np.int64]:
    return np.clip(np.arange(size) + by, 0, size - 1)


def network_up_to(network: Network, name: str, input_shape: tuple[int, ...] | None = None) -> Network:
    """Another network of the layers up to that one, with the same weights and arrays of its own.

    name: as the network names it, conv2, or concat1.branch2.conv1 in a branch. input_shape: if other than the network's.
    """
    row = _row_to(network.layers, network.names, name)
    shape = tuple(input_shape or network.input_shape)
    rng = np.random.default_rng(0)  # its weights are overwritten
    specs = [layer.spec for layer in row]
    part = Network.from_specs(specs, shape, rng, pixel_offset=network.pixel_offset, dtype=network.vector.dtype)
    for layer, original in zip(part.layers, row, strict=True):
        for parameter, value in layer.parameters.items():
            value[...] = original.parameters[parameter]
    return part


def _row_to(layers: list[Layer], names: list[str], name: str) -> list[Layer]:
    """The layers on the way to the one of that name: through a branch only those of the branch."""
    first, _, rest = name.partition(".")
    n = names.index(first)
    if not rest:
        return layers[: n + 1]
    branch, _, inner = rest.partition(".")
    parted = layers[n]
    assert isinstance(parted, Concat | Add)  # only these have branches
    chain = parted.branches[int(branch.removeprefix("branch")) - 1]
    return [*layers[:n], *_row_to(chain.layers, chain.names, inner)]
