"""A picture of one's own: by button, drop and paste, turned as it was held, its square chosen; Chromium's webcam for tests."""

import base64
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from convoscope.views.images import own_picture

from .conftest import QuietHandler, serving
from .test_picture_files import bring, saved

VIEW = "?image=picture&kernel=identity"
PICTURES = 200  # of the webcam
WARM_UP = 260  # pictures: Python collects all its garbage every 220, and until then its heap grows
MOST_GROWTH = 1_500_000  # bytes of JavaScript's heap; one picture has 65,536 characters
MOST_GROWTH_OF_PYTHON = 200_000  # bytes in use when the garbage is collected; one picture has 49,152
MOST_GROWTH_OF_ITS_HEAP = 1_000_000  # bytes up to its end, which memory follows in steps of 6 MB
# Red, green, blue, black: the quarters of a picture twice as wide as high, in row order.
QUARTERS = np.zeros((60, 120, 3), np.uint8)
QUARTERS[:30, :60, 0] = QUARTERS[:30, 60:, 1] = QUARTERS[30:, :60, 2] = 255
ORIENTATION = 0x112
# Put behind the worker's own script: where Python's heap ends, and the bytes of it in use (C's mallinfo().uordblks).
IN_THE_WORKER = """
self.memory = async () => {
  const loaded = await python;
  loaded.runPython("import gc; gc.collect()");
  const { _module: module } = loaded;
  const [stack, found] = [module.stackSave(), module.stackAlloc(40)];
  module._mallinfo(found);
  const used = module.HEAP32[found / 4 + 7];
  module.stackRestore(stack);
  return [module._sbrk(0), used];
};
"""
HAND_OVER = """([type, text, name = "mine.png", kind = "image/png"]) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type: kind }));
  const target = document.querySelector(".view:not([hidden]) .stage");
  const more = { bubbles: true, cancelable: true };
  target.dispatchEvent(type === "paste" ? new ClipboardEvent(type, { clipboardData: carried, ...more })
    : new DragEvent(type, { dataTransfer: carried, ...more }));
}"""


def pixels(explorer):
    """What Python has of the picture. -> (128, 128, 3)."""
    return own_picture(explorer.state()["picture"])


def corners(explorer):
    """The largest channel at each corner: 0 is red, 1 green, 2 blue."""
    return pixels(explorer)[[20, 20, 107, 107], [20, 107, 20, 107]].argmax(axis=1).tolist()


def webcam(page):
    return page.get_by_role("button", name=re.compile("the webcam")).filter(visible=True)


def rate(page):
    return page.locator(".own-picture .help").filter(visible=True, has_text=re.compile(r"^Live, \d"))


def counted(explorer, count):
    """Wait until that many more pictures have arrived."""
    explorer.page.evaluate(
        """(count) => new Promise((resolve) => {
            document.querySelector('[data-view="convolution"]').addEventListener("traceshown", () => (count -= 1) || resolve());
        })""",
        count,
    )


def test_a_photograph_is_turned_as_it_was_held_and_its_square_is_dragged(explorer):
    page = explorer.open(VIEW)
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # taken upright: its first column is the upper edge, from right to left
    bring(page, "Picture file", saved(Image.fromarray(np.rot90(QUARTERS)), "JPEG", exif=exif, quality=95))
    explorer.becomes(lambda: corners(explorer), [0, 1, 2, 0])
    crop = page.get_by_role("application", name=re.compile("The square of the picture")).filter(visible=True)
    box = crop.bounding_box()
    assert box["width"] == pytest.approx(2 * box["height"], abs=1)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 3, box["y"] + 3, steps=4)  # beyond the edge: as far as it goes
    page.mouse.up()
    said = page.locator(".own-picture .help").filter(visible=True, has_text="pixels, from row")
    expect(said).to_have_text("60×60 of 120×60 pixels, from row 0, column 0 on.")
    explorer.becomes(lambda: pixels(explorer)[20, 107].argmax(), 0)  # the red quarter is as wide as the square
    before = explorer.state()["step"]
    crop.focus()
    page.keyboard.press("-")
    expect(said).to_have_text("56×56 of 120×60 pixels, from row 2, column 2 on.")
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    expect(said).to_have_text("56×56 of 120×60 pixels, from row 2, column 64 on.")
    explorer.becomes(lambda: pixels(explorer)[20, 20].argmax(), 1)
    assert explorer.state()["step"] == before  # the player has the same keys
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 5 + box["height"] / 3, box["y"] + 5 + box["height"] / 3, steps=3)
    page.mouse.up()
    explorer.becomes(lambda: (pixels(explorer).argmax(axis=2) == 0).all() and bool(pixels(explorer)[..., 0].min() > 200), True)


