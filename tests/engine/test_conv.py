"""Convolution is its definition, and has the algebra that a convolution must have."""

import numpy as np
import pytest
from hypothesis import given

from convoscope.engine import (
    conv2d,
    conv2d_backward,
    conv2d_backward_loops,
    conv2d_in_order,
    conv2d_loops,
    conv2d_terms,
    sliding_windows,
)

from .strategies import Case, conv_cases, many, numbers, pairs, some, st

LECTURE_IMAGE = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 1, 1, 1, 1, 1, 0],
        [0, 1, 0, 0, 1, 0, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 1, 1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ],
    np.float64,
)
LECTURE_KERNEL = np.array([[0, 0, 0], [0, 1, 1], [0, 1, 0]], np.float64)
LECTURE_OUTPUT = [[3, 2, 2, 3, 1], [2, 0, 2, 1, 0], [2, 2, 1, 0, 0], [3, 1, 0, 0, 0], [1, 0, 0, 0, 0]]


def test_the_lecture_example():
    assert conv2d(LECTURE_IMAGE[None, None], LECTURE_KERNEL[None, None])[0, 0].tolist() == LECTURE_OUTPUT


@some
@given(conv_cases(largest=7))
def test_fast_is_the_definition(case: Case):
    expected = conv2d_loops(case.x, case.weight, case.bias, **case.settings)
    np.testing.assert_allclose(conv2d(case.x, case.weight, case.bias, **case.settings), expected, rtol=0, atol=1e-12)
    without_bias = conv2d_loops(case.x, case.weight, **case.settings)
    np.testing.assert_allclose(without_bias + case.bias[:, None, None], expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(conv2d(case.x, case.weight, **case.settings), without_bias, rtol=0, atol=1e-12)


@some
@given(conv_cases(largest=6))
def test_the_fast_backward_pass_is_the_definitions(case: Case):
    grad_out = numbers(case.rng, conv2d(case.x, case.weight, **case.settings).shape, False)
    expected = conv2d_backward_loops(grad_out, case.x, case.weight, **case.settings)
    for found, gradient in zip(conv2d_backward(grad_out, case.x, case.weight, **case.settings), expected, strict=True):
        np.testing.assert_allclose(found, gradient, rtol=0, atol=1e-11)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float32_and_float64_stay_what_they_are(dtype):
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 8, 9, 9)).astype(dtype), rng.normal(size=(3, 8, 5, 5)).astype(dtype)
    bias, exact = weight[:, 0, 0, 0], conv2d(x.astype(np.float64), weight.astype(np.float64))
    out = conv2d(x, weight)
    gradients = conv2d_backward(out, x, weight)
    assert {a.dtype for a in (out, *gradients, conv2d(x, weight, bias), conv2d_loops(x, weight))} == {np.dtype(dtype)}
    allowed = (2e-6 if dtype == np.float32 else 1e-12) * abs(exact).max()  # 200 terms are added
    assert abs(out - exact).max() <= allowed


@some
@given(conv_cases())
def test_linear_in_the_image_and_in_the_filters(case: Case):
    other = numbers(case.rng, case.x.shape, False)
    both = conv2d(2 * case.x - 3 * other, case.weight, **case.settings)
    apart = 2 * conv2d(case.x, case.weight, **case.settings) - 3 * conv2d(other, case.weight, **case.settings)
    np.testing.assert_allclose(both, apart, atol=1e-11)
    other = numbers(case.rng, case.weight.shape, False)
    both = conv2d(case.x, 2 * case.weight - 3 * other, **case.settings)
    apart = 2 * conv2d(case.x, case.weight, **case.settings) - 3 * conv2d(case.x, other, **case.settings)
    np.testing.assert_allclose(both, apart, atol=1e-11)


@many
@given(conv_cases())
def test_backward_is_the_adjoint_of_forward(case: Case):
    """<conv(x), g> = <x, grad_x> = <weight, grad_weight>, and the bias gradient sums g."""
    out = conv2d(case.x, case.weight, **case.settings)
    grad_out = numbers(case.rng, out.shape, False)
    grad_x, grad_weight, grad_bias = conv2d_backward(grad_out, case.x, case.weight, **case.settings)
    assert (grad_x.shape, grad_weight.shape, grad_bias.shape) == (case.x.shape, case.weight.shape, case.bias.shape)
    product, scale = np.vdot(out, grad_out), np.abs(out * grad_out).sum() + 1
    assert abs(product - np.vdot(case.x, grad_x)) <= 1e-12 * scale
    assert abs(product - np.vdot(case.weight, grad_weight)) <= 1e-12 * scale
    np.testing.assert_allclose(grad_bias, grad_out.sum(axis=(0, 2, 3)), atol=1e-12)


@some
@given(conv_cases(strides=st.just((1, 1))), pairs(1, 4))
def test_a_stride_leaves_out_cells_of_stride_1(case: Case, stride):
    dense = conv2d(case.x, case.weight, **case.settings)[:, :, :: stride[0], :: stride[1]]
    np.testing.assert_allclose(conv2d(case.x, case.weight, **case.settings | {"stride": stride}), dense, atol=1e-12)


