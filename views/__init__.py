"""What Convoscope shows: one folder for each view, and what the views share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def shows(view: str) -> Callable[..., Any]:
    """Make the function `show` of a view: see showing.show, which is loaded when it is called."""

    def show(**settings: Any) -> Any:
        """Show the view with these settings in a notebook; arrays are welcome where the view takes them."""
        from .showing import show

        return show(view, **settings)

    return show
