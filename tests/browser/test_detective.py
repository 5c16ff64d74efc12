"""The kernel detective on the real page: a case solved by hand, by descent and by least squares, the address, the layouts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from convoscope.views.session import Session

from .comparing import assert_shows

SLUG = "detective"
VIEW = "?view=detective"


def test_descent_is_told_before_python_is_there(explorer, view):
    explorer.hold_python()
    explorer.open(VIEW, ready=False)
    expected = Session().handle({"view": "detective", "name": "reset"}).trace.sentences
    expect(view.locator(".sentence")).to_have_text(expected[0])
    explorer.page.keyboard.press(".")
    expect(view.locator(".sentence")).to_have_text("θ22 = 0 − 0.5×(−0.88) = 0.44, and all nine likewise; loss 1.12 → 0.312")
    explorer.page.keyboard.press("End")
    expect(view.locator(".sentence")).to_have_text(expected[-1])


def test_a_case_is_solved_in_three_ways(explorer, view):
    page = explorer.open(VIEW)
    assert_shows(explorer, tolerance=1e-5)
    view.get_by_label("Method", exact=True).select_option("Least squares")
    page.wait_for_url("**method=least_squares**")
    expect(view.locator('[data-part="im2col"]')).to_be_visible()
    expect(view.locator('[data-part="curve"]')).to_be_hidden()
    assert_shows(explorer, tolerance=1e-5, method="least_squares")
    assert "θ = 0, 0, 0; 0, 1, 1; 0, 1, 0; loss = 0" in explorer.sentence()
    view.get_by_label("Method", exact=True).select_option("By hand")
    page.wait_for_url("**method=hand**")
    for row, column in ((2, 2), (2, 3), (3, 2)):
        cell = view.get_by_label(f"Your kernel, row {row}, column {column}")
        cell.fill("1")
        cell.press("Tab")
    expect(view.locator(".sentence")).to_contain_text("= 0: the case is solved")
    assert_shows(explorer, tolerance=1e-5, method="hand", guess="0,0,0;0,1,1;0,1,0")
    assert explorer.data("secret")["text"] == ["?"] * 9
    view.get_by_label("Show the secret", exact=True).check()
    page.wait_for_url("**reveal=true**")
    assert explorer.data("secret")["text"] == ["0", "0", "0", "0", "1", "1", "0", "1", "0"]
    page.reload()
    page.evaluate("window.convoscope.ready")
    assert (explorer.state()["method"], explorer.state()["guess"][1]) == ("hand", [0, 1, 1])
    explorer.set(method="descent", guess="0,0,0;0,0,0;0,0,0", case="seed", seed=5, image="random", across="11", up="33")
    assert_shows(explorer, tolerance=1e-5, case="seed", seed=5, image="random", across="11", up="33")
    plot = view.locator('[data-part="target"] .plot')
    plot.hover()
    expect(view.locator('[data-part="target"] .readout')).to_contain_text("] = ")


def point(explorer, part, across, down):
    """Move the mouse to a share of a panel's drawing."""
    box = explorer.page.locator(f'.view:not([hidden]) [data-part="{part}"] .plot').bounding_box()
    explorer.page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=2)


def test_the_window_follows_the_pointer(explorer, view):
    """Where the cells are the steps it shows their step; while all weights move at once, it and its cell light up."""
    page = explorer.open(f"{VIEW}&method=hand")
    first = explorer.sentence()
    point(explorer, "input", 0.5, 0.5)
    explorer.becomes(lambda: explorer.sentence().startswith("difference[2, 2]"), True)
    point(explorer, "target", 0.05, 0.05)
    explorer.becomes(lambda: explorer.sentence().startswith("difference[0, 0]"), True)
    page.mouse.move(2, 2)
    explorer.becomes(explorer.sentence, first)
    point(explorer, "target", 0.95, 0.95)
    page.mouse.down()
    page.mouse.up()
    explorer.becomes(lambda: explorer.state()["step"], explorer.state()["steps"] - 1)
    view.get_by_label("Method", exact=True).select_option("Gradient descent")
    explorer.becomes(lambda: explorer.state()["method"], "descent")
    step = explorer.state()["step"]
    point(explorer, "target", 0.05, 0.05)
    explorer.becomes(lambda: [len(explorer.data(f"{name}_hits")["x"]) for name in ("input", "target")], [9, 1])
    page.mouse.down()
    page.mouse.up()
    assert explorer.state()["step"] == step
    page.mouse.move(2, 2)
    explorer.becomes(lambda: len(explorer.data("input_hits")["x"]), 0)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (800, 520), (1280, 800)])
def test_nothing_sticks_out(explorer, view, width, height):
    explorer.page.set_viewport_size({"width": width, "height": height})
    page = explorer.open(VIEW, ready=False)
    expect(view.locator(".panel:visible")).to_have_count(9)
    explorer.becomes(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"), True)
    if width == 1280:
        expect(view.locator(".player")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_barrier_is_found(explorer, theme):
    page = explorer.open(f"{VIEW}&method=least_squares&theme={theme}")
    assert Axe().run(page).response["violations"] == []
