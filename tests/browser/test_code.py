"""The code that ran, the call to copy, and the link to exactly this state."""

import contextlib
import inspect
import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from convoscope.engine import conv2d_loops
from convoscope.views.session import Session

LINE = "out[n, f, i, j] += weight[f, c, k, m] * pixel"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"


@pytest.fixture
def context_options(context_options):
    """Pages may use the clipboard, as a browser lets them after a click."""
    return context_options | {"permissions": ["clipboard-read", "clipboard-write"]}


def open_code(page):
    page.get_by_text("The code that ran").filter(visible=True).click()
    return page.get_by_role("region", name="Source of conv2d_loops, convoscope.engine.conv")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).filter(visible=True).click()


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def expect_marked(source, line, now):
    """This line is marked, and beside it stands where the animation is."""
    expect(source.locator("[data-now]")).to_have_text(line)
    expect(source.locator("[data-now]")).to_have_attribute("data-now", now)


def test_the_source_is_the_engines_and_its_line_follows_the_step(explorer):
    page = explorer.open(ready=False)
    source = open_code(page)
    expect(source).to_be_visible()
    assert source.inner_text().replace(" ", "").rstrip() == inspect.getsource(conv2d_loops).replace(" ", "").rstrip()
    expect_marked(source, LINE, "output[0, 0]")
    press(page, "Step forward")
    expect_marked(source, LINE, "output[0, 1]")


def test_the_copied_call_computes_what_the_page_shows(explorer):
    page = explorer.open()
    explorer.set(kernel="sobel_x", stride=2, padding=1, bias=1)
    open_code(page)
    press(page, "Copy")
    expect(page.get_by_text("Copied.", exact=True)).to_be_visible()
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(clipboard(page), "clipboard", "exec"), names)
    assert names["out"].ravel().tolist() == explorer.data("output_values")["value"]


def test_a_browser_without_clipboard_gets_the_text_selected(explorer):
    explorer.page.add_init_script(NO_CLIPBOARD)
    page = explorer.open(ready=False)
    open_code(page)
    press(page, "Copy")
    expect(page.get_by_text("The text is selected: press Ctrl+C")).to_be_visible()
    expected = Session().handle({"view": "convolution", "name": "reset"}).trace.facts["call"]
    assert page.evaluate("getSelection().toString()").strip() == expected
    press(page, "Copy link")
    field = page.get_by_role("textbox", name="Address of this state")
    expect(field).to_be_focused()
    expect(field).to_have_value(page.evaluate("location.href"))


def test_the_link_is_the_address_of_exactly_this_state(explorer):
    page = explorer.open()
    explorer.set(kernel="blur", cells="1,2,3;4,5,6;7,8,9", padding=1)
    page.evaluate("window.convoscope.views.convolution.step(4)")
    press(page, "Copy link")
    expect(page.get_by_text("Copied.", exact=True)).to_be_visible()
    link = clipboard(page)
    assert link == page.evaluate("location.href")
    before = explorer.state(), explorer.sentence(), explorer.data("output_values")
    page.goto("about:blank")
    page.goto(link)
    page.evaluate("window.convoscope.ready")
    assert (explorer.state(), explorer.sentence(), explorer.data("output_values")) == before
    press(page, "Step forward")
    expect(page.get_by_text("Copied.", exact=True)).to_have_count(0)


def test_the_server_shows_the_same_code_and_copies_the_same_link(panel_explorer):
    page = panel_explorer.open("?kernel=blur&step=3")
    source = open_code(page)
    expect_marked(source, LINE, "output[0, 3]")
    press(page, "Copy link")
    expect(page.get_by_text("Copied.", exact=True)).to_be_visible()
    assert clipboard(page) == page.evaluate("location.href")
    assert "kernel=blur&step=3" in clipboard(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_rule_is_broken_with_everything_open(explorer, theme):
    page = explorer.open(f"?theme={theme}&quiz=7&answers=1")
    open_code(page)
    page.get_by_role("textbox", name="Product, row 1, column 1").fill("9")
    press(page, "Check")
    press(page, "Copy link")
    found = Axe().run(page)
    assert [(rule["id"], [node["html"][:90] for node in rule["nodes"]]) for rule in found.response["violations"]] == []
