"""The backward passes of the layers behind a convolution: ReLU, fully-connected, softmax with cross-entropy.

ReLU:             grad_x = grad_out where x > 0, else 0        at x = 0 any slope from 0 to 1 is a subgradient; 0 is chosen
Fully-connected:  grad_bias = grad_out        grad_weight[o, i] = grad_out[o] × flat[i]
                  grad_flat[i] = Σ_o weight[o, i] × grad_out[o]        grad_x: grad_flat folded back into feature maps
Softmax:          grad_logits = p − y        p: the probabilities, y: 1 at the label, else 0
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ... import engine
from ..numbers import write, write_factor
from ..numerical_checks import checks
from ..sums import Term, in_words, products_of
from .layer_pass import (
    DENSE,
    LOWER,
    RELU_DRAWING,
    SOFTMAX,
    UPPER,
    Grid,
    LayerPass,
    LayerStep,
    Mark,
    Products,
    at,
    sum_of,
)

SOFTMAX_MARKS = (("logits", "input"), ("probabilities", "output"), ("label", "kernel"), ("grad_logits", "gradient"))


def relu_pass(x: np.ndarray, grad_out: np.ndarray) -> LayerPass:
    """Forward and backward, cell by cell. x, grad_out: (H, W)."""
    output, grad_x, mask, T = engine.relu(x), engine.relu_backward(grad_out, x), (x > 0) * 1.0, x.size
    grids = {
        "x": Grid("x", x, UPPER["x"], first=T),
        "mask": Grid("slope: x > 0?", mask, UPPER["choice"], 1, first=T),
        "output": Grid("output", output, UPPER["output"], first=0, hidden=(0, T)),
        "grad_x": Grid("grad_x", grad_x, LOWER["x"], first=T, hidden=(T, 2 * T)),
        "grad_out": Grid("grad_out", grad_out, LOWER["output"], first=T),
    }
    verdicts, steps, back = checks(grad_x, lambda many: (engine.relu(many) * grad_out).sum(axis=(1, 2)), x), [], []
    for (r, c), badge in zip(np.ndindex(x.shape), verdicts, strict=True):
        pixel, value, total = float(x[r, c]), write(float(output[r, c])), write(float(grad_x[r, c]))
        reads, gives, gradient = Mark("x", r, c, "input"), Mark("output", r, c, "output"), Mark("grad_out", r, c, "gradient")
        words = f"max({write(pixel)}, 0) = {value}"
        steps.append(LayerStep.forward(f"output{at(r, c)}", words, f"output = {value}", reads, gives, gradient))
        factors = (mask[[r], [[c]]], grad_out[[r], [[c]]], grad_x[[r], [[c]]])
        why = f"x = {write(pixel)} {'>' if pixel > 0 else '<'} 0" if pixel else "x = 0, where the slope 0 is chosen"
        words = f"{in_words(products_of(*factors[:2]), 1)} = {total}, because {why}"
        marks = (reads, Mark("mask", r, c, "kernel"), gives, gradient, Mark("grad_x", r, c, "gradient"))
        products = Products(("slope", "× grad_out", "= grad_x"), factors)
        back.append(LayerStep.backward(f"grad_x{at(r, c)}", words, f"grad_x = {total}", badge, *marks, products=products))
    return LayerPass(grids, (*steps, *back), *RELU_DRAWING)


@dataclass(frozen=True)
class Dense:
    """The numbers of a fully-connected layer that reads feature maps, and of its backward pass."""

    x: np.ndarray  # (C, H, W)
    weight: np.ndarray  # (O, C·H·W)
    bias: np.ndarray  # (O,)
    grad_out: np.ndarray  # (O,)

    @property
    def flat(self) -> np.ndarray:
        """-> (1, C·H·W)."""
        return engine.flatten(self.x[None])

    def backward(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The engine's grad_flat (I,), grad_weight (O, I), grad_bias (O,), grad_x (C, H, W)."""
        grad_flat, grad_weight, grad_bias = engine.linear_backward(self.grad_out[None], self.flat, self.weight)
        return grad_flat[0], grad_weight, grad_bias, engine.flatten_backward(grad_flat, self.x[None])[0]

    def losses(self, out: np.ndarray) -> np.ndarray:
        """J = Σ grad_out × output. out: (N, O) -> (N,)."""
        return np.asarray((out * self.grad_out).sum(axis=1))

    def losses_of_x(self, x: np.ndarray) -> np.ndarray:
        """x: (N, C, H, W) -> (N,)."""
        return self.losses(engine.linear(engine.flatten(x), self.weight, self.bias))

    def losses_of_weight(self, weight: np.ndarray) -> np.ndarray:
        """weight: (N, O, I) -> (N,)."""
        return self.losses(engine.linear(self.flat, weight.reshape(-1, weight.shape[2])).reshape(len(weight), -1) + self.bias)

    def losses_of_bias(self, bias: np.ndarray) -> np.ndarray:
        """bias: (N, O) -> (N,)."""
        return self.losses(engine.linear(self.flat, self.weight) + bias)


