"""The Panel home through a line that is cut, freezes and comes back, and a server that is started anew."""

import contextlib
import os
import re

import pytest
from playwright.sync_api import TimeoutError, expect
from proxy import Proxy

from .conftest import Explorer, free_port, new_context, panel_server

LOST = ["Failed to", "Lost websocket", "websocket error", "WebSocket", "ERR_", "Could not", "Disconnected", "[bokeh", "503"]
READY = re.compile("Python is ready")


@pytest.fixture
def line():
    """A proxy before a Panel server."""
    made = Proxy(free_port())
    yield made
    made.end()


@pytest.fixture
def server(line):
    with panel_server(port=line.target, origins=[f"127.0.0.1:{line.port}"]):
        yield


@pytest.fixture
def visitor(line, browser, context_options):
    """A page behind the proxy, before it is opened."""
    context = new_context(browser, **context_options)
    explorer = Explorer(context.new_page(), f"http://127.0.0.1:{line.port}/app")
    explorer.expect(*LOST)
    yield explorer
    context.close()
    assert explorer.unexpected() == []


def status(explorer):
    return explorer.page.get_by_role("status", name="Python", exact=True)


def comes_back(visitor):
    """The next try comes within ten seconds of the page's clock; what the real socket then needs are real ones."""
    for _ in range(12):
        visitor.page.clock.fast_forward(1000)
        with contextlib.suppress(TimeoutError):
            return status(visitor).filter(has_text=READY).wait_for(timeout=1000)
    return expect(status(visitor)).to_have_text(READY)


def ask(explorer, **settings):
    """Change settings without waiting for the answer."""
    explorer.page.evaluate(
        "([slug, settings]) => { window.answered = window.convoscope.views[slug].set(settings); }", [explorer.slug, settings]
    )


@pytest.mark.usefixtures("server")
def test_a_line_that_is_cut_is_told_and_healed_and_nothing_is_lost(line, visitor):
    visitor.open("?kernel=blur&padding=1&step=3")
    line.cut()
    expect(status(visitor)).to_contain_text("The connection to the server is lost")
    ask(visitor, stride=2)
    assert visitor.state()["stride"] == 1
    line.restore()
    visitor.page.evaluate("window.answered")
    expect(status(visitor)).to_have_text(READY)
    state = visitor.state()
    assert [state[name] for name in ("kernel", "padding", "stride")] == ["blur", 1, 2]
    visitor.set(bias=1)
    assert visitor.state()["bias"] == 1


@pytest.mark.usefixtures("server")
def test_a_line_that_freezes_is_told_and_the_change_under_way_is_made(line, visitor):
    visitor.open()
    line.freeze()
    ask(visitor, kernel="blur")
    expect(status(visitor)).to_contain_text("The server does not answer at the moment")
    line.restore()
    visitor.page.evaluate("window.answered")
    expect(status(visitor)).to_have_text(READY)
    line.freeze()
    expect(status(visitor)).to_contain_text("The connection to the server is lost")
    ask(visitor, padding=2)
    line.cut()
    line.restore()
    visitor.page.evaluate("window.answered")
    assert [visitor.state()[name] for name in ("kernel", "padding")] == ["blur", 2]


@pytest.mark.usefixtures("server")
def test_cuts_of_5_30_and_119_seconds_heal_by_themselves(line, visitor):
    """The page's clock is wound on, its timers and the sockets are real. `make soak` waits for the seconds themselves."""
    page = visitor.page
    page.clock.install()
    visitor.open("?kernel=blur&padding=1")
    for seconds, stride in ((5, 2), (30, 3), (119, 1)):
        line.cut()
        expect(status(visitor)).to_contain_text("The connection to the server is lost")
        ask(visitor, stride=stride)
        for _ in range(seconds):
            page.clock.fast_forward(1000)
        expect(status(visitor).get_by_role("button")).to_have_count(0)
        line.restore()

        comes_back(visitor)
        page.evaluate("window.answered")
        assert [visitor.state()[name] for name in ("kernel", "padding", "stride")] == ["blur", 1, stride]


