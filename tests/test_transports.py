"""The same events give the same pictures in CPython and in Pyodide: every number within 1e-6, every word the same.

Native NumPy sums products in another order than WebAssembly's, so a float32 may differ in its last digits; among the photo
view's thousand written logits one or the other is then rounded up here and down there.
"""

import base64
import json
import re

import numpy as np
import pytest
from in_pyodide import run_in_pyodide

from convoscope.views.answer import answer_text
from convoscope.views.files import DiskFiles
from convoscope.views.packet import unpack
from convoscope.views.session import LESSONS, Session
from convoscope.views.trace import column_array

from .browser.replay import EVENTS

TOLERANCE = 1e-6  # of the largest number of a column, or of one
DEEP = 1e-5  # in the views whose pictures come from 26 layers of float32
READ_BY_SQUEEZENET = ("photo", "history", "classes", "filters")
RANDOM = 90  # events, beside the recorded ones
SKIPPED = ("network", "formula", "text", "title")  # texts of a language of their own: the recorded events have them
TIMES = ("speed", "forward", "backward", "seconds")  # facts of the train view that a machine's speed decides
WITH_POINT = re.compile(r"[-−]?\d+\.\d+(?!\d*[-e])")  # a number that may have been rounded
RANKS = {"classes.rank"}  # of two classes whose probabilities are the same but for rounding either may come first
PRIVATE = {"backup"}  # no picture: what a new Python would need, with times in it
MORE = [
    ("network", {"digit": 7}), ("network", {"digit": 1234, "why": "gradient"}), ("network", {"digit": 99, "layer": "C3"}),
    ("gradients", {"layer": "softmax"}), ("gradients", {"layer": "network"}), ("gradients", {"layer": "max_pooling"}),
    ("backprop", {"preset": "softmax"}), ("backprop", {"preset": "network"}), ("backprop", {"formula": "sin(x*y)/(x-y)"}),
    ("photo", {"why": "gradient", "explain": 281, "compare": 285}), ("photo", {"why": "occlusion", "cover_row": 60}),
    ("architectures", {"architecture": "vgg16"}), ("detective", {"image": "lecture"}),
    *(("features", {"method": method}) for method in ("hog", "sift", "match", "learned")),
    ("train", {"architecture": "logistic"}), ("train", {"example": 5}),
]  # fmt: skip


NEEDED = set()  # the files that were read


def random_events(rng):
    """Whatever the controls allow: a choice, a number between its bounds, a switch."""
    for _ in range(RANDOM):
        view = str(rng.choice([slug for slug in LESSONS if slug != "train"]))
        names = [name for name in LESSONS[view].Settings.names() if name not in SKIPPED]
        name = str(rng.choice(names))
        parameter = LESSONS[view].Settings.param[name]
        kind = type(parameter).__name__
        if hasattr(parameter, "objects"):
            value = str(rng.choice([str(one) for one in list(parameter.objects)]))
        elif kind == "Boolean":
            value = bool(rng.integers(2))
        elif kind in ("Integer", "Number") and None not in parameter.bounds:
            low, high = (float(bound) for bound in parameter.bounds)
            value = rng.uniform(low, min(high, low + 60))
            value = int(value) if kind == "Integer" else round(float(value), 3)
        else:
            continue
        yield view, {name: value}


def events():
    tables = [*EVENTS, *MORE, *random_events(np.random.default_rng(13))]
    told = [{"view": view, "name": "settings", "value": table} for view, table in tables]
    return told + [{"view": "train", "name": name} for name in ("step", "step", "step")]


@pytest.fixture(scope="module")
def in_pyodide(tmp_path_factory, native):
    """What a session in Pyodide answers, under Node. The files that these events need travel along."""
    files = {f"data/{path}": DiskFiles().read(path) for path in NEEDED} | {"events.json": json.dumps(events()).encode()}
    report, _ = run_in_pyodide("replay.py", tmp_path_factory.mktemp("transports"), files)
    return [unpack(base64.b64decode(packet)) for packet in report]


class NotingFiles(DiskFiles):
    """Files of which is noted which were read."""

    def read(self, path):
        NEEDED.add(path)
        return super().read(path)


@pytest.fixture(scope="module")
def native():
    session = Session(NotingFiles())
    return [unpack(answer_text(session, json.dumps(event))) for event in events()]


