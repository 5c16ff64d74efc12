"""Run pytest on the suite unpacked in /suite and return, as JSON, what ran and what failed; runs inside Pyodide."""

import json
import os
import sys

os.chdir("/suite")
sys.path.insert(0, "/suite/packages")

import pytest  # noqa: E402  (it lies in the folder above)


class Recorder:
    """Keep the name of every test that passed, and the text of every failure."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.skipped: list[str] = []
        self.failed: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported has failed."""
        if report.failed:
            self.failed[report.nodeid] = report.longreprtext

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Each test reports three times: set-up, call and tear-down."""
        if report.failed:
            self.failed[report.nodeid] = report.longreprtext
        elif report.skipped:
            self.skipped.append(report.nodeid)
        elif report.when == "call":
            self.passed.append(report.nodeid)


recorder = Recorder()
# Pyodide has no file descriptors to capture, no thread to watch a test, and its disk is gone in a moment: no cache.
options = ["--capture=sys", "-o", "faulthandler_timeout=0", "-p", "no:cacheprovider", "-q"]
options += ["--continue-on-collection-errors", "--durations=8"]
status = pytest.main(["tests/engine", *options], plugins=[recorder])
json.dumps({"status": int(status), **vars(recorder), "python": sys.version.split()[0], "platform": sys.platform})
