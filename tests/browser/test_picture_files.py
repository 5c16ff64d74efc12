"""Real picture files: every kind of JPEG and PNG that people have is read whole, or the page says what it is."""

import io
import re
import struct

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from convoscope.views.network.preparation import ink_of

NETWORK = "?view=network"
TAKEN = re.compile(r"Taken as ink: \d+ % of the picture")


def sheet(width=240, height=180):
    """A 1 on white paper."""
    pixels = np.full((height, width, 3), 235, np.uint8)
    pixels[height // 5 : -height // 5, width // 2 - 8 : width // 2 + 8] = (20, 30, 60)
    return Image.fromarray(pixels)


def saved(image, kind="JPEG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def with_thumbnail(data):
    """The JPEG with a smaller one in its Exif segment, as cameras write it."""
    small = saved(sheet(40, 30))
    start = 8 + 2 + 2 * 12 + 4
    entries = struct.pack("<HHII", 0x201, 4, 1, start) + struct.pack("<HHII", 0x202, 4, 1, len(small))
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + entries + bytes(4) + small
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


def arithmetic(data):
    """The frame header of arithmetic coding; the data behind it are cut, so that no browser can decode them."""
    at = data.index(b"\xff\xc0\x00\x11\x08")
    return data[: at + 1] + b"\xc9" + data[at + 2 : data.index(b"\xff\xda") + 20]


BASELINE = saved(sheet())
KINDS = {
    "progressive": saved(sheet(), progressive=True),
    "CMYK": saved(sheet().convert("CMYK")),
    "grey": saved(sheet().convert("L")),
    "thumbnail": with_thumbnail(BASELINE),
    "fill bytes": BASELINE[:2] + b"\xff\xff" + BASELINE[2:].replace(b"\xff\xc0\x00\x11", b"\xff\xff\xff\xc0\x00\x11", 1),
    "webp": saved(sheet(), "WEBP"),
    "lossless webp": saved(sheet(), "WEBP", lossless=True),
    "extended webp": saved(sheet().convert("RGBA"), "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"),
    "palette": saved(sheet().convert("P"), "PNG"),
    "sixteen bits": saved(Image.fromarray(np.asarray(sheet().convert("L")).astype(np.uint16) * 257), "PNG"),
    "white ink on nothing": saved(Image.merge("RGBA", [Image.new("L", (240, 180), 255)] * 3 + [sheet().convert("L").point(
        lambda grey: 255 - grey if grey < 128 else 0)]), "PNG"),
    "black ink on nothing": saved(Image.merge("RGBA", [Image.new("L", (240, 180), 0)] * 3 + [sheet().convert("L").point(
        lambda grey: 255 - grey if grey < 128 else 0)]), "PNG"),
}  # fmt: skip
STRANGE = {
    "gif": (saved(sheet(), "GIF"), "is no PNG, JPEG or WebP picture but a GIF"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(60), "is no PNG, JPEG or WebP picture but a HEIC picture of a phone"),
    "arithmetic": (arithmetic(BASELINE), "is a rare kind of JPEG that browsers do not read"),
}


def bring(page, label, data):
    page.get_by_label(label).filter(visible=True).set_input_files(
        {"name": "mine", "mimeType": "application/octet-stream", "buffer": data}
    )


def test_the_pad_takes_every_kind_whole_and_says_how_much_was_taken_as_ink(explorer):
    explorer.slug = "network"
    page = explorer.open(NETWORK)
    view = page.get_by_role("region", name="Draw a digit")
    for kind, data in KINDS.items():
        explorer.set(image="digit", drawing="")
        bring(page, "Picture of a digit", data)
        explorer.becomes(lambda: bool(explorer.state()["drawing"]), True)
        expect(view.locator(".notices")).to_have_text(TAKEN)
        ink = np.flatnonzero(ink_of(explorer.state()["drawing"]).any(axis=0))
        assert (kind, ink[0] >= 24, ink[-1] <= 31) == (kind, True, True)
    for data, words in STRANGE.values():
        bring(page, "Picture of a digit", data)
        expect(view.get_by_role("alert").filter(has_text=words)).to_be_visible()


def test_a_seven_from_edge_to_edge_is_read_as_a_seven(explorer):
    explorer.slug = "network"
    page = explorer.open(NETWORK)
    pixels = np.full((180, 90), 235, np.uint8)
    pixels[:18] = 20
    for row in range(18, 180):
        left = round(72 - 0.4 * row)
        pixels[row, left : left + 18] = 20
    bring(page, "Picture of a digit", saved(Image.fromarray(pixels), "PNG"))
    expect(page.get_by_role("region", name="Draw a digit").locator(".sentence")).to_have_text(re.compile("^LeNet-5 says 7"))


def test_the_convolution_view_shows_every_kind_and_tells_of_one_colour(explorer):
    page = explorer.open("?image=picture&kernel=identity")
    for kind, data in KINDS.items():
        bring(page, "Picture file", data)
        explorer.becomes(lambda: np.ptp(explorer.data("input_values")["value"]) > 150, True)
        bring(page, "Picture file", saved(Image.new("L", (60, 60), 200), "PNG"))
        expect(page.get_by_role("alert").filter(has_text="has the same colour")).to_be_visible()
        explorer.becomes(lambda: np.ptp(explorer.data("input_values")["value"]), 0)
        assert kind
