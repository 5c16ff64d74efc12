"""The files of a sweep: one a run, which the train view opens; and of all together curves, a table, arrays and a chart."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.embed import file_html
from bokeh.models.annotations import Legend, LegendItem
from bokeh.palettes import Category10
from bokeh.plotting import figure
from bokeh.resources import INLINE

from ..views.train.run_history import POINT, TEST
from .sweep_run import Piece

if TYPE_CHECKING:
    from .sweep import Run

COLOURS = Category10[10]


def path_of(folder: Path, settings: Mapping[str, Any]) -> Path:
    """The file of the run with these settings, whatever grid it belongs to."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=list).encode()).hexdigest()
    return folder / f"{digest[:12]}.run"


def write_run(folder: Path, settings: Mapping[str, Any], piece: Piece) -> None:
    """Keep a run; its name appears only when the file is complete. Beside it stands what the results need."""
    path = path_of(folder, settings)
    about = {"batches": piece.batches, "status": piece.status, "loss": piece.loss, "points": piece.points, "test": piece.test}
    for name, data in ((path.with_suffix(".json"), json.dumps(about).encode()), (path, piece.backup)):
        new = name.with_suffix(".new")
        new.write_bytes(data)
        os.replace(new, name)


def read_run(folder: Path, settings: Mapping[str, Any], batches: int) -> Piece | None:
    """A run that was kept, unless it has learned more than is wanted or its files do not belong together."""
    path = path_of(folder, settings)
    try:
        backup = path.read_bytes()
        about = json.loads(path.with_suffix(".json").read_text())
        points = tuple(tuple(map(float, point)) for point in about["points"])
        piece = Piece(backup, int(about["batches"]), about["status"], float(about["loss"]), points, tuple(about["test"]))
        step = json.loads(backup.split(b"\n", 1)[0])["position"]["step"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return piece if step == piece.batches <= batches else None


def write_results(folder: Path, runs: Sequence[Run]) -> None:
    """Curves and table as CSV, curves as arrays, and a chart; of runs that are not done as far as they have come."""
    begun = [run for run in runs if run.piece]
    names = list(runs[0].values)
    with (folder / "curves.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["run", *names, *POINT])
        for run in begun:
            table.writerows([run.number, *run.values.values(), *map(_cell, point)] for point in _points(run))
    with (folder / "runs.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["run", *names, "batches", "status", "loss", *(f"test_{name}" for name in TEST), "file"])
        for run in begun:
            assert run.piece
            test = run.piece.test or ("",) * len(TEST)
            status = "done" if run.is_done and run.piece.status == "running" else run.piece.status
            about = (run.piece.batches, status, _cell(run.piece.loss), *test, path_of(folder, run.settings).name)
            table.writerow([run.number, *run.values.values(), *about])
    _write_arrays(folder / "curves.npz", begun)
    (folder / "chart.html").write_text(file_html(_chart(begun), INLINE, "A sweep of training runs"), encoding="utf-8")


def _points(run: Run) -> Sequence[Sequence[float]]:
    return run.piece.points if run.piece else ()


def _cell(value: float) -> float | str:
    return "" if value != value else value


def _write_arrays(path: Path, runs: Sequence[Run]) -> None:
    """One array (runs, points) for each column of the curves, NaN behind a shorter curve; "runs" holds the settings as JSON."""
    longest = max((len(_points(run)) for run in runs), default=0)
    curves = np.full((len(runs), longest, len(POINT)), np.nan)
    for row, run in zip(curves, runs, strict=True):
        row[: len(_points(run))] = np.reshape(_points(run), (-1, len(POINT)))
    settings = np.array([json.dumps(run.values) for run in runs], dtype=np.str_)
    np.savez_compressed(path, allow_pickle=False, runs=settings, **{name: curves[:, :, n] for n, name in enumerate(POINT)})


def _chart(runs: Sequence[Run]) -> Any:
    """The smoothed loss of every run; runs that differ in the seed alone have one colour and one entry of the legend."""
    plot = figure(
        title="Smoothed training loss", x_axis_label="examples", y_axis_label="loss", width=900, height=500, y_axis_type="log"
    )
    groups: dict[str, list[Any]] = {}
    for run in runs:
        key = " ".join(f"{name}={value}" for name, value in run.values.items() if name != "seed") or "defaults"
        colour = COLOURS[list(groups).index(key) % 10] if key in groups else COLOURS[len(groups) % 10]
        examples, smoothed = POINT.index("examples"), POINT.index("smoothed")
        line = plot.line([p[examples] for p in _points(run)], [p[smoothed] for p in _points(run)], color=colour, alpha=0.8)
        groups.setdefault(key, []).append(line)
    plot.add_layout(Legend(items=[LegendItem(label=key, renderers=lines) for key, lines in groups.items()]), "right")
    return plot
