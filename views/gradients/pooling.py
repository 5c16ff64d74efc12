"""The backward pass of pooling: max-pooling hands a gradient to the pixel that won, average pooling shares it out.

max:      grad_x[r, c] = Σ over the windows that (r, c) won of grad_out       of equal pixels the first in row order wins
average:  grad_x[r, c] = Σ over the windows that hold (r, c) of grad_out / (size·size)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_argmax,
    max_pool2d_backward,
    sliding_windows,
    slopes,
)
from ..numbers import write, write_factor
from .board import Board, Card, Grid, Mark, Step
from .differences import badges, tied_cells
from .places import UPPER, lower
from .words import place, products, sum_of, told

ORDER = "of equal pixels the first in row order wins, as in PyTorch, so that the way back is unique"


@dataclass(frozen=True)
class Pooling:
    """The numbers of one pooling and of its backward pass."""

    x: np.ndarray  # (H, W)
    grad_out: np.ndarray  # (oH, oW)
    size: int
    stride: int
    takes_maximum: bool

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The engine's pooling. x: (N, 1, H, W) -> (N, 1, oH, oW)."""
        return (max_pool2d if self.takes_maximum else avg_pool2d)(x, self.size, stride=self.stride)

    def backward(self) -> np.ndarray:
        """The engine's grad_x. -> (H, W)."""
        back = max_pool2d_backward if self.takes_maximum else avg_pool2d_backward
        return back(self.grad_out[None, None], self.x[None, None], self.size, stride=self.stride)[0, 0]

    def losses(self, x: np.ndarray) -> np.ndarray:
        """J = Σ grad_out × output of a batch of images. x: (N, H, W) -> (N,)."""
        return (self.forward(x[:, None])[:, 0] * self.grad_out).sum(axis=(1, 2))

    def windows(self) -> np.ndarray:
        """-> (oH, oW, size, size)."""
        return sliding_windows(self.x[None, None], self.size, stride=self.stride)[0, 0]

    def shares(self) -> np.ndarray:
        """How much of each window's gradient each of its pixels gets: 0 or 1, or 1/(size·size). -> (oH, oW, size, size)."""
        shape = (*self.grad_out.shape, self.size, self.size)
        if not self.takes_maximum:
            return np.full(shape, 1 / self.size**2)
        rows, columns = (one[0, 0] for one in max_pool2d_argmax(self.x[None, None], self.size, stride=self.stride))
        found = np.zeros(shape)
        for i, j in np.ndindex(self.grad_out.shape):
            found[i, j, rows[i, j] - i * self.stride, columns[i, j] - j * self.stride] = 1
        return found


def pooling_board(one: Pooling) -> Board:
    """Forward window by window, backward pixel by pixel."""
    output, grad_x, shares = one.forward(one.x[None, None])[0, 0], one.backward(), one.shares()
    T, end = output.size, output.size + one.x.size
    grids = {
        "x": Grid("x", one.x, UPPER["x"], first=T),
        "shares": Grid("windows won" if one.takes_maximum else "shares", _received(one, shares), UPPER["choice"], 1, first=T),
        "output": Grid("output", output, UPPER["output"], first=0, hidden=(0, T)),
        "grad_x": Grid("grad_x", grad_x, lower("x"), first=T, hidden=(T, end)),
        "grad_out": Grid("grad_out", one.grad_out, lower("output"), first=0),
    }
    forward = _forward_maximum if one.takes_maximum else _forward_average
    return Board(grids, (*forward(one, output, shares), *_backward(one, grad_x, shares)), _facts(one))


def _received(one: Pooling, shares: np.ndarray) -> np.ndarray:
    """The shares that each pixel gets from all its windows together. -> (H, W)."""
    found = np.zeros(one.x.shape)
    for i, j in np.ndindex(one.grad_out.shape):
        found[i * one.stride : i * one.stride + one.size, j * one.stride : j * one.stride + one.size] += shares[i, j]
    return found


def _at(one: Pooling, i: int, j: int, share: np.ndarray) -> Mark:
    """The pixel that won window (i, j), in x."""
    row, column = divmod(int(share.argmax()), one.size)
    return Mark("x", i * one.stride + row, j * one.stride + column, "output")


def _window_marks(one: Pooling, i: int, j: int) -> tuple[Mark, ...]:
    return (
        Mark("x", i * one.stride, j * one.stride, "kernel", one.size, one.size),
        Mark("output", i, j, "output"),
        Mark("grad_out", i, j, "gradient"),
    )


