"""A network of one's own in the page: typed line by line, counted however large, kept in the address, or refused."""

import re

import pytest
from playwright.sync_api import expect

KERAS = "Conv2D(32, 3)\nReLU()\nConv2D(64, 3)\nReLU()\nMaxPooling2D(2)\nFlatten()\nDense(128)\nReLU()\nDense(10)"


@pytest.fixture
def layers(explorer):
    """The field for the layers of a network of one's own."""
    explorer.slug = "architectures"
    page = explorer.open("?view=architectures&architecture=own")
    return page.get_by_label("Layers", exact=True).filter(visible=True)


def put(field, text):
    field.fill(text)
    field.press("Control+Enter")


def test_a_network_typed_line_by_line_is_counted_and_kept_in_the_address(explorer, layers):
    put(layers, KERAS)
    size = explorer.page.locator(".view:not([hidden]) [data-fact=size]")
    expect(size).to_contain_text("1,199,882 parameters")
    assert explorer.state()["steps"] == 6
    explorer.page.wait_for_url(re.compile("Conv2D"))
    explorer.page.reload()
    explorer.page.evaluate("window.convoscope.ready")
    expect(size).to_contain_text("1,199,882 parameters")
    expect(layers).to_have_value(KERAS)


def test_a_text_that_is_refused_names_what_is_wrong_and_leaves_the_network(explorer, layers):
    put(layers, "conv 8 3x3 relu\nflatten")
    notices = explorer.page.locator(".view:not([hidden]) .notices")
    expect(notices).to_contain_text("'relu' begins a layer of its own; put '/' or a line break before it")
    assert explorer.state()["steps"] == 6
