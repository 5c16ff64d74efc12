"""The controls of the rgb view."""

from __future__ import annotations

import functools

import numpy as np
import param

from ..images import OWN, PHOTOS
from ..rules import Follow, Limit, Start
from ..settings import Choice, Matrix, Picture, Rows, Settings
from .channels import PHOTO_BIAS, PHOTO_FILTERS, PHOTO_SIZE, seeded_numbers
from .wide_and_narrow import CHANNELS

EDITED = "edited"
BIASES = (1.0, 0.0)
MATRICES = {f"input_{channel}": f"Input, {channel}" for channel in CHANNELS} | {
    f"filter_{n}_{channel}": f"Filter {n}, {channel} kernel" for n in (0, 1) for channel in CHANNELS
}
# Of the filters over a photograph.
PHOTO_KERNELS: dict[str, Rows] = {
    f"kernel_{n}_{channel}": tuple(map(tuple, kernel.tolist()))
    for n, kernels in enumerate(PHOTO_FILTERS.values())
    for channel, kernel in zip(CHANNELS, kernels, strict=True)
}
PHOTO_NUMBERS: dict[str, Rows] = PHOTO_KERNELS | {"photo_biases": ((PHOTO_BIAS,) * len(PHOTO_FILTERS),)}
PHOTO_LABELS = {name: "Filter {}, {} 5×5 kernel".format(*name.split("_")[1:]) for name in PHOTO_KERNELS} | {
    "photo_biases": "Biases of all filters"
}
# What another preset starts with.
STARTS = {"stride": {"cs231n": 2, "lecture": 1}, "padding": {"cs231n": 1, "lecture": 0}}


@functools.lru_cache(8)
def seeded(seed: int) -> dict[str, Rows]:
    """The matrices and the biases that a seed stands for, by setting."""
    image, weights = seeded_numbers(seed)
    grids = [*image, *weights.reshape(-1, *weights.shape[2:])]
    return {name: tuple(map(tuple, grid.tolist())) for name, grid in zip(MATRICES, grids, strict=True)} | {"biases": (BIASES,)}


LABELS = MATRICES | PHOTO_LABELS
DEFAULTS = seeded(0) | PHOTO_NUMBERS


def _matrix(name: str) -> Matrix:
    role = "input" if name.startswith("input") else "kernel"
    doc = "Type any number, such as 2, -1 or 0.5, or paste a matrix."
    return Matrix(default=DEFAULTS[name], label=LABELS[name], role=role, doc=doc)


def _name_of_weights(settings: RgbSettings) -> str:
    """Whether the filters over a photograph are those given."""
    return "given" if all(getattr(settings, name) == rows for name, rows in PHOTO_NUMBERS.items()) else EDITED


def _enough_filters(settings: RgbSettings) -> int:
    """So many that the one whose kernel is opened is among them."""
    opened = settings.edit_photo.split("_")
    return max(settings.filters, int(opened[1]) + 1 if opened[0] == "kernel" else 1)


def _fit_groups(settings: RgbSettings) -> str:
    """Groups divide the channels and the filters into equal parts; in three groups each filter sees one channel."""
    notices = []
    if settings.groups == 2:
        settings.groups = len(CHANNELS)
        notices.append("3 channels cannot be divided into 2 equal groups: 2 became 3.")
    if settings.groups > 1 and settings.preset == "cs231n":
        settings.groups = 1
        notices.append("Its 2 filters cannot be divided into 3 groups: choose the photograph for that.")
    if settings.groups > 1 and settings.filters != settings.groups:
        settings.filters, asked = settings.groups, settings.filters
        notices.append(f"3 groups need a filter for each channel: {asked} became 3.")
    if settings.groups > 1 and settings.channels != "all":
        settings.channels = "all"
        notices.append("In 3 groups each filter sees one channel already: all three are on.")
    return " ".join(notices)


def _name_of_numbers(settings: RgbSettings) -> str:
    """Whether the numbers are those of the seed."""
    same = all(getattr(settings, name) == rows for name, rows in seeded(settings.seed).items())
    return "seed" if same else EDITED


