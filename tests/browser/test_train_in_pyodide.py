"""A seed is the same run everywhere: on the page, in Pyodide under Node, and natively the losses agree batch by batch."""

import json
import subprocess
import zipfile

import numpy as np
import pytest

from convoscope.homes.bundle import bundle
from convoscope.homes.precompile import compiled_runtime, find_node
from convoscope.homes.vendor import vendor
from convoscope.views.files import DiskFiles
from convoscope.views.session import Session

from ..test_engine_in_pyodide import INSIDE, quiet
from .test_train import VIEW, opened

STEPS = 60
NEEDED = ("mnist/train-00.gz", "mnist/test-00.gz")


@pytest.fixture(scope="module")
def in_node(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pyodide")
    runtime = compiled_runtime(vendor(say=quiet), say=quiet)
    suite, report = bundle(folder), folder / "report.json"
    with zipfile.ZipFile(suite, "a") as archive:
        for path in NEEDED:
            archive.writestr(f"data/{path}", DiskFiles().read(path))
    command = [find_node(), INSIDE / "run_in_pyodide.mjs", runtime, suite, INSIDE / "train.py", report]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert report.exists(), f"Pyodide stopped before its report:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return json.loads(report.read_text())


def test_a_seeded_run_in_pyodide_is_the_native_one(in_node, record_property):
    """Rounding differs, because native NumPy has BLAS: by less than a thousandth of the loss in 60 batches."""
    session = Session()
    for _ in range(STEPS):
        update = session.handle({"view": "train", "name": "step", "value": None})
    here = {name: column.tolist() for name, column in update.trace.static["train_loss"].items()}
    assert in_node["platform"] == "emscripten"
    assert in_node["loss"]["examples"] == here["examples"]
    assert len(here["raw"]) == STEPS
    difference = np.abs(np.array(in_node["loss"]["raw"]) - here["raw"]).max()
    record_property("summary", f"Pyodide and native NumPy: the losses of {STEPS} batches differ by at most {difference:.1e}")
    assert difference < 1e-3
    for fact in ("batches", "examples", "training_accuracy", "validation_accuracy", "parameters"):
        assert in_node["facts"][fact] == update.trace.facts[fact]


def test_a_seeded_run_on_the_page_is_that_under_node_bit_for_bit(explorer, in_node):
    explorer.slug = "train"
    trainer = opened(explorer, VIEW)
    trainer.train(STEPS)
    for name in ("examples", "raw", "smoothed"):
        assert trainer.column("train_loss", name)[:STEPS] == in_node["loss"][name]
    assert len(in_node["loss"]["raw"]) == STEPS
