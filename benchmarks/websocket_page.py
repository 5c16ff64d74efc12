"""A page of the Panel server without a browser: its websocket, spoken as BokehJS speaks it, and nothing is drawn."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

TOKEN = re.compile(r'id="token"[^>]*content="([^"]+)"')
PIECE = 500_000  # characters, as the page does (static/js/panel.mjs)
AsyncHTTPClient.configure(None, max_clients=500)


class ServerFull(Exception):  # noqa: N818  (an answer, not an error)
    """Every place on the server is taken."""


@dataclass
class Answer:
    """What came back for an event: the header of its packet, or a view's figures."""

    seconds: float
    header: dict[str, Any]
    size: int


@dataclass
class WebsocketPage:
    """One open page. `open` makes it; then `ask` sends an event and waits for its answer."""

    url: str
    seconds_to_page: float = 0.0
    news: int = 0
    closed: bool = False
    _asked: dict[int, tuple[float, asyncio.Future[Answer]]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _replies: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)

    async def open(self) -> WebsocketPage:
        """Fetch the page and open its websocket. Raises ServerFull."""
        began = time.perf_counter()
        response = await AsyncHTTPClient().fetch(HTTPRequest(self.url, request_timeout=60))
        self.seconds_to_page = time.perf_counter() - began
        found = TOKEN.search(response.body.decode())
        if not found:
            raise ServerFull
        address = re.sub("^http", "ws", self.url) + "/ws"
        origin = {"Origin": self.url.rsplit("/", 1)[0]}
        self._socket: WebSocketClientConnection = await websocket_connect(
            HTTPRequest(address, headers=origin), subprotocols=["bokeh", found[1]], max_message_size=1 << 27
        )
        protocol: Any = self._socket.protocol
        protocol.set_nodelay(True)  # as browsers do
        await self._message()  # ACK
        self._reading = asyncio.ensure_future(self._read())
        document = await self.request("PULL-DOC-REQ")
        tags = document["content"]["doc"]["roots"][0]["attributes"]["tags"]
        self._events = tags[0]["id"]
        return self

    async def ask(self, view: str, name: str, value: Any = None) -> Answer:
        """Send an event; its answer."""
        number = next(self._numbers)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[number] = time.perf_counter(), future
        text = json.dumps({"view": view, "name": name, "value": value})
        for at in range(0, len(text), PIECE):
            columns = {"id": [number], "piece": [text[at : at + PIECE]], "last": [at + PIECE >= len(text)]}
            new = {"type": "map", "entries": list(columns.items())}
            change = {"kind": "ModelChanged", "model": {"id": self._events}, "attr": "data", "new": new}
            await self._send("PATCH-DOC", {"events": [change]})
        return await future

    async def request(self, kind: str) -> dict[str, Any]:
        """A question to the server itself, such as SERVER-INFO-REQ, by which a page sees whether it is there."""
        number = await self._send(kind, {})
        self._replies[number] = asyncio.get_running_loop().create_future()
        return await self._replies[number]

    async def close(self) -> None:
        """Close the page."""
        self.closed = True
        self._socket.close()
        await self._reading

    async def _send(self, kind: str, content: dict[str, Any]) -> str:
        number = f"{id(self)}-{next(self._numbers)}"
        parts = [json.dumps(part) for part in ({"msgid": number, "msgtype": kind}, {}, content)]
        await asyncio.gather(*map(self._socket.write_message, parts))  # at once: no other message may come between them
        return number

    async def _message(self) -> dict[str, Any] | None:
        """The next whole message: its header, its content and its buffers by their names; None at the end."""
        parts = []
        for _ in range(3):
            part = await self._socket.read_message()
            if part is None:
                return None
            parts.append(json.loads(part))
        buffers = {}
        for _ in range(parts[0].get("num_buffers", 0)):
            name, data = await self._socket.read_message(), await self._socket.read_message()
            buffers[json.loads(name or "{}").get("id")] = data
        return {"header": parts[0], "content": parts[2], "buffers": buffers}

    async def _read(self) -> None:
        while message := await self._message():
            reply = self._replies.pop(message["header"].get("reqid", ""), None)
            if reply and not reply.done():
                reply.set_result(message)
            if message["header"]["msgtype"] == "PATCH-DOC":
                self._take(message)
        self.closed = True
        for _, future in self._asked.values():
            if not future.done():
                future.set_exception(ConnectionError("the websocket was closed before the answer came"))

    def _take(self, message: dict[str, Any]) -> None:
        for event in message["content"]["events"]:
            columns = dict(event.get("new", event.get("data", {})).get("entries", ()))
            if "figures" in columns:
                self._answered(columns["id"][0], {}, len(columns["figures"][0]))
            elif "packet" in columns:
                packet = next(iter(message["buffers"].values()), b"")
                if not packet:
                    continue
                header = json.loads(packet[8 : 8 + int.from_bytes(packet[4:8], "little")])
                self._answered(header["id"], header, len(packet))

    def _answered(self, number: int, header: dict[str, Any], size: int) -> None:
        if number not in self._asked:
            self.news += 1
            return
        began, future = self._asked.pop(number)
        if not future.done():  # nobody waits any more
            future.set_result(Answer(time.perf_counter() - began, header, size))
