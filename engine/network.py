"""A network is a list of layers. Forward keeps every activation, backward every gradient (chain.py), so that all can be shown.

All parameters lie in one vector, all their gradients in another; each layer's arrays are views of these. An optimiser
then needs one array instead of dozens, and keeping or restoring all weights is one copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .building import build_layers
from .chain import Chain
from .layer_specs import LayerSpec, Shape
from .layers import Layer
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


class Network(Chain):
    """Layers in a row. input_shape: (C, H, W) of one image; pixel_offset: what to add to pixels of 0..1 beforehand."""

    def __init__(
        self, layers: Sequence[Layer], input_shape: Shape, *,
        pixel_offset: float = 0.0, dtype: npt.DTypeLike = np.float32,
    ) -> None:
        if not layers:
            raise ShapeError("the network has no layers; give at least one, for example [Flatten(), Linear(784, 10)]")
        super().__init__(layers)
        self.input_shape, self.pixel_offset = tuple(input_shape), pixel_offset
        self.shapes = self.shapes_from(self.input_shape)  # shapes[i] is the shape of activations[i] without the batch
        self.vector, self.gradient_vector = self._gather(np.dtype(dtype))

    @classmethod
    def from_specs(
        cls, specs: Sequence[LayerSpec], input_shape: Shape, rng: np.random.Generator, *,
        pixel_offset: float = 0.0, dtype: npt.DTypeLike = np.float32,
    ) -> Network:
        """Build the network of these specifications, with fresh weights, however large. Raises ShapeError."""
        return cls(build_layers(specs, input_shape, rng), input_shape, pixel_offset=pixel_offset, dtype=dtype)

    def copy(self, *, without: Sequence[Layer] = ()) -> Network:
        """Another network of the same layers and weights, with arrays of its own, which has seen no image yet.

        without: layers of this network that have no parameters and are left out, such as a Dropout for training only.
        """
        specs = [layer.spec for layer in self.layers if not any(layer is other for other in without)]
        return _rebuilt(specs, self.input_shape, self.pixel_offset, self.vector)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as specifications and weights."""
        return _rebuilt, (self.specs, self.input_shape, self.pixel_offset, self.vector)

    def forward(self, x: Array) -> Array:
        """Run all layers. x: (N, C, H, W) -> logits (N, classes). The arrays kept are overwritten by the next call."""
        if x.shape[1:] != self.input_shape or x.shape[0] < 1:
            raise ShapeError(
                f"x has shape {x.shape}, but this network wants (N, {', '.join(map(str, self.input_shape))}) with N of "
                "at least 1; crop or pad the images, or build the network with another input_shape"
            )
        return super().forward(x.astype(self.vector.dtype, copy=False))

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
        for layer in self.layers:
            layer.set_training(True)

    def eval(self) -> None:
        """Switch to evaluation: Dropout passes everything on. A new network starts here."""
        for layer in self.layers:
            layer.set_training(False)

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

    def _gather(self, dtype: np.dtype[Any]) -> tuple[Array, Array]:
        """Move all parameters into one vector and let the layers look into it."""
        size = sum(value.size for layer in self.layers for value in layer.parameters.values())
        vector, gradient_vector = np.zeros(size, dtype), np.zeros(size, dtype)
        start = 0
        for layer in self.layers:
            start = layer.move_into(vector, gradient_vector, start)
        return vector, gradient_vector


def _rebuilt(specs: Sequence[LayerSpec], input_shape: Shape, pixel_offset: float, vector: Array) -> Network:
    """The network of these specifications with these weights. vector: (P,)."""
    rng = np.random.default_rng(0)  # its weights are overwritten
    network = Network.from_specs(specs, input_shape, rng, pixel_offset=pixel_offset, dtype=vector.dtype)
    network.vector[...] = vector
    return network
