"""Finite differences judge a gradient rightly: smooth however steep, at kinks and ties, lost in rounding, and wrong."""

import math

import numpy as np
import pytest

from convoscope.engine import check_gradients, forward_pass, judge, parse_formula, slopes

SMOOTH = [
    ("sin(10000*x)", {"x": 2.0}), ("1/x", {"x": 1e-6}), ("log(x)", {"x": 1e-8}), ("exp(x)", {"x": 50.0}),
    ("tan(x)", {"x": 1.5707}), ("x**3", {"x": 0.0}), ("cos(x)", {"x": 0.0}), ("exp(-x**2)", {"x": 30.0}),
    ("x + 1e20*x", {"x": 1.0}), ("sin(1/x)", {"x": 0.001}), ("x*y", {"x": 1e6, "y": 1e-6}),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "inputs"), SMOOTH)
def test_a_right_gradient_of_a_smooth_function_agrees(formula, inputs):
    assert {check.outcome for check in check_gradients(parse_formula(formula), inputs).values()} == {"agrees"}


@pytest.mark.parametrize(
    ("formula", "x", "left", "right"), [("abs(x)", 0.0, -1, 1), ("relu(x)", 0.0, 0, 1), ("max(3*x, x)", 0.0, 1, 3)]
)
def test_a_kink_has_two_slopes_and_any_between_is_right(formula, x, left, right):
    check = check_gradients(parse_formula(formula), {"x": x})["x"]
    assert check.outcome == "kink"
    assert (check.left, check.right) == pytest.approx((left, right), abs=1e-6)


@pytest.mark.parametrize(
    ("formula", "inputs", "slope"),
    [
        ("max(x,0) + min(x,0)", {"x": 0.0}, 1.0),
        ("max(x,0)-x*z+log(1+exp(-abs(x)))", {"x": 0.0, "z": 0.3}, 0.2),
    ],
)
def test_subgradients_that_meet_are_never_called_wrong(formula, inputs, slope):
    check = check_gradients(parse_formula(formula), inputs)["x"]
    assert (check.outcome, check.slope) == ("subgradient", pytest.approx(slope, abs=1e-6))


@pytest.mark.parametrize(
    ("formula", "inputs", "name", "slope"),
    [
        ("x*x**0.5", {"x": 0.0}, "x", 0.0),
        ("sqrt(x)**2", {"x": 0.0}, "x", 1.0),
        ("a**b", {"a": -2.0, "b": -3.0}, "b", math.nan),
        ("log(1-sigmoid(x))", {"x": 36.0}, "v1", math.nan),
        ("(x + 1e15) - 1e15", {"x": 1.0}, "x", math.nan),
    ],
)
def test_no_verdict_where_measuring_fails(formula, inputs, name, slope):
    check = check_gradients(parse_formula(formula), inputs)[name]
    assert check.outcome == "no verdict"
    assert check.slope == pytest.approx(slope, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("logit", [-40.0, -1.0, 10.0, 30.0, 37.0, 40.0, 700.0])
def test_a_saturated_likelihood_is_checked_and_right(logit):
    graph, inputs = parse_formula("y = sigmoid(a); likelihood(y, t)"), {"a": logit, "t": 0.0}
    assert float(forward_pass(graph, inputs)["J"]) == pytest.approx(-np.logaddexp(0, logit), rel=1e-12)
    assert check_gradients(graph, inputs)["a"].outcome == "agrees"


def test_random_shapes_with_ties_and_any_size():
    rng = np.random.default_rng(5)
    for _ in range(50):
        size = 10.0 ** rng.integers(-6, 7)
        x, weight = rng.integers(-3, 4, (2, 3)) * size, rng.normal(size=(2, 3))
        found = slopes(lambda many, weight=weight: (weight * many).sum(axis=(1, 2)), x)
        error = found.left_error + found.right_error
        cells = zip(weight.flat, found.left.flat, found.right.flat, error.flat, strict=True)
        assert {judge(*map(float, cell)).outcome for cell in cells} == {"agrees"}


def test_one_thousandth_too_much_is_noticed_and_no_word_is_given_for_noise():
    assert judge(1.001, 1.0, 1.0, 1e-9).outcome == "disagrees"
    assert judge(1.001, 1.0, 1.0, 1e-9, is_tied=True).outcome == "subgradient"
    assert judge(1.001, 1.0, 1.0, 0.2).outcome == "no verdict"
    assert judge(2.5, 1.0, 3.0, 1e-9).outcome == "kink"
    assert judge(3.5, 1.0, 3.0, 1e-9).outcome == "disagrees"
    assert judge(math.nan, 1.0, 1.0, 1e-9) == judge(math.inf, 1.0, 1.0, 1e-9)
