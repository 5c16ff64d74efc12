"""The forward pass of a network whose weights are too large to be here: layer by layer, with weights drawn from a seed.

AlexNet has 60,965,224 parameters, 244 MB as float32. Each layer's are drawn just before it is computed and given up behind
it, those of a fully-connected layer some rows at a time, so that the pass takes a few megabytes. Whoever iterates can stop
after any layer, and say how far it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ..engine.building import build_layers
from ..engine.layer_specs import LayerSpec, LinearSpec
from ..engine.shapes import Array

ROWS = 256  # of a fully-connected layer's weights at a time: 9 MB of AlexNet's largest


def seeded_pass(specs: Sequence[LayerSpec], x: Array, seed: int) -> Iterator[tuple[LayerSpec, Array]]:
    """Each layer and what it makes of x. x: (N, C, H, W), float32. The same numbers for the same seed.

    Weights are normal with variance 2 / fan_in (He et al., 2015), so that the signal neither dies nor explodes.
    """
    for number, spec in enumerate(specs):
        rng = np.random.default_rng((seed, number))
        x = _linear(spec, x, rng) if isinstance(spec, LinearSpec) else _by_layer(spec, x, rng)
        yield spec, x


def _by_layer(spec: LayerSpec, x: Array, rng: np.random.Generator) -> Array:
    (layer,) = build_layers([spec], x.shape[1:], rng)
    return np.array(layer.forward(x))


def _linear(spec: LinearSpec, x: Array, rng: np.random.Generator) -> Array:
    """x: (N, inputs) -> (N, outputs)."""
    out = np.empty((len(x), spec.outputs), np.float32)
    scale = np.float32(math.sqrt(2 / x.shape[1]))
    for first in range(0, spec.outputs, ROWS):
        rows = min(ROWS, spec.outputs - first)
        weight = rng.standard_normal((rows, x.shape[1]), np.float32) * scale
        out[:, first : first + rows] = x @ weight.T
    return out
