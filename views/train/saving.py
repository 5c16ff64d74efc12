"""What leaves the page as a file and comes back: weights, ConvNetJS's JSON, curves; and what survives a dead worker."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from ...engine import export_convnetjs, save_weights
from ...engine.trainer import Position
from ...engine.weights import MOST_BYTES
from .. import weights_files
from ..reading import decoded
from ..settings import SettingError
from ..state import Download
from .dataset import Dataset
from .run_history import POINT, TEST, Checkpoint, LearningCurves, MovingAverage, Row
from .settings import NetworkChoice, TrainViewSettings
from .training_run import TrainingRun

MOST_TEXT = 200_000  # bytes of a backup's words and curves
CURVE_COLUMNS = ("step", "examples", "seconds", "loss", "smoothed_loss", "training_accuracy", "validation_accuracy")


def npz(run: TrainingRun, checkpoint: Checkpoint) -> Download:
    """The weights of a checkpoint, one array a parameter, as load and the engine's load_weights read them."""
    data = save_weights(run.network_with(checkpoint.vector))
    return Download(f"{run.choice.architecture}-{checkpoint.step}.npz", "application/zip", data)


def convnetjs(run: TrainingRun, checkpoint: Checkpoint) -> Download:
    """The weights of a checkpoint as ConvNetJS's JSON. Raises WeightsError if the network is another one."""
    text = export_convnetjs(run.network_with(checkpoint.vector))
    return Download(f"convnetjs-{checkpoint.step}.json", "application/json", text.encode())


def curves(run: TrainingRun, checkpoint: Checkpoint) -> Download:
    """All curves of the run as a table: a row a point, and a row an evaluation on all test digits."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*CURVE_COLUMNS, *(f"test_{name}" for name in TEST[1:])])
    points = [(point[1], [*point, "", "", ""]) for point in run.curves.points]
    tests = [(test[0], ["", test[0], "", "", "", "", "", *test[1:]]) for test in run.curves.tests]
    for _, row in sorted([*points, *tests], key=lambda row: row[0]):
        table.writerow(["" if value != value else value for value in row])
    return Download(f"curves-{run.choice.architecture}-{run.step}.csv", "text/csv", text.getvalue().encode())


FILES = {"save_npz": npz, "save_convnetjs": convnetjs, "save_curves": curves}  # by the action that makes it


def load(run: TrainingRun, value: Any) -> str:
    """Put a file's weights into a run that has not begun. value: .npz or JSON in base64. -> a notice, or "".

    Raises SettingError or WeightsError.
    """
    data = _decoded(value, MOST_BYTES, "the file")
    notice = weights_files.put(run.network, weights_files.read(data))
    run.start_from_loaded_weights()
    return notice


def backup(run: TrainingRun, settings: TrainViewSettings) -> bytes:
    """All that `restore` needs: a line of JSON, then the weights and the optimiser's state as they are in memory."""
    checkpoint, curves = run.checkpoint(), run.curves
    record = {
        "settings": settings.plain(),
        "choice": asdict(run.choice),
        "position": asdict(checkpoint.position),
        "seconds": run.seconds,
        "optimiser": checkpoint.optimiser,
        "optimiser_steps": checkpoint.optimiser_steps,
        "points": curves.points,
        "tests": curves.tests,
        "spacing": curves.spacing,
        "averages": [asdict(average) for average in (curves.loss, curves.training, curves.validation)],
    }
    text = json.dumps(record).replace("NaN", "null").encode()
    return b"\n".join([text, b"".join(array.tobytes() for array in (checkpoint.vector, *checkpoint.optimiser_state))])


def is_run(value: Any) -> bool:
    """Whether a file in base64 is a backup, such as a sweep writes: then it is to be restored."""
    return isinstance(value, str) and value.startswith(base64.b64encode(b'{"settings"'[:9]).decode())


def restore(value: Any, settings: TrainViewSettings, dataset: Dataset, clock: Callable[[], float]) -> TrainingRun:
    """The run of a backup, in base64; its settings come back too. Raises SettingError if it is none."""
    data = _decoded(value, 4 * MOST_BYTES, "the backup")
    try:
        text, numbers = data.split(b"\n", 1)
        record = json.loads(text[:MOST_TEXT])
        settings.change({name: record["settings"][name] for name in settings.names()})
        run = TrainingRun(NetworkChoice(**record["choice"]), settings, dataset, clock)
        vector = run.network.vector
        arrays = [*np.frombuffer(numbers, vector.dtype).reshape(-1, vector.size)]
        if not np.isfinite(arrays).all():
            raise ValueError("not every number is finite")
        run.resume(_checkpoint(record, arrays, run), settings)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SettingError(f"the backup cannot be used ({type(error).__name__}: {error}); start again") from None
    return run


def _checkpoint(record: dict[str, Any], arrays: list[np.ndarray], run: TrainingRun) -> Checkpoint:
    averages = [MovingAverage(*(float(one[name]) for name in ("total", "weight", "window"))) for one in record["averages"]]
    points, tests = _rows(record["points"], len(POINT)), _rows(record["tests"], len(TEST))
    return replace(
        run.checkpoint(),
        position=Position(**record["position"]),
        seconds=float(record["seconds"]),
        vector=arrays[0],
        optimiser=record["optimiser"],
        optimiser_state=arrays[1:],
        optimiser_steps=int(record["optimiser_steps"]),
        curves=LearningCurves(points, tests, int(record["spacing"]), *averages),
    )


def _rows(rows: list[list[float | None]], columns: int) -> list[Row]:
    if any(len(row) != columns for row in rows):
        raise ValueError("its curves have other columns")
    return [tuple(np.nan if cell is None else float(cell) for cell in row) for row in rows]


def _decoded(value: Any, most: int, what: str) -> bytes:
    data = decoded(value)
    if data is None or len(data) > most:
        raise SettingError(f"{what} is larger than {most:,} bytes or no file in base64; choose a file that was saved here")
    return data
