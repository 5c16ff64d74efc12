"""What embeds cost a deck: the first paint of one, the memory of six with their one shared Python, the size of one file.

    python benchmarks/embeds.py            # builds the site into a temporary folder and serves it; nothing is asserted

Memory is the PSS (each shared page counted by its share) of all renderer processes of the browser, where the iframes and
the shared worker live; a page without embeds in the same browser is measured too and told beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from convoscope.homes import site
from convoscope.homes.browser import opened_browser
from convoscope.homes.server import make_server
from convoscope.homes.single_file import single_file

VIEWS = ("convolution", "downsampling", "rgb", "gradients", "detective", "architectures")
DECK = (
    '<!DOCTYPE html><title>six</title><link rel=icon href="data:,"><script type=module src=../convoscope-embed.js></script>{}'
)
FRAME = '<convoscope-view view="{}" hide="title,controls,caption" style="width: 49%; float: left" height=400></convoscope-view>'
SHOWN = "!!document.querySelector('.view:not([hidden]) .sentence')?.textContent"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure embeds and print one table.")
    parser.add_argument("--runs", type=int, default=5, help="first paints (default: 5)")
    options = parser.parse_args()
    mark = f"--convoscope={secrets.token_hex(4)}"  # by which the browser's processes are found
    with served() as address, opened_browser("--disable-gpu", mark) as browser:
        paint, shown = zip(*(first_paint(browser, address) for _ in range(options.runs)), strict=True)
        alone, six = (deck_memory(browser, f"{address}decks/{name}.html", mark) for name in ("none", "six"))
    size = len(single_file("convolution").encode()) / 1e6
    print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| what | measured | budget | unit |\n| --- | ---: | ---: | --- |")
    print(f"| first contentful paint of an embed | {median(paint):.2f} | 0.8 | s |")
    print(f"| its first sentence shown | {median(shown):.2f} | | s |")
    print(f"| renderers, a page without embeds | {alone:.0f} | | MB |")
    print(f"| renderers, six embeds all shown, Python ready | {six:.0f} | 600 | MB |")
    print(f"| convolution as one file | {size:.2f} | 1.2 | MB |")


def first_paint(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds after navigation, with an empty cache: first contentful paint, first sentence."""
    context = browser.new_context(viewport={"width": 960, "height": 540})
    page = context.new_page()
    page.goto(f"{address}embed.html?view=convolution&hide=controls,caption")
    page.evaluate(f"new Promise((done) => {{ const look = () => {SHOWN} ? done() : requestAnimationFrame(look); look(); }})")
    shown = page.evaluate("performance.now()") / 1000
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    context.close()
    return paint, shown


def deck_memory(browser: Browser, address: str, mark: str) -> float:
    """Megabytes of all renderers while this page is open and all its views have their Python."""
    context = browser.new_context(viewport={"width": 1280, "height": 1300})
    page = context.new_page()
    page.goto(address)
    for frame in page.locator("iframe").element_handles():
        view = frame.content_frame()
        view.locator(".view:not([hidden]) .sentence:visible").wait_for()
        view.wait_for_function("window.convoscope")  # the picture comes before the door to the view
        view.evaluate("window.convoscope.ready")
    memory = sum(pss(process) for process in renderers(mark))
    context.close()
    return memory


def renderers(mark: str) -> list[Path]:
    """The renderer processes below the browser that was started with this mark."""
    parents, words = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            words[folder.name] = (folder / "cmdline").read_bytes().decode(errors="replace")
            parents[folder.name] = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
    below = {number for number, text in words.items() if mark in text}
    while more := {number for number, parent in parents.items() if parent in below} - below:
        below |= more
    return [Path("/proc") / number for number in below if "--type=renderer" in words[number]]


def pss(process: Path) -> float:
    """Megabytes of a process, what it shares counted by its share."""
    lines = (process / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000


@contextlib.contextmanager
def served() -> Iterator[str]:
    """A fresh site with both decks in it, as long as the block lasts; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        dist = site.build(Path(folder) / "dist", say=lambda text: None)
        (dist / "decks").mkdir()
        (dist / "decks" / "none.html").write_text(DECK.format(""))
        (dist / "decks" / "six.html").write_text(DECK.format("".join(FRAME.format(view) for view in VIEWS)))
        server = make_server(dist)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