@pytest.mark.usefixtures("server")
def test_a_silent_line_is_told_within_two_seconds(line, visitor):
    page = visitor.page
    page.clock.install()
    visitor.open()
    line.freeze()
    page.clock.run_for(2000)
    expect(status(visitor)).to_contain_text("The server does not answer at the moment", timeout=100)
    line.restore()
    expect(status(visitor)).to_have_text(READY)


SMALL = "?view=train&architecture=logistic"


def test_a_server_that_was_started_anew_gets_what_the_page_holds(line, visitor):
    visitor.slug = "train"
    with panel_server(port=line.target, origins=[f"127.0.0.1:{line.port}"]):
        page = visitor.open(SMALL)
        run = page.locator(".train-run")
        run.click()
        visitor.becomes(lambda: visitor.state()["checkpoint"] == -1 and batches(page) > 20, True)
        run.click()
        expect(page.locator("[data-view=train] [data-fact=status]")).to_have_text("paused")
        learned = batches(page)
        page.get_by_role("link", name="Convolution", exact=True).click()
        page.locator("[data-view=convolution] .sentence", has_text="output[").wait_for()
        page.evaluate("window.convoscope.views.convolution.set({weights: '1,2;3,4'})")
    expect(status(visitor)).to_contain_text("The connection to the server is lost")
    with panel_server(port=line.target, origins=[f"127.0.0.1:{line.port}"]):
        expect(status(visitor)).to_have_text(READY)
        page.evaluate("window.convoscope.views.convolution.set({stride: 2})")
        state = page.evaluate("window.convoscope.views.convolution.state()")
        assert (state["weights"], state["stride"]) == ([[1, 2], [3, 4]], 2)
        page.get_by_role("link", name="Train", exact=True).click()
        expect(page.locator("[data-view=train] [data-do=step]")).to_be_enabled()
        page.locator("[data-view=train] [data-do=step]").click()
        visitor.becomes(lambda: batches(page), learned + 1)


def batches(page):
    return int(page.locator("[data-view=train] [data-fact=batches]").first.inner_text().replace(",", "") or 0)


@pytest.mark.usefixtures("server")
def test_after_two_minutes_the_user_is_asked_and_the_link_holds_everything(line, visitor):
    page = visitor.page
    page.clock.install()
    visitor.open("?kernel=blur&padding=2&step=4")
    line.cut()
    expect(status(visitor)).to_contain_text("The connection to the server is lost")
    button = status(visitor).get_by_role("button", name="Try again")

    def asked():
        page.clock.fast_forward(9000)
        return button.is_visible()

    visitor.becomes(asked, True)
    expect(status(visitor)).to_contain_text("could not be reached for two minutes")
    link = status(visitor).get_by_role("link", name="The link that holds what is shown").get_attribute("href")
    assert re.search(r"kernel=blur.*padding=2.*step=4", link)
    line.restore()
    button.click()

    comes_back(visitor)
    visitor.set(stride=2)
    assert [visitor.state()[name] for name in ("kernel", "padding", "stride")] == ["blur", 2, 2]


def test_a_place_is_free_as_soon_as_a_page_is_closed_and_a_waiting_page_comes_in(browser):
    with panel_server(env=os.environ | {"CONVOSCOPE_SESSIONS": "1"}) as url:
        context = new_context(browser)
        first, second = context.new_page(), context.new_page()
        for _ in range(3):  # a fetched page holds no place
            assert context.request.get(url).ok
        first.goto(url)
        first.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
        first.reload()  # nor does one that was left
        first.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
        second.goto(url)
        expect(second.get_by_role("heading", name="Every place is taken")).to_be_visible()
        first.close()
        second.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
        context.close()
