"""Our engine as a contestant, run inside Pyodide: each command takes and gives JSON."""

import json
import math
import time

import numpy as np

from convoscope import engine

HIGHEST_RATE = 0.05  # learning rate of SGD, before it falls
OPTIMISERS = {
    "adadelta": lambda vector: engine.Adadelta([vector], 1.0, rho=0.95, eps=1e-6),  # as ConvNetJS 0.3.0
    "nesterov": lambda vector: engine.SGD([vector], HIGHEST_RATE, momentum=0.9, nesterov=True),
}
shards = {"train": [], "test": []}
turns = trainer = None
horizon = 0  # examples over which the learning rate falls to 0 along half a cosine; 0 keeps it


def add_shard(split, data):
    shards[split].append(engine.read_shard(bytes(data)))


def digits(split):
    return np.concatenate([images for images, _ in shards[split]]), np.concatenate([labels for _, labels in shards[split]])


def prepare(text):
    global turns, trainer, horizon
    settings = json.loads(text)
    horizon = settings.get("horizon", 0)
    rng = np.random.default_rng(settings.get("seed", 0))
    network = getattr(engine, settings["network"])(rng)
    optimiser = OPTIMISERS[settings.get("optimiser", "adadelta")](network.vector)
    l2 = 0.001 / settings["batch"]  # ConvNetJS divides its decay by the batch size too
    choices = engine.TrainSettings(settings["batch"], l2=l2, max_shift=28 - network.input_shape[1] >> 1, holdout=0)
    trainer = engine.Trainer(network, optimiser, *digits("train"), choices, rng=rng, clock=time.perf_counter)
    turns = trainer.run()
    return "null"


def turn(text):
    settings = json.loads(text)
    seconds, examples = settings["seconds"], settings.get("examples", float("inf"))
    start = time.perf_counter()
    seen = forward = 0
    while seen < examples and time.perf_counter() - start < seconds:
        fact = next(turns)
        if horizon:
            done = min(1.0, fact.examples_seen / horizon)
            trainer.optimiser.learning_rate = HIGHEST_RATE * 0.5 * (1 + math.cos(math.pi * done))
        seen += trainer.settings.batch_size
        forward += fact.seconds_forward
    return json.dumps({"examples": seen, "seconds": time.perf_counter() - start, "forward": forward})


def accuracy(_):
    images, labels = digits("test")
    *_, last = engine.evaluate(trainer.network, images[::2], labels[::2], batch_size=100)
    return json.dumps(last.accuracy)
