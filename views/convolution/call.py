"""The call of the engine that gives the whole output for the present settings, and the check against the definition."""

from __future__ import annotations

from ...engine import relu
from .. import snippet
from ..files import DiskFiles, Files
from ..images import PHOTOS
from ..ran import Check, Way
from .algorithms import compared
from .scene import Scene, make_scene
from .settings import ConvolutionSettings

USUAL = {"stride": 1, "padding": 0, "dilation": 1}  # conv2d's defaults


def call_of(scene: Scene, settings: ConvolutionSettings) -> str:
    """Python that computes the output as `out`, (1, 1, oH, oW), and prints it."""
    x, imports = snippet.array("x", scene.image), []
    if settings.image == "digit":
        x, imports = snippet.digit(settings.digit)
    elif settings.image in PHOTOS:
        x, imports = snippet.grey_photo(settings.image, int(settings.size))
    elif settings.image == "picture":
        x = 'x = np.load("picture.npy")  # your own picture, which only you have: its brightness, 128×128 numbers in 0..255'
    arguments = ["x[np.newaxis, np.newaxis]", "weight[np.newaxis, np.newaxis]"]
    arguments += [f"np.array([{snippet.number(scene.bias)}], dtype=float)"] if scene.bias else []
    how = {"stride": scene.stride, "padding": scene.padding, "dilation": scene.dilation}
    out = snippet.call("conv2d", *arguments, usual=USUAL, **how)
    weight = snippet.array("weight", scene.weights, "turned by 180°" if settings.flip else "")
    engine = ["conv2d", "relu"] if scene.relu else ["conv2d"]
    return snippet.program(
        engine, x, weight, f"out = {f'relu({out})' if scene.relu else out}", "print(out[0, 0])", more=imports
    )


def check(settings: ConvolutionSettings, files: Files | None = None) -> Check:
    """The output by conv2d_loops and as it is shown, as many rows as can be had at once."""
    scene = make_scene(settings, files or DiskFiles())
    part, defined = scene.problem.by_loops()
    return Check({"output": relu(defined) if scene.relu else defined}, {"output": scene.output[part.rows]}, part.note)


def ways(settings: ConvolutionSettings, files: Files | None = None, *, timed: bool = False) -> list[Way]:
    """The algorithms compared, and how long each takes here."""
    return compared(make_scene(settings, files or DiskFiles()).problem, timed=timed)
