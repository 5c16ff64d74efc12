"""The text form of a network: layers between slashes, read without eval.

    conv 8 5x5 pad 2 / relu / maxpool 2 / flatten / linear 10

conv FILTERS SIZE, maxpool SIZE, avgpool SIZE, linear OUTPUTS, dropout SHARE, relu, sigmoid, tanh, flatten. After a conv
or a pooling may follow `stride N` and `pad N`, after a conv also `dilation N`. Sizes are 5 or 5x3 (rows x columns).
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .cell_layers import Dropout, Flatten, ReLU, Sigmoid, Tanh
from .layers import AvgPool2d, Conv2d, Layer, Linear, MaxPool2d, Shape
from .network import Network
from .shapes import Pair, ShapeError

LONGEST_TEXT = 400  # characters
MOST_LAYERS = 30
MOST_PARAMETERS = 1_000_000
MOST_CELLS = 200_000  # of one image's largest feature maps

Words = dict[str, Any]  # the numbers behind each word: int, float or (rows, columns)


class NetworkTextError(ValueError):
    """A text that is not a network; the message names the layer, what was wanted and what to try."""


@dataclass(frozen=True)
class Form:
    """How one kind of layer is written and made: build turns (words, input shape, rng) into the layer."""

    example: str
    wanted: tuple[str, ...]
    build: Callable[[Words, Shape, np.random.Generator], Layer]
    options: tuple[str, ...] = ()


LOWEST = {"filters": 1, "size": 1, "outputs": 1, "share": 0, "stride": 1, "pad": 0, "dilation": 1}
HIGHEST = {"filters": 512, "size": 64, "outputs": 4096, "share": 0.95, "stride": 16, "pad": 32, "dilation": 16}


def parse_network(
    text: str, input_shape: Shape, rng: np.random.Generator, *,
    pixel_offset: float = 0.0, dtype: npt.DTypeLike = np.float32,
) -> Network:
    """Build the network that the text names, with fresh weights. input_shape: (C, H, W). Raises NetworkTextError."""
    if len(text) > LONGEST_TEXT:
        raise NetworkTextError(f"the text has {len(text)} characters but may have {LONGEST_TEXT}; use fewer layers")
    parts = [part.split() for part in text.lower().split("/")]
    if len(parts) > MOST_LAYERS:
        raise NetworkTextError(f"the text has {len(parts)} layers but may have {MOST_LAYERS}; use fewer layers")
    layers: list[Layer] = []
    shape, parameter_count = tuple(input_shape), 0
    for number, words in enumerate(parts, start=1):
        where = f"layer {number}, '{' '.join(words)}': "
        form = _form(where, words)
        numbers = _numbers(where, form, words)
        if form.build is _linear and len(shape) != 1:
            raise NetworkTextError(f"{where}it wants a row of numbers but gets maps {shape}; put flatten before it")
        parameter_count += _parameter_count(numbers, shape)
        if parameter_count > MOST_PARAMETERS:
            raise NetworkTextError(
                f"{where}the network would have {parameter_count:,} parameters, but {MOST_PARAMETERS:,} are the most; "
                "use fewer filters or outputs, or pool before"
            )
        shape = _fit(where, form, numbers, shape, rng, layers)
    return Network(layers, input_shape, pixel_offset=pixel_offset, dtype=dtype)


def _form(where: str, words: list[str]) -> Form:
    """Find the kind of layer that the first word names."""
    if not words:
        raise NetworkTextError(f"{where}there is nothing between two slashes; write a layer, for example 'relu'")
    if words[0] in FORMS:
        return FORMS[words[0]]
    if words[0] == "softmax":
        raise NetworkTextError(f"{where}softmax belongs to the loss; end the network with 'linear 10' instead")
    near = difflib.get_close_matches(words[0], FORMS, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"for example '{FORMS['conv'].example}'"
    raise NetworkTextError(f"{where}'{words[0]}' is no layer; the layers are {', '.join(FORMS)}; {hint}")


def _numbers(where: str, form: Form, words: list[str]) -> Words:
    """Read what stands behind the kind: the wanted numbers, then pairs of an option's name and its number."""
    wanted, rest = words[1 : 1 + len(form.wanted)], words[1 + len(form.wanted) :]
    if len(wanted) < len(form.wanted) or len(rest) % 2:
        raise NetworkTextError(f"{where}a number is missing; write for example '{form.example}'")
    numbers = {name: _number(where, form, name, word) for name, word in zip(form.wanted, wanted, strict=True)}
    for name, word in zip(rest[::2], rest[1::2], strict=True):
        if name not in form.options or name in numbers:
            known = f"each of {', '.join(form.options)} may stand there once" if form.options else "nothing may follow"
            raise NetworkTextError(f"{where}'{name}' is not expected; {known}; write for example '{form.example}'")
        numbers[name] = _number(where, form, name, word)
    return numbers


