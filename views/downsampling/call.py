"""The calls of the engine that give all three outputs for the present settings, and these outputs by the definition."""

from __future__ import annotations

import numpy as np

from ...engine import max_pool2d_loops
from .. import snippet
from ..definitions import Part, part_by_loops
from .settings import SHIFTS, DownsamplingSettings


def call_of(image: np.ndarray, settings: DownsamplingSettings) -> str:
    """Python that computes `total`, `average` and `maximum`, (1, 1, oH, oW) each. image: (H, W), shifted already."""
    imports: list[str] = []
    x = snippet.array("x", image)
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


def defined_by_loops(image: np.ndarray, settings: DownsamplingSettings) -> tuple[Part, dict[str, np.ndarray]]:
    """Rows of the sum and the average as convolutions by loops, of the maximum by its own. image: (H, W) -> (rows, oW) each."""
    size, stride = settings.window, settings.stride
    x, ones = image[np.newaxis, np.newaxis], np.ones((1, 1, size, size))
    how = {"stride": (stride, stride), "padding": (0, 0), "dilation": (1, 1)}
    part, total = part_by_loops(x, ones, None, **how, around=settings.row)
    _, average = part_by_loops(x, ones / size**2, None, **how, around=settings.row)
    top, bottom = part.rows.start * stride, (part.rows.stop - 1) * stride + size
    maximum = max_pool2d_loops(x[:, :, top:bottom], size, stride=stride)
    return part, {"sum": total[0, 0], "average": average[0, 0], "maximum": maximum[0, 0]}
