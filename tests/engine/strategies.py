"""Random shapes and values for the engine's tests; every draw is the same on every run.

CONVOSCOPE_TEST_PROFILE chooses how many: `native` (500 random shapes where it matters) or `pyodide` (100, without BLAS
and inside a browser's engine). Half of the values are small whole numbers: normal numbers never tie and never are 0.
"""

import os
from dataclasses import dataclass

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = {"native": 500, "pyodide": 100}[os.environ.get("CONVOSCOPE_TEST_PROFILE", "native")]


def repeated(examples):
    return settings(
        max_examples=examples, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )


many = repeated(EXAMPLES)
some = repeated(EXAMPLES // 5)


@dataclass(frozen=True)
class Case:
    """x: (N, C, H, W), weight: (F, C, kH, kW), bias: (F,), settings: keyword arguments; rng for what else is needed."""

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    settings: dict
    rng: np.random.Generator

    @property
    def kernel_size(self):
        return self.weight.shape[2:]


def numbers(rng, shape, whole):
    """Small whole numbers or normal ones. shape -> float64 array."""
    return rng.integers(-2, 3, shape).astype(np.float64) if whole else rng.normal(size=shape)


def pairs(low, high):
    return st.tuples(st.integers(low, high), st.integers(low, high))


STRIDES, PADDINGS, DILATIONS = pairs(1, 4), pairs(0, 3), pairs(1, 3)


@st.composite
def conv_cases(draw, largest=12, strides=STRIDES, paddings=PADDINGS, dilations=DILATIONS):
    """Images, filters and settings that fit together: rectangular, N, C and F up to 4, kernels up to 5×5."""
    N, C, F = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    kernel, stride, padding, dilation = draw(pairs(1, 5)), draw(strides), draw(paddings), draw(dilations)
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    least = [max(1, span - 2 * p) for span, p in zip(spans, padding, strict=True)]
    H, W = (draw(st.integers(low, max(low, largest))) for low in least)
    rng, whole = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.booleans())
    chosen = {"stride": stride, "padding": padding, "dilation": dilation}
    arrays = (numbers(rng, shape, whole) for shape in ((N, C, H, W), (F, C, *kernel), (F,)))
    return Case(*arrays, chosen, rng)


@st.composite
def pool_cases(draw):
    """Images and a pooling: windows up to 4×4 that may overlap or leave gaps, padding up to half a window."""
    kernel, stride = draw(pairs(1, 4)), draw(pairs(1, 4))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    N, C = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    H, W = (draw(st.integers(max(1, k - 2 * p), 12)) for k, p in zip(kernel, padding, strict=True))
    rng, whole = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.booleans())
    chosen = {"kernel_size": kernel, "stride": stride, "padding": padding}
    return Case(numbers(rng, (N, C, H, W), whole), np.zeros((1, 1, *kernel)), np.zeros(1), chosen, rng)


@st.composite
def rows(draw, largest=12):
    """A batch of rows and a weight that fits. -> x: (N, I), weight: (O, I), bias: (O,), rng."""
    N, features, outputs = (draw(st.integers(1, largest)) for _ in range(3))
    rng, whole = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.booleans())
    return *(numbers(rng, shape, whole) for shape in ((N, features), (outputs, features), (outputs,))), rng
