"""Nothing long runs on the Panel server's event loop: benchmarks/watched_loop.py reads the clock around every callback."""

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
import watched_loop
from panel_process import panel_server
from websocket_page import WebsocketPage

from convoscope.views import SLUGS

LONGEST = 0.020  # seconds of the processor
ROUNDS = 2  # a busy machine makes one round longer, hardly both
# At SIGUSR2 events are answered where they come in: on the event loop.
FAULT = """
import signal
def fault(*_):
    from convoscope.homes.visitor import Visitor
    Visitor.take = Visitor._answer_safely
signal.signal(signal.SIGUSR2, fault)
"""
CHANGES = (
    ("convolution", "settings", {"image": "camera", "size": 224, "kernel": "blur"}),
    ("network", "settings", {"digit": 1234}),
    ("rgb", "settings", {"preset": "lecture", "filters": 4}),
    ("photo", "settings", {"image": "coffee", "compare": 281, "why": "gradient", "layers": "conv1,fire5.concat"}),
    ("photo", "sweep", True),
    ("convolution", "ran", "timed"),
    ("train", "load", "A" * 2_000_000),
    ("convolution", "export", {"kind": "npz", "step": 0}),
)


async def visit(url):
    """Look at every view, change much, let the server compute, press Start and pause."""
    page = await WebsocketPage(url).open()
    await asyncio.gather(*(page.ask(slug, name) for slug in SLUGS for name in ("draw", "reset")))
    for change in CHANGES:
        await page.ask(*change)
    for name, value in (("settings", {"architecture": "logistic"}), ("start", None), ("pause", None)):
        assert (await page.ask("train", name, value)).header["error"] == ""
    await page.close()


async def visits(url):
    await asyncio.gather(*(visit(url) for _ in range(2)))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that was warmed up; makes a function that gives the longest callbacks during a round of visits."""
    path = tmp_path_factory.mktemp("loop") / "loop.json"
    plant = f"{watched_loop.plant(path)}; exec({FAULT!r})"
    with panel_server(plant=plant, options=["--warm"]) as url, ThreadPoolExecutor(1) as thread:
        process = panel_server.process.pid

        def longest():
            thread.submit(asyncio.run, visits(url)).result()  # in this thread Playwright may have an event loop
            return watched_loop.ask(process, path)["longest"][:3]

        longest()  # the training process starts, what is made once is made
        longest.process = process
        yield longest


def test_no_callback_of_the_event_loop_is_long(server):
    rounds = [server() for _ in range(ROUNDS)]
    assert min(longest[0][0] for longest in rounds) < LONGEST, rounds


def test_an_answer_computed_on_the_event_loop_is_seen(server):
    os.kill(server.process, signal.SIGUSR2)
    assert server()[0][0] > LONGEST
