"""A network as a Keras 3 program: a functional model with channels last, as Keras has them by default."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine import BranchesSpec, ConvSpec, DropoutSpec, LayerSpec, LinearSpec, PoolSpec, ResponseNormSpec, Sliding
from ...engine.chain_specs import shapes_of
from ...engine.layer_specs import Shape
from .layer_calls import has_kind, options, pair_text

ONE = (1, 1)
PLAIN = {
    "relu": "layers.ReLU()", "sigmoid": 'layers.Activation("sigmoid")', "tanh": 'layers.Activation("tanh")',
    "globalavgpool": "layers.GlobalAveragePooling2D()",
    "batchnorm": "layers.BatchNormalization(momentum=0.9, epsilon=1e-5)", "identity": "layers.Identity()",
}  # fmt: skip
POOLS = {"maxpool": "MaxPooling2D", "avgpool": "AveragePooling2D"}
RESPONSE_NORM = '''

class LocalResponseNorm(layers.Layer):
    """Each cell divided by a power of its neighbours' squares, channel by channel."""

    def __init__(self, size, alpha=1e-4, beta=0.75, k=1.0):
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def call(self, x):
        squares = keras.ops.pad(x * x, [[0, 0], [0, 0], [0, 0], [self.size // 2, (self.size - 1) // 2]])
        sums = sum(squares[..., c : c + x.shape[-1]] for c in range(self.size))
        return x * (self.k + self.alpha / self.size * sums) ** -self.beta

'''


def keras_program(specs: Sequence[LayerSpec], input_shape: Shape) -> str:
    """The program; it prints a summary."""
    channels, rows, columns = input_shape
    own = RESPONSE_NORM.splitlines() if has_kind(specs, "lrn") else []
    return "\n".join(
        [
            "import keras",
            "from keras import layers",
            *own,
            "",
            f"inputs = keras.Input(shape=({rows}, {columns}, {channels}))",
            "x = inputs",
            *_lines(specs, input_shape, "x"),
            "model = keras.Model(inputs, x)",
            "model.summary()",
        ]
    )


def _lines(specs: Sequence[LayerSpec], shape: Shape, name: str) -> list[str]:
    """One layer a line. name: the variable that holds what comes in and what goes out."""
    lines: list[str] = []
    for spec, before in zip(specs, shapes_of(specs, shape), strict=False):
        if isinstance(spec, BranchesSpec):
            names = [f"{name if name != 'x' else 'branch'}_{n}" for n in range(1, len(spec.branches) + 1)]
            for branch, own in zip(spec.branches, names, strict=True):
                lines += [f"{own} = {name}", *_lines(branch, before, own)]
            joint = "Concatenate" if spec.kind == "concat" else "Add"
            lines.append(f"{name} = layers.{joint}()([{', '.join(names)}])")
        else:
            lines += [f"{name} = {call}({name})" if call[0] != "=" else f"{name} {call}" for call in _calls(spec, before, name)]
    return lines


def _calls(spec: LayerSpec, shape: Shape, name: str) -> list[str]:
    """The calls that make one layer; one that begins with = is written out whole. shape: what comes in."""
    match spec:
        case ConvSpec(sliding=its):
            before, padding = _padding(its)
            given = options(("strides", its.stride, ONE), ("padding", padding, ""), ("dilation_rate", its.dilation, ONE),
                            ("groups", spec.groups, 1), ("use_bias", spec.bias, True))  # fmt: skip
            return [*before, f"layers.Conv2D({', '.join([str(spec.filters), pair_text(its.kernel_size), *given])})"]
        case PoolSpec(sliding=its):
            given = options(("strides", its.stride, its.kernel_size))
            pool = f"layers.{POOLS[spec.kind]}({', '.join([pair_text(its.kernel_size), *given])})"
            return [*_before_pool(spec, name), pool]
        case LinearSpec():
            return [f"layers.Dense({', '.join([str(spec.outputs), *options(('use_bias', spec.bias, True))])})"]
        case DropoutSpec():
            return [f"layers.Dropout({spec.share:g})"]
        case ResponseNormSpec():
            given = options(("alpha", spec.alpha, 1e-4), ("beta", spec.beta, 0.75), ("k", spec.k, 1.0))
            return [f"LocalResponseNorm({', '.join([str(spec.size), *given])})"]
    if spec.kind == "flatten":  # channel by channel, so that the weights behind it have the engine's and PyTorch's order
        is_mixed = len(shape) == 3 and shape[0] > 1 and shape[1] * shape[2] > 1
        return ["layers.Permute((3, 1, 2))", "layers.Flatten()"] if is_mixed else ["layers.Flatten()"]
    return [PLAIN[spec.kind]]


def _padding(its: Sliding) -> tuple[list[str], str]:
    """Rings of zeros before a convolution, or its own "same" where that means the same."""
    if its.padding == (0, 0):
        return [], ""
    if its.stride == ONE and all(2 * pad == span - 1 for pad, span in zip(its.padding, its.span, strict=True)):
        return [], '"same"'
    return [f"layers.ZeroPadding2D({pair_text(its.padding)})"], ""


def _before_pool(spec: PoolSpec, name: str) -> list[str]:
    """Rings before a pooling: zeros that count in a mean, and what is never a maximum."""
    rows, columns = spec.sliding.padding
    if not rows + columns:
        return []
    if spec.kind == "avgpool":
        return [f"layers.ZeroPadding2D({pair_text((rows, columns))})"]
    rings = f"[[0, 0], [{rows}, {rows}], [{columns}, {columns}], [0, 0]]"
    return [f'= keras.ops.pad({name}, {rings}, constant_values=float("-inf"))']
