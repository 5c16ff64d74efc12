"""The gallery of the site: live figures, each to be taken along as GIF, SVG and LaTeX."""

import io

from PIL import Image
from playwright.sync_api import expect

from convoscope.homes.gallery import FIGURES


def test_a_figure_is_live_and_is_taken_as_gif_svg_and_latex(page, explorer, site_url):
    explorer.expect("was preloaded")  # and is used later than Chromium likes, when many views come at once
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site_url}figures/")
    expect(page.locator("convoscope-view")).to_have_count(sum(map(len, FIGURES.values())))
    figure = page.locator("#stride")
    figure.scroll_into_view_if_needed()
    files = {}
    for kind in ("SVG", "GIF"):
        with page.expect_download() as download:
            figure.get_by_role("button", name=kind).click()
        files[kind] = download.value
        expect(figure.get_by_role("status")).to_have_text("It is with your downloads.")
    with page.expect_download() as download:
        figure.get_by_role("link", name="LaTeX").click()
    assert [one.suggested_filename for one in (*files.values(), download.value)] == [
        f"stride.{ending}" for ending in ("svg", "gif", "tex")
    ]
    assert "<svg" in files["SVG"].path().read_text("utf-8")
    assert Image.open(io.BytesIO(files["GIF"].path().read_bytes())).n_frames == 4, "a frame for each of 2×2 cells"
    assert r"\begin{bmatrix}" in download.value.path().read_text("utf-8")
    embed = page.frame_locator("#stride iframe")
    expect(embed.locator(".view:not([hidden]) .panel[data-part=output] .size")).to_have_text("2×2")
    player, frame = embed.locator(".view:not([hidden]) .player").bounding_box(), figure.locator("iframe").bounding_box()
    assert player["y"] + player["height"] <= frame["y"] + frame["height"], "the player is whole"


def test_on_a_phone_the_gallery_is_one_column(page, explorer, site_url):
    explorer.expect("was preloaded")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site_url}figures/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = [figure.bounding_box() for figure in page.locator("figure").all()[:2]]
    assert boxes[0]["x"] == boxes[1]["x"]
