"""Firefox without a window, driven by WebDriver BiDi: a websocket with JSON, which it serves itself; no driver is needed."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from panel_process import free_port
from tornado.websocket import WebSocketClientConnection, websocket_connect

COMMANDS = ("firefox-esr", "firefox")
PATIENCE = 120  # seconds
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False, "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False, "browser.aboutwelcome.enabled": False, "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "dom.serviceWorkers.testing.enabled": True,
}  # fmt: skip


class PageFault(RuntimeError):  # noqa: N818  (the page's, not ours)
    """A script of the page has thrown."""


class Firefox:
    """One window. `go` opens an address, `run` evaluates JavaScript in it and waits for its promise."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.ensure_future(self._read())
        self.context = ""
        self.problems: list[str] = []

    async def begin(self) -> None:
        """Begin the session, and hear what the page says on its console."""
        await self.send("session.new", {"capabilities": {}})
        await self.send("session.subscribe", {"events": ["log.entryAdded"]})
        self.context = (await self.send("browsingContext.create", {"type": "tab"}))["context"]
        await self.send("browsingContext.setViewport", {"context": self.context, "viewport": {"width": 1280, "height": 800}})

    async def send(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """A command and its result. Raises RuntimeError if it is refused, TimeoutError if nothing comes."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.write_message(json.dumps({"id": number, "method": method, "params": parameters}))
        async with asyncio.timeout(PATIENCE):
            result: dict[str, Any] = await self._waiting[number]
            return result

    async def go(self, address: str) -> None:
        """Open an address."""
        await self.send("browsingContext.navigate", {"context": self.context, "url": address, "wait": "complete"})

    async def run(self, script: str, context: str = "") -> Any:
        """The value of an expression, as JSON holds it. Raises PageFault."""
        wrapped = f"Promise.resolve({script}).then((value) => JSON.stringify(value ?? null))"
        told = await self.send(
            "script.evaluate",
            {"expression": wrapped, "target": {"context": context or self.context}, "awaitPromise": True},
        )
        if told["type"] == "exception":
            raise PageFault(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"])

    async def becomes(self, script: str, wanted: Any, context: str = "") -> None:
        """Read until it is what is wanted. Raises TimeoutError."""
        last, found = time.monotonic() + PATIENCE, None
        while time.monotonic() < last:
            with contextlib.suppress(PageFault):
                if (found := await self.run(script, context)) == wanted:
                    return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"{script} is {found!r}, not {wanted!r}")

    async def stroke(self, points: list[tuple[int, int]], kind: str = "mouse") -> None:
        """Press, move and release at these places of the window."""
        moves: list[dict[str, Any]] = [{"type": "pointerMove", "x": x, "y": y, "duration": 20} for x, y in points]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        source = {"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": actions}
        await self.send("input.performActions", {"context": self.context, "actions": [source]})

    async def frames(self) -> list[str]:
        """The contexts of the frames in the page."""
        tree = await self.send("browsingContext.getTree", {"root": self.context})
        return [child["context"] for child in tree["contexts"][0]["children"] or ()]

    async def _read(self) -> None:
        while text := await self._socket.read_message():
            message = json.loads(text)
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.problems.append(str(message["params"]["text"])[:200])
            waiting = self._waiting.pop(message.get("id", 0) or 0, None)
            if waiting and message["type"] == "error":
                waiting.set_exception(RuntimeError(f"{message['error']}: {message['message']}"))
            elif waiting:
                waiting.set_result(message["result"])


def find() -> str | None:
    """The path of Firefox, or None."""
    return next(filter(None, map(shutil.which, COMMANDS)), None)


@contextlib.asynccontextmanager
async def firefox(path: str) -> AsyncIterator[Firefox]:
    """A Firefox with a profile of its own, as long as the block lasts."""
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items())
        (Path(profile) / "user.js").write_text("\n".join(lines))
        command = [path, "--headless", "--no-remote", "--profile", profile, f"--remote-debugging-port={port}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            window = Firefox(await _connected(port))
            await window.begin()
            yield window
        finally:
            process.terminate()
            process.wait()


async def _connected(port: int) -> WebSocketClientConnection:
    last = time.monotonic() + PATIENCE
    while True:
        try:
            return await websocket_connect(f"ws://127.0.0.1:{port}/session", max_message_size=1 << 27)
        except OSError:
            if time.monotonic() > last:
                raise
            await asyncio.sleep(0.3)
