"""Transposed, depthwise and one-dimensional convolutions: PyTorch's numbers, the definitions, the adjoint, true slopes."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from convoscope import engine
from convoscope.engine import ShapeError, conv2d, conv_transpose2d, conv_transpose2d_loops, insert_zeros

from .oracles import slope_error
from .strategies import conv_cases, some

with np.load(Path(__file__).parent / "fixtures" / "torch_transposed.npz") as archive:
    TORCH = {name: archive[name] for name in archive.files}
CASES = sorted({tuple(name.split("|")[:2]) for name in TORCH}, key=lambda case: (case[0], int(case[1])))
DTYPES = {"float64": 1e-12, "float32": 2e-6}  # allowed difference, as a share of the largest value


def load(case, dtype):
    prefix = "|".join(case) + "|"
    arrays = {name.removeprefix(prefix): value for name, value in TORCH.items() if name.startswith(prefix)}
    settings = json.loads(str(arrays.pop("settings")))
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    return {name: value.astype(dtype) for name, value in arrays.items()}, settings


def check(found, expected, dtype):
    assert found.shape == expected.shape
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=0, atol=DTYPES[dtype] * max(1.0, float(abs(expected).max())))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CASES, ids="|".join)
def test_forward_and_backward_are_pytorchs(case, dtype):
    torch, settings = load(case, dtype)
    x, weight, bias = torch["x"], torch["weight"], torch["bias"]
    for op in (case[0], f"{case[0]}_loops"):
        check(getattr(engine, op)(x, weight, bias, **settings), torch["out"], dtype)
    gradients = getattr(engine, f"{case[0]}_backward")(torch["grad_out"], x, weight, **settings)
    for name, gradient in zip(("grad_x", "grad_weight", "grad_bias"), gradients, strict=True):
        check(gradient, torch[name], dtype)


@some
@given(conv_cases(largest=6))
def test_it_is_the_adjoint_of_the_convolution_and_its_backward_pass(case):
    """<conv(x), y> = <x, conv_transpose(y)>, with the output padding that the stride left unread."""
    out = conv2d(case.x, case.weight, **case.settings)
    y = case.rng.normal(size=out.shape)
    (sH, sW), (dH, dW), (pH, pW) = (case.settings[name] for name in ("stride", "dilation", "padding"))
    kH, kW = case.kernel_size
    rest = (case.x.shape[2] + 2 * pH - dH * (kH - 1) - 1) % sH, (case.x.shape[3] + 2 * pW - dW * (kW - 1) - 1) % sW
    back = conv_transpose2d(y, case.weight, **case.settings, output_padding=rest)
    assert float((out * y).sum()) == pytest.approx(float((case.x * back).sum()), abs=1e-9)
    grad_x, _, _ = engine.conv2d_backward(y, case.x, case.weight, **case.settings)
    np.testing.assert_allclose(back, grad_x, rtol=0, atol=1e-11)


@pytest.mark.parametrize(("stride", "padding", "dilation"), [(1, 0, 1), (2, 1, 1), (3, 2, 2), ((1, 2), (2, 0), (1, 2))])
def test_zeros_between_the_cells_and_a_turned_kernel_give_the_same(stride, padding, dilation):
    rng = np.random.default_rng(3)
    x, weight = rng.normal(size=(2, 1, 4, 3)), rng.normal(size=(1, 1, 3, 3))
    rings = [d * 2 - p for d, p in zip(np.broadcast_to(dilation, 2), np.broadcast_to(padding, 2), strict=True)]
    by_zeros = conv2d(insert_zeros(x, stride), weight[:, :, ::-1, ::-1], padding=tuple(map(int, rings)), dilation=dilation)
    how = {"stride": stride, "padding": padding, "dilation": dilation}
    np.testing.assert_allclose(conv_transpose2d(x, weight, **how), by_zeros, rtol=0, atol=1e-12)
    np.testing.assert_allclose(conv_transpose2d_loops(x, weight, **how), by_zeros, rtol=0, atol=1e-12)


def test_slopes_are_true():
    rng = np.random.default_rng(5)
    x, weight = rng.normal(size=(2, 4, 3, 4)), rng.normal(size=(4, 2, 3, 2))
    how = {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2}
    grad_out = rng.normal(size=conv_transpose2d(x, weight, **how).shape)
    grad_x, grad_weight, _ = engine.conv_transpose2d_backward(grad_out, x, weight, **how)
    assert slope_error(lambda v: conv_transpose2d(v, weight, **how), grad_x, x, grad_out, rng) < 1e-8
    assert slope_error(lambda v: conv_transpose2d(x, v, **how), grad_weight, weight, grad_out, rng) < 1e-8


def test_a_causal_output_sees_nothing_that_comes_later():
    rng = np.random.default_rng(6)
    x, weight = rng.normal(size=(1, 1, 12)), rng.normal(size=(1, 1, 3))
    changed = x.copy()
    changed[..., 7:] += 1
    before, after = (engine.conv1d(signal, weight, padding="causal", dilation=2) for signal in (x, changed))
    assert before.shape == x.shape
    assert (before[..., :7] == after[..., :7]).all()
    assert (before[..., 7:] != after[..., 7:]).any()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x, w: conv_transpose2d(x, w, output_padding=1), "output_padding is 1, but must be smaller than the stride 1"),
        (lambda x, w: conv_transpose2d(x, w, padding=9), "nothing is left of the output"),
        (lambda x, w: conv_transpose2d(x, w[:1]), "x has 2 channels but the weight is for 1"),
        (lambda x, w: conv_transpose2d(x, w, groups=3), "cannot be divided into 3 equal groups"),
        (lambda x, w: engine.conv1d(x[0], w[:, :, 0], padding="same"), "padding is 'same'"),
        (lambda x, w: engine.conv1d(x, w[:, :, 0]), "(N, C, L) is wanted"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(call, words):
    rng = np.random.default_rng(7)
    with pytest.raises(ShapeError) as refusal:
        call(rng.normal(size=(1, 2, 4, 4)), rng.normal(size=(2, 1, 3, 3)))
    assert words in str(refusal.value)
