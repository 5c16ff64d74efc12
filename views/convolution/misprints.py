"""The cells of slide 46 that are printed wrong: its picture of the blurring kernel's output, compared with the engine's."""

from __future__ import annotations

import numpy as np

from .. import grid
from ..numbers import write
from .scene import LECTURE, Scene
from .settings import ConvolutionSettings

ON_SLIDE = np.array(
    [
        [0.4, 0.5, 0.5, 0.5, 0.4],
        [0.4, 0.2, 0.3, 0.6, 0.3],
        [0.5, 0.4, 0.4, 0.2, 0.1],
        [0.5, 0.6, 0.2, 0.1, 0.0],
        [0.4, 0.3, 0.1, 0.0, 0.0],
    ]
)
FRAME = 0.8  # of a cell, so that it stands inside the frame of the present cell


def _cells(scene: Scene, settings: ConvolutionSettings) -> np.ndarray:
    """Where the slide is wrong, if these settings are the slide's. -> (n, 2): row and column of each."""
    if settings.kernel != "blur" or scene.source != LECTURE or scene.output.shape != ON_SLIDE.shape:
        return np.empty((0, 2), int)
    return np.argwhere(abs(ON_SLIDE - scene.output) > 1e-6)


def frames(scene: Scene, settings: ConvolutionSettings) -> grid.Columns:
    """A frame in each of these cells of the output. -> columns x, y, w, h (n,)."""
    rows, columns = _cells(scene, settings).T
    boxes = grid.rectangles(rows, columns, 1, 1, scene.output.shape)
    return boxes | {side: boxes[side] * np.float32(FRAME) for side in ("w", "h")}


def note(scene: Scene, settings: ConvolutionSettings) -> str:
    """What the slide has there, in words, row by row."""
    printed = [write(ON_SLIDE[row, column]) for row, column in _cells(scene, settings).tolist()]
    return f"Dashed: the slide misprints {', '.join(printed)}." if printed else ""
