"""Bad input and broken surroundings: a clear sentence on the page, and the rest keeps working."""

import gzip
import re

import pytest
from playwright.sync_api import expect


def status(page):
    return page.get_by_role("status", name="Python", exact=True)


def test_an_empty_or_wordy_weight_is_refused_where_it_stands(explorer):
    page = explorer.open()
    cell = page.get_by_label("Kernel weights, row 2, column 3").filter(visible=True)
    for typed, words in (("", "row 2, column 3 is empty; type a number such as 0.5, -1 or 1/9."), ("two", "holds “two”")):
        cell.fill(typed)
        cell.press("Tab")
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.get_by_role("alert")).to_contain_text("Nothing was changed.")
        expect(cell).to_have_value(typed)
        assert explorer.data("kernel_values")["value"] == [0, 0, 0, 0, 1, 1, 0, 1, 0]
    cell.fill("5")
    cell.press("Tab")
    expect(page.get_by_role("alert")).to_be_empty()
    assert explorer.data("kernel_values")["value"] == [0, 0, 0, 0, 1, 5, 0, 1, 0]


def test_a_stride_larger_than_the_image_is_brought_back_and_said(explorer):
    page = explorer.open()
    field = page.get_by_label("Stride", exact=True).filter(visible=True)
    field.fill("50")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The stride must be a whole number from 1 to 4: “50” became 4.")
    expect(field).to_have_value("4")
    assert explorer.state()["stride"] == 4


def test_a_digit_that_does_not_exist_is_brought_back_and_said(explorer):
    page = explorer.open("?image=digit")
    field = page.get_by_label("Digit", exact=True).filter(visible=True)
    field.fill("70000")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("from 0 to 69,999: “70000” became 69,999.")
    expect(page.locator(".view:not([hidden]) [data-fact=source]")).to_contain_text("MNIST digit 69,999")


DAMAGE = {
    "cut": lambda body: body[:5000],
    "foreign": lambda body: b"<!DOCTYPE html><p>Log in to the campus Wi-Fi",
    "empty": lambda body: b"",
    "other": lambda body: gzip.compress(b"not digits"),
}


@pytest.mark.usefixtures("own_python")
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_shard_is_named_and_the_next_try_fetches_it_again(explorer, damage):
    page = explorer.open()

    def damaged(route):
        response = route.fetch()
        route.fulfill(response=response, body=DAMAGE[damage](response.body()))

    page.route("**/train-00.gz", damaged)
    page.get_by_label("Image", exact=True).filter(visible=True).select_option("MNIST digit")
    expect(page.get_by_role("alert")).to_contain_text("The file mnist/train-00.gz with digit 7 is damaged")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed.")
    assert explorer.state()["image"] == "lecture"
    page.unroute("**/train-00.gz")
    explorer.set(image="digit")
    expect(page.locator(".view:not([hidden]) [data-fact=source]")).to_contain_text("MNIST digit 7, labelled 3")
    expect(page.get_by_role("alert")).to_be_empty()


@pytest.mark.usefixtures("own_python")
def test_a_missing_shard_is_named(explorer):
    explorer.expect("404")
    page = explorer.open()
    page.route("**/test-03.gz", lambda route: route.fulfill(status=404))
    explorer.set(image="digit", digit=69_000)
    expect(page.get_by_role("alert")).to_contain_text("The file mnist/test-03.gz could not be fetched")
    assert explorer.state()["image"] == "lecture"


@pytest.mark.usefixtures("own_python")
def test_a_lesson_that_does_not_come_is_named_and_asked_for_again(explorer):
    explorer.expect("404")
    page = explorer.open()
    page.route("**/view-rgb.zip", lambda route: route.fulfill(status=404))
    page.locator("nav a[data-slug=rgb]").click()
    explorer.becomes(lambda: page.evaluate("'rgb' in convoscope.views"), True)
    page.evaluate("convoscope.views.rgb.set({ stride: 2 })")
    told = page.locator("[data-view=rgb]").get_by_role("alert")
    expect(told).to_contain_text("The file python/view-rgb.zip could not be fetched (the server answered 404")
    page.unroute_all(behavior="wait")
    page.evaluate("convoscope.views.rgb.set({ stride: 2 })")
    explorer.becomes(lambda: page.evaluate("convoscope.views.rgb.state().stride"), 2)


