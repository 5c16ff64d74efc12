"""The sources of the rgb view by name: their own columns, and those that give places and come once a drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..trace import Column, Texts
from .places import SCENES, Columns

BOX = "x y w h"
OUTPUT_MAPS = [f"output_map_{n}" for n in range(4)]  # painted one on the other
SOURCES = {
    # what no step changes
    "input_cells": ("text shade", f"{BOX} size"),  # of the preset "cs231n", as the next two
    "weight_cells": ("text shade", f"{BOX} size"),  # and biases
    "output_cells": ("text shade", f"{BOX} size"),
    "captions": ("text", "x y size"),
    "marks": ("color", BOX),  # a spot of the channel's own colour before its name
    "frames_input": ("", BOX),
    "frames_kernel": ("", BOX),
    "frames_output": ("", BOX),
    "unread": ("", BOX),
    "dimmed": ("", BOX),  # what channels that are switched off would show
    "edges": ("", "x y x1 y1"),  # of sheets behind each other
    "photo": ("image", BOX),
    "channel_images": ("image", BOX),
    # what moves
    "kernel_images": ("image alpha", BOX),
    "partial_maps": ("image alpha", BOX),
    **dict.fromkeys(OUTPUT_MAPS, ("image alpha", BOX)),
    "covers": ("", BOX),
    "resting": ("", BOX),  # filters that are not at work
    "links": ("", "x y x1 y1"),
    "answer": ("", "x y x1 y1"),  # from the total to the output
    "windows": ("", BOX),
    "at_work": ("", BOX),
    "output_cell": ("", BOX),
    "sums": ("text", "x y size"),
}
Sources = Mapping[str, Mapping[str, Column]]


def names(source: str) -> list[str]:
    """All columns of a source."""
    own, placed = SOURCES[source]
    return own.split() + [f"{scene.name}_{name}" for scene in SCENES for name in placed.split()]


def completed(still: Sources, moving: Sources) -> Sources:
    """The still sources, with every source that this trace does not draw, empty: what was drawn before vanishes."""
    unused = [name for name in SOURCES if name not in still and name not in moving]
    return {**{name: {column: _empty(column) for column in names(name)} for name in unused}, **still}


def _empty(column: str) -> Column:
    if column in ("text", "color"):
        return Texts((), np.zeros(0, np.uint16))
    return np.zeros((0, 1, 1) if column == "image" else 0, np.float32)


def joined(parts: Sequence[Columns]) -> Columns:
    """Columns of the same names one behind the other, along their last axis."""
    found: Columns = {}
    for name, first in parts[0].items():
        columns = [part[name] for part in parts]
        if isinstance(first, Texts):
            found[name] = _joined_texts([column for column in columns if isinstance(column, Texts)])
        else:
            found[name] = np.concatenate([column for column in columns if isinstance(column, np.ndarray)], axis=-1)
    return found


def _joined_texts(parts: Sequence[Texts]) -> Texts:
    starts = np.cumsum([0, *(len(part.table) for part in parts)])
    codes = [part.codes + start for part, start in zip(parts, starts[:-1], strict=True)]
    return Texts(tuple(text for part in parts for text in part.table), np.concatenate(codes, axis=-1).astype(np.uint16))
