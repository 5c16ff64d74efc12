"""A cell of a local response normalisation: a number divided by a power of the squares around it, channel by channel."""

from __future__ import annotations

from typing import cast

import numpy as np

from ...engine import Layer, local_response_norm
from ...engine.layer_specs import ResponseNormSpec
from ..numbers import write, write_factor
from .activations import Activations, Unit
from .derivation import Derivation, Neighbours, Term
from .graph import layers_of


class ResponseNorm(Derivation):
    """One cell. number: what is normalised; numbers: those of the channels in `window_maps` at its place."""

    reads_its_place = True
    about = "x / (k + alpha / size · the sum of the squares around it)^beta"

    def __init__(self, activations: Activations, unit: Unit) -> None:
        super().__init__(activations, unit)
        c, row, column = unit.position
        spec = _spec(activations, unit.layer)
        self.window_maps = _channels(spec, c, len(self.x))
        self.window_edges = (row, column, row + 1, column + 1)
        self.number = float(self.x[unit.position])
        self.numbers = self.x[self.window_maps.start : self.window_maps.stop, row, column]
        cell = self.x[np.newaxis, :, row : row + 1, column : column + 1]
        out = local_response_norm(cell, spec.size, alpha=spec.alpha, beta=spec.beta, k=spec.k)
        self.total = float(out[0, c, 0, 0])
        channels = [c, *(channel for channel in self.window_maps if channel != c)]
        shares = np.array([activations.value(unit), *(0 for _ in channels[1:])], self.x.dtype)
        self.inputs = Neighbours(self.before, np.array([(channel, row, column) for channel in channels]), shares)
        squares = write(float((self.numbers**2).sum()))
        self.words = f"{write(self.number)} / ({spec.k:g} + {spec.alpha:g}/{spec.size} × {squares})^{spec.beta:g}"
        self.result_words = self.words

    @classmethod
    def readers(cls, activations: Activations, unit: Unit, up: int) -> Neighbours:
        """The channels that have this one among their neighbours, its own first."""
        spec, (c, row, column), count = _spec(activations, up), unit.position, len(activations.values[up])
        channels = [c, *(n for n in range(count) if n != c and c in _channels(spec, n, count))]
        values = activations.values[up]
        shares = np.array([values[unit.position], *(0 for _ in channels[1:])], values.dtype)
        return Neighbours(up, np.array([(channel, row, column) for channel in channels]), shares)

    def terms(self) -> list[Term]:
        """The squares that are added."""
        _, row, column = self.unit.position
        return [
            Term(words=f"{write_factor(number)}² =", result=number**2, unit=Unit(self.before, (channel, row, column)))
            for channel, number in zip(self.window_maps, self.numbers.tolist(), strict=True)
        ]


def _spec(activations: Activations, layer: int) -> ResponseNormSpec:
    made_by = cast("Layer", layers_of(activations.network)[layer].made_by)
    return cast("ResponseNormSpec", made_by.spec)


def _channels(spec: ResponseNormSpec, c: int, count: int) -> range:
    """The channels whose squares are added for channel c of so many."""
    return range(max(0, c - spec.size // 2), min(count, c + (spec.size - 1) // 2 + 1))
