"""The lecture deck names only views and settings that exist, and values that its views take as they are."""

from html.parser import HTMLParser

import pytest

from convoscope.homes.shell import STATIC
from convoscope.views.session import LESSONS, Session

OF_THE_EMBED = {"view", "step", "hide", "theme", "size", "keys", "autoplay", "loop", "speed", "share"}


class Views(HTMLParser):
    """The attributes of every <convoscope-view> of a page."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "convoscope-view":
            self.found.append(dict(attributes))


def said_against(attributes):
    """What the view has to say against these attributes."""
    settings = {name: value for name, value in attributes.items() if name not in OF_THE_EMBED}
    unknown = set(settings) - set(LESSONS[attributes["view"]].Settings.names())
    update = Session().handle({"view": attributes["view"], "name": "settings", "value": settings})
    return [*sorted(unknown), *update.notices, *([update.error] if update.error else [])]


VIEWS = Views((STATIC / "slides" / "index.html").read_text("utf-8")).found


def test_every_view_has_its_slide():
    assert {attributes["view"] for attributes in VIEWS} == set(LESSONS)


@pytest.mark.parametrize("attributes", VIEWS, ids=lambda attributes: " ".join(attributes.values()))
def test_a_slide_names_settings_that_exist(attributes):
    assert said_against(attributes) == []


@pytest.mark.parametrize("planted", [{"kernle": "blur"}, {"kernel": "blru"}, {"stride": "9"}])
def test_a_planted_misprint_is_seen(planted):
    assert said_against({"view": "convolution"} | planted) != []
