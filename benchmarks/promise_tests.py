"""The promises that only tests hold: each promise's tests are run, and what they tell is its figure."""

from __future__ import annotations

import re
import subprocess
import sys

import promises

ROOT = promises.FILE.parent.parent
COUNT = re.compile(r"(\d+) (passed|failed|error)")
TOLD = re.compile(r"\d")  # a line that a test prints as a summary holds a figure


def run_tests(is_dry: bool) -> None:
    """Run the tests of every promise that has no figure yet."""
    for row in promises.rows(promises.FILE.read_text(encoding="utf-8")):
        files = [path for path in re.findall(r"`([^`]+)`", row["test"]) if path.startswith("tests/")]
        if row["figure"] != promises.NOT_YET or not files:
            continue
        figure = figure_of(files)
        if is_dry:
            print(f"{row['promise']}: {figure}", flush=True)
        else:
            promises.record(row["promise"], figure)


def figure_of(files: list[str]) -> str:
    """How many tests of these files pass, and the figures that they tell."""
    command = [sys.executable, "-m", "pytest", "-q", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    lines = done.stdout.splitlines()
    counts = ", ".join(f"{number} {word}" for number, word in COUNT.findall(lines[-1] if lines else "")) or "no test ran"
    told = [line for line in lines if ": " in line and TOLD.search(line) and not line.startswith(("FAILED", "ERROR", " ", "="))]
    return "; ".join([f"tests: {counts}", *(line.replace("|", "/") for line in told[:3])])
