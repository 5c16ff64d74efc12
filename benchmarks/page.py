"""What the page costs its visitor: first paint, bytes before Python, settings, playing, strokes, bringing Python up.

    python benchmarks/page.py                      # builds the site into a temporary folder and serves it
    python benchmarks/page.py --runs 9 --verbose   # more runs; the list of files that are fetched before Python

Every number is a median, measured in headless Chromium on this machine. Pyodide with NumPy alone (benchmarks/bare) takes
turns with the page, and their ratio is taken pair by pair, so that a busy machine slows both. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright

from convoscope.homes import site
from convoscope.homes.server import make_server
from convoscope.homes.vendor import FOLDER as RUNTIME

HERE = Path(__file__).resolve().parent
GZIP_LEVEL = 6  # what web servers use when nobody tells them otherwise
WARM_UP, CHANGES = 3, 20  # changes of settings: not counted, counted
PLAY_MILLISECONDS = 5_000
KERNELS = ("sobel_x", "edge")  # in turns, so that every change has something to compute
IMAGES = {
    "7×7 lecture image": {"image": "lecture"},
    "28×28 digit": {"image": "digit", "digit": 7},
    "64×64 photograph": {"image": "camera"},
}
BUDGETS = {"28×28 digit": 50}  # ms

Row = tuple[str, float, float | None, str]  # what, measured, budget, unit


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the page and print one table.")
    parser.add_argument("--runs", type=int, default=5, help="page loads per measurement (default: 5)")
    parser.add_argument("--verbose", action="store_true", help="list the files fetched before Python")
    options = parser.parse_args()
    with served_site() as address, chromium() as browser:
        weights = bytes_before_python(browser, address)
        rows = [
            *paint_rows(browser, address, options.runs),
            ("fetched before Python, gzip", sum(weights.values()) / 1000, 500, "kB"),
            *ready_rows(browser, address, options.runs),
            *interaction_rows(browser, address),
            *stroke_rows(browser, address),
        ]
        machine = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
        print(f"Chromium {browser.version}, headless, page and server on one machine ({machine}); medians\n")
    print_table(rows)
    if options.verbose:
        print("\nFetched before Python, bytes gzip:")
        for name, size in sorted(weights.items(), key=lambda item: -item[1]):
            print(f"  {size:>9,}  {name}")


def print_table(rows: list[Row]) -> None:
    """The rows as a Markdown table."""
    width = max(len(what) for what, *_ in rows)
    print(f"| {'what':<{width}} | measured | budget | unit     |\n| {'-' * width} | -------: | -----: | -------- |")
    for what, measured, budget, unit in rows:
        number = f"{measured:.2f}" if measured < 10 else f"{measured:.1f}" if measured < 100 else f"{measured:.0f}"
        print(f"| {what:<{width}} | {number:>8} | {'' if budget is None else f'{budget:g}':>6} | {unit:<8} |")


@contextlib.contextmanager
def served_site() -> Iterator[str]:
    """Build the site with the bare page beside it and serve both. Yields the address, which ends with a slash."""
    with tempfile.TemporaryDirectory() as folder:
        dist = site.build(Path(folder) / "dist", say=lambda _: None)
        shutil.copytree(HERE / "bare", dist / "bare")
        shutil.copytree(next(dist.glob("pyodide-*")), dist / "bare" / "pyodide")  # the same files, from no warm cache
        shutil.copytree(HERE / "bare", dist / "stock")
        shutil.copytree(RUNTIME, dist / "stock" / "pyodide")  # as Pyodide publishes them, its Python not yet compiled
        server = make_server(dist)
        server.handle_error = lambda *_: None  # a page that is closed in mid-download is no news
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            server.server_close()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, or Playwright's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def new_page(browser: Browser) -> Iterator[Page]:
    """A page with the probe and an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(path=HERE / "probe.js")
    yield context.new_page()
    context.close()


def hold(_: Route) -> None:
    """Leave a request without an answer."""


def bytes_before_python(browser: Browser, address: str) -> dict[str, int]:
    """Everything that the page fetches while its worker is held back. -> {path: bytes gzip}"""
    with new_page(browser) as page:
        responses = []
        page.on("response", lambda response: responses.append(response))
        page.route("**/worker.mjs", hold)
        page.goto(address)
        page.evaluate("benchmark.firstPaint()")
        bodies = {response.url.removeprefix(address): response.body() for response in responses}
        page.unroute_all(behavior="ignoreErrors")
    return {path or "index.html": len(gzip.compress(body, GZIP_LEVEL)) for path, body in bodies.items()}


