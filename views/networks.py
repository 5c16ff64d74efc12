"""The networks of one user: two that come with the page, one trained in it, one from a file.

Views hand them to each other here: `train` puts what it has learned under "trained", `network` shows it.
"""

from __future__ import annotations

import numpy as np

from ..engine import DataError, Network, convnetjs_mnist, lenet5, load_weights
from .files import Files

COMMITTED = {"lenet5": lenet5, "convnetjs": convnetjs_mnist}
WEIGHTS = {"lenet5": "weights/lenet5.npz", "convnetjs": "weights/convnetjs_mnist.npz"}


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
