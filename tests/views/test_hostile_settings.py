"""Every setting of every view takes whatever comes: the answer is a picture or a sentence, never a fault."""

import random

import pytest

from convoscope.views.answer import answer
from convoscope.views.files import FileNeeded
from convoscope.views.session import LESSONS, Session

LARGE = ";".join([",".join(["1e9"] * 3)] * 3)
VALUES = [
    "", "nan", float("nan"), "1e9", -1e9, LARGE, [[1e9] * 8] * 8, "1,2;3", [[1, 2], [3]], "1;1", "0,0,0;0,0,0;0,0,0",
    ["1", "2"], {"a": 1}, None, True, "x" * 2000, "é" * 50, "\ud800", "-1", "1,1,1;1,1,1",
]  # fmt: skip
STARTS = ({}, {"image": "custom"}, {"preset": "custom"}, {"architecture": "own"}, {"layer": "network"}, {"method": "descent"})


def answered(session, view, name, value):
    """The answer, without what a view in the middle of a test need not fetch; faults are told by their words."""
    try:
        update = answer(session, {"view": view, "name": name, "value": value})
    except FileNeeded:
        return
    assert "unexpected fault" not in update.error, (view, name, value)
    assert update.error == "" or (len(update.error) > 15 and update.error[-1] in ".”"), update.error


@pytest.mark.parametrize("slug", LESSONS)
def test_any_value_of_any_setting_gets_a_picture_or_a_sentence(slug):
    session, names, rng = Session(), LESSONS[slug].Settings.names(), random.Random(slug)
    starts = [start for start in STARTS if set(start) <= set(names)]
    for name in names:
        for value in rng.sample(VALUES, 6):
            answered(session, slug, "reset", None)
            answered(session, slug, "address", rng.choice(starts) | {name: value})
    for value in VALUES:  # the same in every setting at once
        answered(session, slug, "address", dict.fromkeys(names, value))


def test_large_cells_in_the_detective_are_shown_as_they_are():
    """?view=detective&image=custom&cells=1e9,… with a guess: descent has diverged before its first step."""
    session = Session()
    cells = [[1000.0] * 8] * 8
    update = session.handle(
        {"view": "detective", "name": "address", "value": {"image": "custom", "cells": cells, "guess": [[20.0] * 3] * 3}}
    )
    assert update.error == ""
    assert len(update.trace) == 1
    assert "it diverged" in update.trace.sentences[0]
