"""The committed data are what their indexes say: every digit, every label count, every licence."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest

from convoscope.engine import DIGIT_COUNT, SHARD_SIZE, TEST_COUNT, TRAIN_COUNT, read_shard, shard_of

DATA = Path(__file__).parent.parent / "static" / "data"
SHARDS = json.loads((DATA / "mnist" / "index.json").read_text())["shards"]
PHOTOS = json.loads((DATA / "photos" / "index.json").read_text())["photos"]
LABEL_COUNTS = {
    "train": [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    "test": [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
}
FREE = {"CC0 1.0", "public domain", "CC BY 1.0", "CC BY-SA 2.0", "CC BY-SA 3.0", "CC BY-SA 4.0"}
IMAGENET = json.loads((DATA / "imagenet" / "index.json").read_text())["files"]


def read_listed(folder: str, entry: dict) -> bytes:
    data = (DATA / folder / entry["file"]).read_bytes()
    assert len(data) == entry["bytes"], entry["file"]
    assert hashlib.sha256(data).hexdigest() == entry["sha256"], entry["file"]
    return data


def files_of(photos: list[dict]) -> list[tuple[int, dict]]:
    return [(int(size), entry) for photo in photos for size, entry in photo["files"].items()]


def test_every_shard_is_the_one_that_the_index_lists():
    for entry in SHARDS:
        images, labels = read_shard(read_listed("mnist", entry))
        assert len(images) == len(labels) == entry["count"] == SHARD_SIZE
        assert shard_of(entry["first"]) == (entry["file"], 0)


@pytest.mark.parametrize(("split", "count"), [("train", TRAIN_COUNT), ("test", TEST_COUNT)])
def test_the_label_counts_are_those_of_mnist(split, count):
    labels = np.concatenate([read_shard(read_listed("mnist", entry))[1] for entry in SHARDS if entry["split"] == split])
    assert len(labels) == count
    assert np.bincount(labels).tolist() == LABEL_COUNTS[split]


def test_the_pixels_are_those_of_mnist():
    images, labels = read_shard((DATA / "mnist" / "train-00.gz").read_bytes())
    assert labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert images[0, 5, 12:].tolist() == [3, 18, 18, 18, 126, 136, 175, 26, 166, 255, 247, 127, 0, 0, 0, 0]


def test_the_folder_holds_every_shard_and_nothing_else():
    listed = {entry["file"] for entry in SHARDS}
    assert {path.name for path in (DATA / "mnist").glob("*.gz")} == listed
    assert listed == {shard_of(index)[0] for index in range(0, DIGIT_COUNT, SHARD_SIZE)}


def test_shards_carry_no_time_and_no_name():
    for path in (DATA / "mnist").glob("*.gz"):
        assert path.read_bytes()[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00", path.name


def test_every_photo_has_an_author_a_source_and_a_free_licence():
    for photo in PHOTOS:
        assert photo["licence"] in FREE, photo["name"]
        assert photo["author"]
        assert photo["title"]
        assert photo["source"]


def test_the_readme_of_the_photographs_names_each_with_its_author_and_licence():
    readme = (DATA / "photos" / "README.md").read_text()
    for photo in PHOTOS:
        line = next(line for line in readme.splitlines() if line.startswith(f"| `{photo['name']}`"))
        assert photo["author"] in line
        assert photo["licence"] in line


def test_the_files_of_imagenet_are_those_of_the_index():
    assert {entry["file"] for entry in IMAGENET} | {"README.md", "index.json"} == {
        path.name for path in (DATA / "imagenet").iterdir()
    }
    for entry in IMAGENET:
        assert read_listed("imagenet", entry)
        assert entry["licence"]
        assert entry["source"]


def test_the_weights_of_squeezenet_are_small_enough_to_be_fetched():
    assert next(entry for entry in IMAGENET if entry["file"] == "squeezenet.npz")["bytes"] <= 2_600_000


def test_every_photo_has_the_size_in_its_name():
    for size, entry in files_of(PHOTOS):
        data = read_listed("photos", entry)
        assert data[:8] == b"\x93NUMPY\x01\x00", f"{entry['file']} must be .npy version 1.0"
        pixels = np.load(io.BytesIO(data), allow_pickle=False)
        assert pixels.shape == (size, size, 3)
        assert pixels.dtype == np.uint8
        assert np.ptp(pixels) > 50, f"{entry['file']} is nearly blank"


def test_the_folder_holds_every_photo_and_nothing_else():
    listed = {entry["file"] for _, entry in files_of(PHOTOS)}
    assert {path.name for path in (DATA / "photos").glob("*.npy")} == listed
    assert sum(entry["bytes"] for _, entry in files_of(PHOTOS)) < 4_500_000


@pytest.mark.parametrize("folder", ["mnist", "photos"])
def test_each_folder_states_its_provenance(folder):
    text = (DATA / folder / "README.md").read_text()
    assert "CC" in text
    assert f"scripts/make_{folder}.py" in text


def test_a_changed_file_would_be_noticed():
    entry = {**SHARDS[0], "sha256": "0" * 64}
    with pytest.raises(AssertionError):
        read_listed("mnist", entry)
