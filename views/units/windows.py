"""What convolution and pooling share: a window that slides over the maps of the layer before."""

from __future__ import annotations

from typing import cast

import numpy as np

from ...engine import Layer, Network, Sliding
from ...engine.layer_specs import ConvSpec, PoolSpec
from ...engine.shapes import Array, Pair
from ...engine.windows import pad_images
from .activations import Activations, Edges, Unit
from .derivation import Derivation
from .graph import layers_of


class Windowed(Derivation):
    """One cell of a feature map, made of the window under it. corner: its first pixel, negative in the padding."""

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        self.window_geometry = sliding_of(activations.network, unit.layer)
        self.edges = window_edges(self.window_geometry, *unit.position[1:])
        self.corner: Pair = self.edges[:2]
        self.window_edges = clip(self.edges, *self.x.shape[1:])

    @classmethod
    def sliding(cls, layer: Layer) -> Sliding:
        return cast("ConvSpec | PoolSpec", layer.spec).sliding

    def patch(self, maps: range) -> Array:
        """The pixels from a window's first to its last, zeros outside the maps. -> (maps, rows, columns)"""
        (top, left, bottom, right), (rows, columns) = self.edges, self.window_geometry.padding
        padded = pad_images(self.x[np.newaxis, maps.start : maps.stop], (rows, columns))[0]
        return np.asarray(padded[:, top + rows : bottom + rows, left + columns : right + columns])

    def pixel(self, map_number: int, row: int, column: int) -> str:
        """The address of a pixel of the layer before: "" in the padding."""
        inside = 0 <= row < self.x.shape[1] and 0 <= column < self.x.shape[2]
        return self.activations.address(Unit(self.before, (map_number, row, column))) if inside else ""


def sliding_of(network: Network, layer: int) -> Sliding:
    """The geometry of a convolution or a pooling."""
    made_by = layers_of(network)[layer].made_by
    assert made_by is not None
    return Windowed.sliding(made_by)


def window_edges(sliding: Sliding, row: int, column: int) -> Edges:
    """Where the window of one cell lies, the padding included."""
    (s0, s1), (p0, p1), (rows, columns) = sliding.stride, sliding.padding, sliding.span
    top, left = row * s0 - p0, column * s1 - p1
    return top, left, top + rows, left + columns


def around(one: Edges, other: Edges) -> Edges:
    """The smallest rectangle that holds both."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def clip(edges: Edges, rows: int, columns: int) -> Edges:
    """Cut at the edges of a map."""
    top, left, bottom, right = edges
    return max(top, 0), max(left, 0), min(bottom, rows), min(right, columns)


def windows_over(activations: Activations, unit: Unit, up: int) -> tuple[np.ndarray, np.ndarray]:
    """The cells of the layer `up` whose windows see a unit, and where in the window it is. -> (n, 2) cells, (n, 2) places."""
    sliding, shape = sliding_of(activations.network, up), activations.values[up].shape[1:]
    cells, offsets = [], []
    sizes = (sliding.padding, sliding.dilation, sliding.stride)
    for place in np.ndindex(*sliding.kernel_size):
        hits = [
            divmod(at + pad - gap * step, stride)
            for at, step, pad, gap, stride in zip(unit.position[1:], place, *sizes, strict=True)
        ]
        if all(left == 0 and 0 <= cell < size for (cell, left), size in zip(hits, shape, strict=True)):
            cells.append([cell for cell, _ in hits])
            offsets.append(place)
    return np.array(cells, int).reshape(-1, 2), np.array(offsets, int).reshape(-1, 2)
