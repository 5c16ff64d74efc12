"""HOG step by step: each pixel of one cell votes, the cell's histogram, the block around it, its norm, the whole picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...engine import cell_histograms, hog, normalise_block, pixel_gradients
from ...engine.hog import blocks_of, cell_shares, cells_of_blocks, direction_shares, gradient_directions
from .. import grid
from ..arrangement import PALE
from ..pointing import Pointed, pointing
from ..trace import Columns, Texts
from . import hog_words
from .columns import FeaturePart, bars, cells_to_choose, floats, named, over, picture, star, table, while_shown, words
from .photograph import WHITE
from .settings import SIDE, FeaturesSettings
from .sources import BARS, LINE, RECTANGLE

MOST_NUMBERS = 8  # cells of so many pixels a side have numbers
FAINTEST = 0.06  # of the longest line of a glyph: shorter ones are not drawn
PIECE, BAR = 0.16, 0.84  # of the drawing's height: where the bars begin, above their names, and where the highest ends


@dataclass(frozen=True)
class HogSteps:
    """The numbers of all steps for one cell of one photograph. image: (128, 128) of 0..255"""

    image: np.ndarray
    settings: FeaturesSettings

    @property
    def corner(self) -> tuple[int, int]:
        """The first pixel of the cell."""
        return self.settings.row * self.settings.cell, self.settings.column * self.settings.cell

    @property
    def pixels(self) -> int:
        """How many pixels vote."""
        return self.settings.cell**2

    @property
    def length(self) -> int:
        """Steps: the pixels, the histogram, the cells of the block, its norm, the whole picture."""
        return self.pixels + 1 + self.settings.block**2 + 2

    @cached_property
    def gradients(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows, columns. (128, 128) each"""
        return pixel_gradients(self.image)

    @cached_property
    def histograms(self) -> np.ndarray:
        """-> (cells, cells, bins)"""
        chosen = self.settings
        return cell_histograms(self.image, cell=chosen.cell, bins=chosen.bins, votes=chosen.votes)

    @cached_property
    def feature(self) -> np.ndarray:
        """The whole feature. -> (blocks, blocks, block²·bins)"""
        chosen = self.settings
        kind = {"cell": chosen.cell, "bins": chosen.bins, "block": chosen.block}
        return hog(self.image, **kind, norm=chosen.norm, votes=chosen.votes)

    @property
    def histogram(self) -> np.ndarray:
        """That of the cell. -> (bins,)"""
        return np.asarray(self.histograms[self.settings.row, self.settings.column])

    @property
    def block(self) -> np.ndarray:
        """The histograms of the block's cells behind each other, not yet divided. -> (block²·bins,)"""
        row, column, size = self.settings.row, self.settings.column, self.settings.block
        return np.asarray(blocks_of(self.histograms[row : row + size, column : column + size], size)[0, 0])

    @cached_property
    def votes(self) -> np.ndarray:
        """What each pixel of the cell adds to its histogram, in row order. -> (pixels, bins)"""
        (top, left), cell = self.corner, self.settings.cell
        window = slice(top, top + cell), slice(left, left + cell)
        down, across = (one[window] for one in self.gradients)
        shares = direction_shares(gradient_directions(down, across), self.settings.bins, self.settings.votes)
        near = cell_shares(SIDE, cell, self.settings.votes)
        own = np.outer(near[self.settings.row, window[0]], near[self.settings.column, window[1]])
        votes = (np.hypot(down, across) * own)[..., np.newaxis] * shares
        return np.asarray(votes.reshape(self.pixels, -1) / self.pixels)


def hog_part(image: np.ndarray, settings: FeaturesSettings) -> FeaturePart:
    """image: (128, 128) of 0..255"""
    steps = HogSteps(image, settings)
    still = {
        "photo": picture(image / WHITE), **_frames(steps), **_cell(steps), **_glyphs(steps),
        "choices": cells_to_choose(settings.cell, settings.block, 0.5),
        "bin_words": _bin_words(steps), "histogram_values": table(steps.histogram[np.newaxis]),
        "block_values": table(normalise_block(steps.block, settings.norm)[np.newaxis]),
        "histogram_boxes": pointing([Pointed("histogram_values", "Histogram", (0, 0, 1, 1))]),
        "block_boxes": pointing([Pointed("block_values", "Block, normalised", (0, 0, 1, 1))]),
    }  # fmt: skip
    moving = {**_pixel(steps), **_histogram(steps), **_block(steps), "glyph_cover": _glyph_cover(steps)}
    n, b = steps.pixels, settings.block**2
    return FeaturePart(still, moving, hog_words.sentences(steps), (1, n - 1, n, n + b, n + b + 1), hog_words.facts(steps))


