"""The sources of the convolution view: what stays, what the steps change, and which cell belongs to which."""

from __future__ import annotations

import numpy as np

from .. import grid, im2col
from ..meetings import meetings
from ..numbers import write
from ..trace import Columns, Sources, Texts, column_array
from .algorithms import LECTURE, ConvolutionResult
from .settings import ConvolutionSettings

MOST_BARS = 16  # with more products their running sums are bars without numbers
# The blurring kernel's output as slide 46 prints it; some of its cells are misprints.
ON_SLIDE_46 = np.array([
    [0.4, 0.5, 0.5, 0.5, 0.4],
    [0.4, 0.2, 0.3, 0.6, 0.3],
    [0.5, 0.4, 0.4, 0.2, 0.1],
    [0.5, 0.6, 0.2, 0.1, 0.0],
    [0.4, 0.3, 0.1, 0.0, 0.0],
])  # fmt: skip
LEAST_SPAN = 0.04  # of the scale of all steps: where the bars of a step would be lower, each step has its own scale
LEAST_BAR = 0.03  # of the drawing's height, for a product that is not 0
LEAST_TINT = 0.08  # of the colour scale, for a number that is not 0
MISPRINT_FRAME = 0.8  # of a cell, so that it stands inside the frame of the present cell


def still(result: ConvolutionResult, settings: ConvolutionSettings) -> Sources:
    """What no step changes: the image, the kernel and the finished output."""
    padded, weights, output = result.padded, result.weights, result.output
    input_limit, output_limit = grid.limit_of(result.image), grid.limit_of(output)
    most = grid.MOST_WRITTEN if settings.numbers else grid.MOST_LABELS
    grey_output = result.photo and output.min() >= 0
    rows, columns = np.indices(weights.shape).reshape(2, -1)
    windows = result.terms.windows.reshape(len(result.rows), -1)
    return {
        "input": grid.image(padded, input_limit, shown=not result.photo),
        "input_photo": grid.image(padded, input_limit, shown=result.photo),
        "input_labels": grid.labels(padded, input_limit, most=most, grey=result.photo),
        "input_values": grid.values(padded),
        "input_border": _border(result),
        "unread": grid.unread(padded.shape, weights.shape, result.stride, result.dilation),
        "kernel": grid.labels(weights, grid.limit_of(weights)) | {"shade": _tint(weights).ravel()},
        "kernel_values": grid.values(weights),
        "products": {**grid.rectangles(rows, columns, 1, 1, weights.shape), **_size(result.products, max(weights.shape))},
        "sums": _bar_places(result),
        "zero_line": {"x": np.array([0, 1], np.float32)},
        "output": grid.image(_tint(output), 1, shown=not grey_output),
        "output_photo": grid.image(output, output_limit, shown=grey_output),
        "output_labels": grid.labels(output, output_limit, most=most, grey=grey_output),
        "output_values": grid.values(output),
        **links(result),
        "misprints": _misprint_frames(result, settings),
        **(result.forward.identity().sources() if result.forward else {}),
        **(im2col.still(windows.T, weights.reshape(1, -1), result.terms.output.reshape(1, -1)) if settings.im2col else {}),
    }


def moving(result: ConvolutionResult, *, as_matrices: bool) -> Sources:
    """What the steps change: the window, the products, the running sum, and how much of the output is revealed."""
    shape = result.output.shape
    tops, lefts = result.rows * result.stride[0], result.columns * result.stride[1]
    cover = grid.cover(result.rows, result.columns, shape)
    if result.is_shown_whole:
        cover = {name: column_array(column)[:, :0] for name, column in cover.items()}
    return {
        "window": grid.rectangles(tops, lefts, *result.span, result.padded.shape),
        "taps": _taps(result, tops, lefts),
        "products": {"text": Texts.of_numbers(result.products, write), "shade": _tint(result.products)},
        **_bars(result),
        "output_cell": grid.rectangles(result.rows, result.columns, 1, 1, shape),
        "output_cover": cover,
        **(im2col.over_all((1, result.weights.size, len(result.rows))) if as_matrices else {}),
    }


def links(result: ConvolutionResult) -> dict[str, Columns]:
    """Which output cells an input cell feeds, and which of the input a kernel's cell ever meets."""
    shapes = result.padded.shape, result.output.shape, result.weights.shape
    kernel, image = meetings(*shapes, result.stride, result.dilation)
    return {"kernel_links": kernel, "input_links": image}


def _taps(result: ConvolutionResult, tops: np.ndarray, lefts: np.ndarray) -> grid.Coordinates:
    """The pixels under the kernel's cells, needed where dilation leaves gaps between them. -> columns (T, kH·kW or 0)."""
    if result.dilation == (1, 1):
        tops, lefts = tops[:, :0], lefts[:, :0]
        return grid.rectangles(tops, lefts, 1, 1, result.padded.shape)
    rows, columns = np.indices(result.weights.shape).reshape(2, 1, -1) * np.reshape(result.dilation, (2, 1, 1))
    return grid.rectangles(tops + rows, lefts + columns, 1, 1, result.padded.shape)


