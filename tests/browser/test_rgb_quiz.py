"""Predicting cells of the output volume: in a drawing of many grids nothing gives them away, products are asked by channel."""

import re

import pytest
from playwright.sync_api import expect

from convoscope.views.session import Session

SEED = 7
CELLS = (0, 3, 7)  # of two outputs of 2×2 cells


@pytest.fixture
def view(explorer):
    explorer.slug = "rgb"
    explorer.open(f"?view=rgb&quiz={SEED}&answers=0")
    return explorer.page.get_by_role("region", name="RGB: three channels")


@pytest.fixture
def trace():
    return Session().handle({"view": "rgb", "name": "exercise", "value": SEED}).trace


def value(view):
    return view.get_by_role("textbox", name=re.compile(r"^Value of output\["))


def answer(trace, step):
    return trace.sentences[step].rpartition("= ")[2]


def test_nothing_but_the_answer_key_gives_the_cells_away(explorer, view, trace):
    panel = view.locator(".panel[data-boxes]:visible")
    expect(view.get_by_role("status")).to_have_text("output[0, 0, filter 0] = ?")
    expect(panel.locator(".veil")).to_have_count(len(CELLS))
    expect(panel.locator(".veil[data-here]")).to_have_count(1)
    assert explorer.data("sums")["text"] == ["?"] * 5
    for veil, n in zip(panel.locator(".veil").all(), (0, 0, 1), strict=True):
        box = veil.bounding_box()
        explorer.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(panel.locator(".readout")).to_have_text(
            re.compile(rf"^Output, filter {n} \[\d, \d\] = \? \(yours to predict\)$")
        )
    expect(view.get_by_role("status")).to_have_text("output[0, 0, filter 0] = ?")
    view.get_by_text("The numbers as tables").click()
    expect(view.get_by_role("table", name="Output, filter 0").get_by_role("cell", name="?", exact=True)).to_have_count(2)
    expect(view.get_by_role("table", name="Output, filter 1").get_by_role("cell", name="?", exact=True)).to_have_count(1)
    expect(view.get_by_role("table", name="Input, red").get_by_role("cell", name="?", exact=True)).to_have_count(0)
    view.get_by_text("Answer key").click()
    rows = view.get_by_role("table", name=f"Answers of exercise {SEED}").get_by_role("row")
    expect(rows).to_have_count(len(CELLS))
    for row, cell in zip(rows.all(), CELLS, strict=True):
        place, _, telling = trace.sentences[cell].partition(" = ")
        expect(row).to_have_text(f"{place}{telling}")
    view.get_by_role("checkbox", name="As a matrix product").check()  # other settings end the exercise, every cell is asked for
    expect(view.locator("[data-part=im2col] .veil")).to_have_count(1)


def test_the_first_wrong_product_is_named_with_its_channel_and_the_right_value_reveals(explorer, view, trace):
    said = view.locator(".feedback [aria-live]")
    field = view.get_by_role("textbox", name="Product, green, row 2, column 1", exact=True)
    expect(field).to_be_hidden()
    value(view).fill("99")
    value(view).press("Enter")
    expect(said).to_have_text("99 is not right. Fill in the products to see where it goes wrong, or try once more.")
    expect(field).to_be_visible()
    products = trace.at(0)["products"]
    names = [f"{channel}, row {n // 3 + 1}, column {n % 3 + 1}" for channel in ("red", "green", "blue") for n in range(9)]
    for name, text in zip(names[:9], products["text"], strict=False):
        view.get_by_role("textbox", name=f"Product, {name}", exact=True).fill(text)
    field.fill("7")
    view.get_by_role("textbox", name="Product, blue, row 1, column 1", exact=True).fill("8")
    view.get_by_role("button", name="Check", exact=True).click()
    expect(said).to_have_text(f"Green, row 2, column 1: {products['terms'][12]} is not 7.")
    expect(field).to_be_focused()
    for name, text in zip(names, products["text"], strict=True):
        view.get_by_role("textbox", name=f"Product, {name}", exact=True).fill(text)
    view.get_by_role("button", name="Check", exact=True).click()
    expect(said).to_have_text("All products are right, but 99 is not: add them again, then the bias of the filter.")
    value(view).fill(answer(trace, 0))
    value(view).press("Enter")
    expect(said).to_have_text("Right.")
    expect(view.get_by_role("status")).to_have_text(trace.sentences[0])
    expect(view.locator(".panel:visible .veil")).to_have_count(len(CELLS) - 1)
    assert explorer.data("sums")["text"] == trace.at(0)["sums"]["text"]
    explorer.page.keyboard.press("Enter")  # on “Next cell”
    expect(view.get_by_role("status")).to_have_text("output[1, 1, filter 0] = ?")
    expect(value(view)).to_be_focused()
    explorer.page.wait_for_url("**quiz=7**solved=0**")


def test_in_the_photograph_the_partial_maps_are_covered_too(explorer):
    explorer.slug = "rgb"
    page = explorer.open("?view=rgb&preset=lecture&quiz=on&step=30")
    panel = page.locator(".view:not([hidden]) .panel[data-boxes]:visible")
    expect(page.locator(".view:not([hidden]) .sentence")).to_have_text("output[1, 2, filter 0] = ?")
    expect(panel.locator(".veil")).to_have_count(4 * 31)  # no cell that was passed unanswered gives its value away
    assert explorer.data("sums")["text"] == ["?"] * 5
    expect(page.get_by_role("textbox", name=re.compile("^Product"))).to_have_count(0)