class RgbSettings(Settings):
    """An image of three channels and the filters that slide over it."""

    preset = Choice(
        default="cs231n",
        objects={"CS231n, 5×5×3": "cs231n", "Photograph, 32×32×3": "lecture"},
        doc="Small enough for every number, or a photograph as volumes.",
    )
    image = Choice(
        default="astronaut", objects={name.capitalize(): name for name in PHOTOS} | {"My own picture": OWN},
        label="Photograph", doc="32×32 pixels.",
    )  # fmt: skip
    picture = Picture(side=PHOTO_SIZE, label="Picture file")
    filters = param.Integer(default=1, bounds=(1, len(PHOTO_FILTERS)), doc="Each filter adds one channel to the output.")
    channels = Choice(
        default="all",
        objects={"All three": "all"} | {f"Only {channel}": channel for channel in CHANNELS},
        doc="One channel alone shows what its kernel contributes.",
    )
    groups = param.Integer(
        default=1, bounds=(1, len(CHANNELS)), doc="3 gives each filter one channel alone: a depthwise convolution."
    )
    stride = param.Integer(default=2, bounds=(1, 3), doc="How far the window moves.")
    padding = param.Integer(default=1, bounds=(0, 1), doc="Rings of zeros around each channel.")
    numbers = Choice(
        default="seed",
        objects={"Random, from the seed": "seed", "Edited": EDITED},
        doc="Editing a number switches to “Edited”.",
    )
    seed = param.Integer(default=0, bounds=(0, 9999), doc="Each seed always gives the same numbers.")
    im2col = param.Boolean(default=False, label="As a matrix product", doc="im2col: every window becomes a column.")
    edit = Choice(
        default="nothing",
        objects={"Nothing": "nothing"} | {label: name for name, label in MATRICES.items()} | {"Biases": "biases"},
        doc="Opens these numbers for typing.",
    )
    input_red, input_green, input_blue = (_matrix(f"input_{channel}") for channel in CHANNELS)
    filter_0_red, filter_0_green, filter_0_blue = (_matrix(f"filter_0_{channel}") for channel in CHANNELS)
    filter_1_red, filter_1_green, filter_1_blue = (_matrix(f"filter_1_{channel}") for channel in CHANNELS)
    biases = Matrix(default=(BIASES,), label="Biases", role="kernel", doc="Of filter 0 and of filter 1.")
    weights_of = Choice(
        default="given", objects={"Given": "given", "Edited": EDITED},
        label="Filters’ numbers", doc="Editing a number switches to “Edited”.",
    )  # fmt: skip
    edit_photo = Choice(
        default="nothing", objects={"Nothing": "nothing"} | {label: name for name, label in PHOTO_LABELS.items()},
        label="Edit filters", doc="Opens these numbers for typing.",
    )  # fmt: skip
    kernel_0_red, kernel_0_green, kernel_0_blue = (_matrix(f"kernel_0_{channel}") for channel in CHANNELS)
    kernel_1_red, kernel_1_green, kernel_1_blue = (_matrix(f"kernel_1_{channel}") for channel in CHANNELS)
    kernel_2_red, kernel_2_green, kernel_2_blue = (_matrix(f"kernel_2_{channel}") for channel in CHANNELS)
    kernel_3_red, kernel_3_green, kernel_3_blue = (_matrix(f"kernel_3_{channel}") for channel in CHANNELS)
    photo_biases = _matrix("photo_biases")

    shown_when = {  # noqa: RUF012  (read only)
        **dict.fromkeys(("image", "filters", "groups", "weights_of", "edit_photo"), ("preset", ("lecture",))),
        **dict.fromkeys(("numbers", "edit"), ("preset", ("cs231n",))),
        "picture": ("image", (OWN,)),
        "seed": ("numbers", ("seed",)),
        **{name: ("edit", (name,)) for name in (*MATRICES, "biases")},
        **{name: ("edit_photo", (name,)) for name in PHOTO_NUMBERS},
    }
    rules = (
        *(Start(name, ("preset",), of=starts) for name, starts in STARTS.items()),
        Start("numbers", (*MATRICES, "biases"), value=_name_of_numbers),
        *(
            Follow(name, "numbers", lambda it, files, name=name: seeded(it.seed)[name], unless=(EDITED,))
            for name in (*MATRICES, "biases")
        ),
        Start("weights_of", (*PHOTO_NUMBERS,), value=_name_of_weights),
        *(
            Follow(name, "weights_of", lambda it, files, rows=rows: rows, unless=(EDITED,))
            for name, rows in PHOTO_NUMBERS.items()
        ),
        Start("filters", ("edit_photo",), value=_enough_filters),
        Start("groups", ("preset",), of={}),
        Limit("groups", ("filters", "channels"), _fit_groups),
    )

    def photo_filters(self) -> np.ndarray:
        """The filters over a photograph. -> (filters, 3, 5, 5)."""
        numbers = [[getattr(self, f"kernel_{n}_{channel}") for channel in CHANNELS] for n in range(self.filters)]
        return np.array(numbers)

    def small_image(self) -> np.ndarray:
        """The image of the preset "cs231n". -> (3, 5, 5)."""
        return np.array([getattr(self, f"input_{channel}") for channel in CHANNELS])

    def small_filters(self) -> np.ndarray:
        """The filters of the preset "cs231n". -> (2, 3, 3, 3)."""
        return np.array([[getattr(self, f"filter_{n}_{channel}") for channel in CHANNELS] for n in (0, 1)])
