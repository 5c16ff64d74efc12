"""Pooling is its definition; tied maxima send their gradient to the first in row order."""

import numpy as np
import pytest
from hypothesis import given

from convoscope.engine import avg_pool2d, avg_pool2d_backward, conv2d, max_pool2d, max_pool2d_backward, max_pool2d_loops

from .oracles import pool_loops
from .strategies import Case, many, numbers, pool_cases, some

LECTURE = np.array(  # the lecture's 7×7 image without its first row and column (slides 54 to 63)
    [
        [1, 1, 1, 1, 1, 0],
        [1, 0, 0, 1, 0, 0],
        [1, 0, 1, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ],
    np.float64,
)[None, None]


def test_the_lecture_examples():
    assert max_pool2d(LECTURE, 2)[0, 0].tolist() == [[1, 1, 1], [1, 1, 0], [1, 0, 0]]
    assert avg_pool2d(LECTURE, 2)[0, 0].tolist() == [[0.75, 0.75, 0.25], [0.75, 0.25, 0], [0.25, 0, 0]]
    ones = conv2d(LECTURE, np.ones((1, 1, 2, 2)), stride=2)
    assert ones[0, 0].tolist() == [[3, 3, 1], [3, 1, 0], [1, 0, 0]]


@many
@given(pool_cases())
def test_max_pooling_is_the_definition_ties_included(case: Case):
    out = max_pool2d(case.x, **case.settings)
    grad_out = numbers(case.rng, out.shape, True)
    expected, expected_grad = pool_loops(case.x, grad_out, **case.settings, kind="max")
    assert np.array_equal(out, expected)
    assert np.array_equal(max_pool2d_loops(case.x, **case.settings), expected)
    assert np.array_equal(max_pool2d_backward(grad_out, case.x, **case.settings), expected_grad)


@many
@given(pool_cases())
def test_average_pooling_is_the_definition(case: Case):
    out = avg_pool2d(case.x, **case.settings)
    grad_out = numbers(case.rng, out.shape, True)
    expected, expected_grad = pool_loops(case.x, grad_out, **case.settings, kind="mean")
    np.testing.assert_allclose(out, expected, atol=1e-12)
    np.testing.assert_allclose(avg_pool2d_backward(grad_out, case.x, **case.settings), expected_grad, atol=1e-12)


@some
@given(pool_cases())
def test_average_pooling_is_a_convolution_with_equal_weights(case: Case):
    kH, kW = case.settings["kernel_size"]
    uniform = np.full((1, 1, kH, kW), 1 / (kH * kW))
    one_channel = case.x[:, :1]
    moves = {name: case.settings[name] for name in ("stride", "padding")}
    np.testing.assert_allclose(avg_pool2d(one_channel, **case.settings), conv2d(one_channel, uniform, **moves), atol=1e-12)


@some
@given(pool_cases())
def test_no_gradient_is_lost(case: Case):
    grad_out = numbers(case.rng, max_pool2d(case.x, **case.settings).shape, True)
    assert max_pool2d_backward(grad_out, case.x, **case.settings).sum() == grad_out.sum()


def test_a_tie_goes_to_the_first_in_row_order():
    x = np.array([[[[1.0, 2.0], [2.0, 2.0]]]])
    assert max_pool2d_backward(np.ones((1, 1, 1, 1)), x, 2)[0, 0].tolist() == [[0, 1], [0, 0]]
    assert max_pool2d_backward(np.ones((1, 1, 1, 1)), -0.0 * x, 2)[0, 0].tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float32_and_float64_stay_what_they_are(dtype):
    x = np.random.default_rng(0).normal(size=(1, 2, 5, 5)).astype(dtype)
    for pool, pool_backward in ((max_pool2d, max_pool2d_backward), (avg_pool2d, avg_pool2d_backward)):
        out = pool(x, 3, stride=2, padding=1)
        assert out.dtype == dtype
        assert pool_backward(out, x, 3, stride=2, padding=1).dtype == dtype
