"""The controls of the features view, which are also its URL."""

from __future__ import annotations

import param

from ..images import OWN, PHOTOS
from ..rules import Limit
from ..settings import Choice, Picture, Settings

SIDE = 128  # pixels of the photograph
MOST_KEYPOINTS = 400
PATCH_CELLS = 2  # cells a side of the patch whose hand-made and learned features are compared


def _stay_in_the_picture(settings: FeaturesSettings) -> str:
    """The cell begins a block, or a patch, that lies in the picture."""
    beside = PATCH_CELLS if settings.method == "learned" else settings.block
    last = SIDE // settings.cell - beside
    asked = settings.row, settings.column
    settings.put({"row": min(settings.row, last), "column": min(settings.column, last)})
    now = settings.row, settings.column
    if now == asked:
        return ""
    size = f"{settings.cell}×{settings.cell}"
    return f"Of cells with {size} pixels the last that can be chosen is [{last}, {last}]: now it is {list(now)}."


class FeaturesSettings(Settings):
    """Which features of which photograph are shown, and how they are computed."""

    method = Choice(
        default="hog",
        objects={"HOG": "hog", "SIFT": "sift", "SIFT: match two pictures": "match", "Hand-made and learned": "learned"},
        label="Features",
        doc="Histograms of gradients, keypoints, or one patch as each of them and two networks see it.",
    )
    image = Choice(
        default="camera",
        objects={name.capitalize(): name for name in sorted(PHOTOS)} | {"My own picture": OWN},
        label="Photograph",
        doc="128×128 pixels; HOG, SIFT and LeNet-5 see its brightness.",
    )
    picture = Picture(side=SIDE, label="Picture file")
    cell = param.Integer(default=8, bounds=(4, 16), label="Cell size", doc="Pixels a side of a cell.")
    bins = param.Integer(default=9, bounds=(2, 18), doc="Directions of a histogram, from 0° to 180°.")
    votes = Choice(
        default="bilinear",
        objects={"Two nearest bins": "bilinear", "One bin": "nearest", "Two bins, four cells": "trilinear"},
        doc="Who gets a pixel’s vote: bilinear between bins as in the paper, the nearest bin, or also the nearest cells.",
    )
    block = param.Integer(default=2, bounds=(1, 4), label="Block size", doc="Cells a side of a block.")
    norm = Choice(
        default="L2-Hys",
        objects={"L2, clipped at 0.2, L2": "L2-Hys", "L2": "L2", "L1": "L1", "Root of L1": "L1-sqrt"},
        doc="By what the numbers of a block are divided.",
    )
    row = param.Integer(default=3, bounds=(0, SIDE // 4 - 1), label="Row of the cell", doc="Or select the cell.")
    column = param.Integer(default=6, bounds=(0, SIDE // 4 - 1), label="Column of the cell", doc="Or select the cell.")
    keypoint = param.Integer(
        default=0, bounds=(0, MOST_KEYPOINTS - 1), doc="0 has the highest contrast. Or select it in the photograph."
    )
    turn = param.Integer(default=30, bounds=(-180, 180), doc="By how many degrees the second picture is turned, clockwise.")
    scale = param.Number(default=0.9, bounds=(0.5, 2), doc="By how much the second picture is scaled.")
    shift_across = param.Integer(default=0, bounds=(-48, 48), label="Shift to the right", doc="In pixels.")
    shift_down = param.Integer(default=0, bounds=(-48, 48), label="Shift down", doc="In pixels.")
    ratio = param.Number(
        default=0.8, bounds=(0.4, 1), label="Largest ratio",
        doc="A match counts if the nearest descriptor is nearer than this times the second nearest.",
    )  # fmt: skip

    shown_when = {  # noqa: RUF012  (read only)
        "picture": ("image", (OWN,)),
        "cell": ("method", ("hog", "learned")),
        **dict.fromkeys(("bins", "votes", "norm"), ("method", ("hog", "learned"))),
        "block": ("method", ("hog",)),
        **dict.fromkeys(("row", "column"), ("method", ("hog", "learned"))),
        "keypoint": ("method", ("sift",)),
        **dict.fromkeys(("turn", "scale", "shift_across", "shift_down", "ratio"), ("method", ("match",))),
    }
    rules = (Limit("row", ("cell", "block", "method"), _stay_in_the_picture),)
