"""Where a browser reaches a server that a notebook has started: on this machine, or through the proxy of the notebook's server.

A JupyterHub (also Binder) tells its notebooks their path, below which jupyter-server-proxy hands requests on to a port.
"""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass

HUB = "JUPYTERHUB_SERVICE_PREFIX"  # such as /user/ada/
PROXY = "jupyter_server_proxy"
LOCAL = "http://127.0.0.1:{port}/"
ELSEWHERE = (
    "If this frame stays empty, the notebook runs on another machine: give live(proxy=…) the address under which your browser "
    "reaches port {port} there, or use show(), which needs no server."
)


class ProxyError(OSError):
    """The browser could not reach the server; the message says what to do."""


@dataclass(frozen=True)
class ServerAddress:
    """How the browser comes to a port: an address in which {port} stands for it, and who may open a websocket there."""

    address: str
    origins: str  # as `panel serve --allow-websocket-origin` takes them
    hint: str = ""  # what to say below the frame

    def to(self, port: int, path: str) -> str:
        """The address of a path."""
        return f"{self.address.format(port=port).rstrip('/')}/{path}"


def server_address(proxy: str | None = None) -> ServerAddress:
    """The way that the user names, the hub's, or none. Raises ProxyError on a hub that has no proxy."""
    if proxy is not None:
        return ServerAddress(proxy if "{port}" in proxy else proxy.rstrip("/") + "/{port}", "*")
    prefix = os.environ.get(HUB)
    if not prefix:
        return ServerAddress(LOCAL, "127.0.0.1:{port}", ELSEWHERE)
    if not importlib.util.find_spec(PROXY):
        raise ProxyError(
            "this notebook runs on a JupyterHub, where your browser reaches a server only through jupyter-server-proxy: "
            "ask for `pip install jupyter-server-proxy` there and start your server anew, or use show(), which needs no server"
        )
    # The hub asks who comes before it hands anything on, and its own host is not known here.
    return ServerAddress(f"{prefix.rstrip('/')}/proxy/{{port}}/", "*")
