"""Surfaces under real hands: presses that begin beside them, palms, second fingers, selections, quick hands."""

import numpy as np
import pytest
from playwright.sync_api import expect

from convoscope.views.grid import rectangles
from convoscope.views.network.preparation import ink_of

from .comparing import answered, on

MIDDLE = 28  # of the pad's 56 cells


@pytest.fixture
def pad(explorer):
    """The pad of the network view."""
    explorer.slug = "network"
    return plot_of(explorer.open("?view=network"), "pad")


@pytest.fixture
def canvas(explorer):
    """The convolution view's picture of the input, to be drawn on."""
    return plot_of(explorer.open("?image=drawing"), "input")


def plot_of(page, part):
    plot = page.locator(f".view:not([hidden]) [data-part={part}] .plot")
    plot.scroll_into_view_if_needed()
    return plot


def ink(explorer):
    """The drawing that Python has. -> (56, 56) of the pad, (28, 28) of the convolution view."""
    answered(explorer.page)
    digits = explorer.state()["drawing"]
    if explorer.slug == "network":
        return ink_of(digits) > 0
    return np.unpackbits(np.frombuffer(bytes.fromhex(digits or "0" * 196), np.uint8)).reshape(28, 28) > 0


def drag(page, *places):
    """A stroke of the mouse through places of the page."""
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


class Hand:
    """Fingers that come, move and go one by one, as the browser sees them."""

    def __init__(self, page):
        self.client = page.context.new_cdp_session(page)
        self.client.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
        self.fingers = {}

    def put(self, finger, place):
        kind = "touchMove" if finger in self.fingers else "touchStart"
        self.fingers[finger] = place
        self._send(kind)

    def lift(self, finger):
        del self.fingers[finger]
        self._send("touchEnd")

    def _send(self, kind):
        points = [{"id": finger, "x": x, "y": y} for finger, (x, y) in self.fingers.items()]
        self.client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def pen(self, kind, place):
        """kind: mousePressed, mouseMoved or mouseReleased."""
        event = {"type": kind, "x": place[0], "y": place[1], "button": "left", "buttons": 1, "clickCount": 1, "force": 0.5}
        self.client.send("Input.dispatchMouseEvent", {**event, "pointerType": "pen"})


def selected(page):
    return page.evaluate("getSelection().toString()")


