"""The rgb view on the real page: its numbers, every control by its name, pointing, the address, the layouts, the frames."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from convoscope.views.rgb.settings import MATRICES
from convoscope.views.session import Session
from convoscope.views.trace import column_row

from .comparing import assert_shows
from .conftest import Explorer, new_context

SLUG = "rgb"
VIEW = "?view=rgb"
FIRST = "output[0, 0, filter 0] = red 1 + green 4 + blue (−1) + bias 1 = 5"
LAST = "output[2, 2, filter 1] = red −4 + green 1 + blue 1 + bias 0 = −2"


def places(explorer, title):
    """The box of a grid in the drawing that is shown: left, top, width, height in pixels."""
    plot = explorer.page.locator(".view:not([hidden]) .panel[data-boxes]:visible .plot")
    boxes = explorer.data(plot.locator("xpath=..").get_attribute("data-boxes"))
    n = boxes["title"].index(title)
    frame = plot.bounding_box()
    return plot, [
        boxes[name][n] * frame[axis]
        for name, axis in zip(("left", "top", "width", "height"), ("width", "height", "width", "height"), strict=True)
    ]


def at_cell(box, row, column, size):
    """Where the middle of a cell is. size: cells a side."""
    left, top, width, height = box
    return {"x": left + (column + 0.5) * width / size, "y": top + (row + 0.5) * height / size}


def test_all_eighteen_steps_are_told_before_python_is_there(explorer):
    explorer.hold_python()
    page = explorer.open(VIEW, ready=False)
    view = page.get_by_role("region", name="RGB: three channels")
    expected = list(Session().handle({"view": "rgb", "name": "reset"}).trace.sentences)
    told = [view.get_by_role("status").inner_text()]
    for _ in range(17):
        page.keyboard.press(".")
        told.append(view.get_by_role("status").inner_text())
    assert told == expected
    assert (told[0], told[17]) == (FIRST, LAST)


def test_glyphs_that_are_never_drawn_do_no_work(explorer):
    """BokehJS still has the four that static/js/lighten.mjs puts to rest beside each glyph, and under these names."""
    explorer.hold_python()
    page = explorer.open(VIEW, ready=False)
    resting = page.evaluate(
        """() => {
            const renderers = window.Bokeh.index.roots.flatMap((view) => [...view.renderer_views?.values() ?? []]);
            const glyphs = renderers.filter(({ glyph }) => glyph);
            const spares = ["selection_glyph", "nonselection_glyph", "muted_glyph", "decimated_glyph"];
            const rest = glyphs.map((one) => spares.map((name) => one[name].set_data !== one.glyph.set_data));
            return { glyphs: glyphs.length, resting: rest.flat().filter(Boolean).length };
        }"""
    )
    assert resting["glyphs"] > 0
    assert resting["resting"] == 4 * resting["glyphs"]


def test_the_page_shows_what_cpython_computes(explorer, page):
    assert_shows(explorer, steps=range(18))
    for settings in ({"stride": 1, "padding": 0, "seed": 77}, {"channels": "green", "stride": 3}):
        explorer.set(**settings)
        assert_shows(explorer, **{"padding": 1} | {name: explorer.state()[name] for name in ("seed", "padding")} | settings)
        explorer.set(seed=0, channels="all", stride=2, padding=1)


@pytest.mark.parametrize("settings", [{"filters": 1}, {"filters": 3, "image": "coffee", "stride": 3, "padding": 1}])
def test_a_photograph_shows_what_cpython_computes(explorer, page, settings):
    explorer.set(preset="lecture", **settings)
    assert_shows(explorer, preset="lecture", **settings)
    explorer.set(channels="blue")
    assert_shows(explorer, preset="lecture", channels="blue", **settings)


def test_every_control_of_the_small_volume_is_found_by_its_name(explorer, page, view):
    view.get_by_role("button", name="More seed").click()
    expect(view.get_by_label("Seed", exact=True)).to_have_value("1")
    view.get_by_label("Channels", exact=True).select_option("Only green")
    view.get_by_role("button", name="Less stride").click()
    view.get_by_role("button", name="Less padding").click()
    expect(view.locator("[data-part=wide] .size")).to_have_text("5×5×3 → 2 filters 3×3×3 → 3×3×2")
    expect(view.get_by_role("status")).to_contain_text("green alone")
    assert_shows(explorer, seed=1, channels="green", stride=1, padding=0)


def test_every_number_can_be_typed(explorer, page, view):
    edited = {}
    for name, label in MATRICES.items():
        view.get_by_label("Edit", exact=True).select_option(label)
        cell = view.get_by_label(f"{label}, row 2, column 2")
        cell.fill("1/2")
        cell.press("Tab")
        expect(view.get_by_label("Numbers", exact=True)).to_have_value("edited")
        explorer.becomes(lambda name=name: explorer.state()[name][1][1], 0.5)
        edited[name] = [list(row) for row in explorer.state()[name]]
        assert_shows(explorer, **edited)


def test_biases_can_be_typed_and_the_seed_brings_the_numbers_back(explorer, page, view):
    view.get_by_label("Edit", exact=True).select_option("Biases")
    cell = view.get_by_label("Biases, row 1, column 2")
    cell.fill("-7")
    cell.press("Tab")
    explorer.page.evaluate("window.convoscope.views.rgb.step(17)")
    expect(view.get_by_role("status")).to_have_text("output[2, 2, filter 1] = red −4 + green 1 + blue 1 + bias (−7) = −9")
    view.get_by_label("Numbers", exact=True).select_option("Random, from the seed")
    expect(view.get_by_role("status")).to_have_text(LAST)


def test_every_control_of_the_photograph_is_found_by_its_name(explorer, page, view):
    view.get_by_label("Preset", exact=True).select_option("Photograph, 32×32×3")
    expect(view.locator("[data-part=wide] .size")).to_have_text("32×32×3 → 1 filter 5×5×3 → 28×28×1")
    expect(view.get_by_label("Seed", exact=True)).to_be_hidden()
    expect(view.get_by_label("Edit", exact=True)).to_be_hidden()
    view.get_by_label("Photograph", exact=True).select_option("Cat")
    view.get_by_role("button", name="More filters").click()
    expect(view.locator("[data-part=wide] .size")).to_have_text("32×32×3 → 2 filters 5×5×3 → 28×28×2")
    assert_shows(explorer, preset="lecture", image="cat", filters=2)


def test_an_address_brings_edited_numbers_and_the_step_back(explorer, page, view):
    explorer.set(seed=9)
    explorer.set(input_blue="0,0,0,0,0;0,9,0,0,0;0,0,0,0,0;0,0,0,0,0;0,0,0,0,0", biases="2,3", edit="biases")
    explorer.page.evaluate("window.convoscope.views.rgb.step(4)")
    before = explorer.state(), explorer.sentence()
    page.wait_for_url("**numbers=edited**step=4**")
    page.goto("about:blank")
    page.go_back()
    page.locator(".view:not([hidden]) .sentence:visible", has_text="output[").wait_for()
    page.evaluate("window.convoscope.ready")
    assert (explorer.state() | {"seed": 9}, explorer.sentence()) == before


def test_pointing_reads_a_cell_out_and_shows_an_outputs_step(explorer, page, view):
    plot, box = places(explorer, "Input, green")
    readout = view.locator(".panel:visible .readout")
    plot.hover(position=at_cell(box, 1, 1, 7))
    expect(readout).to_have_text("Input, green [1, 1] = 2")
    plot, box = places(explorer, "Output, filter 1")
    plot.hover(position=at_cell(box, 2, 2, 3))
    expect(readout).to_have_text("Output, filter 1 [2, 2] = −2")
    expect(view.get_by_role("status")).to_have_text(LAST)
    plot.hover(position={"x": 2, "y": 2})
    expect(view.get_by_role("status")).to_have_text(FIRST)
    plot.click(position=at_cell(box, 2, 2, 3))
    expect(view.get_by_role("slider", name="Step", exact=True)).to_have_value("17")


def test_what_a_finger_reads_out_stays_until_the_next_touch(browser, site_url):
    context = new_context(browser, has_touch=True, viewport={"width": 360, "height": 740}, service_workers="block")
    explorer = Explorer(context.new_page(), site_url)
    explorer.slug = "rgb"
    explorer.hold_python()
    page = explorer.open(VIEW, ready=False)
    readout = page.locator(".view:not([hidden]) .panel:visible .readout")
    plot, box = places(explorer, "Input, green")
    plot.tap(position=at_cell(box, 1, 1, 7))
    expect(readout).to_have_text("Input, green [1, 1] = 2")
    plot, box = places(explorer, "Output, filter 1")
    plot.tap(position=at_cell(box, 2, 2, 3))
    expect(readout).to_have_text("Output, filter 1 [2, 2] = −2")
    expect(page.locator(".view:not([hidden]) .sentence")).to_have_text(LAST)
    page.locator(".view:not([hidden]) .sentence").tap()
    expect(readout).to_have_text("")
    expect(page.locator(".view:not([hidden]) .sentence")).to_have_text(LAST)
    stops = "Bokeh.index.roots.flatMap(({ canvas_view }) => canvas_view ? [canvas_view.events_el.tabIndex] : [])"
    assert set(page.evaluate(stops)) == {-1}  # the plot around a canvas takes the keys
    context.close()
    assert explorer.unexpected() == []


def test_the_tables_hold_every_grid(explorer, page, view):
    view.get_by_text("The numbers as tables").click()
    captions = view.locator("table caption")
    expect(captions).to_have_count(3 + 2 * (3 + 1))
    rows = view.get_by_role("table", name="Filter 0, blue kernel").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.get_by_role("cell")).to_have_text(["-1", "1", "0", "-1", "-1", "0", "1", "0", "1"])


@pytest.mark.parametrize(
    ("width", "height", "shown"), [(360, 740, "narrow"), (800, 520, "wide"), (1280, 800, "wide"), (1920, 1080, "wide")]
)
@pytest.mark.parametrize("preset", ["cs231n", "lecture"])
def test_one_arrangement_is_shown_and_nothing_sticks_out(explorer, width, height, shown, preset):
    explorer.page.set_viewport_size({"width": width, "height": height})
    page = explorer.open(f"{'embed.html' if height < 600 else ''}{VIEW}&preset={preset}")  # a slide's iframe is low
    panels = page.locator(".view:not([hidden]) .panel:visible")
    expect(panels).to_have_count(1)
    expect(panels).to_have_attribute("data-part", shown)
    explorer.becomes(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"), True)
    if shown == "wide":
        expect(page.locator(".view:not([hidden]) .player")).to_be_in_viewport(ratio=1)


def test_the_arrangement_that_was_not_shown_takes_what_it_missed(explorer, page):
    """A figure that is hidden rests; its sources are its own."""
    of_narrow = """([source, column]) => {
        const figure = window.Bokeh.documents.flatMap((one) => one.roots()).find(({ name }) => name === "rgb_narrow");
        const data = [...figure.references()].find(({ name }) => name === source).data;
        return Array.from(data[column]);
    }"""
    explorer.set(stride=1, seed=3)
    page.evaluate("window.convoscope.views.rgb.step(22)")
    trace = Session().handle({"view": "rgb", "name": "settings", "value": {"stride": 1, "seed": 3}}).trace
    expected = {
        ("windows", "narrow_x"): column_row(trace.steps["windows"]["narrow_x"], 22),
        ("input_cells", "text"): trace.static["input_cells"]["text"].tolist(),
    }
    for (source, column), values in expected.items():
        assert page.evaluate(of_narrow, [source, column]) != values
    page.set_viewport_size({"width": 360, "height": 740})
    for (source, column), values in expected.items():
        explorer.becomes(lambda at=(source, column): page.evaluate(of_narrow, at), values)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("preset", ["cs231n", "lecture"])
def test_no_barrier_is_found(explorer, preset, theme):
    page = explorer.open(f"{VIEW}&preset={preset}&theme={theme}&edit=input_red")
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("address", [VIEW, f"{VIEW}&preset=lecture", f"{VIEW}&preset=lecture&filters=4"])
def test_how_long_a_frame_takes_is_told(explorer, address, record_property):
    """The median time of script for one step, all sources replaced; an idle machine should need less than 4 ms."""
    page = explorer.open(address)
    milliseconds = page.evaluate(
        """() => {
            const { state, step } = window.convoscope.views.rgb;
            const times = [];
            for (let n = 0; n < 60; n++) {
                const start = performance.now();
                step(n % state().steps);
                times.push(performance.now() - start);
            }
            return times.sort((a, b) => a - b)[30];
        }"""
    )
    record_property("summary", f"rgb: script a step at {address}: {milliseconds:.1f} ms")


def test_the_panel_home_shows_the_same(panel_explorer):
    page = panel_explorer.open()
    page.get_by_role("link", name="RGB: three channels").click()
    expect(page.locator(".view:not([hidden]) .sentence")).to_have_text(FIRST)
    panel_explorer.slug = "rgb"
    assert_shows(panel_explorer)
    panel_explorer.set(preset="lecture", filters=2, channels="red")
    assert_shows(panel_explorer, preset="lecture", filters=2, channels="red")


def test_the_keys_point_in_the_drawing_too(explorer, page):
    plot = page.locator(".view:not([hidden]) .panel:visible[data-boxes] .plot").first
    readout = page.locator(".view:not([hidden]) .panel:visible[data-boxes] .readout").first
    plot.focus()
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("[0, 0] = ")
    page.keyboard.press("ArrowDown")
    expect(readout).to_contain_text("[1, 0] = ")
    first = readout.inner_text().split(" [")[0]
    page.keyboard.press("Shift+ArrowRight")
    expect(readout).to_contain_text("[0, 0] = ")
    expect(readout).not_to_contain_text(first)
    for _ in range(20):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")  # in the last grid, the output of filter 1
    page.keyboard.press("Enter")
    explorer.becomes(lambda: explorer.state()["step"], 10)
