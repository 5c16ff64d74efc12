"""Pointing at an input moves the window: it previews by hovering and stays after a drag; numbers on request."""

import pytest

from .conftest import ROOT

PHOTOS = ROOT / "static" / "data" / "photos"


def input_plot(page):
    return page.locator(
        '.view:not([hidden]) .panel[data-moves] .plot, .view:not([hidden]) .panel[data-part="wide"] .plot'
    ).first


def point(explorer, across, down, *, drag=False):
    """Move the mouse to a share of the drawing's square."""
    box = input_plot(explorer.page).bounding_box()
    side = min(box["width"], box["height"])
    at = box["x"] + (box["width"] - side) / 2 + across * side, box["y"] + (box["height"] - side) / 2 + down * side
    explorer.page.mouse.move(*at, steps=3)
    if drag:
        explorer.page.mouse.down()


@pytest.mark.parametrize(
    ("slug", "query", "middle"),
    [("convolution", "", "output[2, 2]"), ("downsampling", "?view=downsampling", "output[1, 1]")],
)
def test_the_window_follows_the_pointer_and_a_drag_leaves_it_there(explorer, slug, query, middle):
    explorer.slug = slug
    page = explorer.open(query)
    first, before = explorer.sentence(), explorer.state()["step"]
    point(explorer, 0.5, 0.5)
    explorer.becomes(lambda: explorer.sentence().startswith(middle), True)
    assert explorer.state()["step"] == before
    page.mouse.move(2, 2)
    explorer.becomes(explorer.sentence, first)
    point(explorer, 0.1, 0.1, drag=True)
    point(explorer, 0.5, 0.5)
    page.mouse.up()
    page.mouse.move(2, 2)
    explorer.becomes(lambda: explorer.sentence().startswith(middle), True)
    assert explorer.state()["step"] > 0


@pytest.mark.parametrize(
    ("slug", "query"),
    [("convolution", "?image=cat&size=64"), ("downsampling", "?view=downsampling&image=cat&size=128&window=3&stride=1")],
)
def test_on_a_photograph_the_row_follows_too(explorer, slug, query):
    explorer.slug = slug
    explorer.open(query)
    side = 64 if slug == "convolution" else 128
    point(explorer, 0.25, 0.75)
    explorer.becomes(lambda: abs(explorer.state()["row"] - 0.75 * side) < 5, True)
    explorer.becomes(lambda: abs(int(explorer.sentence().split(", ")[1].split("]")[0]) - 0.25 * side) < 5, True)


def test_the_same_in_the_rgb_view_for_the_filter_at_work(explorer):
    explorer.slug = "rgb"
    page = explorer.open("?view=rgb&step=12")
    box = page.locator(".view:not([hidden]) .plot").filter(visible=True).first.bounding_box()
    centre = (0.3 + 3.5) / 36, (1.1 + 3.5) / 15.7  # of the red channel, wide arrangement
    page.mouse.move(box["x"] + centre[0] * box["width"], box["y"] + centre[1] * box["height"])
    explorer.becomes(lambda: explorer.sentence().startswith("output[1, 1, filter 1]"), True)
    page.mouse.down()
    page.mouse.up()
    explorer.becomes(lambda: explorer.state()["step"], 9 + 4)
