"""The network in space: turned by drag, keys and sliders; its units read out and asked; its layers shown and hidden."""

import re

import pytest
from playwright.sync_api import expect

from convoscope.views.session import Session
from convoscope.views.trace import column_array

SLUG = "network"
ADDRESS = "?view=network&mode=3d"


def python_draws(state):
    """What CPython draws for the settings of the page."""
    names = ("mode", "yaw", "pitch", "zoom", "layers", "unit", "image", "digit")
    settings = {name: state[name] for name in names}
    return Session().handle({"view": "network", "name": "settings", "value": settings}).trace.static


def assert_as_python(explorer):
    """The scene that the page has turned by itself stands where Python puts it."""
    drawn = python_draws(explorer.state())
    for source in ("scene", "scene_frames", "scene_titles", "scene_links", "scene_asked"):
        shown = explorer.data(source)
        for name, column in drawn[source].items():
            if name != "text":
                assert shown[name] == pytest.approx(column_array(column).tolist(), abs=2e-5, nan_ok=True), f"{source}.{name}"
    assert explorer.data("scene_titles")["text"] == drawn["scene_titles"]["text"].tolist()


def at_unit(explorer, plot, name):
    """Where a unit is in the picture, in pixels of the plot, as Python projects it."""
    state = {**explorer.state(), "unit": name}
    asked, frame = python_draws(state)["scene_asked"], plot.bounding_box()
    return {"x": float(asked["x"][0]) * frame["width"], "y": (1 - float(asked["y"][0])) * frame["height"]}


def test_it_is_turned_and_asked(explorer):
    page = explorer.open(ADDRESS)
    view = page.locator('[data-view="network"]')
    panel, flat = (view.locator(f'.panel[data-part="{part}"]') for part in ("scene", "wide"))
    plot, turn = panel.locator(".plot"), panel.get_by_role("slider", name="Turn")
    expect(panel).to_be_visible()
    expect(flat).to_be_hidden()
    assert_as_python(explorer)
    first = explorer.data("scene")["x"]

    # by drag: it follows the pointer before Python has answered, and stands in the same place afterwards
    frame = plot.bounding_box()
    middle = frame["x"] + frame["width"] / 2, frame["y"] + 12
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 50, middle[1] + 30, steps=4)
    explorer.becomes(lambda: explorer.data("scene")["x"] != first, True)
    assert explorer.state()["yaw"] == 34
    page.mouse.up()
    explorer.becomes(lambda: (explorer.state()["yaw"], explorer.state()["pitch"]), (54, 26))
    expect(page).to_have_url(re.compile("yaw=54.*pitch=26"))
    expect(turn).to_have_value("54")
    assert_as_python(explorer)

    # by keys
    plot.focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown", "+", "+"):
        page.keyboard.press(key)
    explorer.becomes(lambda: [explorer.state()[name] for name in ("yaw", "pitch", "zoom")], [44, 21, 1.2])
    assert_as_python(explorer)

    # by sliders
    panel.get_by_role("slider", name="Zoom").fill("1")
    panel.get_by_role("slider", name="Tilt").fill("15")
    turn.fill("-30")
    explorer.becomes(lambda: [explorer.state()[name] for name in ("yaw", "pitch", "zoom")], [-30, 15, 1])
    assert_as_python(explorer)

    # once round is where it was, and no farther up than from above
    turn.fill("180")
    panel.get_by_role("slider", name="Tilt").fill("90")
    plot.focus()
    for key in ("ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    explorer.becomes(lambda: [explorer.state()[name] for name in ("yaw", "pitch")], [-175, 90])

    # a unit is read out, framed with what it sees, and asked
    explorer.set(yaw=34, pitch=14)
    expect(turn).to_have_value("34")
    place = at_unit(explorer, plot, "S2[2,12,12]")
    page.mouse.move(0, 0)
    plot.hover(position=place)
    expect(panel.locator(".readout")).to_have_text(re.compile(r"^S2\[2, 12, 12\] = "))
    assert len(explorer.data("scene_pointed")["x"]) == 1
    assert len(explorer.data("scene_window")["x"]) == len(explorer.data("scene_field")["x"]) == 6  # four sides, and a gap
    plot.click(position=place)
    sentence = view.locator(".sentence")
    expect(sentence).to_have_text(re.compile(r"^S2\[2, 12, 12\] = max\("))
    assert explorer.state()["unit"] == "S2[2,12,12]"
    assert len(explorer.data("scene_links")["x"]) == 4
    assert_as_python(explorer)

    # by keys: the neighbour, the sheet behind it, and none
    plot.focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(panel.locator(".readout")).to_have_text(re.compile(r"^S2\[2, 12, 13\] = "))
    page.keyboard.press("Shift+ArrowRight")
    expect(panel.locator(".readout")).to_have_text(re.compile(r"^ReLU3\["))
    page.keyboard.press("Enter")
    expect(sentence).to_have_text(re.compile(r"^ReLU3\["))
    page.keyboard.press("Escape")
    expect(sentence).to_have_text(re.compile("says"))

    # layers are shown and hidden; the last one stays
    panel.get_by_role("checkbox", name="ReLU1", exact=True).uncheck()
    panel.get_by_role("checkbox", name="C1", exact=True).check()
    explorer.becomes(lambda: "C1" in explorer.state()["layers"] and "ReLU1" not in explorer.state()["layers"], True)
    expect(page).to_have_url(re.compile("layers=input%2CC1"))
    assert_as_python(explorer)
    explorer.set(layers="softmax")
    explorer.becomes(lambda: explorer.data("scene_sheets")["name"], ["softmax"])
    last = panel.get_by_role("checkbox", name="softmax", exact=True)
    last.click()
    expect(last).to_be_checked()

    # and back to the flat drawing
    view.get_by_label("Drawing", exact=True).select_option("flat")
    expect(panel).to_be_hidden()
    expect(flat).to_be_visible()
