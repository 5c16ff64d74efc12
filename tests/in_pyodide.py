"""Run a program of tests/pyodide under Node, in the Pyodide and with the archives that the page carries."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from convoscope.homes.archives import PREFIX, write_archives
from convoscope.homes.bundle import zip_bytes
from convoscope.homes.precompile import find_node
from convoscope.homes.vendor import vendor

INSIDE = Path(__file__).parent / "pyodide"


def quiet(_: str) -> None:
    """Say nothing."""


def run_in_pyodide(program: str, folder: Path, files: Mapping[str, bytes]) -> tuple[object, str]:
    """Run `program` with `files` below /suite; returns what its last line gives, from JSON, and what it printed."""
    runtime = vendor(say=quiet)
    write_archives(folder, runtime, say=quiet)
    suite, report = folder / "suite.zip", folder / "report.json"
    suite.write_bytes(zip_bytes(files))
    node = find_node()
    assert node, "Node is needed to run Pyodide outside a browser; install nodejs, or the development extras of convoscope"
    command = [node, INSIDE / "run_in_pyodide.mjs", runtime, folder / PREFIX, suite, INSIDE / program, report]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = "\n".join(line for line in done.stderr.splitlines() if len(line) < 500)  # Node quotes its programs' longest lines
    assert report.exists(), f"Pyodide stopped before its report:\n{done.stdout[-3000:]}\n{told}"
    return json.loads(report.read_text()), done.stdout
