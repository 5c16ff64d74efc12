"""A cell of a convolution: window × kernel, one kernel for each input map, then the bias.

    value = bias[f] + Σ_c Σ_k Σ_m weight[f, c, k, m] · window[c, k, m]
"""

from __future__ import annotations

import numpy as np

from ...engine import conv2d_terms
from ...engine.shapes import Array
from ...engine.windows import pad_images
from ..grid import limit_of
from .activations import Activations, Unit
from .derivation import Neighbours, NumberGrid, Opening, Term, Weighted
from .graph import layers_of
from .windows import Windowed, windows_over

MOST_GROUPS = 16  # input maps shown cell by cell: those that contribute most
MOST_NAMED = 48  # other maps whose numbers are listed
LARGEST_PATCH = 12  # cells a side of what is opened by itself


class Convolution(Windowed, Weighted):
    """One cell. window, kernel, products: (C, kH, kW), for the C maps that its filter reads; sums: (C,), over each of
    them."""

    about = "window × kernel, one kernel for each map before it, then the bias"

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        self.kernel = self.row
        filters, maps = self.parameters["weight"].shape[:2]
        group = unit.position[0] * len(self.x) // maps // filters  # of maps that the filter reads: 0 unless there are several
        self.window_maps = range(group * maps, (group + 1) * maps)
        self.dilation = self.window_geometry.dilation
        terms = conv2d_terms(self.patch(self.window_maps), self.kernel, self.bias, dilation=self.dilation)
        self.window: Array = terms.windows[0, 0]
        self.products: Array = terms.products[0, 0]
        self.sums: Array = self.products.sum(axis=(1, 2))
        self.total = float(terms.output[0, 0])
        self.inputs = self._inputs()
        self.words = self.sum_words(self.window)
        self.shown: list[int] = sorted(np.argsort(-np.abs(self.sums), kind="stable")[:MOST_GROUPS].tolist())

    def _inputs(self) -> Neighbours:
        """The pixels under the kernels, without the padding."""
        c, k, m = np.indices(self.products.shape).reshape(3, -1)
        rows, columns = self.corner[0] + self.dilation[0] * k, self.corner[1] + self.dilation[1] * m
        inside = (rows >= 0) & (rows < self.x.shape[1]) & (columns >= 0) & (columns < self.x.shape[2])
        positions = np.column_stack([c + self.window_maps.start, rows, columns])[inside]
        return Neighbours.ranked(self.before, positions, self.products.ravel()[inside])

    @classmethod
    def readers(cls, activations: Activations, unit: Unit, up: int) -> Neighbours:
        """Every filter that reads the unit's map has a cell for each place of its kernel that meets the unit."""
        weight = layers_of(activations.network)[up].parameters["weight"]
        group, channel = divmod(unit.position[0], weight.shape[1])
        each = len(weight) * weight.shape[1] // len(activations.values[unit.layer])  # filters of a group
        filters = np.arange(group * each, (group + 1) * each)
        cells, offsets = windows_over(activations, unit, up)
        products = weight[filters, channel][:, offsets[:, 0], offsets[:, 1]] * activations.value(unit)  # filters × cells
        positions = np.column_stack([np.repeat(filters, len(cells)), np.tile(cells, (each, 1))])
        return Neighbours.ranked(up, positions, products.ravel())

    def grids(self) -> list[NumberGrid]:
        arrays = {"window": self.window, "kernel": self.kernel, "products": self.products}
        limits = {kind: limit_of(array) for kind, array in arrays.items()}
        grids, ((row, column), (d0, d1)) = [], (self.corner, self.dilation)
        for c in self.shown:
            places = list(np.ndindex(*self.kernel.shape[1:]))
            group = c + self.window_maps.start
            units = [self.pixel(group, row + d0 * k, column + d1 * m) for k, m in places]
            weights = [self.place("weight", c, k, m) for k, m in places]
            for kind, array in arrays.items():
                leads = (units if kind == "window" else (), weights if kind == "kernel" else ())
                grids.append(NumberGrid(group, kind, array[c], limits[kind], *leads))
        return grids

    def terms(self) -> list[Term]:
        name, first = self.activations.names[self.before], self.window_maps.start
        terms = [Term(f"{name}[{first + c}]", result=float(self.sums[c]), group=first + c) for c in self.shown]
        others = np.delete(self.sums, self.shown)
        numbers = np.delete(np.arange(len(self.sums)), self.shown) + first
        words = ", ".join(map(str, numbers)) if len(numbers) <= MOST_NAMED else ""
        rest = [Term(f"{len(others)} other maps", words, float(others.sum()))] if len(others) else []
        return [*terms, *rest, self.bias_term()]

    def openings(self) -> list[Opening]:
        """Each input map around the window, one stride further on every side where there is more of it, padding included."""
        its = self.window_geometry
        if len(set(its.stride)) > 1 or len(set(its.dilation)) > 1:
            return []
        padded = pad_images(self.x[np.newaxis], its.padding)[0]
        cuts = []
        for axis, (span, step, pad) in enumerate(zip(its.span, its.stride, its.padding, strict=True)):
            begin, size = self.corner[axis] + pad, padded.shape[axis + 1]
            room = span + 2 * step <= LARGEST_PATCH
            start = begin - step if room and begin >= step else begin
            end = begin + span + (step if room and begin + span + step <= size else 0)
            cuts.append(slice(start, end))
        first = self.window_maps.start
        return [
            Opening(first + c, padded[first + c, cuts[0], cuts[1]], self.kernel[c], its.stride[0], its.dilation[0])
            for c in self.shown
        ]
