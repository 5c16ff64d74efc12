"""The backward pass of a convolution.

grad_bias    = Σ grad_out
grad_weight  = for each weight, Σ of the pixels that it met × grad_out
grad_x       = the full correlation of grad_out (zeros around it, between its cells if the stride is more than 1)
               with the kernel turned by 180°
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import conv2d, conv2d_backward, conv2d_terms, slopes
from ..numbers import write, write_factor
from .board import Board, Card, Grid, Mark, Step
from .differences import badges
from .places import UPPER, Slot, Slots, lower
from .words import place, products, sum_of, told

STRETCHED: Slots = (Slot(22.2, 10.9, 4.5, 4.5), Slot(0.3, 26.2, 4.0, 4.0))


@dataclass(frozen=True)
class Convolution:
    """The numbers of one convolution and of its backward pass."""

    x: np.ndarray  # (H, W)
    weight: np.ndarray  # (kH, kW)
    bias: float
    grad_out: np.ndarray  # (oH, oW)
    stride: int
    padding: int

    @property
    def how(self) -> dict[str, int]:
        """Stride and padding as the engine takes them."""
        return {"stride": self.stride, "padding": self.padding}

    def backward(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The engine's gradients of x (H, W), weight (kH, kW) and bias (1, 1)."""
        found = conv2d_backward(self.grad_out[None, None], self.x[None, None], self.weight[None, None], **self.how)
        return found[0][0, 0], found[1][0, 0], found[2][np.newaxis]

    def losses(self, x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """J = Σ grad_out × output of a batch of images or of kernels, (N, H, W) and (F, kH, kW), the other one alone."""
        out = conv2d(x[:, None], weight[:, None], **self.how) + bias[:, None, None]
        return (out * self.grad_out).sum(axis=(2, 3)).ravel()

    def stretched(self) -> np.ndarray:
        """grad_out where a window of the kernel's size meets it from every pixel; NaN where there is none."""
        sizes = [size + 2 * self.padding + taps - 1 for size, taps in zip(self.x.shape, self.weight.shape, strict=True)]
        found = np.full(sizes, np.nan)
        shapes = zip(self.grad_out.shape, self.weight.shape, strict=True)
        rows, columns = (np.arange(count) * self.stride + taps - 1 for count, taps in shapes)
        found[np.ix_(rows, columns)] = self.grad_out
        return found


def convolution_board(one: Convolution) -> Board:
    """Forward cell by cell, then grad_bias, grad_weight and grad_x cell by cell."""
    terms = conv2d_terms(one.x[np.newaxis], one.weight[np.newaxis], one.bias, **one.how)
    grad_x, grad_weight, grad_bias = one.backward()
    output, padded = terms.output, np.pad(one.x, one.padding)
    T = output.size
    weights_from, x_from = T + 1, T + 1 + one.weight.size
    end = x_from + one.x.size
    ring = (one.padding, one.padding)
    bias = np.array([[one.bias]])
    grids = {
        "x": Grid("x" + (f", padding {one.padding}" if one.padding else ""), one.x, UPPER["x"], first=x_from, ring=ring),
        "weight": Grid("kernel", one.weight, UPPER["weight"], 1, first=weights_from),
        "bias": Grid("bias", bias, UPPER["bias"], 1, first=T),
        "output": Grid("output", output, UPPER["output"], first=0, hidden=(0, T)),
        "grad_x": Grid("grad_x", grad_x, lower("x"), first=x_from, hidden=(x_from, end)),
        "grad_weight": Grid("grad_weight", grad_weight, lower("weight"), 1, first=weights_from, hidden=(weights_from, x_from)),
        "grad_bias": Grid("grad_bias", grad_bias, lower("bias"), 1, first=T, hidden=(T, T + 1)),
        "grad_out": Grid("grad_out", one.grad_out, lower("output"), first=0),
        "stretched": Grid("grad_out with zeros around it", one.stretched(), STRETCHED, 2),
    }
    steps = (
        *_forward(one, terms.windows[:, :, 0], terms.products[:, :, 0], output),
        _bias_step(one, grad_bias),
        *_weight_steps(one, padded, grad_weight),
        *_x_steps(one, grad_x),
    )
    return Board(grids, steps, _facts(one))


def _forward(one: Convolution, windows: np.ndarray, terms: np.ndarray, output: np.ndarray) -> list[Step]:
    steps, (kH, kW) = [], one.weight.shape
    for i, j in np.ndindex(output.shape):
        told_terms = products([*zip(windows[i, j].ravel().tolist(), one.weight.ravel().tolist(), strict=True)])
        told_terms += [f"bias {write_factor(one.bias)}"] if one.bias else []
        top, left = i * one.stride - one.padding, j * one.stride - one.padding
        steps.append(
            Step(
                f"Forward: output{place(i, j)}",
                f"output{place(i, j)} = {sum_of(told_terms, output[i, j])}",
                f"sum{f' + bias {write_factor(one.bias)}' if one.bias else ''} = {write(output[i, j])}",
                (
                    Mark("x", top, left, "kernel", kH, kW),
                    Mark("weight", 0, 0, "kernel", kH, kW),
                    Mark("output", i, j, "output"),
                    Mark("grad_out", i, j, "gradient"),
                ),
                Card(("window of x", "× kernel", "= products"), (windows[i, j], one.weight, terms[i, j])),
            )
        )
    return steps


def _bias_step(one: Convolution, grad_bias: np.ndarray) -> Step:
    def losses(bias: np.ndarray) -> np.ndarray:
        return one.losses(one.x[None], np.repeat(one.weight[None], len(bias), 0), bias)

    (badge,), total = badges(grad_bias, slopes(losses, np.array(one.bias))), float(grad_bias[0, 0])
    words = sum_of([write_factor(cell) for cell in one.grad_out.ravel().tolist()], total)
    arriving = Mark("grad_out", 0, 0, "gradient", *one.grad_out.shape)
    marks = (Mark("grad_bias", 0, 0, "gradient"), Mark("bias", 0, 0, "kernel"), arriving)
    card = Card(("grad_out",), (one.grad_out,))
    return Step("Backward: grad_bias", told(f"grad_bias = {words}", badge), f"sum = {write(total)}", marks, card, badge)


def _weight_steps(one: Convolution, padded: np.ndarray, grad_weight: np.ndarray) -> list[Step]:
    """Each weight met one pixel for each output cell: pixels as far apart as the stride."""
    (oH, oW), s = one.grad_out.shape, one.stride
    bias = np.array([one.bias])
    marks = badges(grad_weight, slopes(lambda weight: one.losses(one.x[None], weight, bias), one.weight))
    steps = []
    for (k, m), badge in zip(np.ndindex(one.weight.shape), marks, strict=True):
        met = padded[k : k + s * oH : s, m : m + s * oW : s]
        pairs = [*zip(met.ravel().tolist(), one.grad_out.ravel().tolist(), strict=True)]
        total, at = float(grad_weight[k, m]), place(k, m)
        pixels = (
            Mark("x", i * s + k - one.padding, j * s + m - one.padding, "kernel") for i, j in np.ndindex(one.grad_out.shape)
        )
        whole = (Mark("x", k - one.padding, m - one.padding, "kernel", oH, oW),)
        steps.append(
            Step(
                f"Backward: grad_weight{at}",
                told(f"grad_weight{at} = {sum_of(products(pairs), total)}", badge),
                f"sum = {write(total)}",
                (
                    *(whole if s == 1 else pixels),
                    Mark("weight", k, m, "kernel"),
                    Mark("grad_weight", k, m, "gradient"),
                    Mark("grad_out", 0, 0, "gradient", oH, oW),
                ),
                Card(("x that it met", "× grad_out", "= products"), (met, one.grad_out, met * one.grad_out)),
                badge,
            )
        )
    return steps


def _x_steps(one: Convolution, grad_x: np.ndarray) -> list[Step]:
    """Each pixel gets back, from every output cell that read it, that cell's gradient times the weight between them."""
    stretched, turned, (kH, kW) = one.stretched(), one.weight[::-1, ::-1], one.weight.shape
    weight, bias = one.weight[None], np.array([one.bias])
    marks = badges(grad_x, slopes(lambda x: one.losses(x, weight, bias), one.x))
    steps = []
    for (r, c), badge in zip(np.ndindex(one.x.shape), marks, strict=True):
        top, left = r + one.padding, c + one.padding
        window = stretched[top : top + kH, left : left + kW]
        pairs = [(g, w) for g, w in zip(window.ravel().tolist(), turned.ravel().tolist(), strict=True) if not np.isnan(g)]
        total, at = float(grad_x[r, c]), place(r, c)
        readers = [
            ((top + k - kH + 1) // one.stride, (left + m - kW + 1) // one.stride)
            for k, m in np.argwhere(~np.isnan(window)).tolist()
        ]
        steps.append(
            Step(
                f"Backward: grad_x{at}",
                told(f"grad_x{at} = {sum_of(products(pairs), total, ': no window reads this pixel')}", badge),
                f"sum = {write(total)}",
                (
                    Mark("stretched", top, left, "kernel", kH, kW),
                    *(Mark("grad_out", i, j, "gradient") for i, j in readers),
                    *(Mark("output", i, j, "output") for i, j in readers),
                    Mark("x", r, c, "input"),
                    Mark("grad_x", r, c, "gradient"),
                ),
                Card(("grad_out", "× kernel 180°", "= products"), (window, turned, window * turned)),
                badge,
            )
        )
    return steps


def _facts(one: Convolution) -> dict[str, str]:
    between = f", {one.stride - 1} between its cells" if one.stride > 1 else ""
    note = (
        "grad_weight: every weight adds up the pixels that it met, times grad_out. grad_x: a full correlation, the kernel "
        f"turned by 180° slides over grad_out with zeros around it{between}. grad_bias: the sum of grad_out."
    )
    x, kernel, output = ("×".join(map(str, array.shape)) for array in (one.x, one.weight, one.grad_out))
    return {"note": note, "shape": f"x {x}, kernel {kernel}, output {output}"}