def _border(result: ConvolutionResult) -> grid.Coordinates:
    """A frame around the image within its padding; around each cell where there are zeros between them. -> columns (n,)."""
    (top, _), (left, _) = result.frame
    height, width = result.image.shape
    if result.forward is None or result.forward.cells.size > grid.MOST_LABELS:
        return grid.rectangles(np.array([top]), np.array([left]), height, width, result.padded.shape)
    rows, columns = np.indices(result.forward.cells.shape).reshape(2, -1) * np.reshape(result.forward.stride, (2, 1))
    return grid.rectangles(top + rows, left + columns, 1, 1, result.padded.shape)


def _bar_places(result: ConvolutionResult) -> Columns:
    """What the bars of all steps share: their places, widths and the size of their texts. -> (n,)."""
    count = result.running_sums.shape[1]
    size = _size(result.running_sums if count <= MOST_BARS else np.zeros((1, count)), count)
    return {**grid.floats(x=(np.arange(count) + 0.5) / count, width=0.74 / count), **size}


def _bars(result: ConvolutionResult) -> dict[str, Columns]:
    """Each product as a bar from the sum before it to the sum after it, its text above the zero line. -> columns (T, n)."""
    sums = result.running_sums
    before = np.hstack([np.zeros((len(sums), 1)), sums[:, :-1]])
    low, height = _bar_scales(sums)
    bottom, top, zero, sign = (before - low) / height, (sums - low) / height, -low / height, np.sign(sums - before)
    top = np.where(abs(top - bottom) < LEAST_BAR, bottom + sign * LEAST_BAR, top)
    texts = Texts.of_numbers(sums, write) if sums.shape[1] <= MOST_BARS else Texts(("",), np.zeros(sums.shape, np.uint16))
    numbers = grid.floats(bottom=bottom, top=top, label_y=np.maximum(np.maximum(bottom, top), zero), shade=sign)
    return {
        "sums": {"text": texts, **numbers},
        "zero_line": {"y": np.repeat(zero, 2, axis=1).astype(np.float32)},
    }


def _bar_scales(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest value of each step's bars and the height of them all. sums: (T, n) -> (T, 1) each.

    One scale for all steps, so that bars of different steps compare, unless on it those of some step would be flat.
    """
    low, high = sums.min(axis=1, keepdims=True).clip(max=0), sums.max(axis=1, keepdims=True).clip(min=0)
    if own_scales(sums):
        return low, np.where(high > low, high - low, 1)
    lowest, highest = low.min(), high.max()
    return np.full_like(low, lowest), np.full_like(low, (highest - lowest) or 1.0)


def own_scales(sums: np.ndarray) -> bool:
    """Whether the bars of some step would be too low on a scale that all steps share. sums: (T, n)."""
    span = sums.max(axis=1).clip(min=0) - sums.min(axis=1).clip(max=0)
    whole = sums.max(initial=0) - sums.min(initial=0)
    return bool(((span > 0) & (span < LEAST_SPAN * whole)).any())


def _tint(values: np.ndarray) -> np.ndarray:
    """Values as −1..1 for the colour scale; beside a very large one too, each but 0 has a colour. -> like values."""
    shades = grid.shade(values, grid.limit_of(values))
    return np.where(values == 0, shades, np.copysign(np.maximum(abs(shades), LEAST_TINT), values)).astype(np.float32)


def _size(values: np.ndarray, cells: int) -> Columns:
    """One letter height for the texts of all steps, `cells` of them in a row. values: (T, n) -> column size (n,)."""
    longest = max((write(value) for value in np.unique(values).tolist()), key=len)
    return {"size": np.full(values.shape[1], grid.label_size((longest,), cells), np.float32)}


def _misprinted_cells(result: ConvolutionResult, settings: ConvolutionSettings) -> np.ndarray:
    """Where the slide is wrong, if these settings are the slide's. -> (n, 2): row and column of each."""
    if settings.kernel != "blur" or result.forward or result.source != LECTURE or result.output.shape != ON_SLIDE_46.shape:
        return np.empty((0, 2), int)
    return np.argwhere(abs(ON_SLIDE_46 - result.output) > 1e-6)


def _misprint_frames(result: ConvolutionResult, settings: ConvolutionSettings) -> Columns:
    """A frame in each of these cells of the output. -> columns x, y, w, h (n,)."""
    rows, columns = _misprinted_cells(result, settings).T
    return {**grid.shrunk(grid.rectangles(rows, columns, 1, 1, result.output.shape), MISPRINT_FRAME)}


def misprint_note(result: ConvolutionResult, settings: ConvolutionSettings) -> str:
    """What the slide has there, in words, row by row."""
    printed = [write(ON_SLIDE_46[row, column]) for row, column in _misprinted_cells(result, settings).tolist()]
    return f"Dashed: the slide misprints {', '.join(printed)}." if printed else ""