def dense_pass(one: Dense) -> LayerPass:
    """Flatten, then each output; then grad_bias, grad_weight, grad_flat, and its way back into the feature maps."""
    (outputs, inputs), out = one.weight.shape, engine.linear(one.flat, one.weight, one.bias)[0]
    grad_flat, grad_weight, grad_bias, grad_x = one.backward()
    to_out, to_bias, to_weight, to_flat, to_x = np.cumsum((inputs, outputs, outputs, outputs * inputs, inputs)).tolist()
    above, below = DENSE
    grids = {
        "flat": Grid("flat", one.flat, above["flat"], first=to_flat, hidden=(0, to_out)),
        "weight": Grid("weight", one.weight, above["weight"], first=to_weight),
        "bias": Grid("bias", one.bias[:, None], above["bias"], first=to_bias),
        "output": Grid("output", out[:, None], above["output"], first=to_out, hidden=(to_out, to_bias)),
        "grad_flat": Grid("grad_flat", grad_flat[None], below["flat"], first=to_flat, hidden=(to_flat, to_x)),
        "grad_weight": Grid("grad_weight", grad_weight, below["weight"], first=to_weight, hidden=(to_weight, to_flat)),
        "grad_bias": Grid("grad_bias", grad_bias[:, None], below["bias"], first=to_bias, hidden=(to_bias, to_weight)),
        "grad_out": Grid("grad_out", one.grad_out[:, None], below["output"], first=to_out),
    }
    size = one.x[0].size
    for c in range(len(one.x)):
        there = (to_x + c * size, to_x + (c + 1) * size)
        grids[f"map_{c}"] = Grid(f"x[{c}]", one.x[c], above[f"map_{c}"], first=there[0])
        grids[f"grad_map_{c}"] = Grid(f"grad_x[{c}]", grad_x[c], below[f"map_{c}"], first=there[0], hidden=there)
    steps = [_flatten(one, i) for i in range(inputs)]
    steps += [_output(one, o, float(out[o])) for o in range(outputs)]
    steps += [_bias(o, float(grad_bias[o]), badge) for o, badge in enumerate(checks(grad_bias, one.losses_of_bias, one.bias))]
    steps += _weights(one, grad_weight)
    return LayerPass(grids, (*steps, *_flat(one, grad_flat), *_fold(one, grad_x)))


def _place(one: Dense, i: int) -> tuple[int, int, int]:
    """Map, row and column of number i of the flat row."""
    c, r, m = (int(n) for n in np.unravel_index(i, one.x.shape))
    return c, r, m


def _flatten(one: Dense, i: int) -> LayerStep:
    c, r, m = _place(one, i)
    marks, value = (Mark(f"map_{c}", r, m, "input"), Mark("flat", 0, i, "output")), write(float(one.x[c, r, m]))
    return LayerStep.forward(f"flat[{i}]", f"x{at(c, r, m)} = {value}", f"= {value}", *marks, arrows=(marks,))


