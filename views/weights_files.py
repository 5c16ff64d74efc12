"""Weights files as people bring them: an .npz saved here, by NumPy or from PyTorch, or ConvNetJS's JSON in any Unicode.

One reader for all views. The names of an .npz's arrays may be others than the network's (0.weight, fc1.bias, arr_0): its
arrays are then matched by order and shape if that leaves no doubt, and the notice says which became which.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..engine import Network, WeightsError, import_convnetjs, put_weights, read_weights
from ..engine.layer_specs import Shape
from ..engine.shapes import Array
from ..engine.weights import MOST_BYTES, names_and_shapes

ZIP = b"PK"  # the first bytes of an .npz
PYTORCH = b"/data.pkl"  # the name of a member of PyTorch's own files
STRANGERS = {b"\x93NUMPY": "one array as .npy", b"\x89HDF": "HDF5", b"\x80": "pickled Python objects, which can run code"}
ADVICE = "choose an .npz (numpy.savez with one array per parameter) or ConvNetJS's JSON"


def read(data: bytes) -> dict[str, Array] | str:
    """Read a file. -> an .npz's arrays by name in its order, or the text of a JSON file. Raises WeightsError."""
    if len(data) > MOST_BYTES:
        raise WeightsError(f"the file has {len(data):,} bytes, but {MOST_BYTES:,} are the most; choose a file of weights")
    if not data:
        raise WeightsError(f"the file is empty; {ADVICE}")
    if data.startswith(ZIP):
        if PYTORCH in data:
            raise WeightsError(f"the file is PyTorch's own, which holds pickled Python objects and is never read; {ADVICE}")
        return read_weights(data)
    for start, what in STRANGERS.items():
        if data.startswith(start):
            raise WeightsError(f"the file holds {what}; {ADVICE}")
    try:
        text = data.decode(json.detect_encoding(data))  # UTF-8, 16 or 32, with a byte-order mark or without
    except UnicodeDecodeError:
        text = ""
    if not text.lstrip().startswith("{"):
        raise WeightsError(f"the file is damaged, or neither an .npz nor ConvNetJS's JSON; {ADVICE}")
    return text


def put(network: Network, content: dict[str, Array] | str) -> str:
    """Put what was read into the network. -> a notice, or "". Raises WeightsError, and then nothing has changed."""
    if isinstance(content, str):
        import_convnetjs(network, content)
        return ""
    origins = match(content, {name: value.shape for name, value in network.parameters().items()})
    put_weights(network, {name: content[origin] for name, origin in origins.items()})
    others = [f"{name} from {origin[:40]}" for name, origin in origins.items() if name != origin]
    more = f" and {len(others) - 12} more" if len(others) > 12 else ""
    return f"The arrays of the file were matched by order and shape: {', '.join(others[:12])}{more}." if others else ""


def match(arrays: Mapping[str, Array], parameters: Mapping[str, Shape]) -> dict[str, str]:
    """Find the array for each parameter. parameters: name -> shape -> {name: name in the file}. Raises WeightsError.

    By name; else by shape, where several have one shape only if the whole file is in the network's order.
    """
    shapes = {name: value.shape for name, value in arrays.items()}
    if shapes == dict(parameters):
        return {name: name for name in parameters}
    in_order = list(shapes.values()) == list(parameters.values())
    origins: dict[str, str] = {}
    for shape in set(parameters.values()) | set(shapes.values()):
        ours, theirs = ([name for name, one in those.items() if one == shape] for those in (parameters, shapes))
        if len(ours) != len(theirs) or (len(ours) > 1 and not in_order and set(ours) != set(theirs)):
            raise _no_match(shapes, parameters)
        origins |= {name: name for name in ours} if set(ours) == set(theirs) else dict(zip(ours, theirs, strict=True))
    if any(origin in parameters and origin != name for name, origin in origins.items()):  # its name says otherwise
        raise _no_match(shapes, parameters)
    return {name: origins[name] for name in parameters}


def _no_match(shapes: Mapping[str, Shape], parameters: Mapping[str, Shape]) -> WeightsError:
    """Why these arrays are not this network's, with the names that it wants."""
    count = "" if len(shapes) == len(parameters) else f" but this network has {len(parameters)}"
    return WeightsError(
        f"the weights file holds {len(shapes)} arrays{count}: {names_and_shapes(shapes)}. They fit neither by name nor "
        f"(without doubt) by order and shape. Wanted are {names_and_shapes(parameters)}; save the arrays so"
    )
