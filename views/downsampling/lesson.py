"""What the downsampling view shows: three ways to turn the same windows into fewer numbers, one window a step.

Every number is the engine's; pooled_outputs.py says by which of its functions.
Slides 54-63 and 68-69 of the lecture; the default is the slides' own example.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...engine import conv2d_loops, max_pool2d_loops
from .. import grid
from ..files import DiskFiles, Files
from ..images import LECTURE_IMAGE, OWN, most_to_see, own_grey, stored_image
from ..meetings import fed
from ..numbers import write
from ..ran import Check, Definition
from ..stops import of_cells
from ..trace import Column, Columns, Sources, Texts, Trace
from .pooled_outputs import OUTPUTS, PooledOutputs, change_of, defined_by_loops, limit_of, pooled, writer_of
from .settings import SHIFTS, DownsamplingSettings
from .settings import exercise as exercise
from .words import calls_of, changes_of, facts_of, sentences

TITLE = "Downsampling"
SUMMARY = "Each window becomes one number: its sum (a convolution whose weights are all 1), its average, or its maximum."
ACTIVITY = "Compare stride 2, average and max-pooling in lock-step, and what one pixel's shift does to each."
LINE = "out[n, c, i, j] = padded[n, c, sH * i : sH * i + kH, sW * j : sW * j + kW].max()"  # what each step executes
PROOF = (
    "tests/engine/test_pooling.py and tests/engine/test_conv.py prove on random images that the loops and what ran give the "
    "same numbers up to rounding; sum and average are convolutions whose weights are 1 and 1/(size·size)."
)
DEFINITION = Definition((max_pool2d_loops, conv2d_loops), PROOF, LINE)
MOST_STEPS = 1024  # with more windows, the whole result is shown at once and the window walks along one row
MOST_NUMBERS = 25  # cells of an output; three outputs side by side have no room for the numbers of more on a phone
WIDEST_PIXEL = 1 / 5  # of the strip with the window's pixels
LETTERS = 0.055  # the height of its numbers, in widths of the strip
MOST_WINNERS = 256  # windows; above it, the winners of all windows so far would hide the image and fill the packet


def compute(settings: DownsamplingSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step a window in row order; on a large image one row of it."""
    unmoved, source = _image(settings, files or DiskFiles())
    image = _shifted(unmoved, settings)
    now = pooled(image, settings.window, settings.stride)
    before = now if settings.shift == "none" else pooled(unmoved, settings.window, settings.stride)
    walk = _walk(now, settings.row)
    facts = facts_of(image, source, settings, now, walk) | changes_of(now, before, settings)
    facts |= calls_of(image, settings) | {"start": str(_start(now, walk, settings))}
    still, moving = _still(image, now, before, settings), _moving(image, now, walk, settings)
    return Trace(still, moving, sentences(now, before, walk, settings), facts, of_cells(len(walk), now.ties.shape[1]))


def check(settings: DownsamplingSettings, files: Files | None = None) -> Check:
    """The three outputs by loops and as they are shown, as many rows as can be had at once."""
    image = _shifted(_image(settings, files or DiskFiles())[0], settings)
    part, defined = defined_by_loops(image, settings)
    shown = pooled(image, settings.window, settings.stride).outputs
    return Check(defined, {name: values[part.rows] for name, values in shown.items()}, part.note)


def _walk(now: PooledOutputs, row: int) -> np.ndarray:
    """The numbers of the windows that are steps, in row order: all, or of very many the given output row. -> (T,)."""
    count, width = now.ties.size, now.ties.shape[1]
    if count <= MOST_STEPS:
        return np.arange(count)
    first = min(row, len(now.ties) - 1) * width
    return np.arange(first, first + width)


