"""A shard is read exactly, or refused with a sentence: cut, damaged, mislabelled or oversized."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.engine import DIGIT_COUNT, SHARD_SIZE, TRAIN_COUNT, DataError, read_shard, shard_of

COUNT = 3
IMAGES = np.arange(COUNT * 784, dtype=np.uint8).reshape(COUNT, 28, 28)
LABELS = np.array([7, 0, 9], np.uint8)


def idx(images=IMAGES, labels=LABELS, *, images_head=(0x803, COUNT, 28, 28), labels_head=(0x801, COUNT)) -> bytes:
    return struct.pack(">IIII", *images_head) + images.tobytes() + struct.pack(">II", *labels_head) + labels.tobytes()


def pack(raw: bytes) -> bytes:
    return gzip.compress(raw, mtime=0)


SHARD = pack(idx())


def test_a_shard_gives_back_its_digits():
    images, labels = read_shard(SHARD)
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)
    assert images.dtype == labels.dtype == np.uint8


def test_a_full_shard_is_accepted():
    images, labels = read_shard(
        pack(
            idx(
                np.zeros((SHARD_SIZE, 28, 28), np.uint8),
                np.zeros(SHARD_SIZE, np.uint8),
                images_head=(0x803, SHARD_SIZE, 28, 28),
                labels_head=(0x801, SHARD_SIZE),
            )
        )
    )
    assert images.shape == (SHARD_SIZE, 28, 28)
    assert labels.shape == (SHARD_SIZE,)


@pytest.mark.parametrize(
    ("shard", "sentence"),
    [
        pytest.param(b"", "ends inside its 16-byte header", id="empty file"),
        pytest.param(b"<!doctype html><title>404</title>", "not an intact gzip file", id="an error page instead"),
        pytest.param(SHARD[:40], "of 2,379 bytes", id="cut in the images"),
        pytest.param(SHARD[:-3], "before its checksum", id="cut in the checksum"),
        pytest.param(SHARD[:-8], "before its checksum", id="checksum missing"),
        pytest.param(SHARD[:-8] + b"\0\0\0\0" + SHARD[-4:], "incorrect data check", id="wrong checksum"),
        pytest.param(SHARD[:-4] + b"\0\0\0\0", "incorrect length check", id="wrong length"),
        pytest.param(SHARD + b"more", "goes on after the 3 digits", id="bytes after the member"),
        pytest.param(pack(idx() + b"\0"), "goes on after the 3 digits", id="bytes after the labels"),
        pytest.param(pack(idx()[:10]), "ends inside its 16-byte header", id="short header"),
        pytest.param(pack(idx()[:-1]), "ends after 2,378 of 2,379 bytes", id="a label missing"),
        pytest.param(pack(idx(images_head=(0x801, 3, 28, 28))), "begins with 0x00000801", id="wrong images magic"),
        pytest.param(pack(idx(labels_head=(0x803, 3))), "labels begin with 0x00000803", id="wrong labels magic"),
        pytest.param(pack(idx(labels_head=(0x801, 4))), "3 images but 4 labels", id="counts disagree"),
        pytest.param(pack(idx(images_head=(0x803, 3, 27, 28))), "images of 27×28", id="wrong image size"),
        pytest.param(pack(idx(images_head=(0x803, 0, 28, 28))), "declares 0 digits", id="no digits"),
        pytest.param(pack(idx(images_head=(0x803, 2_501, 28, 28))), "declares 2501 digits", id="too many digits"),
        pytest.param(pack(idx(labels=np.array([1, 10, 2], np.uint8))), "labels a digit 10", id="label out of range"),
    ],
)
def test_a_corrupt_shard_is_refused_with_a_sentence(shard, sentence):
    with pytest.raises(DataError) as caught:
        read_shard(shard)
    assert sentence in str(caught.value)
    assert "scripts/make_mnist.py" in str(caught.value), "the sentence says what to try"


@given(position=st.integers(0, len(SHARD) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused_or_harmless(position, bit):
    damaged = bytearray(SHARD)
    damaged[position] ^= 1 << bit
    try:
        images, labels = read_shard(bytes(damaged))
    except DataError:
        return
    # Only gzip's own header (its time, its system) has bits that nothing depends on.
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)
    assert position < 10


@given(length=st.integers(0, len(SHARD) - 1))
def test_every_cut_is_refused(length):
    with pytest.raises(DataError):
        read_shard(SHARD[:length])


def test_a_bomb_is_refused_before_it_unpacks():
    size = 20_000_000
    honest = pack(idx(images_head=(0x803, size // 784, 28, 28))[:16] + bytes(size))
    lying = pack(idx() + bytes(size))
    for bomb in (honest, lying):
        tracemalloc.start()
        with pytest.raises(DataError):
            read_shard(bomb)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2_000_000


def test_the_shard_of_each_index():
    assert shard_of(0) == ("train-00.gz", 0)
    assert shard_of(SHARD_SIZE - 1) == ("train-00.gz", SHARD_SIZE - 1)
    assert shard_of(TRAIN_COUNT - 1) == ("train-23.gz", SHARD_SIZE - 1)
    assert shard_of(TRAIN_COUNT) == ("test-00.gz", 0)
    assert shard_of(DIGIT_COUNT - 1) == ("test-03.gz", SHARD_SIZE - 1)


@pytest.mark.parametrize("index", [-1, DIGIT_COUNT, 10**9])
def test_an_index_out_of_range_names_both_ranges(index):
    with pytest.raises(DataError, match=f"digit {index} does not exist; use 0 to 59999 .* 60000 to 69999"):
        shard_of(index)
