"""Pictures and films of a view: the exported page itself is opened in a browser without a window and asked for its picture.

So a picture from the command line is what the page would give. Playwright and a Chromium are needed (the extra "dev").
"""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .browser import BrowserError, opened_browser
from .single_file import ExportError

if TYPE_CHECKING:
    from playwright.sync_api import Page

STEPS_A_SECOND = 2  # as the page's player at speed 1
FINE = 2  # pixels of a PNG for each of the page's (static/js/snapshot.mjs); a GIF has the page's
LAST_FRAME = 1500  # milliseconds that a GIF stays at its end
PATIENCE = 60  # seconds for the page to be there, and for each of its pictures
Progress = Callable[[int, int], None]

# A function of the page that gives up with a sentence: evaluate() itself would wait for ever.
IN_TIME = """async ([slug, step, kind, seconds]) => {
    const late = new Promise((_, reject) => {
        setTimeout(() => reject(new Error(`nothing came within ${seconds} seconds`)), seconds * 1000);
    });
    const there = async () => {
        while (!window.convoscope) await new Promise(requestAnimationFrame);
        await window.convoscope.ready;
    };
    const picture = () => { const view = convoscope.views[slug]; view.step(step); return view.picture(kind); };
    return Promise.race([late, kind ? picture() : there()]);
}"""


def picture(html: str, slug: str, step: int, kind: str, *, width: int = 1100, dark: bool = False) -> bytes:
    """One step of an exported page. kind: "png" or "svg". Raises ExportError."""
    with _opened(html, slug, width, dark) as page:
        return _picture(page, slug, step, kind)


def film(
    html: str, slug: str, steps: Sequence[int], kind: str, *, speed: float = 1.0, width: int = 1100, dark: bool = False,
    progress: Progress = lambda done, total: None,
) -> bytes:  # fmt: skip
    """Steps of an exported page as a film. kind: "gif", "mp4" or "webm". An exception that progress raises cancels."""
    if kind != "gif" and not shutil.which("ffmpeg"):
        raise ExportError(f"an {kind} needs ffmpeg, which is not installed; install it, or export a .gif")
    frames = []
    with _opened(html, slug, width, dark) as page:
        for done, step in enumerate(steps):
            progress(done, len(steps))
            frames.append(_picture(page, slug, step, "png"))
    progress(len(steps), len(steps))
    rate = STEPS_A_SECOND * speed
    return _gif(frames, rate) if kind == "gif" else _video(frames, rate, kind)


@contextmanager
def _opened(html: str, slug: str, width: int, dark: bool) -> Iterator[Page]:
    """The page in a browser, ready to be asked."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "view.html"
        file.write_text(html, encoding="utf-8")
        try:
            browser = stack.enter_context(opened_browser("--disable-gpu"))
        except BrowserError as error:
            raise ExportError(f"pictures need a Chromium browser ({error}); or export .html") from None
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
        page.goto(file.as_uri(), wait_until="domcontentloaded")
        _ask(page, slug, 0, "")
        yield page


def _picture(page: Page, slug: str, step: int, kind: str) -> bytes:
    text = _ask(page, slug, step, kind)
    return text.encode() if kind == "svg" else base64.b64decode(text)


def _ask(page: Page, slug: str, step: int, kind: str) -> str:
    """The picture as the page gives it, or only that it is there (kind ""). Raises ExportError, at the latest in PATIENCE."""
    from playwright.sync_api import Error

    try:
        answer: str = page.evaluate(IN_TIME, [slug, step, kind, PATIENCE])
    except Error as error:
        why = error.message.removeprefix("Page.evaluate: ").removeprefix("Error: ").splitlines()[0]
        raise ExportError(f"the page of {slug} gave no picture ({why}); export .html and open it in a browser") from None
    return answer


def _gif(frames: Sequence[bytes], rate: float) -> bytes:
    from PIL import Image

    pictures = [Image.open(io.BytesIO(frame)).convert("RGB").reduce(FINE) for frame in frames]
    images = [picture.quantize(colors=256, dither=Image.Dither.NONE) for picture in pictures]
    durations = [round(1000 / rate)] * (len(images) - 1) + [LAST_FRAME]
    file = io.BytesIO()
    images[0].save(file, "GIF", save_all=True, append_images=images[1:], duration=durations, loop=0, optimize=False, disposal=1)
    return file.getvalue()


def _video(frames: Sequence[bytes], rate: float, kind: str) -> bytes:
    codec = ["-c:v", "libx264", "-crf", "18"] if kind == "mp4" else ["-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0"]
    even = "scale=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p"  # what players can show
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"film.{kind}"
        command = ["ffmpeg", "-loglevel", "error", "-f", "image2pipe", "-framerate", str(rate), "-c:v", "png", "-i", "-"]
        done = subprocess.run([*command, "-vf", even, *codec, str(target)], input=b"".join(frames), capture_output=True)
        if done.returncode:
            raise ExportError(
                f"ffmpeg could not make the {kind}: {done.stderr.decode().strip().splitlines()[-1]}; export a .gif"
            )
        return target.read_bytes()
