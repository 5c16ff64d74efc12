"""What the convolution view shows: one kernel slides over one image, one output cell a step.

Every number is the engine's (scene.py); columns.py lays them out for the figures, words.py puts them into sentences.
Slides 31-53 of the lecture; the default is the slides' own example.
"""

from __future__ import annotations

from ...engine import conv2d_loops
from ..files import DiskFiles, Files
from ..numbers import write
from ..ran import Definition
from ..trace import Trace
from . import misprints
from .call import call_of
from .call import check as check
from .call import ways as ways
from .columns import moving, still
from .exercise import exercise as exercise
from .scene import Scene, make_scene
from .settings import ConvolutionSettings
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


def compute(settings: ConvolutionSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step an output cell in row order; on a large image one row of it."""
    scene = make_scene(settings, files or DiskFiles())
    matrix = settings.im2col
    words = facts(scene, settings) | {"call": call_of(scene, settings), "then": _after_sum(scene)}
    shown = still(scene, as_matrices=matrix) | {"misprints": misprints.frames(scene, settings)}
    return Trace(shown, moving(scene, as_matrices=matrix), sentences(scene), words)


def _after_sum(scene: Scene) -> str:
    """What else happens to the sum of the products, in words."""
    steps = [f"then the bias {write(scene.bias)}"] if scene.bias else []
    return ", ".join([*steps, "then ReLU"] if scene.relu else steps)
