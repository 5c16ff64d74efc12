"""What the rgb view shows: filters with one kernel a channel slide over an image of three channels, a cell a step.

Every number is the engine's: `conv2d_terms` gives the products, a channel's partial sum adds up its products, and the
output adds up all of them and the bias. Slides 83 and 84 of the lecture; the default is CS231n's example.
"""

from __future__ import annotations

import numpy as np

from ...engine import conv2d, conv2d_loops, conv2d_terms
from .. import grid, im2col
from ..files import DiskFiles, Files
from ..images import photo
from ..trace import Trace
from . import cells, volumes
from .boxes import boxes_of
from .call import call_of
from .exercise import exercise as exercise
from .numbers import PHOTO_BIAS, PHOTO_FILTERS, PHOTO_SIZE, Numbers, convolve
from .places import CHANNELS, Columns
from .settings import RgbSettings
from .sources import completed
from .words import MOST_PRODUCTS, facts_of, products, sentences

TITLE = "RGB: three channels"
SUMMARY = "Three channels, so a filter has three kernels: their three sums and the bias make one output cell."
CODE = (conv2d_loops, conv2d_terms, conv2d)  # shown beside the picture: the definition, what told every term, the fast one
CODE_LINE = "out[n, f, i, j] += weight[f, c, k, m] * pixel"  # what each step executes, once a product


def compute(settings: RgbSettings, files: Files | None = None) -> Trace:
    """The whole animation: every output cell of filter 0 in row order, then of filter 1, and so on."""
    chosen = tuple(n for n, channel in enumerate(CHANNELS) if settings.channels in ("all", channel))
    numbers, pixels = _numbers(settings, files or DiskFiles())
    shown = numbers.outputs if len(chosen) == len(CHANNELS) else numbers.partials[:, chosen[0]]
    if pixels is None:
        still, moving = cells.still(numbers, shown, chosen), cells.moving(numbers, chosen)
    else:
        still, moving = volumes.still(pixels, numbers, shown, chosen), volumes.moving(numbers, chosen)
    values = _values(numbers, shown)
    static = {**completed(still, moving), **values, **boxes_of(numbers.geometry, small=pixels is None)}
    if numbers.weights[0, 0].size <= MOST_PRODUCTS:
        size = numbers.weights.shape[-1]
        static |= {"products": {"x": np.tile(np.arange(size, dtype=np.uint8), size * len(chosen))}}
        moving |= {"products": products(numbers, chosen)}
    if settings.im2col:
        static |= _im2col_still(numbers)
        moving |= _im2col_moving(numbers)
    facts = facts_of(settings, numbers, chosen) | {"call": call_of(numbers, settings)}
    return Trace(static, moving, sentences(numbers, chosen), facts)


def _numbers(settings: RgbSettings, files: Files) -> tuple[Numbers, np.ndarray | None]:
    """What is convolved, and the photograph if it is one."""
    if settings.preset == "cs231n":
        biases = np.array(settings.biases[0])
        return convolve(settings.small_image(), settings.small_filters(), biases, settings.stride, settings.padding), None
    pixels = photo(settings.image, PHOTO_SIZE, files)
    weights = np.stack([*PHOTO_FILTERS.values()])[: settings.filters]
    biases = np.full(settings.filters, PHOTO_BIAS)
    return convolve(pixels.transpose(2, 0, 1).astype(np.float64), weights, biases, settings.stride, settings.padding), pixels


def _values(numbers: Numbers, shown: np.ndarray) -> dict[str, Columns]:
    """The true numbers of every grid, to be read out."""
    found = {f"input_{name}_values": grid.values(channel) for name, channel in zip(CHANNELS, numbers.padded, strict=True)}
    for n, weights in enumerate(numbers.weights):
        for name, kernel, partial in zip(CHANNELS, weights, numbers.partials[n], strict=True):
            found[f"filter_{n}_{name}_values"] = grid.values(kernel)
            found[f"partial_{n}_{name}_values"] = grid.values(partial)
        found[f"output_{n}_values"] = grid.values(shown[n])
    return found


def _im2col_still(numbers: Numbers) -> dict[str, Columns]:
    F = len(numbers.weights)
    matrix = numbers.windows.reshape(-1, numbers.weights[0].size).T
    return im2col.still(matrix, numbers.weights.reshape(F, -1), numbers.outputs.reshape(F, -1))


def _im2col_moving(numbers: Numbers) -> dict[str, Columns]:
    F, oH, oW = numbers.outputs.shape
    filters, rows, columns = numbers.geometry.places
    return numbers.geometry.over_steps(im2col.moving(filters, rows * oW + columns, (F, numbers.weights[0].size, oH * oW)))


Settings = RgbSettings  # the name by which the session finds them
