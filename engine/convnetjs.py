"""ConvNetJS's JSON snapshots of its MNIST network, read and written, so that weights can move between the two pages.

ConvNetJS keeps a volume as w[(sx·y + x)·depth + d], channels innermost; here channels come first, so filters are turned
round, and so are the inputs of the last layer.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from .architectures import CONVNETJS_MNIST
from .network import Network
from .shapes import Array
from .weights import WeightsError, put_weights

MOST_CHARACTERS = 2_000_000
MOST_LEVELS = 20  # of brackets; a snapshot has 6. json's recursion on 100,000 kills Pyodide, which Python cannot catch
MAPS = {"conv1": (1, 5, 5), "conv2": (8, 5, 5), "linear1": (16, 4, 4)}  # (C, rows, columns) that one filter sees
INDEXES = {"conv1": 1, "conv2": 4, "linear1": 7}  # where ConvNetJS's list of layers holds them
_SIZES = [(1, 24), (8, 24), (8, 24), (8, 12), (16, 12), (16, 12), (16, 4), (10, 1), (10, 1)]  # depth, rows = columns
_TYPES = ["input", "conv", "relu", "pool", "conv", "relu", "pool", "fc", "softmax"]
_DECAY = {"l1_decay_mul": 0, "l2_decay_mul": 1}
_SETTINGS: dict[int, dict[str, int]] = {
    1: {"sx": 5, "sy": 5, "stride": 1, "in_depth": 1, "pad": 2, **_DECAY},
    3: {"sx": 2, "sy": 2, "stride": 2, "in_depth": 8, "pad": 0},
    4: {"sx": 5, "sy": 5, "stride": 1, "in_depth": 8, "pad": 2, **_DECAY},
    6: {"sx": 3, "sy": 3, "stride": 3, "in_depth": 16, "pad": 0},
    7: {"num_inputs": 256, **_DECAY},
    8: {"num_inputs": 10},
}
_TRY = "copy the whole snapshot of the MNIST network from the ConvNetJS page"


def export_convnetjs(network: Network) -> str:
    """Write the weights as ConvNetJS's JSON. network: convnetjs_mnist()."""
    _check_network(network)
    layers: list[dict[str, Any]] = [
        {"out_depth": depth, "out_sx": side, "out_sy": side, "layer_type": kind, **_SETTINGS.get(i, {})}
        for i, (kind, (depth, side)) in enumerate(zip(_TYPES, _SIZES, strict=True))
    ]
    parameters = network.parameters()
    for name, (channels, rows, columns) in MAPS.items():
        weight = parameters[f"{name}.weight"].reshape(-1, channels, rows, columns).transpose(0, 2, 3, 1)
        bias = parameters[f"{name}.bias"]
        sx, sy, depth = (1, 1, channels * rows * columns) if name == "linear1" else (columns, rows, channels)
        layers[INDEXES[name]]["filters"] = [_volume(values, sx, sy, depth) for values in weight]
        layers[INDEXES[name]]["biases"] = _volume(bias, 1, 1, len(bias))
    return json.dumps({"layers": layers})


def import_convnetjs(network: Network, text: str) -> None:
    """Put a snapshot's weights into the network, or raise WeightsError and change nothing. network: convnetjs_mnist()."""
    _check_network(network)
    if len(text) > MOST_CHARACTERS:
        raise WeightsError(f"the snapshot has {len(text):,} characters but may have {MOST_CHARACTERS:,}; {_TRY}")
    if (levels := _levels(text)) > MOST_LEVELS:
        raise WeightsError(f"the snapshot is not ConvNetJS's JSON (brackets nested {levels:,} deep); {_TRY}")
    try:
        layers = json.loads(text)["layers"]
        kinds = [layer["layer_type"] for layer in layers]
        if kinds != _TYPES:
            raise WeightsError(f"the snapshot's layers are {kinds} but {_TYPES} are wanted; {_TRY}")
        values = {}
        for name, maps in MAPS.items():
            layer, count = layers[INDEXES[name]], len(network.parameters()[f"{name}.bias"])
            if len(layer["filters"]) != count:
                raise WeightsError(f"{name} has {len(layer['filters'])} filters in the snapshot, not {count}; {_TRY}")
            filters = [_numbers(volume, math.prod(maps), name) for volume in layer["filters"]]
            channels, rows, columns = maps
            values[f"{name}.weight"] = np.stack(filters).reshape(-1, rows, columns, channels).transpose(0, 3, 1, 2)
            values[f"{name}.bias"] = _numbers(layer["biases"], count, name)
    except WeightsError:
        raise
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError) as error:
        raise WeightsError(f"the snapshot is not ConvNetJS's JSON ({type(error).__name__}: {error}); {_TRY}") from None
    put_weights(network, values)


def _levels(text: str) -> int:
    characters = np.frombuffer(text.encode(errors="replace"), np.uint8)
    steps = np.isin(characters, list(b"[{")).astype(np.int32) - np.isin(characters, list(b"]}"))
    return int(np.cumsum(steps).max(initial=0))


def _check_network(network: Network) -> None:
    if network.text != CONVNETJS_MNIST or network.input_shape != (1, 24, 24):
        raise WeightsError(f"snapshots fit the network '{CONVNETJS_MNIST}' only, not '{network.text}'; build it first")


def _volume(values: Array, sx: int, sy: int, depth: int) -> dict[str, Any]:
    """ConvNetJS's Vol, whose typed array JSON turns into an object with '0', '1', ... as keys."""
    return {"sx": sx, "sy": sy, "depth": depth, "w": {str(i): float(value) for i, value in enumerate(values.ravel())}}


def _numbers(volume: dict[str, Any], count: int, name: str) -> Array:
    """Read count finite numbers of a Vol. -> (count,)."""
    w = volume["w"]
    found = [w[str(i)] for i in range(count)] if isinstance(w, dict) else list(w)
    if len(w) != count or not all(type(value) in (int, float) and abs(value) < 1e30 for value in found):
        raise WeightsError(f"{name} holds {len(w)} values in the snapshot, but {count} finite numbers are wanted; {_TRY}")
    return np.array(found, np.float64)
