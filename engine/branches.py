"""Layers that hold branches: every branch gets the same input, and their outputs are concatenated or added.

    concat: out = [branch 1(x), branch 2(x), ...] along the channels      add: out = branch 1(x) + branch 2(x) + ...

Backward, a concatenation cuts grad_out into the branches' channels, a sum hands all of it to every branch; what the branches
send back to x is added, because x was used by each. Parameters are named by their branch and layer: branch2.conv1.weight.

Inception modules (Szegedy et al., 2014) and fire modules (Iandola et al., 2016) concatenate, residual blocks (He et al., 2015)
add, one branch being the identity.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .chain import Chain
from .chain_specs import BranchesSpec, joined_shape
from .fast_cells import batch_first
from .layer_specs import Shape
from .layers import Layer
from .shapes import Array, ShapeError


class _Branches(Layer):
    """What both share. branches: each a chain of layers with activations and gradients of its own, as a network's."""

    def __init__(self, branches: Sequence[Sequence[Layer]]) -> None:
        super().__init__()
        if not branches or not all(branches):
            raise ShapeError(f"{self.kind} needs at least one layer in every branch; use Identity() to hand on the input")
        self.branches = [Chain(layers) for layers in branches]
        self._collect()
        self._made_for: object = None

    @property
    def spec(self) -> BranchesSpec:
        return BranchesSpec(kind=self.kind, branches=tuple(branch.specs for branch in self.branches))

    def output_shape(self, input_shape: Shape) -> Shape:
        return joined_shape(self.kind, [branch.shapes_from(input_shape)[-1] for branch in self.branches])

    def set_training(self, training: bool) -> None:
        for _, layer in self._layers():
            layer.set_training(training)

    def move_into(self, vector: Array, gradient_vector: Array, start: int) -> int:
        for _, layer in self._layers():
            start = layer.move_into(vector, gradient_vector, start)
        self._collect()
        return start

    def forward(self, x: Array) -> Array:
        outs = [branch.forward(x) for branch in self.branches]
        made_for = (x.shape, x.dtype)
        if made_for != self._made_for:
            self._out = _buffer(len(x), joined_shape(self.kind, [out.shape[1:] for out in outs]), x.dtype)
            self._grad_x = _buffer(len(x), x.shape[1:], x.dtype)
            self._made_for = made_for
        self._join(outs)
        return self._out

    def backward(self, grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        parts = zip(self.branches, self._split(grad_out), strict=True)
        gradients = [branch.backward(part, needs_grad_x=needs_grad_x)[0] for branch, part in parts]
        return self._sum(gradients) if needs_grad_x else None

    def input_gradient(self, grad_out: Array) -> Array:
        parts = zip(self.branches, self._split(grad_out), strict=True)
        return self._sum([branch.input_gradient(part) for branch, part in parts])

    def _sum(self, gradients: Sequence[Array | None]) -> Array:
        """Add what the branches send back to x."""
        self._grad_x.fill(0)
        for gradient in gradients:
            assert gradient is not None  # every branch was asked for its own
            self._grad_x += gradient
        return self._grad_x

    def _join(self, outs: list[Array]) -> None:
        raise NotImplementedError("each layer says here how outputs meet")

    def _split(self, grad_out: Array) -> list[Array]:
        raise NotImplementedError("each layer says here what of grad_out each branch gets")

    def _layers(self) -> list[tuple[str, Layer]]:
        return [
            (f"branch{number}.{name}", layer)
            for number, branch in enumerate(self.branches, start=1)
            for name, layer in zip(branch.names, branch.layers, strict=True)
        ]

    def _collect(self) -> None:
        """Name the parameters of all branches, so that a network finds them here as in any other layer."""
        for at, layer in self._layers():
            for part, value in layer.parameters.items():
                self.parameters[f"{at}.{part}"], self.gradients[f"{at}.{part}"] = value, layer.gradients[part]


class Concat(_Branches):
    """Put the branches' outputs behind each other along the channels. (C, H, W) -> (C1 + C2 + ..., oH, oW)."""

    kind = "concat"

    def _join(self, outs: list[Array]) -> None:
        self._ends = np.cumsum([out.shape[1] for out in outs]).tolist()
        for out, part in zip(outs, self._split(self._out), strict=True):
            part[...] = out

    def _split(self, grad_out: Array) -> list[Array]:
        return [grad_out[:, start:end] for start, end in zip([0, *self._ends], self._ends, strict=False)]


class Add(_Branches):
    """Add the branches' outputs, which all have the same shape. (C, H, W) -> (C1, oH, oW)."""

    kind = "add"

    def _join(self, outs: list[Array]) -> None:
        self._out[...] = outs[0]
        for out in outs[1:]:
            self._out += out

    def _split(self, grad_out: Array) -> list[Array]:
        return [grad_out] * len(self.branches)


def _buffer(count: int, shape: Shape, dtype: np.dtype[np.floating]) -> Array:
    """Room for a batch, the batch innermost as fast.py likes it. -> (count, *shape)."""
    return batch_first(np.empty((*shape, count), dtype))
