"""The Panel home: what a page costs the server, and that each of its events is answered."""

import json
import queue

from bokeh.document import Document

from convoscope.homes import panel_server
from convoscope.homes.visits import Visits
from convoscope.views import session as session_module
from convoscope.views.answer import LARGEST_EVENT
from convoscope.views.packet import unpack
from convoscope.views.session import LESSONS


class Tab:
    """A document with its sources, and what the browser does with them."""

    def __init__(self, monkeypatch):
        self.document = Document()
        self.told = queue.Queue()
        monkeypatch.setattr(self.document, "add_next_tick_callback", self.told.put)
        panel_server.fill(self.document, Visits(most=1))
        self.events, self.updates, self.drawings = self.document.roots[0].tags

    def send(self, *pieces, number=1):
        """Write an event in pieces and wait for what it causes."""
        for count, piece in enumerate(pieces, 1):
            self.events.data = {"id": [number], "piece": [piece], "last": [count == len(pieces)]}
        self.told.get(timeout=60)()

    def ask(self, *pieces, number=1):
        """The header and the trace of the answer to an event."""
        self.send(*pieces, number=number)
        return unpack(self.updates.data["packet"].tobytes())


def draw(view):
    return json.dumps({"view": view, "name": "draw"})


def test_a_page_holds_few_models_and_its_figures_are_made_once_for_all(monkeypatch):
    first, second = Tab(monkeypatch), Tab(monkeypatch)
    for number, slug in enumerate(LESSONS, 1):
        for tab in (first, second):
            assert len(tab.document.models) <= 10
            tab.send(draw(slug), number=number)
            assert tab.drawings.data["id"] == [number]
        assert list(json.loads(first.drawings.data["figures"][0])) == ["docs", "roots"]
        assert first.drawings.data["figures"][0] is second.drawings.data["figures"][0]


def test_figures_of_no_view_are_not_sent_and_that_is_said(monkeypatch):
    tab = Tab(monkeypatch)
    header, _ = tab.ask(draw("nowhere"), number=4)
    assert (header["id"], header["error"][:30]) == (4, "There is no view called 'nowhe")
    assert list(tab.drawings.data["id"]) == []


def test_an_event_comes_in_pieces(monkeypatch):
    tab = Tab(monkeypatch)
    text = json.dumps({"view": "convolution", "name": "kernel", "value": "blur"})
    header, _ = tab.ask(text[:9], text[9:30], text[30:])
    assert header["settings"]["kernel"] == "blur"
    header, _ = tab.ask(text.replace("blur", "basic"))
    assert header["settings"]["kernel"] == "basic"


def test_an_event_that_is_too_large_is_answered_and_not_kept(monkeypatch):
    tab = Tab(monkeypatch)
    piece = "x" * 500_000
    header, _ = tab.ask(*[piece] * (LARGEST_EVENT // len(piece) + 20), number=9)
    assert header["id"] == 9
    assert header["error"].startswith("The change is too large (12,500,000 characters")


def test_a_fault_is_answered(monkeypatch):
    def planted(*arguments):
        raise RecursionError("planted fault")

    lesson = session_module.LESSONS["convolution"]
    monkeypatch.setattr(lesson, "compute", planted)
    header, _ = Tab(monkeypatch).ask(json.dumps({"view": "convolution", "name": "stride", "value": 2}))
    assert "unexpected fault (RecursionError)" in header["error"]
