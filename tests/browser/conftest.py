"""A real site, a real browser, and a page that fails its test for any foreign request, console error or broken policy."""

import contextlib
import fcntl
import functools
import http.server
import os
import re
import reprlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from panel_process import free_port as free_port  # tests find it here
from panel_process import panel_server
from playwright.sync_api import Browser, Locator, Page, expect

from convoscope.homes import site as builder
from convoscope.homes.browser import opened_browser
from convoscope.homes.server import SiteHandler
from convoscope.homes.vendor import FOLDER as RUNTIME
from convoscope.views.session import LESSONS

from .shared_window import PATIENCE, SILENT_WORKERS, SharedWindow
from .shared_window import new_context as new_context

ROOT = Path(__file__).resolve().parent.parent.parent
SUB_PATH = "lectures/cnn"  # the site must work below any path, so all tests run it below this one
LOCAL = ("http://127.0.0.1:", "http://localhost:", "data:", "blob:")
QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Every page starts Python anew; to optimise its WebAssembly each time takes a third of all the processors' time.
QUIET.append("--js-flags=--liftoff-only")
QUIET += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]  # a camera for whoever asks for one

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="session")
def built_site(tmp_path_factory) -> Path:
    """The folder that a web server would hand out, with the site in a folder below it; built once for all processes."""
    assert (RUNTIME / "pyodide.mjs").exists(), "the runtime is missing; run `make vendor` first"
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "www"
    (root / SUB_PATH).parent.mkdir(parents=True, exist_ok=True)
    with (root.parent / "www.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / SUB_PATH).exists():
            builder.build(root / SUB_PATH, say=lambda text: None)
    return root


@pytest.fixture(scope="session")
def site_url(built_site) -> Iterator[str]:
    """The address of the site's folder, with the slash."""
    with serving(built_site) as url:
        yield f"{url}{SUB_PATH}/"


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Somebody else's web server, without our headers."""

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not news."""


class serving:  # noqa: N801  (reads as a word)
    """A web server for a folder, in a thread, as long as the block lasts."""

    def __init__(self, folder: Path, handler: type[http.server.SimpleHTTPRequestHandler] = SiteHandler) -> None:
        bound = functools.partial(handler, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), bound)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}/"

    def __exit__(self, *exception: object) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with opened_browser(*QUIET) as browser:
        yield browser


class Explorer:
    """A page, and what a careful user of it would notice."""

    slug = "convolution"  # the view that state, data and set speak of

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.problems: list[str] = []
        self.expected: list[str] = ["Service Worker registration blocked by Playwright"]  # as context_options say
        page.on("console", lambda message: self._note(message.type in {"error", "warning"}, message.text))
        page.on("pageerror", lambda error: self._note(True, str(error)))
        page.on("request", lambda request: self._note(not request.url.startswith(LOCAL), f"foreign request: {request.url}"))

    def _note(self, bad: bool, text: str) -> None:
        if bad:
            self.problems.append(text)

    def expect(self, *words: str) -> None:
        """Problems with these words are what this test provokes."""
        self.expected += words

    def unexpected(self) -> list[str]:
        return [text for text in self.problems if not any(words in text for words in self.expected)]

    def open(self, address: str = "", *, ready: bool = True) -> Page:
        """Go to an address of the site; wait for the first picture, and for Python too unless told otherwise."""
        self.page.goto(self.url + address)
        self.page.locator(".view:not([hidden]) .sentence:visible", has_text=re.compile(r"\S")).wait_for()
        if ready:
            self.page.evaluate("window.convoscope.ready")
        return self.page

    def hold_python(self) -> None:
        """The worker never comes: whatever works then works without Python."""
        self.page.add_init_script(SILENT_WORKERS)

    def step(self, number: int) -> None:
        self.page.evaluate("([slug, step]) => window.convoscope.views[slug].step(step)", [self.slug, number])

    def state(self) -> dict:
        return self.page.evaluate("(slug) => window.convoscope.views[slug].state()", self.slug)

    def data(self, source: str) -> dict:
        return self.page.evaluate("([slug, source]) => window.convoscope.views[slug].data(source)", [self.slug, source])

    def set(self, **settings: object) -> None:
        self.page.evaluate("([slug, settings]) => window.convoscope.views[slug].set(settings)", [self.slug, settings])

    def sentence(self) -> str:
        return self.page.locator(".view:not([hidden]) .sentence").inner_text()

    def notice(self) -> str:
        return self.page.locator(".view:not([hidden]) .notices").inner_text()

    def becomes(self, read: Callable[[], object], expected: object) -> None:
        """Read once a frame until it is what is expected: for what no locator can wait for."""
        last = time.monotonic() + PATIENCE
        while (found := read()) != expected:
            # Not by assert, which would take minutes to compare two pictures line by line.
            if time.monotonic() > last:
                pytest.fail(f"after {PATIENCE} seconds it is {reprlib.repr(found)} and not {reprlib.repr(expected)}")
            self.page.evaluate("new Promise(requestAnimationFrame)")


@pytest.fixture
def context_options() -> dict:
    """What the browser says of itself; a test module may override it."""
    return {"viewport": {"width": 1280, "height": 800}, "service_workers": "block"}  # test_offline.py


@contextlib.contextmanager
def explored(request: pytest.FixtureRequest, browser: Browser, url: str, options: dict) -> Iterator[Explorer]:
    """A window for one test, which fails if the page had problems. The view is that of the test module's SLUG, if any."""
    context = new_context(browser, **options)
    explorer = Explorer(context.new_page(), url)
    explorer.slug = getattr(request.module, "SLUG", Explorer.slug)
    yield explorer
    context.close()
    assert explorer.unexpected() == []


@pytest.fixture
def own_python() -> None:
    """For a test that routes, counts, kills or measures the page's worker: its page has a window and a Python of its own."""


@pytest.fixture(scope="session")
def shared_window(browser, site_url) -> Iterator[SharedWindow]:
    window = SharedWindow(browser, site_url)
    yield window
    window.close()


@pytest.fixture
def explorer(request, browser, site_url, context_options) -> Iterator[Explorer]:
    if "own_python" in request.fixturenames:
        with explored(request, browser, site_url, context_options) as explorer:
            yield explorer
        return
    window, failures = request.getfixturevalue("shared_window"), request.session.testsfailed
    with window.page(context_options) as page:
        explorer = Explorer(page, site_url)
        explorer.slug = getattr(request.module, "SLUG", Explorer.slug)
        yield explorer
    if request.session.testsfailed > failures:
        window.close()  # what a failing test leaves behind fails no other
    assert explorer.unexpected() == []


@pytest.fixture
def page(request, explorer) -> Page:
    """The page with Python ready, at the address that the test module calls VIEW, if it has one."""
    return explorer.open(getattr(request.module, "VIEW", ""))


@pytest.fixture
def view(explorer) -> Locator:
    """The part of the page that shows the view."""
    return explorer.page.get_by_role("region", name=LESSONS[explorer.slug].TITLE, exact=True)


@pytest.fixture(scope="session")
def panel_url() -> Iterator[str]:
    with panel_server() as url:
        yield url


@pytest.fixture
def panel_explorer(request, browser, panel_url, context_options) -> Iterator[Explorer]:
    with explored(request, browser, panel_url, context_options) as explorer:
        yield explorer
