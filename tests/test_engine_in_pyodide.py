"""The engine's own suite passes inside Pyodide, on the archives that the page carries, under Node.

It imports what the page's start does not, from pytest's standard library to numpy.testing: all of it comes when imported.
"""

import importlib.metadata
import zipfile
from pathlib import Path

from in_pyodide import quiet, run_in_pyodide

from convoscope.homes.bundle import engine_files, imported_packages
from convoscope.homes.fetching import PackageSource, pip_command
from convoscope.homes.vendor import FOLDER, Pin, vendor

TESTS = Path(__file__).parent
PURE_PACKAGES = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "sortedcontainers")
# The newest hypothesis is compiled for one platform; this one is the last that runs everywhere.
HYPOTHESIS = Pin(
    "hypothesis-6.155.7-py3-none-any.whl", 544_762, "9f634bdb1f9e9b8ab6ba09431cf2deedb750c96978125a6fb3c5a0f6c6db4131"
)


def pure_packages() -> dict[str, bytes]:
    """Collect pytest and what it needs from this environment, and a hypothesis that runs everywhere."""
    files = {}
    for name in PURE_PACKAGES:
        for file in importlib.metadata.files(name) or ():
            if (file.suffix == ".py" or file.name in ("METADATA", "entry_points.txt")) and ".." not in file.parts:
                files[f"packages/{file}"] = Path(str(file.locate())).read_bytes()
    command = pip_command("hypothesis==6.155.7")
    source = PackageSource("the Python package hypothesis", command, "", {HYPOTHESIS.name}, quiet)
    folder = vendor(FOLDER.parent / "testing", pins=[HYPOTHESIS], written={}, sources=[source], say=quiet)
    with zipfile.ZipFile(folder / HYPOTHESIS.name) as wheel:
        files |= {f"packages/{name}": wheel.read(name) for name in wheel.namelist()}
    return files


def engine_tests() -> dict[str, bytes]:
    """Collect tests/engine and the settings of pytest, without the files that need SciPy or scikit-image."""
    files = {
        f"tests/engine/{path.relative_to(TESTS / 'engine').as_posix()}": path.read_bytes()
        for path in (TESTS / "engine").rglob("*")
        if path.suffix in (".py", ".npz", ".json")
    }
    compiled = {"scipy", "skimage"}
    native = {name for name, data in files.items() if name.endswith(".py") and compiled & imported_packages(data)}
    settings = {"pyproject.toml": (TESTS.parent / "pyproject.toml").read_bytes()}
    return {name: data for name, data in files.items() if name not in native} | settings


def run_suite(folder: Path, tests: dict[str, bytes]) -> dict:
    """Run `tests` and the engine inside Pyodide and return the report of inside.py."""
    engine = {f"packages/{name}": data for name, data in engine_files().items()} | {"packages/convoscope/__init__.py": b""}
    report, output = run_in_pyodide("inside.py", folder, pure_packages() | engine | tests)
    return report | {"output": output}


def test_the_engine_suite_passes_in_pyodide(tmp_path, record_property):
    report = run_suite(tmp_path, engine_tests())
    failures = "".join(f"\n\n=== in Pyodide: {name}\n{text}" for name, text in report["failed"].items())
    assert not report["failed"], f"{len(report['failed'])} of the engine's tests fail in Pyodide:{failures}"
    assert report["status"] == 0, report["output"][-3000:]
    assert report["skipped"] == []
    assert len(report["passed"]) > 0
    assert report["platform"] == "emscripten"
    record_property("summary", f"inside Pyodide (Python {report['python']}): {len(report['passed'])} engine tests passed")


def test_a_failure_inside_pyodide_is_reported_by_name(tmp_path):
    planted = {
        "tests/engine/test_planted.py": b"def test_right(): pass\ndef test_wrong(): assert 1 == 2\n",
        "tests/engine/test_broken.py": b"import scipy\n",
    }
    report = run_suite(tmp_path, planted)
    assert report["status"] != 0
    assert set(report["failed"]) == {"tests/engine/test_broken.py", "tests/engine/test_planted.py::test_wrong"}
    assert report["passed"] == ["tests/engine/test_planted.py::test_right"]
    assert "assert 1 == 2" in report["failed"]["tests/engine/test_planted.py::test_wrong"]
