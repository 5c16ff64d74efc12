"""What the convolution view shows: one kernel slides over one image, one output cell a step.

Every number is the engine's (algorithms.py); columns.py lays them out for the figures, words.py puts them into sentences.
Slides 31-53 of the lecture; the default is the slides' own example.
"""

from __future__ import annotations

from ...engine import conv2d_loops, relu
from .. import snippet
from ..files import DiskFiles, Files
from ..images import PHOTOS
from ..numbers import write
from ..ran import Check, Definition, Way
from ..stops import of_cells
from ..trace import Trace
from .algorithms import ConvolutionResult, compared, convolve
from .columns import moving, still
from .settings import ConvolutionSettings
from .settings import exercise as exercise
from .words import facts, sentences

TITLE = "Convolution"
SUMMARY = "A kernel slides over an image. At each place it multiplies what lies under it and adds up the products."
ACTIVITY = (
    "Slide any kernel of 1×1 to 7×7 over the lecture's image, a digit, a photograph or a drawing; stride, padding, "
    "dilation; predict a cell, then reveal it."
)
Settings = ConvolutionSettings  # the name by which the session finds them
LINE = "out[n, f, i, j] += weight[f, c, k, m] * pixel"  # what each step executes, once a product
PROOF = "tests/engine/test_conv.py proves on random images that the loops and what ran give the same numbers up to rounding."
DEFINITION = Definition((conv2d_loops,), PROOF, LINE)
USUAL = {"stride": 1, "padding": 0, "dilation": 1}  # conv2d's defaults


def compute(settings: ConvolutionSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step an output cell in row order; on a large image one row of it."""
    result = convolve(settings, files or DiskFiles())
    after = ", ".join([f"then the bias {write(result.bias)}"] * bool(result.bias) + ["then ReLU"] * result.relu)
    words = facts(result, settings) | calls_of(result, settings) | {"then": after}
    static = still(result, settings)
    told = of_cells(len(result.rows), result.output.shape[1])
    return Trace(static, moving(result, as_matrices=settings.im2col), sentences(result), words, told)


def calls_of(result: ConvolutionResult, settings: ConvolutionSettings) -> dict[str, str]:
    """Python that computes the output as `out`, (1, 1, oH, oW), and prints it."""
    imports: list[str] = []
    if settings.image == "digit":
        x, imports = snippet.digit(settings.digit)
    elif settings.image in PHOTOS:
        x, imports = snippet.grey_photo(settings.image, int(settings.size))
    elif settings.image == "picture":
        x = snippet.own_picture(result.image.shape)
    else:
        x = snippet.array("x", result.image)
    arguments = ["x[np.newaxis, np.newaxis]", "weight[np.newaxis, np.newaxis]"]
    arguments += [f"np.array([{snippet.number(result.bias)}], dtype=float)"] if result.bias else []
    how = {"stride": result.stride, "padding": result.padding, "dilation": result.dilation}
    out = snippet.call("conv2d", *arguments, usual=USUAL, **how)
    weight = snippet.array("weight", result.weights, "turned by 180°" if settings.flip else "")
    engine = ["conv2d", "relu"] if result.relu else ["conv2d"]
    out = f"relu({out})" if result.relu else out
    pixels = result.image if imports else None
    return snippet.calls(engine, x, weight, f"out = {out}", "print(out[0, 0])", more=imports, pixels=pixels)


def check(settings: ConvolutionSettings, files: Files | None = None) -> Check:
    """The output by conv2d_loops and as it is shown, as many rows as can be had at once."""
    result = convolve(settings, files or DiskFiles())
    part, defined = result.by_loops()
    return Check({"output": relu(defined) if result.relu else defined}, {"output": result.output[part.rows]}, part.note)


def ways(settings: ConvolutionSettings, files: Files | None = None, *, timed: bool = False) -> list[Way]:
    """The algorithms compared, and how long each takes here."""
    return compared(convolve(settings, files or DiskFiles()), timed=timed)
