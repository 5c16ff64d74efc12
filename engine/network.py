"""A network is a list of layers. Forward keeps every activation, backward every gradient, so that all can be shown.

    x = activations[0] -> layers[0] -> activations[1] -> ... -> activations[-1] = logits
    gradients[i] = d loss / d activations[i], same shape (layer i turns it from gradients[i + 1])

All parameters lie in one vector, all their gradients in another; each layer's arrays are views of these. An optimiser
then needs one array instead of dozens, and keeping or restoring all weights is one copy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .cell_layers import Dropout
from .layers import Layer, Shape
from .shapes import Array, ShapeError


@dataclass(frozen=True)
class LayerSummary:
    """The facts of one layer; shapes are those of one image, multiply_adds those of its forward pass."""

    name: str
    text: str
    input_shape: Shape
    output_shape: Shape
    parameter_count: int
    multiply_adds: int


class Network:
    """Layers in a row. input_shape: (C, H, W) of one image; pixel_offset: what to add to pixels of 0..1 beforehand."""

    def __init__(
        self, layers: Sequence[Layer], input_shape: Shape, *,
        pixel_offset: float = 0.0, dtype: npt.DTypeLike = np.float32,
    ) -> None:
        if not layers:
            raise ShapeError("the network has no layers; give at least one, for example [Flatten(), Linear(784, 10)]")
        self.layers, self.input_shape, self.pixel_offset = list(layers), tuple(input_shape), pixel_offset
        self.names = _names(self.layers)
        self.shapes = [self.input_shape]  # shapes[i] is the shape of activations[i] without the batch
        for name, layer in zip(self.names, self.layers, strict=True):
            try:
                self.shapes.append(layer.output_shape(self.shapes[-1]))
            except ShapeError as error:
                raise ShapeError(f"{name} ({layer.text}) does not fit: {error}") from None
        self.vector, self.gradient_vector = self._gather(np.dtype(dtype))
        self.activations: list[Array] = []
        self.gradients: list[Array | None] = []

    @property
    def text(self) -> str:
        """The text form, which parse_network reads: 'conv 8 5x5 pad 2 / relu / ...'."""
        return " / ".join(layer.text for layer in self.layers)

    def forward(self, x: Array) -> Array:
        """Run all layers. x: (N, C, H, W) -> logits (N, classes). The arrays kept are overwritten by the next call."""
        if x.shape[1:] != self.input_shape or x.shape[0] < 1:
            raise ShapeError(
                f"x has shape {x.shape}, but this network wants (N, {', '.join(map(str, self.input_shape))}) with N of "
                "at least 1; crop or pad the images, or build the network with another input_shape"
            )
        self.activations = [x.astype(self.vector.dtype, copy=False)]
        for layer in self.layers:
            self.activations.append(layer.forward(self.activations[-1]))
        return self.activations[-1]

    def backward(self, grad_logits: Array, *, needs_grad_x: bool = False) -> list[Array | None]:
        """Send the gradient through all layers, last first -> gradients, one for each activation.

        grad_logits: as the logits of the last forward. The first entry, the image's own gradient, is None unless
        needs_grad_x: training does not use it, and for a first layer of filters it is the dearest of all.
        """
        if not self.activations:
            raise ValueError("backward came before forward; call forward(x) first, then backward with its gradient")
        gradients: list[Array | None] = [grad_logits]
        for i, layer in reversed(list(enumerate(self.layers))):
            grad_x = layer.backward(grad_logits, needs_grad_x=needs_grad_x or i > 0)
            gradients.append(grad_x)
            grad_logits = grad_logits if grad_x is None else grad_x
        self.gradients = gradients[::-1]
        return self.gradients

    def parameters(self) -> dict[str, Array]:
        """Name -> array, for example 'conv1.weight' -> (F, C, kH, kW). Views of `vector`: changing them trains."""
        return {
            f"{name}.{part}": value
            for name, layer in zip(self.names, self.layers, strict=True)
            for part, value in layer.parameters.items()
        }

    def parameter_gradients(self) -> dict[str, Array]:
        """Name -> d loss / d parameter of the last backward, same names and shapes as parameters()."""
        return {
            f"{name}.{part}": value
            for name, layer in zip(self.names, self.layers, strict=True)
            for part, value in layer.gradients.items()
        }

    def train(self) -> None:
        """Switch to training: Dropout drops."""
        self._switch_dropout(True)

    def eval(self) -> None:
        """Switch to evaluation: Dropout passes everything on. A new network starts here."""
        self._switch_dropout(False)

    def summary(self) -> list[LayerSummary]:
        """The facts of every layer, in order."""
        return [
            LayerSummary(
                name, layer.text, shape, next_shape,
                sum(value.size for value in layer.parameters.values()), layer.multiply_adds(shape),
            )
            for name, layer, shape, next_shape in zip(
                self.names, self.layers, self.shapes[:-1], self.shapes[1:], strict=True
            )
        ]

    def _switch_dropout(self, training: bool) -> None:
        for layer in self.layers:
            if isinstance(layer, Dropout):
                layer.training = training

    def _gather(self, dtype: np.dtype[Any]) -> tuple[Array, Array]:
        """Move all parameters into one vector and let the layers look into it."""
        size = sum(value.size for layer in self.layers for value in layer.parameters.values())
        vector, gradient_vector = np.zeros(size, dtype), np.zeros(size, dtype)
        start = 0
        for layer in self.layers:
            for part, value in layer.parameters.items():
                stop = start + math.prod(value.shape)
                vector[start:stop] = value.ravel()
                layer.parameters[part] = vector[start:stop].reshape(value.shape)
                layer.gradients[part] = gradient_vector[start:stop].reshape(value.shape)
                start = stop
        return vector, gradient_vector


def _names(layers: Sequence[Layer]) -> list[str]:
    """Number the layers of each kind: ['conv1', 'relu1', 'maxpool1', 'conv2', ...]."""
    seen: dict[str, int] = {}
    names = []
    for layer in layers:
        seen[layer.kind] = seen.get(layer.kind, 0) + 1
        names.append(f"{layer.kind}{seen[layer.kind]}")
    return names
