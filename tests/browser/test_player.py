"""The player, by mouse and by keyboard, found by accessible names, before Python has arrived."""

import re

import pytest
from playwright.sync_api import expect

SENTENCE = ".view:not([hidden]) .sentence"
FIRST = "output[0, 0] = 0×0 + 0×0 + 0×0 + 0×0 + 1×1 + 1×1 + 0×0 + 1×1 + 0×0 = 3"


@pytest.fixture
def page(explorer):
    """The page with the worker's script held back: everything here works without Python."""
    explorer.hold_python()
    return explorer.open(ready=False)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def at(page, step):
    """Wait until the scrubber says that this step is shown."""
    expect(page.get_by_role("slider", name="Step", exact=True)).to_have_value(str(step))


def test_the_first_step_is_told_and_drawn(explorer, page):
    view = page.get_by_role("region", name="Convolution")
    expect(view.get_by_role("status")).to_have_text(FIRST)
    assert explorer.data("output_values")["value"][:5] == [3, 2, 2, 3, 1]
    assert explorer.data("products")["text"] == ["0", "0", "0", "0", "1", "1", "0", "1", "0"]
    assert explorer.data("sums")["text"] == ["0", "0", "0", "0", "1", "2", "2", "3", "3"]


def test_the_buttons_step_and_stop_at_the_ends(explorer, page):
    expect(button(page, "First step")).to_be_disabled()
    expect(button(page, "Step back")).to_be_disabled()
    button(page, "Step forward").click()
    at(page, 1)
    expect(page.locator(SENTENCE)).to_have_text(re.compile("= 2$"))
    button(page, "Last step").click()
    at(page, 24)
    expect(button(page, "Step forward")).to_be_disabled()
    button(page, "Step back").click()
    at(page, 23)
    button(page, "First step").click()
    at(page, 0)
    expect(page.locator(SENTENCE)).to_have_text(FIRST)


def test_the_keyboard_steps(page):
    steps = {".": 1, "ArrowRight": 2, "End": 24, ".  ": 24, ",": 23, "ArrowLeft": 22, "Home": 0, ",  ": 0}  # in this order
    for key, step in steps.items():
        page.keyboard.press(key.strip())
        at(page, step)


def test_play_goes_to_the_end_and_starts_again(page):
    speed = page.get_by_label("Speed").filter(visible=True)
    speed.select_option("0.25")  # so slow that it still plays when somebody looks
    button(page, "Play").click()
    expect(button(page, "Pause")).to_be_visible()
    speed.select_option("8")
    at(page, 24)
    expect(button(page, "Play")).to_be_visible()
    speed.select_option("0.25")
    button(page, "Play").click()
    expect(button(page, "Pause")).to_be_visible()
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()


