"""What the architectures view says: every layer's arithmetic in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine import BranchesSpec, ConvSpec, LayerSpec, LinearSpec, PoolSpec
from ...engine.chain_specs import shapes_of
from .counts import CountedLayer

KINDS = {
    "conv": "convolution", "maxpool": "max-pooling", "avgpool": "average pooling", "linear": "fully connected",
    "globalavgpool": "global average pooling", "concat": "branches concatenated", "add": "branches added",
}  # fmt: skip


def shape_of(shape: Sequence[int]) -> str:
    """227×227×3 as the papers write it: rows, columns, channels; or 4096."""
    return str(shape[0]) if len(shape) == 1 else f"{shape[1]}×{shape[2]}×{shape[0]}"


def sentence(name: str, layer: CountedLayer) -> str:
    """From what to what, by which size, at what cost."""
    if layer.spec is None:
        cells = layer.output_shape[0] * layer.output_shape[1] * layer.output_shape[2]
        return f"{name}: {shape_of(layer.output_shape)} = {cells:,} numbers."
    words = " ".join(_words(layer.spec)) + (f", {layer.activation}" if layer.activation else "")
    parts = [f"{name}, {words}: {shape_of(layer.previous_shape)} → {shape_of(layer.output_shape)}"]
    if isinstance(layer.spec, ConvSpec | PoolSpec):
        parts.append(_size(layer.spec, layer))
    return "; ".join([*parts, *_costs(layer.spec, layer)]) + "."


def _words(spec: LayerSpec) -> list[str]:
    """The kind of a layer with its settings."""
    if isinstance(spec, BranchesSpec):
        return [f"{len(spec.branches)} {KINDS[spec.kind]}"]
    if not isinstance(spec, ConvSpec | PoolSpec):
        return [KINDS[spec.kind]]
    given = spec.sliding
    words = [KINDS[spec.kind], "{}×{}".format(*given.kernel_size)]
    for word, pair, usual in (("stride", given.stride, 1), ("padding", given.padding, 0), ("dilation", given.dilation, 1)):
        rows, columns = pair
        words += [] if pair == (usual, usual) else [f"{word} {rows}" if rows == columns else f"{word} {rows}×{columns}"]
    return words + ([f"in {spec.groups} groups"] if isinstance(spec, ConvSpec) and spec.groups > 1 else [])


def _size(spec: ConvSpec | PoolSpec, layer: CountedLayer) -> str:
    """The output rows with their numbers: (227 − 11)/4 + 1 = 55. A dilated kernel counts with what it covers."""
    rows, stride, padding, span = layer.input_shape[1], spec.sliding.stride[0], spec.sliding.padding[0], spec.sliding.span[0]
    padded = f"{rows} + 2·{padding}" if padding else str(rows)
    exact = (rows + 2 * padding - span) % stride == 0
    divided = f"({padded} − {span})/{stride}"
    if stride == 1:
        return f"{padded} − {span} + 1 = {layer.output_shape[1]}"
    return f"{divided if exact else f'⌊{divided}⌋'} + 1 = {layer.output_shape[1]}"


def _costs(spec: LayerSpec, layer: CountedLayer) -> list[str]:
    """Parameters and multiply-adds as written arithmetic."""
    if not layer.parameters:
        return ["nothing to learn"]
    if isinstance(spec, BranchesSpec):
        return [f"{_sum(spec, layer, 'parameter_count')} parameters", f"{_sum(spec, layer, 'multiply_adds')} multiply-adds"]
    inputs = _inputs(spec, layer)
    cells = "·".join(str(size) for size in (*layer.output_shape[1:], layer.output_shape[0]))
    return [
        f"{layer.output_shape[0]}·({inputs} + 1) = {layer.parameters:,} parameters",
        f"{cells}·{inputs} = {layer.multiply_adds:,} multiply-adds",
    ]


def _inputs(spec: LayerSpec, layer: CountedLayer) -> str:
    """How many numbers an output weighs, as a product."""
    if isinstance(spec, ConvSpec):
        rows, columns = spec.sliding.kernel_size
        return f"{rows}·{columns}·{layer.input_shape[0] // spec.groups}"
    return "·".join(str(size) for size in (*layer.previous_shape[1:], layer.previous_shape[0]))


def _sum(spec: BranchesSpec, layer: CountedLayer, count: str) -> str:
    """What all layers of all branches cost, added up: 256 + 2320 = 2,576."""
    costs = [
        getattr(inner, count)(shape)
        for branch in spec.branches
        for inner, shape in zip(branch, shapes_of(branch, layer.input_shape), strict=False)
    ]
    terms = [str(cost) for cost in costs if cost]
    return f"{' + '.join(terms)} = {sum(costs):,}" if len(terms) > 1 else f"{sum(costs):,}"


def totals(layers: Sequence[CountedLayer]) -> str:
    """What the network costs altogether, and where."""
    parameters, products = sum(s.parameters for s in layers), sum(s.multiply_adds for s in layers)
    linear = [s for s in layers if isinstance(s.spec, LinearSpec)]
    found = f"{parameters:,} parameters and {products:,} multiply-adds for one image."
    if not linear or len(linear) == sum(s.parameters > 0 for s in layers):
        return found
    share, work = (_percent(sum(getattr(s, name) for s in linear) / whole)
                   for name, whole in (("parameters", parameters), ("multiply_adds", products)))  # fmt: skip
    return f"{found} The fully-connected layers hold {share} of the parameters and do {work} of the multiply-adds."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"
