"""What the train view shows: a network that learns MNIST, and everything that happens inside it meanwhile.

Every number is the engine's: a run trains batch by batch (training_run.py), another network with the same weights is
looked into (inspection.py). Shown is the present, or any checkpoint of the run (run_history.py). What runs in a training
step is recorded beside the user's run, and its batch is computed by the definition too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ... import engine
from ...engine import cross_entropy, cross_entropy_backward, network_input
from ..definitions import plain_chain
from ..files import DiskFiles, Files
from ..networks import Networks
from ..ran import Check, Definition
from ..trace import Sentences, Sources, Texts, Trace
from . import columns, words
from .inspection import Inspector, layer_columns
from .run_history import LearningCurves
from .saving import backup
from .settings import TrainViewSettings
from .state import TrainState
from .training_run import TrainingRun

TITLE = "Train"
SUMMARY = "Train a network on MNIST and watch its loss, its weights and its gradients change with every batch."
ACTIVITY = (
    "Train on MNIST in the page and watch curves, weights, gradients, mistakes; go back to any checkpoint and continue "
    "from there."
)
Functions = tuple[Callable[..., Any], ...]
LOSS: Functions = (cross_entropy, cross_entropy_backward)
OF_LAYERS: dict[str, Functions] = {
    "conv": (engine.conv2d, engine.conv2d_backward), "linear": (engine.linear, engine.linear_backward),
    "maxpool": (engine.max_pool2d, engine.max_pool2d_backward), "avgpool": (engine.avg_pool2d, engine.avg_pool2d_backward),
    "relu": (engine.relu, engine.relu_backward), "sigmoid": (engine.sigmoid, engine.sigmoid_backward),
    "tanh": (engine.tanh, engine.tanh_backward),
}  # fmt: skip
DEFINITION = Definition(
    (*LOSS, *engine.OPTIMISERS.values(), *(function for pair in OF_LAYERS.values() for function in pair)),
    "tests/engine/test_fast.py proves that the plans that learn give the numbers of these functions up to rounding; the "
    "optimiser runs as it is defined.",
)
MOST_COMPARED = 20  # digits of a batch


def compute(settings: TrainViewSettings, files: Files | None = None, state: TrainState | None = None) -> Trace:
    """The run as it is, or as it was at the checkpoint chosen, in one step. Raises FileNeeded, DataError or OSError."""
    if state is None:
        files = files or DiskFiles()
        state = TrainState(files, Networks(files))
    began = state.clock()
    run, checkpoint = state.prepare(settings), state.checkpoint(settings)
    if state.inspector is None or state.inspector.choice != run.choice:
        state.inspector = Inspector(run.choice)
    state.hand_on(checkpoint)
    inspection = state.inspector.inspect(checkpoint, state.dataset, settings.example, settings.page)
    cell_digits, cell_title = columns.cell_digits(checkpoint.evaluation, settings.cell, state.dataset)
    static: Sources = {
        **columns.curves("train", run.curves),
        **columns.curves("baseline", state.baseline.curves if state.baseline else LearningCurves()),
        **columns.checkpoints(run.checkpoints, checkpoint),
        **layer_columns(inspection, checkpoint),
        **columns.example(inspection, run.network.input_shape),
        **columns.batch(checkpoint, state.dataset, run.network.input_shape),
        **columns.samples(inspection),
        **columns.confusion(checkpoint.evaluation),
        **cell_digits,
        "backup": {"bytes": np.frombuffer(backup(run, settings) if state.backup_is_due else b"", np.uint8)},  # none: keep it
    }
    facts = words.facts(state, settings, run, checkpoint, inspection)
    facts |= {"cell_title": cell_title, "definition": _definitions_of(run)}
    sentence = words.sentence(state, run, checkpoint)
    state.backup_is_due = False
    state.seconds_of_news = state.clock() - began
    return Trace(static, {}, Sentences("{}", Texts((sentence,), np.zeros((1, 1), np.uint16))), facts)


def _definitions_of(run: TrainingRun) -> str:
    """The names of the functions that define what this run does."""
    kinds = {layer.kind for layer in run.network.layers}
    of_layers = [function for kind, pair in OF_LAYERS.items() if kind in kinds for function in pair]
    functions: Functions = (*LOSS, type(run.trainer.optimiser), *of_layers)
    return " ".join(function.__name__ for function in functions)


def work(settings: TrainViewSettings, files: Files, state: TrainState) -> Callable[[], object]:
    """One step of training on a copy of the run: what is to be recorded."""
    copy = _rehearsal(settings, state)
    return lambda: copy.train_batch(settings)


def arrays(settings: TrainViewSettings, files: Files, state: TrainState) -> dict[str, np.ndarray]:
    """Activations and gradients of the test digit that is shown, weights and their gradients, by name."""
    checkpoint, run = state.checkpoint(settings), state.prepare(settings)
    inspector = state.inspector or Inspector(run.choice)
    network = inspector.inspect(checkpoint, state.dataset, settings.example, settings.page).network
    names = ["input", *network.names]
    found = {f"activations.{name}": values[0] for name, values in zip(names, network.activations, strict=True)}
    gradients = zip(names, network.gradients, strict=True)
    found |= {f"gradients.{name}": values[0] for name, values in gradients if values is not None}
    found |= {f"weights.{name}": values for name, values in network.parameters().items()}
    return found | {f"gradients.{name}": values for name, values in network.parameter_gradients().items()}


def check(settings: TrainViewSettings, files: Files, state: TrainState) -> Check:
    """The next batch with the present weights: loss and gradients by the plain functions and by the network that learns."""
    run, copy = state.prepare(settings), _rehearsal(settings, state)
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


def _rehearsal(settings: TrainViewSettings, state: TrainState) -> TrainingRun:
    """A copy of the run that has learned one batch more, so that its buffers are there; the run itself is left alone."""
    run = state.prepare(settings)
    copy = TrainingRun(run.choice, settings, run.dataset, run.clock)
    copy.resume(run.checkpoint(), settings)
    copy.train_batch(settings)
    return copy


Settings = TrainViewSettings  # the names by which the session finds them
State = TrainState
