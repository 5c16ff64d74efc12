"""The Panel home: the same page from `panel serve app.py`, with Python on the server."""

import http.client
import json
import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from bokeh.client import pull_session
from playwright.sync_api import expect

from .conftest import PATIENCE, new_context, panel_server


def test_the_page_of_the_server_plays_and_computes(panel_explorer):
    page = panel_explorer.open("?kernel=blur&step=3")
    assert panel_explorer.sentence().endswith("= 0.5")
    expect(page.get_by_role("status", name="Python", exact=True)).to_have_text(re.compile("Python is ready"))
    page.get_by_label("Image", exact=True).filter(visible=True).select_option("MNIST digit")
    expect(page.locator(".view:not([hidden]) [data-fact=source]")).to_contain_text("MNIST digit 7, labelled 3")
    page.get_by_role("button", name="Last step").click()
    assert panel_explorer.state()["step"] == 675
    cell = page.get_by_label("Kernel weights, row 1, column 1").filter(visible=True)
    cell.fill("x")
    cell.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("row 1, column 1 holds “x”")


def test_animation_stays_in_the_browser(panel_explorer):
    """Stepping sends no data to the server. (Bokeh tells it the figures' sizes at any time.)"""
    page = panel_explorer.page
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: '"data"' in str(frame) and sent.append(frame)))
    panel_explorer.open()
    before = len(sent)
    for _ in range(10):
        page.get_by_role("button", name="Step forward").click()
    assert panel_explorer.state()["step"] == 10
    panel_explorer.set(kernel="blur")  # whatever was sent before this has been heard, too
    assert len(sent) == before + 1


def test_two_visitors_have_their_own_settings(panel_explorer, browser, context_options):
    panel_explorer.open("?kernel=blur")
    context = new_context(browser, **context_options)
    other = context.new_page()
    other.goto(panel_explorer.url)
    other.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
    assert other.evaluate("window.convoscope.views.convolution.state().kernel") == "basic"
    assert panel_explorer.state()["kernel"] == "blur"
    context.close()


def test_a_full_server_says_so(browser):
    with panel_server(env=os.environ | {"CONVOSCOPE_SESSIONS": "1"}) as url:
        context = new_context(browser)
        first, second = context.new_page(), context.new_page()
        first.goto(url)
        first.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
        second.goto(url)
        expect(second.get_by_role("heading", name="Every place is taken")).to_be_visible()
        expect(first.locator(".view:not([hidden]) .sentence")).to_be_visible()
        context.close()


COUNT = """
import collections, gc, json, os, signal
def count(*arguments):
    gc.collect()
    kinds = collections.Counter(type(one).__name__ for one in gc.get_objects())
    with open(os.environ["COUNTS"] + ".new", "w") as file:
        json.dump({name: kinds[name] for name in ("Document", "ServerSession", "Visit", "Visitor", "Session")}, file)
    os.replace(os.environ["COUNTS"] + ".new", os.environ["COUNTS"])
signal.signal(signal.SIGUSR1, count)
"""


def open_and_close(url, pages):
    """Open some pages and look at three views in each."""
    for _ in range(pages):
        session = pull_session(url=url)
        events = session.document.roots[0].tags[0]
        for number, view in enumerate(("convolution", "network", "train"), 1):
            events.data = {"id": [number], "piece": [json.dumps({"view": view, "name": "reset"})], "last": [True]}
        session.force_roundtrip()
        session.close()


def test_nothing_stays_of_pages_that_are_gone(tmp_path):
    counts = tmp_path / "counts.json"
    options = ["--unused-session-lifetime", "500", "--check-unused-sessions", "100"]
    with panel_server(env=os.environ | {"COUNTS": str(counts)}, plant=f"exec({COUNT!r})", options=options) as url:
        with ThreadPoolExecutor(1) as thread:  # in this one Playwright has an event loop
            thread.submit(open_and_close, url, 20).result()
        last = time.monotonic() + PATIENCE
        found = {}
        while found.get("Visit") != 0 or found["ServerSession"] != 0 or found["Visitor"] != 0:
            assert time.monotonic() < last, found
            counts.unlink(missing_ok=True)
            os.kill(panel_server.process.pid, signal.SIGUSR1)
            while not counts.exists():
                assert time.monotonic() < last
            found = json.loads(counts.read_text())
        assert found["Session"] <= 9  # the first picture of each view
        assert found["Document"] <= 2


FAULT = "import convoscope.views.convolution.lesson as lesson; lesson.compute = lambda *arguments: 1 / 0"


def test_a_fault_of_the_server_is_told_and_the_view_goes_on(browser):
    with panel_server(plant=FAULT) as url:
        context = new_context(browser)
        page = context.new_page()
        page.goto(f"{url}?view=downsampling")
        page.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
        page.evaluate("window.convoscope.ready")
        page.get_by_role("link", name="Convolution", exact=True).click()
        expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("unexpected fault (ZeroDivisionError)")
        expect(page.locator("[data-view=convolution]")).not_to_have_attribute("aria-busy", "true")
        page.evaluate("window.convoscope.views.downsampling.set({window: 3})")
        assert page.evaluate("window.convoscope.views.downsampling.state().window") == 3
        context.close()


def websocket_status(url, origin):
    """What the server answers to a page of that origin which wants to open a websocket: 101 or a refusal."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol": "bokeh, token",
        "Origin": origin,
    }
    connection.request("GET", address.path + "/ws", headers=headers)
    response = connection.getresponse()
    status = response.status
    response.close()
    connection.close()
    return status


STRANGERS = ["http://evil.example", "http://127.0.0.1.evil.example:{port}", "http://evil.example/127.0.0.1:{port}", "null"]
STRANGERS += ["http://127.0.0.1:1", "http://127.0.0.1", "http://127.0.0.2:{port}", "http://127.0.0.1:{port}.evil.example"]


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_websocket_of_another_origin_is_refused(panel_url, origin):
    assert websocket_status(panel_url, origin.format(port=urlsplit(panel_url).port)) == 403


def test_a_websocket_of_the_servers_own_origin_is_let_in(panel_url):
    assert websocket_status(panel_url, f"http://{urlsplit(panel_url).netloc}") == 101


def test_several_processes_serve_one_port(browser):
    """A page and its websocket may come to different processes."""
    secret = {"BOKEH_SIGN_SESSIONS": "yes", "BOKEH_SECRET_KEY": "a secret of this test alone, of some length"}
    with panel_server(env=os.environ | secret, options=["--num-procs", "2"]) as url:
        for _ in range(3):
            context = new_context(browser)
            page = context.new_page()
            page.goto(f"{url}?kernel=blur")
            page.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
            page.evaluate("window.convoscope.ready.then(() => window.convoscope.views.convolution.set({stride: 2}))")
            assert page.evaluate("window.convoscope.views.convolution.state().stride") == 2
            context.close()
