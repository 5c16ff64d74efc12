"""What leaves the page as a file and comes back: weights, ConvNetJS's JSON, curves; and what survives a dead worker."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from ...engine import Network, WeightsError, export_convnetjs, import_convnetjs, load_weights, save_weights
from ...engine.convnetjs import MOST_CHARACTERS
from ...engine.trainer import Position
from ...engine.weights import MOST_BYTES
from ..settings import SettingError
from ..state import Download
from .curves import POINT, TEST, Average, Curves
from .digits import Digits
from .moments import Moment
from .recipe import Plan
from .run import Run
from .settings import TrainViewSettings

MOST_TEXT = 200_000  # bytes of a backup's words and curves


def npz(run: Run, moment: Moment) -> Download:
    """The weights of a moment, one array a parameter, as load and the engine's load_weights read them."""
    return Download(f"{run.plan.architecture}-{moment.step}.npz", "application/zip", save_weights(_network(run, moment)))


def convnetjs(run: Run, moment: Moment) -> Download:
    """The weights of a moment as ConvNetJS's JSON. Raises SettingError if the network is another one."""
    try:
        text = export_convnetjs(_network(run, moment))
    except WeightsError as error:
        raise SettingError(str(error)) from None
    return Download(f"convnetjs-{moment.step}.json", "application/json", text.encode())


def curves(run: Run) -> Download:
    """The curves as a table: a row a point, and a row a test of all test digits."""
    text = io.StringIO()
    names = ("step", "examples", "seconds", "loss", "smoothed_loss", "training_accuracy", "validation_accuracy")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*names, *(f"test_{name}" for name in TEST[1:])])
    points = [(point[1], [*point, "", "", ""]) for point in run.curves.points]
    tests = [(test[0], ["", test[0], "", "", "", "", "", *test[1:]]) for test in run.curves.tests]
    for _, row in sorted([*points, *tests], key=lambda row: row[0]):
        rows.writerow(["" if value != value else value for value in row])
    return Download(f"curves-{run.plan.architecture}-{run.step}.csv", "text/csv", text.getvalue().encode())


def load(run: Run, value: Any) -> None:
    """Put a file's weights into a run that has not begun. value: an .npz or a ConvNetJS snapshot, in base64."""
    data = _decoded(value, max(MOST_BYTES, MOST_CHARACTERS), "the file")
    try:
        if data.lstrip()[:1] == b"{":
            import_convnetjs(run.network, data.decode(errors="replace"))
        else:
            load_weights(run.network, data)
    except WeightsError as error:
        raise SettingError(str(error)) from None
    run.restate()


def backup(run: Run, settings: TrainViewSettings) -> bytes:
    """All that `restored` needs: a line of JSON, then the weights and the optimiser's memory as they are in memory."""
    moment = run.moment()
    kept = run.curves
    record = {
        "settings": settings.plain(),
        "plan": asdict(run.plan),
        "position": asdict(moment.position),
        "seconds": run.seconds,
        "optimiser": moment.optimiser,
        "optimiser_steps": moment.optimiser_steps,
        "points": kept.points,
        "tests": kept.tests,
        "width": kept.width,
        "averages": [asdict(average) for average in (kept.loss, kept.training, kept.validation)],
    }
    text = json.dumps(record).replace("NaN", "null").encode()
    return b"\n".join([text, b"".join(array.tobytes() for array in (moment.vector, *moment.memory))])


def restored(value: Any, settings: TrainViewSettings, digits: Digits, clock: Callable[[], float]) -> Run:
    """The run of a backup, in base64; its settings come back too. Raises SettingError if it is none."""
    data = _decoded(value, 4 * MOST_BYTES, "the backup")
    try:
        text, numbers = data.split(b"\n", 1)
        record = json.loads(text[:MOST_TEXT])
        values = {name: record["settings"][name] for name in settings.names()}
        settings.change(values)
        run = Run(Plan(**record["plan"]), settings, digits, clock)
        vector = run.network.vector
        arrays = [*np.frombuffer(numbers, vector.dtype).reshape(-1, vector.size)]
        if not np.isfinite(arrays).all():
            raise ValueError("not every number is finite")
        run.go_to(_moment(record, arrays, run), settings)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise SettingError(f"the backup cannot be used ({type(error).__name__}: {error}); start again") from None
    return run


def _moment(record: dict[str, Any], arrays: list[np.ndarray], run: Run) -> Moment:
    vector, *memory = arrays
    fresh = run.moment()
    fresh.position, fresh.vector, fresh.memory = Position(**record["position"]), vector, memory
    fresh.seconds, fresh.optimiser, fresh.optimiser_steps = (
        float(record["seconds"]), record["optimiser"], int(record["optimiser_steps"]),
    )  # fmt: skip
    points, tests = _rows(record["points"], len(POINT)), _rows(record["tests"], len(TEST))
    averages = [Average(*(float(one[name]) for name in ("total", "weight", "window"))) for one in record["averages"]]
    fresh.curves = Curves(points, tests, int(record["width"]), *averages)
    return fresh


def _rows(rows: list[list[float | None]], columns: int) -> list[tuple[float, ...]]:
    if any(len(row) != columns for row in rows):
        raise ValueError("its curves have other columns")
    return [tuple(np.nan if cell is None else float(cell) for cell in row) for row in rows]


def _network(run: Run, moment: Moment) -> Network:
    network = run.copy_of_network()
    network.vector[...] = moment.vector
    return network


def _decoded(value: Any, most: int, what: str) -> bytes:
    if not isinstance(value, str) or len(value) > 4 * (most // 3 + 1):
        raise SettingError(f"{what} is larger than {most:,} bytes or no file; choose a file that was saved here")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise SettingError(f"{what} did not come in base64; choose the file again") from None