@pytest.mark.usefixtures("own_python")
@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "pyodide.asm.js", "start.zip"])
def test_without_a_file_of_the_runtime_the_page_says_which_and_still_plays(explorer, name):
    explorer.expect("404", "Failed to", "pyodide")
    explorer.page.route(re.compile(rf"/{re.escape(name)}(\.gz)?$"), lambda route: route.fulfill(status=404))
    page = explorer.open(ready=False)
    expect(status(page)).to_contain_text("Python could not be started")
    expect(status(page)).to_contain_text(name)
    expect(page.get_by_label("Stride", exact=True).filter(visible=True)).to_be_disabled()
    page.get_by_role("button", name="Step forward").click()
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("output[0, 1]")


def test_without_webassembly_the_page_says_so_and_still_plays(explorer):
    explorer.page.add_init_script("delete window.WebAssembly")
    page = explorer.open(ready=False)
    expect(status(page)).to_contain_text("This browser has no WebAssembly")
    page.get_by_role("button", name="Last step").click()
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("output[4, 4]")


def test_without_the_first_trace_the_page_says_which_file_is_missing(explorer):
    explorer.expect("404")
    explorer.page.route("**/convolution.packet", lambda route: route.fulfill(status=404))
    explorer.page.goto(explorer.url)
    expect(status(explorer.page)).to_contain_text("The server answered 404 for")
    expect(status(explorer.page)).to_contain_text("convolution.packet")


@pytest.mark.usefixtures("own_python")
def test_a_worker_that_dies_is_replaced_and_the_settings_survive(explorer):
    explorer.expect("planted")
    page = explorer.open("?kernel=blur&padding=1")
    first, held = page.workers[0], []
    page.route("**/worker.js", lambda route: held.append(route))  # the next one waits until the page has been looked at
    first.evaluate("setTimeout(() => { throw new Error('planted fault'); })")
    expect(status(page)).to_contain_text("Python stopped (Uncaught Error: planted fault). It is being started again")
    expect(page.get_by_label("Stride", exact=True).filter(visible=True)).to_be_disabled()
    explorer.becomes(lambda: len(held), 1)
    held[0].continue_()
    expect(status(page)).to_contain_text("Python is ready")
    explorer.becomes(lambda: first in page.workers, False)
    explorer.set(stride=2)
    state = explorer.state()
    assert (state["kernel"], state["padding"], state["stride"]) == ("blur", 1, 2)
    assert explorer.sentence().endswith("= 0.1")


@pytest.mark.usefixtures("own_python")
def test_a_worker_that_is_stuck_is_replaced_and_the_wish_comes_true(explorer):
    page = explorer.open("?kernel=blur")
    page.workers[0].evaluate("self.onmessage = () => {}")
    explorer.set(padding=2)  # waits through the deadline and the new start
    state = explorer.state()
    assert (state["kernel"], state["padding"]) == ("blur", 2)
    expect(status(page)).to_contain_text("Python is ready")


XSS = ["<img src=x onerror=window.planted=1>", "</script><script>window.planted=1</script>", '"><svg onload=window.planted=1>']


@pytest.mark.parametrize("text", XSS)
def test_no_text_of_an_address_becomes_markup(explorer, text):
    page = explorer.page
    names = ("kernel", "weights", "image", "stride", "hide", "theme")
    page.goto(f"{explorer.url}?" + "&".join(f"{name}={text}" for name in names))
    page.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
    page.evaluate("window.convoscope.ready")
    expect(page.get_by_role("alert")).to_contain_text("is not a choice of “Kernel”; choose one of")
    assert page.evaluate("window.planted") is None
    expect(page.locator("main img, main script, main svg[onload]")).to_have_count(0)


def test_a_far_too_long_address_is_left_alone(explorer):
    page = explorer.open("?kernel=blur&junk=" + "x" * 3000)
    expect(page.get_by_role("alert")).to_contain_text("longer than 2,000 characters")
    assert explorer.state()["kernel"] == "basic"
