"""The call of the engine that gives the whole output volume for the present settings."""

from __future__ import annotations

from .. import snippet
from .numbers import PHOTO_SIZE, Numbers
from .places import CHANNELS
from .settings import RgbSettings

USUAL = {"stride": 1, "padding": 0}  # conv2d's defaults


def call_of(numbers: Numbers, settings: RgbSettings) -> str:
    """Python that computes the output as `out`, (1, F, oH, oW), and prints it."""
    if settings.preset == "cs231n":
        x, imports = snippet.array("x", numbers.image, "red, green, blue"), []
    else:
        x = f'x = photo("{settings.image}", {PHOTO_SIZE}, DiskFiles()).transpose(2, 0, 1).astype(float)  # red, green, blue'
        imports = ["from convoscope.views.files import DiskFiles", "from convoscope.views.images import photo"]
    weight = snippet.array("weight", numbers.weights, "filters of a red, a green and a blue kernel")
    bias = snippet.array("bias", numbers.biases)
    arguments = ["x[np.newaxis]", "weight", "bias"]
    if settings.channels != "all":
        n = CHANNELS.index(settings.channels)
        arguments, bias = [f"x[np.newaxis, [{n}]]", f"weight[:, [{n}]]"], f"# {settings.channels} alone, without the bias"
    out = snippet.call("conv2d", *arguments, usual=USUAL, stride=numbers.stride, padding=numbers.padding)
    return snippet.program(["conv2d"], x, weight, bias, f"out = {out}", "print(out[0])", more=imports)
