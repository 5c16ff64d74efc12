"""The weights that are committed reach, as committed, the accuracy that stands beside them."""

import json
from pathlib import Path

import numpy as np
import pytest

from convoscope.engine import convnetjs_mnist, evaluate, lenet5, load_weights, read_shard

DATA = Path(__file__).parents[1] / "static" / "data"
NETWORKS = {"lenet5": (lenet5, 0.990), "convnetjs_mnist": (convnetjs_mnist, 0.985)}
SMALLEST_RECORD = {"script", "seed", "settings", "network", "test_accuracy", "test_examples", "confusion"}


def loaded(name):
    network = NETWORKS[name][0](np.random.default_rng(0))
    load_weights(network, (DATA / "weights" / f"{name}.npz").read_bytes())
    return network


def digits_for_testing():
    shards = [read_shard(path.read_bytes()) for path in sorted((DATA / "mnist").glob("test-*.gz"))]
    return np.concatenate([images for images, _ in shards]), np.concatenate([labels for _, labels in shards])




@pytest.mark.parametrize("name", NETWORKS)
def test_the_file_reads_the_ten_thousand_test_digits(name):
    *_, last = evaluate(loaded(name), *digits_for_testing(), batch_size=200)
    record = json.loads((DATA / "weights" / f"{name}.json").read_text())
    assert last.examples == record["test_examples"] == 10_000
    assert last.accuracy >= NETWORKS[name][1]
    # Another BLAS may turn a digit on the edge, not more.
    assert abs(last.accuracy - record["test_accuracy"]) <= 3e-4
    assert np.abs(last.confusion - np.array(record["confusion"])).sum() <= 6


@pytest.mark.parametrize("name", NETWORKS)
def test_the_accuracy_is_in_the_weights(name):
    network = loaded(name)
    network.parameters()["conv2.weight"][...] *= -1
    *_, last = evaluate(network, *digits_for_testing(), batch_size=200)
    assert last.accuracy < 0.5


@pytest.mark.parametrize("name", NETWORKS)
def test_the_file_is_small_and_its_record_complete(name):
    assert (DATA / "weights" / f"{name}.npz").stat().st_size < 300_000
    record = json.loads((DATA / "weights" / f"{name}.json").read_text())
    assert set(record) >= SMALLEST_RECORD
    assert record["network"] == loaded(name).text
    assert (Path(__file__).parents[1] / record["script"]).is_file()
    assert np.trace(record["confusion"]) == round(record["test_accuracy"] * 10_000)
