"""One step of SGD through a small whole network: forward, backward, update, and forward again. Every number is one step.

    image 6×6 → convolution 3×3 → ReLU → max-pooling 2×2 → fully-connected, 3 classes → softmax and cross-entropy

It has no biases: 21 parameters fit one drawing. Every array is the engine's, the update its SGD's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import engine
from ..numbers import write, write_factor
from ..numerical_checks import checks, tied_cells
from ..sums import products_of
from .layer_pass import SGD_HEADLINE, SGD_RESULT, SGD_SLOTS, Grid, LayerPass, LayerStep, Mark, at, sum_of

POOL = 2  # pixels a side of a window
PARAMETERS = ("weight", "kernel")  # in the order in which they are updated
Arrays = dict[str, np.ndarray]
Function = Callable[..., Any]  # one of the engine's
WordsAndMarks = tuple[str, *tuple[Mark, ...]]  # words, and what is marked
TITLES = {"conv": "convolution", "relu": "ReLU", "pool": "max-pool", "label": "y", "new_loss": "after", "new_p": "p after"}


@dataclass(frozen=True)
class SmallNetwork:
    """An image, its label, and the two arrays of parameters."""

    image: np.ndarray  # (6, 6)
    label: int
    kernel: np.ndarray  # (3, 3)
    weight: np.ndarray  # (3, 4)

    def forward(self, conv2d: Function = engine.conv2d, max_pool2d: Function = engine.max_pool2d) -> Arrays:
        """What goes in, and every value by name: conv and relu (4, 4), pool (2, 2), logits, label, p (3, 1), loss (1, 1)."""
        conv = conv2d(self.image[None, None], self.kernel[None, None])
        rectified = engine.relu(conv)
        pool = max_pool2d(rectified, POOL)
        logits = engine.linear(engine.flatten(pool), self.weight)
        loss = engine.cross_entropy(logits, self._labels)
        given = {"image": self.image, "kernel": self.kernel, "weight": self.weight, "label": np.eye(3)[:, self._labels]}
        maps, p = {"conv": conv[0, 0], "relu": rectified[0, 0], "pool": pool[0, 0]}, engine.softmax(logits).T
        return {**given, **maps, "logits": logits.T, "p": p, "loss": np.array([[loss]])}

    def backward(self, values: Arrays, conv2d_backward: Function = engine.conv2d_backward) -> Arrays:
        """The gradient of the loss by each value and each parameter, under the same names."""
        conv, rectified, pool = (values[name][None, None] for name in ("conv", "relu", "pool"))
        grad_logits = engine.cross_entropy_backward(values["logits"].T, self._labels)
        grad_flat, grad_weight, _ = engine.linear_backward(grad_logits, engine.flatten(pool), self.weight)
        grad_pool = engine.flatten_backward(grad_flat, pool)
        grad_relu = engine.max_pool2d_backward(grad_pool, rectified, POOL)
        grad_conv = engine.relu_backward(grad_relu, conv)
        _, grad_kernel, _ = conv2d_backward(grad_conv, self.image[None, None], self.kernel[None, None])
        maps = {"pool": grad_pool[0, 0], "relu": grad_relu[0, 0], "conv": grad_conv[0, 0], "kernel": grad_kernel[0, 0]}
        return {"logits": grad_logits.T, "weight": grad_weight, **maps}

    def defined(self, learning_rate: float) -> Arrays:
        """The same by loops, and the parameters after one step of SGD."""
        values = self.forward(engine.conv2d_loops, engine.max_pool2d_loops)
        gradients = self.backward(values, engine.conv2d_backward_loops)
        after = self.updated(gradients, learning_rate)
        new = {"new_kernel": after.kernel, "new_weight": after.weight}
        return values | {f"grad_{name}": gradient for name, gradient in gradients.items()} | new

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


class Walk:
    """The numbers of one step of SGD, and the steps that tell how each comes about."""

    def __init__(self, network: SmallNetwork, learning_rate: float) -> None:
        self.label, self.learning_rate = network.label, learning_rate
        values = network.forward()
        gradients = network.backward(values)
        self.badges = {f"grad_{name}": badges for name, badges in network.checks(values, gradients).items()}
        after = network.updated(gradients, learning_rate).forward()
        self.numbers = values | {f"grad_{name}": gradient for name, gradient in gradients.items()}
        self.numbers |= {f"new_{name}": after[name] for name in (*PARAMETERS, "p", "loss")}

    def phases(self) -> dict[str, list[LayerStep]]:
        """For each grid that is computed its steps, a cell each in row order."""
        ways = {
            "conv": self._conv, "relu": self._relu, "pool": self._pool, "logits": self._logit, "p": self._probability,
            "loss": self._loss, "grad_logits": self._grad_logit, "grad_weight": self._grad_weight,
            "grad_pool": self._grad_pool, "grad_relu": self._grad_relu, "grad_conv": self._grad_conv,
            "grad_kernel": self._grad_kernel,
        }  # fmt: skip
        told = {name: [self._cell(name, r, c, *way(r, c)) for r, c in self._cells(name)] for name, way in ways.items()}
        new = {f"new_{name}": [self._update(name, r, c) for r, c in self._cells(name)] for name in PARAMETERS}
        return told | new | {"new_p new_loss": [self._again()]}

    def _cells(self, name: str) -> np.ndindex:
        return np.ndindex(self.numbers[name].shape)

    def _cell(self, name: str, r: int, c: int, words: str, *marks: Mark) -> LayerStep:
        height, width = self.numbers[name].shape
        cell = name + (at(r, c) if width > 1 else at(r) if height > 1 else "")
        if name not in self.badges:
            return LayerStep.of(cell, words, f"{cell} = {self._say(name, r, c)}", *marks, Mark(name, r, c, "output"))
        of = name.removeprefix("grad_")
        own = (Mark(of, r, c, "kernel" if of in PARAMETERS else "output"), Mark(name, r, c, "gradient"))
        badge = self.badges[name][r * width + c]
        return LayerStep.of(cell, words, f"= {self._say(name, r, c)}", *marks, *own, badge=badge)

    def _say(self, name: str, r: int, c: int = 0) -> str:
        return write(float(self.numbers[name][r, c]))

    def _sum(self, first: np.ndarray, second: np.ndarray, name: str, r: int, c: int, nothing: str = "") -> str:
        """The sum of products that a number is."""
        return sum_of(products_of(first, second), float(self.numbers[name][r, c]), nothing)

    def _conv(self, i: int, j: int) -> WordsAndMarks:
        words = self._sum(self.numbers["image"][i : i + 3, j : j + 3], self.numbers["kernel"], "conv", i, j)
        return words, Mark("image", i, j, "input", 3, 3), Mark("kernel", 0, 0, "kernel", 3, 3)

    def _relu(self, i: int, j: int) -> WordsAndMarks:
        return f"max({self._say('conv', i, j)}, 0) = {self._say('relu', i, j)}", Mark("conv", i, j, "input")

    def _pool(self, i: int, j: int) -> WordsAndMarks:
        window = self.numbers["relu"][POOL * i : POOL * (i + 1), POOL * j : POOL * (j + 1)]
        words = f"max({', '.join(map(write, window.ravel().tolist()))}) = {self._say('pool', i, j)}"
        return words, Mark("relu", POOL * i, POOL * j, "input", POOL, POOL)

    def _logit(self, k: int, _: int) -> WordsAndMarks:
        words = self._sum(self.numbers["weight"][k], self.numbers["pool"], "logits", k, 0)
        return words, Mark("pool", 0, 0, "input", 2, 2), Mark("weight", k, 0, "kernel", 1, 4)

    def _probability(self, k: int, _: int) -> WordsAndMarks:
        scores = [self._say("logits", n) for n, _ in self._cells("logits")]
        total = " + ".join(f"exp({score})" for score in scores)
        return f"exp({scores[k]}) / ({total}) = {self._say('p', k)}", Mark("logits", 0, 0, "input", 3, 1)

    def _loss(self, *_: int) -> WordsAndMarks:
        k = self.label
        words = f"−log p[{k}] = −log {self._say('p', k)} = {self._say('loss', 0)}"
        return words, Mark("p", k, 0, "input"), Mark("label", k, 0, "kernel")

    def _grad_logit(self, k: int, _: int) -> WordsAndMarks:
        words = f"{self._say('p', k)} − {self._say('label', k)} = {self._say('grad_logits', k)}"
        return words, Mark("p", k, 0, "output"), Mark("label", k, 0, "kernel")

    def _grad_weight(self, k: int, n: int) -> WordsAndMarks:
        words = self._sum(self.numbers["grad_logits"][k], self.numbers["pool"].ravel()[[n]], "grad_weight", k, n)
        return words, Mark("grad_logits", k, 0, "gradient"), Mark("pool", n // 2, n % 2, "input")

    def _grad_pool(self, i: int, j: int) -> WordsAndMarks:
        words = self._sum(self.numbers["weight"][:, 2 * i + j], self.numbers["grad_logits"], "grad_pool", i, j)
        return words, Mark("weight", 0, 2 * i + j, "kernel", 3, 1), Mark("grad_logits", 0, 0, "gradient", 3, 1)

    def _grad_relu(self, i: int, j: int) -> WordsAndMarks:
        window = self.numbers["relu"][POOL * (i // POOL) :, POOL * (j // POOL) :][:POOL, :POOL]
        won = window.argmax() == POOL * (i % POOL) + j % POOL
        because = f"because it {'won' if won else 'did not win'}"
        words = f"{self._gate(won, 'grad_pool', i // POOL, j // POOL)} = {self._say('grad_relu', i, j)}, {because}"
        return words, Mark("grad_pool", i // POOL, j // POOL, "gradient")

    def _grad_conv(self, i: int, j: int) -> WordsAndMarks:
        value = self.numbers["conv"][i, j]
        sign = ">" if value > 0 else "<" if value < 0 else "="
        words = f"{self._gate(value > 0, 'grad_relu', i, j)} = {self._say('grad_conv', i, j)}, because conv {sign} 0"
        return words, Mark("grad_relu", i, j, "gradient")

    def _gate(self, passes: bool, name: str, r: int, c: int) -> str:
        """1×gradient or 0×gradient."""
        return f"{int(passes)}×{write_factor(float(self.numbers[name][r, c]))}"

    def _grad_kernel(self, k: int, m: int) -> WordsAndMarks:
        pixels, gradients = self.numbers["image"][k : k + 4, m : m + 4], self.numbers["grad_conv"]
        arrives = gradients != 0
        words = self._sum(pixels[arrives], gradients[arrives], "grad_kernel", k, m, ": no gradient arrives")
        return words, Mark("image", k, m, "input", 4, 4), Mark("grad_conv", 0, 0, "gradient", 4, 4)

    def _update(self, name: str, r: int, c: int) -> LayerStep:
        gradient, new = write_factor(float(self.numbers[f"grad_{name}"][r, c])), self._say(f"new_{name}", r, c)
        words = f"{self._say(name, r, c)} − {write(self.learning_rate)}×{gradient} = {new}"
        marks = (Mark(name, r, c, "kernel"), Mark(f"grad_{name}", r, c, "gradient"), Mark(f"new_{name}", r, c, "kernel"))
        return LayerStep(f"Update: {name}{at(r, c)}", f"new {name}{at(r, c)} = {words}", f"= {new}", marks)

    def _again(self) -> LayerStep:
        k, before, after = self.label, self._say("loss", 0), self._say("new_loss", 0)
        now = self._say("new_p", k)
        sentence = f"Forward again with the new parameters: p[{k}] = {now}, loss = −log {now} = {after}; before it was {before}"
        marks = (Mark("new_p", k, 0, "output"), Mark("new_loss", 0, 0, "output"), Mark("loss", 0, 0, "output"))
        return LayerStep("Forward again", sentence, f"loss {before} → {after}", marks)


def sgd_step(network: SmallNetwork, learning_rate: float) -> LayerPass:
    """All of it: forward, backward, update, and forward again."""
    walk, grids = Walk(network, learning_rate), {}
    for name, slots in SGD_SLOTS.items():
        group = 0 if name == "image" else 2 if name.startswith(("grad", "new")) else 1
        title = TITLES.get(name, name.replace("new_", "new "))
        grids[name] = Grid(title, walk.numbers[name], slots, group, f"grad_{name}" if name in PARAMETERS else name)
    return LayerPass(grids, walk.phases(), words=SGD_HEADLINE, result=SGD_RESULT, decimals=2)
