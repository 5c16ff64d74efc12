"""The backward pass of ReLU, and of softmax with cross-entropy.

grad_x = grad_out where x > 0, else 0            at x = 0 any slope from 0 to 1 is a subgradient; 0 is chosen, as in PyTorch
grad_logits = p − y                              p: the probabilities, y: 1 at the label, else 0
"""

from __future__ import annotations

import numpy as np

from ...engine import cross_entropy, cross_entropy_backward, cross_entropy_per_example, relu, relu_backward, slopes, softmax
from ..numbers import write, write_factor
from .board import Board, Caption, Card, Curve, Grid, Mark, Step
from .differences import badges
from .places import UPPER, Slot, Slots, lower
from .words import place, told

# In the drawing of ReLU: x from −2 to 2, the function on the left, its slope on the right.
HALVES: tuple[Slots, Slots] = tuple((Slot(22.6 + 7.0 * n, 11.4, 5.6, 3.8), Slot(0.6 + 9.0 * n, 26.9, 7.4, 3.0)) for n in (0, 1))  # type: ignore[assignment]


def relu_board(x: np.ndarray, grad_out: np.ndarray) -> Board:
    """Forward and backward, cell by cell. x, grad_out: (H, W)."""
    output, grad_x, T = relu(x), relu_backward(grad_out, x), x.size
    mask = (x > 0) * 1.0
    grids = {
        "x": Grid("x", x, UPPER["x"], first=T),
        "mask": Grid("slope: x > 0?", mask, UPPER["choice"], 1, first=T),
        "output": Grid("output", output, UPPER["output"], first=0, hidden=(0, T)),
        "grad_x": Grid("grad_x", grad_x, lower("x"), first=T, hidden=(T, 2 * T)),
        "grad_out": Grid("grad_out", grad_out, lower("output"), first=T),
    }
    forward = [_relu_forward(r, c, float(x[r, c]), float(output[r, c])) for r, c in np.ndindex(x.shape)]
    marks = badges(grad_x, slopes(lambda many: (relu(many) * grad_out).sum(axis=(1, 2)), x))
    numbers = zip(x.flat, mask.flat, grad_out.flat, grad_x.flat, marks, strict=True)
    backward = [_relu_backward(r, c, *cell) for (r, c), cell in zip(np.ndindex(x.shape), numbers, strict=True)]
    note = (
        "Where x > 0 the gradient passes, where x < 0 it stops. At x = 0 the function has a kink: every slope from 0 to 1 is a "
        "subgradient. 0 is chosen, as in PyTorch: then what outputs 0 learns nothing, on either side."
    )
    facts = {"note": note, "shape": f"x, mask and output {x.shape[0]}×{x.shape[1]}"}
    return Board(grids, (*forward, *backward), facts, *_curves())


def _relu_forward(r: int, c: int, x: float, output: float) -> Step:
    at = place(r, c)
    marks = (Mark("x", r, c, "input"), Mark("output", r, c, "output"), Mark("grad_out", r, c, "gradient"))
    return Step(
        f"Forward: output{at}", f"output{at} = max({write(x)}, 0) = {write(output)}", f"output = {write(output)}", marks
    )


def _relu_backward(r: int, c: int, x: float, slope: float, gradient: float, total: float, badge: str) -> Step:
    at = place(r, c)
    why = f"x = {write(x)} {'>' if x > 0 else '<'} 0" if x else "x = 0, where the slope 0 is chosen"
    factors = tuple(np.array([[one]]) for one in (slope, gradient, total))
    marks = (
        Mark("x", r, c, "input"), Mark("mask", r, c, "kernel"), Mark("output", r, c, "output"),
        Mark("grad_out", r, c, "gradient"), Mark("grad_x", r, c, "gradient"),
    )  # fmt: skip
    sentence = f"grad_x{at} = {write(slope)}×{write_factor(gradient)} = {write(total)}, because {why}"
    card = Card(("slope", "× grad_out", "= grad_x"), factors)
    return Step(f"Backward: grad_x{at}", told(sentence, badge), f"grad_x = {write(total)}", marks, card, badge)


def _curves() -> tuple[tuple[Curve, ...], tuple[Caption, ...]]:
    """The function with its kink; its slope, with every subgradient at 0 and the chosen one."""
    left, right = HALVES
    function = (Curve(left, (0, 0.15), (0.5, 0.15), "output"), Curve(left, (0.5, 0.15), (0.95, 0.75), "output"))
    slope = (
        Curve(right, (0, 0.15), (0.5, 0.15), "kernel"),
        Curve(right, (0.5, 0.75), (0.95, 0.75), "kernel"),
        Curve(right, (0.5, 0.15), (0.5, 0.75), "gradient"),
    )
    chosen = [Curve(right, (0.47, 0.15 + shift), (0.53, 0.15 + shift), "kernel") for shift in (-0.03, -0.015, 0, 0.015, 0.03)]
    captions = (
        Caption("relu(x)", left, (0, 0.92)),
        Caption("x = 0", left, (0.42, 0.02)),
        Caption("its slope", right, (0, 0.92)),
        Caption("0 is chosen", right, (0.53, 0.02)),
        Caption("0…1", right, (0.53, 0.45)),
        Caption("1", right, (0.43, 0.75)),
    )
    return (*function, *slope, *chosen), captions


