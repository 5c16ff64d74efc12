"""The words of the network text: which kinds of layers there are, what numbers they take, and what else people call them.

Each kind has one name in the project's own text; what Keras and PyTorch call it is understood too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .layer_specs import (
    BatchNormSpec,
    ConvSpec,
    DropoutSpec,
    FlattenSpec,
    GlobalPoolSpec,
    LayerSpec,
    LinearSpec,
    PoolSpec,
    ResponseNormSpec,
)
from .pooling import pool_sliding
from .shapes import ShapeError, Sliding

LayerNumbers = dict[str, Any]  # the numbers behind each word: int, float or (rows, columns)


@dataclass(frozen=True)
class NumberWord:
    """One number of a layer: its range, what a message calls it, and its names in a call of Keras or PyTorch."""

    low: float
    high: float
    noun: str
    aliases: tuple[str, ...] = ()
    form: str = "pair"  # pair: 5 or 5x3; whole: 5; decimal: 0.5


NUMBERS = {
    "filters": NumberWord(1, 2048, "number of filters", ("out_channels",), "whole"),
    "size": NumberWord(1, 64, "size", ("kernel_size", "pool_size")),
    "outputs": NumberWord(1, 4096, "number of outputs", ("out_features", "units"), "whole"),
    "share": NumberWord(0, 0.95, "share", ("p", "rate"), "decimal"),
    "channels": NumberWord(1, 8192, "number of channels", ("size",), "whole"),
    "stride": NumberWord(1, 16, "stride", ("strides",)),
    "pad": NumberWord(0, 32, "pad", ("padding",)),
    "dilation": NumberWord(1, 16, "dilation", ("dilation_rate",)),
    "groups": NumberWord(1, 2048, "number of groups", (), "whole"),
    "alpha": NumberWord(0, 1000, "alpha", (), "decimal"),
    "beta": NumberWord(0, 10, "beta", (), "decimal"),
    "k": NumberWord(0.001, 1000, "k", (), "decimal"),
    "bias": NumberWord(0, 1, "bias", ("use_bias",), "whole"),
    "side": NumberWord(1, 512, "output size", ("output_size",)),
    "inputs": NumberWord(1, 10**9, "number of inputs", ("in_channels", "in_features", "num_features"), "whole"),
}


@dataclass(frozen=True)
class LayerWord:
    """One kind of layer: an example, the numbers right behind its word, those that may follow by name, how it is read."""

    example: str
    required: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    make: Callable[[LayerNumbers], LayerSpec] = lambda numbers: LayerSpec()
    aliases: tuple[str, ...] = ()
    tells_inputs: bool = False  # whether a call of PyTorch begins with the number of inputs


def _conv(numbers: LayerNumbers) -> LayerSpec:
    sliding = Sliding(numbers["size"], numbers.get("stride", 1), numbers.get("pad", 0), numbers.get("dilation", 1))
    groups, bias = numbers.get("groups", 1), bool(numbers.get("bias", 1))
    return ConvSpec(filters=numbers["filters"], sliding=sliding, groups=groups, bias=bias)


def _pool(kind: str) -> Callable[[LayerNumbers], LayerSpec]:
    def make(numbers: LayerNumbers) -> LayerSpec:
        return PoolSpec(kind=kind, sliding=pool_sliding(numbers["size"], numbers.get("stride"), numbers.get("pad", 0)))

    return make


def _lrn(numbers: LayerNumbers) -> LayerSpec:
    options = {name: numbers[name] for name in ("alpha", "beta", "k") if name in numbers}
    return ResponseNormSpec(size=numbers["channels"], **options)


def _linear(numbers: LayerNumbers) -> LayerSpec:
    return LinearSpec(outputs=numbers["outputs"], bias=bool(numbers.get("bias", 1)))


def _adaptive_pool(numbers: LayerNumbers) -> LayerSpec:
    """PyTorch's AdaptiveAvgPool2d(side): the mean over each map, the maps as they are, or windows that divide them."""
    sides, sizes = numbers["side"], numbers["input_shape"][1:]
    if sides == (1, 1):
        return GlobalPoolSpec()
    if len(sizes) != 2 or any(size % side for size, side in zip(sizes, sides, strict=True)):
        raise ShapeError(f"maps of {sizes} cannot be cut into {sides} equal windows; write avgpool with a size and a stride")
    window = (sizes[0] // sides[0], sizes[1] // sides[1])
    return LayerSpec(kind="identity") if window == (1, 1) else PoolSpec(kind="avgpool", sliding=pool_sliding(window, None, 0))


def _plain(kind: str) -> Callable[[LayerNumbers], LayerSpec]:
    return lambda numbers: LayerSpec(kind=kind)


LAYERS = {
    "conv": LayerWord(
        "conv 8 5x5 pad 2", ("filters", "size"), ("stride", "pad", "dilation", "groups", "bias"), _conv,
        ("conv2d", "convolution", "convolution2d"), tells_inputs=True,
    ),
    "maxpool": LayerWord(
        "maxpool 2", ("size",), ("stride", "pad"), _pool("maxpool"), ("maxpool2d", "maxpooling2d", "max_pool2d", "pool")
    ),
    "avgpool": LayerWord(
        "avgpool 2", ("size",), ("stride", "pad"), _pool("avgpool"),
        ("avgpool2d", "averagepooling2d", "avg_pool2d", "averagepool"),
    ),
    "globalavgpool": LayerWord(
        "globalavgpool", make=lambda numbers: GlobalPoolSpec(),
        aliases=("gap", "globalaveragepooling2d", "globalavgpool2d", "global_avg_pool2d", "globalaveragepool"),
    ),
    "lrn": LayerWord(
        "lrn 5 alpha 0.0005 k 2", ("channels",), ("alpha", "beta", "k"), _lrn,
        ("localresponsenorm", "local_response_norm"),
    ),
    "batchnorm": LayerWord(
        "batchnorm", (), (), lambda numbers: BatchNormSpec(),
        ("batchnorm2d", "batchnorm1d", "batchnormalization", "batch_norm"), tells_inputs=True,
    ),
    "adaptiveavgpool2d": LayerWord("AdaptiveAvgPool2d(1)", ("side",), (), _adaptive_pool),
    "linear": LayerWord(
        "linear 10", ("outputs",), ("bias",), _linear,
        ("dense", "fc", "fullyconnected", "fully_connected"), tells_inputs=True,
    ),
    "dropout": LayerWord(
        "dropout 0.5", ("share",), (), lambda numbers: DropoutSpec(share=numbers["share"]), ("dropout2d",)
    ),
    "relu": LayerWord("relu", make=_plain("relu")),
    "sigmoid": LayerWord("sigmoid", make=_plain("sigmoid")),
    "tanh": LayerWord("tanh", make=_plain("tanh")),
    "flatten": LayerWord("flatten", make=lambda numbers: FlattenSpec()),
    "identity": LayerWord("identity", make=_plain("identity")),
}  # fmt: skip
BRANCH_EXAMPLES = {
    "concat": "concat(conv 8 1x1 | conv 8 3x3 pad 1)",
    "add": "add(conv 8 3x3 pad 1 | identity)",
}
KINDS = {alias: kind for kind, word in LAYERS.items() for alias in (kind, *word.aliases)}
KINDS |= {kind: kind for kind in BRANCH_EXAMPLES}
OWN_KINDS = [kind for kind in dict.fromkeys(KINDS.values()) if kind != "adaptiveavgpool2d"]  # those that the text writes
SOFTMAX = "softmax belongs to the loss; end the network with 'linear 10' instead"
HINTS = {
    "softmax": SOFTMAX,
    "logsoftmax": SOFTMAX,
    "log_softmax": SOFTMAX,
    "zeropadding2d": "write the rings of zeros with the layer behind them, for example 'conv 8 3x3 pad 1'",
    "activation": "write an activation as a layer of its own, behind this one: '... / relu'",
}
