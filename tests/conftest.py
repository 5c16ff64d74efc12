"""What every test shares: the same random examples in every run, and facts that are printed at the end.

A test's `record_property("summary", text)` is printed after the run, also when tests run in parallel.
"""

import importlib.util
import os

import pytest

# Before NumPy comes: several processes whose BLAS takes every core wait for each other, a test ten times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

settings.register_profile("native", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("pyodide", settings.get_profile("native"), max_examples=20)
settings.load_profile(os.environ.get("CONVOSCOPE_TEST_PROFILE", "native"))


if not importlib.util.find_spec("distributed"):
    pytest.exit("this environment is older than pyproject.toml (distributed is missing); run `make .venv/installed`", 2)


def pytest_addoption(parser):
    parser.addoption("--renew-baselines", action="store_true", help="keep new pictures (test_look.py)")


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == "summary":
                terminalreporter.write_line(text)
