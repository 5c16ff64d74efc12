"""The units that one unit reads, one layer back, and those that read it, one layer up, with what each one brings.

What a unit brings is its part of the sum: input × weight. For the maximum it is the winner's value and 0 for the others,
for the mean the value divided by the count, for softmax the exponential.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Network, Sliding, max_pool2d_argmax
from ...engine.shapes import Array
from .parts import ConvParts, PoolParts, cell_parts, conv_parts, pool_parts, softmax_parts
from .stages import Unit, layer_of, ravel, sliding_of, stage_shapes


@dataclass(frozen=True)
class Neighbours:
    """Units of one stage, the one that brings most first. positions: (n, axes), contributions: (n,) float32."""

    stage: int
    positions: np.ndarray
    contributions: Array

    def units(self, most: int) -> list[Unit]:
        """The first of them."""
        return [Unit(self.stage, tuple(int(place) for place in position)) for position in self.positions[:most]]


def inputs_of(network: Network, stages: list[Array], unit: Unit) -> Neighbours | None:
    """What a unit reads, one stage back. stages: as stages.kept gives them. None for the input."""
    if unit.stage == 0:
        return None
    x, layer = stages[unit.stage - 1], layer_of(network, unit.stage)
    if layer is None:
        return _ranked(unit.stage - 1, np.arange(x.size)[:, np.newaxis], softmax_parts(x, unit.position[0]).exponentials)
    sliding = sliding_of(layer)
    if layer.kind == "linear":
        products = layer.parameters["weight"][unit.position[0]] * x
        return _ranked(unit.stage - 1, np.arange(x.size)[:, np.newaxis], products)
    if sliding is None:
        source = cell_parts(layer.kind, x, unit.position).source
        return _ranked(unit.stage - 1, np.array([source]), stages[unit.stage][unit.position].reshape(1))
    if layer.kind == "conv":
        return _window_cells(unit.stage - 1, sliding, x, conv_parts(layer, sliding, x, unit.position))
    return _pooled_cells(unit.stage - 1, unit.position[0], pool_parts(layer.kind, sliding, x, unit.position))


def feeds_of(network: Network, stages: list[Array], unit: Unit) -> Neighbours | None:
    """What reads a unit, one stage up. None for the probabilities."""
    up = unit.stage + 1
    if up >= len(stages):
        return None
    layer, value, shape = layer_of(network, up), stages[unit.stage][unit.position], stage_shapes(network)[unit.stage]
    if layer is None:
        exponentials = softmax_parts(stages[unit.stage], unit.position[0]).exponentials
        classes = np.arange(len(exponentials))
        order = np.argsort(classes != unit.position[0], kind="stable")  # its own probability comes first
        return Neighbours(up, classes[order, np.newaxis], np.full_like(exponentials, exponentials[unit.position[0]]))
    if layer.kind == "linear":
        weights = layer.parameters["weight"][:, unit.position[0]]
        return _ranked(up, np.arange(len(weights))[:, np.newaxis], weights * value)
    sliding = sliding_of(layer)
    if sliding is None:
        target = (ravel(unit.position, shape),) if layer.kind == "flatten" else unit.position
        return _ranked(up, np.array([target]), stages[up][target].reshape(1))
    cells, offsets = _windows_over(sliding, unit.position[1:], stages[up].shape[1:])
    if layer.kind == "conv":
        kernels = layer.parameters["weight"][:, unit.position[0]]
        products = kernels[:, offsets[:, 0], offsets[:, 1]] * value  # filters × cells
        maps = np.repeat(np.arange(len(kernels)), len(cells))
        return _ranked(up, np.column_stack([maps, np.tile(cells, (len(kernels), 1))]), products.ravel())
    maps = np.full(len(cells), unit.position[0])
    brought = _brought(layer.kind, sliding, stages[unit.stage], unit, cells)
    return _ranked(up, np.column_stack([maps, cells]), brought)


def _brought(kind: str, sliding: Sliding, x: Array, unit: Unit, cells: np.ndarray) -> Array:
    """What a pixel brings to each pooling window over it."""
    value = x[unit.position]
    rows, columns = np.array(sliding.kernel_size)
    if kind == "avgpool":
        return np.full(len(cells), value / (rows * columns))
    maps = x[np.newaxis, unit.position[:1]]
    won = max_pool2d_argmax(maps, sliding.kernel_size, stride=sliding.stride, padding=sliding.padding)
    places = np.column_stack([axis[0, 0, cells[:, 0], cells[:, 1]] for axis in won])
    return np.where((places == unit.position[1:]).all(axis=1), value, 0).astype(x.dtype)


def _windows_over(sliding: Sliding, pixel: tuple[int, ...], shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The cells whose windows see a pixel, and where in the window it is. -> (n, 2) cells, (n, 2) places in the window."""
    cells, offsets = [], []
    for place in np.ndindex(*_pairs(sliding.kernel_size)):
        starts = [
            at + pad - gap * step
            for at, pad, gap, step in zip(pixel, _pairs(sliding.padding), _pairs(sliding.dilation), place, strict=True)
        ]
        found = [divmod(start, stride) for start, stride in zip(starts, _pairs(sliding.stride), strict=True)]
        if all(left == 0 and 0 <= cell < size for (cell, left), size in zip(found, shape, strict=True)):
            cells.append([cell for cell, _ in found])
            offsets.append(place)
    return np.array(cells, int).reshape(-1, 2), np.array(offsets, int).reshape(-1, 2)


def _window_cells(stage: int, sliding: Sliding, x: Array, parts: ConvParts) -> Neighbours:
    """The pixels under a convolution's kernels, without the padding."""
    d0, d1 = _pairs(sliding.dilation)
    c, k, m = np.indices(parts.products.shape).reshape(3, -1)
    positions = np.column_stack([c, parts.corner[0] + d0 * k, parts.corner[1] + d1 * m])
    inside = (positions[:, 1:] >= 0).all(axis=1) & (positions[:, 1:] < x.shape[1:]).all(axis=1)
    return _ranked(stage, positions[inside], parts.products.ravel()[inside])


def _pooled_cells(stage: int, channel: int, parts: PoolParts) -> Neighbours:
    """The pixels of a pooling window, without the padding; of a maximum the winner comes first."""
    k, m = np.nonzero(parts.inside)
    positions = np.column_stack([np.full(len(k), channel), parts.corner[0] + k, parts.corner[1] + m])
    if parts.winner is None:
        return _ranked(stage, positions, parts.window[k, m] / parts.window.size)
    won = (k == parts.winner[0]) & (m == parts.winner[1])
    order = np.argsort(~won, kind="stable")
    return Neighbours(stage, positions[order], np.where(won, parts.window[k, m], 0)[order])


def _ranked(stage: int, positions: np.ndarray, contributions: Array) -> Neighbours:
    order = np.argsort(-np.abs(contributions), kind="stable")
    return Neighbours(stage, positions[order], contributions[order])


def _pairs(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)

