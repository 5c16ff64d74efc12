"""Convolution holds to SciPy's, which was written by others. SciPy is not in the browser: these run natively only."""

import numpy as np
from hypothesis import given
from scipy.signal import correlate

from convoscope.engine import conv2d

from .strategies import Case, conv_cases, many


def spread(weight, dilation):
    """Put dilation − 1 zeros between the weights. (C, kH, kW) -> (C, larger, larger)."""
    C, kH, kW = weight.shape
    out = np.zeros((C, dilation[0] * (kH - 1) + 1, dilation[1] * (kW - 1) + 1))
    out[:, :: dilation[0], :: dilation[1]] = weight
    return out


@many
@given(conv_cases())
def test_convolution_is_scipys_correlation(case: Case):
    stride, (rows, columns), dilation = (case.settings[name] for name in ("stride", "padding", "dilation"))
    out = conv2d(case.x, case.weight, case.bias, **case.settings)
    for n, f in np.ndindex(len(case.x), len(case.weight)):
        padded = np.pad(case.x[n], ((0, 0), (rows, rows), (columns, columns)))
        dense = correlate(padded, spread(case.weight[f], dilation), "valid", method="direct")[0]
        expected = dense[:: stride[0], :: stride[1]] + case.bias[f]
        np.testing.assert_allclose(out[n, f], expected, rtol=0, atol=1e-12 * (1 + abs(expected).max()))
