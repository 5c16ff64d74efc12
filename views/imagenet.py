"""The network that reads photographs, SqueezeNet 1.1, and the names of the thousand classes that it was trained on.

Whoever asks for it in one process gets the same network: its weights are read once for all visitors of a server, who are
answered in several threads. It keeps the numbers of its last photograph only: whoever runs it holds `RUNNING` until what is
wanted of them is copied.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np

from ..engine import (
    DataError,
    Network,
    WeightsError,
    global_avg_pool2d,
    read_weights,
    softmax,
    squeezenet,
    squeezenet_input,
)
from ..engine.shapes import Array
from ..engine.squeezenet import SIDE
from .files import Files

WEIGHTS, CLASSES = "imagenet/squeezenet.npz", "imagenet/classes.txt"
FEATURES = 512  # maps of fire9, which conv10 reads
RUNNING = threading.RLock()  # held while the network runs and its numbers are copied


@dataclass(frozen=True)
class ImageClass:
    """One of the thousand. name: its own among all; synonyms: all its names in one line, as ImageNet lists them."""

    number: int
    name: str
    synonyms: str


def imagenet_network(files: Files) -> Network:
    """The network with its weights. Raises FileNeeded, and DataError if the file is damaged."""
    data = files.read(WEIGHTS)
    try:
        with RUNNING:  # so that of visitors who come first together one reads them
            return _filled(data)
    except WeightsError as error:
        files.forget(WEIGHTS)
        raise DataError(f"the file {WEIGHTS} is damaged: {error}; load the page again to fetch it anew") from None


class Zeros:
    """In place of a random generator, for weights that come from a file at once: numpy.random need not travel for them."""

    def normal(self, mean: float, deviation: float, shape: tuple[int, ...]) -> Array:
        """Zeros of that shape."""
        return np.zeros(shape)


@lru_cache(maxsize=1)
def _filled(data: bytes) -> Network:
    network = squeezenet(cast("np.random.Generator", Zeros()))
    values = read_weights(data, {name: value.shape for name, value in network.parameters().items()})
    for name, parameter in network.parameters().items():
        parameter[...] = values[name]
    return network


def image_classes(files: Files) -> tuple[ImageClass, ...]:
    """All classes by number. Raises FileNeeded, and DataError if the file is damaged."""
    classes = _named(files.read(CLASSES))
    if len(classes) != 1000:
        files.forget(CLASSES)
        raise DataError(f"the file {CLASSES} is damaged: it names {len(classes)} classes instead of 1,000; load the page again")
    return classes


def class_names(files: Files) -> tuple[str, ...]:
    """The name of every class, in order."""
    return _names(files.read(CLASSES))


@lru_cache(maxsize=1)
def _names(data: bytes) -> tuple[str, ...]:
    return tuple(one.name for one in _named(data))


@lru_cache(maxsize=1)
def _named(data: bytes) -> tuple[ImageClass, ...]:
    lines = data.decode("utf-8", "replace").splitlines()
    first = [line.split(", ")[0] for line in lines]
    often = Counter(first)
    names = [name if often[name] == 1 else f"{name} ({number})" for number, name in enumerate(first)]
    return tuple(ImageClass(*one) for one in zip(range(len(lines)), names, lines, strict=True))


def photo_input(photo: np.ndarray, covered: np.ndarray | None = None) -> Array:
    """A photograph as the network sees it, with the mean pixel, which is 0 there, where it is covered.

    photo: (224, 224, 3) of 0..255, red, green, blue; covered: (224, 224) bool -> (1, 3, 225, 225).
    """
    x = squeezenet_input(photo)
    if covered is not None:
        x[0, :, : len(covered), : len(covered)][:, covered] = 0
    return x


def probabilities_of(photo: np.ndarray, files: Files, covered: np.ndarray | None = None) -> Array:
    """Read a photograph, or what is not covered of it. photo, covered: as photo_input takes them -> (1000,)."""
    network, x = imagenet_network(files), photo_input(photo, covered)
    with RUNNING:
        probabilities: Array = softmax(network.forward(x))[0]
    return probabilities


def features_of(photo: np.ndarray, files: Files) -> Array:
    """What the network makes of a photograph before it decides: the mean of each map that conv10 reads.

    photo: (224, 224, 3) uint8 -> (512,). Raises FileNeeded.
    """
    return _features(imagenet_network(files), photo.tobytes())


@lru_cache(maxsize=32)
def _features(network: Network, pixels: bytes) -> Array:
    x = squeezenet_input(np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE, 3))
    with RUNNING:
        network.forward(x)
        features: Array = global_avg_pool2d(network.activations[-3])[0].copy()
    return features


def most_probable(probabilities: Array, count: int) -> list[int]:
    """The numbers of the most probable classes, the first first. probabilities: (classes,)."""
    order: list[int] = np.argsort(-probabilities, kind="stable")[:count].tolist()
    return order