ROWS: dict[str, Slots] = {
    name: (Slot(0.3, 1.4 + 2.95 * n, 12, 2, 2), Slot(0.2, 1.5 + 2.75 * n, 11.4, 1.9, 1.9))
    for n, name in enumerate(("logits", "exps", "probabilities", "label", "grad_logits"))
} | {"loss": (Slot(14.5, 7.3, 2, 2, 2), Slot(13.6, 7.0, 1.9, 1.9, 1.9))}


def softmax_board(logits: np.ndarray, label: int) -> Board:
    """Softmax and cross-entropy forward, p − y backward. logits: (1, K)."""
    labels, K = np.array([label]), logits.shape[1]
    largest = logits.max()
    exps, probabilities = np.exp(logits - largest), softmax(logits)
    loss, grad_logits = cross_entropy(logits, labels), cross_entropy_backward(logits, labels)
    one_hot = np.eye(K)[labels]
    slots = ROWS
    backward, largest_off = 2 * K + 1, "the largest logit taken off"
    grids = {
        "logits": Grid("logits", logits, slots["logits"], first=backward),
        "exps": Grid(f"exp(logit − {write_factor(largest)}), {largest_off}", exps, slots["exps"], first=0, hidden=(0, K)),
        "probabilities": Grid("p, the probabilities", probabilities, slots["probabilities"], first=K, hidden=(K, 2 * K)),
        "loss": Grid("loss", np.array([[loss]]), slots["loss"], first=2 * K, hidden=(2 * K, backward)),
        "label": Grid("y, the label", one_hot, slots["label"], first=backward),
        "grad_logits": Grid(
            "grad_logits = p − y", grad_logits, slots["grad_logits"], first=backward, hidden=(backward, backward + K)
        ),
    }
    losses = slopes(lambda many: cross_entropy_per_example(many[:, 0], np.repeat(labels, len(many))), logits)
    steps = (
        *_softmax_forward(logits[0], exps[0], probabilities[0]),
        _loss_step(float(probabilities[0, label]), label, loss),
        *_softmax_backward(probabilities[0], one_hot[0], grad_logits[0], badges(grad_logits, losses)),
    )
    note = (
        "p − y: the gradient pushes the score of the right class up and all others down, each by its probability. "
        "They add up to 0. Taking the largest logit off changes no probability and keeps exp from overflowing."
    )
    return Board(grids, steps, {"note": note, "shape": f"{K} classes, label {label}"})


def _softmax_forward(logits: np.ndarray, exps: np.ndarray, probabilities: np.ndarray) -> list[Step]:
    K, largest, total = len(logits), float(logits.max()), float(exps.sum())
    steps = []
    for k in range(K):
        result = f"exps[{k}] = exp({write(logits[k])} − {write_factor(largest)}) = {write(float(exps[k]))}"
        marks = (Mark("logits", 0, k, "input"), Mark("exps", 0, k, "output"))
        steps.append(Step(f"Forward: exps[{k}]", result, f"= {write(float(exps[k]))}", marks))
    for k in range(K):
        result = f"{write(float(exps[k]))} / {write(total)} = {write(float(probabilities[k]))}"
        marks = (Mark("exps", 0, 0, "input", 1, K), Mark("exps", 0, k, "kernel"), Mark("probabilities", 0, k, "output"))
        steps.append(Step(f"Forward: p[{k}]", f"p[{k}] = {result}", result, marks))
    return steps


def _loss_step(probability: float, label: int, loss: float) -> Step:
    result = f"loss = −log p[{label}] = −log {write(probability)} = {write(loss)}"
    marks = (Mark("probabilities", 0, label, "output"), Mark("label", 0, label, "kernel"), Mark("loss", 0, 0, "output"))
    return Step("Forward: loss", result, f"loss = {write(loss)}", marks)


def _softmax_backward(p: np.ndarray, y: np.ndarray, gradient: np.ndarray, marks: list[str]) -> list[Step]:
    steps = []
    for k, badge in enumerate(marks):
        sentence = f"grad_logits[{k}] = {write(float(p[k]))} − {write(float(y[k]))} = {write(float(gradient[k]))}"
        lit = (
            Mark("logits", 0, k, "input"), Mark("probabilities", 0, k, "output"),
            Mark("label", 0, k, "kernel"), Mark("grad_logits", 0, k, "gradient"),
        )  # fmt: skip
        card = Card(("p", "− y", "= p − y"), (p[None, [k]], y[None, [k]], gradient[None, [k]]))
        head, result = f"Backward: grad_logits[{k}]", f"p − y = {write(float(gradient[k]))}"
        steps.append(Step(head, told(sentence, badge), result, lit, card, badge))
    return steps