def paint_rows(browser: Browser, address: str, runs: int) -> list[Row]:
    """When something and when the whole first view is shown, Python loading in the background as always."""
    paints = []
    for _ in range(runs):
        with new_page(browser) as page:
            page.goto(address)
            paints.append(page.evaluate("benchmark.firstPaint()"))
    return [
        ("first contentful paint", median(paint["first"] for paint in paints) / 1000, 1, "s"),
        ("first sentence and figures shown", median(paint["shown"] for paint in paints) / 1000, None, "s"),
    ]


def ready_rows(browser: Browser, address: str, runs: int) -> list[Row]:
    """How long Python takes from the start of the navigation, the page and the bare one in turns."""
    turns = [[ready(browser, address + page) for page in ("", "bare/", "stock/")] for _ in range(runs)]
    pairs = [(ours, bare) for ours, bare, _ in turns]
    return [
        ("Python ready after navigation", median(ours for ours, _ in pairs), None, "s"),
        ("Pyodide and NumPy alone, as published", median(stock for *_, stock in turns), None, "s"),
        ("Python ready ÷ Pyodide and NumPy alone", median(ours / stock for ours, _, stock in turns), 1.3, "×"),
        ("  ÷ the same with our compiled files", median(ours / bare for ours, bare in pairs), None, "×"),
    ]


def ready(browser: Browser, url: str) -> float:
    """Seconds from the start of the navigation until Python is ready."""
    with new_page(browser) as page:
        page.goto(url)
        return page.evaluate("benchmark.ready") / 1000


def interaction_rows(browser: Browser, address: str) -> list[Row]:
    """Changes of settings and playing, with Python ready."""
    with new_page(browser) as page:
        page.goto(address)
        page.evaluate("benchmark.ready")
        rows = [row for image in IMAGES for row in change_rows(page, image)]
        page.evaluate("settings => benchmark.change(settings)", IMAGES["28×28 digit"])
        return rows + play_rows(page)


def change_rows(page: Page, image: str) -> list[Row]:
    """One change of the kernel, from the call until the new frames are drawn, and the part of it that the worker takes."""
    changes = []
    for turn in range(WARM_UP + CHANGES):
        settings = IMAGES[image] | {"kernel": KERNELS[turn % len(KERNELS)]}
        changes.append(page.evaluate("settings => benchmark.change(settings)", settings))
    counted = changes[WARM_UP:]
    return [
        (f"one setting change, {image}", median(change["whole"] for change in counted), BUDGETS.get(image), "ms"),
        ("  of it the worker", median(change["worker"] for change in counted), None, "ms"),
    ]


def play_rows(page: Page) -> list[Row]:
    """Frames a second, and what each costs the main thread, while the digit plays at the highest speed."""
    page.get_by_label("Speed").filter(visible=True).select_option("8")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # processor time: other programs do not count
    before = metrics(session)
    played = page.evaluate("time => benchmark.play(time)", PLAY_MILLISECONDS)
    spent = {name: 1000 * (value - before[name]) / played["frames"] for name, value in metrics(session).items()}
    if not played["playing"]:
        raise RuntimeError(f"the view stopped at step {played['step']} while it was measured; shorten PLAY_MILLISECONDS")
    return [
        ("playing a 28×28 digit at 8×", played["frames"] / played["seconds"], 60, "frames/s"),
        ("  script a frame", spent["ScriptDuration"], 4, "ms"),
        ("  style and layout a frame", spent["RecalcStyleDuration"] + spent["LayoutDuration"], None, "ms"),
        ("  the main thread a frame, all work", spent["TaskDuration"], None, "ms"),
    ]


def stroke_rows(browser: Browser, address: str) -> list[Row]:
    """Strokes on the pad of the network view, read by LeNet-5."""
    with new_page(browser) as page:
        page.goto(f"{address}?view=network")
        page.evaluate("benchmark.ready")
        strokes = [page.evaluate("benchmark.stroke()") for _ in range(WARM_UP + CHANGES)][WARM_UP:]
    samples = [sample for stroke in strokes for sample in stroke["samples"]]
    return [
        ("a sample of a stroke, script", median(sample["handler"] for sample in samples), None, "ms"),
        ("  until its ink is drawn, waiting for the frame", median(sample["ink"] for sample in samples), 16, "ms"),
        ("end of a stroke to all layers of LeNet-5", median(stroke["end"] for stroke in strokes), 100, "ms"),
    ]


def metrics(session: CDPSession) -> dict[str, float]:
    """Seconds of processor time that the page's main thread has spent so far, by kind of work."""
    return {item["name"]: item["value"] for item in session.send("Performance.getMetrics")["metrics"]}


if __name__ == "__main__":
    main()
