"""The gradients view on the real page: every layer, its controls, pointing from a value to its gradient, the layouts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from convoscope.views.gradients.settings import GradientsSettings
from convoscope.views.session import Session

from .comparing import assert_shows

SLUG = "gradients"
VIEW = "?view=gradients"
LAYERS = list(GradientsSettings.param.layer.objects)


def cell_of(explorer, title, row, column, size):
    """The drawing that is shown, and where in it the middle of a cell is. size: rows and columns."""
    plot = explorer.page.locator(".view:not([hidden]) .panel[data-boxes]:visible .plot")
    boxes = explorer.data(plot.locator("xpath=..").get_attribute("data-boxes"))
    n, frame = boxes["title"].index(title), plot.bounding_box()
    x = boxes["left"][n] + (column + 0.5) * boxes["width"][n] / size[1]
    y = boxes["top"][n] + (row + 0.5) * boxes["height"][n] / size[0]
    return plot, {"x": x * frame["width"], "y": y * frame["height"]}


def test_all_steps_are_told_before_python_is_there(explorer, view):
    explorer.hold_python()
    explorer.open(VIEW, ready=False)
    expected = list(Session().handle({"view": "gradients", "name": "reset"}).trace.sentences)
    told = [view.locator(".sentence").inner_text()]
    for _ in expected[1:]:
        explorer.page.keyboard.press(".")
        told.append(view.locator(".sentence").inner_text())
    assert told == expected
    assert told[0] == "output[0, 0] = 1×1 + 2×2 + 0×(−1) + 3×0 + bias 1 = 6"


def test_every_layer_shows_what_cpython_computes_and_values_lead_to_their_gradients(explorer, view):
    page = explorer.open(VIEW)
    sentence = view.locator(".sentence")
    plot, place = cell_of(explorer, "x", 0, 1, (4, 4))
    plot.hover(position=place)
    expect(view.locator(".panel:visible .readout")).to_have_text("x [0, 1] = 2")
    expect(sentence).to_have_text("grad_x[0, 1] = 1×2 + 2×1 = 4; finite difference 4 agrees")
    plot.click(position=cell_of(explorer, "grad_weight", 1, 0, (2, 2))[1])
    expect(view.get_by_role("slider", name="Step", exact=True)).to_have_value("12")
    for layer in LAYERS:
        view.get_by_label("Layer", exact=True).select_option(layer)
        page.wait_for_url(f"**layer={layer}**" if layer != "convolution" else "**")
        expect(view.locator(".panel:visible")).to_have_count(1)
        expect(view.get_by_label("Layer", exact=True)).to_be_enabled()
        explorer.set(layer=layer)
        assert_shows(explorer, tolerance=1e-5, layer=layer)
    view.get_by_label("Learning rate", exact=True).select_option("1")
    page.wait_for_url("**learning_rate=1**")
    assert_shows(explorer, tolerance=1e-5, layer="network", learning_rate="1")


def test_edited_numbers_are_in_the_address_and_come_back(explorer, view):
    page = explorer.open(f"{VIEW}&layer=max_pooling&window=3&stride=1&x=1,2,3;4,5,5;0,0,1;7,7,1")
    view.get_by_text("Gradient", exact=True).click()
    cell = view.get_by_label("grad_out, row 2, column 1")
    cell.fill("9")
    cell.press("Tab")
    expect(view.get_by_label("Gradient at the output", exact=True)).to_have_value("custom")
    page.get_by_role("button", name="Last step").click()
    sentence = "grad_x[3, 2] = 0×9 = 0; finite difference 0 agrees"
    expect(view.locator(".sentence")).to_have_text(sentence)
    page.wait_for_url("**grad_out=**step=**")
    before = explorer.state()
    page.goto("about:blank")
    page.go_back()
    expect(view.locator(".sentence")).not_to_be_empty()
    page.evaluate("window.convoscope.ready")
    explorer.becomes(explorer.state, before)
    expect(view.locator(".sentence")).to_have_text(sentence)


@pytest.mark.parametrize(("width", "height", "shown"), [(360, 740, "narrow"), (800, 520, "wide"), (1280, 800, "wide")])
def test_one_arrangement_is_shown_and_nothing_sticks_out(explorer, view, width, height, shown):
    explorer.page.set_viewport_size({"width": width, "height": height})
    page = explorer.open(VIEW, ready=False)
    expect(view.locator(".panel:visible")).to_have_count(1)
    expect(view.locator(".panel:visible")).to_have_attribute("data-part", shown)
    explorer.becomes(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"), True)
    if width == 1280:
        expect(view.locator(".player")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_barrier_is_found(explorer, theme):
    page = explorer.open(f"{VIEW}&layer=network&theme={theme}")
    assert Axe().run(page).response["violations"] == []
