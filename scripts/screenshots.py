"""Take the README's pictures, docs/*.png, from the really running site.

    python scripts/screenshots.py

Builds the site into a temporary folder, opens it in headless Chromium with Python ready, and keeps the pictures small:
a drawing of few colours loses nothing in a palette of 256.
"""

from __future__ import annotations

import io
import tempfile
import threading
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from convoscope.homes import site
from convoscope.homes.browser import opened_browser
from convoscope.homes.server import make_server

DOCS = Path(__file__).resolve().parent.parent / "docs"
WIDTH, HEIGHT, SCALE = 1280, 880, 1.4  # CSS pixels, and device pixels a CSS pixel
PICTURES = {  # file: address
    "convolution-light": "?step=12&theme=light",  # the window in the middle, half of the output revealed
    "network-light": "?view=network&theme=light&unit=C1[3,10,12]",
}
MOST_BYTES = 150_000


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, opened_browser() as browser:
        server = make_server(site.build(Path(folder) / "dist", say=lambda _: None))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name, address in PICTURES.items():
            path = DOCS / f"{name}.png"
            path.write_bytes(small_png(picture(browser, f"http://127.0.0.1:{server.server_address[1]}/{address}")))
            print(f"{path.relative_to(DOCS.parent)}: {path.stat().st_size:,} bytes")
        server.shutdown()
        server.server_close()


def picture(browser: Browser, url: str) -> bytes:
    """The whole page as PNG, once Python is ready and every figure is drawn."""
    with browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE) as context:
        page = context.new_page()
        page.goto(url)
        page.get_by_text("Python is ready").wait_for()
        page.wait_for_function("() => Bokeh.documents.every((figures) => figures.is_idle)")
        return page.screenshot()


def small_png(data: bytes) -> bytes:
    """The same picture with a palette. Raises ValueError if it is still larger than a README should load."""
    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    target = io.BytesIO()
    picture.save(target, "PNG", optimize=True)
    if target.tell() > MOST_BYTES:
        raise ValueError(f"the picture takes {target.tell():,} bytes of at most {MOST_BYTES:,}; lower SCALE")
    return target.getvalue()


if __name__ == "__main__":
    main()