def _start(now: PooledOutputs, walk: np.ndarray, settings: DownsamplingSettings) -> int:
    """The step to begin with: where outputs have no numbers, the window that has most to see, in the row that is looked at."""
    height, width = now.ties.shape
    if now.ties.size <= MOST_NUMBERS:
        return 0
    row = min(settings.row, height - 1) if settings.is_photo else height // 2
    here = np.flatnonzero(walk // width == row)
    return int(here[most_to_see(now.windows.reshape(now.ties.size, -1)[walk[here]], settings.image)])


def _image(settings: DownsamplingSettings, files: Files) -> tuple[np.ndarray, str]:
    """The image before any shift, and what it is. -> (H, W), words."""
    if settings.image == "lecture":
        return LECTURE_IMAGE[1:, 1:], "The example image of the lecture without its first row and column"
    if settings.image == OWN:
        return own_grey(settings.picture, int(settings.size))
    return stored_image(settings.image, settings.digit, int(settings.size), files)


def _shifted(image: np.ndarray, settings: DownsamplingSettings) -> np.ndarray:
    """The image moved as the settings say. What comes in is 0, the paper; in a photograph the edge repeats."""
    down, right = SHIFTS[settings.shift]
    edges = ((down, 0), (right, 0))
    moved = np.pad(image, edges, mode="edge") if settings.is_photo else np.pad(image, edges)
    return moved[: image.shape[0], : image.shape[1]]


def _still(image: np.ndarray, now: PooledOutputs, before: PooledOutputs, settings: DownsamplingSettings) -> Sources:
    """What no step changes: the image and the finished outputs, which a cover reveals cell by cell."""
    photo, limit, size, stride = settings.is_photo, grid.limit_of(image), settings.window, settings.stride
    places = _pixel_places(image, size)
    still: dict[str, Mapping[str, Column]] = {
        "input": grid.image(image, limit, shown=not photo),
        "input_photo": grid.image(image, limit, shown=photo),
        "input_labels": grid.labels(image, limit, most=grid.MOST_WRITTEN if settings.numbers else grid.MOST_LABELS, grey=photo),
        "input_values": grid.values(image),
        "input_links": fed(len(image), len(now.ties), size, stride),
        "unread": grid.unread(image.shape, (size, size), (stride, stride)),
        "pixels": places,
        "window": _one_size(size, image.shape),
        "winner": _one_size(1, image.shape),
        "winning_pixel": {name: places[name][:1] for name in "ywh"},
        "output_cell": _one_size(1, now.ties.shape),
        "winners": _marks(now, image),
    }
    largest = max(change_of(now, before, name, size).max() for name in OUTPUTS) or 1
    for name, values in now.outputs.items():
        end = limit_of(name, limit, size)
        change = change_of(now, before, name, size) / largest
        labelled = values.size <= (grid.MOST_WRITTEN if settings.numbers else MOST_NUMBERS)
        still |= {
            name: grid.image(values, end, shown=not photo),
            f"{name}_photo": grid.image(values, end, shown=photo),
            f"{name}_labels": grid.labels(
                values if labelled else values[:0], end, writer_of(name, size), most=values.size, grey=photo
            ),
            f"{name}_values": grid.values(values),
            f"{name}_veil": grid.image(change, 1, shown=bool(change.any()) and not labelled),
            f"{name}_changed": _frames(change > 0, shown=labelled),
        }
    return still


def _marks(now: PooledOutputs, image: np.ndarray) -> grid.Coordinates:
    """Marks on the winners of all windows: frames where there are numbers to be read, else dots; of many windows none."""
    count = now.ties.size if now.ties.size <= MOST_WINNERS else 0
    rows, columns = now.argmax_rows.ravel()[:count], now.argmax_columns.ravel()[:count]
    return grid.shrunk(grid.rectangles(rows, columns, 1, 1, image.shape), 1 if image.size <= grid.MOST_LABELS else 0.25)


def _frames(changed: np.ndarray, *, shown: bool) -> grid.Coordinates:
    """A frame within each changed cell. changed: (oH, oW) of bool -> columns x, y, w, h."""
    rows, columns = np.nonzero(changed & shown)
    return grid.shrunk(grid.rectangles(rows, columns, 1, 1, changed.shape), 0.84)


def _pixel_places(image: np.ndarray, size: int) -> grid.Coordinates:
    """The places of a window's pixels, all in one row, and the size of letters that any of them fits. -> columns (size²,).

    Their frames stay within the figure. A photograph's stay uncoloured, as blue would mean nothing beside grey.
    """
    count = size * size
    width = min(1 / count, WIDEST_PIXEL)
    longest = max(len(write(value)) for value in np.unique(image).tolist())
    x = 0.5 + (np.arange(count) - (count - 1) / 2) * width
    return grid.floats(x=x, y=0.5, w=width, h=0.9, shade=0, size=min(LETTERS, 1.2 / longest * width))


def _moving(image: np.ndarray, now: PooledOutputs, walk: np.ndarray, settings: DownsamplingSettings) -> Sources:
    """What the steps change: the window, its pixels, the winner, and how much of the outputs is revealed."""
    shape, steps, count = now.ties.shape, len(walk), now.ties.size
    rows, columns = np.unravel_index(walk[:, np.newaxis], shape)
    size, stride = settings.window, settings.stride
    pixels = now.windows.reshape(count, -1)[walk]
    shade = grid.shade(pixels, grid.limit_of(image))
    argmax_rows, argmax_columns = now.argmax_rows.reshape(count, 1)[walk], now.argmax_columns.reshape(count, 1)[walk]
    place = (argmax_rows - rows * stride) * size + argmax_columns - columns * stride  # within the window
    trail = np.arange(count) <= walk[:, np.newaxis] if count <= MOST_WINNERS else np.empty((steps, 0))
    cover = grid.cover(rows, columns, shape)
    if count > MOST_NUMBERS:
        cover = {name: column[:, :0] for name, column in cover.items()}  # the whole result is shown
    return {
        "window": _places(rows * stride, columns * stride, size, image.shape),
        "winner": _places(argmax_rows, argmax_columns, 1, image.shape),
        "winners": {"seen": trail.astype(np.uint8)},
        "pixels": {"text": Texts.of_numbers(pixels, write), **({} if settings.is_photo else {"shade": shade})},
        "winning_pixel": {"x": _pixel_places(image, size)["x"][place]},
        "output_cell": _places(rows, columns, 1, shape),
        "output_cover": cover,
    }


def _one_size(size: int, shape: tuple[int, ...]) -> Columns:
    """What a moving square of size by size cells keeps: its width and height. -> columns w, h (1,)."""
    square = grid.rectangles(np.zeros(1), np.zeros(1), size, size, shape)
    return {name: square[name] for name in ("w", "h")}


def _places(rows: np.ndarray, columns: np.ndarray, size: int, shape: tuple[int, ...]) -> Columns:
    """Where a moving square of size by size cells stands. rows, columns: (T, 1) -> columns x, y (T, 1)."""
    squares = grid.rectangles(rows, columns, size, size, shape)
    return {name: squares[name] for name in ("x", "y")}


Settings = DownsamplingSettings  # the name by which the session finds them
