"""What the convolution view shows: one kernel slides over one image, one output cell a step.

Every number is the engine's (algorithms.py); columns.py lays them out for the figures, words.py puts them into sentences.
Slides 31-53 of the lecture; the default is the slides' own example.
"""

from __future__ import annotations

from typing import Any

from ...engine import conv2d_loops, conv_transpose2d_loops, relu
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
from .tasks import exercise as exercise
from .words import facts, sentences

TITLE = "Convolution"
SUMMARY = "A kernel slides over an image. At each place it multiplies what lies under it and adds up the products."
ACTIVITY = (
    "Slide any kernel of 1×1 to 7×7 over the lecture's image, a digit, a photograph or a drawing; stride, padding, "
    "dilation; predict a cell, then reveal it."
)
Settings = ConvolutionSettings  # the name by which the session finds them
LINE = "out[n, f, i, j] += weight[f, c, k, m] * pixel"  # what each step executes, once a product
PROOF = (
    "tests/engine/test_conv.py and test_transposed.py prove on random images that the loops and what ran give the same numbers "
    "up to rounding."
)
DEFINITION = Definition((conv2d_loops, conv_transpose2d_loops), PROOF, LINE)
USUAL = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1}  # the defaults of conv2d and conv_transpose2d


def compute(settings: ConvolutionSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step an output cell in row order; on a large image one row of it."""
    result = convolve(settings, files or DiskFiles())
    after = ", ".join([f"then the bias {write(result.bias)}"] * bool(result.bias) + ["then ReLU"] * result.relu)
    words = facts(result, settings) | calls_of(result, settings) | {"then": after}
    words["definition"] = (conv_transpose2d_loops if result.forward else conv2d_loops).__name__
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
        x = snippet.array("x", result.forward.cells if result.forward else result.image)
    function, how, framed = _call_of(result, settings)
    axes = "np.newaxis" if function == "conv1d" else "np.newaxis, np.newaxis"
    arguments = [f"x[{axes}]", f"weight[{axes}]"]
    arguments += [f"np.array([{snippet.number(result.bias)}], dtype=float)"] if result.bias else []
    out = snippet.call(function, *arguments, usual=USUAL, **how)
    kernel = result.forward.weights if result.forward else result.weights
    weight = snippet.array("weight", kernel, "turned by 180°" if settings.flip else "")
    engine = [function, "relu"] if result.relu else [function]
    last = f"out = {f'relu({out})' if result.relu else out}"
    pixels = (result.forward.cells if result.forward else result.image) if imports else None
    return snippet.calls(engine, x, *framed, weight, last, "print(out[0, 0])", more=imports, pixels=pixels)


def _call_of(result: ConvolutionResult, settings: ConvolutionSettings) -> tuple[str, dict[str, Any], list[str]]:
    """The engine's function, its settings, and the statement that pads x first if it has other zeros before than behind."""
    if result.forward:
        return "conv_transpose2d", result.forward.how | {"output_padding": result.forward.output_padding}, []
    if settings.image == "signal" and len(result.weights) == 1:
        padding = "causal" if settings.padding_rule == "causal" else result.frame[1]
        return "conv1d", {"stride": result.stride[1], "padding": padding, "dilation": result.dilation[1]}, []
    how = {"stride": result.stride, "dilation": result.dilation}
    before, behind = zip(*result.frame, strict=True)
    if before == behind:
        return "conv2d", how | {"padding": before}, []
    return "conv2d", how, [f"x = np.pad(x, {result.frame})"]


def check(settings: ConvolutionSettings, files: Files | None = None) -> Check:
    """The output by conv2d_loops and as it is shown, as many rows as can be had at once."""
    result = convolve(settings, files or DiskFiles())
    part, defined = result.by_loops()
    return Check({"output": relu(defined) if result.relu else defined}, {"output": result.output[part.rows]}, part.note)


def ways(settings: ConvolutionSettings, files: Files | None = None, *, timed: bool = False) -> list[Way]:
    """The algorithms compared, and how long each takes here."""
    return compared(convolve(settings, files or DiskFiles()), timed=timed)
