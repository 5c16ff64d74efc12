"""The backward pass of a fully-connected layer that reads feature maps: flatten, weigh and add; then all of it back.

grad_bias = grad_out        grad_weight[o, i] = grad_out[o] × flat[i]
grad_flat[i] = Σ_o weight[o, i] × grad_out[o]        grad_x: grad_flat folded back into feature maps
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import flatten, flatten_backward, linear, linear_backward, slopes
from ..numbers import write, write_factor
from .board import Board, Card, Grid, Mark, Step
from .differences import badges
from .places import Slot, Slots
from .words import place, products, sum_of, told


def _slots(down: float, narrow_down: float) -> dict[str, Slots]:
    """Feature maps on the left; the flat row above the weights, so that each stands above those it is multiplied with."""
    return {
        "map_0": (Slot(0.3, 1.4 + down, 2.6, 2.6), Slot(0.2, 1.5 + narrow_down, 2.2, 2.2)),
        "map_1": (Slot(0.3, 5.0 + down, 2.6, 2.6), Slot(0.2, 4.9 + narrow_down, 2.2, 2.2)),
        "flat": (Slot(4.4, 1.4 + down, 10.4, 1.3), Slot(3.5, 1.5 + narrow_down, 8.0, 1.0)),
        "weight": (Slot(4.4, 3.9 + down, 10.4, 3.9), Slot(3.5, 3.9 + narrow_down, 8.0, 3.0)),
        "bias": (Slot(15.6, 3.9 + down, 1.3, 3.9), Slot(11.8, 3.9 + narrow_down, 1.0, 3.0)),
        "output": (Slot(18.9, 3.9 + down, 1.3, 3.9), Slot(15.1, 3.9 + narrow_down, 1.0, 3.0)),
    }


ABOVE, BELOW = _slots(0, 0), _slots(7.7, 7.2)


@dataclass(frozen=True)
class Linear:
    """The numbers of a fully-connected layer and of its backward pass."""

    x: np.ndarray  # (C, H, W)
    weight: np.ndarray  # (O, C·H·W)
    bias: np.ndarray  # (O,)
    grad_out: np.ndarray  # (O,)

    @property
    def flat(self) -> np.ndarray:
        """-> (1, C·H·W)."""
        return flatten(self.x[None])

    def backward(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The engine's grad_flat (I,), grad_weight (O, I), grad_bias (O,), grad_x (C, H, W)."""
        grad_flat, grad_weight, grad_bias = linear_backward(self.grad_out[None], self.flat, self.weight)
        return grad_flat[0], grad_weight, grad_bias, flatten_backward(grad_flat, self.x[None])[0]

    def losses_of_x(self, x: np.ndarray) -> np.ndarray:
        """J = Σ grad_out × output. x: (N, C, H, W) -> (N,)."""
        return (linear(flatten(x), self.weight, self.bias) * self.grad_out).sum(axis=1)

    def losses_of_weight(self, weight: np.ndarray) -> np.ndarray:
        """weight: (N, O, I) -> (N,)."""
        out = linear(self.flat, weight.reshape(-1, weight.shape[2])).reshape(len(weight), -1) + self.bias
        return (out * self.grad_out).sum(axis=1)

    def losses_of_bias(self, bias: np.ndarray) -> np.ndarray:
        """bias: (N, O) -> (N,)."""
        return ((linear(self.flat, self.weight) + bias) * self.grad_out).sum(axis=1)


