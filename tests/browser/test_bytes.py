"""What a first visit fetches, counted where it is sent: a page with Python, an embed that only plays, and plain web servers."""

import functools
import http.server
import threading

import pytest
from playwright.sync_api import expect

from convoscope.homes.server import SiteHandler
from convoscope.views import SLUGS

from .conftest import SUB_PATH, QuietHandler
from .shared_window import new_context

WITH_PYTHON = 8_000_000  # bytes
PYTHON_STARTED = 6_600_000  # of a page that has just started; 6.0 with brotli
ONLY_PLAYS = 700_000
WEIGHTS = {"photo": 2_300_000}  # of SqueezeNet, which that view fetches besides

pytestmark = pytest.mark.usefixtures("own_python")


class Counting:
    """A web server for a folder that counts what it sends, by address."""

    def __init__(self, folder, handler):
        self.sent = sent = {}

        class Counter(handler):
            def copyfile(self, source, outputfile):
                data = source.read()
                sent[self.path] = sent.get(self.path, 0) + len(data)
                outputfile.write(data)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Counter, directory=str(folder)))

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        return self

    def __exit__(self, *exception):
        self.server.shutdown()
        self.server.server_close()

    def bytes(self):
        return sum(self.sent.values())


@pytest.fixture
def context_options():
    return {"viewport": {"width": 1280, "height": 800}, "service_workers": "allow"}


def test_a_first_visit_of_each_view_is_light(explorer, built_site, record_property):
    """All views in one visit, so that each is its own bytes on top of those of the first."""
    with Counting(built_site / SUB_PATH, SiteHandler) as host:
        explorer.url = host.url
        page = explorer.open()
        page.get_by_role("button", name="Keep everything offline").wait_for()  # what was opened is kept by now
        started = host.bytes()
        visits = {}
        for slug in SLUGS:
            before = host.bytes()
            page.locator(f"nav a[data-slug={slug}]").click()
            explorer.becomes(lambda slug=slug: page.evaluate("(slug) => slug in convoscope.views", slug), True)
            page.evaluate("(slug) => convoscope.views[slug].set({})", slug)  # answered by its lesson, with its data
            visits[slug] = started + host.bytes() - before
        record_property("summary", f"a first visit: {started / 1e6:.1f} MB, {max(visits.values()) / 1e6:.1f} at most")
        assert started <= PYTHON_STARTED
        assert {slug: size for slug, size in visits.items() if size > WITH_PYTHON + WEIGHTS.get(slug, 0)} == {}


@pytest.mark.parametrize("slug", ["convolution", "network"])
def test_an_embed_that_only_plays_is_light_until_it_is_touched(browser, built_site, slug):
    with Counting(built_site / SUB_PATH, SiteHandler) as host:
        context = new_context(browser, viewport={"width": 800, "height": 450})
        page = context.new_page()
        page.goto(f"{host.url}embed.html?view={slug}&hide=title,controls,caption")
        view = page.locator(".view:not([hidden])")
        first = view.locator(".sentence:not(:empty)").inner_text()
        page.get_by_role("button", name="Step forward").click()
        expect(view.locator(".sentence")).not_to_have_text(first)
        assert host.bytes() <= ONLY_PLAYS
        assert [path for path in host.sent if path.endswith("worker.js") or "pyodide-" in path] == []
        view.locator(".plot").first.click()
        expect(page.locator(".python[data-state=ready]")).to_be_attached()
        context.close()


def test_scripts_of_others_may_wait_for_python_in_such_an_embed(explorer):
    page = explorer.open("embed.html?view=convolution&hide=title,controls,caption")  # which reads `ready`
    explorer.set(kernel="blur")
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("= 0.")


class PlainHandler(QuietHandler):
    """A host that knows few types, compresses nothing, and calls modules a text and WebAssembly a download."""

    extensions_map = {  # noqa: RUF012  (as in the base class)
        "": "application/octet-stream",
        ".html": "text/html",
        ".css": "text/css",
        ".js": "text/javascript",
        ".mjs": "text/plain",
    }


def test_a_plain_host_will_do(explorer, built_site):
    with Counting(built_site / SUB_PATH, PlainHandler) as host:
        explorer.url = host.url
        explorer.open()
        explorer.set(kernel="blur")
        assert explorer.sentence().endswith("= 0.4")
        assert [path for path in host.sent if path.endswith(".mjs")] == []
        explorer.expect("Failed to load resource")  # what it may cancel
        program = [size for path, size in host.sent.items() if path.endswith(".wasm.gz")]
        assert program
        assert program[0] < 4_000_000
