"""An architecture as a list of counted layers, read from the engine's layer specifications; no weight is made.

Activations, dropout, local response normalisation, flatten and identity have no parameters, and no layer of their own here: an
activation is told with the layer before it. So the layers are those that papers count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...engine import LayerSpec
from ...engine.chain_specs import shapes_of
from ...engine.layer_specs import Shape

NOT_DRAWN = ("flatten", "dropout", "lrn", "identity")
ACTIVATIONS = {"relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh"}


@dataclass(frozen=True)
class CountedLayer:
    """One layer with its shapes, and with the activation behind it. spec: None for the input."""

    spec: LayerSpec | None
    previous_shape: Shape  # of the layer drawn before it
    input_shape: Shape  # what it gets: previous_shape, or what flatten made of it
    output_shape: Shape
    activation: str = ""

    @property
    def kind(self) -> str:
        """Its word in the network text, or input."""
        return self.spec.kind if self.spec else "input"

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.spec.parameter_count(self.input_shape) if self.spec else 0

    @property
    def multiply_adds(self) -> int:
        """Multiplications for one image, each with its addition."""
        return self.spec.multiply_adds(self.input_shape) if self.spec else 0

    @property
    def window_rows(self) -> int:
        """How many rows of the layer before one output cell sees, padding included; all of them unless a window slides."""
        window = self.spec.window if self.spec else None
        return window.span[0] if window else self.previous_shape[1] if len(self.previous_shape) == 3 else 1


def count_layers(specs: Sequence[LayerSpec], input_shape: Shape) -> list[CountedLayer]:
    """Follow the shapes through the layers. input_shape: (C, H, W). Raises ShapeError."""
    layers = [CountedLayer(None, input_shape, input_shape, input_shape)]
    shapes = shapes_of(specs, input_shape)
    for spec, before, after in zip(specs, shapes[:-1], shapes[1:], strict=True):
        if spec.kind in ACTIVATIONS:
            layers[-1] = replace(layers[-1], activation=ACTIVATIONS[spec.kind])
        elif spec.kind not in NOT_DRAWN:
            layers.append(CountedLayer(spec, layers[-1].output_shape, before, after))
    return layers
