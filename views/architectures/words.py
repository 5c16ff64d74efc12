"""What the architectures view says: every layer's arithmetic in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from .plan import Stage

KINDS = {"conv": "convolution", "maxpool": "max-pooling", "avgpool": "average pooling", "linear": "fully connected"}


def shape_of(shape: Sequence[int]) -> str:
    """227×227×3 as the papers write it: rows, columns, channels; or 4096."""
    return str(shape[0]) if len(shape) == 1 else f"{shape[1]}×{shape[2]}×{shape[0]}"


def sentence(name: str, stage: Stage) -> str:
    """From what to what, by which size, at what cost."""
    if stage.kind == "input":
        cells = stage.after[0] * stage.after[1] * stage.after[2]
        return f"{name}: {shape_of(stage.after)} = {cells:,} numbers."
    parts = [f"{name}, {_layer(stage)}: {shape_of(stage.before)} → {shape_of(stage.after)}"]
    if stage.kernel:
        parts.append(_size(stage))
    return "; ".join([*parts, *_costs(stage)]) + "."


def _layer(stage: Stage) -> str:
    words = [KINDS[stage.kind]]
    if stage.kernel:
        words.append(f"{stage.kernel[0]}×{stage.kernel[1]}")
    for word, pair, usual in (("stride", stage.stride, 1), ("padding", stage.padding, 0), ("dilation", stage.dilation, 1)):
        rows, columns = pair
        words += [] if pair == (usual, usual) else [f"{word} {rows}" if rows == columns else f"{word} {rows}×{columns}"]
    words += [f"in {stage.groups} groups"] if stage.groups > 1 else []
    return " ".join(words) + (f", {stage.activation}" if stage.activation else "")


def _size(stage: Stage) -> str:
    """The output rows with their numbers: (227 − 11)/4 + 1 = 55. A dilated kernel counts with what it covers."""
    rows, stride, padding = stage.before[1], stage.stride[0], stage.padding[0]
    kernel = stage.dilation[0] * (stage.kernel[0] - 1) + 1
    padded = f"{rows} + 2·{padding}" if padding else str(rows)
    exact = (rows + 2 * padding - kernel) % stride == 0
    divided = f"({padded} − {kernel})/{stride}"
    if stride == 1:
        return f"{padded} − {kernel} + 1 = {stage.after[1]}"
    return f"{divided if exact else f'⌊{divided}⌋'} + 1 = {stage.after[1]}"


def _costs(stage: Stage) -> list[str]:
    if not stage.has_weights:
        return ["nothing to learn"]
    seen = _seen(stage)
    cells = "·".join(str(size) for size in (*stage.after[1:], stage.after[0]))
    return [
        f"{stage.after[0]}·({seen} + 1) = {stage.parameters:,} parameters",
        f"{cells}·{seen} = {stage.multiply_adds:,} multiply-adds",
    ]


def _seen(stage: Stage) -> str:
    """How many numbers an output weighs, as a product."""
    if stage.kind == "conv":
        channels = stage.before[0] // stage.groups
        return f"{stage.kernel[0]}·{stage.kernel[1]}·{channels}"
    return "·".join(str(size) for size in (*stage.before[1:], stage.before[0]))


def totals(stages: Sequence[Stage]) -> str:
    """What the network costs altogether, and where."""
    parameters, products = sum(s.parameters for s in stages), sum(s.multiply_adds for s in stages)
    linear = [s for s in stages if s.kind == "linear"]
    found = f"{parameters:,} parameters and {products:,} multiply-adds for one image."
    if not linear or len(linear) == sum(s.has_weights for s in stages):
        return found
    share, work = (_percent(sum(getattr(s, name) for s in linear) / whole)
                   for name, whole in (("parameters", parameters), ("multiply_adds", products)))  # fmt: skip
    return f"{found} The fully-connected layers hold {share} of the parameters and do {work} of the multiply-adds."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"