@pytest.mark.parametrize("type", ["drop", "paste"])
def test_what_is_dropped_or_pasted_becomes_the_image_and_no_address_holds_it(explorer, type):
    page = explorer.open()
    clear = Image.new("RGBA", (40, 90), (255, 0, 0, 0))
    clear.paste((0, 0, 255, 255), (0, 25, 40, 45))
    page.evaluate(HAND_OVER, [type, base64.b64encode(saved(clear, "PNG")).decode()])
    explorer.becomes(lambda: explorer.state()["image"], "picture")
    assert pixels(explorer)[[20, 120], 64].tolist() == [[0, 0, 255], [255, 255, 255]]  # what is transparent is paper
    page.wait_for_url("**/?image=picture&size=128")
    page.get_by_role("link", name="Downsampling").click()
    page.go_back()
    expect(page.get_by_role("region", name="Convolution")).to_be_visible()
    explorer.set(stride=2)
    assert pixels(explorer)[127, 64].tolist() == [255, 255, 255]  # going back loses no picture


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (3000, 700), (17, 23)])
def test_a_picture_of_any_shape_is_taken(explorer, shape):
    page = explorer.open(VIEW)
    bring(page, "Picture file", saved(Image.fromarray(np.full((*shape, 3), (9, 200, 9), np.uint8)), "PNG"))
    explorer.becomes(lambda: explorer.state()["picture"] != "" and pixels(explorer)[64, 64].tolist(), [9, 200, 9])


