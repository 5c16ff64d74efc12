"""The convolution view backwards (transposed), with other settings for each axis, and along a signal."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d

from convoscope.views.session import Session

from .test_convolution import matrices
from .test_trace import grid_of


def shown(**asked):
    update = Session().handle({"view": "convolution", "name": "settings", "value": asked})
    return update


def handed_out(cells, kernel, stride, padding, dilation, more):
    """A transposed convolution another way: each cell hands its number times the kernel to the output."""
    spans = [gap * (size - 1) + 1 for gap, size in zip(dilation, kernel.shape, strict=True)]
    whole = np.zeros([(n - 1) * s + span + more for n, s, span in zip(cells.shape, stride, spans, strict=True)])
    for (i, j), value in np.ndenumerate(cells):
        top, left = i * stride[0], j * stride[1]
        whole[top : top + spans[0] : dilation[0], left : left + spans[1] : dilation[1]] += value * kernel
    return whole[padding[0] : whole.shape[0] - padding[0], padding[1] : whole.shape[1] - padding[1]]


def number(text):
    return float(text.replace("−", "-"))


@given(
    cells=matrices(5), weights=matrices(4), stride=st.integers(1, 3), across=st.sampled_from(["same", "1", "3"]),
    padding=st.integers(0, 3), dilation=st.integers(1, 2), dilation_across=st.sampled_from(["same", "1", "3"]),
    more=st.integers(0, 2), flip=st.booleans(), algorithm=st.sampled_from(["windows", "im2col", "loops"]),
)  # fmt: skip
def test_every_cell_hands_out_its_kernel_and_both_sides_of_the_identity_agree(
    cells, weights, stride, across, padding, dilation, dilation_across, more, flip, algorithm
):
    steps = (stride, stride if across == "same" else int(across))
    gaps = (dilation, dilation if dilation_across == "same" else int(dilation_across))
    kernel = np.array(weights)[::-1, ::-1] if flip else np.array(weights)
    rings = [min(padding, gap * (size - 1)) for gap, size in zip(gaps, kernel.shape, strict=True)]
    more = min(more, min(steps) - 1)
    update = shown(
        cells=cells, weights=weights, stride=stride, stride_across=across, padding=padding, dilation=dilation,
        dilation_across=dilation_across, output_padding=more, flip=flip, algorithm=algorithm, transposed=True,
    )  # fmt: skip
    expected = handed_out(np.array(cells), kernel, steps, rings, gaps, more)
    if not expected.size or min(expected.shape) < 1:
        assert "nothing is left of the output" in update.error
        return
    trace = update.trace
    np.testing.assert_allclose(grid_of(trace, "output_values"), expected, atol=1e-4)
    x, conv = grid_of(trace, "x_values"), grid_of(trace, "conv_values")
    assert x.shape == expected.shape
    padded = np.pad(x, [(ring, ring) for ring in rings])
    spread = np.zeros([gap * (size - 1) + 1 for gap, size in zip(gaps, kernel.shape, strict=True)])
    spread[:: gaps[0], :: gaps[1]] = kernel
    np.testing.assert_allclose(conv, correlate2d(padded, spread, "valid")[:: steps[0], :: steps[1]], atol=1e-4)
    left, right = (trace.facts[f"{name}_note"].rpartition(" ")[2] for name in ("conv", "x"))
    assert left == right
    assert number(left) == pytest.approx((conv * np.array(cells)).sum(), rel=1e-6, abs=1e-3)
    for fact in ("conv_note", "x_note"):  # whole numbers: what is printed is equal
        terms, total = re.search(r"⟩ = (.*) = (\S+)$", trace.facts[fact]).groups()
        rest = sum(number(text) for text in re.findall(r": ([−0-9.]+)\)", terms))
        products = re.findall(r"\(?([−0-9.]+)\)?×\(?([−0-9.]+)\)?", terms)
        assert sum(number(one) * number(other) for one, other in products) + rest == number(total)


def test_numbers_that_are_rounded_are_not_called_equal():
    trace = shown(cells="1,2;3,4", kernel="gaussian", transposed=True, stride=2).trace
    assert re.search(r"⟨x, conv_transpose\(y\)⟩ = .* ≈ [0-9.]+$", trace.facts["x_note"])
    assert "(2 − 1)·2 − 2·0 + 3 = 5" in trace.facts["size"]
    assert trace.facts["input_note"].startswith("y is 2×2 (outlined); stride 2 puts 1 zero between neighbours: 3×3.")
    assert trace.facts["definition"] == "conv_transpose2d_loops"


def test_the_two_grids_of_the_identity_are_there_only_where_they_belong():
    session = Session()
    assert session.handle({"view": "convolution", "name": "reset"}).trace.facts["x_hidden"] == "hidden"
    update = session.handle({"view": "convolution", "name": "transposed", "value": True})
    assert "x_hidden" not in update.trace.facts
    assert len(update.trace.static["input_border"]["x"]) == 49, "every cell of y is outlined"


def test_a_large_transposed_photograph_walks_along_one_row_and_loops_agree_there():
    settings = {"image": "camera", "size": "128", "transposed": True, "stride": 2, "kernel": "sobel_x", "row": 40}
    by_loops, by_windows = (shown(**settings, algorithm=name).trace for name in ("loops", "windows"))
    assert grid_of(by_loops, "output_values").shape == (257, 257)
    np.testing.assert_allclose(grid_of(by_loops, "output_values"), grid_of(by_windows, "output_values"), atol=1e-3)
    assert "Loops computed output row 40 only" in by_loops.facts["output_note"]
    assert "too large to be shown" in shown(**settings | {"size": "224", "stride": 4}).error


def test_output_padding_is_smaller_than_the_stride_and_causal_padding_has_no_way_back():
    update = shown(transposed=True, stride=2, output_padding=3)
    assert update.settings["output_padding"] == 1
    assert update.notices == ("Output padding must be smaller than the stride: 3 became 1.",)
    assert "has the same padding on both sides" in shown(transposed=True, padding_rule="causal").error


def test_a_signal_begins_causal_and_no_output_sees_what_comes_later():
    session = Session()
    trace = session.handle({"view": "convolution", "name": "image", "value": "signal"}).trace
    assert grid_of(trace, "output_values").tolist() == [[0, 0, 1, 3, 2, 0, -2, -3, -1, -2, 0, 2]]
    assert "output columns = ⌊(12 + 2 + 0 − 3) / 1⌋ + 1 = 12" in trace.facts["size"]
    later = [[0, 0, 1, 3, 3, 3, 1, 9, 9, 9, 9, 9]]
    changed = session.handle({"view": "convolution", "name": "signal", "value": later}).trace
    assert grid_of(changed, "output_values")[0, :7].tolist() == grid_of(trace, "output_values")[0, :7].tolist()
    update = session.handle({"view": "convolution", "name": "signal", "value": [[1, 2], [3, 4]]})
    assert update.settings["signal"] == [[1, 2]] or update.settings["signal"] == ((1.0, 2.0),)
    assert "of 2 rows the first was taken" in update.notices[0]
    assert session.handle({"view": "convolution", "name": "image", "value": "lecture"}).settings["padding_rule"] == "number"


@given(
    cells=matrices(8), weights=matrices(4), padding=st.integers(0, 3), padding_across=st.sampled_from(["same", "0", "2"]),
    dilation=st.integers(1, 3), dilation_across=st.sampled_from(["same", "1", "2"]),
)  # fmt: skip
def test_each_axis_has_its_own_padding_and_dilation(cells, weights, padding, padding_across, dilation, dilation_across):
    kernel = np.array(weights)
    gaps = (dilation, dilation if dilation_across == "same" else int(dilation_across))
    spread = np.zeros([gap * (size - 1) + 1 for gap, size in zip(gaps, kernel.shape, strict=True)])
    spread[:: gaps[0], :: gaps[1]] = kernel
    asked = (padding, padding if padding_across == "same" else int(padding_across))
    rings = [min(ring, size - 1) for ring, size in zip(asked, spread.shape, strict=True)]
    padded = np.pad(np.array(cells), [(ring, ring) for ring in rings])
    update = shown(
        cells=cells, weights=weights, padding=padding, padding_across=padding_across, dilation=dilation,
        dilation_across=dilation_across,
    )  # fmt: skip
    if any(span > size for span, size in zip(spread.shape, padded.shape, strict=True)):
        assert "kernel" in update.error
        return
    np.testing.assert_allclose(grid_of(update.trace, "output_values"), correlate2d(padded, spread, "valid"), atol=1e-4)
