"""Definition / What ran here, the call to copy, and the link to exactly this state."""

import contextlib
import inspect
import io
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from convoscope.engine import conv2d, conv2d_loops
from convoscope.homes.single_file import single_file
from convoscope.views.session import Session

LINE = "out[n, f, i, j] += weight[f, c, k, m] * pixel"
NO_WEBASSEMBLY = "delete window.WebAssembly;"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"


@pytest.fixture
def context_options(context_options):
    """Pages may use the clipboard, as a browser lets them after a click."""
    return context_options | {"permissions": ["clipboard-read", "clipboard-write"]}


def open_code(page):
    page.get_by_text("Definition / What ran here").filter(visible=True).click()
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
    page = explorer.open()
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


def open_panel(page):
    """Open Definition / What ran here; -> the part about what ran, with its list there."""
    page.get_by_text("Definition / What ran here").filter(visible=True).click()
    part = page.get_by_role("region", name="What ran here")
    part.locator(".functions li").first.wait_for()
    return part


def names_in(part):
    return part.locator(".functions > li > details > summary code").all_inner_texts()


def public(view, **settings):
    """The names that a session on this machine gives."""
    session = Session()
    session.handle({"view": view, "name": "settings", "value": settings})
    return [one["name"] for one in session.handle({"view": view, "name": "ran"}).ran["functions"] if not one["is_helper"]]


def test_what_the_build_recorded_stands_until_python_is_here_and_then_what_ran_in_the_browser(explorer):
    explorer.page.add_init_script(NO_WEBASSEMBLY)
    page = explorer.open(ready=False)
    part = open_panel(page)
    expect(part.get_by_text("Recorded when this site was built.")).to_be_visible()
    assert names_in(part) == public("convolution")
    expect(part.get_by_role("button", name="Measure the times")).to_be_disabled()


def test_what_ran_follows_the_settings_and_can_be_looked_into(explorer):
    page = explorer.open()
    part = open_panel(page)
    expect(part.get_by_text("Recorded in this browser.")).to_be_visible()
    assert names_in(part)[:2] == ["conv2d_in_order", "conv2d_terms"]
    explorer.set(algorithm="im2col", kernel="blur")
    expect(part.locator(".functions > li").first).to_contain_text("conv2d engine/conv.py:")
    assert "conv2d_in_order" not in names_in(part)
    assert {"matrix_product", "loop_product"} <= set(names_in(part))  # NumPy has no BLAS there
    summary = part.locator(".functions summary").first
    summary.focus()
    page.keyboard.press("Enter")
    source = part.get_by_role("region", name="Source of conv2d, engine/conv.py")
    expect(source.locator(".line").first).to_have_text("def conv2d(")
    assert source.locator(".line").all_text_contents() == inspect.getsource(conv2d).splitlines()
    expect(part.get_by_text("tests/engine/test_conv.py")).to_contain_text("Measured for the numbers shown now (output): ")


def test_three_ways_give_the_same_numbers_and_can_be_timed(explorer):
    page = explorer.open("?algorithm=loops&kernel=blur&image=digit")
    assert explorer.state()["algorithm"] == "loops"
    part = open_panel(page)
    table = part.get_by_role("table", name="The same output in 3 ways")
    assert table.get_by_role("rowheader").all_inner_texts() == ["Sliding windows", "Matrix product (im2col)", "Loops"]
    part.get_by_role("button", name="Measure the times").click()
    expect(table.locator("tbody td:last-child", has_text=re.compile(r"^[\d.]+ m?s$"))).to_have_count(3)
    compared = table.locator("tbody td:nth-child(3)").all_inner_texts()
    assert [text for text in compared if text != "identical" and not text.startswith("at most")] == []


