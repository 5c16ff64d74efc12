"""A view in a notebook or a script, set up in Python: `from convoscope.views import convolution; convolution.show(stride=2)`.

What is shown is a page that needs no server, so a saved notebook still plays; where they can, all cells share one program
(shared_program.py). `live` shows the same settings with Python behind them, from a Panel server on this machine. Where a
JupyterHub (also Binder) started the notebook, the browser reaches that server only through the hub, below the notebook's own
path, if jupyter-server-proxy hands requests on.
"""

from __future__ import annotations

import base64
import html
import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .export import ExportOptions, write_file
from .origins import SAME_ORIGIN
from .own_arrays import OwnArrays
from .shared_program import shared
from .single_file import single_file

LONGEST_QUERY = 2000  # characters, as static/js/address.mjs has it
HEIGHT = 720  # pixels of the frame in a notebook
PATIENCE = 120  # seconds in which a server of one's own must answer
HUB = "JUPYTERHUB_SERVICE_PREFIX"  # such as /user/ada/
PROXY = "jupyter_server_proxy"
PUBLIC = ("JUPYTERHUB_PUBLIC_URL", "JUPYTERHUB_PUBLIC_HUB_URL", "JUPYTERHUB_HOST")  # a hub may tell its own address by these
OURSELVES = "127.0.0.1:{port}"
LOCAL = "http://127.0.0.1:{port}/"
ELSEWHERE = (
    "If this frame stays empty, the notebook runs on another machine: give live(proxy=…) the address under which your browser "
    "reaches port {port} there, or use show(), which needs no server."
)


class Shown:
    """One view with its settings. Jupyter displays it; `save` writes it, `live` puts Python behind it."""

    def __init__(self, view: str, settings: Mapping[str, Any], grid: Mapping[str, Sequence[Any]]) -> None:
        own = OwnArrays(view, settings)
        self.view, self.settings, self.grid = view, own.settings, dict(grid)
        self.notes = tuple(own.notes)  # what was done to arrays, in sentences
        self._server: subprocess.Popen[bytes] | None = None
        self._shares = True

    def alone(self) -> Shown:
        """The same view, whose cell holds all it needs and takes nothing from another one (shared_program.py)."""
        self._shares = False
        return self

    def html(self) -> str:
        """The page as text; ExportError with a sentence if a setting is wrong."""
        return single_file(self.view, self.settings, self.grid)

    def save(self, path: str | Path) -> Path:
        """Write the page; returns its path."""
        target = Path(path)
        target.write_text(self.html(), encoding="utf-8")
        return target

    def live(self, port: int = 0, proxy: str | None = None) -> Any:
        """An IPython IFrame of the view on a Panel server of its own, with every control at work; `stop` ends the server.

        On a JupyterHub the address goes through jupyter-server-proxy. proxy: behind another proxy, the address under which
        it hands on ports, such as "/proxy/{port}/". Raises ProxyError with what to do,
        OSError where the server does not come.
        """
        from IPython.display import IFrame

        way = server_address(proxy)
        app = Path(__file__).resolve().parent.parent / "app.py"
        with socket.socket() as free:
            free.bind(("127.0.0.1", port))
            port = free.getsockname()[1]
        self.stop()
        command = [sys.executable, "-m", "panel", "serve", str(app), "--port", str(port), "--address", "127.0.0.1"]
        command += ["--allow-websocket-origin", way.origin.format(port=port)]
        environment = os.environ | {SAME_ORIGIN: "yes" if way.is_same_origin else ""}
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        last = time.monotonic() + PATIENCE
        while not _answers(port):
            if self._server.poll() is not None:
                raise OSError(f"the Panel server on port {port} ended at once; try another port")
            if time.monotonic() > last:
                self.stop()
                raise OSError(
                    f"the Panel server on port {port} gave no answer for {PATIENCE} seconds and was stopped; try again"
                )
            time.sleep(0.1)
        frame = IFrame(way.to(port, f"app?{self.query()}"), "100%", HEIGHT)
        if way.hint:
            frame.iframe += f"<p><small>{html.escape(way.hint.format(port=port))}</small></p>"
        return frame

    def stop(self) -> None:
        """End the server that `live` began."""
        if self._server:
            self._server.terminate()
            self._server.wait()
            self._server = None

    def query(self) -> str:
        """What stands behind the ? of an address with these settings; what is too long, such as a picture, behind a #."""
        texts = {name: _as_text(value) for name, value in self.settings.items()}
        query = urllib.parse.urlencode({"view": self.view, **texts})
        if len(query) < LONGEST_QUERY:
            return query
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)  # as static/js/state-link.mjs reads it
        state = packer.compress(json.dumps({"view": self.view, "settings": self.settings}).encode()) + packer.flush()
        return f"view={self.view}#state={base64.urlsafe_b64encode(state).decode().rstrip('=')}"

    def _repr_html_(self) -> str:
        page = html.escape(shared(self.html()) if self._shares else self.html(), quote=True)
        looks = f'width="100%" height="{HEIGHT}" style="border: 0" title="Convoscope: {self.view}"'
        said = f"<p><small>{html.escape(' '.join(self.notes))}</small></p>" if self.notes else ""
        return f'<iframe srcdoc="{page}" {looks}></iframe>{said}'


