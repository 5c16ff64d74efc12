"""A trace tells one consistent story at every step, and survives its packet unchanged."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.views.convolution.lesson import ConvolutionSettings, compute
from convoscope.views.images import PHOTOS
from convoscope.views.packet import Exchange, Known, pack, unpack
from convoscope.views.session import LESSONS, Session
from convoscope.views.trace import Repeated, Sentences, Texts, Trace, column_array, column_row, side_by_side

SETTINGS = st.builds(
    ConvolutionSettings,
    image=st.sampled_from(["lecture", "digit", "camera"]),
    digit=st.sampled_from([0, 2_499, 2_500, 59_999, 60_000, 69_999]),
    size=st.sampled_from(["32", "64"]),
    kernel=st.sampled_from(["basic", "blur", "gradient_x", "gradient_y", "sobel_x", "emboss"]),
    stride=st.integers(1, 4),
    stride_across=st.sampled_from(["same", "1", "3"]),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 3),
    flip=st.booleans(),
    bias=st.sampled_from([0.0, -2.5]),
    row=st.integers(0, 40),
)


def grid_of(trace, source):
    """The numbers of a grid as (H, W), whichever way the trace holds them."""
    columns = trace.static[source]
    if "row" not in columns:
        return columns["value"]
    return columns["value"].reshape(columns["row"].max() + 1, columns["column"].max() + 1)


def cell_of(trace, step):
    """The output cell of a step."""
    return divmod(int(trace.facts["first_step"]) + step, grid_of(trace, "output_values").shape[1])


def number(text):
    return float(text.replace("−", "-"))


@given(settings=SETTINGS, data=st.data())
def test_at_every_step_the_parts_agree(settings, data):
    trace = compute(settings)
    step = data.draw(st.integers(0, len(trace) - 1))
    shown = trace.at(step)
    cell = cell_of(trace, step)
    output = float(grid_of(trace, "output_values")[cell])
    products = [number(text) for text in shown["products"]["text"]]
    sums = [number(text) for text in shown["sums"]["text"]]
    bias = [settings.bias] if settings.bias else []
    np.testing.assert_allclose(np.cumsum(products + bias), sums, atol=0.006)  # texts, each rounded to 3 decimals
    assert sums[-1] == pytest.approx(output, abs=0.002)
    sentence = trace.sentences[step]
    assert sentence.startswith(f"output[{cell[0]}, {cell[1]}] = ")
    assert number(sentence.rpartition("= ")[2]) == pytest.approx(output, abs=0.002)


@given(settings=SETTINGS, data=st.data())
def test_the_window_lies_on_the_pixels_of_the_sentence(settings, data):
    trace = compute(settings)
    step = data.draw(st.integers(0, len(trace) - 1))
    padded = grid_of(trace, "input_values")
    side = max(padded.shape)
    left_edge, top_edge = (side - padded.shape[1]) / 2, (side - padded.shape[0]) / 2
    window = {name: values[0] for name, values in trace.at(step)["window"].items()}
    left = round((window["x"] - window["w"] / 2) * side - left_edge)
    top = round((1 - window["y"] - window["h"] / 2) * side - top_edge)
    height, width = round(window["h"] * side), round(window["w"] * side)
    pixels = padded[top : top + height : settings.dilation, left : left + width : settings.dilation].ravel()
    terms = trace.sentences[step].split(" = ")[1].split(" + ")[: pixels.size]
    np.testing.assert_allclose([number(term.split("×")[0]) for term in terms], pixels, atol=6e-4)


@given(settings=SETTINGS, data=st.data())
def test_exactly_the_cells_up_to_the_step_are_revealed(settings, data):
    trace = compute(settings)
    step = data.draw(st.integers(0, len(trace) - 1))
    height, width = grid_of(trace, "output_values").shape
    side = max(height, width)
    rows, columns = np.indices((height, width)).reshape(2, -1)
    x = (1 - width / side) / 2 + (columns + 0.5) / side
    y = 1 - (1 - height / side) / 2 - (rows + 0.5) / side
    covers = trace.at(step)["output_cover"]
    covered = np.zeros(len(x), bool)
    for cx, cy, w, h in zip(covers["x"], covers["y"], covers["w"], covers["h"], strict=True):
        covered |= (abs(x - cx) < w / 2) & (abs(y - cy) < h / 2)
    # All of a large result is shown at once, and so is that of a photograph.
    whole = len(trace) == height * width and settings.image not in PHOTOS
    np.testing.assert_array_equal(covered, (np.arange(len(x)) > step) & whole)


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


@given(first=SETTINGS, second=SETTINGS)
def test_a_page_that_has_a_trace_gets_only_what_is_new_and_shows_the_whole_one(first, second):
    known, old, new = Known(), compute(first), compute(second)
    _, shown = unpack(pack({}, old, Exchange(known, shown=0, number=1)))
    packet = pack({}, new, Exchange(known, shown=1, number=2))
    _, restored = unpack(packet, shown)
    for group in ("static", "steps"):
        assert getattr(restored, group).keys() == getattr(new, group).keys()
        for source, columns in getattr(new, group).items():
            for name, column in columns.items():
                again = getattr(restored, group)[source][name]
                np.testing.assert_array_equal(column_array(again), column_array(column), strict=True)
                assert type(again) is type(column)
    again = pack({}, new, Exchange(known, shown=2, number=3))
    assert len(again) <= len(packet)
    assert unpack(again, restored)[1].static == restored.static


def test_a_page_that_shows_another_trace_gets_everything():
    known, trace = Known(), compute(ConvolutionSettings())
    whole = len(pack({}, trace, Exchange(known, shown=0, number=11)))
    for shown in (0, 10, 12):
        assert len(pack({}, trace, Exchange(Known(11, known.columns), shown=shown, number=22))) == whole


def test_a_large_packet_holds_equal_rows_once_and_brings_every_row_back():
    rng = np.random.default_rng(0)
    steps = 5000
    columns = {
        "few": rng.normal(size=(7, 40)).astype(np.float32)[rng.integers(0, 7, steps)],
        "many": rng.normal(size=(steps, 40)).astype(np.float32),
        "none": np.empty((steps, 0), np.float32),
        "zeros": np.array([[0.0, -0.0]] * steps, np.float32),
    }
    texts = Texts(("a", "b"), rng.integers(0, 2, (steps, 3)).astype(np.uint16))
    sources = {name: {name: column} for name, column in columns.items()} | {"texts": {"texts": texts}}
    sentences = Sentences("{}", Texts(("a",), np.zeros((steps, 1), np.uint16)))
    packet = pack({}, Trace({}, sources, sentences))
    assert len(packet) < columns["many"].nbytes + 100_000
    _, restored = unpack(packet)
    for name, column in (*columns.items(), ("texts", texts)):
        np.testing.assert_array_equal(column_array(restored.steps[name][name]), column_array(column), strict=True)
        assert np.signbit(column_array(restored.steps[name][name])).tolist() == np.signbit(column_array(column)).tolist()


def test_a_column_that_repeats_is_sent_as_its_rows_and_shows_the_right_one_at_every_step():
    rng = np.random.default_rng(1)
    rows, at = rng.normal(size=(3, 4)).astype(np.float32), rng.integers(0, 3, 9).astype(np.uint16)
    other = Repeated(rng.integers(0, 9, (3, 4)).astype(np.int32), at)
    sentences = Sentences("{}", Texts(("a",), np.zeros((9, 1), np.uint16)))
    trace = Trace({}, {"s": {"x": Repeated(rows, at), "y": other, "z": rows[at]}}, sentences)
    for step in range(9):
        assert column_row(trace.steps["s"]["x"], step) == column_row(trace.steps["s"]["z"], step)
    packet = pack({}, trace)
    _, restored = unpack(packet)
    for name, column in trace.steps["s"].items():
        np.testing.assert_array_equal(column_array(restored.steps["s"][name]), column_array(column), strict=True)
    alone = pack({}, Trace({}, {"s": {"x": Repeated(rows, at), "y": other}}, sentences))
    twice = pack({}, Trace({}, {"s": {"x": Repeated(rows, at), "y": Repeated(other.rows, at.copy())}}, sentences))
    assert len(twice) == len(alone) + 24  # nine places of two bytes, aligned: what two columns share is sent once


def test_a_column_that_repeats_is_checked_like_any_other():
    sentences = Sentences("{}", Texts(("a",), np.zeros((3, 1), np.uint16)))
    at = np.zeros(3, np.uint16)
    with pytest.raises(ValueError, match="float64"):
        Trace({}, {"s": {"x": Repeated(np.zeros((1, 2)), at)}}, sentences)
    with pytest.raises(ValueError, match=r"each must be \(3, n\)"):
        Trace({}, {"s": {"x": Repeated(np.zeros((1, 2), np.float32), at[:2])}}, sentences)


def test_arrays_are_joined_along_their_last_axis_and_broadcast_along_the_others():
    joined = side_by_side([np.arange(2).reshape(2, 1, 1), np.arange(3).reshape(1, 3, 1), np.array([7, 8])])
    assert joined.shape == (2, 3, 4)
    assert joined[1, 2].tolist() == [1, 2, 7, 8]


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


@pytest.mark.parametrize(("image", "largest"), [("lecture", 50_000), ("digit", 400_000), ("camera", 1_000_000)])
def test_a_trace_stays_small(image, largest):
    settings = ConvolutionSettings(image=image, size="224", kernel="emboss", padding=2)
    assert len(pack({}, compute(settings))) < largest


@pytest.mark.parametrize("view", LESSONS)
def test_stops_are_steps_of_the_trace_and_travel_with_it(view):
    trace = Session().handle({"view": view, "name": "reset"}).trace
    found = unpack(pack({}, trace))[1].stops
    assert list(found) == sorted({*found, 0, len(trace) - 1})
    assert len(found) <= 7
    with pytest.raises(ValueError, match=f"each must be one of {len(trace)} steps"):
        dataclasses.replace(trace, stops=(0, len(trace)))
