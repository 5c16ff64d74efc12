"""Starting weights: random numbers whose spread keeps signals of the same size from layer to layer.

A cell that adds up fan_in products grows with the square root of fan_in, so the weights must shrink likewise.
He et al. (2015): variance 2 / fan_in, for ReLU, which drops half of the signal.
Glorot and Bengio (2010): variance 2 / (fan_in + fan_out), for tanh, sigmoid and plain sums.
The random generator is an argument: the same seed gives the same network.
"""

from __future__ import annotations

import math

import numpy as np

from .shapes import Array


def he_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Normal numbers of variance 2 / fan_in. shape: (F, C, kH, kW) or (outputs, inputs) -> array of that shape."""
    fan_in, _ = fans(shape)
    return rng.normal(0.0, math.sqrt(2.0 / fan_in), shape)


def glorot_uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Uniform numbers of variance 2 / (fan_in + fan_out). shape: (F, C, kH, kW) or (outputs, inputs) -> that shape."""
    fan_in, fan_out = fans(shape)
    limit = math.sqrt(6.0 / (fan_in + fan_out))  # a uniform number in ±limit has variance limit² / 3
    return rng.uniform(-limit, limit, shape)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """(F, C, kH, kW) or (outputs, inputs) -> (inputs that one output adds up, outputs that one input reaches)."""
    if len(shape) < 2 or min(shape) < 1:
        raise ValueError(
            f"weights of shape {shape} have no fan; give (filters, channels, rows, columns) or (outputs, inputs), "
            "each at least 1, and start biases at zero"
        )
    kernel_cells = math.prod(shape[2:])
    return shape[1] * kernel_cells, shape[0] * kernel_cells
