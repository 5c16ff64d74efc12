"""MNIST as training reads it: the first epoch goes shard by shard, as they arrive; the later ones shuffle all of them.

An epoch is one pass over all 60,000 digits. The trainer is given one shard at a time in the first one, so that its first
batch waits for one file: the trainer's epochs 1 to 24 together are epoch 1. Which digit comes when depends on the seed
alone, never on how fast the line is.
"""

from __future__ import annotations

import functools
from typing import Any

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
        self._loaded = [False] * (count // SHARD_SIZE)

    def path(self, shard: int) -> str:
        """The file that holds a shard."""
        return f"mnist/{self._name}-{shard:02d}.gz"

    def shard(self, shard: int) -> Examples:
        """The 2,500 digits of one shard. Raises FileNeeded, DataError or OSError."""
        part = slice(shard * SHARD_SIZE, (shard + 1) * SHARD_SIZE)
        if not self._loaded[shard]:
            path = self.path(shard)
            self._images[part], self._labels[part] = digits_in(path, self._files, inflate=read_shard)
            self._files.forget(path)  # it stays here unpacked
            self._loaded[shard] = True
        return self._images[part], self._labels[part]

    def all(self) -> Examples:
        """Every digit. Raises FileNeeded, DataError or OSError."""
        for shard in range(len(self._loaded)):
            self.shard(shard)
        return self._images, self._labels

    @property
    def first_missing(self) -> str:
        """The file that will be needed next, or ""."""
        return next((self.path(shard) for shard, loaded in enumerate(self._loaded) if not loaded), "")

    @property
    def loaded_count(self) -> int:
        """How many digits have been read."""
        return SHARD_SIZE * sum(self._loaded)


class Dataset:
    """The training digits epoch by epoch, and the test digits by their index."""

    def __init__(self, files: Files) -> None:
        self.train, self.test = Split(files, "train", TRAIN_COUNT), Split(files, "test", TEST_COUNT)
        self.preview: Any = None  # the beginning of the default run, for all who read these files (preview.py)

    def training_examples(self, trainer_epoch: int) -> Examples:
        """What the trainer goes over in its epoch of that number, counted from 1: one shard each, then everything."""
        return self.train.shard(trainer_epoch - 1) if trainer_epoch <= TRAIN_SHARDS else self.train.all()

    def test_digits(self, indices: list[int]) -> Examples:
        """Some test digits. -> images (n, 28, 28), labels (n,)."""
        digits = [[part[index % SHARD_SIZE] for part in self.test.shard(index // SHARD_SIZE)] for index in indices]
        images, labels = zip(*digits, strict=True)
        return np.stack(images), np.array(labels)


def epoch_of(trainer_epoch: int) -> int:
    """Which epoch the trainer's epoch belongs to, both counted from 1; 0 before the first."""
    return min(trainer_epoch, 1) + max(0, trainer_epoch - TRAIN_SHARDS)


def ends_epoch(trainer_epoch: int) -> bool:
    """Whether every digit has been seen once more at the end of the trainer's epoch."""
    return trainer_epoch >= TRAIN_SHARDS


@functools.lru_cache(maxsize=1)
def dataset_of(files: Files) -> Dataset:
    """The dataset that all who read the same files share."""
    return Dataset(files)
