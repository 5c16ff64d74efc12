"""The controls of the history view."""

from __future__ import annotations

import param

from ..images import PHOTOS
from ..settings import Choice, Settings


class HistorySettings(Settings):
    """The controls of the history view."""

    image = Choice(
        default="cat", objects={name.capitalize(): name for name in sorted(PHOTOS)}, label="Photograph",
        doc="SqueezeNet names five classes: is the right one among them?",
    )  # fmt: skip
    person = param.Boolean(default=True, label="Show what a person achieves", doc="A dashed line in the chart of errors.")
