"""The small network on its board: every number of forward, backward and update is one step, told as the sum that it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..numbers import write, write_factor
from .board import NOTHING, Board, Grid, Mark, Step
from .differences import badges
from .network import POOL, Arrays, SmallNetwork
from .places import Places, Slot, Slots
from .words import place, products, sum_of, told

SLOTS: dict[str, Slots] = {
    "image": (Slot(0.3, 1.3, 4.6, 4.6), Slot(0.2, 1.5, 4.6, 4.6)),
    "kernel": (Slot(5.5, 1.3, 3.6, 3.6), Slot(5.2, 1.5, 3.6, 3.6)),
    "conv": (Slot(9.8, 1.3, 4.8, 4.8), Slot(9.1, 1.5, 4.3, 4.3)),
    "relu": (Slot(15.2, 1.3, 4.8, 4.8), Slot(13.6, 1.5, 4.3, 4.3)),
    "pool": (Slot(20.6, 1.3, 2.4, 2.4), Slot(0.2, 7.3, 2.6, 2.6)),
    "weight": (Slot(24.3, 1.3, 4.8, 3.6), Slot(3.6, 7.3, 5.2, 3.9)),
    "logits": (Slot(29.9, 1.3, 1.2, 3.6), Slot(9.4, 7.3, 1.3, 3.9)),
    "p": (Slot(32.2, 1.3, 1.2, 3.6), Slot(11.9, 7.3, 1.3, 3.9)),
    "label": (Slot(34.4, 1.3, 1.2, 3.6), Slot(14.4, 7.3, 1.3, 3.9)),
    "grad_kernel": (Slot(5.5, 7.3, 3.6, 3.6), Slot(4.6, 12.6, 3.6, 3.6)),
    "grad_conv": (Slot(9.8, 7.3, 4.8, 4.8), Slot(9.1, 12.6, 4.3, 4.3)),
    "grad_relu": (Slot(15.2, 7.3, 4.8, 4.8), Slot(13.6, 12.6, 4.3, 4.3)),
    "grad_pool": (Slot(20.6, 7.3, 2.4, 2.4), Slot(0.2, 18.3, 2.6, 2.6)),
    "grad_weight": (Slot(24.3, 6.6, 4.8, 3.6), Slot(3.6, 18.3, 5.2, 3.9)),
    "grad_logits": (Slot(29.9, 6.6, 1.2, 3.6), Slot(9.4, 18.3, 1.3, 3.9)),
    "loss": (Slot(34.4, 6.6, 1.2, 1.2), Slot(14.4, 18.3, 1.3, 1.3)),
    "new_kernel": (Slot(0.3, 7.3, 3.6, 3.6), Slot(0.2, 12.6, 3.6, 3.6)),
    "new_weight": (Slot(24.3, 11.9, 4.8, 3.6), Slot(3.6, 23.6, 5.2, 3.9)),
    "new_p": (Slot(29.9, 11.9, 1.2, 3.6), Slot(9.4, 23.6, 1.3, 3.9)),
    "new_loss": (Slot(34.4, 11.9, 1.2, 1.2), Slot(14.4, 23.6, 1.3, 1.3)),
}
WORDS: Places = (((0.3, 13.1), (0.2, 28.0)), ((0, 0), (0, 0)), ((0, 0), (0, 0)), ((0, 0), (0, 0)))
RESULT: Places = (((0.3, 14.2), (0.2, 28.9)), ((9.8, 14.2), (0.2, 29.9)))
TITLES = {"conv": "convolution", "relu": "ReLU", "pool": "max-pool", "label": "y", "new_loss": "after", "new_p": "p after"}
SIDES = (0, 1, 2)


class Walk:
    """The numbers of one step of SGD in the order in which they are computed, and the steps that tell them."""

    def __init__(self, network: SmallNetwork, learning_rate: float) -> None:
        self.network, self.learning_rate = network, learning_rate
        self.values = network.forward()
        self.gradients = network.backward(self.values)
        self.after = network.updated(self.gradients, learning_rate)
        self.values_after = self.after.forward()
        tied, found = network.tied(self.values), network.slopes(self.values)
        self.badges = {name: badges(self.gradients[name], each, tied=tied.get(name, False)) for name, each in found.items()}

    def phases(self) -> Iterator[tuple[str, list[Step]]]:
        """Each grid that is computed, and its steps, a cell each in row order."""
        yield "conv", [self._conv(*cell) for cell in np.ndindex(self.values["conv"].shape)]
        yield "relu", [self._relu(*cell) for cell in np.ndindex(self.values["relu"].shape)]
        yield "pool", [self._pool(*cell) for cell in np.ndindex(self.values["pool"].shape)]
        yield "logits", [self._logit(k) for k in SIDES]
        yield "p", [self._probability(k) for k in SIDES]
        yield "loss", [self._loss()]
        yield "grad_logits", [self._grad_logit(k) for k in SIDES]
        yield "grad_weight", [self._grad_weight(*cell) for cell in np.ndindex(self.network.weight.shape)]
        yield "grad_pool", [self._grad_pool(*cell) for cell in np.ndindex(self.values["pool"].shape)]
        yield "grad_relu", [self._grad_relu(*cell) for cell in np.ndindex(self.values["relu"].shape)]
        yield "grad_conv", [self._grad_conv(*cell) for cell in np.ndindex(self.values["conv"].shape)]
        yield "grad_kernel", [self._grad_kernel(*cell) for cell in np.ndindex(self.network.kernel.shape)]
        yield "new_weight", [self._update("weight", *cell) for cell in np.ndindex(self.network.weight.shape)]
        yield "new_kernel", [self._update("kernel", *cell) for cell in np.ndindex(self.network.kernel.shape)]
        yield "new_p", [self._again()]

    def _forward(self, name: str, r: int, c: int, words: str, *marks: Mark) -> Step:
        total = write(float(self.values[name][r, c]))
        at = place(r, c) if self.values[name].shape[1] > 1 else f"[{r}]"
        lit = (*marks, Mark(name, r, c, "output"))
        return Step(f"Forward: {name}{at}", f"{name}{at} = {words}", f"{name}{at} = {total}", lit)

    def _backward(self, name: str, r: int, c: int, words: str, *marks: Mark) -> Step:
        gradient = self.gradients[name]
        at = place(r, c) if gradient.shape[1] > 1 else f"[{r}]"
        badge = self.badges[name][r * gradient.shape[1] + c]
        role = "kernel" if name in ("kernel", "weight") else "output"
        lit = (*marks, Mark(name, r, c, role), Mark(f"grad_{name}", r, c, "gradient"))
        sentence = told(f"grad_{name}{at} = {words}", badge)
        return Step(f"Backward: grad_{name}{at}", sentence, f"= {write(float(gradient[r, c]))}", lit, badge=badge)

    def _conv(self, i: int, j: int) -> Step:
        window = self.network.image[i : i + 3, j : j + 3]
        terms = products([*zip(window.ravel().tolist(), self.network.kernel.ravel().tolist(), strict=True)])
        marks = (Mark("image", i, j, "input", 3, 3), Mark("kernel", 0, 0, "kernel", 3, 3))
        return self._forward("conv", i, j, sum_of(terms, float(self.values["conv"][i, j])), *marks)

    def _relu(self, i: int, j: int) -> Step:
        words = f"max({write(float(self.values['conv'][i, j]))}, 0) = {write(float(self.values['relu'][i, j]))}"
        return self._forward("relu", i, j, words, Mark("conv", i, j, "input"))

    def _pool(self, i: int, j: int) -> Step:
        window = self.values["relu"][POOL * i : POOL * (i + 1), POOL * j : POOL * (j + 1)]
        words = f"max({', '.join(map(write, window.ravel().tolist()))}) = {write(float(self.values['pool'][i, j]))}"
        return self._forward("pool", i, j, words, Mark("relu", POOL * i, POOL * j, "input", POOL, POOL))

    def _logit(self, k: int) -> Step:
        pairs = [*zip(self.network.weight[k].tolist(), self.values["pool"].ravel().tolist(), strict=True)]
        words = sum_of(products(pairs), float(self.values["logits"][k, 0]))
        return self._forward("logits", k, 0, words, Mark("pool", 0, 0, "input", 2, 2), Mark("weight", k, 0, "kernel", 1, 4))

    def _probability(self, k: int) -> Step:
        scores = self.values["logits"][:, 0].tolist()
        parts = " + ".join(f"exp({write(score)})" for score in scores)
        words = f"exp({write(scores[k])}) / ({parts}) = {write(float(self.values['p'][k, 0]))}"
        return self._forward("p", k, 0, words, Mark("logits", 0, 0, "input", 3, 1))

    def _loss(self) -> Step:
        k, loss = self.network.label, write(float(self.values["loss"][0, 0]))
        words = f"−log p[{k}] = −log {write(float(self.values['p'][k, 0]))} = {loss}"
        marks = (Mark("p", k, 0, "input"), Mark("label", k, 0, "kernel"), Mark("loss", 0, 0, "output"))
        return Step("Forward: loss", f"loss = {words}", f"loss = {loss}", marks)

    def _grad_logit(self, k: int) -> Step:
        p, y = float(self.values["p"][k, 0]), float(k == self.network.label)
        words = f"{write(p)} − {write(y)} = {write(float(self.gradients['logits'][k, 0]))}"
        return self._backward("logits", k, 0, words, Mark("p", k, 0, "output"), Mark("label", k, 0, "kernel"))

    def _grad_weight(self, k: int, n: int) -> Step:
        gradient, value = float(self.gradients["logits"][k, 0]), float(self.values["pool"].flat[n])
        words = sum_of(products([(gradient, value)]), float(self.gradients["weight"][k, n]))
        marks = (Mark("grad_logits", k, 0, "gradient"), Mark("pool", n // 2, n % 2, "input"))
        return self._backward("weight", k, n, words, *marks)

    def _grad_pool(self, i: int, j: int) -> Step:
        pairs = [*zip(self.network.weight[:, 2 * i + j].tolist(), self.gradients["logits"][:, 0].tolist(), strict=True)]
        words = sum_of(products(pairs), float(self.gradients["pool"][i, j]))
        marks = (Mark("weight", 0, 2 * i + j, "kernel", 3, 1), Mark("grad_logits", 0, 0, "gradient", 3, 1))
        return self._backward("pool", i, j, words, *marks)

    def _grad_relu(self, i: int, j: int) -> Step:
        window = self.values["relu"][POOL * (i // POOL) :, POOL * (j // POOL) :][:POOL, :POOL]
        won = float(window.argmax() == POOL * (i % POOL) + j % POOL)
        pair = (won, float(self.gradients["pool"][i // POOL, j // POOL]))
        words = f"{sum_of(products([pair]), float(self.gradients['relu'][i, j]))}, because it {'won' if won else 'did not win'}"
        return self._backward("relu", i, j, words, Mark("grad_pool", i // POOL, j // POOL, "gradient"))

    def _grad_conv(self, i: int, j: int) -> Step:
        value = float(self.values["conv"][i, j])
        pair = (float(value > 0), float(self.gradients["relu"][i, j]))
        sign = ">" if value > 0 else "<" if value < 0 else "="
        words = f"{sum_of(products([pair]), float(self.gradients['conv'][i, j]))}, because conv {sign} 0"
        return self._backward("conv", i, j, words, Mark("grad_relu", i, j, "gradient"))

    def _grad_kernel(self, k: int, m: int) -> Step:
        pixels = self.network.image[k : k + 4, m : m + 4]
        pairs = zip(pixels.ravel().tolist(), self.gradients["conv"].ravel().tolist(), strict=True)
        terms, total = products([pair for pair in pairs if pair[1]]), float(self.gradients["kernel"][k, m])
        marks = (Mark("image", k, m, "input", 4, 4), Mark("grad_conv", 0, 0, "gradient", 4, 4))
        return self._backward("kernel", k, m, sum_of(terms, total, ": no gradient arrives"), *marks)

    def _update(self, name: str, r: int, c: int) -> Step:
        old, gradient = float(getattr(self.network, name)[r, c]), float(self.gradients[name][r, c])
        new = write(float(getattr(self.after, name)[r, c]))
        words = f"{write(old)} − {write(self.learning_rate)}×{write_factor(gradient)} = {new}"
        marks = (Mark(name, r, c, "kernel"), Mark(f"grad_{name}", r, c, "gradient"), Mark(f"new_{name}", r, c, "kernel"))
        return Step(f"Update: {name}{place(r, c)}", f"new {name}{place(r, c)} = {words}", f"= {new}", marks)

    def _again(self) -> Step:
        k, now = self.network.label, write(float(self.values_after["p"][self.network.label, 0]))
        before, after = (write(float(one["loss"][0, 0])) for one in (self.values, self.values_after))
        sentence = f"Forward again with the new parameters: p[{k}] = {now}, loss = −log {now} = {after}; before it was {before}"
        marks = (Mark("new_p", k, 0, "output"), Mark("new_loss", 0, 0, "output"), Mark("loss", 0, 0, "output"))
        return Step("Forward again", sentence, f"loss {before} → {after}", marks)


def network_board(network: SmallNetwork, learning_rate: float) -> Board:
    """All of it: forward, backward, update, and forward again."""
    walk, starts, steps = Walk(network, learning_rate), {}, []
    for name, phase in walk.phases():
        starts[name] = (len(steps), len(steps) + len(phase))
        steps += phase
    starts["new_loss"] = starts["new_p"]
    arrays: Arrays = {"image": network.image, "kernel": network.kernel, "weight": network.weight, **walk.values}
    arrays |= {"label": np.eye(len(network.weight))[:, [network.label]]}
    arrays |= {f"grad_{name}": gradient for name, gradient in walk.gradients.items()}
    arrays |= {"new_kernel": walk.after.kernel, "new_weight": walk.after.weight}
    arrays |= {"new_p": walk.values_after["p"], "new_loss": walk.values_after["loss"]}
    grids = {}
    for name, slots in SLOTS.items():
        group = 0 if name == "image" else 2 if name.startswith(("grad", "new")) else 1
        title, leads = TITLES.get(name, name.replace("new_", "new ")), _leads(name, starts)
        grids[name] = Grid(title, arrays[name], slots, group, leads, starts.get(name, NOTHING))
    rate = write(learning_rate)
    note = f"new = old − {rate} × gradient, for all 21 parameters at once. It has no biases, so that it fits one drawing."
    facts = {"note": note, "shape": f"6×6 → convolution 3×3 → ReLU → max-pool 2×2 → 3 classes, learning rate {rate}"}
    return Board(grids, tuple(steps), facts, words=WORDS, result=RESULT, decimals=2)


def _leads(name: str, starts: dict[str, tuple[int, int]]) -> int:
    """The first step of what a grid's cells lead to: parameters and values to their gradients, gradients to themselves."""
    partner = f"grad_{name}"
    return starts[partner][0] if partner in starts and name in ("kernel", "weight") else starts.get(name, (-1, -1))[0]
