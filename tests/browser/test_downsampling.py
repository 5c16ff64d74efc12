"""The downsampling view on the real page: the lecture's numbers, every control, the shift test, the sizes of the page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .comparing import assert_shows

SLUG = "downsampling"
VIEW = "?view=downsampling"
OUTPUTS = ("sum", "average", "maximum")
LECTURE = [
    "output[0, 0]: sum 1 + 1 + 1 + 0 = 3; average 3/4; maximum 1, first of 3 at input[0, 0]",
    "output[0, 1]: sum 1 + 1 + 0 + 1 = 3; average 3/4; maximum 1, first of 3 at input[0, 2]",
    "output[0, 2]: sum 1 + 0 + 0 + 0 = 1; average 1/4; maximum 1 at input[0, 4]",
    "output[1, 0]: sum 1 + 0 + 1 + 1 = 3; average 3/4; maximum 1, first of 3 at input[2, 0]",
    "output[1, 1]: sum 1 + 0 + 0 + 0 = 1; average 1/4; maximum 1 at input[2, 2]",
    "output[1, 2]: sum 0 + 0 + 0 + 0 = 0; average 0; maximum 0, first of 4 at input[2, 4]",
    "output[2, 0]: sum 1 + 0 + 0 + 0 = 1; average 1/4; maximum 1 at input[4, 0]",
    "output[2, 1]: sum 0 + 0 + 0 + 0 = 0; average 0; maximum 0, first of 4 at input[4, 2]",
    "output[2, 2]: sum 0 + 0 + 0 + 0 = 0; average 0; maximum 0, first of 4 at input[4, 4]",
]


def part(page, name, selector=""):
    """A panel of the view that is shown, or something in it."""
    return page.locator(f".view:not([hidden]) [data-part={name}] {selector}".strip())


def test_the_lectures_numbers_step_by_step_before_python_is_there(explorer):
    explorer.hold_python()
    page = explorer.open(VIEW, ready=False)
    view = page.get_by_role("region", name="Downsampling")
    told = []
    for _ in LECTURE:
        told.append(view.get_by_role("status").inner_text())
        if len(told) < len(LECTURE):
            page.get_by_role("button", name="Step forward").click()
    assert told == LECTURE
    expect(page.get_by_role("button", name="Step forward")).to_be_disabled()
    page.get_by_text("Definition / What ran here").filter(visible=True).click()
    line = view.get_by_role("region", name="Source of max_pool2d_loops, convoscope.engine.pooling").locator("[data-now]")
    expect(line).to_contain_text("out[n, c, i, j] = padded[")
    expect(line).to_have_attribute("data-now", "output[2, 2]")
    assert explorer.data("sum_values")["value"] == [3, 3, 1, 3, 1, 0, 1, 0, 0]
    assert explorer.data("average_values")["value"] == [0.75, 0.75, 0.25, 0.75, 0.25, 0, 0.25, 0, 0]
    assert explorer.data("maximum_values")["value"] == [1, 1, 1, 1, 1, 0, 1, 0, 0]
    assert explorer.data("average_labels")["text"] == ["3/4", "3/4", "1/4", "3/4", "1/4", "0", "1/4", "0", "0"]
    for name in OUTPUTS:
        expect(part(page, name, ".size")).to_have_text("3×3")


def test_every_control_reaches_the_engine(explorer):
    page = explorer.open(VIEW)
    shown = page.get_by_role("region", name="Downsampling")
    shown.get_by_role("button", name="More window").click()
    expect(part(page, "sum", ".size")).to_have_text("2×2")
    shown.get_by_role("button", name="Less stride").click()
    expect(part(page, "sum", ".size")).to_have_text("4×4")
    expect(shown.locator("[data-fact=size]")).to_contain_text("the windows overlap")
    shown.get_by_label("Image", exact=True).select_option("MNIST digit")
    expect(part(page, "maximum", ".size")).to_have_text("26×26")
    shown.get_by_label("Digit", exact=True).fill("60001")
    shown.get_by_label("Digit", exact=True).press("Enter")
    expect(shown.locator("[data-fact=source]")).to_contain_text("MNIST digit 60,001, labelled 2")
    shown.get_by_label("Image", exact=True).select_option("Photograph: camera")
    shown.get_by_label("Photograph size", exact=True).select_option("128×128")
    shown.get_by_label("Output row", exact=True).fill("3")
    shown.get_by_label("Output row", exact=True).press("Enter")
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("output[3, ")
    assert_shows(explorer, window=3, stride=1, image="camera", size="128", row=3)
    shown.get_by_label("Image", exact=True).select_option("MNIST digit")
    shown.get_by_label("Shift", exact=True).select_option("One pixel down")
    expect(shown.locator("[data-fact=source]")).to_contain_text("Shifted by one pixel down; 0 comes in at the edge.")
    assert_shows(explorer, window=3, stride=1, image="digit", digit=60_001, shift="down")


@pytest.mark.parametrize("settings", [{"image": "cat"}, {"image": "camera", "window": 4, "stride": 1, "shift": "both"}])
def test_photographs_become_smaller(explorer, settings):
    explorer.open(VIEW)
    explorer.set(**settings)
    assert_shows(explorer, **settings)


def test_on_a_large_photograph_a_click_moves_the_row(explorer):
    page = explorer.open(f"{VIEW}&image=cat&size=128")
    expect(part(page, "input", ".note")).to_have_text("The window walks along output row 31; click an output to move it.")
    plot = part(page, "maximum", ".plot")
    box = plot.bounding_box()
    plot.click(position={"x": box["width"] * 32.5 / 64, "y": box["height"] * 40.5 / 64})
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("output[40, 32]: sum ")
    assert explorer.state()["row"] == 40
    assert_shows(explorer, image="cat", size="128", row=40)


def test_the_shift_test_says_and_marks_what_changed(explorer):
    page = explorer.open(VIEW)
    for name in OUTPUTS:
        expect(part(page, name, ".note")).to_be_hidden()
        assert explorer.data(f"{name}_changed")["x"] == []
    page.get_by_role("region", name="Downsampling").get_by_label("Shift", exact=True).select_option("One right, one down")
    expect(part(page, "sum", ".note")).to_have_text("7 of 9 changed; mean absolute change 8/9")
    expect(part(page, "average", ".note")).to_have_text("7 of 9 changed; mean absolute change 2/9")
    expect(part(page, "maximum", ".note")).to_have_text("2 of 9 changed; mean absolute change 2/9")
    assert [len(explorer.data(f"{name}_changed")["x"]) for name in OUTPUTS] == [7, 7, 2]
    assert explorer.sentence().endswith("average 1/4, was 3/4; maximum 1, unchanged, at input[1, 1]")


def test_an_address_shows_its_settings_and_its_step(explorer):
    explorer.open(f"embed.html{VIEW}&window=3&stride=1&shift=right&step=5&hide=controls")
    state = explorer.state()
    assert (state["window"], state["stride"], state["shift"], state["step"]) == (3, 1, "right", 5)
    assert_shows(explorer, steps=(5,), window=3, stride=1, shift="right")


def test_out_of_range_values_are_brought_back_and_said(explorer):
    explorer.open(f"{VIEW}&window=9&stride=0&shift=sideways")
    state = explorer.state()
    assert (state["window"], state["stride"], state["shift"]) == (4, 1, "none")
    said = explorer.page.get_by_role("alert")
    expect(said).to_contain_text("The window must be a whole number from 2 to 4: “9” became 4.")
    expect(said).to_contain_text("The stride must be a whole number from 1 to 4: “0” became 1.")
    expect(said).to_contain_text("“sideways” is not a choice of “Shift”; choose one of none, right, down, both")


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_click_on_any_output_takes_all_three_to_its_window(explorer, name):
    page = explorer.open(VIEW, ready=False)
    plot = part(page, name, ".plot")
    box = plot.bounding_box()
    plot.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.5})
    expect(page.locator(".view:not([hidden]) .sentence")).to_have_text(LECTURE[4])


def test_pointing_reads_an_average_out_and_moves_nothing(explorer):
    explorer.hold_python()  # nothing else moves the page
    page = explorer.open(f"{VIEW}&step=8", ready=False)
    plot = part(page, "average", ".plot")
    box = plot.bounding_box()
    plot.hover(position={"x": box["width"] * 0.2, "y": box["height"] * 0.2})
    expect(part(page, "average", ".readout")).to_have_text("[0, 0] = 0.75")
    explorer.becomes(plot.bounding_box, box)


@pytest.mark.parametrize("address", ["", "embed.html"])
def test_nothing_is_cut_and_outputs_stand_in_line(explorer, address):
    page = explorer.open(f"{address}{VIEW}&step=4", ready=False)
    for width in (320, 360, 800, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        explorer.becomes(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"), True)
        line = "x" if width < 640 else "y"

        def places_and_widths(line=line):
            boxes = [part(page, name, ".plot").bounding_box() for name in OUTPUTS]
            return len({round(box[line]) for box in boxes}), len({round(box["width"]) for box in boxes})

        explorer.becomes(places_and_widths, (1, 1))


@pytest.mark.parametrize(
    ("address", "sizes"), [("", [(1280, 800), (1920, 1080)]), ("embed.html", [(800, 520), (900, 600)])], ids=["page", "embed"]
)
def test_input_outputs_and_player_share_one_screen(explorer, address, sizes):
    page = explorer.open(f"{address}{VIEW}&hide=title")
    for shift in ("none", "both"):
        explorer.set(shift=shift)
        for width, height in sizes:
            page.set_viewport_size({"width": width, "height": height})
            for name in ("input", *OUTPUTS):
                expect(part(page, name, ".plot")).to_be_in_viewport(ratio=1)
            expect(page.get_by_role("button", name="Play", exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_rule_is_broken(explorer, theme):
    page = explorer.open(f"{VIEW}&theme={theme}&shift=both&step=4")
    found = Axe().run(page)
    assert [(rule["id"], [node["html"][:90] for node in rule["nodes"]]) for rule in found.response["violations"]] == []


def test_the_panel_home_keeps_the_views_apart(panel_explorer):
    page = panel_explorer.open()
    page.get_by_role("link", name="Downsampling").click()
    expect(page.locator(".view:not([hidden]) .sentence")).to_have_text(LECTURE[0])
    panel_explorer.slug = "downsampling"
    assert_shows(panel_explorer)
    panel_explorer.set(image="digit", shift="right")
    assert_shows(panel_explorer, image="digit", shift="right")
    page.get_by_role("link", name="Convolution").click()
    panel_explorer.slug = "convolution"
    assert panel_explorer.data("output_values")["value"][:5] == [3, 2, 2, 3, 1]
