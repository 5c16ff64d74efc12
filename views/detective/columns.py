"""The sources of the kernel detective: what stays, what the steps change, and the loss surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import grid, im2col
from ..meetings import meetings
from ..trace import Columns, Sources, Texts, column_array
from .case import SIDE, Case
from .search import Search

SURFACE_CELLS = 80
BANDS = 12  # of colour: their edges are lines of equal loss
ROUNDING = 1e-9  # of a band: equal losses are in one band, however their sums were rounded
MARGIN = 0.15  # around what the surface must hold, of its size
LEAST = 1.0  # what the surface shows of each weight at least
FARTHEST = 6.0  # from the best kernel: a path that diverges leaves the surface
DECIMALS = 2
PALE = 1.7  # times the largest value: colours help the numbers and leave them readable


@dataclass(frozen=True)
class LossSurface:
    """The loss over two weights, and where each kernel of the search stands on it."""

    ends: np.ndarray  # (2, 2): from and to, of the weight across and of the weight up
    losses: np.ndarray  # (cells, cells)
    path: np.ndarray  # (T, 2): 0..1 to the right and upwards
    best: np.ndarray  # (2,)

    @classmethod
    def under(cls, case: Case, search: Search, across: int, up: int) -> LossSurface:
        """The surface under all kernels of the search."""
        best = case.least_squares().kernel
        weights = search.kernels.reshape(len(search.kernels), -1)[:, [across, up]]
        middle = best.ravel()[[across, up]]
        shown = np.vstack([weights, middle]).clip(middle - FARTHEST, middle + FARTHEST)
        low, high = shown.min(axis=0), shown.max(axis=0)
        wide = np.maximum((high - low) * MARGIN, (LEAST - (high - low)) / 2)
        ends = np.stack([low - wide, high + wide], axis=1)
        scale = ends[:, 1] - ends[:, 0]
        losses = case.surface(best, (across, up), ends, SURFACE_CELLS)
        return cls(ends, losses, (weights - ends[:, 0]) / scale, (middle - ends[:, 0]) / scale)


@dataclass(frozen=True)
class GridOverSteps:
    """A grid whose numbers change with the step."""

    shape: tuple[int, ...]
    text: Texts  # codes (T, H·W)
    shade: np.ndarray  # (T, H·W)

    @classmethod
    def of(cls, values: np.ndarray) -> GridOverSteps:
        """values: (T, H, W)."""
        flat = np.round(values.reshape(len(values), -1), 6) + 0.0
        return cls(values.shape[1:], grid.written(flat, DECIMALS), grid.shade(flat, PALE * grid.limit_of(flat)))

    def still(self) -> Columns:
        """Where the cells stand, and one letter height for all steps. -> columns (H·W,)."""
        rows, columns = np.indices(self.shape).reshape(2, -1)
        size = grid.label_size(self.text.table, max(self.shape))
        return {**grid.rectangles(rows, columns, 1, 1, self.shape), "size": np.full(rows.size, size, np.float32)}


def grids_over_steps(case: Case, search: Search) -> dict[str, GridOverSteps]:
    """The grids whose numbers change, by source."""
    arrays = {"kernel": search.kernels, "gradient": search.gradients}
    arrays |= {"output": search.outputs, "difference": search.outputs - case.target}
    return {name: GridOverSteps.of(values) for name, values in arrays.items()}


def still(
    case: Case, search: Search, surface: LossSurface, grids: dict[str, GridOverSteps], secret: np.ndarray | None
) -> Sources:
    """What no step changes. secret: the kernel if it may be seen."""
    return {
        "input": _labels(case.image),
        "input_values": grid.values(case.image),
        "target": _labels(case.target),
        "target_values": grid.values(case.target),
        "input_links": meetings(case.image.shape, case.target.shape, (SIDE, SIDE), (1, 1))[1],
        "target_links": meetings(case.target.shape, case.target.shape, (1, 1), (1, 1))[1],
        "secret": _secret(secret),
        "surface": _surface(surface),
        "path": _points(surface.path.T),
        "best": _points(surface.best[:, np.newaxis]),
        "curve": _points(_curve(search)),
        **_equations(case),
        **{name: one.still() for name, one in grids.items()},
    }


def moving(case: Case, search: Search, surface: LossSurface, grids: dict[str, GridOverSteps]) -> Sources:
    """What the steps change. A step that looks at no cell has no frames: NaN."""
    T, shape = len(search.losses), case.target.shape
    number = search.cells[:, np.newaxis]
    looked_at = np.where(number < 0, np.float32("nan"), np.float32(1))
    rows, columns = np.divmod(np.where(number < 0, np.nan, number), shape[1])
    framed = im2col.moving(np.zeros_like(number), number.clip(0), (1, SIDE**2, case.target.size))
    return {
        "window": grid.rectangles(rows, columns, SIDE, SIDE, case.image.shape),
        "cell": grid.rectangles(rows, columns, 1, 1, shape),
        "here": _points(surface.path.T[..., np.newaxis]),
        "now": _points(_curve(search)[..., np.newaxis]),
        **{name: {"text": one.text, "shade": one.shade} for name, one in grids.items()},
        **{name: {key: column * looked_at for key, column in box.items()} for name, box in framed.items()},
        "im2col_cover": {name: np.zeros((T, 0), np.float32) for name in "xywh"},
    }


def _equations(case: Case) -> dict[str, Columns]:
    """θ as a row × windows as columns = target as a row; of the row only the names of its weights are known."""
    found = im2col.still(case.equations().T, np.zeros((1, SIDE * SIDE)), case.target.reshape(1, -1))
    unknown = found["im2col_rows_labels"]
    unknown["text"] = Texts.of([f"θ{row}{column}" for row in (1, 2, 3) for column in (1, 2, 3)])
    unknown["size"] = (column_array(unknown["size"]) / 2).astype(np.float32)  # three letters each
    return found


def _labels(values: np.ndarray) -> Columns:
    return grid.labels(values, PALE * grid.limit_of(values))


def _secret(kernel: np.ndarray | None) -> Columns:
    """The kernel, or as many question marks."""
    if kernel is not None:
        return _labels(kernel)
    return grid.labels(np.zeros((SIDE, SIDE)), 1) | {"text": Texts(("?",), np.zeros(SIDE * SIDE, np.uint16))}


def _surface(surface: LossSurface) -> Columns:
    """The loss as colours, pale where it is small; its root, so that the valley is seen."""
    share = np.sqrt(surface.losses / (surface.losses.max() or 1))
    return grid.image(np.floor(share * BANDS + ROUNDING) / BANDS, 1)


def _curve(search: Search) -> np.ndarray:
    """The loss at each step, in the unit square. -> x and y, (2, T)."""
    T = len(search.losses)
    return np.stack([np.arange(T) / max(T - 1, 1), search.losses / (search.losses.max() or 1)])


def _points(places: np.ndarray) -> Columns:
    return {**grid.floats(x=places[0], y=places[1])}
