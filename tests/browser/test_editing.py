"""Editing with mouse, touch and keys: weights are stepped and dragged, digits drawn, pictures brought."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from convoscope.views.convolution.lesson import ConvolutionSettings, compute
from convoscope.views.images import BRIGHTNESS

from .conftest import new_context


def cell(page, row, column):
    return page.get_by_label(f"Kernel weights, row {row}, column {column}").filter(visible=True)


def weights(explorer):
    return explorer.page.evaluate("window.convoscope.views.convolution.state().weights")


def settled(explorer):
    """Wait until no wish is left."""
    expect(explorer.page.get_by_role("region", name="Convolution")).not_to_have_attribute("aria-busy", "true")


def test_arrow_keys_step_a_weight_and_enter_goes_down(explorer):
    page = explorer.open()
    cell(page, 1, 1).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    expect(cell(page, 1, 1)).to_have_value("1.9")
    explorer.becomes(lambda: weights(explorer)[0][0], 1.9)
    page.keyboard.press("Enter")
    expect(cell(page, 2, 1)).to_be_focused()


def test_dragging_a_weight_changes_it_by_tenths(explorer):
    page = explorer.open()
    box = cell(page, 2, 2).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 40, steps=5)
    page.mouse.up()
    expect(cell(page, 2, 2)).to_have_value("1.5")
    explorer.becomes(lambda: weights(explorer)[1][1], 1.5)


def test_rows_and_columns_of_the_kernel_grow_around_the_middle(explorer):
    page = explorer.open()
    page.get_by_text("More about the kernel").filter(visible=True).click()
    page.get_by_role("button", name="More kernel rows").click()
    page.get_by_role("button", name="More kernel rows").click()
    expect(cell(page, 5, 3)).to_be_visible()
    explorer.becomes(lambda: weights(explorer), [[0, 0, 0], [0, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 0]])
    expect(page.locator(".view:not([hidden]) [data-part=output] .size")).to_have_text("3×5")


def drawing_of(explorer):
    """The bits of the drawing, as (28, 28)."""
    digits = explorer.page.evaluate("window.convoscope.views.convolution.state().drawing")
    return np.unpackbits(np.frombuffer(bytes.fromhex(digits or "0" * 196), np.uint8)).reshape(28, 28)


def canvas_box(page):
    return page.locator(".view:not([hidden]) [data-part=input] .plot").bounding_box()


def test_a_mouse_draws_and_a_stroke_from_ink_erases(explorer):
    page = explorer.open("?image=drawing&padding=1")
    box = canvas_box(page)
    at = lambda share: (box["x"] + box["width"] / 2, box["y"] + box["height"] * share)  # noqa: E731
    for _ in range(2):
        page.mouse.move(*at(0.2))
        page.mouse.down()
        page.mouse.move(*at(0.8), steps=30)
        page.mouse.up()
        if _ == 0:
            explorer.becomes(lambda: drawing_of(explorer).any(axis=1)[6:22].all(), True)  # from top to bottom without gaps
            settled(explorer)
            drawn = drawing_of(explorer)
            assert set(np.flatnonzero(drawn.any(axis=0))) <= {13, 14, 15}
            np.testing.assert_array_equal(explorer.data("input_values")["value"], np.pad(drawn, 1).ravel() * 255.0)
            page.wait_for_url("**drawing=**")
    explorer.becomes(lambda: drawing_of(explorer).any(), False)


def test_a_finger_draws_without_scrolling_the_page(explorer, browser):
    context = new_context(browser, has_touch=True, viewport={"width": 360, "height": 740}, service_workers="block")
    explorer.page.close()
    explorer.__init__(context.new_page(), explorer.url)
    page = explorer.open("?image=drawing")
    box = canvas_box(page)
    touch = context.new_cdp_session(page)
    for kind, share in (("touchStart", 0.3), *(("touchMove", 0.3 + n / 50) for n in range(1, 20)), ("touchEnd", None)):
        point = [] if share is None else [{"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] * share}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": point})
    explorer.becomes(lambda: drawing_of(explorer).any(axis=1)[9:18].all(), True)
    assert page.evaluate("scrollY") == 0
    context.close()


def picture(pixels, kind="PNG"):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def bring(page, data, name="mine.png"):
    page.get_by_label("Picture file").filter(visible=True).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def test_a_picture_of_the_right_size_arrives_pixel_for_pixel(explorer):
    page = explorer.open("?image=picture&kernel=identity")
    pixels = np.random.default_rng(1).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    bring(page, picture(pixels))
    expect(page.locator(".view:not([hidden]) [data-fact=input_high]")).not_to_have_text("1")  # black before
    settled(explorer)
    grey = (pixels.astype(int) @ BRIGHTNESS + 500) // 1000
    np.testing.assert_array_equal(explorer.data("input_values")["value"], grey.ravel())


def test_a_jpeg_of_another_shape_arrives_as_its_middle_square(explorer):
    page = explorer.open("?image=picture&kernel=identity")
    pixels = np.zeros((400, 800, 3), np.uint8)
    pixels[:, 200:600] = 200
    bring(page, picture(pixels, "JPEG"), "wide.jpg")
    settled(explorer)
    expect(page.locator(".view:not([hidden]) [data-fact=input_high]")).to_have_text("200")
    assert min(explorer.data("input_values")["value"]) > 190


def stretched(data, width, height):
    """A PNG whose head states another size than its pixels have."""
    head = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
    return data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:]


BOMB = stretched(picture(np.zeros((4, 4, 3), np.uint8)), 12_000, 12_000)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GIF89a" + bytes(50), "is no PNG, JPEG or WebP picture"),
        (b"", "is no PNG, JPEG or WebP picture"),
        (bytes(12_100_000), "The file has 12.1 MB; 12 MB is the most"),
        (BOMB, "has 12000×12000 pixels; 50 megapixels are the most"),
        (picture(np.zeros((64, 64, 3), np.uint8))[:60], "is damaged and cannot be decoded"),
        (b"\xff\xd8" + bytes(40), "is no PNG, JPEG or WebP picture"),
    ],
)
def test_a_bad_picture_is_refused_and_the_old_one_stays(explorer, data, words):
    page = explorer.open("?image=picture")
    before = explorer.data("input_values")
    bring(page, data)
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    np.testing.assert_array_equal(explorer.data("input_values")["value"], before["value"])


def test_turning_the_kernel_shows_it_turned(explorer):
    page = explorer.open("?kernel=basic")
    page.get_by_text("More about the kernel").filter(visible=True).click()
    page.get_by_label("True convolution").filter(visible=True).check()
    expect(page.locator(".view:not([hidden]) [data-part=kernel] .size")).to_contain_text("turned by 180°")
    explorer.becomes(lambda: explorer.data("kernel_values")["value"], [0, 1, 0, 1, 1, 0, 0, 0, 0])
    turned = compute(ConvolutionSettings(flip=True)).static["output_values"]["value"]
    assert explorer.data("output_values")["value"] == turned.tolist()