def _frames(steps: HogSteps) -> dict[str, Columns]:
    """On the photograph the cell and the block that begins with it; between the numbers of the block those of its cells."""
    (top, left), cell, block = steps.corner, steps.settings.cell, steps.settings.block
    at = np.array([top]), np.array([left])
    count = block**2
    return {
        "block_cells": floats(x=(np.arange(count) + 0.5) / count, **{name: np.full(count, size) for name, size in
                              (("y", 0.5), ("w", 1 / count), ("h", 1.0))}),
        "cell_frame": {**grid.rectangles(*at, cell, cell, (SIDE, SIDE))},
        "block_frame": {**grid.rectangles(*at, cell * block, cell * block, (SIDE, SIDE))},
    }


def _cell(steps: HogSteps) -> dict[str, Columns]:
    """The pixels of the cell, and a ring of those beside it, from which the differences come."""
    (top, left), cell = steps.corner, steps.settings.cell
    around = np.pad(steps.image, 1, constant_values=np.nan)[top : top + cell + 2, left : left + cell + 2]
    labels = grid.labels(around, PALE * WHITE, hog_words.pixel) if cell <= MOST_NUMBERS else {}
    labels |= {"shade": np.nan_to_num(np.asarray(labels["shade"]))} if labels else {}
    one = np.array([1])
    values = {"cell_values": table(steps.image[top : top + cell, left : left + cell])}
    inner = 1 / (cell + 2), 1 / (cell + 2), cell / (cell + 2), cell / (cell + 2)
    return values | {
        **({"cell_labels": labels} if labels else {"cell_image": picture(around / WHITE)}),
        "cell_edge": {**grid.rectangles(one, one, cell, cell, around.shape)},
        "cell_boxes": pointing([Pointed("cell_values", "Pixel of the cell", inner, first=0)]),
    }


def _pixel(steps: HogSteps) -> dict[str, Columns]:
    """The pixel that votes, those beside it, and its gradient as an arrow."""
    (top, left), cell = steps.corner, steps.settings.cell
    row, column = np.divmod(np.arange(steps.length, dtype=float), cell)
    gone = np.where(np.arange(steps.length) < steps.pixels, 1.0, np.nan)[:, np.newaxis]
    row, column = row[:, np.newaxis] * gone, column[:, np.newaxis] * gone
    shape = (cell + 2, cell + 2)
    beside = [grid.rectangles(row + 1 + r, column + 1 + c, 1, 1, shape) for r, c in ((-1, 0), (1, 0), (0, -1), (0, 1))]
    return {
        "pixel": {**grid.rectangles(row + top, column + left, 1, 1, (SIDE, SIDE))},
        "cell_pixel": {**grid.rectangles(row + 1, column + 1, 1, 1, shape)},
        "cell_beside": {**grid.joined(beside)},
        "arrow": _arrows(steps, row[:, 0], column[:, 0]),
    }


def _arrows(steps: HogSteps, row: np.ndarray, column: np.ndarray) -> Columns:
    """From dark to light, as long as one and a half pixels where the gradient is steepest in the cell. row, column: (T,)"""
    (top, left), cell = steps.corner, steps.settings.cell
    down, across = (one[top : top + cell, left : left + cell].ravel() for one in steps.gradients)
    longest = float(np.hypot(down, across).max()) or 1.0
    n = np.minimum(np.arange(steps.length), steps.pixels - 1)
    x, y = (column + 1.5) / (cell + 2), 1 - (row + 1.5) / (cell + 2)
    reach = 1.5 / (cell + 2) / longest
    return named(LINE, np.stack([x, y, x + reach * across[n], y - reach * down[n]], axis=-1)[:, np.newaxis])


