"""Specifications of layers in a row, and of branches, which are rows themselves (see layer_specs.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .layer_specs import LayerSpec, Shape
from .shapes import ShapeError, Sliding, receptive_field


def text_of(specs: Sequence[LayerSpec]) -> str:
    """Write layers in a row: 'conv 8 5x5 pad 2 / relu / ...'."""
    return " / ".join(spec.text for spec in specs)


def shapes_of(specs: Sequence[LayerSpec], input_shape: Shape) -> list[Shape]:
    """Follow the shape of one image through layers in a row. -> the input's, then what comes out of each."""
    shapes = [tuple(input_shape)]
    for spec in specs:
        shapes.append(spec.output_shape(shapes[-1]))
    return shapes


def names_of(kinds: Sequence[str]) -> list[str]:
    """Number the layers of each kind: ['conv1', 'relu1', 'maxpool1', 'conv2', ...]."""
    return [f"{kind}{kinds[: place + 1].count(kind)}" for place, kind in enumerate(kinds)]


def joined_shape(kind: str, shapes: Sequence[Shape]) -> Shape:
    """What comes out where branches meet. kind: concat or add; shapes: what comes out of each branch."""
    first = shapes[0]
    for number, shape in enumerate(shapes[1:], start=2):
        fits = shape == first if kind == "add" else len(shape) == len(first) and shape[1:] == first[1:]
        if not fits:
            equal, change = ("shape", "filters, padding") if kind == "add" else ("rows and columns", "padding")
            raise ShapeError(
                f"branch 1 gives {_shape_text(first)} but branch {number} gives {_shape_text(shape)}, and {kind} needs "
                f"the same {equal} from all; change the {change} or stride of one"
            )
    return first if kind == "add" else (sum(shape[0] for shape in shapes), *first[1:])


@dataclass(frozen=True, kw_only=True)
class BranchesSpec(LayerSpec):
    """concat or add: every branch gets the input; their outputs are put behind each other along the channels, or added."""

    branches: tuple[tuple[LayerSpec, ...], ...]

    @property
    def text(self) -> str:
        return f"{self.kind}({' | '.join(text_of(branch) for branch in self.branches)})"

    @property
    def window(self) -> Sliding | None:
        windows = [[spec.window for spec in branch] for branch in self.branches]
        if any(window is None for branch in windows for window in branch):
            return None
        fields = [receptive_field([window for window in branch if window]) for branch in windows]
        tops, lefts, bottoms, rights = zip(*(field.bounds(0, 0) for field in fields), strict=True)
        size = (max(bottoms) - min(tops), max(rights) - min(lefts))
        return Sliding(size, fields[0].stride, (-min(tops), -min(lefts)))

    def output_shape(self, input_shape: Shape) -> Shape:
        return joined_shape(self.kind, [shapes_of(branch, input_shape)[-1] for branch in self.branches])

    def parameter_count(self, input_shape: Shape) -> int:
        return sum(spec.parameter_count(shape) for spec, shape in self._layers(input_shape))

    def multiply_adds(self, input_shape: Shape) -> int:
        return sum(spec.multiply_adds(shape) for spec, shape in self._layers(input_shape))

    def _layers(self, input_shape: Shape) -> list[tuple[LayerSpec, Shape]]:
        """All layers of all branches, each with the shape that it gets."""
        return [pair for branch in self.branches for pair in zip(branch, shapes_of(branch, input_shape), strict=False)]


def _shape_text(shape: Shape) -> str:
    return "×".join(map(str, shape))
