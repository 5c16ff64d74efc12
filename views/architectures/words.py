"""What the architectures view says: every layer's arithmetic in one sentence, and the totals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...engine import ConvSpec, LayerSpec, LinearSpec, PoolSpec
from .counts import BYTES, CountedLayer

KINDS = {
    "conv": "convolution", "maxpool": "max-pooling", "avgpool": "average pooling", "linear": "fully connected",
    "globalavgpool": "global average pooling", "concat": "branches concatenated", "add": "branches added",
    "batchnorm": "batch normalisation", "relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh",
}  # fmt: skip
MEGA = 1e6


def shape_of(shape: Sequence[int]) -> str:
    """227×227×3 as the papers write it: rows, columns, channels; or 4096."""
    return str(shape[0]) if len(shape) == 1 else f"{shape[1]}×{shape[2]}×{shape[0]}"


def sentence(name: str, layer: CountedLayer, sources: Sequence[CountedLayer] = ()) -> str:
    """From what to what, by which size, at what cost. sources: the layers that it reads."""
    if layer.spec is None:
        return f"{name}: {shape_of(layer.output_shape)} = {math.prod(layer.output_shape):,} numbers."
    words = ", ".join([" ".join(_words(layer.spec, len(sources))), *_behind(layer)])
    if layer.joins:
        return f"{name}, {words}: {_joined(layer, sources)}."
    parts = [f"{name}, {words}: {shape_of(layer.previous_shape)} → {shape_of(layer.output_shape)}"]
    if isinstance(layer.spec, ConvSpec | PoolSpec):
        parts.append(_size(layer.spec, layer))
    return "; ".join([*parts, *_costs(layer)]) + "."


def _words(spec: LayerSpec, branches: int) -> list[str]:
    """The kind of a layer with its settings."""
    if not isinstance(spec, ConvSpec | PoolSpec):
        return [*([str(branches)] if spec.kind in ("concat", "add") else []), KINDS[spec.kind]]
    given = spec.sliding
    words = [KINDS[spec.kind], "{}×{}".format(*given.kernel_size)]
    for word, pair, usual in (("stride", given.stride, 1), ("padding", given.padding, 0), ("dilation", given.dilation, 1)):
        rows, columns = pair
        words += [] if pair == (usual, usual) else [f"{word} {rows}" if rows == columns else f"{word} {rows}×{columns}"]
    return words + ([f"in {spec.groups} groups"] if isinstance(spec, ConvSpec) and spec.groups > 1 else [])


def _behind(layer: CountedLayer) -> list[str]:
    """What is told with the layer: normalisation and activation."""
    return [*(["batch normalisation"] if layer.normalised else []), *([layer.activation] if layer.activation else [])]


def _joined(layer: CountedLayer, sources: Sequence[CountedLayer]) -> str:
    """How the shapes of branches meet: 64 + 128 + 32 + 32 = 256 channels."""
    shape = shape_of(layer.output_shape)
    if layer.kind == "add":
        return f"cell by cell, {shape} each; nothing to learn"
    counts = " + ".join(str(source.output_shape[0]) for source in sources)
    noun = "channels" if len(layer.output_shape) == 3 else "numbers"
    return f"{counts} = {layer.output_shape[0]} {noun}, {shape}; nothing to learn"


def _size(spec: ConvSpec | PoolSpec, layer: CountedLayer) -> str:
    """The output rows with their numbers: (227 − 11)/4 + 1 = 55. A dilated kernel counts with what it covers."""
    rows, stride, padding, span = layer.input_shape[1], spec.sliding.stride[0], spec.sliding.padding[0], spec.sliding.span[0]
    padded = f"{rows} + 2·{padding}" if padding else str(rows)
    exact = (rows + 2 * padding - span) % stride == 0
    divided = f"({padded} − {span})/{stride}"
    if stride == 1:
        return f"{padded} − {span} + 1 = {layer.output_shape[1]}"
    return f"{divided if exact else f'⌊{divided}⌋'} + 1 = {layer.output_shape[1]}"


def _costs(layer: CountedLayer) -> list[str]:
    """Parameters and multiply-adds as written arithmetic."""
    if not layer.parameters:
        return ["nothing to learn"]
    parameters = f"{arithmetic(layer)} = {layer.parameters:,} parameters"
    if not layer.multiply_adds:
        return [parameters]
    outputs = [str(size) for size in (*layer.output_shape[1:], layer.output_shape[0])]
    products = "·".join([*outputs, *_inputs(layer)])
    return [parameters, f"{products} = {layer.multiply_adds:,} multiply-adds"]


def arithmetic(layer: CountedLayer) -> str:
    """The parameters as a sum: 11·11·3·96 + 96; "" if there are none."""
    spec, count = layer.spec, layer.output_shape[0]
    terms = []
    if isinstance(spec, ConvSpec | LinearSpec):
        terms = ["·".join([*_inputs(layer), str(count)]), *([str(count)] if spec.bias else [])]
    elif layer.own_parameters:
        terms = [f"2·{count}"]
    return " + ".join([*terms, *([f"2·{count}"] if layer.normalised else [])])


def _inputs(layer: CountedLayer) -> list[str]:
    """How many numbers an output weighs, as factors."""
    if isinstance(layer.spec, ConvSpec):
        rows, columns = layer.spec.sliding.kernel_size
        return [str(rows), str(columns), str(layer.input_shape[0] // layer.spec.groups)]
    return [str(size) for size in (*layer.previous_shape[1:], layer.previous_shape[0])]


def totals(layers: Sequence[CountedLayer]) -> str:
    """What the network costs altogether, where, and how much memory it takes."""
    parameters, products = sum(s.parameters for s in layers), sum(s.multiply_adds for s in layers)
    linear = [s for s in layers if isinstance(s.spec, LinearSpec)]
    words = [f"{parameters:,} parameters and {products:,} multiply-adds for one image."]
    if linear and len(linear) < sum(s.parameters > 0 for s in layers):
        share, work = (_percent(sum(getattr(s, name) for s in linear) / whole)
                       for name, whole in (("parameters", parameters), ("multiply_adds", products)))  # fmt: skip
        words.append(f"The fully-connected layers hold {share} of the parameters and do {work} of the multiply-adds.")
    return " ".join([*words, memory(layers)])


def memory(layers: Sequence[CountedLayer]) -> str:
    """What the parameters and the outputs of all layers take, each number as a float32 of four bytes."""
    parameters, outputs = sum(s.parameters for s in layers), sum(math.prod(s.output_shape) for s in layers)
    return (
        f"Memory, {BYTES} bytes a number: {parameters:,}·{BYTES} = {_megabytes(parameters)} for the parameters, "
        f"{outputs:,}·{BYTES} = {_megabytes(outputs)} for the input and the outputs of all layers drawn, of one image."
    )


def _megabytes(numbers: int) -> str:
    size = numbers * BYTES
    return f"{size:,} bytes" if size < MEGA / 10 else f"{size / MEGA:,.1f} MB"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"
