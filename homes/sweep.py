"""`convoscope sweep train optimiser=sgd,adam learning_rate=0.1,0.01 seed=0:5`: a grid of training runs on the Dask cluster.

Every run is done in pieces; after each its file is written anew, so that the same command goes on where it was ended. The
file of a run (.run) is opened in the train view like a weights file. homes/sweep_files.py writes curves and chart.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import KilledWorker

from ..views.reading import read
from ..views.settings import SettingError
from ..views.train.settings import RUN_SETTINGS, TrainViewSettings
from .dask_cluster import ADDRESS, Cluster, ClusterError
from .sweep_files import read_run, write_results, write_run
from .sweep_run import Piece, train_piece

MOST_RUNS = 1000
PIECE = 250  # batches
MOST_LOSSES = 5  # of the cluster or of a worker, for one run
WAITING = 2.0  # seconds until the cluster is tried again
LOSSES = (asyncio.CancelledError, CancelledError, KilledWorker, ClusterError, OSError, RuntimeError)  # what Dask then says
Say = Callable[[str], None]


class SweepError(RuntimeError):
    """The sweep cannot be done; the message says why and what to try."""


@dataclass
class Run:
    """One combination of settings and how far it has come."""

    number: int
    values: dict[str, Any]  # those that the grid names
    settings: dict[str, Any]  # all
    batches: int
    piece: Piece | None = None

    @property
    def name(self) -> str:
        """Its settings as they are written on the command line."""
        return " ".join(f"{name}={value}" for name, value in self.values.items()) or "defaults"

    @property
    def is_done(self) -> bool:
        """Whether it has learned all its batches, or diverged."""
        return self.piece is not None and bool(self.piece.test) and self.piece.batches in (self.batches, self._last)

    @property
    def _last(self) -> int:
        return self.piece.batches if self.piece and self.piece.status == "diverged" else self.batches


def values_of(name: str, text: str) -> list[Any]:
    """The values of one setting: "0.1,0.01", or "0:5" for 0, 1, 2, 3, 4. Raises SweepError."""
    if name not in RUN_SETTINGS:
        raise SweepError(f"a sweep cannot vary {name!r}; it can vary {', '.join(RUN_SETTINGS)}")
    span = re.fullmatch(r"(\d{1,6}):(\d{1,6})", text)
    texts = [str(number) for number in range(int(span[1]), int(span[2]))] if span else text.split(",")
    if not texts or len(texts) > MOST_RUNS:
        raise SweepError(f"{name}={text} stands for {len(texts)} values; 1 to {MOST_RUNS} are possible")
    found = []
    for one in texts:
        try:
            value, notices = read(TrainViewSettings, name, one)
        except SettingError as error:
            raise SweepError(f"{name}={one}: {error}") from None
        if notices:
            raise SweepError(f"{name}={one}: {notices[0]}")
        found.append(value)
    return found


def runs_of(grid: Sequence[str], batches: int) -> list[Run]:
    """Every combination. grid: texts "setting=values". Raises SweepError."""
    axes: dict[str, list[Any]] = {}
    for text in grid:
        name, sign, listed = text.partition("=")
        if not sign or name in axes:
            raise SweepError(f"{text!r} is not setting=values, or its setting stands there twice; try learning_rate=0.1,0.01")
        axes[name] = values_of(name, listed)
    combinations = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    if len(combinations) > MOST_RUNS:
        raise SweepError(f"the grid has {len(combinations):,} runs; {MOST_RUNS:,} are the most. Leave out some values")
    runs = []
    for number, values in enumerate(combinations):
        settings = TrainViewSettings()
        settings.change(values)
        runs.append(Run(number, values, settings.plain(), batches))
    return runs


def sweep(grid: Sequence[str], folder: Path, batches: int, address: str = ADDRESS, say: Say = print) -> list[Run]:
    """Do all runs of the grid that are not done yet, and write the results. Raises SweepError."""
    runs = runs_of(grid, batches)
    folder.mkdir(parents=True, exist_ok=True)
    for run in runs:
        run.piece = read_run(folder, run.settings, run.batches)
    left = [run for run in runs if not run.is_done]
    say(f"{len(runs)} runs of {batches:,} batches, {len(runs) - len(left)} of them done before; results go to {folder}")
    cluster = Cluster(address=address, processes=min(os.cpu_count() or 1, max(1, len(left))))
    try:
        cluster.run(_all(cluster, left, lambda run: _keep(run, runs, folder, say))).result()
    finally:
        cluster.end()
        write_results(folder, runs)
    say(f"All {len(runs)} runs are done: curves.csv, runs.csv, curves.npz and chart.html in {folder}")
    return runs


async def _all(cluster: Cluster, runs: Sequence[Run], keep: Callable[[Run], None]) -> None:
    await asyncio.gather(*(_one(cluster, run, keep) for run in runs))


async def _one(cluster: Cluster, run: Run, keep: Callable[[Run], None]) -> None:
    """Do a run piece by piece; a piece that a worker or the scheduler took with it is done again."""
    losses = 0
    while not run.is_done:
        begun = run.piece.batches if run.piece else 0
        count = min(PIECE, run.batches - begun)
        try:
            client = await cluster.client()
            backup, is_last = run.piece.backup if run.piece else b"", begun + count >= run.batches
            run.piece = await client.submit(train_piece, run.settings, backup, count, is_last, pure=False)
        except LOSSES as error:
            losses += 1
            task = asyncio.current_task()
            if (task and task.cancelling()) or losses > MOST_LOSSES:
                raise SweepError(f"{run.name}: {error or 'the cluster was lost'} The same command goes on later.") from error
            await asyncio.sleep(WAITING)
            continue
        losses = 0
        keep(run)


def _keep(run: Run, runs: Sequence[Run], folder: Path, say: Say) -> None:
    piece = run.piece
    assert piece is not None
    write_run(folder, run.settings, piece)
    done = sum(one.is_done for one in runs)
    state = "diverged" if piece.status == "diverged" else f"{piece.batches:,} of {run.batches:,} batches, loss {piece.loss:.3f}"
    say(f"[{done}/{len(runs)}] {run.name}: {state}" + (f", test accuracy {piece.test[1]:.2%}" if piece.test else ""))
