"""What Convoscope shows: one folder for each view, and what the views share.

SLUGS is the only list of views in the project: lessons, figures, pages, menus, tables and tests follow from it. In Python
each view has `show`, `save` and `export` (homes/notebook.py): `from convoscope.views import rgb; rgb.show(filters=2)`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

SLUGS = (  # in the order of the page
    "convolution",
    "downsampling",
    "rgb",
    "backprop",
    "gradients",
    "detective",
    "features",
    "network",
    "photo",
    "classes",
    "filters",
    "history",
    "architectures",
    "train",
)


def _of_view(slug: str, name: str) -> Callable[..., Any]:
    """The function of homes/notebook.py for one view; what it needs is loaded when it is called."""

    def call(*arguments: Any, **settings: Any) -> Any:
        return getattr(importlib.import_module("..homes.notebook", __name__), name)(slug, *arguments, **settings)

    call.__name__, call.__doc__ = name, f"For the view {slug}: see convoscope.homes.notebook.{name}."
    return call


for _slug in SLUGS:
    _view = importlib.import_module(f".{_slug}", __name__)
    vars(_view).update({name: _of_view(_slug, name) for name in ("show", "save", "export")})
