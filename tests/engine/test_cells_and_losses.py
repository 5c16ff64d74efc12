"""Activations, linear, softmax and the losses keep their laws, at the edges of the numbers too."""

import math

import numpy as np
import pytest
from hypothesis import given

from convoscope.engine import (
    cross_entropy,
    cross_entropy_backward,
    flatten,
    flatten_backward,
    linear,
    linear_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    softmax,
    squared_error,
    tanh,
)

from .strategies import Case, conv_cases, rows, some, st


def test_relu_and_its_subgradient_at_zero():
    x = np.array([-2.0, -0.0, 0.0, 3.0])
    assert relu(x).tolist() == [0, 0, 0, 3]
    assert relu_backward(np.full(4, 5.0), x).tolist() == [0, 0, 0, 5]


def test_sigmoid_neither_overflows_nor_cancels():
    x = np.array([-800.0, -40.0, 0.0, 40.0, 800.0])
    np.testing.assert_allclose(sigmoid(x), [0, math.exp(-40), 0.5, 1, 1], rtol=1e-15)
    np.testing.assert_allclose(sigmoid_backward(np.ones(5), x)[[1, 3]], math.exp(-40), rtol=1e-14)
    np.testing.assert_allclose(sigmoid(-x), 1 - sigmoid(x), atol=1e-16)
    np.testing.assert_allclose(tanh(x / 50), 2 * sigmoid(2 * x / 50) - 1, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float32_and_float64_stay_what_they_are(dtype):
    x = np.linspace(-3, 3, 12, dtype=dtype).reshape(3, 4)
    made = [f(x) for f in (relu, sigmoid, tanh, softmax, flatten)] + [linear(x, x, x[:, 0])]
    made += [relu_backward(x, x), sigmoid_backward(x, x), *linear_backward(x[:, :3], x, x), flatten_backward(x, x)]
    made += [cross_entropy_backward(x, np.array([0, 1, 2]))]
    assert {array.dtype for array in made} == {np.dtype(dtype)}


@some
@given(rows())
def test_linear_is_its_sum(case):
    x, weight, bias, _ = case
    expected = np.array([[sum(w * v for w, v in zip(row, image, strict=True)) for row in weight] for image in x])
    np.testing.assert_allclose(linear(x, weight), expected, atol=1e-12)
    np.testing.assert_allclose(linear(x, weight, bias), expected + bias, atol=1e-12)


@some
@given(conv_cases(largest=5))
def test_flatten_reads_channel_by_channel_and_back(case: Case):
    x = case.x
    assert flatten(x)[0].tolist() == [x[(0, *place)] for place in np.ndindex(x.shape[1:])]
    assert np.array_equal(flatten_backward(flatten(x), x), x)


@some
@given(rows(), st.floats(-1e4, 1e4))
def test_softmax_does_not_see_a_common_shift(case, shift):
    logits = case[0]
    np.testing.assert_allclose(softmax(logits + shift), softmax(logits), atol=1e-11)
    labels = np.zeros(len(logits), int)
    assert cross_entropy(logits + shift, labels) == pytest.approx(cross_entropy(logits, labels), abs=1e-10)


@some
@given(rows())
def test_softmax_gives_probabilities_and_cross_entropy_their_negative_logarithm(case):
    logits, _, _, rng = case
    probabilities, labels = softmax(logits), rng.integers(0, logits.shape[1], len(logits))
    assert (probabilities > 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-14)
    losses = [-math.log(row[label]) for row, label in zip(probabilities, labels, strict=True)]
    assert cross_entropy(logits, labels) == pytest.approx(sum(losses) / len(losses), abs=1e-12)


def test_cross_entropy_of_hopeless_logits_is_large_but_finite():
    assert cross_entropy(np.array([[0.0, 5000.0]]), np.array([0])) == 5000
    assert cross_entropy(np.zeros((2, 10)), np.array([3, 9])) == pytest.approx(math.log(10))


def test_squared_error_of_one_number_is_the_lectures():
    assert squared_error(np.array([[3.0]]), np.array([[1.0]])) == 0.5 * (3 - 1) ** 2
    assert squared_error(np.array([[3.0, 0.0], [1.0, 1.0]]), np.ones((2, 2))) == 0.5 * (4 + 1) / 2