@pytest.mark.parametrize("surface", ["pad", "canvas"])
def test_a_stroke_from_the_heading_goes_on_and_selects_nothing(explorer, request, surface):
    plot = request.getfixturevalue(surface)
    page = explorer.page
    heading = plot.locator("xpath=..").locator(".title").bounding_box()
    start = heading["x"] + 4, heading["y"] + heading["height"] / 2
    drag(page, start, on(plot, 0.3, 0.5), on(plot, 0.7, 0.5))
    side = len(ink(explorer))
    assert ink(explorer)[round(0.35 * side) : round(0.65 * side), side // 2 - 1 : side // 2 + 1].any(axis=1).all()
    assert selected(page) == ""
    drag(page, on(plot, 0.2, 0.2), on(plot, 0.8, 0.2))
    drawn = ink(explorer)[:, round(0.2 * side) - 1 : round(0.2 * side) + 1]
    assert drawn[round(0.25 * side) : round(0.75 * side)].any(axis=1).all(), "the second stroke is whole"


def test_a_stroke_begins_beside_the_pad(explorer, pad):
    box = pad.bounding_box()
    beside = box["x"] - 16, box["y"] + box["height"] / 2  # between the controls and the pad
    drag(explorer.page, beside, on(pad, 0.5, 0.4))
    assert ink(explorer)[MIDDLE, :20].all()
    assert not ink(explorer)[:, 30:].any()
    explorer.page.get_by_role("button", name="Undo").click()
    explorer.becomes(lambda: bool(ink(explorer).any()), False)
    drag(explorer.page, beside, (beside[0], beside[1] + 40))
    expect(explorer.page.get_by_role("button", name="Undo")).to_be_disabled()  # no ink, no stroke


@pytest.mark.parametrize("surface", ["pad", "canvas"])
def test_a_second_finger_draws_nothing(explorer, request, surface):
    plot = request.getfixturevalue(surface)
    hand = Hand(explorer.page)
    hand.put(0, on(plot, 0.2, 0.2))
    hand.put(1, on(plot, 0.9, 0.9))  # a palm rests
    for share in np.linspace(0.2, 0.6, 9):
        hand.put(0, on(plot, share, 0.2))
        hand.put(1, on(plot, 0.9, 0.9 - share / 10))
    hand.lift(0)
    hand.put(1, on(plot, 0.7, 0.7))  # the stroke is over
    hand.lift(1)
    drawn = ink(explorer)
    side = len(drawn)
    assert drawn[round(0.25 * side) : round(0.55 * side), round(0.2 * side) - 1 : round(0.2 * side) + 1].any(axis=1).all()
    assert not drawn[:, round(0.3 * side) :].any()


def test_a_pen_draws_while_the_palm_rests(explorer, pad):
    hand = Hand(explorer.page)
    hand.put(0, on(pad, 0.9, 0.9))
    hand.put(0, on(pad, 0.88, 0.9))
    hand.pen("mousePressed", on(pad, 0.3, 0.2))
    for share in np.linspace(0.2, 0.6, 9):
        hand.pen("mouseMoved", on(pad, 0.3, share))
        hand.put(0, on(pad, 0.9, 0.9 - share / 20))
    hand.pen("mouseReleased", on(pad, 0.3, 0.6))
    hand.lift(0)
    drawn = ink(explorer)
    assert drawn[round(0.3 * 56), 14:32].all()
    assert not drawn[35:].any(), "what the palm drew is gone"


def test_clear_and_a_stroke_at_once_leave_the_stroke(explorer, pad):
    page = explorer.page
    drag(page, on(pad, 0.2, 0.2), on(pad, 0.2, 0.8))
    answered(page)
    page.get_by_role("button", name="Clear").click()
    drag(page, on(pad, 0.8, 0.2), on(pad, 0.8, 0.8))
    assert ink(explorer)[45, 14:42].all()
    assert not ink(explorer)[:30].any()
    page.get_by_role("button", name="Undo").click()
    drag(page, on(pad, 0.5, 0.2), on(pad, 0.5, 0.8))
    assert ink(explorer)[28, 14:42].all()
    assert not ink(explorer)[40:].any(), "what was undone stays undone"


def test_clear_and_a_stroke_at_once_on_the_input(explorer, canvas):
    page = explorer.page
    drag(page, on(canvas, 0.2, 0.2), on(canvas, 0.2, 0.8))
    answered(page)
    button = page.locator("#convolution-drawing")
    places = [on(canvas, 0.8, share) for share in (0.2, 0.5, 0.8)]
    # Both in one task of the page: Python cannot have answered in between.
    button.evaluate(
        """(button, [plot, places]) => {
            button.click();
            const canvas = document.querySelector(plot);
            canvas.setPointerCapture = () => {};
            const pointer = { pointerId: 1, pointerType: "mouse", isPrimary: true, bubbles: true };
            places.forEach(([clientX, clientY], n) => {
                const kind = n ? "pointermove" : "pointerdown";
                canvas.dispatchEvent(new PointerEvent(kind, { ...pointer, clientX, clientY, button: n ? -1 : 0, buttons: 1 }));
            });
            canvas.dispatchEvent(new PointerEvent("pointerup", pointer));
        }""",
        [".view:not([hidden]) [data-part=input] .plot", places],
    )
    explorer.becomes(lambda: bool(ink(explorer)[22].any()), True)
    assert not ink(explorer)[:14].any()


def weight(page, row, column):
    return page.get_by_label(f"Kernel weights, row {row}, column {column}").filter(visible=True)


def test_dragging_a_chosen_weight_changes_it_and_moves_no_digit(explorer):
    page = explorer.open()
    weight(page, 2, 2).click()
    box, other = weight(page, 2, 2).bounding_box(), weight(page, 2, 3).bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    beside = other["x"] + other["width"] / 2, middle[1]
    before = [weight(page, 2, column).input_value() for column in (1, 2, 3)]
    drag(page, middle, beside)
    assert [weight(page, 2, column).input_value() for column in (1, 2, 3)] == before
    page.keyboard.press("Escape")
    weight(page, 2, 2).click()
    drag(page, middle, (middle[0], middle[1] - 40))
    expect(weight(page, 2, 2)).to_have_value("1.5")
    answered(page)
    assert [weight(page, 2, column).input_value() for column in (1, 3)] == [before[0], before[2]]
    explorer.becomes(lambda: explorer.state()["weights"][1], [float(before[0]), 1.5, float(before[2])])


def test_a_click_on_a_weight_chooses_its_text(explorer):
    page = explorer.open()
    weight(page, 1, 1).click()
    expect(weight(page, 1, 1)).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    explorer.becomes(lambda: explorer.state()["weights"][0][0], 7)


def test_a_second_finger_moves_no_input_of_the_graph(explorer):
    explorer.slug = "backprop"
    page = explorer.open("?view=backprop")
    plot = page.locator(".view:not([hidden]) .panel:visible .plot[data-figure]").first
    nodes = explorer.data("nodes")
    only = plot.locator("xpath=..").get_attribute("data-only")
    n = nodes["name"].index("x")
    place = lambda n: on(plot, 1 - nodes[f"{only}_y"][n], nodes[f"{only}_x"][n])  # noqa: E731
    x, y = place(n)
    hand = Hand(page)
    hand.put(0, (x, y))
    hand.put(1, (x + 4, y + 2))
    hand.put(1, (x + 4, y - 90))
    hand.put(0, (x, y - 33))
    hand.lift(1)
    hand.lift(0)
    explorer.becomes(lambda: explorer.state()["inputs"], "x=2.5")


def test_a_second_finger_does_not_turn_the_scene(explorer):
    explorer.slug = "network"
    page = explorer.open("?view=network&mode=3d")
    plot = plot_of(page, "scene")
    start = on(plot, 0.5, 0.5)
    hand = Hand(page)
    hand.put(0, start)
    hand.put(1, (start[0] - 60, start[1]))
    for by in range(0, 60, 10):
        hand.put(0, (start[0] + by, start[1]))
        hand.put(1, (start[0] - 60 - 2 * by, start[1]))
    hand.lift(1)
    hand.lift(0)
    explorer.becomes(lambda: explorer.state()["yaw"], 54)


def paste(page, text):
    """Paste into the field that has the focus, as a clipboard does."""
    page.evaluate(
        """(text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const pasting = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            if (document.activeElement.dispatchEvent(pasting)) document.execCommand("insertText", false, text);
        }""",
        text,
    )


@pytest.mark.parametrize(
    "text",
    [
        "0,5\t1\t0\n2\t1/9\t0\n0\t0\t-3\n",
        "array([[ 0.5, 1, 0],\n       [2, 0.1111111111111111, 0],\n       [0, 0, -3]])",
        "\\begin{bmatrix} 0.5 & 1 & 0 \\\\ 2 & \\frac{1}{9} & 0 \\\\ 0 & 0 & -3 \\end{bmatrix}",
    ],
)
def test_a_matrix_is_pasted_into_the_kernel(explorer, text):
    page = explorer.open()
    weight(page, 1, 1).click()
    paste(page, text)
    explorer.becomes(lambda: explorer.state()["weights"], [[0.5, 1, 0], [2, pytest.approx(1 / 9), 0], [0, 0, -3]])
    expect(weight(page, 2, 2)).to_have_value("0.1111")


def test_a_pasted_matrix_may_change_the_size_and_one_that_does_not_fit_changes_nothing(explorer):
    page = explorer.open("?image=lecture")
    cells = lambda row, column: page.get_by_label(f"Image cells, row {row}, column {column}").filter(visible=True)  # noqa: E731
    page.locator(".view:not([hidden]) summary", has_text="Image cells").click()
    image = np.arange(16).reshape(4, 4)
    cells(1, 1).click()
    paste(page, str(image))
    explorer.becomes(lambda: explorer.state()["cells"], image.tolist())
    assert explorer.data("input_values")["value"] == image.ravel().tolist()
    cells(2, 3).click()
    paste(page, "-1 -2\n-3 -4")
    image[1:3, 2:4] = [[-1, -2], [-3, -4]]
    explorer.becomes(lambda: explorer.state()["cells"], image.tolist())
    cells(4, 4).click()
    paste(page, "7 7\n7 7")
    expect(page.get_by_role("alert").filter(has_text="There is no room for 2 rows of 2 numbers")).to_be_visible()
    assert explorer.state()["cells"] == image.tolist()
    expect(cells(4, 4)).to_have_value("15")
    paste(page, "0,5")  # one number goes into the field, as ever
    page.keyboard.press("Tab")
    explorer.becomes(lambda: explorer.state()["cells"][3][3], 0.5)


def test_a_decimal_comma_is_typed_and_stepped(explorer):
    page = explorer.open()
    weight(page, 1, 1).fill("0,5")
    page.keyboard.press("ArrowUp")
    expect(weight(page, 1, 1)).to_have_value("1.5")
    weight(page, 1, 2).fill("-1,25")
    page.keyboard.press("Tab")
    explorer.becomes(lambda: explorer.state()["weights"][0][:2], [1.5, -1.25])
    explorer.slug = "backprop"
    page = explorer.open("?view=backprop")
    field = page.get_by_label("Input x", exact=True)
    field.fill("0,5")
    field.press("Tab")
    explorer.becomes(lambda: explorer.state()["inputs"], "x=0.5")


def imported(page, script, path, value):
    """What a function of one of the page's modules gives: script is (module, value) => result."""
    module = page.evaluate("(name) => document.querySelector(`link[rel=modulepreload][href$='${name}']`).href", path)
    return page.evaluate(f"async ([module, value]) => ({script})(await import(module), value)", [module, value])


def test_cells_stand_in_the_page_where_python_puts_them(explorer):
    page = explorer.open(ready=False)
    for shape in ((3, 3), (2, 5), (7, 4), (1, 10)):
        rows, columns = np.indices(shape).reshape(2, -1)
        python = rectangles(rows, columns, 1, 1, shape)
        found = imported(page, "({ rectangleOf }, { cells, shape }) => cells.map(([r, c]) => rectangleOf(r, c, shape))",
                         "grid.js", {"cells": np.stack([rows, columns], 1).tolist(), "shape": shape})  # fmt: skip
        np.testing.assert_allclose([one["left"] + one["width"] / 2 for one in found], python["x"], atol=1e-6)
        np.testing.assert_allclose([1 - one["top"] - one["height"] / 2 for one in found], python["y"], atol=1e-6)
        places = [{"x": float(x), "y": float(1 - y)} for x, y in zip(python["x"], python["y"], strict=True)]
        back = imported(page, "({ cellAt }, { places, shape }) => places.map((place) => cellAt(place, shape))",
                        "grid.js", {"places": places, "shape": shape})  # fmt: skip
        assert back == np.stack([rows, columns], 1).tolist()


def test_drawings_and_numbers_are_written_in_one_way(explorer):
    page = explorer.open(ready=False)
    cells = np.random.default_rng(3).integers(0, 2, (28, 28))
    digits = np.packbits(cells).tobytes().hex()
    script = "({ Ink }, digits) => [Ink.read(digits, 28)].map((ink) => [[...ink.cells], ink.toDigits(), ink.copy().toDigits()])"
    assert imported(page, script, "ink.js", digits) == [[cells.ravel().tolist(), digits, digits]]
    assert imported(page, "({ Ink }) => new Ink(28).toDigits() + Ink.read('', 28).toDigits()", "ink.js", None) == ""
    numbers = [-2, 0.1 + 0.2, 1 / 3, -1e-7, 0, 123456.7]
    assert imported(page, "({ write }, all) => all.map((one) => write(one))", "numbers.js", numbers) == [
        "−2", "0.3", "0.333333", "−1e−7", "0", "123457",
    ]  # fmt: skip
    assert imported(page, "({ read }, all) => all.map(read)", "numbers.js", ["0,5", "−1", "3/4", "1e3", "x", "1 2", ""]) == [
        0.5, -1, 0.75, 1000, None, None, None,
    ]  # fmt: skip
