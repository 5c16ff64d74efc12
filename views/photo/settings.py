"""The controls of the photo view, which are also its URL."""

from __future__ import annotations

import param

from ...engine.squeezenet import CLASSES, SIDE
from ..images import OWN, PHOTOS
from ..rules import Start
from ..settings import Choice, Drawing, Picture, Settings, Text

MOST_PAGES = 63  # of 16 maps each, of a layer with 1,000


class Erased(Drawing):
    """What is painted over, in cells of 8×8 pixels."""

    SIDE = 28
    DIGITS = SIDE * SIDE // 4


class PhotoSettings(Settings):
    """Which photograph is read and what of it is covered, which classes are looked for, which layers are open, which unit is
    explained."""

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
    compare = param.Integer(
        default=-1, bounds=(-1, CLASSES - 1), label="Second class",
        doc="The number of a class to be shown beside the first one; −1 is none.",
    )  # fmt: skip
    why = Choice(
        default="map",
        objects={"Its map in conv10": "map", "Gradient × input": "gradient", "A grey square": "occlusion"},
        label="Where it sees the class",
        doc="The map’s mean is the logit; the gradient says what each pixel brings of it; a square covers a part.",
    )
    patch = Choice(
        default="56", objects={f"{side}×{side} pixels": side for side in ("32", "56", "80")}, label="Grey square",
        doc="Drag it over the photograph, or sweep it: each step of a sweep moves it by half its side.",
    )  # fmt: skip
    cover_row = param.Integer(default=SIDE // 2, bounds=(0, SIDE - 1), label="Row of the square’s middle")
    cover_column = param.Integer(default=SIDE // 2, bounds=(0, SIDE - 1), label="Column of the square’s middle")
    erased = Erased(default="", label="Painted over", doc="28×28 cells of 8×8 pixels.")
    order = Choice(
        default="strength",
        objects={"The strongest first": "strength", "By number": "number"},
        label="Order of the maps",
        doc="A map is as strong as its largest value.",
    )
    page = param.Integer(default=0, bounds=(0, MOST_PAGES - 1), label="Page of maps", doc="16 or 64 maps of each open layer.")
    layers = Text(default="fire4.squeeze", longest=120, label="Open layers", doc="Names with commas between.")
    unit = Text(default="", longest=40, label="Unit", doc="Such as conv1[3,10,12].")

    without_control = ("explain", "compare", "cover_row", "cover_column", "erased", "page", "layers", "unit")
    shown_when = {  # noqa: RUF012  (read only)
        "picture": ("image", (OWN,)), "patch": ("why", ("occlusion",)), "cover_row": ("why", ("occlusion",)),
        "cover_column": ("why", ("occlusion",)),
    }  # fmt: skip
    rules = (Start("page", ("layers", "order"), of={}), Start("erased", ("image",), of={}))