def _output(one: Dense, o: int, total: float) -> LayerStep:
    weights, flat, inputs = one.weight[[o]], one.flat, one.flat.size
    bias = f"bias {write_factor(float(one.bias[o]))}"
    marks = (
        Mark("flat", 0, 0, "input", 1, inputs), Mark("weight", o, 0, "kernel", 1, inputs), Mark("bias", o, 0, "kernel"),
        Mark("output", o, 0, "output"), Mark("grad_out", o, 0, "gradient"),
    )  # fmt: skip
    factors = (flat.reshape(2, -1), weights.reshape(2, -1), (flat * weights).reshape(2, -1))  # in two rows, to be larger
    products = Products(("flat", "× weight", "= products"), factors)
    words = sum_of([*products_of(flat, weights), Term(bias, float(one.bias[o]))], total)
    return LayerStep.forward(f"output[{o}]", words, f"sum + {bias} = {write(total)}", *marks, products=products)


def _bias(o: int, gradient: float, badge: str) -> LayerStep:
    marks = (Mark("bias", o, 0, "kernel"), Mark("grad_bias", o, 0, "gradient"), Mark("grad_out", o, 0, "gradient"))
    return LayerStep.backward(f"grad_bias[{o}]", f"grad_out[{o}] = {write(gradient)}", f"= {write(gradient)}", badge, *marks)


def _weights(one: Dense, grad_weight: np.ndarray) -> list[LayerStep]:
    steps, verdicts = [], checks(grad_weight, one.losses_of_weight, one.weight)
    for (o, i), badge in zip(np.ndindex(one.weight.shape), verdicts, strict=True):
        total, factors = float(grad_weight[o, i]), (one.flat[:, [i]], one.grad_out[None, [o]], grad_weight[[o], [[i]]])
        marks = (
            Mark("flat", 0, i, "input"), Mark("weight", o, i, "kernel"), Mark("grad_out", o, 0, "gradient"),
            Mark("grad_weight", o, i, "gradient"),
        )  # fmt: skip
        words, products = sum_of(products_of(*factors[:2]), total), Products(("flat", "× grad_out", "= product"), factors)
        steps.append(
            LayerStep.backward(f"grad_weight{at(o, i)}", words, f"product = {write(total)}", badge, *marks, products=products)
        )
    return steps


def _flat(one: Dense, grad_flat: np.ndarray) -> list[LayerStep]:
    steps, outputs, gradients = [], len(one.weight), one.grad_out[:, None]
    verdicts = checks(grad_flat, lambda x: one.losses_of_x(x.reshape(len(x), *one.x.shape)), one.flat[0])
    for i, badge in enumerate(verdicts):
        weights, total, (c, r, m) = one.weight[:, [i]], float(grad_flat[i]), _place(one, i)
        marks = (
            Mark("flat", 0, i, "input"), Mark("weight", 0, i, "kernel", outputs, 1),
            Mark("grad_out", 0, 0, "gradient", outputs, 1), Mark("grad_flat", 0, i, "gradient"),
            Mark(f"map_{c}", r, m, "input"), Mark(f"grad_map_{c}", r, m, "gradient"),
        )  # fmt: skip
        products = Products(("weight", "× grad_out", "= products"), (weights, gradients, weights * gradients))
        words = sum_of(products_of(weights, gradients), total)
        steps.append(LayerStep.backward(f"grad_flat[{i}]", words, f"sum = {write(total)}", badge, *marks, products=products))
    return steps


