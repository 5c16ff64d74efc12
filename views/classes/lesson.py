"""What the classes view shows: a picture read by a classifier of one's own, and how that was trained, one step a step shown.

Slides 5 to 12 and 66 of the lecture: its Case 1 with more classes, on the features of a network that is not changed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...engine import (
    SGD,
    cross_entropy,
    cross_entropy_backward,
    global_avg_pool2d,
    linear,
    linear_backward,
    softmax,
    squeezenet_input,
)
from ...engine.shapes import Array
from ...engine.softmax_regression import SoftmaxRegression, leave_one_out_loops, unit_length
from ..files import DiskFiles, Files
from ..imagenet import RUNNING, imagenet_network
from ..networks import Networks
from ..ran import Check, Definition
from ..trace import Sentences, Texts, Trace
from . import columns, words
from .settings import ClassesSettings
from .state import ClassesState
from .training import train

TITLE = "Teach it your own classes"
SUMMARY = "Name two to five classes and show a few pictures of each: a classifier learns them from a frozen network’s features."
ACTIVITY = (
    "Teach two to five classes of your own from a few pictures, drawings or webcam frames: training, leave-one-out, confusion."
)
DEFINITION = Definition(
    (global_avg_pool2d, unit_length, linear, softmax, cross_entropy, cross_entropy_backward, linear_backward, SGD,
     SoftmaxRegression, leave_one_out_loops),
    "tests/engine/test_softmax_regression.py holds the gradient to finite differences and the fast leave-one-out to the loop; "
    "test_imagenet.py holds every layer of the frozen network to PyTorch’s.",
)  # fmt: skip


def compute(settings: ClassesSettings, files: Files | None = None, state: ClassesState | None = None) -> Trace:
    """Everything that the view shows. Raises FileNeeded."""
    state = state or _state(files)
    features, training, own = state.features(settings), state.training(settings), state.examples(settings)
    probabilities, names = training.probabilities(features), settings.class_names
    still, moving = columns.scores(probabilities, names)
    curve, now = columns.loss(training, settings.updates)
    return Trace(
        {
            "photo": columns.colours(state.pixels(settings)), **still, **curve, **columns.weights(training, names),
            "features": {"value": unit_length(features[np.newaxis])[0].astype(np.float32)},
            **columns.examples(own, training, names), "backup": columns.backup(state, settings),
        },
        {**moving, **now},
        Sentences("{}", Texts.of_steps([[one] for one in words.sentences(training, probabilities, names, settings.updates)])),
        words.facts(settings, training, probabilities),
    )  # fmt: skip


def work(settings: ClassesSettings, files: Files | None = None, state: ClassesState | None = None) -> Callable[[], Array]:
    """The picture's way to its features, and the training, which compute may find done already."""
    state = state or _state(files)
    network, pixels, own = imagenet_network(state.files), state.pixels(settings), state.examples(settings)
    rows, labels = np.array([one.features for one in own], np.float32), np.array([one.number for one in own], np.int64)

    def run() -> Array:
        with RUNNING:
            network.forward(squeezenet_input(pixels))
            features = global_avg_pool2d(network.activations[-3])[0].copy()
        return train(rows, labels, len(settings.class_names), settings.descent).probabilities(features)

    return run


def check(settings: ClassesSettings, files: Files | None = None, state: ClassesState | None = None) -> Check:
    """The features, the probabilities and the loss after the last step, by the definition and as they are shown."""
    state = state or _state(files)
    features, training, own = state.features(settings), state.training(settings), state.examples(settings)
    network = imagenet_network(state.files)
    with RUNNING:
        network.forward(squeezenet_input(state.pixels(settings)))
        pooled = global_avg_pool2d(network.activations[-3])[0].copy()
    weight, bias = training.weights[-1], training.biases[-1]
    logits = linear(unit_length(pooled[np.newaxis]), weight, bias)
    defined = {"features": pooled, "probabilities": softmax(logits)[0]}
    shown = {"features": features, "probabilities": training.probabilities(features)[-1]}
    if training.is_trained:
        rows = unit_length(np.array([one.features for one in own]))
        defined["loss"] = np.array([cross_entropy(linear(rows, weight, bias), training.labels)])
        shown["loss"] = training.losses[-1:]
    return Check(defined, shown, "The trained weights are taken as they are shown.")


def _state(files: Files | None) -> ClassesState:
    files = files or DiskFiles()
    return ClassesState(files, Networks(files))


Settings = ClassesSettings  # the names by which the session finds them
State = ClassesState
