"""The controls of the photo view, which are also its URL."""

from __future__ import annotations

import param

from ...engine.squeezenet import CLASSES, SIDE
from ..images import OWN, PHOTOS
from ..rules import Start
from ..settings import Choice, Picture, Settings, Text

MOST_PAGES = 63  # of 16 maps each, of a layer with 1,000


class PhotoSettings(Settings):
    """Which photograph is read, which layers are open, which unit is explained."""

    image = Choice(
        default="cat",
        objects={name.capitalize(): name for name in sorted(PHOTOS)} | {"My own picture": OWN},
        label="Photograph",
        doc="224×224 pixels, red, green and blue.",
    )
    picture = Picture(side=SIDE, label="Picture file")
    explain = param.Integer(
        default=-1, bounds=(-1, CLASSES - 1), label="Class",
        doc="The number of a class from 0 to 999; −1 is the most probable one.",
    )  # fmt: skip
    order = Choice(
        default="strength",
        objects={"The strongest first": "strength", "By number": "number"},
        label="Order of the maps",
        doc="A map is as strong as its largest value.",
    )
    page = param.Integer(default=0, bounds=(0, MOST_PAGES - 1), label="Page of maps", doc="16 or 64 maps of each open layer.")
    layers = Text(default="fire4.squeeze", longest=120, label="Open layers", doc="Names with commas between.")
    unit = Text(default="", longest=40, label="Unit", doc="Such as conv1[3,10,12].")

    without_control = ("explain", "page", "layers", "unit")
    shown_when = {"picture": ("image", (OWN,))}  # noqa: RUF012  (read only)
    rules = (Start("page", ("layers", "order"), of={}),)
