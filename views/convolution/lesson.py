"""What the convolution view shows: one kernel slides over one image, one output cell a step.

Every number is the engine's (scene.py); columns.py lays them out for the figures, words.py puts them into sentences.
Slides 31-53 of the lecture; the default is the slides' own example.
"""

from __future__ import annotations

from ..files import DiskFiles, Files
from ..trace import Trace
from .columns import moving, still
from .scene import make_scene
from .settings import ConvolutionSettings
from .words import facts, sentences

TITLE = "Convolution"
SUMMARY = "A kernel slides over an image. At each place it multiplies what lies under it and adds up the products."
Settings = ConvolutionSettings  # the name by which the session finds them


def compute(settings: ConvolutionSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step an output cell in row order; on a large image one row of it."""
    scene = make_scene(settings, files or DiskFiles())
    matrix = settings.im2col
    return Trace(still(scene, im2col=matrix), moving(scene, im2col=matrix), sentences(scene), facts(scene, settings))
