"""Well-known networks as data: their text, their input, and how the weights start.

Inputs are (channels, rows, columns); every network ends in 10 logits, one for each digit.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from .layer_specs import Shape
from .network import Network
from .network_text import parse_network

DIGIT_SHAPE: Shape = (1, 28, 28)
LENET5 = (
    "conv 6 5x5 pad 2 / relu / {pooling} 2 / conv 16 5x5 / relu / {pooling} 2 / "
    "flatten / linear 120 / relu / linear 84 / relu / linear 10"
)
CONVNETJS_MNIST = "conv 8 5x5 pad 2 / relu / maxpool 2 / conv 16 5x5 pad 2 / relu / maxpool 3 / flatten / linear 10"


def lenet5(
    rng: np.random.Generator, *, pooling: Literal["max", "avg"] = "max", dtype: npt.DTypeLike = np.float32
) -> Network:
    """LeNet-5 of the lecture (LeCun et al., 1998), with ReLU. (1, 28, 28) -> 10 logits; 61,706 parameters.

    The lecture's 32×32 input is the 28×28 digit in a frame of 2 zeros: here C1's padding of 2 is that frame, the
    numbers are the same. C5, 120 filters of 5×5 on 5×5 maps, is written as the linear layer that it is; every filter
    of C3 sees all 6 maps.
    """
    if pooling not in ("max", "avg"):
        raise ValueError(f"pooling is {pooling!r}, but 'max' or 'avg' is wanted; try lenet5(rng, pooling='max')")
    return parse_network(LENET5.format(pooling=f"{pooling}pool"), DIGIT_SHAPE, rng, dtype=dtype)


def convnetjs_mnist(rng: np.random.Generator, *, dtype: npt.DTypeLike = np.float32) -> Network:
    """The network of ConvNetJS's MNIST page (Karpathy, 2014). (1, 24, 24) crop -> 10 logits; 5,994 parameters.

    As there, weights start normal with variance 1 / fan_in, biases at 0, and pixels run from −0.5 to 0.5.
    """
    network = parse_network(CONVNETJS_MNIST, (1, 24, 24), rng, pixel_offset=-0.5, dtype=dtype)
    for name, value in network.parameters().items():
        if name.endswith("weight"):
            value[...] = rng.normal(0.0, 1.0 / math.sqrt(value[0].size), value.shape)
    return network


def logistic_regression(rng: np.random.Generator, *, dtype: npt.DTypeLike = np.float32) -> Network:
    """One linear layer, the lecture's case 1 with ten classes. (1, 28, 28) -> 10 logits; 7,850 parameters."""
    return parse_network("flatten / linear 10", DIGIT_SHAPE, rng, dtype=dtype)


def mlp(rng: np.random.Generator, *, hidden: int = 100, dtype: npt.DTypeLike = np.float32) -> Network:
    """One hidden layer, the lecture's case 2 with ten classes. (1, 28, 28) -> 10 logits; 79,510 parameters."""
    return parse_network(f"flatten / linear {hidden} / sigmoid / linear 10", DIGIT_SHAPE, rng, dtype=dtype)
