"""One run of a sweep: a piece of it is what a Dask worker does at a time, and its backup is the file that holds it.

A piece begins from the backup of the piece before, so it gives the same bits wherever and however often it is done.
"""

from __future__ import annotations

import base64
import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..engine import evaluate
from ..views.files import DiskFiles
from ..views.train import saving
from ..views.train.dataset import Dataset
from ..views.train.settings import NetworkChoice, TrainViewSettings
from ..views.train.training_run import TEST_BATCH, TrainingRun


@dataclass(frozen=True)
class Piece:
    """What a worker tells after a piece of a run."""

    backup: bytes  # as the train view opens it
    batches: int
    status: str  # running, diverged
    loss: float
    points: tuple[tuple[float, ...], ...]  # the learning curves: rows of run_history.POINT
    test: tuple[float, ...] = ()  # after the last piece: the row of run_history.TEST


@functools.cache
def digits() -> Dataset:
    """One dataset for all runs of a process."""
    return Dataset(DiskFiles())


def train_piece(settings: Mapping[str, Any], backup: bytes, count: int, is_last: bool) -> Piece:
    """Train count batches more. backup: of the piece before, b"" at the beginning."""
    chosen = TrainViewSettings()
    chosen.change(settings, digits().train._files)
    run = _begun(chosen, backup)
    status, loss = "running", float("nan")
    for _ in range(count):
        step = run.train_batch(chosen)
        status, loss = step.status, step.loss
        if status == "diverged":
            break
    test = _tested(run) if is_last or status == "diverged" else ()
    return Piece(saving.backup(run, chosen), run.step, status, loss, tuple(run.curves.points), test)


def _begun(settings: TrainViewSettings, backup: bytes) -> TrainingRun:
    if backup:
        return saving.restore(base64.b64encode(backup).decode(), settings, digits(), time.perf_counter)
    return TrainingRun(NetworkChoice.of(settings), settings, digits(), time.perf_counter)


def _tested(run: TrainingRun) -> tuple[float, ...]:
    """Read all test digits; the row stays with the run's curves."""
    images, labels = digits().test.all()
    *_, whole = evaluate(run.network_with(run.network.vector), images, labels, batch_size=TEST_BATCH)
    run.curves.add_test(run.trainer.position.examples_seen, whole)
    return run.curves.tests[-1]
