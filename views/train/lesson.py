"""What the train view shows: a network that learns MNIST, and everything that happens inside it meanwhile.

Every number is the engine's: a run trains batch by batch (training_run.py), another network with the same weights is
looked into (inspection.py). Shown is the present, or any checkpoint of the run (run_history.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..files import DiskFiles, Files
from ..networks import Networks
from ..ran import Check, Definition
from ..trace import Sentences, Texts, Trace
from . import columns, definition, words
from .inspection import Inspector, layer_columns
from .run_history import LearningCurves
from .saving import backup
from .settings import TrainViewSettings
from .state import TrainState

TITLE = "Train"
SUMMARY = "Train a network on MNIST and watch its loss, its weights and its gradients change with every batch."
ACTIVITY = "Train on MNIST in the page and watch curves, weights, gradients, mistakes; go back to any checkpoint and fork."
DEFINITION = Definition(
    definition.FUNCTIONS,
    "tests/engine/test_fast.py proves that the plans that learn give the numbers of these functions up to rounding; the "
    "optimiser runs as it is defined.",
)


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
    static = {
        **columns.curves("train", run.curves),
        **columns.curves("baseline", state.baseline.curves if state.baseline else LearningCurves()),
        **columns.checkpoints(run.checkpoints, checkpoint),
        **layer_columns(inspection, checkpoint),
        **columns.example(inspection, run.network.input_shape),
        **columns.batch(checkpoint, state.dataset, run.network.input_shape),
        **columns.samples(inspection),
        **columns.confusion(checkpoint.evaluation),
        **cell_digits,
        **columns.backup(backup(run, settings) if state.backup_is_due else b""),
    }
    facts = words.facts(state, settings, run, checkpoint, inspection) | {"cell_title": cell_title}
    facts["definition"] = definition.names_of(run)
    sentence = words.sentence(state, run, checkpoint)
    state.backup_is_due = False
    state.seconds_of_news = state.clock() - began
    return Trace(static, {}, Sentences("{}", Texts((sentence,), np.zeros((1, 1), np.uint16))), facts)


def work(settings: TrainViewSettings, files: Files, state: TrainState) -> Callable[[], object]:
    """One step of training on a copy of the run: what is to be recorded."""
    copy = definition.rehearsal(settings, state)
    return lambda: copy.train_batch(settings)


def check(settings: TrainViewSettings, files: Files, state: TrainState) -> Check:
    """A batch by the definition and by the network that learns."""
    return definition.check(settings, state)



Settings = TrainViewSettings  # the names by which the session finds them
State = TrainState
