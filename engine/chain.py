"""A chain: layers in a row, by name. Forward keeps every activation, backward every gradient, so that all can be shown.

    x = activations[0] -> layers[0] -> activations[1] -> ... -> activations[-1]
    gradients[i] = d loss / d activations[i], same shape (layer i turns it from gradients[i + 1])
"""

from __future__ import annotations

from collections.abc import Sequence

from .chain_specs import names_of, text_of
from .layer_specs import LayerSpec, Shape
from .layers import Layer
from .shapes import Array, ShapeError


class Chain:
    """Layers in a row. names: conv1, relu1, maxpool1, conv2, ..."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        self.names = names_of([layer.kind for layer in self.layers])
        self.activations: list[Array] = []
        self.gradients: list[Array | None] = []

    @property
    def specs(self) -> tuple[LayerSpec, ...]:
        """The specifications of the layers, in order."""
        return tuple(layer.spec for layer in self.layers)

    @property
    def text(self) -> str:
        """The text form, which parse_network reads: 'conv 8 5x5 pad 2 / relu / ...'."""
        return text_of(self.specs)

    def shapes_from(self, input_shape: Shape) -> list[Shape]:
        """The shape of each activation, without the batch. Raises ShapeError, naming the layer that does not fit."""
        shapes = [tuple(input_shape)]
        for name, layer in zip(self.names, self.layers, strict=True):
            try:
                shapes.append(layer.output_shape(shapes[-1]))
            except ShapeError as error:
                raise ShapeError(f"{name} ({layer.text}) does not fit: {error}") from None
        return shapes

    def forward(self, x: Array) -> Array:
        """Run all layers. x: (N, *input shape) -> (N, *output shape). What is kept is overwritten by the next call."""
        self.activations = [x]
        for layer in self.layers:
            self.activations.append(layer.forward(self.activations[-1]))
        return self.activations[-1]

    def backward(self, grad_out: Array, *, needs_grad_x: bool = False) -> list[Array | None]:
        """Send the gradient through all layers, last first -> gradients, one for each activation.

        grad_out: as the output of the last forward. The first entry, the input's own gradient, is None unless
        needs_grad_x: training does not use it, and for a first layer of filters it is the dearest of all.
        """
        if not self.activations:
            raise ValueError("backward came before forward; call forward(x) first, then backward with its gradient")
        gradients: list[Array | None] = [grad_out]
        for i, layer in reversed(list(enumerate(self.layers))):
            grad_x = layer.backward(grad_out, needs_grad_x=needs_grad_x or i > 0)
            gradients.append(grad_x)
            grad_out = grad_out if grad_x is None else grad_x
        self.gradients = gradients[::-1]
        return self.gradients

    def input_gradient(self, grad_out: Array) -> Array:
        """The gradient of the input alone, for half the work: those of the parameters stay as they are.

        grad_out: as the output of the last forward. Whoever changes a picture and not the weights asks for this one; the
        gradients of all activations are kept as backward keeps them.
        """
        if not self.activations:
            raise ValueError("input_gradient came before forward; call forward(x) first, then this with its gradient")
        gradients = [grad_out]
        for layer in reversed(self.layers):
            gradients.append(layer.input_gradient(gradients[-1]))
        self.gradients = [*gradients[::-1]]
        return gradients[-1]