@some
@given(conv_cases())
def test_padding_is_explicit_zeros(case: Case):
    rows, columns = case.settings["padding"]
    framed = np.zeros((*case.x.shape[:2], case.x.shape[2] + 2 * rows, case.x.shape[3] + 2 * columns))
    framed[:, :, rows : rows + case.x.shape[2], columns : columns + case.x.shape[3]] = case.x
    padded = conv2d(case.x, case.weight, **case.settings)
    assert np.array_equal(conv2d(framed, case.weight, **case.settings | {"padding": 0}), padded)


@some
@given(conv_cases(paddings=st.just((0, 0))))
def test_dilation_is_a_kernel_with_zeros_between(case: Case):
    down, right = case.settings["dilation"]
    kH, kW = case.kernel_size
    spread = np.zeros((*case.weight.shape[:2], down * (kH - 1) + 1, right * (kW - 1) + 1))
    spread[:, :, ::down, ::right] = case.weight
    dilated = conv2d(case.x, case.weight, **case.settings)
    np.testing.assert_allclose(conv2d(case.x, spread, **case.settings | {"dilation": 1}), dilated, atol=1e-12)


@some
@given(conv_cases(paddings=st.just((0, 0))))
def test_shifting_the_image_by_the_stride_shifts_the_map_by_one(case: Case):
    rows, columns = case.settings["stride"]
    N, C, H, W = case.x.shape
    larger = numbers(case.rng, (N, C, H + rows, W + columns), False)
    whole = conv2d(larger, case.weight, **case.settings)
    shifted = conv2d(larger[:, :, rows:, columns:], case.weight, **case.settings)
    np.testing.assert_allclose(shifted, whole[:, :, 1:, 1:][:, :, : shifted.shape[2], : shifted.shape[3]], atol=1e-12)


def test_without_settings_the_stride_is_1_nothing_is_padded_and_the_kernel_is_dense():
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(1, 2, 6, 7)), rng.normal(size=(1, 2, 3, 3))
    plain = {"stride": 1, "padding": 0, "dilation": 1}
    assert np.array_equal(conv2d_loops(x, weight), conv2d_loops(x, weight, **plain))
    assert np.array_equal(conv2d(x, weight), conv2d(x, weight, **plain))
    assert np.array_equal(conv2d_terms(x[0], weight[0]).output, conv2d_terms(x[0], weight[0], **plain).output)
    assert np.array_equal(sliding_windows(x, 3), sliding_windows(x, 3, **plain))
    out = conv2d(x, weight)
    pairs_of_gradients = zip(conv2d_backward(out, x, weight), conv2d_backward(out, x, weight, **plain), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs_of_gradients)


def test_an_int_means_the_same_on_both_axes():
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(1, 2, 9, 9)), rng.normal(size=(2, 2, 3, 3))
    as_pairs = conv2d(x, weight, stride=(2, 2), padding=(1, 1), dilation=(2, 2))
    assert np.array_equal(conv2d(x, weight, stride=2, padding=1, dilation=2), as_pairs)


@some
@given(conv_cases(largest=8))
def test_windows_are_a_view_that_nobody_can_write(case: Case):
    windows = sliding_windows(case.x, case.kernel_size, **case.settings)
    by_windows = np.einsum("ncijkl,fckl->nfij", windows, case.weight)
    np.testing.assert_allclose(by_windows, conv2d(case.x, case.weight, **case.settings), atol=1e-12)
    assert not windows.flags.writeable
    unpadded = sliding_windows(case.x, 1)
    assert np.shares_memory(unpadded, case.x)


@some
@given(conv_cases(largest=7))
def test_terms_tell_the_whole_story_bit_for_bit(case: Case):
    x, weight, bias = case.x[0].astype(np.float32), case.weight[0].astype(np.float32), float(case.bias[0])
    terms = conv2d_terms(x, weight, bias, **case.settings)
    oH, oW = conv2d(x[None], weight[None], **case.settings).shape[2:]
    assert terms.windows.shape == terms.products.shape == (oH, oW, *weight.shape)
    assert terms.running_sums.shape == (oH, oW, weight.size)
    for i, j in np.ndindex(oH, oW):
        total = np.float32(0)
        for number, (pixel, factor) in enumerate(zip(terms.windows[i, j].ravel(), weight.ravel(), strict=True)):
            assert terms.products[i, j].ravel()[number] == pixel * factor
            total = pixel * factor if number == 0 else total + pixel * factor
            assert terms.running_sums[i, j, number] == total
        assert terms.output[i, j] == total + np.float32(bias)
    exact = conv2d(x[None].astype(float), weight[None].astype(float), np.array([bias]), **case.settings)
    np.testing.assert_allclose(terms.output, exact[0, 0], atol=1e-5 * (1 + abs(exact).max()))


@some
@given(conv_cases())
def test_in_order_gives_the_very_bits_of_the_terms_and_the_definition(case: Case):
    """One image and one filter, each way of adding up in the same order."""
    x, weight, bias = case.x[0], case.weight[0], float(case.bias[0])
    out = conv2d_in_order(x, weight, bias, **case.settings)
    np.testing.assert_array_equal(out, conv2d_terms(x, weight, bias, **case.settings).output)
    expected = conv2d_loops(case.x[:1], case.weight[:1], case.bias[:1], **case.settings)[0, 0]
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-12)