def show(view: str, grid: Mapping[str, Sequence[Any]] | None = None, **settings: Any) -> Shown:
    """A view with these settings. grid: {setting: values} that the reader may choose among.

    Settings are those of the view's address, which `convoscope export VIEW --list` prints. Matrices and `image` may be
    whatever NumPy makes an array of: arrays, lists, pandas tables, tensors, PIL pictures. An image of up to 12×12 is taken as
    numbers, 28×28 of two values as ink, all others as a picture: grey or colours, 0..1 or 0..255, its middle square scaled to
    what the view takes (Shown.notes says so). Raises SettingError, which explains the shape; a wrong setting is told when the
    view is displayed.
    """
    return Shown(view, settings, grid or {})


def save(view: str, path: str | Path, **settings: Any) -> Path:
    """Write the view with these settings as one page that plays from the disk; returns its path. settings: as show takes."""
    return show(view, **settings).save(path)


def export(view: str, path: str | Path, *, options: Mapping[str, Any] | None = None, **settings: Any) -> Path:
    """Write what the path's ending names, as `convoscope export` does: .png, .gif, .tex, .npz and more; returns the path.

    options: its options step, steps, speed, width and dark, such as {"step": 7}. Raises ExportError with a sentence.
    """
    shown = show(view, **settings)
    return write_file(view, Path(path), shown.settings, shown.grid, ExportOptions(**options or {}))


class ProxyError(OSError):
    """The browser could not reach the server; the message says what to do."""


@dataclass(frozen=True)
class ServerAddress:
    """How the browser comes to a port: an address in which {port} stands for it, and who may open a websocket there."""

    address: str
    origin: str  # as `panel serve --allow-websocket-origin` takes it
    hint: str = ""  # what to say below the frame
    is_same_origin: bool = False  # whether a page of the very host that it asks is let in, too (origins.py)

    def to(self, port: int, path: str) -> str:
        """The address of a path."""
        return f"{self.address.format(port=port).rstrip('/')}/{path}"


def server_address(proxy: str | None = None) -> ServerAddress:
    """The way that the user names, the hub's, or none. Raises ProxyError on a hub that has no proxy."""
    if proxy is not None:
        host = urllib.parse.urlsplit(proxy).netloc
        return _behind(proxy if "{port}" in proxy else proxy.rstrip("/") + "/{port}", host)
    prefix = os.environ.get(HUB)
    if not prefix:
        return ServerAddress(LOCAL, OURSELVES, ELSEWHERE)
    if not importlib.util.find_spec(PROXY):
        raise ProxyError(
            "this notebook runs on a JupyterHub, where your browser reaches a server only through jupyter-server-proxy: "
            "ask for `pip install jupyter-server-proxy` there and start your server anew, or use show(), which needs no server"
        )
    hosts = [urllib.parse.urlsplit(os.environ.get(name, "")).netloc for name in PUBLIC]
    return _behind(f"{prefix.rstrip('/')}/proxy/{{port}}/", next(filter(None, hosts), ""))


def _behind(address: str, host: str) -> ServerAddress:
    """The way through a proxy, whose own pages alone may open a websocket. host: the proxy's, or "" if that is not known."""
    return ServerAddress(address, host or OURSELVES, is_same_origin=not host)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(",".join(f"{cell:.12g}" for cell in row) for row in value) if isinstance(value, list) else str(value)
