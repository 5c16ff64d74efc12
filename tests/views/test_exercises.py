"""An exercise is the same for everyone who has its number, and can be done by hand."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.engine import conv2d_loops
from convoscope.views.exercise import LARGEST_SEED
from convoscope.views.packet import unpack
from convoscope.views.session import LESSONS, Session

VIEWS = [slug for slug, lesson in LESSONS.items() if hasattr(lesson, "exercise")]


def exercise(value, view="convolution", session=None):
    return (session or Session()).handle({"view": view, "name": "exercise", "value": value})


@pytest.mark.parametrize("view", VIEWS)
@given(seed=st.integers(0, LARGEST_SEED))
def test_every_exercise_of_every_view_can_be_shown_and_has_cells_to_predict(view, seed):
    update = exercise(seed, view)
    assert (update.error, update.notices) == ("", ())
    cells = update.exercise.cells
    assert cells == tuple(sorted(set(cells)))
    assert 1 <= len(cells) <= 6
    assert cells[-1] < len(update.trace) <= 25
    assert exercise(seed, view).exercise == update.exercise
    assert unpack(update.to_bytes())[0]["exercise"] == {"seed": seed, "cells": list(cells)}


@given(seed=st.integers(0, LARGEST_SEED))
def test_a_convolution_to_predict_is_small_whole_and_right(seed):
    update = exercise(seed)
    settings = update.settings
    image, weights = np.array(settings["cells"]), np.array(settings["weights"])
    assert set(image.ravel()) <= {0, 1, 2, 3}
    assert set(weights.ravel()) <= {-2, -1, 0, 1, 2}
    assert np.count_nonzero(weights) == 5
    how = {"stride": settings["stride"], "padding": settings["padding"]}
    expected = conv2d_loops(image[None, None], weights[None, None], **how)[0, 0]
    np.testing.assert_array_equal(update.trace.static["output_values"]["value"].ravel(), expected.ravel())


def test_exercises_differ():
    kinds = {json.dumps(exercise(seed).settings) for seed in range(50)}
    assert len(kinds) == 50


def test_exercise_seven_stays_what_it_is():
    """A lecturer's printed sheet must not change under the class."""
    update = exercise(7)
    assert update.exercise.cells == (1, 2, 6, 8)
    assert update.settings["weights"] == ((2, 0, 0), (-2, 0, -2), (-2, 2, 0))
    assert update.settings["cells"][0] == (2, 2, 3, 2, 3)
    assert update.trace.sentences[1].endswith("= −8")


def test_an_exercise_leaves_no_setting_of_before():
    session = Session()
    session.handle({"view": "convolution", "name": "settings", "value": {"bias": "5", "relu": "1", "image": "cat"}})
    assert exercise(7, session=session).settings == exercise(7).settings


@pytest.mark.parametrize("value", ["", "x", None, 1.5, [7], "<b>", True])
def test_what_is_no_number_is_refused_with_a_sentence(value):
    update = exercise(value)
    assert "must be a whole number from 0 to 9,999" in update.error
    assert update.exercise is None


def test_a_number_out_of_range_is_brought_back():
    update = exercise(123_456)
    assert update.exercise.seed == LARGEST_SEED
    assert "became 9,999." in update.notices[0]


def test_other_events_pose_no_exercise():
    assert Session().handle({"view": "convolution", "name": "reset"}).exercise is None