def _forward_maximum(one: Pooling, output: np.ndarray, shares: np.ndarray) -> list[Step]:
    steps, windows = [], one.windows()
    for i, j in np.ndindex(output.shape):
        window, winner, marks = windows[i, j], _at(one, i, j, shares[i, j]), _window_marks(one, i, j)
        ties = int((window == output[i, j]).sum())
        where = f"{f'first of {ties} ' if ties > 1 else ''}at x{place(winner.row, winner.column)}"
        pixels = ", ".join(map(write, window.ravel().tolist()))
        steps.append(
            Step(
                f"Forward: output{place(i, j)}",
                f"output{place(i, j)} = max({pixels}) = {write(output[i, j])}, {where}",
                f"maximum = {write(output[i, j])}",
                (*marks, winner),
                Card(("window of x", "the winner"), (window, np.where(shares[i, j] > 0, window, np.nan))),
                arrows=((winner, marks[1]),),
            )
        )
    return steps


def _forward_average(one: Pooling, output: np.ndarray, shares: np.ndarray) -> list[Step]:
    steps, windows = [], one.windows()
    for i, j in np.ndindex(output.shape):
        window, average = windows[i, j], write(output[i, j])
        total = " + ".join(write(pixel) if n == 0 else write_factor(pixel) for n, pixel in enumerate(window.ravel().tolist()))
        steps.append(
            Step(
                f"Forward: output{place(i, j)}",
                f"output{place(i, j)} = ({total}) / {one.size**2} = {average}",
                f"average = {average}",
                _window_marks(one, i, j),
                Card(("window of x", f"× 1/{one.size**2}", "= products"), (window, shares[i, j], window * shares[i, j])),
            )
        )
    return steps


def _backward(one: Pooling, grad_x: np.ndarray, shares: np.ndarray) -> list[Step]:
    marks = badges(grad_x, slopes(one.losses, one.x), tied=one.takes_maximum and tied_cells(one.x, one.size, one.stride))
    cells = zip(np.ndindex(one.x.shape), marks, strict=True)
    return [_pixel(one, r, c, float(grad_x[r, c]), badge, shares) for (r, c), badge in cells]


def _pixel(one: Pooling, r: int, c: int, total: float, badge: str, shares: np.ndarray) -> Step:
    """What one pixel gets back from every window that holds it."""
    holding = [
        (i, j)
        for i, j in np.ndindex(one.grad_out.shape)
        if 0 <= r - i * one.stride < one.size and 0 <= c - j * one.stride < one.size
    ]
    share = np.array([[shares[i, j, r - i * one.stride, c - j * one.stride] for i, j in holding]])
    gradients = np.array([[one.grad_out[i, j] for i, j in holding]])
    if one.takes_maximum:
        terms = products([*zip(share.ravel().tolist(), gradients.ravel().tolist(), strict=True)])
    else:
        terms = [f"{write_factor(gradient)}/{one.size**2}" for gradient in gradients.ravel().tolist()]
    givers = [cell for cell, part in zip(holding, share.ravel(), strict=True) if part]
    own = Mark("grad_x", r, c, "gradient")
    at = place(r, c)
    titles = ("won? 1 or 0" if one.takes_maximum else "share", "× grad_out", "= products")
    return Step(
        f"Backward: grad_x{at}",
        told(f"grad_x{at} = {sum_of(terms, total, ': no window reads this pixel')}", badge),
        f"sum = {write(total)}",
        (
            *(Mark("grad_out", i, j, "gradient") for i, j in holding),
            *(Mark("output", i, j, "output") for i, j in holding),
            Mark("x", r, c, "input"),
            Mark("shares", r, c, "kernel"),
            own,
        ),
        Card(titles, (share, gradients, share * gradients)) if holding else Card((), ()),
        badge,
        tuple((Mark("grad_out", i, j, "gradient"), own) for i, j in givers),
    )


def _facts(one: Pooling) -> dict[str, str]:
    overlap = " Windows that overlap add up." if one.stride < one.size else ""
    if one.takes_maximum:
        note = f"Each window hands its whole gradient to the pixel that won it; {ORDER}. All other pixels get 0.{overlap}"
    else:
        note = f"Each window shares its gradient equally among its {one.size**2} pixels, whatever their values.{overlap}"
    x, output = ("×".join(map(str, array.shape)) for array in (one.x, one.grad_out))
    return {"note": note, "shape": f"x {x}, windows {one.size}×{one.size}, output {output}"}
