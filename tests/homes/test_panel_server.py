"""The Panel home: what a page costs the server."""

import json

from bokeh.document import Document
from bokeh.models import ColumnDataSource

from convoscope.homes import panel_server
from convoscope.views.session import LESSONS


def test_a_page_holds_few_models_and_its_figures_are_made_once_for_all():
    first, second = Document(), Document()
    for document in (first, second):
        panel_server.fill(document)
        assert len(document.models) <= 10
    events, _, drawings = first.roots[0].tags
    other_events, _, other_drawings = second.roots[0].tags
    for slug in LESSONS:
        for source in (events, other_events):
            source.data = {"event": [json.dumps({"view": slug, "name": "draw"})]}
        assert drawings.data["view"] == [slug]
        assert list(json.loads(drawings.data["figures"][0])) == ["docs", "roots"]
        assert drawings.data["figures"][0] is other_drawings.data["figures"][0]


def test_figures_of_no_view_are_not_sent():
    document = Document()
    panel_server.fill(document)
    events, _, drawings = document.roots[0].tags
    assert isinstance(events, ColumnDataSource)
    events.data = {"event": [json.dumps({"view": "nowhere", "name": "draw"})]}
    assert list(drawings.data["view"]) == []
