"""The sources of the convolution view: what stays, what the steps change, and which cell belongs to which."""

from __future__ import annotations

import functools

import numpy as np

from .. import grid, im2col
from ..numbers import write
from ..trace import Texts, column_array
from .scene import Scene

MOST_BARS = 16  # with more products their running sums are bars without numbers


def still(scene: Scene, *, as_matrices: bool) -> dict[str, grid.Columns]:
    """What no step changes: the image, the kernel and the finished output."""
    padded, weights, output = scene.padded, scene.weights, scene.output
    input_limit, output_limit = grid.limit_of(scene.image), grid.limit_of(output)
    grey_output = scene.photo and output.min() >= 0
    places = np.indices(weights.shape).reshape(2, -1)
    products = scene.terms.products.reshape(len(scene.rows), -1)
    return {
        "input": grid.image(padded, input_limit, shown=not scene.photo),
        "input_photo": grid.image(padded, input_limit, shown=scene.photo),
        "input_labels": grid.labels(padded, input_limit),
        "input_values": grid.values(padded),
        "input_border": grid.rectangles(*np.array(scene.padding)[:, np.newaxis], *scene.image.shape, padded.shape),
        "unread": grid.unread(padded.shape, weights.shape, scene.stride, scene.dilation),
        "kernel": grid.labels(weights, grid.limit_of(weights)),
        "kernel_values": grid.values(weights),
        "products": grid.rectangles(*places, 1, 1, weights.shape) | _size(products, max(weights.shape)),
        "sums": _bar_places(scene),
        "zero_line": _zero_line(scene),
        "output": grid.image(output, output_limit, shown=not grey_output),
        "output_photo": grid.image(output, output_limit, shown=grey_output),
        "output_labels": grid.labels(output, output_limit),
        "output_values": grid.values(output),
        **links(scene),
        **(_im2col_still(scene) if as_matrices else {}),
    }


def moving(scene: Scene, *, as_matrices: bool) -> dict[str, grid.Columns]:
    """What the steps change: the window, the products, the running sum, and how much of the output is revealed."""
    shape = scene.output.shape
    tops, lefts = scene.rows * scene.stride[0], scene.columns * scene.stride[1]
    products = scene.terms.products.reshape(len(scene.rows), -1)
    cover = grid.cover(scene.rows, scene.columns, shape)
    if not scene.whole:
        cover = {name: column_array(column)[:, :0] for name, column in cover.items()}
    return {
        "window": grid.rectangles(tops, lefts, *scene.span, scene.padded.shape),
        "taps": _taps(scene, tops, lefts),
        "products": {
            "text": Texts.of_numbers(products, write),
            "shade": grid.shade(products, grid.limit_of(products)),
        },
        "sums": _bars(scene),
        "output_cell": grid.rectangles(scene.rows, scene.columns, 1, 1, shape),
        "output_cover": cover,
        **(_im2col_moving(scene) if as_matrices else {}),
    }


def links(scene: Scene) -> dict[str, grid.Columns]:
    """Which output rows and columns an input row or column feeds, and which of the input a kernel's one ever meets.

    Columns rows (n, m) and columns (n, m): for each row or column of one grid those of the other, filled up with −1.
    """
    axes = zip(scene.padded.shape, scene.output.shape, scene.weights.shape, scene.stride, strict=True)
    (rows, fed_rows), (columns, fed_columns) = [_meetings(*axis, scene.dilation) for axis in axes]
    return {"kernel_links": {"rows": rows, "columns": columns}, "input_links": {"rows": fed_rows, "columns": fed_columns}}


@functools.lru_cache(16)
def _meetings(size: int, outputs: int, taps: int, stride: int, dilation: int) -> tuple[np.ndarray, np.ndarray]:
    """Along one axis: where tap k meets output place i, (taps, outputs), and which outputs each input place feeds, (size, m).

    After the last output that a place feeds stands −1.
    """
    met = (np.arange(outputs) * stride + np.arange(taps)[:, np.newaxis] * dilation).astype(np.int32)
    fed = np.full((size, max(taps, 1)), -1, np.int32)
    for tap, output in np.ndindex(met.shape):
        row = fed[met[tap, output]]
        row[np.argmax(row < 0)] = output
    return met, fed


