"""The controls of the kernel detective."""

from __future__ import annotations

import numpy as np
import param

from ..files import Files
from ..images import LECTURE_IMAGE
from ..rules import Follow, Limit, Start
from ..settings import Choice, Matrix, Rows, Settings

CUSTOM = "custom"
ZEROS: Rows = ((0.0,) * 3,) * 3
LECTURE: Rows = tuple(map(tuple, LECTURE_IMAGE.tolist()))
STRIPES: Rows = ((0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0, 1.0),) * 8  # alike rows: only column sums are determined
RANDOM_SIDE = 8
SECRETS: dict[str, Rows] = {
    "case_1": ((0, 0, 0), (0, 1, 1), (0, 1, 0)),
    "case_2": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "case_3": ((1, 0, -1), (2, 0, -2), (1, 0, -1)),
    "case_4": ((0.1, 0.1, 0.1), (0.1, 0.2, 0.1), (0.1, 0.1, 0.1)),
    "case_5": ((0, 0, 1), (0, -2, 0), (1, 0, 0)),
}
WEIGHTS = {f"θ{row}{column}": f"{row}{column}" for row in (1, 2, 3) for column in (1, 2, 3)}


def _cells_of_image(settings: DetectiveSettings, files: Files | None) -> Rows:
    if settings.image == "random":
        numbers = np.random.default_rng(settings.seed).integers(-1, 2, (2, RANDOM_SIDE, RANDOM_SIDE))[1]
        return tuple(map(tuple, numbers.astype(np.float64).tolist()))
    return LECTURE if settings.image == "lecture" else STRIPES


def _keep_weights_apart(settings: DetectiveSettings) -> str:
    """The two axes of the loss surface are two different weights."""
    if settings.across != settings.up:
        return ""
    names = [*WEIGHTS.values()]
    settings.up = names[(names.index(settings.across) + 1) % len(names)]
    return f"The loss surface needs two different weights: up became θ{settings.up}."


class DetectiveSettings(Settings):
    """The case, and how the kernel is searched for."""

    case = Choice(
        default="case_1",
        objects={f"Case {n}": f"case_{n}" for n in range(1, 6)} | {"Random, from the seed": "seed"},
        doc="Which secret kernel made the target.",
    )
    seed = param.Integer(default=1, bounds=(0, 9999), doc="Each seed always gives the same case.")
    image = Choice(
        default="lecture",
        objects={"Lecture example": "lecture", "Random numbers": "random", "Stripes": "stripes", "My own": CUSTOM},
        doc="The input of the secret kernel. Some images do not determine the kernel.",
    )
    cells = Matrix(
        default=LECTURE, most_cells=8, role="input", label="Image cells", doc="Paste 3×3 to 8×8 numbers into the first cell."
    )
    method = Choice(
        default="descent",
        objects={"By hand": "hand", "Gradient descent": "descent", "Least squares": "least_squares"},
        doc="How the kernel is found.",
    )
    guess = Matrix(default=ZEROS, largest=20, role="kernel", label="Your kernel", doc="Gradient descent starts from it.")
    learning_rate = Choice(
        default="0.5",
        objects={n: n for n in ("0.03", "0.1", "0.3", "0.5", "1", "2", "4")},
        label="Learning rate",
        doc="Too large a rate makes descent diverge.",
    )
    updates = param.Integer(default=60, bounds=(1, 200), label="Gradient steps", doc="Number of gradient steps.")
    across = Choice(default="22", objects=WEIGHTS, doc="The weight from left to right on the loss surface.")
    up = Choice(default="23", objects=WEIGHTS, doc="The weight from bottom to top on the loss surface.")
    reveal = param.Boolean(default=False, label="Show the secret", doc="The kernel that made the target.")

    sections = {"Image cells": ("cells",), "Loss surface": ("across", "up")}  # noqa: RUF012  (read only)
    shown_when = dict.fromkeys(("learning_rate", "updates"), ("method", ("descent",)))
    rules = (
        Start("image", ("cells",), value=lambda settings: CUSTOM),
        Follow("cells", "image", _cells_of_image, unless=(CUSTOM,)),
        Limit("up", ("across",), _keep_weights_apart),
    )

    def secret(self) -> np.ndarray:
        """The kernel that made the target. -> (3, 3)."""
        if self.case == "seed":
            return np.random.default_rng(self.seed).integers(-2, 3, (3, 3)).astype(np.float64)
        return np.array(SECRETS[self.case], np.float64)
