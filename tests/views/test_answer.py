"""Every event is answered: whatever comes in and whatever goes wrong, the page gets a packet with a sentence."""

import json
import logging
from types import SimpleNamespace

import pytest

from convoscope.views import packet
from convoscope.views import session as session_module
from convoscope.views.answer import LARGEST_EVENT, MOST_VALUES, Answerer, answer_text, read_event, tick
from convoscope.views.packet import unpack
from convoscope.views.session import Session
from convoscope.views.settings import SettingError


def text(name="stride", value=2, view="convolution"):
    return json.dumps({"view": view, "name": name, "value": value})


def planted(*arguments):
    raise RecursionError("planted fault")


@pytest.fixture
def faulty(monkeypatch):
    """Computing the convolution view meets a fault."""
    lesson = session_module.LESSONS["convolution"]
    monkeypatch.setitem(session_module.LESSONS, "convolution", SimpleNamespace(Settings=lesson.Settings, compute=planted))


@pytest.mark.usefixtures("faulty")
def test_a_fault_is_told_and_logged_with_its_traceback(caplog):
    session = Session()
    with caplog.at_level(logging.ERROR, "convoscope"):
        header, trace = unpack(answer_text(session, text(), number=7))
    assert header["error"] == "The engine met an unexpected fault (RecursionError)."
    assert (header["view"], header["id"], trace) == ("convolution", 7, None)
    assert header["settings"]["stride"] == 1
    assert "planted fault" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.usefixtures("faulty")
def test_the_worker_is_answered_too():
    answerer = Answerer()
    assert answerer.needs(text()) == ""
    assert "unexpected fault" in unpack(answerer.answer())[0]["error"]
    assert answerer.needs(text("kernel", "blur", "downsampling")) == ""
    assert unpack(answerer.answer())[0]["view"] == "downsampling"


def test_an_answer_that_cannot_be_packed_is_a_fault_too(monkeypatch):
    monkeypatch.setattr(session_module, "pack", lambda header, trace, _: planted() if trace else packet.pack(header, None))
    header, trace = unpack(answer_text(Session(), text()))
    assert ("RecursionError" in header["error"], trace) == (True, None)


@pytest.mark.parametrize(
    "event",
    ["", "{", "[1]", "7", "null", "[" * 100_000, '{"view": ["convolution"]}', '{"view": {}}', '{"name": 3}', '"\\ud800"',
     '{"view": "convolution", "name": ["stride"], "value": {}}', '{"view": "train", "name": "load", "value": "\\ud800"}'],
)  # fmt: skip
def test_whatever_is_written_is_answered_by_a_sentence(event):
    header, trace = unpack(answer_text(Session(), event, number=3))
    assert header["error"].endswith(".")
    assert (header["id"], trace) == (3, None)


def test_the_limits_of_an_event_are_its_length_and_its_values():
    largest = json.dumps({"value": ""}).ljust(LARGEST_EVENT)
    assert read_event(largest) == {"value": ""}
    with pytest.raises(SettingError, match=r"12,000,001 characters with 1 values"):
        read_event(largest + " ")
    assert len(read_event(json.dumps({"value": [0] * MOST_VALUES}))["value"]) == MOST_VALUES
    with pytest.raises(SettingError, match=r"with 200,002 values.*choose a smaller file"):
        read_event(json.dumps({"value": [0] * (MOST_VALUES + 2)}))


def test_training_that_meets_a_fault_stands_still_and_says_so(monkeypatch):
    session = Session()
    session.handle({"view": "train", "name": "settings", "value": {"architecture": "logistic"}})
    session.handle({"view": "train", "name": "start"})
    training = session_module.LESSONS["train"].State
    monkeypatch.setattr(training, "_train", planted)
    update = tick(session)
    assert update.error == "The engine met an unexpected fault (RecursionError)."
    assert update.trace.facts["status"] == "paused"
    assert not session.busy
    monkeypatch.undo()
    assert session.handle({"view": "train", "name": "step"}).trace.facts["batches"] == "1"
