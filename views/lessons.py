"""The lesson of each view by its slug, imported when it is asked for the first time.

In the browser a lesson travels when its view is opened (homes/later.py): a page that shows one view imports one.
"""

from __future__ import annotations

import importlib
from collections import UserDict
from typing import Any

from . import SLUGS


class Lessons(UserDict[str, Any]):
    """views.<slug>.lesson by slug, in the order of the page."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(SLUGS))

    def __getitem__(self, slug: str) -> Any:
        if self.data[slug] is None:
            self.data[slug] = importlib.import_module(f".{slug}.lesson", __package__)
        return self.data[slug]


LESSONS = Lessons()
