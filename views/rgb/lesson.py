"""What the rgb view shows: filters with one kernel a channel slide over an image of three channels, a cell a step.

Every number is the engine's: `conv2d_terms` gives the products, a channel's partial sum adds up its products, and the
output adds up all of them and the bias. Slides 83 and 84 of the lecture; the default is CS231n's example.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...engine import conv2d_loops
from .. import grid, im2col
from ..arrangement import with_empty
from ..definitions import part_by_loops
from ..files import DiskFiles, Files
from ..images import chosen_photo, most_to_see
from ..meetings import fed
from ..ran import Check, Definition
from ..stops import stops
from ..trace import Column, Columns, Trace
from . import columns, volumes
from .channels import PHOTO_SIZE, ChannelConvolution, convolve
from .channels import exercise as exercise
from .settings import RgbSettings
from .wide_and_narrow import CHANNELS, SOURCES, closeup, small_closeup
from .words import MOST_PRODUCTS, calls_of, facts_of, products, sentences

TITLE = "RGB: three channels"
SUMMARY = "Three channels, so a filter has three kernels: their three sums and the bias make one output cell."
ACTIVITY = "See why one filter has three kernels: small integers, or a photograph as volumes."
LINE = "out[n, f, i, j] += weight[f, c, k, m] * pixel"  # what each step executes, once a product
PROOF = "tests/engine/test_conv.py proves on random images that the loops and what ran give the same numbers up to rounding."
DEFINITION = Definition((conv2d_loops,), PROOF, LINE)


def compute(settings: RgbSettings, files: Files | None = None) -> Trace:
    """The whole animation: every output cell of filter 0 in row order, then of filter 1, and so on."""
    chosen = tuple(n for n, channel in enumerate(CHANNELS) if settings.channels in ("all", channel))
    convolution = _convolution(settings, files or DiskFiles())
    shown = convolution.outputs if len(chosen) == len(CHANNELS) else convolution.partials[:, chosen[0]]
    drawing = columns if settings.preset == "cs231n" else volumes
    still, moving = drawing.still(convolution, shown, chosen), drawing.moving(convolution, chosen)
    static: dict[str, Mapping[str, Column]] = {**with_empty(SOURCES, still, moving), **_values(convolution, shown)}
    static |= drawing.pointed(convolution.geometry) | {"closeup": closeup(is_photo=drawing is volumes)}
    its = convolution.geometry
    moving = {**moving, **small_closeup(its, chosen, is_photo=drawing is volumes)}
    static["window_links"] = fed(its.padded, its.output, its.kernel_size, its.stride)
    if convolution.weights[0, 0].size <= MOST_PRODUCTS:
        size = convolution.weights.shape[-1]
        static |= {"products": {"x": np.tile(np.arange(size, dtype=np.uint8), size * len(chosen))}}
        moving = {**moving, "products": products(convolution, chosen)}
    if settings.im2col:
        F, oH, oW = convolution.outputs.shape
        weights, windows = convolution.weights.reshape(F, -1), convolution.windows.reshape(oH * oW, -1)
        static |= im2col.still(windows.T, weights, convolution.outputs.reshape(F, -1))
        moving = {**moving, **im2col.over_all((F, weights.shape[1], oH * oW))}
    facts = facts_of(settings, convolution, chosen) | calls_of(convolution, settings)
    if settings.preset == "lecture":
        side = len(convolution.windows)
        facts["start"] = str(side // 2 * side + most_to_see(convolution.windows[side // 2], settings.image))
    filters, cells = len(shown), shown[0].size
    told = stops(filters * cells, 1, cells - 1, *(n * cells for n in range(1, filters)))
    return Trace(static, moving, sentences(convolution, chosen), facts, told)


def check(settings: RgbSettings, files: Files | None = None) -> Check:
    """The outputs by conv2d_loops and as they are shown, of the chosen channels."""
    convolution = _convolution(settings, files or DiskFiles())
    step, ring = (convolution.stride, convolution.stride), (convolution.padding, convolution.padding)
    x, weight, bias, shown = convolution.image[np.newaxis], convolution.weights, convolution.biases, convolution.outputs
    if settings.channels != "all":
        n = CHANNELS.index(settings.channels)
        x, weight, bias, shown = x[:, [n]], weight[:, [n]], np.zeros(len(weight)), convolution.partials[:, n]
    part, defined = part_by_loops(x, weight, bias, stride=step, padding=ring, dilation=(1, 1))
    return Check({"output": defined}, {"output": shown[np.newaxis][part.cells]}, part.note)


def _convolution(settings: RgbSettings, files: Files) -> ChannelConvolution:
    """The numbers of the seed or of the page, or a photograph and its filters, convolved."""
    if settings.preset == "cs231n":
        arrays = (settings.small_image(), settings.small_filters(), np.array(settings.biases[0]))
    else:
        pixels = chosen_photo(settings.image, settings.picture, PHOTO_SIZE, files).transpose(2, 0, 1).astype(np.float64)
        arrays = (pixels, settings.photo_filters(), np.array(settings.photo_biases[0][: settings.filters]))
    return convolve(*arrays, settings.stride, settings.padding, settings.groups)


def _values(convolution: ChannelConvolution, shown: np.ndarray) -> dict[str, Columns]:
    """The true numbers of every grid, to be read out."""
    values = {f"input_{name}_values": grid.values(channel) for name, channel in zip(CHANNELS, convolution.padded, strict=True)}
    for n, weights in enumerate(convolution.weights):
        for c in convolution.sees(n):
            name, kernel, partial = CHANNELS[c], weights[c], convolution.partials[n, c]
            values[f"filter_{n}_{name}_values"] = grid.values(kernel)
            values[f"partial_{n}_{name}_values"] = grid.values(partial)
        values[f"output_{n}_values"] = grid.values(shown[n])
    return values


Settings = RgbSettings  # the name by which the session finds them
