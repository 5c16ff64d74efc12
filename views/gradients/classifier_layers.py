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
from ..numerical_checks import checked
from ..sums import Term, in_words, products_of
from .layer_pass import DENSE, LOWER, SOFTMAX, UPPER, Grid, LayerPass, LayerStep, Mark, Products, at, slots, sum_of

SOFTMAX_MARKS = (("logits", "input"), ("probabilities", "output"), ("label", "kernel"), ("grad_logits", "gradient"))


# The function on the left, with its kink; on the right its slope, with every subgradient at 0 and the chosen one.
LEFT, RIGHT = (slots((22.6 + 7.0 * n, 11.4, 5.6, 3.8), (0.6 + 9.0 * n, 26.9, 7.4, 3.0)) for n in (0, 1))
DOT = (0.12, 0.135, 0.15, 0.165, 0.18)  # heights of lines that are close enough to make a dot
CURVES = (
    (LEFT, (0, 0.15), (0.5, 0.15), "output"),
    (LEFT, (0.5, 0.15), (0.95, 0.75), "output"),
    (RIGHT, (0, 0.15), (0.5, 0.15), "kernel"),
    (RIGHT, (0.5, 0.75), (0.95, 0.75), "kernel"),
    (RIGHT, (0.5, 0.15), (0.5, 0.75), "gradient"),
    *((RIGHT, (0.47, height), (0.53, height), "kernel") for height in DOT),
)
CAPTIONS = (
    (LEFT, (0, 0.92), "relu(x)"), (LEFT, (0.42, 0.02), "x = 0"), (RIGHT, (0, 0.92), "its slope"),
    (RIGHT, (0.53, 0.02), "0 is chosen"), (RIGHT, (0.53, 0.45), "0…1"), (RIGHT, (0.43, 0.75), "1"),
)  # fmt: skip


def relu_pass(x: np.ndarray, grad_out: np.ndarray) -> LayerPass:
    """Forward and backward, cell by cell. x, grad_out: (H, W)."""
    output, grad_x, mask = engine.relu(x), engine.relu_backward(grad_out, x), (x > 0) * 1.0
    grids = {
        "x": Grid("x", x, UPPER["x"], leads_to="grad_x"),
        "mask": Grid("slope: x > 0?", mask, UPPER["choice"], 1, leads_to="grad_x"),
        "output": Grid("output", output, UPPER["output"]),
        "grad_x": Grid("grad_x", grad_x, LOWER["x"]),
        "grad_out": Grid("grad_out", grad_out, LOWER["output"], leads_to="grad_x"),
    }
    steps, back = [], []
    for (r, c), gradient, badge in checked(grad_x, lambda many: (engine.relu(many) * grad_out).sum(axis=(1, 2)), x):
        pixel, value, total = float(x[r, c]), write(float(output[r, c])), write(gradient)
        marks = (Mark("x", r, c, "input"), Mark("output", r, c, "output"), Mark("grad_out", r, c, "gradient"))
        words = f"max({write(pixel)}, 0) = {value}"
        steps.append(LayerStep.of(f"output{at(r, c)}", words, f"output = {value}", *marks))
        factors = (mask[[r], [[c]]], grad_out[[r], [[c]]], grad_x[[r], [[c]]])
        why = f"x = {write(pixel)} {'>' if pixel > 0 else '<'} 0" if pixel else "x = 0, where the slope 0 is chosen"
        words = f"{in_words(products_of(*factors[:2]), 1)} = {total}, because {why}"
        marks += (Mark("mask", r, c, "kernel"), Mark("grad_x", r, c, "gradient"))
        products = Products(("slope", "× grad_out", "= grad_x"), factors)
        back.append(LayerStep.of(f"grad_x{at(r, c)}", words, f"grad_x = {total}", *marks, badge=badge, products=products))
    return LayerPass(grids, {"output": steps, "grad_x": back}, CURVES, CAPTIONS)


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

    def place(self, i: int) -> tuple[int, int, int]:
        """Map, row and column of number i of the flat row."""
        c, r, m = (int(n) for n in np.unravel_index(i, self.x.shape))
        return c, r, m

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
    out = engine.linear(one.flat, one.weight, one.bias)
    grad_flat, grad_weight, grad_bias, grad_x = one.backward()
    above, below = DENSE
    grids = {
        "flat": Grid("flat", one.flat, above["flat"], leads_to="grad_flat"),
        "weight": Grid("weight", one.weight, above["weight"], leads_to="grad_weight"),
        "bias": Grid("bias", one.bias[:, None], above["bias"], leads_to="grad_bias"),
        "output": Grid("output", out.T, above["output"]),
        "grad_flat": Grid("grad_flat", grad_flat[None], below["flat"]),
        "grad_weight": Grid("grad_weight", grad_weight, below["weight"]),
        "grad_bias": Grid("grad_bias", grad_bias[:, None], below["bias"]),
        "grad_out": Grid("grad_out", one.grad_out[:, None], below["output"], leads_to="output"),
    }
    for c, (values, gradients) in enumerate(zip(one.x, grad_x, strict=True)):
        grids[f"map_{c}"] = Grid(f"x[{c}]", values, above[f"map_{c}"], leads_to=f"grad_map_{c}")
        grids[f"grad_map_{c}"] = Grid(f"grad_x[{c}]", gradients, below[f"map_{c}"])
    folded, size = _fold(one, grad_x), one.x[0].size
    phases = {
        "flat": [_flatten(one, i) for i in range(one.flat.size)],
        "output": [_output(one, o, total) for o, total in enumerate(out[0].tolist())],
        "grad_bias": [_bias(*cell) for cell in checked(grad_bias, one.losses_of_bias, one.bias)],
        "grad_weight": _weights(one, grad_weight),
        "grad_flat": _flat(one, grad_flat),
        **{f"grad_map_{c}": folded[c * size : (c + 1) * size] for c in range(len(one.x))},
    }
    return LayerPass(grids, phases)


