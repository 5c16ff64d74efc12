"""The features view on the real page: cells, keypoints and matches are chosen in the pictures; each part has its own panels."""

import io

from PIL import Image
from playwright.sync_api import expect

from convoscope.views.features.lesson import PANELS

SLUG = "features"
VIEW = "?view=features"


def panels(explorer):
    """The parts that are shown."""
    shown = explorer.page.locator(".view:not([hidden]) .panel:visible")
    return shown.evaluate_all("(panels) => panels.map(({ dataset }) => dataset.part).sort()")


def press(explorer, part, x, y):
    """Click at shares of a picture from its upper left corner."""
    plot = explorer.page.locator(f".view:not([hidden]) [data-part={part}] .plot")
    box = plot.bounding_box()
    plot.click(position={"x": x * box["width"], "y": y * box["height"]})


def test_what_is_shown_is_chosen_in_the_picture(explorer, page):
    explorer.becomes(lambda: panels(explorer), sorted(PANELS["hog"]))
    press(explorer, "photo", 10.5 / 16, 12.5 / 16)
    explorer.becomes(lambda: [explorer.state()[name] for name in ("row", "column")], [12, 10])
    press(explorer, "photo", 0.999, 0.999)  # where no block begins: the nearest that does
    explorer.becomes(lambda: [explorer.state()[name] for name in ("row", "column")], [14, 14])
    field = page.get_by_role("spinbutton", name="Cell size")
    field.fill("16")
    field.press("Enter")
    explorer.becomes(lambda: [explorer.state()[name] for name in ("row", "column", "cell")], [6, 6, 16])
    expect(page.locator(".view:not([hidden]) .notices")).to_contain_text("the last that can be chosen is [6, 6]")

    page.get_by_label("Features", exact=True).select_option("sift")
    explorer.becomes(lambda: panels(explorer), sorted(PANELS["sift"]))
    places = explorer.data("choices")
    press(explorer, "photo", places["x"][7], 1 - places["y"][7])
    explorer.becomes(lambda: explorer.state()["keypoint"], 7)
    explorer.step(8)
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("Keypoint 7 has")
    page.get_by_text("The numbers as tables").locator("visible=true").click()
    explorer.becomes(lambda: page.locator(".view:not([hidden]) .values table").count(), 3 + 1 + 16)  # grids, directions, cells


def test_matches_are_chosen_too_and_a_picture_of_ones_own_has_features(explorer, page):
    explorer.set(method="match", turn=90, scale=1)
    explorer.becomes(lambda: panels(explorer), sorted(PANELS["match"]))
    matches = explorer.data("match_table")
    press(explorer, "pair", matches["x"][4], 1 - matches["y"][4])
    explorer.becomes(lambda: explorer.state()["step"], matches["step"][4])
    page.locator(".view:not([hidden]) [data-part=descriptor] .plot").hover()
    page.get_by_text("The numbers as tables").locator("visible=true").click()
    rows = page.locator(".view:not([hidden]) .values tr")
    explorer.becomes(lambda: rows.count(), len(matches["step"]))
    expect(rows.nth(4).locator("td")).to_have_count(7)
    picture = io.BytesIO()
    squares = Image.new("RGB", (256, 256), "white")
    squares.paste("black", (60, 60, 130, 150))
    squares.paste("red", (170, 150, 200, 200))
    squares.save(picture, "PNG")
    page.get_by_label("Photograph", exact=True).select_option("own")
    field = page.get_by_label("Picture file").filter(visible=True)
    field.set_input_files({"name": "squares.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    explorer.set(method="sift")
    explorer.becomes(lambda: len(explorer.data("choices")["x"]) > 4, True)
    explorer.set(method="learned")
    explorer.becomes(lambda: panels(explorer), sorted(PANELS["learned"]))