def _number(where: str, form: Form, name: str, word: str) -> int | float | Pair:
    """Read one bounded number: a share for dropout, a whole number of filters or outputs, a pair for the rest."""
    low, high = LOWEST[name], HIGHEST[name]
    digits = word.split("x") if name not in ("filters", "outputs", "share") else [word]
    if name == "share":
        good = word.replace(".", "", 1).isdecimal() and word.isascii()
    else:
        good = len(digits) <= 2 and all(part.isdecimal() and part.isascii() and len(part) <= 6 for part in digits)
    values = [float(part) if name == "share" else int(part) for part in digits] if good else []
    if not values or not all(low <= value <= high for value in values):
        wanted = f"a number from {low} to {high} is wanted; write for example '{form.example}'"
        raise NetworkTextError(f"{where}the {name} is '{word}', but {wanted}")
    return values[0] if name in ("filters", "outputs", "share") else (int(values[0]), int(values[-1]))


def _parameter_count(numbers: Words, shape: Shape) -> int:
    """Count the parameters before any is made, so that a huge text costs no memory."""
    if "filters" in numbers:
        return int(numbers["filters"] * (shape[0] * math.prod(numbers["size"]) + 1))
    return int(numbers.get("outputs", 0) * (math.prod(shape) + 1))


def _fit(
    where: str, form: Form, numbers: Words, shape: Shape, rng: np.random.Generator, layers: list[Layer]
) -> Shape:
    """Make one layer, put it behind the others and say what shape comes out of it."""
    try:
        layers.append(form.build(numbers, shape, rng))
        shape = layers[-1].output_shape(shape)
    except ShapeError as error:
        raise NetworkTextError(f"{where}{error}") from None
    if math.prod(shape) > MOST_CELLS:
        raise NetworkTextError(
            f"{where}its output {shape} has {math.prod(shape):,} cells, but {MOST_CELLS:,} are the most; "
            "use fewer filters, less padding or a larger stride"
        )
    return shape


def _conv(words: Words, shape: Shape, rng: np.random.Generator) -> Layer:
    options = {"stride": words.get("stride", 1), "padding": words.get("pad", 0), "dilation": words.get("dilation", 1)}
    return Conv2d(shape[0], words["filters"], words["size"], rng=rng, **options)


def _linear(words: Words, shape: Shape, rng: np.random.Generator) -> Layer:
    return Linear(shape[0], words["outputs"], rng=rng)


def _pooling(kind: type[MaxPool2d | AvgPool2d]) -> Callable[[Words, Shape, np.random.Generator], Layer]:
    return lambda words, shape, rng: kind(words["size"], stride=words.get("stride"), padding=words.get("pad", 0))


FORMS = {
    "conv": Form("conv 8 5x5 pad 2", ("filters", "size"), _conv, ("stride", "pad", "dilation")),
    "maxpool": Form("maxpool 2", ("size",), _pooling(MaxPool2d), ("stride", "pad")),
    "avgpool": Form("avgpool 2", ("size",), _pooling(AvgPool2d), ("stride", "pad")),
    "linear": Form("linear 10", ("outputs",), _linear),
    "dropout": Form("dropout 0.5", ("share",), lambda words, shape, rng: Dropout(words["share"], rng=rng)),
    "relu": Form("relu", (), lambda words, shape, rng: ReLU()),
    "sigmoid": Form("sigmoid", (), lambda words, shape, rng: Sigmoid()),
    "tanh": Form("tanh", (), lambda words, shape, rng: Tanh()),
    "flatten": Form("flatten", (), lambda words, shape, rng: Flatten()),
}
