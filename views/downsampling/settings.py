"""The controls of the downsampling view."""

from __future__ import annotations

import numpy as np
import param

from ...engine import output_size
from ..exercise import Task, some_of, whole_numbers
from ..images import CHOICES, OWN, PHOTOS, own_size
from ..rules import Start
from ..settings import Choice, Picture, Settings

SIZES = ("32", "64", "128")
MIDDLE_ROWS = {"32": 7, "64": 15, "128": 31}  # of a 2×2 window's output with stride 2, by the size of a photograph
SHIFTS = {"none": (0, 0), "right": (0, 1), "down": (1, 0), "both": (1, 1)}  # rows and columns
# Of an exercise:
SIZE = 6  # of the lecture's image here
WINDOWS = ((2, 2), (2, 1), (3, 1), (3, 2), (3, 3), (2, 3))  # window, stride
CELLS = 3


class DownsamplingSettings(Settings):
    """The controls of the downsampling view."""

    image = Choice(
        default="lecture",
        objects={"Lecture example": "lecture"} | CHOICES | {"My own picture": OWN},
        doc="What becomes smaller.",
    )
    digit = param.Integer(default=7, bounds=(0, 69_999), doc="0–59,999 are training digits, 60,000–69,999 test digits.")
    picture = Picture(label="Picture file")
    size = Choice(default="64", objects={f"{n}×{n}": n for n in SIZES}, label="Photograph size", doc="Pixels.")
    window = param.Integer(default=2, bounds=(2, 4), doc="Pixels a side of each window.")
    stride = param.Integer(default=2, bounds=(1, 4), doc="How far the window moves. Smaller than the window: they overlap.")
    shift = Choice(
        default="none",
        objects={"None": "none", "One pixel right": "right", "One pixel down": "down", "One right, one down": "both"},
        doc="Moves the image first, and shows how much each output changes by that.",
    )
    row = param.Integer(
        default=MIDDLE_ROWS["64"], bounds=(0, 126), label="Output row", doc="On large images the window walks along one row."
    )
    numbers = param.Boolean(default=False, label="Numbers in all cells", doc="Of images up to 32×32; the panels become large.")

    shown_when = {  # noqa: RUF012  (read only)
        "digit": ("image", ("digit",)),
        "picture": ("image", (OWN,)),
        "size": ("image", (*PHOTOS, OWN)),
        "row": ("image", (*PHOTOS, OWN)),
    }
    rules = (own_size(OWN), Start("row", ("size",), of=MIDDLE_ROWS))

    @property
    def is_photo(self) -> bool:
        """Photographs and their outputs are shown in grey."""
        return self.image in (*PHOTOS, OWN)


def exercise(rng: np.random.Generator) -> Task:
    """Three outputs of the lecture's image to predict by hand: settings and cells, all from the generator."""
    window, stride = WINDOWS[int(whole_numbers(rng, 0, len(WINDOWS) - 1, (1,))[0])]
    shift = [*SHIFTS][int(whole_numbers(rng, 0, len(SHIFTS) - 1, (1,))[0])]
    cells = output_size(SIZE, window, stride=stride) ** 2
    return {"window": window, "stride": stride, "shift": shift}, some_of(rng, CELLS, cells)