def _flatten(one: Dense, i: int) -> LayerStep:
    c, r, m = one.place(i)
    marks, value = (Mark(f"map_{c}", r, m, "input"), Mark("flat", 0, i, "output")), write(float(one.x[c, r, m]))
    return LayerStep.of(f"flat[{i}]", f"x{at(c, r, m)} = {value}", f"= {value}", *marks, arrows=(marks,))


def _output(one: Dense, o: int, total: float) -> LayerStep:
    weights, flat, inputs = one.weight[[o]], one.flat, one.flat.size
    bias = f"bias {write_factor(float(one.bias[o]))}"
    marks = (
        Mark("flat", 0, 0, "input", 1, inputs), Mark("weight", o, 0, "kernel", 1, inputs), Mark("bias", o, 0, "kernel"),
        Mark("output", o, 0, "output"), Mark("grad_out", o, 0, "gradient"),
    )  # fmt: skip
    products = Products.of("flat", flat.reshape(2, -1), "weight", weights.reshape(2, -1))  # in two rows, to be larger
    words = sum_of([*products_of(flat, weights), Term(bias, float(one.bias[o]))], total)
    return LayerStep.of(f"output[{o}]", words, f"sum + {bias} = {write(total)}", *marks, products=products)


def _bias(place: tuple[int, ...], gradient: float, badge: str) -> LayerStep:
    (o,), value = place, write(gradient)
    marks = (Mark("bias", o, 0, "kernel"), Mark("grad_bias", o, 0, "gradient"), Mark("grad_out", o, 0, "gradient"))
    return LayerStep.of(f"grad_bias[{o}]", f"grad_out[{o}] = {value}", f"= {value}", *marks, badge=badge)


def _weights(one: Dense, grad_weight: np.ndarray) -> list[LayerStep]:
    steps = []
    for (o, i), total, badge in checked(grad_weight, one.losses_of_weight, one.weight):
        factors = (one.flat[:, [i]], one.grad_out[None, [o]], grad_weight[[o], [[i]]])
        marks = (
            Mark("flat", 0, i, "input"), Mark("weight", o, i, "kernel"), Mark("grad_out", o, 0, "gradient"),
            Mark("grad_weight", o, i, "gradient"),
        )  # fmt: skip
        words, products = sum_of(products_of(*factors[:2]), total), Products(("flat", "× grad_out", "= product"), factors)
        cell, result = f"grad_weight{at(o, i)}", f"product = {write(total)}"
        steps.append(LayerStep.of(cell, words, result, *marks, badge=badge, products=products))
    return steps


def _flat(one: Dense, grad_flat: np.ndarray) -> list[LayerStep]:
    steps, outputs, gradients = [], len(one.weight), one.grad_out[:, None]
    cells = checked(grad_flat, lambda x: one.losses_of_x(x.reshape(len(x), *one.x.shape)), one.flat[0])
    for (i,), total, badge in cells:
        weights, (c, r, m) = one.weight[:, [i]], one.place(i)
        marks = (
            Mark("flat", 0, i, "input"), Mark("weight", 0, i, "kernel", outputs, 1),
            Mark("grad_out", 0, 0, "gradient", outputs, 1), Mark("grad_flat", 0, i, "gradient"),
            Mark(f"map_{c}", r, m, "input"), Mark(f"grad_map_{c}", r, m, "gradient"),
        )  # fmt: skip
        products = Products.of("weight", weights, "grad_out", gradients)
        words, result = sum_of(products_of(weights, gradients), total), f"sum = {write(total)}"
        steps.append(LayerStep.of(f"grad_flat[{i}]", words, result, *marks, badge=badge, products=products))
    return steps


