"""The network view on the real page: drawing by every kind of pointer and by keys, asking units, changing weights, files."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from convoscope.engine import export_convnetjs, network_input, read_shard, save_weights, softmax
from convoscope.views.files import DiskFiles
from convoscope.views.network.preparation import ink_of
from convoscope.views.networks import Networks
from convoscope.views.session import Session

from .comparing import answered, on

SLUG = "network"
VIEW = "?view=network"
FIRST = "LeNet-5 says 7 (>99.9 %), then 9 (<0.1 %). It is labelled 7: right."


def says(view):
    return view.locator(".sentence")


def reads_drawing_as(view, digit):
    """Wait until a drawing is read as that digit; the sentence about a test digit goes on."""
    expect(says(view)).to_have_text(re.compile(rf"LeNet-5 says {digit} \([^)]*\), then . \([^)]*\)\.$"))


def pad_of(view):
    return view.locator('[data-part="pad"] .plot')


def stroke(page, plot, *points):
    """Draw with the mouse through (row, column) places."""
    page.mouse.move(*on(plot, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*on(plot, *point), steps=6)
    page.mouse.up()


def ink(explorer):
    """What the setting holds as a drawing. -> (56, 56)."""
    answered(explorer.page)
    return ink_of(explorer.state()["drawing"])


def assert_shows_what_cpython_computes(explorer):
    """Every number of every layer, the probabilities and the sentence."""
    answered(explorer.page)
    state = explorer.state()
    settings = {name: value for name, value in state.items() if name not in ("view", "step", "steps", "playing")}
    trace = Session().handle({"view": "network", "name": "settings", "value": settings}).trace
    np.testing.assert_allclose(explorer.data("values")["value"], trace.static["values"]["value"], atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(explorer.data("probabilities")["value"], trace.static["probabilities"]["value"], atol=1e-5)
    np.testing.assert_allclose(np.ravel(explorer.data("pad")["image"][0]), trace.static["pad"]["image"].ravel(), atol=1e-6)


def test_the_whole_network_is_seen_before_python_is_there(explorer):
    explorer.hold_python()
    page = explorer.open(VIEW, ready=False)
    view = page.get_by_role("region", name="Draw a digit")
    expect(says(view)).to_have_text(FIRST)
    expect(view.locator(".player")).to_be_visible()  # the film plays without Python
    assert_shows_what_cpython_computes(explorer)


def test_two_hundred_test_digits_get_the_engines_probabilities(explorer, page):
    images, _ = read_shard(DiskFiles().read("mnist/test-01.gz"))
    shown = page.evaluate(
        """async () => {
            const { set, data } = window.convoscope.views.network;
            const found = [];
            for (let n = 0; n < 200; n++) {
                await set({ digit: 2500 + 12 * n });
                found.push(data("probabilities").value);
            }
            return found;
        }"""
    )
    network = Networks(DiskFiles()).get("lenet5")
    expected = softmax(network.forward(network_input(images[0:2400:12], network)))
    np.testing.assert_allclose(shown, expected, atol=1e-5)


def test_probabilities_are_read_out_and_stand_in_a_table(explorer, page, view):
    bars = view.locator('[data-part="probabilities"] .plot')
    bars.hover(position={"x": bars.bounding_box()["width"] * 0.73, "y": 20})
    best = float(f"{explorer.data('probabilities')['value'][7]:.6g}")
    expect(view.locator('[data-part="probabilities"] .readout')).to_have_text(f"Probability [0, 7] = {best:g}")
    view.get_by_text("The numbers as tables").click()
    expect(view.get_by_role("table", name="Probability").get_by_role("cell")).to_have_count(10)


def test_drawing_with_the_mouse(explorer, page, view):
    pad = pad_of(view)
    stroke(page, pad, (0.15, 0.2), (0.15, 0.6), (0.8, 0.3))
    reads_drawing_as(view, 7)
    drawn = ink(explorer)
    assert drawn[8, 14:30].all()
    assert not drawn[:, 40:].any()
    assert_shows_what_cpython_computes(explorer)
    stroke(page, pad, (0.5, 0.25), (0.5, 0.55))  # a bar through the seven
    explorer.becomes(lambda: bool(ink(explorer).sum() > drawn.sum()), True)
    view.get_by_role("button", name="Undo").click()
    explorer.becomes(lambda: (ink(explorer) == drawn).all(), True)
    view.get_by_role("button", name="Erase").click()
    stroke(page, pad, (0.15, 0.2), (0.15, 0.4))
    explorer.becomes(lambda: ink(explorer).sum() < drawn.sum() and not ink(explorer)[8, 14:20].any(), True)
    view.get_by_role("button", name="Draw", exact=True).click()
    view.get_by_label("Brush size").fill("5")
    stroke(page, pad, (0.9, 0.9), (0.9, 0.9))
    explorer.becomes(lambda: ink(explorer)[46:55, 46:55].sum() > 50, True)
    view.get_by_role("button", name="Clear").click()
    expect(says(view)).to_have_text(re.compile("Draw a digit on the pad"))
    view.get_by_role("button", name="Undo").click()
    explorer.becomes(lambda: bool(ink(explorer).any()), True)
    for _ in ("the dot", "the eraser", "the first stroke"):
        view.get_by_role("button", name="Undo").click()
        answered(page)
    expect(says(view)).to_have_text(FIRST)
    expect(view.get_by_role("button", name="Undo")).to_be_disabled()


def test_stages_moves_and_digits(explorer, page, view):
    pad = pad_of(view)
    stroke(page, pad, (0.1, 0.05), (0.1, 0.3), (0.45, 0.12))
    reads_drawing_as(view, 7)
    for stage in ("Crop", "Scale", "Centre"):
        view.get_by_role("checkbox", name=stage).uncheck()
    expect(says(view)).not_to_have_text(re.compile("says 7 "))
    assert_shows_what_cpython_computes(explorer)
    view.get_by_role("button", name="Move").click()
    stroke(page, pad, (0.2, 0.2), (0.42, 0.52))
    explorer.becomes(lambda: (explorer.state()["shift_down"], explorer.state()["shift_right"]), (6, 9))
    reads_drawing_as(view, 7)
    pad.focus()
    page.keyboard.press("ArrowUp")
    explorer.becomes(lambda: explorer.state()["shift_down"], 5)
    view.get_by_role("button", name="Show a mistake").click()
    expect(says(view)).to_have_text(re.compile("wrong.$"))
    wrong = explorer.state()["digit"]
    view.get_by_role("button", name="Next digit").click()
    explorer.becomes(lambda: explorer.state()["digit"] > wrong, True)
    view.get_by_label("Go through", exact=True).select_option("Only 4")
    expect(says(view)).to_have_text(re.compile("labelled 4"))
    page.wait_for_url("**only=4**")


def touch(client, kind, *points):
    client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def test_a_finger_draws_without_scrolling_and_a_pen_presses(explorer, page, view):
    client = page.context.new_cdp_session(page)
    client.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    pad = pad_of(view)
    pad.scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollHeight > innerHeight + 100"), "there is somewhere to scroll to"
    before = page.evaluate("scrollY")
    touch(client, "touchStart", on(pad, 0.8, 0.5))
    for step in range(1, 13):
        touch(client, "touchMove", on(pad, 0.8 - 0.05 * step, 0.5))
    touch(client, "touchEnd")
    reads_drawing_as(view, 1)
    assert page.evaluate("scrollY") == before
    assert ink(explorer)[14:44, 28].all()
    widths = {}
    for force, column in ((0.1, 0.15), (1.0, 0.8)):
        x, y = on(pad, 0.3, column)
        mouse = {"button": "left", "pointerType": "pen", "force": force, "clickCount": 1}
        client.send("Input.dispatchMouseEvent", {"type": "mousePressed", "x": x, "y": y} | mouse)
        for step in range(1, 6):
            client.send("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y + 10 * step, "buttons": 1} | mouse)
        client.send("Input.dispatchMouseEvent", {"type": "mouseReleased", "x": x, "y": y + 50} | mouse)
        at = round(column * 56)
        explorer.becomes(lambda at=at: bool(ink(explorer)[20, at - 6 : at + 6].any()), True)
        widths[force] = ink(explorer)[20, at - 6 : at + 6].sum()
    assert widths[1.0] > widths[0.1] + 2


def test_a_seven_and_a_one_drawn_with_keys_alone(explorer, page, view):
    pad = pad_of(view)
    pad.focus()
    press = page.keyboard.press
    readout = view.locator('[data-part="pad"] .readout')

    def go(keys, times):
        for _ in range(times):
            press(keys)

    go("ArrowUp", 9)
    go("ArrowLeft", 6)
    expect(readout).to_have_text("row 5, column 8: empty")
    press(" ")
    expect(readout).to_have_text("row 5, column 8: ink")
    go("Shift+ArrowRight", 10)
    for _ in range(5):
        go("Shift+ArrowDown", 3)
        press("Shift+ArrowLeft")
    reads_drawing_as(view, 7)
    drawn = ink(explorer).sum()
    press("Control+z")
    explorer.becomes(lambda: ink(explorer).sum() < drawn, True)
    view.get_by_role("button", name="Clear").click()
    pad.focus()
    go("ArrowUp", 16)
    go("Shift+ArrowDown", 18)
    reads_drawing_as(view, 1)
    press(" ")
    press(" ")
    assert_shows_what_cpython_computes(explorer)


def test_asking_units(explorer, page, view):
    layers = view.locator('[data-part="wide"] .plot')
    readout = view.locator('[data-part="wide"] .readout')
    card = view.get_by_role("region", name="The unit that is asked")
    expect(card).to_be_hidden()
    table, values = explorer.data("map_table"), explorer.data("values")["value"]
    n = next(n for n, (block, at) in enumerate(zip(table["block"], table["map"], strict=True)) if (block, at) == (4, 3))
    row, column = 4, 5
    x = table["wide_x"][n] + (column + 0.5) / 10 * table["wide_dw"][n]
    y = table["wide_y"][n] + (1 - (row + 0.5) / 10) * table["wide_dh"][n]
    page.mouse.move(*on(layers, 1 - y, x))
    value = values[table["start"][n] + row * 10 + column]
    expect(readout).to_have_text(f"C3[3, 4, 5] = {float(f'{value:.6g}'):g}".replace("-", "−"))
    assert len(explorer.data("window")["wide_x"]) == 6
    assert len(explorer.data("field")["wide_x"]) == 1
    page.mouse.click(*on(layers, 1 - y, x))
    expect(card).to_be_visible()
    expect(card.get_by_role("heading")).to_have_text(re.compile(r"C3\[3, 4, 5\] = −\d"))
    expect(says(view)).to_have_text(re.compile(r"^C3\[3, 4, 5\] = .* = −\d"))
    page.wait_for_url("**unit=C3**")
    # Down to what it reads and back, up to what it feeds.
    card.get_by_role("button", name="S2[0]", exact=True).click()
    card.get_by_role("table", name="Window").get_by_role("button").nth(12).click()
    expect(card.get_by_role("heading")).to_have_text(re.compile(r"S2\[0, 6, 7\]"))
    card.get_by_role("button", name="Back").click()
    expect(card.get_by_role("heading")).to_have_text(re.compile(r"C3\[3, 4, 5\]"))
    card.get_by_role("button", name=re.compile(r"ReLU3\[3, 4, 5\]")).click()
    expect(card.get_by_role("heading")).to_have_text(re.compile(r"ReLU3\[3, 4, 5\] = 0"))
    # The keys do the same.
    layers.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(readout).to_have_text(re.compile(r"^S4\[0, 4, 4\] = "))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(card.get_by_role("heading")).to_have_text(re.compile(r"S4\[0, 3, 4\]"))
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_a_weight_is_typed_switched_off_and_restored(explorer, page, view):
    explorer.set(unit="conv1[3,14,14]", kernels="conv1")
    card = view.get_by_role("region", name="The unit that is asked")
    changes = view.get_by_role("region", name="Changed weights")
    before = explorer.data("values")["value"]
    field = card.get_by_label("Weight, row 2, column 2")
    field.fill("-1.5")
    field.press("Enter")
    expect(changes).to_contain_text("C1.weight[3,0,2,2] = -1.5")
    assert_shows_what_cpython_computes(explorer)
    assert explorer.data("values")["value"] != before
    card.get_by_role("button", name="Switch feature map off").click()
    expect(changes).to_contain_text("C1[3] off")
    expect(says(view)).to_have_text(re.compile("switched off"))
    plot = view.locator('[data-part="kernels"] .plot')
    for keys, place, typed in (
        (["ArrowRight"] * 2, "C1.weight[0,0,0,1]", "0.25"),
        (["ArrowDown"] * 5, "C1.bias[0]", "-0.75"),  # the kernel has five rows; below it stands its bias
    ):
        plot.focus()
        for key in keys:
            page.keyboard.press(key)
        expect(view.locator('[data-part="kernels"] .readout')).to_contain_text(f"{place} = ")
        page.keyboard.press("Enter")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        expect(changes).to_contain_text(f"{place} = {typed}")
    field.fill("nonsense")
    field.press("Enter")
    expect(view.locator(".notices")).to_have_text(re.compile("is not a weight"))
    changes.get_by_role("button", name="Restore the trained weights").click()
    expect(changes).to_be_hidden()
    assert explorer.data("values")["value"] == before


def test_the_menu_of_weights_offers_the_layers_of_this_network(explorer, page, view):
    menu = view.get_by_label("Learned weights", exact=True)
    offered = lambda: menu.evaluate("select => [...select.options].filter(o => !o.disabled).map(o => o.textContent)")  # noqa: E731
    explorer.becomes(offered, ["Hidden", "C1", "C3", "C5", "F6", "output"])
    menu.select_option("C3")
    expect(view.locator('[data-part="kernels"] .size')).to_have_text(re.compile("^C3: 16 filters"))
    page.wait_for_url("**kernels=C3**")
    explorer.set(network="convnetjs")
    explorer.becomes(offered, ["Hidden", "conv1", "conv2", "output"])
    expect(menu).to_have_value("conv2")


def test_a_logit_shows_the_probability_of_every_class_that_it_feeds(explorer, page, view):
    explorer.set(unit="linear3[3]")  # its name in addresses of earlier versions
    card = view.get_by_role("region", name="The unit that is asked")
    expect(card.get_by_role("heading")).to_have_text(re.compile(r"output\[3\] = "))
    expect(card.locator(".feeds button")).to_have_count(10)
    expect(card.get_by_role("button", name="softmax[7] >99.9 %")).to_be_visible()
    card.get_by_role("button", name=re.compile(r"^ReLU6\[")).first.click()
    card.get_by_role("button", name=re.compile(r"^F6\[")).click()
    card.get_by_role("button", name=re.compile(r"^ReLU5\[")).first.click()
    expect(card.locator(".feeds")).to_contain_text("and 74 more")


def test_files_pictures_and_reasons(explorer, page, view):
    before = explorer.data("probabilities")["value"]
    weights = view.get_by_label("Weights file")
    weights.set_input_files({"name": "bad.npz", "mimeType": "application/zip", "buffer": b"PK\x03\x04 this is none"})
    expect(view.locator(".notices")).to_have_text(re.compile("damaged or no .npz.*Nothing was changed"))
    assert explorer.data("probabilities")["value"] == before
    snapshot = export_convnetjs(Networks(DiskFiles()).get("convnetjs")).encode()
    weights.set_input_files({"name": "net.json", "mimeType": "application/json", "buffer": snapshot})
    expect(says(view)).to_have_text(re.compile("^Your network says 7"))
    expect(view.get_by_label("Network", exact=True)).to_have_value("loaded")
    view.get_by_label("Why this class", exact=True).select_option("Gradient × input")
    expect(view.locator('[data-part="why"] .note')).to_have_text(re.compile("^The logit of 7 is"))
    view.locator('[data-part="why"] .plot').hover()
    expect(view.locator('[data-part="why"] .readout')).to_have_text(re.compile(r"^Contribution \[1\d, 1\d\] = "))
    view.get_by_label("Class to explain", exact=True).select_option("3")
    expect(view.locator('[data-part="why"] .note')).to_have_text(re.compile("^The logit of 3 is"))
    view.get_by_label("Network", exact=True).select_option("The one trained in this page")
    expect(view.locator(".notices")).to_have_text(re.compile("is not there yet"))
    expect(view.get_by_label("Network", exact=True)).to_have_value("loaded")


def test_a_window_opens_in_the_convolution_view(explorer, page, view):
    explorer.set(unit="conv2[3,4,5]")
    card = view.get_by_role("region", name="The unit that is asked")
    share = card.get_by_role("row", name=re.compile(r"^S2\[4\]")).get_by_role("cell").last.inner_text()
    card.get_by_role("button", name="S2[4]", exact=True).click()
    card.get_by_role("button", name="Open this in the convolution view").click()
    convolution = page.get_by_role("region", name="Convolution")
    expect(convolution.locator('[data-part="output"] .size')).to_have_text("3×3")
    explorer.slug = "convolution"
    middle = explorer.data("output_values")["value"][4]
    assert f"{middle:.3f}".replace("-", "−").rstrip("0") == share.removeprefix("= ")
    page.get_by_role("link", name="Draw a digit").click()
    expect(card.get_by_role("heading")).to_have_text(re.compile(r"C3\[3, 4, 5\]"))


@pytest.mark.parametrize(("width", "shown", "theme"), [(360, "narrow", "light"), (1280, "wide", "dark")])
def test_it_fits_and_no_barrier_is_found(explorer, width, shown, theme):
    explorer.page.set_viewport_size({"width": width, "height": 800})
    page = explorer.open(f"{VIEW}&theme={theme}&unit=conv2[3,4,5]&kernels=conv1&why=gradient&edits=conv1.off[2]")
    view = page.get_by_role("region", name="Draw a digit")
    expect(view.get_by_role("region", name="The unit that is asked")).to_be_visible()
    expect(view.locator(f'[data-part="{shown}"]')).to_be_visible()
    explorer.becomes(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"), True)
    # Axe would fetch the sheets that a sheet imports, from beside the page instead of from beside the sheet.
    assert Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"] == []


def test_the_panel_home_reads_a_drawing_and_a_weights_file_too(panel_explorer):
    panel_explorer.slug = "network"
    page = panel_explorer.open(VIEW)
    view = page.get_by_role("region", name="Draw a digit")
    expect(says(view)).to_have_text(FIRST)
    stroke(page, pad_of(view), (0.15, 0.2), (0.15, 0.6), (0.8, 0.3))
    reads_drawing_as(view, 7)
    assert_shows_what_cpython_computes(panel_explorer)
    weights = save_weights(Networks(DiskFiles()).get("lenet5"))
    view.get_by_label("Weights file").set_input_files({"name": "l.npz", "mimeType": "application/zip", "buffer": weights})
    expect(says(view)).to_have_text(re.compile("^Your network says 7"))
