"""A trace tells one consistent story at every step, and survives its packet unchanged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.views.convolution.lesson import ConvolutionSettings, compute
from convoscope.views.packet import pack, unpack
from convoscope.views.trace import Sentences, Texts, Trace, column_array

SETTINGS = st.builds(
    ConvolutionSettings,
    image=st.sampled_from(["lecture", "digit", "camera"]),
    digit=st.sampled_from([0, 2_499, 2_500, 59_999, 60_000, 69_999]),
    kernel=st.sampled_from(["basic", "blur", "sobel_x", "emboss"]),
    stride=st.integers(1, 4),
    padding=st.integers(0, 2),
)


def number(text):
    return float(text.replace("−", "-"))


@given(settings=SETTINGS, data=st.data())
def test_at_every_step_the_parts_agree(settings, data):
    trace = compute(settings)
    step = data.draw(st.integers(0, len(trace) - 1))
    shown = trace.at(step)
    values = trace.static["output_values"]
    output = float(values["value"][step])
    products = [number(text) for text in shown["products"]["text"]]
    sums = [number(text) for text in shown["sums"]["text"]]
    np.testing.assert_allclose(np.cumsum(products), sums, atol=0.006)  # nine texts, each rounded to 3 decimals
    assert sums[-1] == pytest.approx(output, abs=0.002)
    sentence = trace.sentences[step]
    assert sentence.startswith(f"output[{values['row'][step]}, {values['column'][step]}] = ")
    assert number(sentence.rpartition("= ")[2]) == pytest.approx(output, abs=0.002)


@given(settings=SETTINGS, data=st.data())
def test_the_window_lies_on_the_pixels_of_the_sentence(settings, data):
    trace = compute(settings)
    step = data.draw(st.integers(0, len(trace) - 1))
    cells = trace.static["input_values"]
    height, width = cells["row"].max() + 1, cells["column"].max() + 1
    side = max(height, width)
    window = {name: values[0] for name, values in trace.at(step)["window"].items()}
    left = round((window["x"] - window["w"] / 2) * side)
    top = round((1 - window["y"] - window["h"] / 2) * side)
    pixels = cells["value"].reshape(height, width)[top : top + 3, left : left + 3].ravel()
    terms = trace.sentences[step].split(" = ")[1].split(" + ")
    np.testing.assert_allclose([number(term.split("×")[0]) for term in terms], pixels, atol=6e-4)


@given(settings=SETTINGS, data=st.data())
def test_exactly_the_cells_up_to_the_step_are_revealed(settings, data):
    trace = compute(settings)
    step = data.draw(st.integers(0, len(trace) - 1))
    cells = trace.static["output_values"]
    height, width = cells["row"].max() + 1, cells["column"].max() + 1
    side = max(height, width)
    x = (1 - width / side) / 2 + (cells["column"] + 0.5) / side
    y = 1 - (1 - height / side) / 2 - (cells["row"] + 0.5) / side
    covers = trace.at(step)["output_cover"]
    covered = np.zeros(len(x), bool)
    for cx, cy, w, h in zip(covers["x"], covers["y"], covers["w"], covers["h"], strict=True):
        covered |= (abs(x - cx) < w / 2) & (abs(y - cy) < h / 2)
    np.testing.assert_array_equal(covered, np.arange(len(x)) > step)


@given(settings=SETTINGS)
def test_a_packet_brings_the_trace_back(settings):
    trace = compute(settings)
    header, restored = unpack(pack({"error": "ü "}, trace))
    assert header == {"error": "ü "}
    assert list(restored.sentences) == list(trace.sentences)
    assert restored.facts == trace.facts
    for group in ("static", "steps"):
        for source, columns in getattr(trace, group).items():
            for name, column in columns.items():
                again = getattr(restored, group)[source][name]
                np.testing.assert_array_equal(column_array(again), column_array(column), strict=True)
                assert type(again) is type(column)


def test_bytes_that_are_no_packet_are_refused():
    with pytest.raises(ValueError, match="a packet begins with"):
        unpack(b"<!DOCTYPE html>")


def test_a_trace_refuses_columns_of_wrong_length_or_type():
    sentences = Sentences("{}", Texts(("a",), np.zeros((3, 1), np.uint16)))
    right = np.zeros((3, 2), np.float32)
    assert len(Trace({}, {"s": {"x": right}}, sentences)) == 3
    with pytest.raises(ValueError, match=r"each must be \(3, n\)"):
        Trace({}, {"s": {"x": right[:2]}}, sentences)
    with pytest.raises(ValueError, match=r"each must be \(3, n\)"):
        Trace({}, {"s": {"x": right, "y": right[:, :1]}}, sentences)
    with pytest.raises(ValueError, match="float64"):
        Trace({"s": {"x": right.astype(np.float64)}}, {}, sentences)


@pytest.mark.parametrize(("image", "largest"), [("lecture", 50_000), ("digit", 400_000), ("camera", 1_600_000)])
def test_a_trace_stays_small(image, largest):
    assert len(pack({}, compute(ConvolutionSettings(image=image, kernel="emboss", padding=2)))) < largest
