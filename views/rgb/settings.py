"""The controls of the rgb view."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import param

from ..files import Files
from ..images import PHOTOS
from ..rules import Follow, Start
from ..settings import Matrix, Rows, Settings
from .channels import PHOTO_FILTERS, seeded_numbers
from .wide_and_narrow import CHANNELS

EDITED = "edited"
BIASES = (1.0, 0.0)
MATRICES = {f"input_{channel}": f"Input, {channel}" for channel in CHANNELS} | {
    f"filter_{n}_{channel}": f"Filter {n}, {channel} kernel" for n in (0, 1) for channel in CHANNELS
}
# What another preset starts with.
STARTS = {"stride": {"cs231n": 2, "lecture": 1}, "padding": {"cs231n": 1, "lecture": 0}}


@functools.lru_cache(8)
def seeded(seed: int) -> dict[str, Rows]:
    """The matrices and the biases that a seed stands for, by setting."""
    image, weights = seeded_numbers(seed)
    grids = [*image, *weights.reshape(-1, *weights.shape[2:])]
    return {name: tuple(map(tuple, grid.tolist())) for name, grid in zip(MATRICES, grids, strict=True)} | {"biases": (BIASES,)}


_DEFAULTS = seeded(0)


def _matrix(name: str) -> Matrix:
    return Matrix(
        default=_DEFAULTS[name],
        label=MATRICES[name],
        role="input" if "Input" in MATRICES[name] else "kernel",
        doc="Type any number, such as 2, -1 or 0.5, or paste a matrix.",
    )


def _name_of_numbers(settings: RgbSettings) -> str:
    """Whether the numbers are those of the seed."""
    same = all(getattr(settings, name) == rows for name, rows in seeded(settings.seed).items())
    return "seed" if same else EDITED


def _number_of_seed(name: str) -> Callable[[RgbSettings, Files | None], Rows]:
    return lambda settings, files: seeded(settings.seed)[name]


class RgbSettings(Settings):
    """An image of three channels and the filters that slide over it."""

    preset: param.Selector[str] = param.Selector(
        default="cs231n",
        objects={"CS231n, 5×5×3": "cs231n", "Photograph, 32×32×3": "lecture"},
        doc="Small enough for every number, or a photograph as volumes.",
    )
    image: param.Selector[str] = param.Selector(
        default="astronaut", objects={name.capitalize(): name for name in PHOTOS}, label="Photograph", doc="32×32 pixels."
    )
    filters = param.Integer(default=1, bounds=(1, len(PHOTO_FILTERS)), doc="Each filter adds one channel to the output.")
    channels: param.Selector[str] = param.Selector(
        default="all",
        objects={"All three": "all"} | {f"Only {channel}": channel for channel in CHANNELS},
        doc="One channel alone shows what its kernel contributes.",
    )
    stride = param.Integer(default=2, bounds=(1, 3), doc="How far the window moves.")
    padding = param.Integer(default=1, bounds=(0, 1), doc="Rings of zeros around each channel.")
    numbers: param.Selector[str] = param.Selector(
        default="seed",
        objects={"Random, from the seed": "seed", "Edited": EDITED},
        doc="Editing a number switches to “Edited”.",
    )
    seed = param.Integer(default=0, bounds=(0, 9999), doc="Each seed always gives the same numbers.")
    im2col = param.Boolean(default=False, label="As a matrix product", doc="im2col: every window becomes a column.")
    edit: param.Selector[str] = param.Selector(
        default="nothing",
        objects={"Nothing": "nothing"} | {label: name for name, label in MATRICES.items()} | {"Biases": "biases"},
        doc="Opens these numbers for typing.",
    )
    input_red = _matrix("input_red")
    input_green = _matrix("input_green")
    input_blue = _matrix("input_blue")
    filter_0_red = _matrix("filter_0_red")
    filter_0_green = _matrix("filter_0_green")
    filter_0_blue = _matrix("filter_0_blue")
    filter_1_red = _matrix("filter_1_red")
    filter_1_green = _matrix("filter_1_green")
    filter_1_blue = _matrix("filter_1_blue")
    biases = Matrix(default=(BIASES,), label="Biases", role="kernel", doc="Of filter 0 and of filter 1.")

    shown_when = {  # noqa: RUF012  (read only)
        "image": ("preset", ("lecture",)),
        "filters": ("preset", ("lecture",)),
        "numbers": ("preset", ("cs231n",)),
        "seed": ("numbers", ("seed",)),
        "edit": ("preset", ("cs231n",)),
        **{name: ("edit", (name,)) for name in (*MATRICES, "biases")},
    }
    rules = (
        *(Start(name, ("preset",), of=starts) for name, starts in STARTS.items()),
        Start("numbers", (*MATRICES, "biases"), value=_name_of_numbers),
        *(Follow(name, "numbers", _number_of_seed(name), unless=(EDITED,)) for name in (*MATRICES, "biases")),
    )

    def small_image(self) -> np.ndarray:
        """The image of the preset "cs231n". -> (3, 5, 5)."""
        return np.array([getattr(self, f"input_{channel}") for channel in CHANNELS])

    def small_filters(self) -> np.ndarray:
        """The filters of the preset "cs231n". -> (2, 3, 3, 3)."""
        return np.array([[getattr(self, f"filter_{n}_{channel}") for channel in CHANNELS] for n in (0, 1)])
