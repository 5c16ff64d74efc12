"""The backward passes of the layers that slide a window: convolution and pooling.

Convolution:   grad_bias    = Σ grad_out
               grad_weight  = for each weight, Σ of the pixels that it met × grad_out
               grad_x       = the full correlation of grad_out (zeros around it, between its cells if the stride is more
                              than 1) with the kernel turned by 180°
Max-pooling:   grad_x[r, c] = Σ over the windows that (r, c) won of grad_out      of equal pixels the first in row order wins
Average:       grad_x[r, c] = Σ over the windows that hold (r, c) of grad_out / (size·size)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import engine
from ..numbers import write, write_factor
from ..numerical_checks import checked, tied_cells
from ..sums import Term, products_of
from .layer_pass import LOWER, NOTHING, UPPER, Grid, LayerPass, LayerStep, Mark, Products, at, slots, sum_of

STRETCHED = slots((22.2, 10.9, 4.5, 4.5), (0.3, 26.2, 4.0, 4.0))
UNREAD = ": no window reads this pixel"


@dataclass(frozen=True)
class Convolution:
    """The numbers of one convolution and of its backward pass."""

    x: np.ndarray  # (H, W)
    weight: np.ndarray  # (kH, kW)
    bias: float
    grad_out: np.ndarray  # (oH, oW)
    stride: int
    padding: int

    def backward(self, conv2d_backward: Callable[..., Any] = engine.conv2d_backward) -> tuple[np.ndarray, ...]:
        """The engine's gradients of x (H, W), weight (kH, kW) and bias (1, 1)."""
        arrays = (self.grad_out[None, None], self.x[None, None], self.weight[None, None])
        grad_x, grad_weight, grad_bias = conv2d_backward(*arrays, stride=self.stride, padding=self.padding)
        return grad_x[0, 0], grad_weight[0, 0], grad_bias[np.newaxis]

    def defined(self) -> dict[str, np.ndarray]:
        """The output and the gradients by loops."""
        how = {"stride": self.stride, "padding": self.padding}
        output = engine.conv2d_loops(self.x[None, None], self.weight[None, None], np.array([self.bias]), **how)[0, 0]
        gradients = self.backward(engine.conv2d_backward_loops)
        return {"output": output} | dict(zip(("grad_x", "grad_weight", "grad_bias"), gradients, strict=True))

    def losses(self, x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """J = Σ grad_out × output of a batch of images or of kernels, (N, H, W) and (F, kH, kW), the other one alone."""
        out = engine.conv2d(x[:, None], weight[:, None], stride=self.stride, padding=self.padding) + bias[:, None, None]
        return np.ravel((out * self.grad_out).sum(axis=(2, 3)))

    def stretched(self) -> np.ndarray:
        """grad_out where a window of the kernel's size meets it from every pixel; NaN where there is none."""
        sizes = [size + 2 * self.padding + taps - 1 for size, taps in zip(self.x.shape, self.weight.shape, strict=True)]
        grid = np.full(sizes, np.nan)
        shapes = zip(self.grad_out.shape, self.weight.shape, strict=True)
        rows, columns = (np.arange(count) * self.stride + taps - 1 for count, taps in shapes)
        grid[np.ix_(rows, columns)] = self.grad_out
        return grid


def convolution_pass(one: Convolution) -> LayerPass:
    """Forward cell by cell, then grad_bias, grad_weight and grad_x cell by cell."""
    grad_x, grad_weight, grad_bias = one.backward()
    terms = engine.conv2d_terms(one.x[None], one.weight[None], one.bias, stride=one.stride, padding=one.padding)
    padded = f", padding {one.padding}" if one.padding else ""
    grids = {
        "x": Grid(f"x{padded}", one.x, UPPER["x"], leads_to="grad_x", ring=(one.padding, one.padding)),
        "weight": Grid("kernel", one.weight, UPPER["weight"], 1, leads_to="grad_weight"),
        "bias": Grid("bias", np.array([[one.bias]]), UPPER["bias"], 1, leads_to="grad_bias"),
        "output": Grid("output", terms.output, UPPER["output"]),
        "grad_x": Grid("grad_x", grad_x, LOWER["x"]),
        "grad_weight": Grid("grad_weight", grad_weight, LOWER["weight"], 1),
        "grad_bias": Grid("grad_bias", grad_bias, LOWER["bias"], 1),
        "grad_out": Grid("grad_out", one.grad_out, LOWER["output"], leads_to="output"),
        "stretched": Grid("grad_out with zeros around it", one.stretched(), STRETCHED, 3),
    }
    phases = {
        "output": _convolve(one, terms),
        "grad_bias": [_bias(one, grad_bias)],
        "grad_weight": _weights(one, grad_weight),
        "grad_x": _pixels(one, grad_x),
    }
    return LayerPass(grids, phases)


def _convolve(one: Convolution, terms: engine.ConvTerms) -> list[LayerStep]:
    """The forward pass."""
    bias, (kH, kW), steps = f"bias {write_factor(one.bias)}", one.weight.shape, []
    for i, j in np.ndindex(terms.output.shape):
        window, output = terms.windows[i, j, 0], float(terms.output[i, j])
        words = sum_of(products_of(window, one.weight) + [Term(bias, one.bias)] * bool(one.bias), output)
        top, left = i * one.stride - one.padding, j * one.stride - one.padding
        marks = (Mark("x", top, left, "kernel", kH, kW), Mark("weight", 0, 0, "kernel", kH, kW), *_outputs((i, j)))
        products = Products.of("window", window, "kernel", one.weight)
        result = f"sum{f' + {bias}' if one.bias else ''} = {write(output)}"
        steps.append(LayerStep.of(f"output{at(i, j)}", words, result, *marks, products=products))
    return steps


def _outputs(*cells: tuple[int, int]) -> tuple[Mark, ...]:
    """Cells of the output and of its gradient."""
    outputs = [Mark("output", *cell, "output") for cell in cells]
    return *outputs, *(Mark("grad_out", *cell, "gradient") for cell in cells)


def _bias(one: Convolution, grad_bias: np.ndarray) -> LayerStep:
    def losses(bias: np.ndarray) -> np.ndarray:
        return one.losses(one.x[None], np.repeat(one.weight[None], len(bias), 0), bias)

    ((_, total, badge),) = checked(grad_bias, losses, np.array(one.bias))
    words = sum_of([Term(write_factor(cell), cell) for cell in one.grad_out.ravel().tolist()], total)
    gradient = Mark("grad_out", 0, 0, "gradient", *one.grad_out.shape)
    marks = (Mark("grad_bias", 0, 0, "gradient"), Mark("bias", 0, 0, "kernel"), gradient)
    products = Products(("grad_out",), (one.grad_out,))
    return LayerStep.of("grad_bias", words, f"sum = {write(total)}", *marks, badge=badge, products=products)


def _weights(one: Convolution, grad_weight: np.ndarray) -> list[LayerStep]:
    """Each weight met one pixel for each output cell: pixels as far apart as the stride."""
    (oH, oW), s, padded, steps = one.grad_out.shape, one.stride, np.pad(one.x, one.padding), []
    cells = checked(grad_weight, lambda weight: one.losses(one.x[None], weight, np.array([one.bias])), one.weight)
    for (k, m), total, badge in cells:
        met = padded[k : k + s * oH : s, m : m + s * oW : s]
        top, left = k - one.padding, m - one.padding
        pixels = [Mark("x", i * s + top, j * s + left, "kernel") for i, j in np.ndindex(one.grad_out.shape)]
        marks = (
            *([Mark("x", top, left, "kernel", oH, oW)] if s == 1 else pixels), Mark("weight", k, m, "kernel"),
            Mark("grad_weight", k, m, "gradient"), Mark("grad_out", 0, 0, "gradient", oH, oW),
        )  # fmt: skip
        products = Products.of("x that it met", met, "grad_out", one.grad_out)
        words, result = sum_of(products_of(met, one.grad_out), total), f"sum = {write(total)}"
        steps.append(LayerStep.of(f"grad_weight{at(k, m)}", words, result, *marks, badge=badge, products=products))
    return steps


def _pixels(one: Convolution, grad_x: np.ndarray) -> list[LayerStep]:
    """Each pixel gets back, from every output cell that read it, that cell's gradient times the weight between them."""
    stretched, turned, (kH, kW), steps = one.stretched(), one.weight[::-1, ::-1], one.weight.shape, []
    for (r, c), total, badge in checked(grad_x, lambda x: one.losses(x, one.weight[None], np.array([one.bias])), one.x):
        top, left = r + one.padding, c + one.padding
        window = stretched[top : top + kH, left : left + kW]
        there = ~np.isnan(window)
        readers = np.argwhere(there) + np.array([top - kH + 1, left - kW + 1])
        outputs = _outputs(*((i // one.stride, j // one.stride) for i, j in readers.tolist()))
        own = (Mark("x", r, c, "input"), Mark("grad_x", r, c, "gradient"))
        marks = (Mark("stretched", top, left, "kernel", kH, kW), *outputs, *own)
        products = Products.of("grad_out", window, "kernel 180°", turned)
        words, result = sum_of(products_of(window[there], turned[there]), total, UNREAD), f"sum = {write(total)}"
        steps.append(LayerStep.of(f"grad_x{at(r, c)}", words, result, *marks, badge=badge, products=products))
    return steps


@dataclass(frozen=True)
class Pooling:
    """The numbers of one pooling and of its backward pass."""

    x: np.ndarray  # (H, W)
    grad_out: np.ndarray  # (oH, oW)
    size: int
    stride: int
    takes_maximum: bool

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The engine's pooling. x: (N, H, W) -> (N, oH, oW)."""
        pool = engine.max_pool2d if self.takes_maximum else engine.avg_pool2d
        return pool(x[:, None], self.size, stride=self.stride)[:, 0]

    def backward(self) -> np.ndarray:
        """The engine's grad_x. -> (H, W)."""
        back = engine.max_pool2d_backward if self.takes_maximum else engine.avg_pool2d_backward
        grad_x: np.ndarray = back(self.grad_out[None, None], self.x[None, None], self.size, stride=self.stride)[0, 0]
        return grad_x

    def defined(self) -> dict[str, np.ndarray]:
        """The output, a maximum by loops, and grad_x."""
        pool = engine.max_pool2d_loops if self.takes_maximum else engine.avg_pool2d
        return {"output": pool(self.x[None, None], self.size, stride=self.stride)[0, 0], "grad_x": self.backward()}

    def shares(self) -> np.ndarray:
        """How much of each window's gradient each pixel of x gets: 0 or 1, or 1/(size·size). -> (oH, oW, H, W)."""
        shares = np.zeros((*self.grad_out.shape, *self.x.shape))
        rows, columns = (one[0, 0] for one in engine.max_pool2d_argmax(self.x[None, None], self.size, stride=self.stride))
        for i, j in np.ndindex(self.grad_out.shape):
            top, left = i * self.stride, j * self.stride
            if self.takes_maximum:
                shares[i, j, rows[i, j], columns[i, j]] = 1
            else:
                shares[i, j, top : top + self.size, left : left + self.size] = 1 / self.size**2
        return shares


def pooling_pass(one: Pooling) -> LayerPass:
    """Forward window by window, backward pixel by pixel."""
    output, grad_x, shares = one.forward(one.x[None])[0], one.backward(), one.shares()
    won = "windows won" if one.takes_maximum else "shares"
    grids = {
        "x": Grid("x", one.x, UPPER["x"], leads_to="grad_x"),
        "shares": Grid(won, shares.sum(axis=(0, 1)), UPPER["choice"], 1, leads_to="grad_x"),
        "output": Grid("output", output, UPPER["output"]),
        "grad_x": Grid("grad_x", grad_x, LOWER["x"]),
        "grad_out": Grid("grad_out", one.grad_out, LOWER["output"], leads_to="output"),
    }
    tied = one.takes_maximum and tied_cells(one.x, one.size, one.stride)
    cells = checked(grad_x, lambda x: (one.forward(x) * one.grad_out).sum(axis=(1, 2)), one.x, tied=tied)
    pool = [_pool(one, i, j, float(output[i, j]), shares[i, j]) for i, j in np.ndindex(output.shape)]
    back = [_hand_back(one, r, c, total, badge, shares) for (r, c), total, badge in cells]
    return LayerPass(grids, {"output": pool, "grad_x": back})


def _pool(one: Pooling, i: int, j: int, output: float, shares: np.ndarray) -> LayerStep:
    """The maximum or the average of one window. shares: (H, W)."""
    place, cell, value = (i * one.stride, j * one.stride), f"output{at(i, j)}", write(output)
    inside = tuple(slice(begin, begin + one.size) for begin in place)
    window, part = one.x[inside], shares[inside]
    pixels = window.ravel().tolist()
    marks = (Mark("x", *place, "kernel", one.size, one.size), *_outputs((i, j)))
    if not one.takes_maximum:
        products = Products.of("window", window, f"1/{one.size**2}", part)
        words = f"({' + '.join([write(pixels[0]), *map(write_factor, pixels[1:])])}) / {one.size**2} = {value}"
        return LayerStep.of(cell, words, f"average = {value}", *marks, products=products)
    row, column = divmod(int(shares.argmax()), shares.shape[1])
    winner, ties = Mark("x", row, column, "output"), int((window == output).sum())
    words = f"max({', '.join(map(write, pixels))}) = {value}, {f'first of {ties} ' if ties > 1 else ''}at x{at(row, column)}"
    products = Products(("window", "the winner"), (window, np.where(part > 0, window, np.nan)))
    return LayerStep.of(cell, words, f"maximum = {value}", *marks, winner, products=products, arrows=((winner, marks[1]),))


def _hand_back(one: Pooling, r: int, c: int, total: float, badge: str, shares: np.ndarray) -> LayerStep:
    """What one pixel gets back from every window that holds it. shares: (oH, oW, H, W)."""
    starts = [range(max(0, -(-(place - one.size + 1) // one.stride)), place // one.stride + 1) for place in (r, c)]
    holding = [(i, j) for i, j in np.ndindex(one.grad_out.shape) if i in starts[0] and j in starts[1]]
    share, gradients = (np.array([[array[cell] for cell in holding]]) for array in (shares[:, :, r, c], one.grad_out))
    terms = products_of(share, gradients) if one.takes_maximum else [
        Term(f"{write_factor(cell)}/{one.size**2}", cell / one.size**2) for cell in gradients.ravel().tolist()
    ]  # fmt: skip
    own = Mark("grad_x", r, c, "gradient")
    marks = (*_outputs(*holding), Mark("x", r, c, "input"), Mark("shares", r, c, "kernel"), own)
    arrows = tuple((Mark("grad_out", *cell, "gradient"), own) for cell in holding if shares[(*cell, r, c)])
    title = "won? 1 or 0" if one.takes_maximum else "share"
    products = Products.of(title, share, "grad_out", gradients) if holding else NOTHING
    words, result = sum_of(terms, total, UNREAD), f"sum = {write(total)}"
    return LayerStep.of(f"grad_x{at(r, c)}", words, result, *marks, badge=badge, products=products, arrows=arrows)
