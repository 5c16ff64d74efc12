"""A seed is the same run everywhere: on the page, in Pyodide under Node, and natively the losses agree batch by batch."""


import numpy as np
import pytest
from in_pyodide import run_in_pyodide

from convoscope.views.files import DiskFiles
from convoscope.views.session import Session

from .test_train import VIEW, opened

STEPS = 60
NEEDED = ("mnist/train-00.gz", "mnist/test-00.gz")


@pytest.fixture(scope="module")
def in_node(tmp_path_factory):
    files = {f"data/{path}": DiskFiles().read(path) for path in NEEDED}
    report, _ = run_in_pyodide("train.py", tmp_path_factory.mktemp("pyodide"), files)
    return report


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
