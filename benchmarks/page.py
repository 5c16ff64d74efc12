"""What the page costs its visitor: first paint, bytes before Python, settings, playing, strokes, turning, bringing Python up.

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

from playwright.sync_api import Browser, CDPSession, Page, Route

from convoscope.homes import site
from convoscope.homes.browser import opened_browser
from convoscope.homes.precompile import compiled_runtime
from convoscope.homes.server import make_server
from convoscope.homes.vendor import FOLDER as RUNTIME

HERE = Path(__file__).resolve().parent
GZIP_LEVEL = 6  # what web servers use when nobody tells them otherwise
WARM_UP, CHANGES = 3, 20  # changes of settings: not counted, counted
PLAY_MILLISECONDS = 5_000
TURNS = 120  # frames of the scene
KERNELS = ({"kernel": "sobel_x"}, {"kernel": "edge"})  # in turns, so that every change has something to compute
PHOTOGRAPH = {"image": "camera", "size": "64"}
CHANGES_OF = (  # what is measured: the view, its settings, what changes in turns, the budget in ms
    ("7×7 lecture image", "convolution", {"image": "lecture"}, KERNELS, None),
    ("28×28 digit", "convolution", {"image": "digit", "digit": 7}, KERNELS, 50),
    ("64×64 photograph", "convolution", PHOTOGRAPH, KERNELS, None),
    ("224×224 photograph", "convolution", PHOTOGRAPH | {"size": "224"}, KERNELS, 300),
    ("downsampling a 28×28 digit", "downsampling", {"image": "digit", "digit": 7}, ({"window": 3}, {"window": 2}), 50),
    ("rgb, two filters of integers", "rgb", {"preset": "cs231n"}, ({"stride": 1}, {"stride": 2}), 50),
    ("rgb, 32×32×3 photograph, 4 filters", "rgb", {"preset": "lecture", "filters": 4}, ({"stride": 1}, {"stride": 2}), 50),
)

Row = tuple[str, float, float | None, str]  # what, measured, budget, unit


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the page and print one table.")
    parser.add_argument("--runs", type=int, default=5, help="page loads per measurement (default: 5)")
    parser.add_argument("--verbose", action="store_true", help="list the files fetched before Python")
    options = parser.parse_args()
    with served_site() as address, opened_browser() as browser:
        weights = bytes_before_python(browser, address)
        rows = [
            *paint_rows(browser, address, options.runs),
            ("fetched before Python, gzip", sum(weights.values()) / 1000, 500, "kB"),
            *ready_rows(browser, address, options.runs),
            *interaction_rows(browser, address),
            *network_rows(browser, address),
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
        shutil.copytree(compiled_runtime(say=lambda _: None), dist / "bare" / "pyodide")  # all of Python, compiled
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
        page.route("**/worker.js", hold)
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
    rows: list[Row] = []
    for name, view, settings, changes, budget in CHANGES_OF:
        with new_page(browser) as page:
            page.goto(f"{address}?view={view}")
            page.evaluate("benchmark.ready")
            page.evaluate("asked => benchmark.change(...asked)", [view, settings])
            rows += change_rows(page, name, view, changes, budget)
            if name in ("28×28 digit", CHANGES_OF[-1][0]):
                rows += play_rows(page, name, view)
    return rows


def change_rows(page: Page, name: str, view: str, in_turns: tuple[dict[str, object], ...], budget: float | None) -> list[Row]:
    """One change of a setting, from the call until the new frames are drawn, and the part of it that the worker takes."""
    changes = []
    for turn in range(WARM_UP + CHANGES):
        changes.append(page.evaluate("asked => benchmark.change(...asked)", [view, in_turns[turn % len(in_turns)]]))
    counted = changes[WARM_UP:]
    return [
        (f"one setting change, {name}", median(change["whole"] for change in counted), budget, "ms"),
        ("  of it the worker", median(change["worker"] for change in counted), None, "ms"),
    ]


def play_rows(page: Page, name: str, view: str) -> list[Row]:
    """Frames a second, and what each costs the main thread, while a view plays at the highest speed."""
    page.get_by_label("Speed").filter(visible=True).select_option("8")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # processor time: other programs do not count
    before = metrics(session)
    played = page.evaluate("asked => benchmark.play(...asked)", [view, PLAY_MILLISECONDS])
    spent = {name: 1000 * (value - before[name]) / played["frames"] for name, value in metrics(session).items()}
    if not played["playing"]:
        raise RuntimeError(f"the view stopped at step {played['step']} while it was measured; shorten PLAY_MILLISECONDS")
    return [
        (f"playing at 8×, {name}", played["frames"] / played["seconds"], 60, "frames/s"),
        ("  script a frame", spent["ScriptDuration"], 4, "ms"),
        ("  style and layout a frame", spent["RecalcStyleDuration"] + spent["LayoutDuration"], None, "ms"),
        ("  the main thread a frame, all work", spent["TaskDuration"], None, "ms"),
    ]


def network_rows(browser: Browser, address: str) -> list[Row]:
    """The network view: strokes on its pad, read by LeNet-5, and turning its scene."""
    with new_page(browser) as page:
        page.goto(f"{address}?view=network")
        page.evaluate("benchmark.ready")
        strokes = [page.evaluate("benchmark.stroke()") for _ in range(WARM_UP + CHANGES)][WARM_UP:]
        inks = inked(page)
    with new_page(browser) as page:
        page.goto(f"{address}?view=network&mode=3d")
        page.evaluate("benchmark.ready")
        page.locator("[data-part=scene] .plot").scroll_into_view_if_needed()
        turned = [page.evaluate("frames => benchmark.turn(frames)", TURNS) for _ in range(3)]
    return [
        ("a mouse's move until its ink is drawn", median(inks), 16, "ms"),
        ("end of a stroke to all layers of LeNet-5", median(strokes), 100, "ms"),
        ("turning the network in space", median(turned), 30, "frames/s"),
    ]


def inked(page: Page) -> list[float]:
    """Milliseconds of each move of a mouse that draws three strokes."""
    page.evaluate("benchmark.watchInk()")
    box = page.locator("[data-part=pad] .plot").bounding_box()
    assert box
    for stroke in range(3):
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * (0.2 + 0.2 * stroke))
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * (0.3 + 0.2 * stroke), steps=20)
        page.mouse.up()
    found: list[float] = page.evaluate("benchmark.inks")
    return found


def metrics(session: CDPSession) -> dict[str, float]:
    """Seconds of processor time that the page's main thread has spent so far, by kind of work."""
    return {item["name"]: item["value"] for item in session.send("Performance.getMetrics")["metrics"]}


if __name__ == "__main__":
    main()