def _taps(scene: Scene, tops: np.ndarray, lefts: np.ndarray) -> grid.Columns:
    """The pixels under the kernel's cells, needed where dilation leaves gaps between them. -> columns (T, kH·kW or 0)."""
    if scene.dilation == 1:
        tops, lefts = tops[:, :0], lefts[:, :0]
        return grid.rectangles(tops, lefts, 1, 1, scene.padded.shape)
    rows, columns = np.indices(scene.weights.shape).reshape(2, 1, -1) * scene.dilation
    return grid.rectangles(tops + rows, lefts + columns, 1, 1, scene.padded.shape)


def _im2col_still(scene: Scene) -> dict[str, grid.Columns]:
    matrix = scene.terms.windows.reshape(len(scene.rows), -1).T
    return im2col.still(matrix, scene.weights.reshape(1, -1), scene.terms.output.reshape(1, -1))


def _im2col_moving(scene: Scene) -> dict[str, grid.Columns]:
    steps = np.arange(len(scene.rows))[:, np.newaxis]
    moving = im2col.moving(np.zeros_like(steps), steps, (1, scene.weights.size, len(steps)))
    return {
        source: {name: _over_steps(column, len(steps)) for name, column in found.items()} for source, found in moving.items()
    }


def _over_steps(column: grid.Column, count: int) -> np.ndarray:
    """A column that moves, written out for each step. -> (T, n)."""
    array = column_array(column)
    return np.broadcast_to(array, (count, array.shape[-1]))


def _running_sums(scene: Scene) -> np.ndarray:
    """After each product, and with the bias if there is one. -> (T, n)."""
    sums = scene.terms.running_sums.reshape(len(scene.rows), -1)
    return np.hstack([sums, sums[:, -1:] + scene.bias]) if scene.bias else sums


def _bar_places(scene: Scene) -> grid.Columns:
    """What the bars of all steps share: their places, widths and the size of their texts. -> (n,)."""
    sums = _running_sums(scene)
    count = sums.shape[1]
    places = ((np.arange(count) + 0.5) / count).astype(np.float32)
    return {"x": places, "width": np.full(count, 0.74 / count, np.float32), **_size(sums, count, count)}


def _zero_line(scene: Scene) -> grid.Columns:
    """From where the bars rise and fall. -> columns (2,)."""
    low, scale = _bar_scale(_running_sums(scene))
    return {"x": np.array([0, 1], np.float32), "y": np.full(2, -low / scale, np.float32)}


def _bars(scene: Scene) -> grid.Columns:
    """Each product as a bar from the sum before it to the sum after it. -> columns (T, n)."""
    sums = _running_sums(scene)
    before = np.hstack([np.zeros((len(sums), 1)), sums[:, :-1]])
    low, scale = _bar_scale(sums)
    texts = Texts.of_numbers(sums, write) if sums.shape[1] <= MOST_BARS else Texts(("",), np.zeros(sums.shape, np.uint16))
    return {
        "bottom": ((before - low) / scale).astype(np.float32),
        "top": ((sums - low) / scale).astype(np.float32),
        "label_y": ((np.maximum(before, sums) - low) / scale).astype(np.float32),
        "text": texts,
        "shade": np.sign(sums - before).astype(np.float32),
    }


def _bar_scale(sums: np.ndarray) -> tuple[float, float]:
    """One scale for all steps, so that bars of different steps compare: the lowest value and the height of it all."""
    low, high = min(sums.min(), 0), max(sums.max(), 0)
    return low, (high - low) or 1.0


def _size(values: np.ndarray, cells: int, count: int | None = None) -> grid.Columns:
    """One letter height for all texts of all steps, `cells` of them in a row. values: (T, n) -> column size (n or count,)."""
    longest = max((write(value) for value in np.unique(values).tolist()), key=len)
    return {"size": np.full(count or values.shape[1], grid.label_size((longest,), cells), np.float32)}
