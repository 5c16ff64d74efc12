"""The networks of one user: two that come with the page, one trained in it, one from a file.

Views hand them to each other here: `train` puts what it has learned under "trained", `network` shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..engine import DataError, Network, WeightsError, convnetjs_mnist, lenet5, load_weights
from ..engine.shapes import Array
from . import weights_files
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
        """Keep a network under a name, in place of the one that was there, unless that is the same."""
        known = self._networks.get(name)
        if known is None or known.text != network.text or not np.array_equal(known.vector, network.vector):
            self._networks[name] = network

    def has(self, name: str) -> bool:
        """Whether `get` would find it."""
        return name in COMMITTED or name in self._networks

    def load(self, data: bytes) -> list[str]:
        """Put the weights of a file, .npz or ConvNetJS's JSON, under "loaded". Returns notices. Raises WeightsError."""
        content = weights_files.read(data)
        names = ["convnetjs"] if isinstance(content, str) else [*COMMITTED, "trained"]
        network, notice = _filled([self.get(name) for name in names if self.has(name)], content)
        self.put("loaded", network)
        what = "ConvNetJS's network" if isinstance(content, str) else network.text
        return [f"Your file holds the weights of {what}.", *([notice] if notice else [])]


def _filled(known: Sequence[Network], content: dict[str, Array] | str) -> tuple[Network, str]:
    """A network like the first of the known ones whose weights the file holds, and a notice; those stay as they are."""
    reasons: dict[str, str] = {}
    for network in known:
        if network.text in reasons:
            continue
        copy = network.copy()
        try:
            return copy, weights_files.put(copy, content)
        except WeightsError as error:
            reasons[network.text] = str(error)
    # The network that has as many arrays is the one that was meant.
    best = min(reasons, key=lambda text: "but this network has" in reasons[text])
    raise WeightsError(f"{reasons[best]}. It was read as weights of “{best}”")
