"""Share and download: every line leads back to what is shown, and every file holds it."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import expect

from convoscope.views.session import LESSONS

FILES = ("Picture (PNG)", "Drawing (SVG)", "LaTeX", "Python program", "Numbers (JSON)", "Arrays (npz)", "One page (HTML)")


@pytest.fixture
def view(explorer):
    explorer.open("?view=convolution&kernel=blur&step=7")
    explorer.expect("foreign request: file:")  # the exported page, opened from the disk
    return explorer.page.locator(".view:not([hidden])")


def test_the_dialog_gives_a_link_lines_to_paste_a_code_and_a_preview(explorer, view):
    page = explorer.page
    view.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this view")
    expect(dialog.get_by_role("textbox", name="Link", exact=True)).to_have_value(
        explorer.url + "?view=convolution&kernel=blur&step=7"
    )
    expect(dialog).to_contain_text(f"Convolution: {LESSONS['convolution'].ACTIVITY}")
    line = dialog.get_by_role("textbox", name="Web page, Moodle, Quarto: an iframe")
    expect(line).to_have_value(
        re.compile(r'^<iframe src=".*embed\.html\?view=convolution&amp;kernel=blur&amp;step=7&amp;hide=title')
    )
    dialog.get_by_label("Settings").check()
    dialog.get_by_label("Size").select_option(label="800 × 520")
    expect(line).to_have_value(re.compile('hide=title%2Ccaption" width="800" height="520"'))
    expect(dialog.get_by_role("textbox", name="Web component")).to_have_value(
        re.compile('<convoscope-view view="convolution" kernel="blur" step="7"')
    )
    expect(dialog.get_by_role("img", name="QR code of the link")).to_have_attribute("src", re.compile("^data:image/svg"))
    expect(dialog.frame_locator("iframe").locator(".view:not([hidden]) .sentence")).to_contain_text("output[1, 2]")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("dialog iframe")).to_have_count(0)
    expect(view.get_by_role("button", name="Share")).to_be_focused()


def test_every_file_can_be_had_and_holds_what_is_shown(explorer, view, tmp_path):
    page = explorer.page
    view.locator(".downloads summary").click()
    data = {}
    for name in FILES:
        with page.expect_download() as download:
            view.get_by_role("button", name=name).click()
        data[name] = download.value.path().read_bytes()
        expect(view.locator(".downloads .said")).to_have_text("It is with your downloads.")
    with Image.open(io.BytesIO(data["Picture (PNG)"])) as picture:
        assert len(picture.convert("RGB").getcolors(100_000)) > 50
    assert data["Drawing (SVG)"].startswith(b"<svg")
    assert b"output[1, 2] =" in data["Drawing (SVG)"]
    assert rb"\mathrm{output}_{1, 2}" in data["LaTeX"]
    with np.load(io.BytesIO(data["Arrays (npz)"])) as arrays:
        assert round(float(arrays["output"][1, 2]), 6) == 0.5
    file = tmp_path / "one.html"
    file.write_bytes(data["One page (HTML)"])
    page.context.set_offline(True)
    page.goto(file.as_uri() + "?step=7")
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("output[1, 2]")
    page.get_by_role("button", name="Step forward").click()
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("output[1, 3]")


def test_a_page_in_one_file_lets_choose_what_was_computed(explorer, view, tmp_path):
    page = explorer.page
    view.locator(".downloads summary").click()
    view.get_by_label("In the page one can choose").select_option("stride")
    with page.expect_download() as download:
        view.get_by_role("button", name="One page (HTML)").click()
    file = tmp_path / "one.html"
    download.value.save_as(file)
    assert explorer.state()["stride"] == 1  # the page has the settings that it had
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.get_by_label("Stride", exact=True).select_option("2")
    page.get_by_role("button", name="Last step").click()
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("output[2, 2]")


def test_a_film_can_be_made_and_cancelled(explorer, view):
    view.get_by_label("Speed").select_option("8")
    explorer.page.evaluate("convoscope.views.convolution.step(22)")
    view.locator(".downloads summary").click()
    with explorer.page.expect_download() as download:
        view.get_by_role("button", name="Film (WebM)").click()
    assert download.value.path().read_bytes()[:4] == b"\x1a\x45\xdf\xa3"  # EBML, what every WebM begins with
    view.get_by_role("button", name="First step").click()
    view.get_by_role("button", name="Film (WebM)").click()
    view.get_by_role("button", name="Cancel").click()
    expect(view.locator(".downloads .said")).to_have_text("Stopped; nothing was saved.")


def test_an_animation_has_every_step_as_the_page_shows_it(explorer, view):
    page, fetched = explorer.page, []
    page.on("request", lambda request: fetched.append(request.url) if "gifenc" in request.url else None)
    page.evaluate("convoscope.views.convolution.step(21)")
    view.locator(".downloads summary").click()
    assert fetched == []  # what writes a GIF is fetched when one is wanted
    with page.expect_download() as download:
        view.get_by_role("button", name="Animation (GIF)").click()
    assert len(fetched) == 1
    with Image.open(download.value.path()) as film:
        frames = [np.asarray(frame.convert("RGB"), dtype=float) for frame in ImageSequence.Iterator(film)]
    assert len(frames) == 25 - 21
    for number in (0, 3):
        page.evaluate("(step) => convoscope.views.convolution.step(step)", 21 + number)
        png = base64.b64decode(page.evaluate("convoscope.views.convolution.picture('png')"))
        shown = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=float)
        differences = [abs(frame - shown).mean() for frame in frames]
        assert np.argmin(differences) == number
        assert differences[number] < 2  # of 255: 256 colours are nearly enough
    view.get_by_role("button", name="First step").click()
    view.get_by_role("button", name="Animation (GIF)").click()
    view.get_by_role("button", name="Cancel").click()
    expect(view.locator(".downloads .said")).to_have_text("Stopped; nothing was saved.")
