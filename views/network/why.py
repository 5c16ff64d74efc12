"""Why this class: what each pixel does for the logit of a class (contributions.py), in colours and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Network
from ...engine.shapes import Array
from .. import contributions, grid
from ..contributions import Contributions, Sweep
from ..grid import Coordinates, floats, limit_of, shade
from ..numbers import write
from ..pointing import pointing_at_all
from ..trace import Sources
from .columns import NOTHING, picture, scale_facts
from .settings import NetworkSettings

PATCH, STRIDE = 4, 2  # pixels
INK = 0.4  # above the background: pixels that are framed
BATCH = 32  # occluded images at a time


@dataclass(frozen=True)
class Pixels(Contributions):
    """What each pixel does for the class `chosen`. patch: 0 unless patches covered it."""

    chosen: int
    patch: int = 0

    @property
    def sentence(self) -> str:
        """The result in words."""
        row, column = (int(place) for place in np.unravel_index(int(self.values.argmax()), self.values.shape))
        about = f"The logit of {self.chosen} is {write(self.score)} (probability {write(self.probability)})."
        most = f"Pixel [{row}, {column}] speaks for it most: {write(float(self.values[row, column]))}"
        if self.patch:
            return f"{about} {most}, lost on average when a {self.patch}×{self.patch} patch covers it."
        return f"{about} The pixels bring {write(self.score - self.rest)} of it, the rest {write(self.rest)}. {most}."


def gradient_times_input(network: Network, x: Array, chosen: int) -> Pixels:
    """Multiply each pixel's gradient by the pixel, measured from the background. x: (1, C, H, W), chosen: the class."""
    return Pixels(**vars(contributions.gradient_times_input(network, x, chosen)), chosen=chosen)


def occlusion(network: Network, x: Array, chosen: int, *, size: int = PATCH, stride: int = STRIDE) -> Pixels:
    """Slide a patch of background over the image. x: (1, C, H, W); size, stride: of the patch, in pixels."""
    sweep = Sweep(network, x, size, stride, batch=BATCH)
    while not sweep.is_done:
        sweep.step()
    return Pixels(**vars(sweep.contributions(chosen)), chosen=chosen, patch=size)


WAYS = {"gradient": gradient_times_input, "occlusion": occlusion}


def reasons(
    network: Network, settings: NetworkSettings, x: np.ndarray, probabilities: np.ndarray
) -> tuple[Sources, dict[str, str]]:
    """The sources why, why_ink and why_values, and the facts. Runs the network anew; x: what it is given, (1, C, H, W)."""
    if settings.why == "none":
        return {"why": picture(None), "why_ink": NOTHING}, {"why_hidden": "hidden"}
    chosen = int(probabilities.argmax()) if settings.explain == "answer" else int(settings.explain)
    pixels = WAYS[settings.why](network, x, chosen)
    limit = limit_of(pixels.values)
    return {
        "why": picture(shade(pixels.values, limit)),
        "why_ink": _ink(x[0, 0] - np.float32(network.pixel_offset)),
        "why_values": grid.values(pixels.values),
        "why_boxes": pointing_at_all("why_values", "Contribution"),
    }, {
        "why": f"for {chosen}",
        "why_note": pixels.sentence,
        **scale_facts("why", limit),
    }


def _ink(x: np.ndarray) -> Coordinates:
    """Frames around the pixels that have ink. x: (H, W) of 0..1."""
    rows, columns = np.nonzero(x > INK)
    H, W = x.shape
    return floats(x=columns / W, y=1 - (rows + 1) / H, dw=1 / W, dh=1 / H)
