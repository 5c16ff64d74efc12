"""What the train view shows: a network that learns MNIST, and everything that happens inside it meanwhile.

Every number is the engine's: a run learns batch by batch (run.py), another network with the same weights is looked into
(look.py). What is shown is the present, or any moment that the run has kept.
"""

from __future__ import annotations

import numpy as np

from ...engine import SGD, cross_entropy, cross_entropy_backward
from ..files import DiskFiles, Files
from ..networks import Networks
from ..trace import Sentences, Texts, Trace
from . import pictures, sheets, words
from .curves import Curves
from .look import Inspector
from .saving import backup
from .settings import TrainViewSettings
from .state import TrainState

TITLE = "Train"
SUMMARY = "Digits go forward, the error comes back, every weight moves a little: watch a network learn."
CODE = (cross_entropy, cross_entropy_backward, SGD)  # shown beside the picture: what is made small, and how


def compute(settings: TrainViewSettings, files: Files | None = None, state: TrainState | None = None) -> Trace:
    """One picture of the run as it is, or as it was at the checkpoint chosen. Raises FileNeeded, DataError or OSError."""
    if state is None:
        files = files or DiskFiles()
        state = TrainState(files, Networks(files))
    began = state.clock()
    run, moment = state.prepare(settings), state.moment(settings)
    if state.inspector is None or state.inspector.plan != run.plan:
        state.inspector = Inspector(run.plan)
    look = state.inspector.look(moment, state.digits, settings.example, settings.page)
    behind, cell_title = sheets.behind(moment.tested, settings.cell, state.digits)
    kept = state.kept.curves if state.kept else Curves()
    still = {
        **_curves("train", run.curves),
        **_curves("kept", kept),
        "checkpoints": {
            "step": np.array([kept.step for kept in run.history.moments], np.int32),
            "examples": np.array([kept.position.examples_seen for kept in run.history.moments], np.int32),
            "loss": np.array([kept.curves.loss.value for kept in run.history.moments], np.float32),
            "tested": np.array([kept.tested is not None for kept in run.history.moments], np.uint8),
        },
        "here": {"examples": np.array([moment.position.examples_seen], np.float32)},
        **pictures.layers(look, moment),
        **sheets.example(look, run.network.input_shape),
        **sheets.batch(moment, state.digits, run.network.input_shape),
        **sheets.samples(look),
        **sheets.confusion(moment.tested),
        **behind,
        "backup": {"bytes": np.frombuffer(backup(run, settings) if state.backup_is_due else b"", np.uint8)},
    }
    facts = words.facts(state, settings, run, moment, look) | {"cell_title": cell_title}
    told = Texts.of([words.sentence(state, run, moment)])
    state.backup_is_due = False
    state.seconds_of_news = state.clock() - began
    return Trace(still, {}, Sentences("{}", Texts(told.table, told.codes.reshape(1, 1))), facts)


def _curves(name: str, curves: Curves) -> dict[str, dict[str, np.ndarray]]:
    """Three sources: the loss, the accuracies of every batch, and those of all test digits."""
    columns = curves.columns()
    return {
        f"{name}_loss": {key: columns[key] for key in ("examples", "seconds", "raw", "smoothed")},
        f"{name}_accuracy": {key: columns[key] for key in ("examples", "training", "validation")},
        f"{name}_tests": curves.test_columns(),
    }


Settings = TrainViewSettings  # the names by which the session finds them
State = TrainState
