"""Every op holds to what PyTorch 2.13.0 computed (scripts/make_torch_fixtures.py); torch is not needed here."""

import json
from pathlib import Path

import numpy as np
import pytest

from convoscope import engine
from convoscope.engine import fast

with np.load(Path(__file__).parent / "fixtures" / "torch_ops.npz") as archive:
    TORCH = {name: archive[name] for name in archive.files}
CASES = sorted({tuple(name.split("|")[:2]) for name in TORCH}, key=lambda case: (case[0], int(case[1])))
DTYPES = {"float64": 1e-12, "float32": 2e-6}  # allowed difference, as a share of the largest value


def cases(*ops):
    chosen = [case for case in CASES if case[0] in ops]
    assert {case[0] for case in chosen} == set(ops)
    return pytest.mark.parametrize("case", chosen, ids="|".join)


def load(case, dtype):
    """The arrays of one case in dtype, its settings with tuples for JSON's lists."""
    prefix = "|".join(case) + "|"
    arrays = {name.removeprefix(prefix): value for name, value in TORCH.items() if name.startswith(prefix)}
    settings = json.loads(str(arrays.pop("settings")))
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    return {n: v if n == "labels" else v.astype(dtype) for n, v in arrays.items()}, settings


def check(found, expected, dtype):
    assert found.shape == expected.shape
    assert np.asarray(found).dtype == dtype
    scale = max(1.0, float(abs(expected).max()))
    np.testing.assert_allclose(found, expected, rtol=0, atol=DTYPES[dtype] * scale)


@pytest.mark.parametrize("dtype", DTYPES)
@cases("conv2d")
def test_convolution(case, dtype):
    torch, settings = load(case, dtype)
    x, weight, bias = torch["x"], torch["weight"], torch["bias"]
    plan = fast.Conv2dPlan(**settings)
    for out in (engine.conv2d(x, weight, bias, **settings), plan.forward(x, weight, bias)):
        check(out, torch["out"], dtype)
    backward = engine.conv2d_backward(torch["grad_out"], x, weight, **settings)
    for gradients in (backward, plan.backward(torch["grad_out"])):
        for name, gradient in zip(("grad_x", "grad_weight", "grad_bias"), gradients, strict=True):
            check(gradient, torch[name], dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@cases("max_pool2d", "avg_pool2d")
def test_pooling(case, dtype):
    torch, settings = load(case, dtype)
    x, op = torch["x"], getattr(engine, case[0])
    plan = {"max_pool2d": fast.MaxPool2dPlan, "avg_pool2d": fast.AvgPool2dPlan}[case[0]](**settings)
    for out in (op(x, **settings), plan.forward(x)):
        check(out, torch["out"], dtype)
    backward = getattr(engine, f"{case[0]}_backward")(torch["grad_out"], x, **settings)
    for grad_x in (backward, plan.backward(torch["grad_out"])):
        check(grad_x, torch["grad_x"], dtype)


def test_some_maxima_tie_and_some_cells_are_zero():
    """Else the fixtures would not show to whom a tied gradient goes, nor ReLU's subgradient at 0."""
    torch, _ = load(("max_pool2d", "0"), "float64")
    windows = engine.sliding_windows(torch["x"], 2, stride=2).reshape(*torch["out"].shape, 4)
    assert ((windows == torch["out"][..., None]).sum(axis=-1) > 1).any()
    assert (load(("relu", "0"), "float64")[0]["x"] == 0).any()


@pytest.mark.parametrize("dtype", DTYPES)
@cases("relu", "sigmoid", "tanh", "flatten")
def test_cell_by_cell(case, dtype):
    torch, _ = load(case, dtype)
    check(getattr(engine, case[0])(torch["x"]), torch["out"], dtype)
    check(getattr(engine, f"{case[0]}_backward")(torch["grad_out"], torch["x"]), torch["grad_x"], dtype)
    if case[0] == "relu":
        plan = fast.ReLUPlan()
        check(plan.forward(torch["x"]), torch["out"], dtype)
        check(plan.backward(torch["grad_out"]), torch["grad_x"], dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@cases("linear")
def test_linear(case, dtype):
    torch, _ = load(case, dtype)
    x, weight, bias = torch["x"], torch["weight"], torch["bias"]
    plan = fast.LinearPlan()
    for out in (engine.linear(x, weight, bias), plan.forward(x, weight, bias)):
        check(out, torch["out"], dtype)
    backward = engine.linear_backward(torch["grad_out"], x, weight)
    for gradients in (backward, plan.backward(torch["grad_out"])):
        for name, gradient in zip(("grad_x", "grad_weight", "grad_bias"), gradients, strict=True):
            check(gradient, torch[name], dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@cases("softmax")
def test_softmax(case, dtype):
    torch, _ = load(case, dtype)
    check(engine.softmax(torch["logits"]), torch["out"], dtype)
    check(engine.softmax_backward(torch["grad_out"], torch["logits"]), torch["grad_logits"], dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@cases("cross_entropy", "squared_error")
def test_losses(case, dtype):
    torch, _ = load(case, dtype)
    if case[0] == "cross_entropy":
        loss = engine.cross_entropy(torch["logits"], torch["labels"])
        gradient, expected, name = engine.cross_entropy_backward(torch["logits"], torch["labels"]), torch["out"], "logits"
    else:
        loss = engine.squared_error(torch["out"], torch["target"])
        gradient, expected, name = engine.squared_error_backward(torch["out"], torch["target"]), torch["loss"], "out"
    assert loss == pytest.approx(float(expected), rel=DTYPES[dtype], abs=DTYPES[dtype])
    check(gradient, torch[f"grad_{name}"], dtype)