def test_space_plays_and_pauses_and_a_step_pauses_too(page):
    page.get_by_label("Speed").filter(visible=True).select_option("0.25")
    page.locator("body").click(position={"x": 5, "y": 400})
    page.keyboard.press("Space")
    expect(button(page, "Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(button(page, "Play")).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press(".")
    expect(button(page, "Play")).to_be_visible()


def test_scrubbing_goes_to_the_step(explorer, page):
    slider = page.get_by_role("slider", name="Step", exact=True)
    slider.fill("12")
    sentence = "output[2, 2] = 0×0 + 0×0 + 1×0 + 0×0 + 1×1 + 0×1 + 1×0 + 0×1 + 0×0 = 1"
    expect(page.locator(SENTENCE)).to_have_text(sentence)
    expect(slider).to_have_attribute("aria-valuetext", "step 13 of 25")
    page.wait_for_url("**?step=12")


def test_the_player_obeys_the_clock_and_not_the_frames(page):
    """At speed 1 two steps pass in a second, whatever the frame rate."""
    steps = page.evaluate(
        """async () => {
            const script = document.querySelector('link[rel=modulepreload][href$="player.js"]').href;
            const { Player } = await import(script);
            const count = (frames, seconds) => {
                const player = new Player(() => {});
                player.load(25);
                for (let n = 0; n < frames; n++) player.advance(seconds / frames);
                return player.step;
            };
            return [count(10, 3.01), count(60, 3.01), count(300, 3.01)];
        }"""
    )
    assert steps == [6, 6, 6]


def test_a_click_on_the_output_goes_to_that_cell(explorer, page):
    plot = page.locator(".view:not([hidden]) [data-part=output] .plot")
    box = plot.bounding_box()
    plot.click(position={"x": box["width"] * 0.7, "y": box["height"] * 0.3})
    at(page, 8)
    expect(page.locator(SENTENCE)).to_have_text(re.compile(r"^output\[1, 3\] = "))


def point_at(page, part, cells, row, column):
    """Put the pointer on the middle of a cell of a square grid of so many cells a side."""
    plot = page.locator(f".view:not([hidden]) [data-part={part}] .plot")
    box = plot.bounding_box()
    plot.hover(position={"x": box["width"] * (column + 0.5) / cells, "y": box["height"] * (row + 0.5) / cells})


def test_pointing_at_an_output_cell_shows_its_step_and_leaving_goes_back(explorer, page):
    point_at(page, "output", 5, 1, 1)
    expect(page.locator(".view:not([hidden]) [data-part=output] .readout")).to_have_text("[1, 1] = 0")
    expect(page.locator(SENTENCE)).to_have_text(re.compile(r"^output\[1, 1\] = "))
    page.mouse.move(5, 5)
    expect(page.locator(SENTENCE)).to_have_text(FIRST)
    at(page, 0)


def lit(explorer, source, cells):
    """The lit cells of a square grid, as (row, column) pairs."""
    hits = explorer.data(source)
    pairs = zip(hits["y"], hits["x"], strict=True)
    return {(round((1 - y) * cells - 0.5), round(x * cells - 0.5)) for y, x in pairs}


def test_an_input_cell_lights_up_the_outputs_that_it_feeds(explorer, page):
    point_at(page, "input", 7, 1, 2)
    expect(page.locator(".view:not([hidden]) [data-part=input] .readout")).to_have_text("[1, 2] = 1")
    explorer.becomes(lambda: lit(explorer, "output_hits", 5), {(r, c) for r in (0, 1) for c in (0, 1, 2)})
    page.mouse.move(5, 5)
    explorer.becomes(lambda: lit(explorer, "output_hits", 5), set())


def test_a_kernel_cell_lights_up_every_input_that_it_meets_and_a_click_pins_it(explorer, page):
    everything = {(r, c + 2) for r in range(5) for c in range(5)}
    readout = page.locator(".view:not([hidden]) [data-part=kernel] .readout")
    for pinned in (everything, set()):  # the first click pins, the second lets go
        point_at(page, "kernel", 3, 0, 2)
        expect(readout).not_to_be_empty()
        explorer.becomes(lambda: lit(explorer, "input_hits", 7), everything)
        page.mouse.down()
        page.mouse.up()
        page.mouse.move(5, 5)
        expect(readout).to_be_empty()
        explorer.becomes(lambda: lit(explorer, "input_hits", 7), pinned)


def test_the_keys_point_too(explorer, page):
    page.locator(".view:not([hidden]) [data-part=output] .plot").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(SENTENCE)).to_have_text(re.compile(r"^output\[1, 1\] = "))
    at(page, 0)
    page.keyboard.press("Enter")
    at(page, 6)
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    at(page, 7)


def test_the_tables_hold_the_same_numbers(page):
    page.get_by_text("The numbers as tables").filter(visible=True).click()
    rows = page.get_by_role("table", name="Output").get_by_role("row")
    expect(rows).to_have_count(5)
    for n, cells in enumerate((["3", "2", "2", "3", "1"], ["2", "0", "2", "1", "0"])):
        expect(rows.nth(n).get_by_role("cell")).to_have_text(cells)
