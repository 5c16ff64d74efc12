"""The calls of the engine that give all three outputs for the present settings."""

from __future__ import annotations

import numpy as np

from .. import snippet
from .settings import SHIFTS, DownsamplingSettings


def call_of(image: np.ndarray, settings: DownsamplingSettings) -> str:
    """Python that computes `total`, `average` and `maximum`, (1, 1, oH, oW) each. image: (H, W), shifted already."""
    x, imports = snippet.array("x", image), []
    if settings.image == "digit":
        x, imports = snippet.digit(settings.digit)
    elif settings.is_photo:
        x, imports = snippet.grey_photo(settings.image, int(settings.size))
    down, right = SHIFTS[settings.shift]
    height, width = image.shape
    edge = ', mode="edge"' if settings.is_photo else ""
    shift = f"x = np.pad(x, (({down}, 0), ({right}, 0)){edge})[:{height}, :{width}]"
    how = f"stride={settings.stride})"
    return snippet.program(
        ["avg_pool2d", "conv2d", "max_pool2d"],
        x,
        *([shift] if imports and down + right else []),
        "x = x[np.newaxis, np.newaxis]",
        f"total = conv2d(x, np.ones((1, 1, {settings.window}, {settings.window})), {how}",
        f"average = avg_pool2d(x, {settings.window}, {how}",
        f"maximum = max_pool2d(x, {settings.window}, {how}",
        'print(total[0, 0], average[0, 0], maximum[0, 0], sep="\\n\\n")',
        more=imports,
    )
