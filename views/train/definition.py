"""One training step beside the user's run: what runs in it is recorded, and its batch is computed by the definition too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine import (
    OPTIMISERS,
    avg_pool2d,
    avg_pool2d_backward,
    conv2d,
    conv2d_backward,
    cross_entropy,
    cross_entropy_backward,
    linear,
    linear_backward,
    max_pool2d,
    max_pool2d_backward,
    network_input,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from ..definitions import plain_chain
from ..ran import Check
from .settings import TrainViewSettings
from .state import TrainState
from .training_run import TrainingRun

MOST_COMPARED = 20  # digits of a batch
Functions = tuple[Callable[..., Any], ...]
OF_LAYERS: dict[str, Functions] = {
    "conv": (conv2d, conv2d_backward), "maxpool": (max_pool2d, max_pool2d_backward), "relu": (relu, relu_backward),
    "avgpool": (avg_pool2d, avg_pool2d_backward), "linear": (linear, linear_backward),
    "sigmoid": (sigmoid, sigmoid_backward), "tanh": (tanh, tanh_backward),
}  # fmt: skip
LOSS: Functions = (cross_entropy, cross_entropy_backward)
FUNCTIONS: Functions = (*LOSS, *OPTIMISERS.values(), *(function for pair in OF_LAYERS.values() for function in pair))


def names_of(run: TrainingRun) -> str:
    """The names of the functions that define what this run does."""
    kinds = {layer.kind for layer in run.network.layers}
    of_layers = [function for kind, pair in OF_LAYERS.items() if kind in kinds for function in pair]
    functions: Functions = (*LOSS, type(run.trainer.optimiser), *of_layers)
    return " ".join(function.__name__ for function in functions)


def rehearsal(settings: TrainViewSettings, state: TrainState) -> TrainingRun:
    """A copy of the run that has learned one batch more, so that its buffers are there; the run itself is left alone."""
    run = state.prepare(settings)
    copy = TrainingRun(run.choice, settings, run.dataset, run.clock)
    copy.resume(run.checkpoint(), settings)
    copy.train_batch(settings)
    return copy


def check(settings: TrainViewSettings, state: TrainState) -> Check:
    """The next batch with the present weights: loss and gradients by the plain functions and by the network that learns."""
    run, copy = state.prepare(settings), rehearsal(settings, state)
    batch, shifts = (part[:MOST_COMPARED] for part in (copy.trainer.batch, copy.trainer.shifts))
    images, labels = (part[batch] for part in copy.dataset.training_examples(copy.trainer.position.epoch))
    network = run.network_with(run.network.vector)
    x = network_input(images, network, shifts)
    logits = network.forward(x)
    network.backward(cross_entropy_backward(logits, labels))
    activations, back = plain_chain(network.names, network.layers, x)
    _, gradients = back(cross_entropy_backward(activations[-1], labels))
    flat = np.concatenate([gradients[name].ravel() for name in network.parameters()])
    note = f"Compared for {len(labels)} digits of the next batch with the present weights."
    return Check(
        {"logits": activations[-1], "loss": cross_entropy(activations[-1], labels), "gradients": flat},
        {"logits": logits.copy(), "loss": cross_entropy(logits, labels), "gradients": network.gradient_vector}, note,
    )  # fmt: skip
