"""Which pages may open a websocket on a server whose public host is not known: those of the host that they ask.

`panel serve --allow-websocket-origin` needs hosts by name, or lets everybody in. Behind the proxy of a notebook's server the
name may not be known, but the proxy hands on the Host header of the browser, and that must be the origin's. So no page from
elsewhere can drive a server that the user's cookies would let it reach. A proxy that writes another Host there is refused:
then its address is to be given, `live(proxy="https://hub.example.org/user/ada/proxy")`.
"""

from __future__ import annotations

SAME_ORIGIN = "CONVOSCOPE_SAME_ORIGIN"  # in the server's environment


def let_in_the_same_origin() -> None:
    """From now on also a page of the very host (and port) that it asks is let in. Everybody else is refused, as before."""
    from bokeh.server.views.ws import WSHandler
    from tornado.websocket import WebSocketHandler

    by_name = WSHandler.check_origin

    def check_origin(handler: WSHandler, origin: str) -> bool:
        return bool(WebSocketHandler.check_origin(handler, origin) or by_name(handler, origin))

    WSHandler.check_origin = check_origin  # type: ignore[assignment,method-assign]
