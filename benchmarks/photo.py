"""What the photo view costs: a photograph until its five most probable classes are seen, all maps, the webcam, memory.

    python benchmarks/photo.py                  # builds the site into a temporary folder and serves it
    python benchmarks/photo.py --readings 50    # of the webcam, for the rate and for memory

Everything is computed by NumPy in Pyodide, in headless Chromium with its pretended camera. Medians; nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from statistics import median

from page import HERE, Row, change_rows, new_page, print_table, served_site
from playwright.sync_api import Browser, CDPSession, Page
from soak_browser import with_the_size_of_the_heap

from convoscope.homes.browser import opened_browser

CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
READINGS = 200
# More in turns than the view keeps the numbers of, so that each is read anew.
PHOTOGRAPHS = tuple({"image": name} for name in ("panda", "coffee", "koala", "macaw"))
CLASSES = tuple({"why": "gradient", "explain": number} for number in (281, 282, 283, 284, 285, 287))
PLACES = tuple({"why": "occlusion", "cover_row": row} for row in (40, 80, 120, 160))
LAYERS = ({"layers": "conv1,fire5.concat,fire9.concat,conv10"}, {"layers": "pool1,fire4.concat,fire8.concat,conv10"})
CASES = (
    ("photograph to its five most probable classes", PHOTOGRAPHS, 300),
    ("all maps of four layers, 208 of them, drawn", LAYERS, 500),
    ("the map of another class", ({"explain": 281}, {"explain": 285}), None),
    ("gradient × input of another class", CLASSES, None),
    ("the grey square moved", PLACES, 300),
)
SHOWN = """(count) => new Promise((resolve) => {
    const start = performance.now();
    document.querySelector('[data-view="photo"]').addEventListener("traceshown", () => {
        if (!(count -= 1)) resolve((performance.now() - start) / 1000);
    });
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the photo view and print one table.")
    parser.add_argument("--readings", type=int, default=READINGS, help=f"of the webcam (default: {READINGS})")
    options = parser.parse_args()
    with served_site() as address, opened_browser(*CAMERA) as browser:
        rows = [*change_cases(browser, address), *webcam_rows(browser, address, options.readings)]
        machine = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
        print(f"Chromium {browser.version}, headless, page and server on one machine ({machine}); medians\n")
    weights = HERE.parent / "static" / "data" / "imagenet" / "squeezenet.npz"
    print_table([("weights, fetched when the view is opened", weights.stat().st_size / 1e6, 2.6, "MB"), *rows])


def change_cases(browser: Browser, address: str) -> list[Row]:
    """One change of what is shown, until it is drawn."""
    rows: list[Row] = []
    for name, in_turns, budget in CASES:
        with new_page(browser) as page:
            opened(page, f"{address}?view=photo")
            rows += change_rows(page, name, "photo", in_turns, budget)
    return rows


def opened(page: Page, url: str) -> None:
    """Go there and wait until the weights are in their place."""
    page.goto(url)
    page.evaluate("benchmark.ready")
    page.evaluate("asked => benchmark.change(...asked)", ["photo", PHOTOGRAPHS[0]])


def webcam_rows(browser: Browser, address: str, count: int) -> list[Row]:
    """How many pictures of the webcam are read a second, and how memory grows while they are."""
    with new_page(browser) as page:
        page.route("**/worker.js", with_the_size_of_the_heap)
        opened(page, f"{address}?view=photo")
        page.evaluate("asked => benchmark.change(...asked)", ["photo", {"image": "own"}])
        page.get_by_role("button", name="Use the webcam").filter(visible=True).click()
        tools = page.context.new_cdp_session(page)
        page.evaluate(SHOWN, 20)  # the first ones make room
        before = heaps(page, tools)
        parts = [min(20, count - done) for done in range(0, count, 20)]
        rate = median(part / page.evaluate(SHOWN, part) for part in parts)
        growth = [after - earlier for after, earlier in zip(heaps(page, tools), before, strict=True)]
    return [
        ("webcam: readings", rate, 4, "a second"),
        (f"  {count} readings more: JavaScript", growth[0], 1.5, "MB"),
        (f"  {count} readings more: WebAssembly", growth[1], 0, "MB"),
    ]


def heaps(page: Page, tools: CDPSession) -> Sequence[float]:
    """Megabytes of JavaScript's heap after collecting garbage, and of WebAssembly's."""
    tools.send("HeapProfiler.collectGarbage")
    used = tools.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6, page.workers[-1].evaluate("heapSize()") / 1e6


if __name__ == "__main__":
    main()
