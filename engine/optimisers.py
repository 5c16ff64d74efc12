"""Optimisers: how a gradient becomes a change of the parameters. Formulas, names and defaults are PyTorch's.

Each holds a list of parameter arrays θ and changes them in place: `optimiser.step(gradients)`. In the docstrings g is
the gradient after weight decay, g = gradient + weight_decay · θ; η is the learning rate. All arithmetic is elementwise
into scratch arrays made once, so a step allocates nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .shapes import Array


class Optimiser:
    """What all share: the parameters, weight decay, the check of the gradients, the scratch arrays."""

    def __init__(self, parameters: Sequence[Array], learning_rate: float, weight_decay: float = 0.0) -> None:
        for name, value in (("learning_rate", learning_rate), ("weight_decay", weight_decay)):
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} is {value}, but it must be a finite number of at least 0; try 0.01")
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.steps = 0
        self._decayed, self._scratch = self._zeros(), self._zeros()
        self.state: list[list[Array]] = []  # what it remembers of earlier gradients, as lists like parameters

    def step(self, gradients: Sequence[Array]) -> None:
        """Change every parameter in place. gradients: one array for each parameter, of the same shape."""
        if [g.shape for g in gradients] != [p.shape for p in self.parameters]:
            raise ValueError(
                f"the gradients have shapes {[g.shape for g in gradients]} but the parameters have "
                f"{[p.shape for p in self.parameters]}; give one gradient for each parameter, in the same order"
            )
        self.steps += 1
        for i, (parameter, gradient) in enumerate(zip(self.parameters, gradients, strict=True)):
            if self.weight_decay:
                np.multiply(parameter, self.weight_decay, out=self._decayed[i])
                self._decayed[i] += gradient
                gradient = self._decayed[i]
            parameter -= self._change(i, gradient)

    def _change(self, i: int, g: Array) -> Array:
        """What to subtract from parameter i: an array of its shape, valid until the next call."""
        raise NotImplementedError("each optimiser says here what to subtract")

    def _zeros(self) -> list[Array]:
        return [np.zeros_like(p) for p in self.parameters]

    def _add_state(self) -> list[Array]:
        self.state.append(self._zeros())
        return self.state[-1]


class SGD(Optimiser):
    """θ ← θ − η·v with v ← momentum·v + g, so v = g without momentum. Nesterov: θ ← θ − η·(g + momentum·v)."""

    def __init__(
        self, parameters: Sequence[Array], learning_rate: float = 0.001, *,
        momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate, weight_decay)
        _check_share("momentum", momentum)
        if nesterov and momentum == 0:
            raise ValueError("Nesterov looks ahead along the momentum, but momentum is 0; try momentum=0.9")
        self.momentum, self.nesterov = momentum, nesterov
        self._velocity = self._add_state()

    def _change(self, i: int, g: Array) -> Array:
        velocity, scratch = self._velocity[i], self._scratch[i]
        if not self.momentum:
            return np.multiply(g, self.learning_rate, out=scratch)
        velocity *= self.momentum
        velocity += g
        if not self.nesterov:
            return np.multiply(velocity, self.learning_rate, out=scratch)
        np.multiply(velocity, self.momentum, out=scratch)
        scratch += g
        scratch *= self.learning_rate
        return scratch


class Adagrad(Optimiser):
    """s ← s + g²; θ ← θ − η·g / (√s + eps). Duchi, Hazan and Singer (2011)."""

    def __init__(
        self, parameters: Sequence[Array], learning_rate: float = 0.01, *,
        eps: float = 1e-10, weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate, weight_decay)
        self.eps = eps
        self._sum = self._add_state()

    def _change(self, i: int, g: Array) -> Array:
        scratch = np.multiply(g, g, out=self._scratch[i])
        self._sum[i] += scratch
        np.sqrt(self._sum[i], out=scratch)
        scratch += self.eps
        np.divide(g, scratch, out=scratch)
        scratch *= self.learning_rate
        return scratch


class Adadelta(Optimiser):
    """s ← ρ·s + (1−ρ)·g²; d = g·√(u + eps) / √(s + eps); u ← ρ·u + (1−ρ)·d²; θ ← θ − η·d. Zeiler (2012)."""

    def __init__(
        self, parameters: Sequence[Array], learning_rate: float = 1.0, *,
        rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate, weight_decay)
        _check_share("rho", rho)
        self.rho, self.eps = rho, eps
        self._mean_square, self._mean_change, self._spare = self._add_state(), self._add_state(), self._zeros()

    def _change(self, i: int, g: Array) -> Array:
        scratch, spare = self._scratch[i], self._spare[i]
        _running_mean_square(self._mean_square[i], self.rho, g, scratch)
        np.add(self._mean_square[i], self.eps, out=scratch)
        np.add(self._mean_change[i], self.eps, out=spare)
        np.divide(spare, scratch, out=spare)  # √a / √b = √(a / b): one square root instead of two
        np.sqrt(spare, out=spare)
        spare *= g
        _running_mean_square(self._mean_change[i], self.rho, spare, scratch)
        spare *= self.learning_rate
        return spare


class RMSprop(Optimiser):
    """s ← α·s + (1−α)·g²; d = g / (√s + eps); θ ← θ − η·d, or − η·v with v ← momentum·v + d. Hinton (2012)."""

    def __init__(
        self, parameters: Sequence[Array], learning_rate: float = 0.01, *,
        alpha: float = 0.99, eps: float = 1e-8, momentum: float = 0.0, weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate, weight_decay)
        _check_share("alpha", alpha)
        _check_share("momentum", momentum)
        self.alpha, self.eps, self.momentum = alpha, eps, momentum
        self._mean_square, self._velocity = self._add_state(), self._add_state()

    def _change(self, i: int, g: Array) -> Array:
        scratch = self._scratch[i]
        _running_mean_square(self._mean_square[i], self.alpha, g, scratch)
        np.sqrt(self._mean_square[i], out=scratch)
        scratch += self.eps
        np.divide(g, scratch, out=scratch)
        if self.momentum:
            self._velocity[i] *= self.momentum
            self._velocity[i] += scratch
            return np.multiply(self._velocity[i], self.learning_rate, out=scratch)
        scratch *= self.learning_rate
        return scratch


class Adam(Optimiser):
    """m ← β₁·m + (1−β₁)·g; s ← β₂·s + (1−β₂)·g²; θ ← θ − η·m̂ / (√ŝ + eps), m̂ = m/(1−β₁ᵗ), ŝ = s/(1−β₂ᵗ).

    Kingma and Ba (2015). The hats undo the bias of averages that started at zero, t counts the steps.
    """

    def __init__(
        self, parameters: Sequence[Array], learning_rate: float = 0.001, *,
        betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate, weight_decay)
        for name, beta in zip(("betas[0]", "betas[1]"), betas, strict=True):
            _check_share(name, beta)
        self.betas, self.eps = betas, eps
        self._mean, self._mean_square = self._add_state(), self._add_state()

    def _change(self, i: int, g: Array) -> Array:
        scratch, mean, (beta1, beta2) = self._scratch[i], self._mean[i], self.betas
        mean *= beta1
        mean += np.multiply(g, 1 - beta1, out=scratch)
        _running_mean_square(self._mean_square[i], beta2, g, scratch)
        np.sqrt(self._mean_square[i], out=scratch)
        scratch /= math.sqrt(1 - beta2**self.steps)
        scratch += self.eps
        np.divide(mean, scratch, out=scratch)
        scratch *= self.learning_rate / (1 - beta1**self.steps)
        return scratch


OPTIMISERS: dict[str, type[Optimiser]] = {
    cls.__name__.lower(): cls for cls in (SGD, Adagrad, Adadelta, RMSprop, Adam)
}


def _running_mean_square(mean_square: Array, share: float, g: Array, scratch: Array) -> None:
    """mean_square ← share · mean_square + (1 − share) · g², in place."""
    mean_square *= share
    np.multiply(g, g, out=scratch)
    scratch *= 1 - share
    mean_square += scratch


def _check_share(name: str, value: float) -> None:
    if not 0 <= value < 1:
        raise ValueError(f"{name} is {value}, but it is a share of the past and must be in [0, 1); try 0.9")
