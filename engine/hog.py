"""Histograms of oriented gradients, HOG (Dalal and Triggs, "Histograms of oriented gradients for human detection", 2005).

    gradient of a pixel:  g_column = x[r, c+1] − x[r, c−1]   g_row = x[r+1, c] − x[r−1, c]
    its vote:             magnitude √(g_row² + g_column²), for the bin of its direction 0°..180°
    a cell:               the votes of its pixels by direction, divided by their number
    a block:              the histograms of block × block cells behind each other, divided by their norm

A vote goes to the nearest bin, is shared between the two nearest bins ("bilinear", as in the paper), or also between the
nearest cells ("trilinear"). Light and dark may change places: a direction and its opposite are the same.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .checks import check_image
from .shapes import Array, ShapeError

HALF_TURN = 180.0  # degrees
CLIP = 0.2  # of L2-Hys: no number of a block is larger
EPSILON = 1e-5  # keeps an even block from being divided by 0
VOTES = ("nearest", "bilinear", "trilinear")


def pixel_gradients(image: Array) -> tuple[Array, Array]:
    """The difference of the two neighbours on each axis; 0 at the edge, where one is missing. (H, W) -> rows, columns (H, W).

    >>> pixel_gradients(np.array([[1.0, 2, 4]]))[1].tolist()
    [[0.0, 3.0, 0.0]]
    """
    check_image(image)
    grad_row, grad_column = np.zeros_like(image, dtype=np.float64), np.zeros_like(image, dtype=np.float64)
    grad_row[1:-1] = image[2:] - image[:-2]
    grad_column[:, 1:-1] = image[:, 2:] - image[:, :-2]
    return grad_row, grad_column


def gradient_directions(grad_row: Array, grad_column: Array) -> Array:
    """The direction of each gradient in degrees, 0 ≤ direction < 180; rows grow downwards. (H, W) twice -> (H, W).

    >>> gradient_directions(np.array([2.0, -2.0]), np.array([2.0, -2.0])).tolist()
    [45.0, 45.0]
    """
    return np.asarray(np.rad2deg(np.arctan2(grad_row, grad_column)) % HALF_TURN) % HALF_TURN  # −1e−15 % 180 is 180


def direction_shares(directions: Array, bins: int, votes: str = "bilinear") -> Array:
    """How a vote is shared among the bins, whose centres are (n + ½)·180°/bins. (...) of degrees -> (..., bins).

    >>> direction_shares(np.array([15.0]), 9).tolist()  # between 10° and 30°
    [[0.75, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    place = directions[..., np.newaxis] * bins / HALF_TURN  # in bins; the centre of bin n is at n + ½
    if votes == "nearest":
        return np.asarray(np.floor(place) == np.arange(bins), np.float64)
    away = np.abs(place - (np.arange(bins) + 0.5))
    return np.asarray(np.maximum(0, 1 - np.minimum(away, bins - away)))  # around the half turn the last bin is beside the first


def cell_shares(size: int, cell: int, votes: str = "bilinear") -> Array:
    """How a vote is shared among the cells of one axis. size: in pixels -> (cells, size).

    >>> cell_shares(4, 2).tolist()
    [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]
    >>> cell_shares(4, 2, "trilinear").tolist()
    [[0.75, 0.75, 0.25, 0.0], [0.0, 0.25, 0.75, 0.75]]
    """
    place = (np.arange(size) + 0.5) / cell  # in cells; the centre of cell n is at n + ½
    numbers = np.arange(size // cell)[:, np.newaxis]
    if votes == "trilinear":
        return np.asarray(np.maximum(0, 1 - np.abs(place - (numbers + 0.5))))
    return np.asarray(np.floor(place) == numbers, np.float64)


def cell_histograms(image: Array, *, cell: int = 8, bins: int = 9, votes: str = "bilinear") -> Array:
    """The histogram of every cell: the mean over its pixels of their votes. (H, W) -> (H // cell, W // cell, bins)."""
    _check_sizes(image, cell, bins, votes)
    grad_row, grad_column = pixel_gradients(image)
    shares = direction_shares(gradient_directions(grad_row, grad_column), bins, votes)
    weighted = np.hypot(grad_row, grad_column)[..., np.newaxis] * shares
    down, across = (cell_shares(size, cell, votes) for size in image.shape)
    # rh, hwb -> rwb, then wc, rwb -> rcb
    of_rows = np.tensordot(down, weighted, axes=1)
    return np.asarray(np.tensordot(of_rows, across.T, axes=(1, 0)).swapaxes(1, 2) / cell**2)


def cell_histograms_loops(image: Array, *, cell: int = 8, bins: int = 9, votes: str = "bilinear") -> Array:
    """The definition, pixel by pixel. (H, W) -> (H // cell, W // cell, bins)."""
    _check_sizes(image, cell, bins, votes)
    grad_row, grad_column = pixel_gradients(image)
    down, across = (cell_shares(size, cell, votes) for size in image.shape)
    histograms = np.zeros((len(down), len(across), bins))
    for r, c in np.ndindex(*image.shape):
        magnitude = np.hypot(grad_row[r, c], grad_column[r, c])
        shares = direction_shares(gradient_directions(grad_row[r, c], grad_column[r, c]), bins, votes)
        for i, k in np.argwhere(np.outer(down[:, r], across[:, c])):
            histograms[i, k] += magnitude * down[i, r] * across[k, c] * shares
    return histograms / cell**2


def normalise_block(block: Array, norm: str = "L2-Hys") -> Array:
    """Divide the numbers of each block by their norm. block: (..., n) -> (..., n). norm: a key of NORMS.

    >>> normalise_block(np.array([3.0, 4.0]), "L1").round(3).tolist()
    [0.429, 0.571]
    """
    if norm not in NORMS:
        raise ShapeError(f"there is no norm called {norm!r}; choose one of {', '.join(NORMS)}")
    return NORMS[norm](block)


def _l1(block: Array) -> Array:
    return np.asarray(block / (np.abs(block).sum(axis=-1, keepdims=True) + EPSILON))


def _l1_sqrt(block: Array) -> Array:
    return np.asarray(np.sqrt(_l1(block)))


def _l2(block: Array) -> Array:
    return np.asarray(block / np.sqrt(np.square(block).sum(axis=-1, keepdims=True) + EPSILON**2))


def _l2_hys(block: Array) -> Array:
    """L2, then no number above CLIP, then L2 again: one strong edge does not drown the others."""
    return _l2(np.minimum(_l2(block), CLIP))


NORMS: dict[str, Callable[[Array], Array]] = {"L1": _l1, "L1-sqrt": _l1_sqrt, "L2": _l2, "L2-Hys": _l2_hys}


def blocks_of(histograms: Array, block: int) -> Array:
    """The histograms of every block × block cells, in row order. (R, C, bins) -> (bR, bC, block²·bins).

    A block begins at each cell, so that blocks overlap.
    """
    windows = np.lib.stride_tricks.sliding_window_view(histograms, (block, block), axis=(0, 1))  # (bR, bC, bins, block, block)
    ordered = windows.transpose(0, 1, 3, 4, 2)
    return ordered.reshape(*ordered.shape[:2], -1)


def cells_of_blocks(blocks: Array, block: int) -> Array:
    """What the blocks say of each cell: the mean over all blocks that hold it. (bR, bC, block²·bins) -> (R, C, bins)."""
    down, across = blocks.shape[:2]
    parts = blocks.reshape(down, across, block, block, -1)
    total = np.zeros((down + block - 1, across + block - 1, parts.shape[-1]))
    count = np.zeros((*total.shape[:2], 1))
    for r, c in np.ndindex(block, block):
        total[r : r + down, c : c + across] += parts[:, :, r, c]
        count[r : r + down, c : c + across] += 1
    return np.asarray(total / count)


def hog(
    image: Array, *, cell: int = 8, bins: int = 9, block: int = 2, norm: str = "L2-Hys", votes: str = "bilinear"
) -> Array:
    """The whole feature: every block, normalised. image: (H, W) -> (bR, bC, block·block·bins).

    bR = H // cell − block + 1. Raises ShapeError if not one block fits.
    """
    histograms = cell_histograms(image, cell=cell, bins=bins, votes=votes)
    if not 1 <= block <= min(histograms.shape[:2]):
        raise ShapeError(
            f"a block of {block}×{block} cells is wanted, but the image has {histograms.shape[0]}×{histograms.shape[1]} cells; "
            "use smaller cells or blocks"
        )
    return normalise_block(blocks_of(histograms, block), norm)


def _check_sizes(image: Array, cell: int, bins: int, votes: str) -> None:
    check_image(image)
    if not 1 <= cell <= min(image.shape) or bins < 1:
        raise ShapeError(
            f"cells of {cell}×{cell} pixels and {bins} bins do not fit an image of {image.shape[0]}×{image.shape[1]}; "
            "try cell=8, bins=9"
        )
    if votes not in VOTES:
        raise ShapeError(f"votes cannot be {votes!r}; choose one of {', '.join(VOTES)}")
