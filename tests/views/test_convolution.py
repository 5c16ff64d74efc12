"""Every choice of the convolution view gives what an independent computation gives."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d

from convoscope.views.convolution.kernels import CUSTOM, KERNELS, LEARNED, resized
from convoscope.views.convolution.lesson import ConvolutionSettings, compute
from convoscope.views.files import DiskFiles
from convoscope.views.images import LECTURE_IMAGE
from convoscope.views.session import Session
from convoscope.views.settings import SettingError
from convoscope.views.trace import column_array

from .test_trace import grid_of


def settings_of(**values):
    """Settings as a session would complete them."""
    settings = ConvolutionSettings(**values)
    settings.change({}, DiskFiles())
    return settings


NUMBERS = st.integers(-9, 9).map(float)


def matrices(most):
    return st.tuples(st.integers(1, most), st.integers(1, most)).flatmap(
        lambda shape: st.lists(st.lists(NUMBERS, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0])
    )


@given(
    cells=matrices(12),
    weights=matrices(7),
    stride=st.integers(1, 4),
    across=st.sampled_from(["same", "1", "2", "3", "4"]),
    padding=st.integers(0, 6),
    dilation=st.integers(1, 3),
    flip=st.booleans(),
    bias=st.integers(-3, 3).map(float),
    relu=st.booleans(),
)
def test_any_setting_gives_what_scipy_gives(cells, weights, stride, across, padding, dilation, flip, bias, relu):
    image, kernel = np.array(cells), np.array(weights)
    spread = np.zeros([dilation * (size - 1) + 1 for size in kernel.shape])
    spread[::dilation, ::dilation] = kernel[::-1, ::-1] if flip else kernel
    rings = [min(padding, size - 1) for size in spread.shape]
    padded = np.pad(image, [(ring, ring) for ring in rings])
    asked = {"image": "lecture", "cells": cells, "weights": weights, "stride": stride, "stride_across": across}
    asked |= {"padding": padding, "dilation": dilation, "flip": flip, "bias": bias, "relu": relu}
    update = Session().handle({"view": "convolution", "name": "settings", "value": asked})
    if any(span > size for span, size in zip(spread.shape, padded.shape, strict=True)):
        assert update.trace is None
        assert "kernel" in update.error
        return
    step = stride if across == "same" else int(across)
    expected = correlate2d(padded, spread, "valid")[::stride, ::step] + bias
    np.testing.assert_allclose(grid_of(update.trace, "output_values"), np.maximum(expected, 0) if relu else expected, atol=1e-4)


@pytest.mark.parametrize(("rule", "shape"), [("valid", (5, 5)), ("same", (7, 7)), ("full", (9, 9))])
def test_a_padding_rule_keeps_its_promise(rule, shape):
    assert grid_of(compute(settings_of(padding_rule=rule)), "output_values").shape == shape


def test_same_padding_of_an_even_kernel_is_refused_with_a_way_out():
    with pytest.raises(SettingError, match="needs an odd kernel size, this kernel is 2×3; choose an odd size"):
        compute(settings_of(weights=((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)), padding_rule="same"))


def test_normalised_weights_keep_a_constant_image_and_a_sum_of_zero_is_refused():
    flat = tuple((3.0,) * 7 for _ in range(7))
    trace = compute(settings_of(cells=flat, weights=((1.0, 2.0), (3.0, 4.0)), normalise=True))
    np.testing.assert_allclose(grid_of(trace, "output_values"), 3, atol=1e-6)
    with pytest.raises(SettingError, match="add up to 0, so they cannot be normalised"):
        compute(settings_of(kernel="sobel_x", normalise=True))


@pytest.mark.parametrize("kernel", LEARNED)
def test_a_learned_kernel_is_lenets_and_becomes_custom_when_changed(kernel):
    with np.load(DiskFiles().folder / "weights" / "lenet5.npz") as weights:
        learned = weights["conv1.weight"][LEARNED.index(kernel), 0]
    session = Session()
    update = session.handle({"view": "convolution", "name": "kernel", "value": kernel})
    assert update.settings["kernel"] == kernel
    np.testing.assert_array_equal(update.settings["weights"], learned.astype(float))
    np.testing.assert_allclose(grid_of(update.trace, "kernel_values"), learned, atol=1e-6)
    changed = [list(row) for row in update.settings["weights"]]
    changed[0][0] = 9.0
    update = session.handle({"view": "convolution", "name": "weights", "value": changed})
    assert update.settings["kernel"] == CUSTOM
    assert update.settings["weights"][0][0] == 9


def test_a_whole_table_of_settings_comes_back_as_it_was():
    """What a new worker is given: the names stay, whatever follows from what."""
    session, other = Session(), Session()
    for value in ({"kernel": "learned_3", "padding": 2}, {"kernel": "sobel_y"}, {"weights": "1,2;3,4", "dilation": 2}):
        settings = session.handle({"view": "convolution", "name": "settings", "value": value}).settings
        assert other.handle({"view": "convolution", "name": "settings", "value": settings}).settings == settings


@given(height=st.integers(1, 7), width=st.integers(1, 7))
def test_a_resized_kernel_keeps_its_middle(height, width):
    kernel = np.array(resized(KERNELS["sobel_x"], height, width))
    assert kernel.shape == (height, width)
    if height % 2 and width % 2:
        middle = np.zeros((9, 9))
        middle[3:6, 3:6] = KERNELS["sobel_x"]
        np.testing.assert_array_equal(kernel, middle[4 - height // 2 : 5 + height // 2, 4 - width // 2 : 5 + width // 2])


def test_the_four_misprints_of_the_slide_are_pointed_out():
    trace = compute(settings_of(kernel="blur"))
    assert trace.facts["output_note"] == "Dashed: the slide misprints 0.4, 0.2, 0.3, 0.4."
    frames = trace.static["misprints"]
    rows, columns = np.round((1 - frames["y"]) * 5 - 0.5), np.round(frames["x"] * 5 - 0.5)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(1, 0), (1, 1), (1, 2), (2, 1)]


@pytest.mark.parametrize("other", [{"kernel": "basic"}, {"stride": 2}, {"cells": ((1.0,) * 7,) * 7}])
def test_only_the_slides_own_example_has_misprints(other):
    trace = compute(settings_of(**{"kernel": "blur"} | other))
    assert trace.facts["output_note"] == ""
    assert trace.static["misprints"]["x"].size == 0


def test_links_are_the_windows_and_nothing_else():
    trace = compute(settings_of(stride=2, padding=1, dilation=2))
    shape, padded = grid_of(trace, "output_values").shape, grid_of(trace, "input_values").shape
    fed, met = trace.static["input_links"], trace.static["kernel_links"]
    for axis, name in enumerate(("rows", "columns")):
        pairs = {(place, output) for output in range(shape[axis]) for place in (2 * output, 2 * output + 2, 2 * output + 4)}
        told = column_array(fed[name])
        assert {(p, o) for p in range(padded[axis]) for o in told[p].tolist() if o >= 0} == pairs
        assert {(p, o) for row in column_array(met[name]) for o, p in enumerate(row.tolist())} == pairs


def test_im2col_is_the_product_of_matrices_that_it_looks_like():
    trace = compute(settings_of(kernel="sobel_x", im2col=True))
    texts = {part: trace.static[f"im2col_{part}_labels"]["text"].tolist() for part in ("matrix", "rows", "product")}
    numbers = {part: np.array([float(text.replace("−", "-")) for text in found]) for part, found in texts.items()}
    np.testing.assert_array_equal(numbers["rows"] @ numbers["matrix"].reshape(9, 25), numbers["product"])
    np.testing.assert_array_equal(numbers["product"], grid_of(trace, "output_values").ravel())


def test_a_drawing_and_a_picture_are_read_bit_by_bit():
    bits = np.zeros((28, 28), np.uint8)
    bits[3, 5] = bits[27, 27] = 1
    trace = compute(settings_of(image="drawing", drawing=np.packbits(bits).tobytes().hex(), kernel="identity"))
    np.testing.assert_array_equal(grid_of(trace, "input_values"), bits * 255)
    pixels = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    trace = compute(settings_of(image="picture", picture=base64.b64encode(pixels.tobytes()).decode(), kernel="identity"))
    np.testing.assert_allclose(grid_of(trace, "input_values"), pixels @ [0.299, 0.587, 0.114], atol=0.5 + 1e-4)


def test_an_edited_image_says_so():
    assert LECTURE_IMAGE.shape == (7, 7)
    changed = LECTURE_IMAGE.copy()
    changed[0, :3] = 0.5
    assert source_of(LECTURE_IMAGE) == "The example image of the lecture, 7×7."
    assert source_of(changed) == "The example image of the lecture, with your changes, 7×7."


def test_another_image_is_not_called_the_lectures():
    """As that of an exercise is, and that of an address may be."""
    assert source_of(np.arange(49.0).reshape(7, 7) - 1) == "An image of whole numbers from −1 to 47, 7×7."
    assert source_of(np.eye(3, 4) / 2) == "An image of numbers from 0 to 0.5, 3×4."
    posed = Session().handle({"view": "convolution", "name": "exercise", "value": 7})
    assert posed.trace.facts["source"].startswith("An image of whole numbers from 0 to 3")


def source_of(cells):
    return compute(settings_of(cells=tuple(map(tuple, cells.tolist())))).facts["source"]


@pytest.mark.parametrize("weight", [1000.0, 1e5, -1e5])
def test_beside_a_very_large_weight_every_other_bar_and_cell_is_seen(weight):
    trace = compute(settings_of(weights=((weight, 1.0, -1.0), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0))))
    for step in range(len(trace)):
        shown = trace.at(step)
        changes = np.array(shown["sums"]["top"]) - shown["sums"]["bottom"]
        products = np.array([float(text.replace("−", "-")) for text in shown["products"]["text"]])
        assert (abs(changes[products != 0]) > 0.02).all()
        assert (np.sign(changes) == np.sign(products)).all()
        assert max(shown["sums"]["label_y"]) <= 1.1
        assert (np.array(shown["sums"]["label_y"]) >= shown["zero_line"]["y"][0]).all()  # no text is struck through
        assert (abs(np.array(shown["products"]["shade"]))[products != 0] > 0.05).all()
    outputs = grid_of(trace, "output_values")
    assert (abs(trace.static["output"]["image"][0])[outputs != 0] > 0.05).all()
    assert "each step has its own scale" in trace.facts["sums"]


def test_the_sentence_of_a_large_kernel_has_its_largest_products_and_adds_up():
    weights = np.zeros((5, 5))
    weights[3, 1:4] = 0.5, 3, -2
    cells = np.arange(49.0).reshape(7, 7)
    trace = compute(settings_of(cells=tuple(map(tuple, cells)), weights=tuple(map(tuple, weights))))
    assert trace.sentences[0] == "output[0, 0] = 23×3 + 24×(−2) + 22×0.5 + (22 more: 0) = 32"
    full = compute(settings_of(cells=tuple(map(tuple, cells)), weights=((1.0,) * 5,) * 5, bias=2.0, relu=True))
    assert full.sentences[0] == "output[0, 0] = 32×1 + 31×1 + 30×1 + (22 more: 307) + bias 2 = 402, after ReLU 402"
    nothing = compute(settings_of(cells=((0.0,) * 7,) * 7, weights=((1.0,) * 5,) * 5))
    assert nothing.sentences[0] == "output[0, 0] = (25 products: 0) = 0"


@pytest.mark.parametrize("size", ["32", "64", "128"])
def test_a_photograph_begins_where_there_is_something_to_see_with_its_result(size):
    trace = compute(ConvolutionSettings(image="camera", size=size, kernel="sobel_x"))
    step = int(trace.facts["start"])
    assert trace.steps["output_cover"]["x"].size == 0
    products = trace.steps["products"]["text"]
    told = {products.table[code] for code in products.codes[step]}
    assert len(told) > 4, "the pixels of the first window differ"
    assert not trace.sentences[step].startswith("output[0, ")


def test_a_photograph_of_another_size_is_looked_at_in_its_middle_unless_a_row_is_given():
    settings = ConvolutionSettings(image="camera")
    settings.change({"size": "224"})
    assert settings.row == 110
    settings.change({"size": "128", "row": 0})
    assert settings.row == 0