def linear_board(one: Linear) -> Board:
    """Flatten, then each output; then grad_bias, grad_weight, grad_flat, and its way back into the feature maps."""
    (outputs, inputs), out = one.weight.shape, linear(one.flat, one.weight, one.bias)[0]
    grad_flat, grad_weight, grad_bias, grad_x = one.backward()
    counts = (inputs, outputs, outputs, outputs * inputs, inputs)
    to_out, to_bias, to_weight, to_flat, to_x = np.cumsum(counts).tolist()
    grids = {
        "flat": Grid("flat", one.flat, ABOVE["flat"], first=to_flat, hidden=(0, to_out)),
        "weight": Grid("weight", one.weight, ABOVE["weight"], first=to_weight),
        "bias": Grid("bias", one.bias[:, None], ABOVE["bias"], first=to_bias),
        "output": Grid("output", out[:, None], ABOVE["output"], first=to_out, hidden=(to_out, to_bias)),
        "grad_flat": Grid("grad_flat", grad_flat[None], BELOW["flat"], first=to_flat, hidden=(to_flat, to_x)),
        "grad_weight": Grid("grad_weight", grad_weight, BELOW["weight"], first=to_weight, hidden=(to_weight, to_flat)),
        "grad_bias": Grid("grad_bias", grad_bias[:, None], BELOW["bias"], first=to_bias, hidden=(to_bias, to_weight)),
        "grad_out": Grid("grad_out", one.grad_out[:, None], BELOW["output"], first=to_out),
    }
    size = one.x[0].size
    for c in range(len(one.x)):
        there = (to_x + c * size, to_x + (c + 1) * size)
        grids[f"map_{c}"] = Grid(f"x[{c}]", one.x[c], ABOVE[f"map_{c}"], first=there[0])
        grids[f"grad_map_{c}"] = Grid(f"grad_x[{c}]", grad_x[c], BELOW[f"map_{c}"], first=there[0], hidden=there)
    steps = (
        *(_flatten_step(one, i) for i in range(inputs)),
        *(_output_step(one, o, float(out[o])) for o in range(outputs)),
        *_bias_steps(one, grad_bias),
        *_weight_steps(one, grad_weight),
        *_flat_steps(one, grad_flat),
        *_x_steps(one, grad_x),
    )
    note = (
        "flatten lays the feature maps out as one row; its backward folds the gradients back: numbers only move. "
        "grad_weight: a weight's input times its output's gradient. grad_flat: an input adds up what all outputs send back."
    )
    return Board(grids, steps, {"note": note, "shape": f"x {'×'.join(map(str, one.x.shape))} → {inputs} → {outputs} outputs"})


def _map_mark(one: Linear, i: int, name: str, role: str) -> Mark:
    """The cell of a feature map that is number i of the flat row."""
    c, r, m = np.unravel_index(i, one.x.shape)
    return Mark(f"{name}_{c}", int(r), int(m), role)


def _flatten_step(one: Linear, i: int) -> Step:
    c, r, m = (int(n) for n in np.unravel_index(i, one.x.shape))
    source, target = Mark(f"map_{c}", r, m, "input"), Mark("flat", 0, i, "output")
    value = write(float(one.x[c, r, m]))
    marks = (source, target)
    return Step(f"Forward: flat[{i}]", f"flat[{i}] = x[{c}, {r}, {m}] = {value}", f"= {value}", marks, arrows=(marks,))


def _output_step(one: Linear, o: int, total: float) -> Step:
    weights, flat, inputs = one.weight[[o]], one.flat, one.flat.size
    bias = f"bias {write_factor(float(one.bias[o]))}"
    terms = [*products([*zip(flat.ravel().tolist(), weights.ravel().tolist(), strict=True)]), bias]
    marks = (
        Mark("flat", 0, 0, "input", 1, inputs), Mark("weight", o, 0, "kernel", 1, inputs), Mark("bias", o, 0, "kernel"),
        Mark("output", o, 0, "output"), Mark("grad_out", o, 0, "gradient"),
    )  # fmt: skip
    factors = (flat.reshape(2, -1), weights.reshape(2, -1), (flat * weights).reshape(2, -1))  # in two rows, to be larger
    card, result = Card(("flat", "× weight", "= products"), factors), f"sum + {bias} = {write(total)}"
    return Step(f"Forward: output[{o}]", f"output[{o}] = {sum_of(terms, total)}", result, marks, card)


