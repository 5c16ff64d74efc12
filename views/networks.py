"""The networks of one user: two that come with the page, one trained in it, one from a file.

Views hand them to each other here: `train` puts what it has learned under "trained", `network` shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..engine import DataError, Network, WeightsError, convnetjs_mnist, import_convnetjs, lenet5, load_weights
from ..engine.weights import MOST_BYTES
from .files import Files

COMMITTED = {"lenet5": lenet5, "convnetjs": convnetjs_mnist}
WEIGHTS = {"lenet5": "weights/lenet5.npz", "convnetjs": "weights/convnetjs_mnist.npz"}
ZIP = b"PK"  # the first bytes of a .npz


class Networks:
    """Networks by name: lenet5, convnetjs, trained, loaded."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._networks: dict[str, Network] = {}

    def get(self, name: str) -> Network:
        """The network of that name; do not change its weights. Raises DataError if there is none yet, and FileNeeded."""
        if name not in self._networks:
            if name not in COMMITTED:
                raise DataError(f"there is no {name} network yet; train one, load one, or choose another")
            network = COMMITTED[name](np.random.default_rng(0))
            load_weights(network, self._files.read(WEIGHTS[name]))
            self._networks[name] = network
        return self._networks[name]

    def put(self, name: str, network: Network) -> None:
        """Keep a network under a name, in place of the one that was there."""
        self._networks[name] = network

    def has(self, name: str) -> bool:
        """Whether `get` would find it."""
        return name in COMMITTED or name in self._networks

    def load(self, data: bytes) -> str:
        """Put the weights of a file, .npz or ConvNetJS's JSON, under "loaded". -> what they are of. Raises DataError."""
        if len(data) > MOST_BYTES:
            raise DataError(f"the file has {len(data):,} bytes, but {MOST_BYTES:,} are the most; choose a file of weights")
        if not data:
            raise DataError("the file is empty; choose a .npz or a ConvNetJS snapshot")
        if not data.startswith(ZIP):
            self.put("loaded", _read_convnetjs(data))
            return "ConvNetJS's network"
        known = [self.get(name) for name in (*COMMITTED, "trained") if self.has(name)]
        network = _read_npz(data, known)
        self.put("loaded", network)
        return network.text


def _read_npz(data: bytes, known: Sequence[Network]) -> Network:
    """A network like the first of the known ones whose weights the file holds; the known ones stay as they are."""
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
            return copy
    # The reason that came furthest is the one that helps: names are checked before shapes, shapes before numbers.
    best = min(reasons, key=lambda text: "arrays but this network has" in reasons[text])
    raise DataError(f"{reasons[best]}. It was read as weights of “{best}”")


def _read_convnetjs(data: bytes) -> Network:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise DataError("the file is neither a .npz nor ConvNetJS's JSON; choose one of these") from None
    network = convnetjs_mnist(np.random.default_rng(0))
    try:
        import_convnetjs(network, text)
    except WeightsError as error:
        raise DataError(str(error)) from None
    return network