def _fold(one: Dense, grad_x: np.ndarray) -> list[LayerStep]:
    steps = []
    for i, badge in enumerate(checks(grad_x, one.losses_of_x, one.x)):
        c, r, m = _place(one, i)
        value, arrow = (
            write(float(grad_x[c, r, m])),
            (Mark("grad_flat", 0, i, "gradient"), Mark(f"grad_map_{c}", r, m, "gradient")),
        )
        marks = (*arrow, Mark(f"map_{c}", r, m, "input"))
        steps.append(
            LayerStep.backward(
                f"grad_x{at(c, r, m)}", f"grad_flat[{i}] = {value}", f"= {value}", badge, *marks, arrows=(arrow,)
            )
        )
    return steps


def softmax_pass(logits: np.ndarray, label: int) -> LayerPass:
    """Softmax and cross-entropy forward, p − y backward. logits: (1, K)."""
    labels, K, largest = np.array([label]), logits.shape[1], float(logits.max())
    exps, p, one_hot = np.exp(logits - largest), engine.softmax(logits), np.eye(logits.shape[1])[labels]
    loss, grad_logits = engine.cross_entropy(logits, labels), engine.cross_entropy_backward(logits, labels)
    to_back, end, rows = 2 * K + 1, 3 * K + 1, SOFTMAX
    exps_title = f"exp(logit − {write_factor(largest)}), the largest logit taken off"
    grids = {
        "logits": Grid("logits", logits, rows["logits"], first=to_back),
        "exps": Grid(exps_title, exps, rows["exps"], first=0, hidden=(0, K)),
        "probabilities": Grid("p, the probabilities", p, rows["probabilities"], first=K, hidden=(K, 2 * K)),
        "loss": Grid("loss", np.array([[loss]]), rows["loss"], first=2 * K, hidden=(2 * K, to_back)),
        "label": Grid("y, the label", one_hot, rows["label"], first=to_back),
        "grad_logits": Grid("grad_logits = p − y", grad_logits, rows["grad_logits"], first=to_back, hidden=(to_back, end)),
    }

    def losses(many: np.ndarray) -> np.ndarray:
        return engine.cross_entropy_per_example(many[:, 0], np.repeat(labels, len(many)))

    steps = _softmax(logits[0].tolist(), exps, p)
    right = (Mark("probabilities", 0, label, "output"), Mark("label", 0, label, "kernel"), Mark("loss", 0, 0, "output"))
    words = f"−log p[{label}] = −log {write(float(p[0, label]))} = {write(loss)}"
    steps.append(LayerStep.forward("loss", words, f"loss = {write(loss)}", *right))
    for k, badge in enumerate(checks(grad_logits, losses, logits)):
        factors = (p[:, [k]], one_hot[:, [k]], grad_logits[:, [k]])
        share, target, gradient = (write(float(one[0, 0])) for one in factors)
        marks = tuple(Mark(name, 0, k, role) for name, role in SOFTMAX_MARKS)
        words, products = f"{share} − {target} = {gradient}", Products(("p", "− y", "= p − y"), factors)
        steps.append(LayerStep.backward(f"grad_logits[{k}]", words, f"p − y = {gradient}", badge, *marks, products=products))
    return LayerPass(grids, tuple(steps))


def _softmax(logits: list[float], exps: np.ndarray, p: np.ndarray) -> list[LayerStep]:
    """Each exponential, then each probability. exps, p: (1, K)."""
    largest, total, steps = write_factor(max(logits)), write(float(exps.sum())), []
    for k, logit in enumerate(logits):
        value, marks = write(float(exps[0, k])), (Mark("logits", 0, k, "input"), Mark("exps", 0, k, "output"))
        steps.append(LayerStep.forward(f"exps[{k}]", f"exp({write(logit)} − {largest}) = {value}", f"= {value}", *marks))
    for k in range(len(logits)):
        words = f"{write(float(exps[0, k]))} / {total} = {write(float(p[0, k]))}"
        row = Mark("exps", 0, 0, "input", 1, len(logits))
        steps.append(
            LayerStep.forward(f"p[{k}]", words, words, row, Mark("exps", 0, k, "kernel"), Mark("probabilities", 0, k, "output"))
        )
    return steps
