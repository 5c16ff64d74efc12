"""The layers of a network by name, and which layer reads which: a row, with branches where a layer holds some.

Layer 0 is the input, the last one softmax, which makes probabilities of the logits. A layer has one name, in figures, menus,
cards and addresses: the lecture's for LeNet-5, else the engine's (conv1, in a branch concat1.branch2.conv1), and "output"
for the logits. The engine's names are read too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ...engine import Layer, Network
from ...engine.chain import Chain
from ...engine.shapes import Array
from ...engine.squeezenet import SQUEEZENET

LENET5 = re.compile(
    r"conv \d+ 5x5 pad 2 / relu / (max|avg)pool 2 / conv \d+ 5x5 / relu / (max|avg)pool 2 / "
    r"flatten / linear \d+ / relu / linear \d+ / relu / linear 10"
)
LENET5_NAMES = ["C1", "ReLU1", "S2", "C3", "ReLU3", "S4", "flat", "C5", "ReLU5", "F6", "ReLU6", "output"]

FIRE_PARTS = {
    "branch1.conv1": "expand1x1", "branch1.relu1": "relu1x1", "branch2.conv1": "expand3x3", "branch2.relu1": "relu3x3",
}  # fmt: skip
FIRST_FIRE = 2  # the paper counts conv1 as the first module


@dataclass(frozen=True)
class NamedLayer:
    """One layer. shape: of its numbers for one image; reads: the layers before it, by number; is_inner: in a branch."""

    name: str
    engine_name: str
    kind: str  # input, softmax, or the word for the layer in a network's text
    shape: tuple[int, ...]
    reads: tuple[int, ...]
    made_by: Layer | None = None  # not of the input and of softmax
    is_inner: bool = False

    @property
    def parameters(self) -> dict[str, Array]:
        """The learned arrays: weight and bias, or none."""
        return self.made_by.parameters if self.made_by and not branches_of(self.made_by) else {}


@lru_cache(maxsize=8)
def layers_of(network: Network) -> tuple[NamedLayer, ...]:
    """All layers, each behind those that it reads."""
    layers = [NamedLayer("input", "input", "input", tuple(network.input_shape), ())]
    names = LENET5_NAMES if LENET5.fullmatch(network.text) else [*network.names[:-1], "output"]
    if network.text == SQUEEZENET:
        names = _squeezenet_names(network.names)
    last = _append(layers, network.layers, network.names, names, 0, is_inner=False)
    return (*layers, NamedLayer("softmax", "softmax", "softmax", layers[last].shape, (last,)))


def _append(
    layers: list[NamedLayer], chain: Sequence[Layer], engine_names: Sequence[str], names: Sequence[str], before: int, *,
    is_inner: bool,
) -> int:  # fmt: skip
    """Append a chain that reads the layer `before`, each layer behind its branches. -> the number of its last layer."""
    for layer, engine_name, name in zip(chain, engine_names, names, strict=True):
        shape, ends = layer.output_shape(layers[before].shape), []
        for number, branch in enumerate(branches_of(layer), start=1):
            inner = [f"{engine_name}.branch{number}.{one}" for one in branch.names]
            ends.append(_append(layers, branch.layers, inner, [_inner_name(name, one) for one in inner], before, is_inner=True))
        layers.append(NamedLayer(name, engine_name, layer.kind, shape, tuple(ends) or (before,), layer, is_inner))
        before = len(layers) - 1
    return before


def _inner_name(name: str, engine_name: str) -> str:
    """The name of a layer in a branch. name: that of the layer that holds the branch."""
    module, _, part = name.partition(".")
    return f"{module}.{FIRE_PARTS[engine_name.split('.', 1)[1]]}" if part and module.startswith("fire") else engine_name


def _squeezenet_names(engine_names: Sequence[str]) -> list[str]:
    """The paper's names: conv1, pool1, fire2.squeeze, fire2.concat, ..., conv10, logits."""
    names, fires = [], FIRST_FIRE - 1
    for name, after in zip(engine_names, [*engine_names[1:], ""], strict=True):
        if name.startswith("conv") and after.startswith("relu") and name != "conv1":
            fires += 1
        pool = f"pool{fires if fires >= FIRST_FIRE else 1}"
        inside = {"conv": "squeeze", "relu": "relu", "concat": "concat"}.get(name.rstrip("0123456789"), "")
        whole = {"conv1": "conv1", "relu1": "relu1", "conv10": "conv10", "globalavgpool1": "logits"}.get(name)
        names.append(whole or (pool if name.startswith("maxpool") else f"fire{fires}.{inside}"))
    return names


def values_of(chain: Chain | Network) -> list[Array]:
    """What the layers of the last forward made, in the order of layers_of, without the input."""
    values = []
    for layer, value in zip(chain.layers, chain.activations[1:], strict=True):
        for branch in branches_of(layer):
            values += values_of(branch)
        values.append(value)
    return values


def branches_of(layer: Layer) -> Sequence[Chain]:
    """The branches that a layer holds."""
    return getattr(layer, "branches", ())


def layer_names(network: Network) -> list[str]:
    """The name of every layer: input, C1, ReLU1, …, output, softmax."""
    return [layer.name for layer in layers_of(network)]


def find_layer(network: Network, name: str) -> int | None:
    """The number of the layer with that name, or with that name in the engine; None if there is none."""
    layers = layers_of(network)
    for names in ([layer.name for layer in layers], [layer.engine_name for layer in layers]):
        if name in names:
            return names.index(name)
    return None


def before(network: Network, layer: int) -> int:
    """The layer that a layer reads, the first if there are several."""
    return layers_of(network)[layer].reads[0]


def layers_above(network: Network, layer: int) -> list[int]:
    """The layers that read a layer."""
    return [n for n, other in enumerate(layers_of(network)) if layer in other.reads]
