"""The parts of the soak that need a browser: the worker dies, the line is cut, training goes on for an hour."""

from __future__ import annotations

import contextlib
import random
import statistics
import time
from collections.abc import Iterator

from page import served_site
from panel_process import free_port, panel_server
from playwright.sync_api import Page, Route, expect
from proxy import Proxy
from train_page import PAUSE, opened

from convoscope.homes.browser import opened_browser

STOPS = 30
DEATHS = {
    "a fault": "setTimeout(() => { throw new Error('planted fault'); })",
    "the end": "self.close()",
    "a hang": "setTimeout(() => { for (;;); })",
}
STATUS = "document.querySelector('.python').dataset.state"


def stops() -> str:
    """How long the page needs to show that a training has stopped."""
    with served_site() as address, opened_browser() as browser:
        page = opened(browser, f"{address}?view=train")
        page.evaluate(PAUSE, 3000)
        found = sorted(page.evaluate(PAUSE, 400 + 37 * n % 300)[0] for n in range(STOPS))
    return f"page: {STOPS} stops, median {statistics.median(found):.0f} ms, most {found[-1]:.0f} ms"


def deaths(count: int) -> str:
    """The worker dies in one of three ways at any moment; how long until the next right frame."""
    moments = random.Random(0)
    told, healed, right = [], [], 0
    with served_site() as address, opened_browser() as browser:
        page = opened(browser, f"{address}?kernel=blur")
        for number in range(count):
            way = list(DEATHS)[number % len(DEATHS)]
            page.wait_for_timeout(moments.uniform(0, 1500))
            began = time.perf_counter()
            with contextlib.suppress(Exception):  # a worker that ends gives no answer
                page.workers[-1].evaluate(DEATHS[way])
            padding = number % 3
            page.evaluate("(settings) => { window.healed = convoscope.views.convolution.set(settings); }", {"padding": padding})
            while page.evaluate(STATUS) == "ready":
                page.wait_for_timeout(20)
            told.append(time.perf_counter() - began)
            page.evaluate("window.healed")
            healed.append(time.perf_counter() - began)
            state = page.evaluate("window.convoscope.views.convolution.state()")
            right += (state["kernel"], state["padding"]) == ("blur", padding)
            print(f"  {number + 1}: {way}, told {told[-1]:.1f} s, healed {healed[-1]:.1f} s", flush=True)
    return (
        f"{right} of {count}, median {statistics.median(healed):.1f} s, most {max(healed):.1f} s; told after "
        f"{statistics.median(told):.1f} s, at most {max(told):.1f} s"
    )


@contextlib.contextmanager
def _server_behind_a_line(line: Proxy) -> Iterator[None]:
    with panel_server(port=line.target, origins=[f"127.0.0.1:{line.port}"], options=["--warm"]):
        yield


def cuts(lengths: list[float]) -> str:
    """The line is cut for so many seconds, and at last the server is started anew."""
    line, figures = Proxy(free_port()), []
    try:
        with opened_browser() as browser:
            page = browser.new_context().new_page()
            page.set_default_timeout(180_000)
            with _server_behind_a_line(line):
                page.goto(f"http://127.0.0.1:{line.port}/app?kernel=blur")
                page.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
                page.evaluate("window.convoscope.ready")
                for number, seconds in enumerate(lengths):
                    figures.append(_cut(page, line, seconds, number))
            began = time.perf_counter()
            with _server_behind_a_line(line):
                page.evaluate("window.convoscope.views.convolution.set({ padding: 3 })")
                figures.append(f"server anew: healed {time.perf_counter() - began:.1f} s after it began to start")
                assert page.evaluate("window.convoscope.views.convolution.state().kernel") == "blur"
    finally:
        line.end()
    return "; ".join(figures)


def _cut(page: Page, line: Proxy, seconds: float, number: int) -> str:
    """-> when it was told and when it was healed"""
    line.cut()
    began = time.perf_counter()
    expect(page.locator(".python")).to_contain_text("connection to the server is lost", timeout=20_000)
    told = time.perf_counter() - began
    page.evaluate("(stride) => { window.healed = window.convoscope.views.convolution.set({ stride }); }", 1 + number % 2)
    page.wait_for_timeout(1000 * (seconds - told))
    line.restore()
    back = time.perf_counter()
    again = page.get_by_role("button", name="Try again")
    if seconds >= 120:
        again.or_(page.locator(".python[data-state=ready]")).first.wait_for()
        if again.is_visible():
            again.click()
    page.evaluate("window.healed")
    assert page.evaluate("window.convoscope.views.convolution.state().stride") == 1 + number % 2
    text = f"{seconds:.0f} s: told after {told:.1f} s, healed {time.perf_counter() - back:.1f} s after its return"
    print(f"  {text}", flush=True)
    return text


def training(minutes: float) -> str:
    """Train and step for so long; how the heaps of JavaScript and WebAssembly grow in the last two thirds."""
    with served_site() as address, opened_browser() as browser:
        page = browser.new_context().new_page()
        page.route("**/worker.js", with_the_size_of_the_heap)
        page.goto(f"{address}?view=train")
        page.locator(".view:not([hidden]) .sentence", has_text="batches").wait_for()
        page.evaluate("window.convoscope.ready")
        tools = page.context.new_cdp_session(page)
        page.get_by_role("button", name="Start training").click()
        began, seen = time.monotonic(), []
        while time.monotonic() - began < 60 * minutes:
            page.wait_for_timeout(min(60_000, 6_000 * minutes))
            page.evaluate("(example) => window.convoscope.views.train.set({ example })", len(seen) % 100)
            tools.send("HeapProfiler.collectGarbage")
            heap = tools.send("Runtime.getHeapUsage")["usedSize"] / 1e6
            wasm = page.workers[-1].evaluate("heapSize()") / 1e6
            seen.append(((time.monotonic() - began) / 3600, heap, wasm))
            print(f"  {60 * seen[-1][0]:5.1f} min: JavaScript {heap:.1f} MB, WebAssembly {wasm:.1f} MB", flush=True)
    hours, heaps, wasms = zip(*seen[len(seen) // 3 :], strict=True)
    slope = statistics.linear_regression(hours, heaps).slope
    return f"{minutes:.0f} min of training: JavaScript {slope:+.1f} MB an hour, WebAssembly {wasms[-1] - wasms[0]:+.1f} MB"


def with_the_size_of_the_heap(route: Route) -> None:
    """The worker's own script, and behind it a function that tells WebAssembly's memory."""
    answer = route.fetch()
    more = "self.heapSize = () => python.then((loaded) => loaded._module.HEAP8.length);"
    route.fulfill(response=answer, body=answer.text() + more)
