"""A weights file of the user's: .npz or ConvNetJS's JSON, for one of the networks that are known here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine import DataError, Network, WeightsError, convnetjs_mnist, import_convnetjs, load_weights
from ...engine.weights import MOST_BYTES

ZIP = b"PK"


def read_network(data: bytes, known: Sequence[Network]) -> tuple[Network, str]:
    """A new network with the weights of a file, and its text. Raises DataError; the networks given stay as they are."""
    if len(data) > MOST_BYTES:
        raise DataError(f"the file has {len(data):,} bytes, but {MOST_BYTES:,} are the most; choose a file of weights")
    if not data:
        raise DataError("the file is empty; choose a .npz or a ConvNetJS snapshot")
    if not data.startswith(ZIP):
        return _convnetjs(data)
    reasons: dict[str, str] = {}
    for network in known:
        if network.text in reasons:
            continue
        copy = network.copy()
        try:
            load_weights(copy, data)
        except WeightsError as error:
            reasons[network.text] = str(error)
        else:
            return copy, copy.text
    # The reason that came furthest is the one that helps: names are checked before shapes, shapes before numbers.
    best = min(reasons, key=lambda text: "arrays but this network has" in reasons[text])
    raise DataError(f"{reasons[best]}. It was read as weights of “{best}”")


def _convnetjs(data: bytes) -> tuple[Network, str]:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise DataError("the file is neither a .npz nor ConvNetJS's JSON; choose one of these") from None
    network = convnetjs_mnist(np.random.default_rng(0))
    try:
        import_convnetjs(network, text)
    except WeightsError as error:
        raise DataError(str(error)) from None
    return network, "ConvNetJS's network"
