"""MNIST as training takes it: the first pass goes shard by shard, as they arrive; the later ones shuffle all of them.

So the first batch waits for one file, an epoch is one look at each digit, and which digit comes when depends on the seed
alone, never on how fast the line is.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from ...engine import IMAGE_SIZE, SHARD_SIZE, TEST_COUNT, TRAIN_COUNT, read_shard
from ..files import Files
from ..images import digits_in

TRAIN_SHARDS = TRAIN_COUNT // SHARD_SIZE
Examples = tuple[np.ndarray, np.ndarray]  # images (n, 28, 28), labels (n,), both uint8


class Split:
    """One part of MNIST, read shard by shard into arrays that are made once."""

    def __init__(self, files: Files, name: str, count: int) -> None:
        self._files, self._name = files, name
        self._images = np.empty((count, IMAGE_SIZE, IMAGE_SIZE), np.uint8)
        self._labels = np.empty(count, np.uint8)
        self._here = [False] * (count // SHARD_SIZE)

    def path(self, shard: int) -> str:
        """The file that holds a shard."""
        return f"mnist/{self._name}-{shard:02d}.gz"

    def shard(self, shard: int) -> Examples:
        """The 2,500 digits of one shard. Raises FileNeeded, DataError or OSError."""
        part = slice(shard * SHARD_SIZE, (shard + 1) * SHARD_SIZE)
        if not self._here[shard]:
            path = self.path(shard)
            self._images[part], self._labels[part] = digits_in(path, self._files, inflate=read_shard)
            self._files.forget(path)  # it stays here unpacked
            self._here[shard] = True
        return self._images[part], self._labels[part]

    def all(self) -> Examples:
        """Every digit. Raises FileNeeded, DataError or OSError."""
        for shard in range(len(self._here)):
            self.shard(shard)
        return self._images, self._labels

    @property
    def first_missing(self) -> str:
        """The file that will be needed next, or ""."""
        return next((self.path(shard) for shard, here in enumerate(self._here) if not here), "")

    @property
    def count_here(self) -> int:
        """How many digits have been read."""
        return SHARD_SIZE * sum(self._here)


class Digits:
    """The training digits pass by pass, and the test digits by their index."""

    def __init__(self, files: Files) -> None:
        self.train, self.test = Split(files, "train", TRAIN_COUNT), Split(files, "test", TEST_COUNT)

    def of_pass(self, number: int) -> Examples:
        """What pass `number` of the trainer goes over, counted from 0: one shard each, then everything."""
        return self.train.shard(number) if number < TRAIN_SHARDS else self.train.all()

    def tests(self, indices: list[int]) -> Examples:
        """Some test digits. -> images (n, 28, 28), labels (n,)."""
        found = [[part[index % SHARD_SIZE] for part in self.test.shard(index // SHARD_SIZE)] for index in indices]
        images, labels = zip(*found, strict=True)
        return np.stack(images), np.array(labels)


def epoch_of(passes: int) -> int:
    """Which epoch the trainer's pass belongs to, both counted from 1; 0 before the first."""
    return min(passes, 1) + max(0, passes - TRAIN_SHARDS)


def ends_epoch(passes: int) -> bool:
    """Whether every digit has been seen once more when the trainer's pass, counted from 1, is over."""
    return passes >= TRAIN_SHARDS


digits_of: Callable[[Files], Digits] = functools.lru_cache(maxsize=1)(Digits)  # shared by all that read the same files
