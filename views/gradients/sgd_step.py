"""One step of SGD through a small whole network: forward, backward, update, and forward again. Every number is one step.

    image 6×6 → convolution 3×3 → ReLU → max-pooling 2×2 → fully-connected, 3 classes → softmax and cross-entropy

It has no biases: 21 parameters fit one drawing. Every array is the engine's, the update its SGD's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ... import engine
from ..numbers import write, write_factor
from ..numerical_checks import checks, tied_cells
from ..sums import products_of
from .layer_pass import SGD_HEADLINE, SGD_RESULT, SGD_SLOTS, Grid, LayerPass, LayerStep, Mark, at, sum_of

POOL = 2  # pixels a side of a window
Arrays = dict[str, np.ndarray]
WordsAndMarks = tuple[str, *tuple[Mark, ...]]  # words, and what is marked


@dataclass(frozen=True)
class SmallNetwork:
    """An image, its label, and the two arrays of parameters."""

    image: np.ndarray  # (6, 6)
    label: int
    kernel: np.ndarray  # (3, 3)
    weight: np.ndarray  # (3, 4)

    def forward(self) -> Arrays:
        """Every value by name: conv and relu (4, 4), pool (2, 2), logits and p (3, 1), loss (1, 1)."""
        conv = engine.conv2d(self.image[None, None], self.kernel[None, None])
        rectified = engine.relu(conv)
        pool = engine.max_pool2d(rectified, POOL)
        logits = engine.linear(engine.flatten(pool), self.weight)
        loss = engine.cross_entropy(logits, self._labels)
        column = engine.softmax(logits).T
        return {
            "conv": conv[0, 0], "relu": rectified[0, 0], "pool": pool[0, 0], "logits": logits.T, "p": column,
            "loss": np.array([[loss]]),
        }  # fmt: skip

    def backward(self, values: Arrays) -> Arrays:
        """The gradient of the loss by each value and each parameter, under the same names."""
        conv, rectified, pool = (values[name][None, None] for name in ("conv", "relu", "pool"))
        grad_logits = engine.cross_entropy_backward(values["logits"].T, self._labels)
        grad_flat, grad_weight, _ = engine.linear_backward(grad_logits, engine.flatten(pool), self.weight)
        grad_pool = engine.flatten_backward(grad_flat, pool)
        grad_relu = engine.max_pool2d_backward(grad_pool, rectified, POOL)
        grad_conv = engine.relu_backward(grad_relu, conv)
        _, grad_kernel, _ = engine.conv2d_backward(grad_conv, self.image[None, None], self.kernel[None, None])
        return {
            "logits": grad_logits.T, "weight": grad_weight, "pool": grad_pool[0, 0], "relu": grad_relu[0, 0],
            "conv": grad_conv[0, 0], "kernel": grad_kernel[0, 0],
        }  # fmt: skip

    def updated(self, gradients: Arrays, learning_rate: float) -> SmallNetwork:
        """The network after one step of SGD."""
        kernel, weight = self.kernel.copy(), self.weight.copy()
        engine.SGD([kernel, weight], learning_rate).step([gradients["kernel"], gradients["weight"]])
        return SmallNetwork(self.image, self.label, kernel, weight)

    def checks(self, values: Arrays, gradients: Arrays) -> dict[str, list[str]]:
        """What finite differences say of each gradient: move a number, then forward from there."""
        starts: dict[str, tuple[Callable[[np.ndarray], np.ndarray], np.ndarray]] = {
            "logits": (lambda many: self._losses(many[:, :, 0]), values["logits"]),
            "weight": (lambda many: self._losses((many @ values["pool"].reshape(1, -1, 1))[:, :, 0]), self.weight),
            "pool": (self._from_pool, values["pool"]),
            "relu": (self._from_relu, values["relu"]),
            "conv": (lambda many: self._from_relu(engine.relu(many)), values["conv"]),
            "kernel": (self._from_kernel, self.kernel),
        }
        # Which numbers reach the loss through a tie of max-pooling or through the kink of ReLU.
        relu, conv = tied_cells(values["relu"], POOL, POOL), values["conv"]
        conv = (conv == 0) | (relu & (conv > 0))
        tied: dict[str, np.ndarray | bool] = {"relu": relu, "conv": conv, "kernel": bool(conv.any())}
        return {name: checks(gradients[name], *start, tied=tied.get(name, False)) for name, start in starts.items()}

    @property
    def _labels(self) -> np.ndarray:
        return np.array([self.label])

    def _losses(self, logits: np.ndarray) -> np.ndarray:
        """logits: (N, 3) -> (N,)."""
        return engine.cross_entropy_per_example(logits, np.repeat(self._labels, len(logits)))

    def _from_pool(self, pool: np.ndarray) -> np.ndarray:
        return self._losses(engine.linear(engine.flatten(pool[:, None]), self.weight))

    def _from_relu(self, rectified: np.ndarray) -> np.ndarray:
        return self._from_pool(engine.max_pool2d(rectified[:, None], POOL)[:, 0])

    def _from_kernel(self, kernels: np.ndarray) -> np.ndarray:
        return self._from_relu(engine.relu(engine.conv2d(self.image[None, None], kernels[:, None])[0]))


TITLES = {"conv": "convolution", "relu": "ReLU", "pool": "max-pool", "label": "y", "new_loss": "after", "new_p": "p after"}


class Walk:
    """The numbers of one step of SGD in the order in which they are computed, and the steps that tell them."""

    def __init__(self, network: SmallNetwork, learning_rate: float) -> None:
        self.network, self.learning_rate = network, learning_rate
        self.values = network.forward()
        self.gradients = network.backward(self.values)
        self.after = network.updated(self.gradients, learning_rate)
        self.values_after = self.after.forward()
        self.badges = network.checks(self.values, self.gradients)

    def phases(self) -> Iterator[tuple[str, list[LayerStep]]]:
        """Each grid that is computed, and its steps, a cell each in row order."""
        ways = {"conv": self._conv, "relu": self._relu, "pool": self._pool, "logits": self._logit, "p": self._probability}
        for name, way in ways.items():
            yield name, [self._forward(name, r, c, *way(r, c)) for r, c in np.ndindex(self.values[name].shape)]
        yield "loss", [self._loss()]
        back = {
            "logits": self._grad_logit, "weight": self._grad_weight, "pool": self._grad_pool, "relu": self._grad_relu,
            "conv": self._grad_conv, "kernel": self._grad_kernel,
        }  # fmt: skip
        for name, way_back in back.items():
            cells = np.ndindex(self.gradients[name].shape)
            yield f"grad_{name}", [self._backward(name, r, c, *way_back(r, c)) for r, c in cells]
        yield "new_weight", [self._update("weight", r, c) for r, c in np.ndindex(self.network.weight.shape)]
        yield "new_kernel", [self._update("kernel", r, c) for r, c in np.ndindex(self.network.kernel.shape)]
        yield "new_p", [self._again()]

    def _forward(self, name: str, r: int, c: int, words: str, *marks: Mark) -> LayerStep:
        cell = f"{name}{at(r, c) if self.values[name].shape[1] > 1 else at(r)}"
        return LayerStep.forward(cell, words, f"{cell} = {self._value(name, r, c)}", *marks, Mark(name, r, c, "output"))

    def _backward(self, name: str, r: int, c: int, words: str, *marks: Mark) -> LayerStep:
        gradient, role = self.gradients[name], "kernel" if name in ("kernel", "weight") else "output"
        cell = f"grad_{name}{at(r, c) if gradient.shape[1] > 1 else at(r)}"
        own = (Mark(name, r, c, role), Mark(f"grad_{name}", r, c, "gradient"))
        badge = self.badges[name][r * gradient.shape[1] + c]
        return LayerStep.backward(cell, words, f"= {self._gradient(name, r, c)}", badge, *marks, *own)

    def _value(self, name: str, r: int, c: int = 0) -> str:
        return write(float(self.values[name][r, c]))

    def _gradient(self, name: str, r: int, c: int = 0) -> str:
        return write(float(self.gradients[name][r, c]))

    def _conv(self, i: int, j: int) -> WordsAndMarks:
        terms = products_of(self.network.image[i : i + 3, j : j + 3], self.network.kernel)
        words = sum_of(terms, float(self.values["conv"][i, j]))
        return words, Mark("image", i, j, "input", 3, 3), Mark("kernel", 0, 0, "kernel", 3, 3)

    def _relu(self, i: int, j: int) -> WordsAndMarks:
        return f"max({self._value('conv', i, j)}, 0) = {self._value('relu', i, j)}", Mark("conv", i, j, "input")

    def _pool(self, i: int, j: int) -> WordsAndMarks:
        window = self.values["relu"][POOL * i : POOL * (i + 1), POOL * j : POOL * (j + 1)]
        words = f"max({', '.join(map(write, window.ravel().tolist()))}) = {self._value('pool', i, j)}"
        return words, Mark("relu", POOL * i, POOL * j, "input", POOL, POOL)

    def _logit(self, k: int, _: int) -> WordsAndMarks:
        words = sum_of(products_of(self.network.weight[k], self.values["pool"]), float(self.values["logits"][k, 0]))
        return words, Mark("pool", 0, 0, "input", 2, 2), Mark("weight", k, 0, "kernel", 1, 4)

    def _probability(self, k: int, _: int) -> WordsAndMarks:
        scores = self.values["logits"][:, 0].tolist()
        total = " + ".join(f"exp({write(score)})" for score in scores)
        return f"exp({write(scores[k])}) / ({total}) = {self._value('p', k)}", Mark("logits", 0, 0, "input", 3, 1)

    def _loss(self) -> LayerStep:
        k, loss = self.network.label, self._value("loss", 0)
        marks = (Mark("p", k, 0, "input"), Mark("label", k, 0, "kernel"), Mark("loss", 0, 0, "output"))
        return LayerStep.forward("loss", f"−log p[{k}] = −log {self._value('p', k)} = {loss}", f"loss = {loss}", *marks)

    def _grad_logit(self, k: int, _: int) -> WordsAndMarks:
        words = f"{self._value('p', k)} − {write(float(k == self.network.label))} = {self._gradient('logits', k)}"
        return words, Mark("p", k, 0, "output"), Mark("label", k, 0, "kernel")

    def _grad_weight(self, k: int, n: int) -> WordsAndMarks:
        terms = products_of(self.gradients["logits"][k], self.values["pool"].ravel()[[n]])
        words = sum_of(terms, float(self.gradients["weight"][k, n]))
        return words, Mark("grad_logits", k, 0, "gradient"), Mark("pool", n // 2, n % 2, "input")

    def _grad_pool(self, i: int, j: int) -> WordsAndMarks:
        terms = products_of(self.network.weight[:, 2 * i + j], self.gradients["logits"])
        words = sum_of(terms, float(self.gradients["pool"][i, j]))
        return words, Mark("weight", 0, 2 * i + j, "kernel", 3, 1), Mark("grad_logits", 0, 0, "gradient", 3, 1)

    def _grad_relu(self, i: int, j: int) -> WordsAndMarks:
        window = self.values["relu"][POOL * (i // POOL) :, POOL * (j // POOL) :][:POOL, :POOL]
        won = window.argmax() == POOL * (i % POOL) + j % POOL
        words = f"{self._gate(won, 'pool', i // POOL, j // POOL)} = {self._gradient('relu', i, j)}"
        because = f"because it {'won' if won else 'did not win'}"
        return f"{words}, {because}", Mark("grad_pool", i // POOL, j // POOL, "gradient")

    def _grad_conv(self, i: int, j: int) -> WordsAndMarks:
        value = self.values["conv"][i, j]
        words = f"{self._gate(value > 0, 'relu', i, j)} = {self._gradient('conv', i, j)}"
        sign = ">" if value > 0 else "<" if value < 0 else "="
        return f"{words}, because conv {sign} 0", Mark("grad_relu", i, j, "gradient")

    def _gate(self, passes: bool, name: str, r: int, c: int) -> str:
        """1×gradient or 0×gradient."""
        return f"{int(passes)}×{write_factor(float(self.gradients[name][r, c]))}"

    def _grad_kernel(self, k: int, m: int) -> WordsAndMarks:
        pixels, gradients = self.network.image[k : k + 4, m : m + 4], self.gradients["conv"]
        terms = products_of(pixels[gradients != 0], gradients[gradients != 0])
        words = sum_of(terms, float(self.gradients["kernel"][k, m]), ": no gradient arrives")
        return words, Mark("image", k, m, "input", 4, 4), Mark("grad_conv", 0, 0, "gradient", 4, 4)

    def _update(self, name: str, r: int, c: int) -> LayerStep:
        old, gradient = float(getattr(self.network, name)[r, c]), float(self.gradients[name][r, c])
        new = write(float(getattr(self.after, name)[r, c]))
        words = f"{write(old)} − {write(self.learning_rate)}×{write_factor(gradient)} = {new}"
        marks = (Mark(name, r, c, "kernel"), Mark(f"grad_{name}", r, c, "gradient"), Mark(f"new_{name}", r, c, "kernel"))
        return LayerStep(f"Update: {name}{at(r, c)}", f"new {name}{at(r, c)} = {words}", f"= {new}", marks)

    def _again(self) -> LayerStep:
        k, now = self.network.label, write(float(self.values_after["p"][self.network.label, 0]))
        before, after = (write(float(one["loss"][0, 0])) for one in (self.values, self.values_after))
        sentence = f"Forward again with the new parameters: p[{k}] = {now}, loss = −log {now} = {after}; before it was {before}"
        marks = (Mark("new_p", k, 0, "output"), Mark("new_loss", 0, 0, "output"), Mark("loss", 0, 0, "output"))
        return LayerStep("Forward again", sentence, f"loss {before} → {after}", marks)


def sgd_step(network: SmallNetwork, learning_rate: float) -> LayerPass:
    """All of it: forward, backward, update, and forward again."""
    walk, starts = Walk(network, learning_rate), dict[str, tuple[int, int]]()
    steps: list[LayerStep] = []
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
    for name, slots in SGD_SLOTS.items():
        group = 0 if name == "image" else 2 if name.startswith(("grad", "new")) else 1
        title, hidden = TITLES.get(name, name.replace("new_", "new ")), starts.get(name, (0, 0))
        # The cells of parameters lead to their gradients, all others to where they are computed.
        first, _ = starts[f"grad_{name}"] if name in ("kernel", "weight") else starts.get(name, (-1, -1))
        grids[name] = Grid(title, arrays[name], slots, group, first, hidden)
    return LayerPass(grids, tuple(steps), words=SGD_HEADLINE, result=SGD_RESULT, decimals=2)