def _histogram(steps: HogSteps) -> dict[str, Columns]:
    """The bins as they grow, and on top of them what the present pixel adds."""
    grown = np.minimum(np.arange(steps.length), steps.pixels)
    total = np.concatenate([np.zeros((1, steps.settings.bins)), np.cumsum(steps.votes, axis=0)])
    before, after = total[grown], total[np.minimum(grown + 1, steps.pixels)]
    after[steps.pixels :] = steps.histogram  # with the votes of pixels around the cell, if they have shares in it
    before[steps.pixels :] = steps.histogram
    scale = 1 / (float(max(after.max(), before.max())) or 1.0)
    low, high = (bars(numbers * scale, base=PIECE, top=BAR) for numbers in (before, after))
    high[..., 2] = low[..., 3]
    size = np.float32(min(0.05, 0.36 / steps.settings.bins))
    x, y = high[..., 0], high[..., 3] + 0.08
    texts = Texts.of_numbers(np.round(after, 1) + 0.0, hog_words.short)
    return {
        "bin_bars": named(BARS, low),
        "vote_bars": named(BARS, high),
        "bin_values": {"text": texts, **floats(x=x, y=y), "size": np.full(x.shape, size, np.float32)},
    }


def _bin_words(steps: HogSteps) -> Columns:
    """The middle of each bin in degrees, of many every other one."""
    bins = steps.settings.bins
    every = 1 if bins <= 9 else 2
    texts = [f"{hog_words.short(round((n + 0.5) * 180 / bins, 1))}°" for n in range(0, bins, every)]
    places = [((n + 0.5) / bins, PIECE / 2) for n in range(0, bins, every)]
    return words(texts, np.array(places), min(0.05, 0.36 / bins * every))


def _block(steps: HogSteps) -> dict[str, Columns]:
    """The numbers of the block: before the norm one cell after the other, then divided by it."""
    block, bins, n = steps.settings.block**2, steps.settings.bins, steps.pixels
    before, after = steps.block, normalise_block(steps.block, steps.settings.norm)
    tall = [one / (float(one.max()) or 1.0) for one in (before, after)]
    step = np.arange(steps.length)
    growing = np.zeros((n, block * bins))  # with the votes the first cell grows, then the others stand beside it
    growing[:, :bins] = np.cumsum(steps.votes, axis=0) / (float(before.max()) or 1.0)
    whole = [np.where(np.arange(block * bins) < count * bins, tall[0], 0) for count in range(1, block + 1)]
    rows = np.concatenate([growing, whole])
    at = np.where(step < n, step, n + np.clip(step - n - 1, 0, block - 1))
    return {
        "block_before": over(BARS, bars(rows, top=0.96), at),
        "block_after": while_shown(BARS, bars(tall[1], top=0.96), step > n + block),
    }


def _glyphs(steps: HogSteps) -> dict[str, Columns]:
    """A star of lines for each cell: along the edges, so across the gradients."""
    settings = steps.settings
    cells = cells_of_blocks(steps.feature, settings.block)
    down, across = cells.shape[:2]
    numbers = cells.reshape(down * across, -1) / (float(cells.max()) or 1.0)
    places = (np.indices((down, across)).reshape(2, -1).T + 0.5) * settings.cell / SIDE
    middles = np.stack([places[:, 1], 1 - places[:, 0]], axis=-1)
    reach = 0.5 * settings.cell / SIDE
    first = 90 + 90 / settings.bins  # the middle of bin 0, and a quarter turn
    lines = star(numbers, middles, reach, first=first, whole=True)[numbers.ravel() > FAINTEST]
    return {"glyph_image": picture(steps.image / WHITE), "glyphs": named(LINE, lines)}


def _glyph_cover(steps: HogSteps) -> Columns:
    """What pales until all cells are done: all around the cell, later around the block."""
    n, block, (top, left) = steps.pixels, steps.settings.block, steps.corner
    rows = [_around(top, left, steps.settings.cell * size) for size in (1, block)]
    step = np.arange(steps.length)
    shown = np.stack([*rows, np.full((4, 4), np.nan)])
    return over(RECTANGLE, shown, np.where(step <= n, 0, np.where(step < steps.length - 1, 1, 2)))


def _around(top: int, left: int, size: int) -> np.ndarray:
    """Four rectangles around a square of the photograph. -> (4, 4): x, y, w, h"""
    bottom, right = top + size, left + size
    edges = [(0, 0, top, SIDE), (bottom, 0, SIDE - bottom, SIDE), (top, 0, size, left), (top, right, size, SIDE - right)]
    down, across, high, wide = np.array(edges, float).T / SIDE
    return np.stack([across + wide / 2, 1 - down - high / 2, wide, high], axis=-1)