def _bias_steps(one: Linear, grad_bias: np.ndarray) -> list[Step]:
    steps = []
    for o, badge in enumerate(badges(grad_bias, slopes(one.losses_of_bias, one.bias))):
        value = write(float(grad_bias[o]))
        marks = (Mark("bias", o, 0, "kernel"), Mark("grad_bias", o, 0, "gradient"), Mark("grad_out", o, 0, "gradient"))
        sentence = told(f"grad_bias[{o}] = grad_out[{o}] = {value}", badge)
        steps.append(Step(f"Backward: grad_bias[{o}]", sentence, f"= {value}", marks, badge=badge))
    return steps


def _weight_steps(one: Linear, grad_weight: np.ndarray) -> list[Step]:
    steps = []
    marks = badges(grad_weight, slopes(one.losses_of_weight, one.weight))
    for (o, i), badge in zip(np.ndindex(one.weight.shape), marks, strict=True):
        gradient, value, total = float(one.grad_out[o]), float(one.flat[0, i]), float(grad_weight[o, i])
        lit = (
            Mark("flat", 0, i, "input"), Mark("weight", o, i, "kernel"), Mark("grad_out", o, 0, "gradient"),
            Mark("grad_weight", o, i, "gradient"),
        )  # fmt: skip
        card = Card(("flat", "× grad_out", "= product"), tuple(np.array([[number]]) for number in (value, gradient, total)))
        sentence = told(f"grad_weight{place(o, i)} = {sum_of(products([(value, gradient)]), total)}", badge)
        steps.append(Step(f"Backward: grad_weight{place(o, i)}", sentence, f"product = {write(total)}", lit, card, badge))
    return steps


def _flat_steps(one: Linear, grad_flat: np.ndarray) -> list[Step]:
    steps, outputs = [], len(one.weight)
    by_flat = slopes(lambda x: one.losses_of_x(x.reshape(len(x), *one.x.shape)), one.flat[0])
    for i, badge in enumerate(badges(grad_flat, by_flat)):
        weights, total = one.weight[:, i], float(grad_flat[i])
        terms = products([*zip(weights.tolist(), one.grad_out.tolist(), strict=True)])
        lit = (
            Mark("flat", 0, i, "input"), Mark("weight", 0, i, "kernel", outputs, 1),
            Mark("grad_out", 0, 0, "gradient", outputs, 1), Mark("grad_flat", 0, i, "gradient"),
            _map_mark(one, i, "map", "input"), _map_mark(one, i, "grad_map", "gradient"),
        )  # fmt: skip
        columns = (weights[:, None], one.grad_out[:, None], (weights * one.grad_out)[:, None])
        card = Card(("weight", "× grad_out", "= products"), columns)
        sentence = told(f"grad_flat[{i}] = {sum_of(terms, total)}", badge)
        steps.append(Step(f"Backward: grad_flat[{i}]", sentence, f"sum = {write(total)}", lit, card, badge))
    return steps


def _x_steps(one: Linear, grad_x: np.ndarray) -> list[Step]:
    steps = []
    marks = badges(grad_x, slopes(one.losses_of_x, one.x))
    for i, ((c, r, m), badge) in enumerate(zip(np.ndindex(one.x.shape), marks, strict=True)):
        value, at = write(float(grad_x[c, r, m])), f"[{c}, {r}, {m}]"
        source, target = Mark("grad_flat", 0, i, "gradient"), Mark(f"grad_map_{c}", r, m, "gradient")
        lit = (source, target, Mark(f"map_{c}", r, m, "input"))
        sentence = told(f"grad_x{at} = grad_flat[{i}] = {value}", badge)
        steps.append(Step(f"Backward: grad_x{at}", sentence, f"= {value}", lit, badge=badge, arrows=((source, target),)))
    return steps