def difference(trace, other):
    """By how much two traces differ at most, and where; words and whole numbers must be the same."""
    worst = 0.0, ""
    for group in ("static", "steps"):
        ours, theirs = getattr(trace, group), getattr(other, group)
        assert list(ours) == list(theirs)
        for source in [source for source in ours if source not in PRIVATE]:
            columns = ours[source]
            assert list(columns) == list(theirs[source])
            for name in columns.keys() - {"seconds"}:  # what a machine's speed decides
                column = columns[name]
                worst = max(worst, (_apart(column, theirs[source][name], f"{source}.{name}"), f"{source}.{name}"))
    return worst


def _same_text(text, other):
    """The same, but that rounding may have written a number with a point in two ways: a unit of its last digit apart."""
    if text == other or not (isinstance(text, str) and isinstance(other, str)):
        return text == other
    if WITH_POINT.sub("#", text) != WITH_POINT.sub("#", other):
        return False
    for one, two in zip(WITH_POINT.findall(text), WITH_POINT.findall(other), strict=True):
        digits = max(len(number.rpartition(".")[2]) for number in (one, two))
        ours, theirs = (float(number.replace("−", "-")) for number in (one, two))
        if abs(ours - theirs) >= 1.5 * 10**-digits:
            return False
    return True


def _apart(column, other, where):
    if not hasattr(column, "dtype") and not hasattr(column, "whole"):
        assert all(_same_text(a, b) for a, b in zip(column.tolist(), other.tolist(), strict=True)), where
        return 0.0
    ours, theirs = column_array(column), column_array(other)
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), where
    if ours.dtype.kind != "f":
        assert np.abs(ours.astype(int) - theirs).max(initial=0) <= (where in RANKS), where
        return 0.0
    assert np.array_equal(np.isfinite(ours), np.isfinite(theirs)), where
    finite = np.isfinite(ours)
    ours, theirs = ours[finite].astype(float), theirs[finite].astype(float)
    return float(np.abs(ours - theirs).max(initial=0) / max(1.0, np.abs(ours).max(initial=0)))


def test_cpython_and_pyodide_show_the_same(native, in_pyodide, record_property):
    worst = 0.0, "", ""
    for event, (header, trace), (other_header, other) in zip(events(), native, in_pyodide, strict=True):
        assert header == other_header, event
        assert (trace is None) == (other is None), event
        if trace:
            for ours, theirs in ((said(trace), said(other)), (words_of(trace), words_of(other))):
                assert ours.keys() == theirs.keys(), event
                assert all(_same_text(ours[name], theirs[name]) for name in ours), (event, ours, theirs)
            found = difference(trace, other)
            assert found[0] <= (DEEP if event["view"] in READ_BY_SQUEEZENET else TOLERANCE), (event, found)
            worst = max(worst, (*found, str(event)))
    told = f"CPython and Pyodide: {len(native)} events, numbers differ by at most {worst[0]:.1e} ({worst[1]})"
    record_property("summary", told)


def said(trace):
    """The sentence of each step."""
    return dict(enumerate(trace.sentences))


def words_of(trace):
    """What the page writes, without the times that a machine took."""
    return {name: text for name, text in trace.facts.items() if name not in TIMES}


@pytest.mark.parametrize(
    ("text", "other", "same"),
    [
        ("it is ≈ 13.02, then 4", "it is ≈ 13.03, then 4", True),
        ("it is ≈ 13.02, then 4", "it is ≈ 13.04, then 4", False),
        ("it is ≈ 13.02, then 4", "it is ≈ 13.02, then 5", False),
        ("C1[3, 4] ≈ −0.5", "C1[3, 5] ≈ −0.5", False),
        ("−0.001", "0.001", False),
    ],
)
def test_only_the_last_digit_of_a_rounded_number_may_differ(text, other, same):
    assert _same_text(text, other) is same


def test_a_difference_is_seen(native):
    trace = next(trace for _, trace in native if trace)
    source, columns = next((source, columns) for source, columns in trace.static.items() if _floats(columns))
    name = _floats(columns)[0]
    changed = unpack(answer_text(Session(), json.dumps(events()[0])))[1]
    column = changed.static[source][name]
    changed.static[source][name] = column + np.float32(0.01) * max(1, np.abs(column).max())
    assert difference(trace, changed)[0] > TOLERANCE


def _floats(columns):
    return [name for name, column in columns.items() if isinstance(column, np.ndarray) and column.dtype.kind == "f"]