def test_the_webcam_runs_after_a_click_and_stops_out_of_sight(explorer):
    page = explorer.open(VIEW)
    page.evaluate("""() => {
        window.tracks = [];
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => {
            const stream = await ask(wanted);
            tracks.push(...stream.getTracks());
            return stream;
        };
    }""")
    live = "tracks.map(({ readyState }) => readyState)"
    assert page.evaluate(live) == []
    webcam(page).click()
    expect(rate(page)).to_be_visible()
    before = explorer.state()["picture"]
    explorer.becomes(lambda: explorer.state()["picture"] != before, True)
    explorer.set(kernel="blur")  # it goes on while one changes settings
    counted(explorer, 2)
    assert page.evaluate(live) == ["live"]
    page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));
        delete document.hidden;
    }""")
    assert page.evaluate(live) == ["ended"]
    expect(page.get_by_role("alert").filter(has_text="was stopped when this view was out of sight")).to_be_visible()
    assert pixels(explorer).std() > 5  # the last picture stays
    for leave, expected in (
        (lambda: explorer.set(image="digit"), ["ended", "ended"]),
        (lambda: page.get_by_role("link", name="Downsampling").click(), ["ended"] * 3),
    ):
        explorer.set(image="picture")
        webcam(page).click()
        expect(rate(page)).to_be_visible()
        leave()
        explorer.becomes(lambda: page.evaluate(live), expected)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("NotAllowedError", "The browser or you refused the webcam"),
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "in use by another program"),
        ("TypeError", r"gives no picture \(TypeError\)"),
    ],
)
def test_without_a_camera_one_is_told_why(explorer, why, words):
    page = explorer.open(VIEW)
    page.evaluate("(why) => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', why)) }", why)
    webcam(page).click()
    expect(page.get_by_role("alert").filter(has_text=re.compile(words))).to_be_visible()


@pytest.mark.parametrize("allow", ["", "camera"])
def test_a_frame_gives_the_camera_only_if_its_page_allows_it(explorer, tmp_path, allow):
    url = f"{explorer.url}embed.html?view=convolution&image=picture&hide=caption".replace("127.0.0.1", "localhost")
    (tmp_path / "index.html").write_text(
        f'<!DOCTYPE html><title>t</title><link rel=icon href="data:,"><iframe src="{url}" width=900 height=700 allow="{allow}">'
    )
    with serving(tmp_path, QuietHandler) as page_url:
        explorer.page.goto(page_url)
        frame = explorer.page.frame_locator("iframe")
        button = frame.get_by_role("button", name="Use the webcam")
        button.click()
        if allow:
            expect(frame.locator(".own-picture")).to_contain_text("Live, ")
        else:
            expect(frame.get_by_role("alert").filter(has_text='<iframe allow="camera">')).to_be_visible()


@pytest.mark.usefixtures("own_python")
def test_two_hundred_pictures_of_the_webcam_leave_the_page_as_small_as_it_was(explorer, record_property):
    def longer(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + IN_THE_WORKER)

    explorer.page.route("**/worker.js", longer)
    page = explorer.open(VIEW)
    devtools = page.context.new_cdp_session(page)
    (worker,) = page.workers

    def heap():
        devtools.send("HeapProfiler.collectGarbage")
        return devtools.send("Runtime.getHeapUsage")["usedSize"]

    webcam(page).click()
    counted(explorer, WARM_UP)
    before, (end, used) = heap(), worker.evaluate("memory()")
    counted(explorer, PICTURES)
    more, (end_after, used_after) = heap() - before, worker.evaluate("memory()")
    told = f"webcam: {PICTURES} pictures change the page's heap by {more / 1e6:.2f} MB"
    record_property("summary", f"{told}, what Python uses of its own by {(used_after - used) / 1e6:.2f}")
    assert more < MOST_GROWTH
    assert used_after - used < MOST_GROWTH_OF_PYTHON
    assert end_after - end < MOST_GROWTH_OF_ITS_HEAP


def test_a_link_to_a_picture_opens_with_it_and_a_file_does_too(explorer):
    page = explorer.open("?image=picture&kernel=identity&stride=2")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bring(page, "Picture file", saved(Image.fromarray(QUARTERS), "PNG"))
    explorer.becomes(lambda: explorer.state()["picture"] != "", True)
    kept = pixels(explorer)
    page.get_by_role("button", name="Copy link").filter(visible=True).click()
    expect(page.locator(".extras .said").filter(visible=True)).to_have_text("Copied. Your picture is in it.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "#state=" in link
    assert len(link) < 64_000
    page.get_by_text("Download", exact=True).filter(visible=True).click()
    with page.expect_download() as started:
        page.get_by_role("button", name="State (to drop here)").filter(visible=True).click()
    data = base64.b64encode(Path(started.value.path()).read_bytes()).decode()
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)  # cannot be compressed
    bring(page, "Picture file", saved(Image.fromarray(noise), "PNG"))
    explorer.becomes(lambda: bool((pixels(explorer) == noise).all()), True)
    page.get_by_role("button", name="Copy link").filter(visible=True).click()
    expect(page.locator(".extras .said").filter(visible=True)).to_contain_text("This state is too long for a link")
    assert page.evaluate("navigator.clipboard.readText()") == link
    explorer.open(link.removeprefix(explorer.url))
    explorer.becomes(lambda: explorer.state()["stride"], 2)
    np.testing.assert_array_equal(pixels(explorer), kept)
    explorer.set(picture="", stride=1)
    page.evaluate(HAND_OVER, ["drop", data, "state.json", "application/json"])
    explorer.becomes(lambda: explorer.state()["stride"], 2)
    np.testing.assert_array_equal(pixels(explorer), kept)
    page.evaluate("location.hash = 'state=AAAA'")
    expect(page.locator(".notices").filter(visible=True)).to_contain_text("is damaged or of another program")
    assert explorer.state()["stride"] == 2
    np.testing.assert_array_equal(pixels(explorer), kept)
