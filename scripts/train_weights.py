"""Train the page's default weights on the 60,000 MNIST training digits and save them beside their record.

    OPENBLAS_NUM_THREADS=1 python scripts/train_weights.py        # both networks, two minutes each
    OPENBLAS_NUM_THREADS=1 python scripts/train_weights.py lenet5

Writes static/data/weights/<name>.npz (float16) and <name>.json: script, seed, settings, accuracy and confusion counts
on the 10,000 test digits. The accuracy is that of the file as it was written, read back after its rounding to float16.
The settings were fixed beforehand and the test digits are read once, at the end. On one machine the same seed gives
the same file; another BLAS may round otherwise.
"""

import argparse
import json
import math
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from convoscope.engine import (
    Adam,
    Trainer,
    TrainSettings,
    convnetjs_mnist,
    evaluate,
    lenet5,
    load_weights,
    read_shard,
    save_weights,
)

DATA = Path(__file__).parents[1] / "static" / "data"
SEED = 20170405  # the day of the lecture
LEARNING_RATE = 0.002
SETTINGS = {
    "lenet5": (lenet5, TrainSettings(batch_size=64, l2=1e-4, max_shift=2, holdout=0, epochs=20)),
    "convnetjs_mnist": (convnetjs_mnist, TrainSettings(batch_size=64, l2=1e-5, max_shift=2, holdout=0, epochs=20)),
}


def digits(split):
    """All digits of 'train' or 'test'. -> images (n, 28, 28), labels (n,)"""
    shards = [read_shard(path.read_bytes()) for path in sorted((DATA / "mnist").glob(f"{split}-*.gz"))]
    return np.concatenate([images for images, _ in shards]), np.concatenate([labels for _, labels in shards])


def train(name):
    """Train one network with Adam, its learning rate falling to 0 along half a cosine. -> Network"""
    make, settings = SETTINGS[name]
    rng = np.random.default_rng(SEED)
    network = make(rng)
    images, labels = digits("train")
    optimiser = Adam([network.vector], learning_rate=LEARNING_RATE)
    trainer = Trainer(network, optimiser, images, labels, settings, rng=rng, clock=time.perf_counter)
    steps = settings.epochs * math.ceil(len(images) / settings.batch_size)
    right = 0.0
    for fact in trainer.run():
        optimiser.learning_rate = LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * fact.step / steps))
        right += fact.accuracy * 1000 / (steps / settings.epochs)
        if fact.step % (steps // settings.epochs) == 0:
            print(f"{name}: epoch {fact.epoch}, training digits read correctly {right / 10:.2f} %", flush=True)
            right = 0.0
    return network


def save(name, network):
    """Write the weights, read them back and record what the file reaches on the test digits."""
    folder = DATA / "weights"
    folder.mkdir(exist_ok=True)
    data = save_weights(network, dtype=np.float16)
    (folder / f"{name}.npz").write_bytes(data)
    load_weights(network, data)
    *_, last = evaluate(network, *digits("test"))
    record = {
        "script": "scripts/train_weights.py",
        "seed": SEED,
        "settings": {"optimiser": "Adam", "learning_rate": LEARNING_RATE, "schedule": "half cosine to 0"}
        | asdict(SETTINGS[name][1]),
        "network": network.text,
        "dtype": "float16",
        "training_examples": 60_000,
        "test_examples": last.examples,
        "test_accuracy": last.accuracy,
        "test_loss": round(last.loss, 6),
        "confusion": last.confusion.tolist(),
    }
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
    print(f"{name}: test accuracy {last.accuracy:.2%}, {len(data):,} bytes")


def main():
    parser = argparse.ArgumentParser(description="Train the default weights.")
    parser.add_argument("names", nargs="*", choices=[[], *SETTINGS], default=list(SETTINGS))
    for name in parser.parse_args().names or SETTINGS:
        save(name, train(name))


if __name__ == "__main__":
    main()
