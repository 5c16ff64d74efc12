"""The parts of the soak that need no browser: sessions that come and go, and training that is told to stop."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path

import watched_loop
from load import settled
from panel_process import panel_server
from websocket_page import WebsocketPage

from convoscope.views import SLUGS

TOGETHER = 20  # sessions at once
STOPS = 40


def sessions(count: int) -> str:
    """Open and close so many sessions, each of which looks at every view; what stays."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loop.json"
        with panel_server(plant=watched_loop.plant(path), options=["--warm"]) as url:
            pid = panel_server.process.pid  # type: ignore[attr-defined]
            held = []
            for done in range(0, count, TOGETHER):
                asyncio.run(_come_and_go(url, TOGETHER))
                if done % 100 == 0:
                    held.append(settled(pid, path))
                    print(f"  after {done + TOGETHER} sessions: {held[-1]:.0f} MB", flush=True)
            held.append(settled(pid, path))
            objects = watched_loop.ask(pid, path)["objects"]
    left = ", ".join(f"{objects[name]} {name}" for name in ("Document", "ServerSession", "Visitor"))
    return f"{count} sessions: {left} left; {held[0]:.0f} MB after {TOGETHER}, {held[-1]:.0f} MB at the end"


async def _come_and_go(url: str, count: int) -> None:
    async def one() -> None:
        page = await WebsocketPage(url).open()
        for slug in SLUGS:
            await page.ask(slug, "draw")
            await page.ask(slug, "reset")
        await page.ask("convolution", "settings", {"image": "camera", "kernel": "blur"})
        await page.close()

    await asyncio.gather(*(one() for _ in range(count)))


def stops() -> str:
    """How long a server needs to stop a training, at every kind of moment."""
    with panel_server(options=["--warm"]) as url:
        found = sorted(1000 * seconds for seconds in asyncio.run(_stop_again_and_again(url)))
    return f"server: {STOPS} stops, median {statistics.median(found):.0f} ms, most {found[-1]:.0f} ms"


async def _stop_again_and_again(url: str) -> list[float]:
    page, moments, found = await WebsocketPage(url).open(), random.Random(0), []
    await page.ask("train", "draw")
    for _ in range(STOPS):
        await page.ask("train", "start")
        await asyncio.sleep(moments.uniform(0.1, 1.0))
        began = time.perf_counter()
        await page.ask("train", "pause")
        found.append(time.perf_counter() - began)
    await page.close()
    return found
