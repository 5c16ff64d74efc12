"""An architecture as a list of layers with shapes and counts; no weight is made, so that 138 million of them cost nothing.

    parameters of a convolution = filters · (rows · columns · channels / groups + 1)
    multiply-adds               = output cells · rows · columns · channels / groups

channels are those of its input; with groups, a filter sees only its group's share of them. The text form is that of
engine/network_text.py, and `groups N` may follow a conv. Activations, dropout and flatten have no layer of their own here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...engine import output_sizes

Shape = tuple[int, ...]
HANDED_ON = ("flatten", "dropout")
ACTIVATIONS = {"relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh"}


@dataclass(frozen=True)
class Stage:
    """One layer, with the activation behind it. Sizes are (rows, columns); kernel is () unless it has a window."""

    kind: str  # input, conv, maxpool, avgpool, linear
    before: Shape
    after: Shape
    kernel: Shape = ()
    stride: Shape = (1, 1)
    padding: Shape = (0, 0)
    dilation: Shape = (1, 1)
    groups: int = 1
    activation: str = ""

    @property
    def fan_in(self) -> int:
        """How many numbers each output weighs."""
        return math.prod(self.kernel) * self.before[0] // self.groups if self.kind == "conv" else math.prod(self.before)

    @property
    def has_weights(self) -> bool:
        """Whether it learns anything."""
        return self.kind in ("conv", "linear")

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.after[0] * (self.fan_in + 1) if self.has_weights else 0

    @property
    def multiply_adds(self) -> int:
        """Multiplications for one image, each with its addition."""
        return math.prod(self.after) * self.fan_in if self.has_weights else 0


def read_plan(text: str, input_shape: Shape) -> list[Stage]:
    """Follow the shapes through the layers. text: checked already; input_shape: (C, H, W). Raises ShapeError."""
    stages = [Stage("input", input_shape, input_shape)]
    for words in (part.split() for part in text.lower().split("/")):
        if words[0] in ACTIVATIONS:
            last = stages.pop()
            stages.append(Stage(**{**vars(last), "activation": ACTIVATIONS[words[0]]}))
        elif words[0] not in HANDED_ON:
            stages.append(_stage(words, stages[-1].after))
    return stages


def _stage(words: list[str], before: Shape) -> Stage:
    kind = words[0]
    if kind == "linear":
        return Stage(kind, before, (int(words[1]),))
    first = 2 if kind == "conv" else 1
    options = dict(zip(words[first + 1 :: 2], words[first + 2 :: 2], strict=True))
    kernel = _pair(words[first])
    stride = _pair(options.get("stride", "1" if kind == "conv" else words[first]))
    padding, dilation = _pair(options.get("pad", "0")), _pair(options.get("dilation", "1"))
    sizes = output_sizes((before[1], before[2]), kernel, stride=stride, padding=padding, dilation=dilation)
    channels = int(words[1]) if kind == "conv" else before[0]
    return Stage(kind, before, (channels, *sizes), kernel, stride, padding, dilation, int(options.get("groups", 1)))


def _pair(word: str) -> tuple[int, int]:
    """5 or 5x3 -> (rows, columns)."""
    rows, *columns = word.split("x")
    return int(rows), int(columns[0] if columns else rows)
