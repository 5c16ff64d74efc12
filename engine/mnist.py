"""The 70,000 MNIST digits: where digit i lives and how one shard of 2,500 is read.

A shard is one gzip member that holds an IDX3 block of images and then an IDX1 block of labels, the format in which
MNIST is published: big-endian 0x00000803, n, 28, 28, n·28·28 bytes; 0x00000801, n, n bytes. Digits 0..59,999 are the
training set and 60,000..69,999 the test set. Nothing here opens a file: bytes come in, so it works in every home.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

IMAGE_SIZE = 28  # pixels per side
CLASS_COUNT = 10
SHARD_SIZE = 2_500  # digits: about 410 kB, one second on a slow line
TRAIN_COUNT = 60_000
TEST_COUNT = 10_000
DIGIT_COUNT = TRAIN_COUNT + TEST_COUNT

_IMAGES_HEADER = struct.Struct(">IIII")  # magic number, count, rows, columns
_LABELS_HEADER = struct.Struct(">II")  # magic number, count
_IMAGES_MAGIC = 0x803  # unsigned bytes, three axes
_LABELS_MAGIC = 0x801  # unsigned bytes, one axis
_GZIP = 31  # zlib's window bits for a gzip member with its header and checksum
_TRY = "fetch the shard again, or regenerate it with scripts/make_mnist.py"


class DataError(ValueError):
    """A data file or an index that cannot be used; the message says why and what to try."""


def shard_of(index: int) -> tuple[str, int]:
    """Say where digit `index` lives: (file name, position in that shard).

    >>> shard_of(2_501)
    ('train-01.gz', 1)
    >>> shard_of(60_000)
    ('test-00.gz', 0)
    """
    if not 0 <= index < DIGIT_COUNT:
        raise DataError(
            f"digit {index} does not exist; use 0 to {TRAIN_COUNT - 1} for the training set "
            f"or {TRAIN_COUNT} to {DIGIT_COUNT - 1} for the test set"
        )
    split, first = ("train", 0) if index < TRAIN_COUNT else ("test", TRAIN_COUNT)
    shard, position = divmod(index - first, SHARD_SIZE)
    return f"{split}-{shard:02d}.gz", position


def read_shard(data: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Unpack one shard. data: the bytes of a .gz file -> images (n, 28, 28), labels (n,), both uint8.

    Raises DataError when the file is cut, damaged or not a shard. The declared sizes are checked after the first 16
    bytes and never more than those sizes is unpacked, so a small file cannot fill the memory.
    """
    gzip = zlib.decompressobj(_GZIP)
    try:
        header = gzip.decompress(data, _IMAGES_HEADER.size)
        count = _check_images_header(header)
        image_bytes = count * IMAGE_SIZE * IMAGE_SIZE
        wanted = image_bytes + _LABELS_HEADER.size + count
        body = gzip.decompress(gzip.unconsumed_tail, wanted)
        excess = gzip.decompress(gzip.unconsumed_tail, 1)  # also makes zlib read and check the trailer
    except zlib.error as error:
        raise DataError(f"the shard is not an intact gzip file ({error}); {_TRY}") from None
    if len(body) < wanted or (not gzip.eof and not excess):
        raise DataError(
            f"the shard ends after {len(header) + len(body):,} of {len(header) + wanted:,} bytes "
            f"or before its checksum; {_TRY}"
        )
    if excess or gzip.unused_data:
        raise DataError(f"the shard goes on after the {count} digits that it declares; {_TRY}")
    _check_labels_header(body[image_bytes : image_bytes + _LABELS_HEADER.size], count)
    pixels = np.frombuffer(body, np.uint8, image_bytes).reshape(count, IMAGE_SIZE, IMAGE_SIZE)
    labels = np.frombuffer(body, np.uint8, count, image_bytes + _LABELS_HEADER.size)
    if labels.max() >= CLASS_COUNT:
        raise DataError(f"the shard labels a digit {labels.max()} but labels go from 0 to {CLASS_COUNT - 1}; {_TRY}")
    return pixels, labels


def _check_images_header(header: bytes) -> int:
    if len(header) < _IMAGES_HEADER.size:
        raise DataError(f"the shard ends inside its {_IMAGES_HEADER.size}-byte header; {_TRY}")
    magic, count, rows, columns = _IMAGES_HEADER.unpack(header)
    if magic != _IMAGES_MAGIC:
        raise DataError(f"the shard begins with {magic:#010x} instead of {_IMAGES_MAGIC:#010x} for IDX images; {_TRY}")
    if (rows, columns) != (IMAGE_SIZE, IMAGE_SIZE):
        raise DataError(f"the shard declares images of {rows}×{columns} pixels but MNIST has 28×28; {_TRY}")
    if not 1 <= count <= SHARD_SIZE:
        raise DataError(f"the shard declares {count} digits but a shard holds 1 to {SHARD_SIZE}; {_TRY}")
    return int(count)


def _check_labels_header(header: bytes, image_count: int) -> None:
    magic, count = _LABELS_HEADER.unpack(header)
    if magic != _LABELS_MAGIC:
        raise DataError(f"the labels begin with {magic:#010x} instead of {_LABELS_MAGIC:#010x} for IDX labels; {_TRY}")
    if count != image_count:
        raise DataError(f"the shard declares {image_count} images but {count} labels; {_TRY}")
