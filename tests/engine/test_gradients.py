"""Every backward is the slope of its forward, measured in float64 along random directions; and the check can fail."""

import numpy as np
import pytest
from hypothesis import given

from convoscope import engine

from .oracles import far_from_ties, slope_error
from .strategies import Case, conv_cases, many, numbers, pool_cases, rows, st

LARGEST_ERROR = 1e-6


@many
@given(conv_cases())
def test_conv2d(case: Case):
    def convolve(x=case.x, weight=case.weight, bias=case.bias):
        return engine.conv2d(x, weight, bias, **case.settings)

    grad_out = numbers(case.rng, convolve().shape, False)
    grad_x, grad_weight, grad_bias = engine.conv2d_backward(grad_out, case.x, case.weight, **case.settings)
    assert slope_error(lambda x: convolve(x=x), grad_x, case.x, grad_out, case.rng) <= LARGEST_ERROR
    assert slope_error(lambda w: convolve(weight=w), grad_weight, case.weight, grad_out, case.rng) <= LARGEST_ERROR
    assert slope_error(lambda b: convolve(bias=b), grad_bias, case.bias, grad_out, case.rng) <= LARGEST_ERROR


@many
@given(rows())
def test_linear(case):
    x, weight, bias, rng = case
    grad_out = rng.normal(size=(len(x), len(weight)))
    grad_x, grad_weight, grad_bias = engine.linear_backward(grad_out, x, weight)
    assert slope_error(lambda v: engine.linear(v, weight, bias), grad_x, x, grad_out, rng) <= LARGEST_ERROR
    assert slope_error(lambda v: engine.linear(x, v, bias), grad_weight, weight, grad_out, rng) <= LARGEST_ERROR
    assert slope_error(lambda v: engine.linear(x, weight, v), grad_bias, bias, grad_out, rng) <= LARGEST_ERROR


@many
@given(pool_cases(), st.sampled_from(["max_pool2d", "avg_pool2d"]))
def test_pooling(case: Case, name):
    pool, pool_backward = getattr(engine, name), getattr(engine, f"{name}_backward")
    x = far_from_ties(case.rng, case.x.shape)
    grad_out = case.rng.normal(size=pool(x, **case.settings).shape)
    grad_x = pool_backward(grad_out, x, **case.settings)
    assert slope_error(lambda v: pool(v, **case.settings), grad_x, x, grad_out, case.rng) <= LARGEST_ERROR


@many
@given(conv_cases(largest=6), st.sampled_from(["relu", "sigmoid", "tanh", "flatten"]))
def test_cell_by_cell(case: Case, name):
    op, op_backward = getattr(engine, name), getattr(engine, f"{name}_backward")
    x = far_from_ties(case.rng, case.x.shape)
    grad_out = case.rng.normal(size=op(x).shape)
    assert slope_error(op, op_backward(grad_out, x), x, grad_out, case.rng) <= LARGEST_ERROR


@many
@given(rows())
def test_softmax_and_losses(case):
    x, _, _, rng = case
    grad_out, target = rng.normal(size=x.shape), rng.normal(size=x.shape)
    labels = rng.integers(0, x.shape[1], len(x))
    if x.shape[1] > 1:  # the softmax of one class is always 1: its gradient is 0, and so is any relative error
        assert slope_error(engine.softmax, engine.softmax_backward(grad_out, x), x, grad_out, rng) <= LARGEST_ERROR
    grad = engine.cross_entropy_backward(x, labels)
    assert slope_error(lambda v: engine.cross_entropy(v, labels), grad, x, 1.0, rng) <= LARGEST_ERROR
    grad = engine.squared_error_backward(x, target)
    assert slope_error(lambda v: engine.squared_error(v, target), grad, x, 1.0, rng) <= LARGEST_ERROR


@pytest.mark.parametrize("which", [0, 1, 2], ids=["grad_x", "grad_weight", "grad_bias"])
def test_the_check_sees_a_derivative_that_is_a_thousandth_off(which):
    caught = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        values = [rng.normal(size=shape) for shape in ((2, 2, 5, 6), (3, 2, 2, 3), (3,))]
        grad_out = rng.normal(size=engine.conv2d(*values).shape)
        wrong = 1.001 * engine.conv2d_backward(grad_out, *values[:2])[which]

        def convolve(v, which=which, values=values):
            return engine.conv2d(*values[:which], v, *values[which + 1 :])

        caught += slope_error(convolve, wrong, values[which], grad_out, rng) > LARGEST_ERROR
    assert caught == 100


PLANTED = {
    "kernel turned": lambda grad_out, x, weight: engine.conv2d_backward(grad_out, x, weight[:, :, ::-1, ::-1].copy())[0],
    "one cell aside": lambda grad_out, x, weight: engine.conv2d_backward(np.roll(grad_out, 1, axis=3), x, weight)[0],
    "images mixed up": lambda grad_out, x, weight: engine.conv2d_backward(grad_out[::-1].copy(), x, weight)[0],
    "one filter left out": lambda grad_out, x, weight: engine.conv2d_backward(
        grad_out[:, 1:].copy(), x, weight[1:].copy()
    )[0],
}


@pytest.mark.parametrize("fault", PLANTED)
def test_the_check_sees_usual_mistakes(fault):
    rng = np.random.default_rng(1)
    x, weight = rng.normal(size=(2, 2, 5, 6)), rng.normal(size=(3, 2, 2, 3))
    grad_out = rng.normal(size=engine.conv2d(x, weight).shape)
    wrong = PLANTED[fault](grad_out, x, weight)
    assert slope_error(lambda v: engine.conv2d(v, weight), wrong, x, grad_out, rng) > 1000 * LARGEST_ERROR