def _fold(one: Dense, grad_x: np.ndarray) -> list[LayerStep]:
    steps = []
    for i, (place, total, badge) in enumerate(checked(grad_x, one.losses_of_x, one.x)):
        c, r, m = place
        arrow, value = (Mark("grad_flat", 0, i, "gradient"), Mark(f"grad_map_{c}", r, m, "gradient")), write(total)
        marks, words = (*arrow, Mark(f"map_{c}", r, m, "input")), f"grad_flat[{i}] = {value}"
        steps.append(LayerStep.of(f"grad_x{at(c, r, m)}", words, f"= {value}", *marks, badge=badge, arrows=(arrow,)))
    return steps


def softmax_pass(logits: np.ndarray, label: int) -> LayerPass:
    """Softmax and cross-entropy forward, p − y backward. logits: (1, K)."""
    labels, K, largest = np.array([label]), logits.shape[1], float(logits.max())
    exps, p, one_hot = np.exp(logits - largest), engine.softmax(logits), np.eye(K)[labels]
    loss, grad_logits = engine.cross_entropy(logits, labels), engine.cross_entropy_backward(logits, labels)
    exps_title = f"exp(logit − {write_factor(largest)}), the largest logit taken off"
    grids = {
        "logits": Grid("logits", logits, SOFTMAX["logits"], leads_to="grad_logits"),
        "exps": Grid(exps_title, exps, SOFTMAX["exps"]),
        "probabilities": Grid("p, the probabilities", p, SOFTMAX["probabilities"]),
        "loss": Grid("loss", np.array([[loss]]), SOFTMAX["loss"]),
        "label": Grid("y, the label", one_hot, SOFTMAX["label"], leads_to="grad_logits"),
        "grad_logits": Grid("grad_logits = p − y", grad_logits, SOFTMAX["grad_logits"]),
    }

    def losses(many: np.ndarray) -> np.ndarray:
        return engine.cross_entropy_per_example(many[:, 0], np.repeat(labels, len(many)))

    back = []
    for (_, k), _, badge in checked(grad_logits, losses, logits):
        factors = (p[:, [k]], one_hot[:, [k]], grad_logits[:, [k]])
        share, target, gradient = (write(float(one[0, 0])) for one in factors)
        marks = [Mark(name, 0, k, role) for name, role in SOFTMAX_MARKS]
        words, products = f"{share} − {target} = {gradient}", Products(("p", "− y", "= p − y"), factors)
        back.append(LayerStep.of(f"grad_logits[{k}]", words, f"p − y = {gradient}", *marks, badge=badge, products=products))
    exponentials, shares = _softmax(logits[0].tolist(), exps, p)
    right = (Mark("probabilities", 0, label, "output"), Mark("label", 0, label, "kernel"), Mark("loss", 0, 0, "output"))
    words = f"−log p[{label}] = −log {write(float(p[0, label]))} = {write(loss)}"
    end = LayerStep.of("loss", words, f"loss = {write(loss)}", *right)
    return LayerPass(grids, {"exps": exponentials, "probabilities": shares, "loss": [end], "grad_logits": back})


def _softmax(logits: list[float], exps: np.ndarray, p: np.ndarray) -> tuple[list[LayerStep], list[LayerStep]]:
    """Each exponential, then each probability. exps, p: (1, K)."""
    largest, total, exponentials, shares = write_factor(max(logits)), write(float(exps.sum())), [], []
    row = Mark("exps", 0, 0, "input", 1, len(logits))
    for k, logit in enumerate(logits):
        value, share = write(float(exps[0, k])), write(float(p[0, k]))
        marks, words = (Mark("logits", 0, k, "input"), Mark("exps", 0, k, "output")), f"exp({write(logit)} − {largest})"
        exponentials.append(LayerStep.of(f"exps[{k}]", f"{words} = {value}", f"= {value}", *marks))
        words, marks = f"{value} / {total} = {share}", (Mark("exps", 0, k, "kernel"), Mark("probabilities", 0, k, "output"))
        shares.append(LayerStep.of(f"p[{k}]", words, words, row, *marks))
    return exponentials, shares
