"""A grid of training runs on a Dask cluster: every combination, the same bits whatever is killed, resumable, openable."""

import asyncio
import base64
import csv
import json
import threading

import numpy as np
import pytest

from convoscope.app import main
from convoscope.homes import sweep as sweeping
from convoscope.homes.sweep import SweepError, runs_of, sweep
from convoscope.homes.sweep_files import path_of, read_run
from convoscope.views.session import Session
from convoscope.views.train.settings import LEARNING_RATES

from .machines import PATIENCE

GRID = ["architecture=logistic", "optimiser=sgd,adam", "learning_rate=0.01", "seed=0:2"]
BATCHES = 30


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch):
    monkeypatch.setattr(sweeping, "PIECE", 10)
    monkeypatch.setattr(sweeping, "WAITING", 0.2)


def test_a_grid_is_every_combination():
    runs = runs_of(["optimiser=sgd,adam", "learning_rate=0.1,0.01", "seed=0:5"], 100)
    assert len(runs) == 20
    assert [run.name for run in runs[:2]] == [f"optimiser=sgd learning_rate=0.1 seed={n}" for n in (0, 1)]
    assert runs[-1].settings["optimiser"] == "adam"
    assert runs_of(["optimiser=adam"], 1)[0].settings["learning_rate"] == LEARNING_RATES["adam"]  # the view's rules hold
    assert runs_of([], 1)[0].name == "defaults"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("page=1,2", "cannot vary 'page'"),
        ("optimiser=sgd,sdg", "“sdg” is not a choice"),
        ("learning_rate=-1", "learning_rate=-1"),
        ("batch_size=9999", "batch_size=9999"),
        ("seed", "not setting=values"),
        ("seed=0:2000", "stands for 2000 values"),
        ("seed=5:5", "stands for 0 values"),
    ],
)
def test_a_wrong_grid_gets_a_sentence(text, words, tmp_path, capsys):
    with pytest.raises(SweepError, match=words):
        runs_of([text], 100)
    assert main(["sweep", "train", text, "--out", str(tmp_path / "new")]) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_more_runs_than_anybody_waits_for_are_refused():
    with pytest.raises(SweepError, match="1,024 runs"):
        runs_of(["seed=0:32", "batch_size=" + ",".join(map(str, range(1, 33)))], 10)


def weights(folder, run):
    """What a run has learned: its file without the times in its curves."""
    return path_of(folder, run.settings).read_bytes().split(b"\n", 1)[1]


def in_one_session(run):
    """What the train view learns with the same settings, batch by batch."""
    session = Session()
    session.handle({"view": "train", "name": "settings", "value": run.settings})
    for _ in range(BATCHES):
        update = session.handle({"view": "train", "name": "step"})
    return session, update


def test_killed_workers_and_a_killed_scheduler_change_nothing(machines, tmp_path, monkeypatch):
    monkeypatch.setattr("convoscope.homes.dask_cluster.CONNECT_SECONDS", PATIENCE)
    monkeypatch.setattr(sweeping, "MOST_LOSSES", 1000)
    workers = [machines.worker(), machines.worker()]
    said, killed = [], []

    def say(text):
        said.append(text)
        if len(said) == 3:  # in the middle
            workers[0].end()
            killed.append("worker")
        if len(said) == 6:
            for program in machines.programs:
                program.end()
            killed.append("scheduler")
            machines.begin("scheduler", "--host", "127.0.0.1", "--port", str(machines.port))
            machines.worker()

    runs = sweep(GRID, tmp_path / "out", BATCHES, machines.address, say)
    assert killed == ["worker", "scheduler"]
    assert all(run.is_done for run in runs)
    for run in (runs[0], runs[-1]):
        session, _ = in_one_session(run)
        vector = session._states["train"].run.network.vector
        assert weights(tmp_path / "out", run).startswith(vector.tobytes())  # bit for bit


def test_the_same_command_goes_on_and_the_results_are_tables_arrays_and_runs_to_open(tmp_path, monkeypatch):
    grid = ["architecture=logistic", "optimiser=sgd", "learning_rate=0.01", "seed=3"]
    plain, began = sweeping.train_piece, []

    def piece(settings, backup, count, is_last):
        began.append(len(backup) > 0)
        return plain(settings, backup, count, is_last)

    class Here:
        """A cluster that is this process."""

        def __init__(self, **options):
            pass

        def run(self, work):
            return Finished(work)

        def end(self):
            pass

        async def client(self):
            return self

        async def submit(self, function, *arguments, pure):
            return function(*arguments)

    monkeypatch.setattr(sweeping, "Cluster", Here)
    monkeypatch.setattr(sweeping, "train_piece", piece)
    say = [].append
    sweep(grid, tmp_path, 10, say=say)
    [run] = sweep(grid, tmp_path, BATCHES, say=say)
    assert began == [False, True, True]
    sweep(grid, tmp_path, BATCHES, say=say)
    assert len(began) == 3  # nothing was left to be done
    rows = list(csv.DictReader((tmp_path / "runs.csv").read_text().splitlines()))
    assert [(row["seed"], row["batches"], row["status"], row["file"]) for row in rows] == [
        ("3", str(BATCHES), "done", path_of(tmp_path, run.settings).name)
    ]
    assert len(list(csv.DictReader((tmp_path / "curves.csv").read_text().splitlines()))) == BATCHES
    with np.load(tmp_path / "curves.npz", allow_pickle=False) as arrays:
        assert arrays["raw"].shape == (1, BATCHES)
        assert json.loads(str(arrays["runs"][0]))["seed"] == 3
    assert "Smoothed training loss" in (tmp_path / "chart.html").read_text()
    opened = Session().handle(
        {"view": "train", "name": "load", "value": base64.b64encode(path_of(tmp_path, run.settings).read_bytes()).decode()}
    )
    assert opened.error == ""
    assert (opened.trace.facts["batches"], opened.settings["seed"], opened.settings["architecture"]) == ("30", 3, "logistic")
    _, update = in_one_session(run)
    assert opened.trace.static["train_loss"]["raw"].tolist() == update.trace.static["train_loss"]["raw"].tolist()


class Finished:
    """A future of work that is done in a thread of its own, as the cluster's is."""

    def __init__(self, work):
        self.thread = threading.Thread(target=lambda: asyncio.run(work))
        self.thread.start()

    def result(self):
        self.thread.join()


def test_a_damaged_file_of_a_run_is_begun_anew(tmp_path):
    [run] = runs_of(["seed=1"], 10)
    path_of(tmp_path, run.settings).write_bytes(b"{}\n")
    path_of(tmp_path, run.settings).with_suffix(".json").write_text("{")
    assert read_run(tmp_path, run.settings, 10) is None