def test_a_training_step_is_recorded_and_the_definition_is_that_of_this_network(explorer):
    explorer.slug = "train"
    page = explorer.open("?view=train")
    part = open_panel(page)
    expect(part.get_by_text("Recorded in this browser.")).to_be_visible()
    assert {"Trainer.train_batch", "Conv2dPlan.backward", "Optimiser.step"} <= set(names_in(part))
    listings = page.locator(".view:not([hidden]) .definition .listing:visible > summary code")
    assert {"cross_entropy", "SGD", "conv2d"} <= set(listings.all_inner_texts())
    assert "Adam" not in listings.all_inner_texts()


def test_the_server_records_where_it_computes(panel_explorer):
    page = panel_explorer.open("?algorithm=im2col")
    part = open_panel(page)
    expect(part.get_by_text("Recorded on the server.")).to_be_visible()
    assert names_in(part) == public("convolution", algorithm="im2col")
    part.locator(".functions summary").first.click()
    source = part.get_by_role("region", name="Source of conv2d, engine/conv.py")
    expect(source.locator(".line").first).to_have_text("def conv2d(")


def test_a_file_says_what_ran_when_it_was_made(explorer, tmp_path):
    path = tmp_path / "view.html"
    path.write_text(single_file("convolution", {"kernel": "blur"}, {"algorithm": ["windows", "loops"]}), encoding="utf-8")
    explorer.expect(f"foreign request: {path.as_uri()}")
    page = explorer.page
    page.goto(path.as_uri())
    part = open_panel(page)
    expect(part.get_by_text("Recorded when this file was made.")).to_be_visible()
    expect_marked(page.get_by_role("region", name="Source of conv2d_loops, convoscope.engine.conv"), LINE, "output[0, 0]")
    assert names_in(part)[0] == "conv2d_in_order"
    expect(part.get_by_role("button", name="Measure the times")).to_be_hidden()
    page.evaluate("window.convoscope.views.convolution.set({ algorithm: 'loops' })")
    loops = part.locator(".functions > li", has_text="conv2d_loops engine/conv.py:")
    expect(loops).to_be_visible()
    loops.locator("summary").click()
    source = part.get_by_role("region", name="Source of conv2d_loops, engine/conv.py")
    expect(source.locator(".line").first).to_have_text("def conv2d_loops(")


@pytest.mark.parametrize("view", ["convolution", "network", "train"])
def test_the_panel_fits_a_phone(explorer, view):
    explorer.page.set_viewport_size({"width": 360, "height": 800})
    page = explorer.open(f"?view={view}")
    part = open_panel(page)
    part.locator(".functions summary").first.click()
    part.locator(".functions pre .line").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_rule_is_broken_with_everything_open(explorer, theme):
    page = explorer.open(f"?theme={theme}&quiz=7&answers=1")
    part = open_panel(page)
    part.locator(".functions summary").first.click()
    part.locator(".helpers summary").first.click()
    part.locator(".functions pre .line").first.wait_for()
    page.get_by_role("textbox", name="Product, row 1, column 1").fill("9")
    press(page, "Check")
    press(page, "Copy link")
    found = Axe().run(page)
    assert [(rule["id"], [node["html"][:90] for node in rule["nodes"]]) for rule in found.response["violations"]] == []


def test_the_program_is_for_the_library_that_is_chosen_in_every_view(explorer):
    page = explorer.open(ready=False)
    open_code(page)
    library = page.get_by_label("Library that the program needs").filter(visible=True)
    assert library.locator("option").all_inner_texts() == ["convoscope", "NumPy alone"]
    library.select_option(label="NumPy alone")
    facts = Session().handle({"view": "convolution", "name": "reset"}).trace.facts
    expect(page.locator(".view:not([hidden]) .call code")).to_have_text(facts["call_numpy"])
    page.locator("nav a[data-slug=architectures]").click()
    explorer.slug = "architectures"
    code = page.locator("[data-view=architectures] .call code")
    expect(code).to_contain_text("def network(x):")
    open_code(page)
    library.select_option(label="PyTorch")
    expect(code).to_contain_text("nn.Conv2d(1, 6, 5, padding=2),")
