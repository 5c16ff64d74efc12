"""Values and gradients of formulas: against PyTorch 2.13.0's, against measured slopes, and step by step as on the slides."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from convoscope.engine import backward_pass, check_gradients, forward_pass, parse_formula
from convoscope.engine.operations import OPERATIONS, Operation

TORCH = json.loads((Path(__file__).parent / "fixtures" / "torch_formulas.json").read_text(encoding="utf-8"))
SIMPLE = "t = x**2; u1 = sin(t); u2 = 3*t; u = u1 + u2; J = cos(u)"


def worked(formula, inputs):
    """Everything about a formula: graph, values, gradients, increments."""
    graph = parse_formula(formula)
    values = forward_pass(graph, inputs)
    return graph, values, *backward_pass(graph, values)


def test_there_are_more_than_a_hundred_formulas():
    assert len({case["formula"] for case in TORCH}) > 100


@pytest.mark.parametrize("case", TORCH, ids=lambda case: case["formula"])
def test_values_and_gradients_are_pytorchs(case):
    graph, values, gradients, _ = worked(case["formula"], case["inputs"])
    assert values[graph.output] == pytest.approx(case["value"], rel=1e-12, abs=1e-15)
    found = {name: gradients[name] for name in graph.inputs}
    wanted = {name: case["gradients"][name] for name in graph.inputs}
    assert found == pytest.approx(wanted, rel=1e-11, abs=1e-14)
    assert all(gradient == 0 for name, gradient in case["gradients"].items() if name not in found)


@pytest.mark.parametrize("case", TORCH, ids=lambda case: case["formula"])
def test_measured_slopes_agree_at_every_node(case):
    graph, values, gradients, _ = worked(case["formula"], case["inputs"])
    checks = check_gradients(graph, case["inputs"])
    size = max(1, abs(values[graph.output]))
    assert all(math.isclose(checks[name].slope, gradients[name], rel_tol=1e-5, abs_tol=1e-6 * size) for name in graph.nodes)
    assert {check.outcome for check in checks.values()} == {"agrees"}


def test_a_wrong_slope_is_noticed(monkeypatch):
    sine = OPERATIONS["sin"]
    wrong = Operation(sine.value, lambda u, v: (1.001 * np.cos(v),), sine.formula, sine.slope_formulas)
    monkeypatch.setitem(OPERATIONS, "sin", wrong)
    assert check_gradients(parse_formula("sin(x)"), {"x": 0.7})["x"].outcome == "disagrees"


def test_the_simple_example_goes_as_on_the_slide():
    _, values, gradients, increments = worked(SIMPLE, {"x": 2.0})
    t, u = 4.0, math.sin(4) + 12
    assert [values[name] for name in ("x", "t", "u1", "u2", "u", "J")] == pytest.approx([2, t, math.sin(t), 12, u, math.cos(u)])
    visits = [(step.node, step.argument) for step in increments]
    assert visits == [("J", "u"), ("u", "u1"), ("u", "u2"), ("u2", "t"), ("u1", "t"), ("t", "x")]
    assert [step.slope for step in increments] == pytest.approx([-math.sin(u), 1, 1, 3, math.cos(t), 4])
    assert gradients["t"] == pytest.approx(-math.sin(u) * (3 + math.cos(t)))
    assert gradients["x"] == pytest.approx(-math.sin(u) * (3 + math.cos(t)) * 4)


def test_every_increment_is_a_product_added_to_what_was_there():
    for case in TORCH:
        _, _, gradients, increments = worked(case["formula"], case["inputs"])
        sums = dict.fromkeys(gradients, 0.0)
        for step in increments:
            assert step.product == gradients[step.node] * step.slope
            sums[step.argument] += step.product
            assert step.total == sums[step.argument]
        assert all(sums[name] == gradients[name] for name in list(gradients)[:-1])


@pytest.mark.parametrize(
    ("formula", "inputs", "gradients"),
    [
        ("relu(x)", {"x": 0.0}, {"x": 0}),
        ("abs(x)", {"x": 0.0}, {"x": 0}),
        ("max(x, y)", {"x": 1.0, "y": 1.0}, {"x": 1, "y": 0}),
        ("min(x, y, z)", {"x": 2.0, "y": 1.0, "z": 1.0}, {"x": 0, "y": 1, "z": 0}),
        ("x**0", {"x": 0.0}, {"x": 0}),
        ("x**y", {"x": 0.0, "y": 2.0}, {"x": 0, "y": 0}),
        ("x**2", {"x": 0.0}, {"x": 0}),
    ],
)
def test_corners_and_ties_have_one_stated_answer(formula, inputs, gradients):
    _, _, found, _ = worked(formula, inputs)
    assert {name: found[name] for name in gradients} == gradients


UNDEFINED = [("log(x)", -1.0), ("sqrt(x)", -1.0), ("1/x", 0.0), ("exp(x)", 1e4), ("x**0.5", -1.0)]


@pytest.mark.parametrize(("formula", "x"), UNDEFINED)
def test_what_has_no_value_is_not_finite_and_stops_nothing(formula, x):
    graph, values, gradients, _ = worked(formula, {"x": x})
    assert not np.isfinite(values[graph.output])
    assert set(gradients) == set(check_gradients(graph, {"x": x})) == set(graph.nodes)


ZEROS = [("1/x", {"x": 0}), ("x/y", {"x": 1, "y": 0}), ("x**y", {"x": 0, "y": -1}), ("log(x)", {"x": 0})]


@pytest.mark.parametrize("number", [float, np.float64, np.float32, int])
@pytest.mark.parametrize(("formula", "inputs"), ZEROS)
def test_values_of_any_kind_divide_by_zero_without_an_exception(formula, inputs, number):
    values = {name: number(value) for name, value in (inputs | {"J": 0}).items()}
    gradients, increments = backward_pass(parse_formula(formula), values)
    assert not np.isfinite(gradients["x"])
    assert all(type(gradient) is float for gradient in gradients.values())
    assert len(increments) == len(inputs)


WRITTEN = [
    ("cos(u)", "cos(u)", ["−sin(u)"]),
    ("x**2", "x²", ["2·x"]),
    ("x**3", "x³", ["3·x²"]),
    ("x**y", "x^y", ["y·x^(y − 1)", "log(x)·J"]),
    ("x*y", "x·y", ["y", "x"]),
    ("x/y", "x/y", ["1/y", "−x/y²"]),
    ("x - y", "x − y", ["1", "−1"]),
    ("max(x, y)", "max(x, y)", ["[x is the largest]", "[y is the largest]"]),
    ("dot(a, x, b, y)", "a·x + b·y", ["x", "a", "y", "b"]),
    ("sigmoid(a)", "sigmoid(a)", ["exp(−a)/(exp(−a) + 1)²"]),
    ("likelihood(y, t)", "t·log(y) + (1 − t)·log(1 − y)", ["t/y + (1 − t)/(y − 1)", "log(y) − log(1 − y)"]),
]


@pytest.mark.parametrize(("formula", "written", "slopes"), WRITTEN)
def test_operations_and_their_derivatives_as_text(formula, written, slopes):
    node = parse_formula(formula).nodes["J"]
    words = [argument if isinstance(argument, str) else f"{argument:g}" for argument in node.arguments]
    operation = OPERATIONS[node.operation]
    assert operation.formula(*words) == written
    texts = operation.slope_formulas("J", *words)
    assert [text for text, argument in zip(texts, node.arguments, strict=True) if isinstance(argument, str)] == slopes
