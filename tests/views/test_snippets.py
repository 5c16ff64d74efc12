"""The call that a view offers for copying runs as it stands, and gives what the view shows."""

import contextlib
import io
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.views import snippet
from convoscope.views.session import Session

NUMBERS = st.sampled_from(["0", "1", "-2", "1/9", "0.1", "-0.125", "3.14159", "1/3"])


@st.composite
def matrices(draw, low, high):
    """A grid of numbers as an address holds it."""
    rows, columns = draw(st.integers(low, high)), draw(st.integers(low, high))
    return ";".join(",".join(draw(NUMBERS) for _ in range(columns)) for _ in range(rows))


CONVOLUTIONS = st.fixed_dictionaries(
    {
        "image": st.sampled_from(["lecture", "lecture", "digit", "drawing", "cat"]),
        "cells": matrices(5, 8),
        "digit": st.sampled_from(["0", "69999"]),
        "size": st.just("32"),
        "kernel": st.just("custom"),
        "weights": matrices(1, 3),
        "flip": st.booleans(),
        "stride": st.integers(1, 3),
        "stride_across": st.sampled_from(["same", "1", "2"]),
        "padding": st.integers(0, 2),
        "dilation": st.integers(1, 2),
        "padding_across": st.sampled_from(["same", "0", "1"]),
        "transposed": st.booleans(),
        "bias": st.sampled_from(["0", "1/3", "-2"]),
        "relu": st.booleans(),
    }
)


def run(program):
    """What a notebook has after running the program, and what it printed."""
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "snippet", "exec"), names)  # our own text, made of numbers
    return names, printed.getvalue()


@given(settings=CONVOLUTIONS)
def test_the_convolutions_call_gives_the_output_that_is_shown(settings):
    update = Session().handle({"view": "convolution", "name": "settings", "value": settings})
    assert update.error == ""
    names, printed = run(update.trace.facts["call"])
    shown = update.trace.static["output_values"]["value"]
    np.testing.assert_allclose(names["out"].ravel(), shown.ravel(), rtol=1e-6, atol=1e-4)
    assert printed.strip().startswith("[[")


@pytest.mark.parametrize(
    "settings",
    [
        {"image": "signal", "stride": 2, "bias": 1},
        {"image": "signal", "padding_rule": "number", "padding": 1, "dilation": 2},
        {"image": "signal", "weights": "1,2;3,4"},
        {"padding_rule": "causal", "kernel": "sobel_x", "dilation_across": "2"},
        {"transposed": True, "stride": 3, "stride_across": "2", "output_padding": 1, "padding_rule": "same", "flip": True},
    ],
    ids=str,
)
def test_the_call_of_a_signal_and_of_a_causal_or_transposed_convolution_gives_what_is_shown(settings):
    update = Session().handle({"view": "convolution", "name": "settings", "value": settings})
    assert (update.error, update.notices) == ("", ())
    names, _ = run(update.trace.facts["call"])
    np.testing.assert_allclose(names["out"].ravel(), update.trace.static["output_values"]["value"], rtol=1e-6, atol=1e-5)
    is_of_a_signal = settings.get("image") == "signal" and "weights" not in settings
    assert ("conv1d(" in update.trace.facts["call"]) == is_of_a_signal


POOLINGS = st.fixed_dictionaries(
    {
        "image": st.sampled_from(["lecture", "digit", "cat"]),
        "size": st.just("32"),
        "window": st.integers(2, 4),
        "stride": st.integers(1, 4),
        "shift": st.sampled_from(["none", "right", "down", "both"]),
    }
)


@given(settings=POOLINGS)
def test_the_downsamplings_calls_give_the_three_outputs_that_are_shown(settings):
    update = Session().handle({"view": "downsampling", "name": "settings", "value": settings})
    names, _ = run(update.trace.facts["call"])
    for name, shown in (("total", "sum_values"), ("average", "average_values"), ("maximum", "maximum_values")):
        values = update.trace.static[shown]["value"]
        np.testing.assert_allclose(names[name].ravel(), values.ravel(), rtol=1e-6)


def test_the_call_of_the_lectures_example_is_worth_reading():
    program = Session().handle({"view": "convolution", "name": "reset"}).trace.facts["call"]
    assert "    [0, 1, 1, 1, 1, 1, 0],\n" in program
    assert program.endswith("out = conv2d(x[np.newaxis, np.newaxis], weight[np.newaxis, np.newaxis])\nprint(out[0, 0])")


def test_a_picture_that_only_the_user_has_is_named_and_not_written_out():
    program = Session().handle({"view": "convolution", "name": "image", "value": "picture"}).trace.facts["call"]
    assert "your own picture" in program
    assert len(program) < 1000


@given(value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6))
def test_a_written_number_is_read_back_exactly(value):
    assert float(Fraction(snippet.number(value))) == value


@pytest.mark.parametrize(("value", "text"), [(1 / 9, "1/9"), (-1 / 3, "-1/3"), (0.1, "0.1"), (2.0, "2"), (-0.125, "-0.125")])
def test_numbers_are_written_as_a_person_would(value, text):
    assert snippet.number(value) == text


def test_only_what_differs_from_the_defaults_is_written():
    usual = {"stride": 1, "padding": 0}
    assert snippet.call("f", "x", usual=usual, stride=(1, 1), padding=(0, 0)) == "f(x)"
    assert snippet.call("f", "x", usual=usual, stride=(2, 2), padding=(0, 1)) == "f(x, stride=2, padding=(0, 1))"
