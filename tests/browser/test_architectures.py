"""A network of one's own in the page: typed line by line, counted however large, kept in the address, or refused."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
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


def test_a_unit_is_chosen_by_keys_and_a_click_and_a_layer_in_the_table(explorer):
    explorer.slug = "architectures"
    page = explorer.open("?view=architectures&step=2")
    plot = page.locator(".view:not([hidden]) [data-part=field] .plot")
    plot.focus()
    plot.press("ArrowLeft")
    plot.press("ArrowUp")
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("Unit [6, 6] sees 6×6 pixels: rows 10–15, ")
    box = plot.bounding_box()
    page.mouse.click(box["x"] + 0.97 * box["width"], box["y"] + 0.95 * box["height"])
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("Unit [13, 13] sees 6×6 pixels: rows 24–27")
    page.get_by_text("All layers as a table").filter(visible=True).click()
    page.get_by_role("button", name="F6", exact=True).click()
    assert explorer.state()["step"] == 6
    expect(page.locator(".architectures-layers tr[data-now]")).to_contain_text("120·84 + 84 = 10,164")


def test_a_changed_stride_makes_the_network_ones_own(explorer):
    explorer.slug = "architectures"
    page = explorer.open("?view=architectures&architecture=alexnet")
    field = page.get_by_label("Layers", exact=True).filter(visible=True)
    put(field, field.input_value().replace("stride 4", "stride 3"))
    expect(page.locator(".view:not([hidden]) [data-fact=source]")).to_contain_text("Your own: conv 96 11x11 stride 3 / relu")
    assert (explorer.state()["architecture"], explorer.state()["side"]) == ("own", 227)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_rule_is_broken(explorer, theme):
    for explorer.slug in ("architectures", "history"):
        page = explorer.open(f"?view={explorer.slug}&theme={theme}&step=1")
        page.evaluate("document.querySelectorAll('.architectures-layers, .code').forEach((one) => { one.open = true; })")
        found = Axe().run(page)
        assert [(rule["id"], [node["html"][:90] for node in rule["nodes"]]) for rule in found.response["violations"]] == []
