"""The controls of the downsampling view."""

from __future__ import annotations

import param

from ..images import CHOICES, PHOTOS
from ..settings import Choice, Settings

SHIFTS = {"none": (0, 0), "right": (0, 1), "down": (1, 0), "both": (1, 1)}  # rows and columns


class DownsamplingSettings(Settings):
    """The controls of the downsampling view."""

    image = Choice(
        default="lecture",
        objects={"Lecture example": "lecture"} | CHOICES,
        doc="What becomes smaller.",
    )
    digit = param.Integer(default=7, bounds=(0, 69_999), doc="0–59,999 are training digits, 60,000–69,999 test digits.")
    size = Choice(
        default="64", objects={f"{n}×{n}": n for n in ("32", "64", "128")}, label="Photograph size", doc="Pixels."
    )
    window = param.Integer(default=2, bounds=(2, 4), doc="Pixels a side of each window.")
    stride = param.Integer(default=2, bounds=(1, 4), doc="How far the window moves. Smaller than the window: they overlap.")
    shift = Choice(
        default="none",
        objects={"None": "none", "One pixel right": "right", "One pixel down": "down", "One right, one down": "both"},
        doc="Moves the image first, and shows how much each output changes by that.",
    )
    row = param.Integer(default=0, bounds=(0, 126), label="Output row", doc="On large images the window walks along one row.")

    shown_when = {  # noqa: RUF012  (read only)
        "digit": ("image", ("digit",)),
        "size": ("image", PHOTOS),
        "row": ("image", PHOTOS),
    }

    @property
    def is_photo(self) -> bool:
        """Photographs and their outputs are shown in grey."""
        return self.image in PHOTOS
