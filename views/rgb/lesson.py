"""What the rgb view shows: filters with one kernel a channel slide over an image of three channels, a cell a step.

Every number is the engine's: `conv2d_terms` gives the products, a channel's partial sum adds up its products, and the
output adds up all of them and the bias. Slides 83 and 84 of the lecture; the default is CS231n's example.
"""

from __future__ import annotations

import numpy as np

from ...engine import conv2d, conv2d_loops, conv2d_terms, output_size
from .. import grid, im2col
from ..files import DiskFiles, Files
from ..images import photo
from ..numbers import write, write_factor
from ..trace import Sentences, Texts, Trace
from . import cells, volumes
from .boxes import boxes_of
from .call import call_of
from .numbers import PHOTO_BIAS, PHOTO_FILTERS, PHOTO_SIZE, Numbers, convolve
from .places import CHANNELS, SCENES, Columns
from .settings import RgbSettings
from .sources import completed

TITLE = "RGB: three channels"
SUMMARY = "Three channels, so a filter has three kernels: their three sums and the bias make one output cell."
MOST_PRODUCTS = 9  # in one sentence
CODE = (conv2d_loops, conv2d_terms, conv2d)  # shown beside the picture: the definition, what told every term, the fast one
CODE_LINE = "out[n, f, i, j] += weight[f, c, k, m] * pixel"  # what each step executes, once a product


def compute(settings: RgbSettings, files: Files | None = None) -> Trace:
    """The whole animation: every output cell of filter 0 in row order, then of filter 1, and so on."""
    chosen = [n for n, channel in enumerate(CHANNELS) if settings.channels in ("all", channel)]
    numbers, pixels = _numbers(settings, files or DiskFiles())
    shown = numbers.outputs if len(chosen) == len(CHANNELS) else numbers.partials[:, chosen[0]]
    if pixels is None:
        still, moving = cells.still(numbers, shown, chosen), cells.moving(numbers, chosen)
    else:
        still, moving = volumes.still(pixels, numbers, shown, chosen), volumes.moving(numbers, chosen)
    values = _values(numbers, shown)
    boxes = {f"{scene.name}_boxes": boxes_of(scene, numbers, small=pixels is None) for scene in SCENES}
    static = {**completed(still, moving), **values, **boxes}
    if settings.im2col:
        static |= _im2col_still(numbers)
        moving |= _im2col_moving(numbers)
    return Trace(static, moving, _sentences(numbers, chosen), _facts(settings, numbers) | {"call": call_of(numbers, settings)})


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
    filters, rows, columns = numbers.steps[:, :, np.newaxis]
    return im2col.moving(filters, rows * oW + columns, (F, numbers.weights[0].size, oH * oW))


def _sentences(numbers: Numbers, chosen: list[int]) -> Sentences:
    """output[1, 2, filter 0] = red 3 + green (−1) + blue 2 + bias 1 = 5; of one channel alone its products."""
    at, rows, columns = numbers.steps
    place = Texts.of_numbers(np.column_stack([rows, columns, at]), write)
    partials = numbers.at_steps(numbers.partials)
    if len(chosen) == 1:
        products, template = _products(numbers, chosen[0])
        end = Texts.of_numbers(partials[:, chosen], write)
        name = CHANNELS[chosen[0]]
        return Sentences(
            f"output[{{}}, {{}}, filter {{}}], {name} alone = {template} = {{}}", Texts.side_by_side([place, products, end])
        )
    others = np.column_stack([partials[:, 1:], numbers.biases[at]])
    gaps = [
        place,
        Texts.of_numbers(partials[:, :1], write),
        Texts.of_numbers(others, write_factor),
        Texts.of_numbers(numbers.outputs.reshape(-1, 1), write),
    ]
    return Sentences("output[{}, {}, filter {}] = red {} + green {} + blue {} + bias {} = {}", Texts.side_by_side(gaps))


def _products(numbers: Numbers, channel: int) -> tuple[Texts, str]:
    """The products of one channel, if a sentence can hold them. -> pixels and weights by turns, the template for them."""
    at = numbers.steps[0]
    weights = numbers.weights[:, channel].reshape(len(numbers.weights), -1)[at]
    count = weights.shape[1]
    if count > MOST_PRODUCTS:
        return Texts((), np.zeros((len(at), 0), np.uint16)), f"the sum of {count} products"
    windows = np.tile(numbers.windows[:, :, channel].reshape(-1, count), (len(numbers.weights), 1))
    beside = Texts.side_by_side([Texts.of_numbers(windows, write), Texts.of_numbers(weights, write_factor)])
    by_turns = np.arange(2 * count).reshape(2, count).T.ravel()
    return Texts(beside.table, beside.codes[:, by_turns]), " + ".join(["{}×{}"] * count)


def _facts(settings: RgbSettings, numbers: Numbers) -> dict[str, str]:
    F, C, kernel_size, _ = numbers.weights.shape
    side, stride, padding = numbers.image.shape[1], settings.stride, settings.padding
    out = output_size(side, kernel_size, stride=stride, padding=padding)
    padded = f", padded {side + 2 * padding}×{side + 2 * padding}×{C}" if padding else ""
    shapes = f"{side}×{side}×{C}{padded} → {F} filter{'s' * (F > 1)} {kernel_size}×{kernel_size}×{C} → {out}×{out}×{F}"
    scale = "Blue is positive, orange negative, the paper's own colour zero."
    if settings.preset == "lecture":
        scale += f" All maps share one scale, −{write(volumes.scale_of(numbers, numbers.outputs))} to the same positive number."
        scale += " Filters: " + "; ".join(f"{n}: {what}" for n, what in enumerate([*PHOTO_FILTERS][:F])) + "."
    return {
        "source": scale,
        "size": f"output size = ⌊({side} + 2·{padding} − {kernel_size}) / {stride}⌋ + 1 = {out}, one layer a filter",
        **{scene.name: shapes for scene in SCENES},
        "im2col": "filters as rows × windows as columns, channel below channel, + biases = feature maps as rows",
        **({} if settings.im2col else {"im2col_hidden": "hidden"}),
    }


Settings = RgbSettings  # the name by which the session finds them
