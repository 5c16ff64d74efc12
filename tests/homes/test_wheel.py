"""Installed from a wheel, away from the sources, Convoscope builds its site, serves it and exports a view."""

import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import pytest

from convoscope.homes import vendor as vendor_module
from convoscope.homes.precompile import CACHE
from convoscope.homes.vendor import FOLDER, ROOT, ensure

PATIENCE = 200  # seconds: on a busy machine; alone it takes a tenth


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, **options)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """(a folder far from the sources, the environment to run in, the command). What others install is taken from here."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    left_out = (".*", "vendor", "dist", "build", "*.egg-info", "tests", "benchmarks", "node_modules", "__pycache__")
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*left_out))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(source))
    shutil.rmtree(source)
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env" / "bin" / "python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip())
    (packages / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    (wheel,) = folder.glob("*.whl")
    run(*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    cache = folder / "cache" / "convoscope" / "vendor"
    for part in ("pyodide", "reveal", "gifenc"):
        shutil.copytree(FOLDER.with_name(part), cache / part)
    shutil.copytree(CACHE / "pyodide", cache / "compiled" / "pyodide")  # the same bytes for every machine
    away = folder / "away"
    away.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    return away, environment | {"XDG_CACHE_HOME": str(folder / "cache")}, folder / "env" / "bin" / "convoscope"


def test_a_wheel_builds_serves_and_exports(installed):
    away, environment, convoscope = installed
    said = run(convoscope, "build", cwd=away, env=environment)
    assert f"The site is in {Path('dist')}" in said
    site = away / "dist"
    assert {"index.html", "embed.html", "service-worker.js", "slides", "data"} <= {path.name for path in site.iterdir()}
    (start,) = site.glob("assets-*/python/start.zip.gz")
    assert start.stat().st_size < 3_000_000, "Python's files were not sorted: Node or a script is missing"
    run(convoscope, "export", "convolution", "one.html", "--step", "3", cwd=away, env=environment)
    assert "Convoscope" in (away / "one.html").read_text("utf-8")
    command = [convoscope, "serve", "--port", "0"]
    serving = subprocess.Popen(command, cwd=away, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        address = serving.stdout.readline().split()[3]
        with urllib.request.urlopen(address + "slides/", timeout=PATIENCE) as answer:
            assert answer.status == 200
    finally:
        serving.terminate()
        serving.communicate(timeout=PATIENCE)


def test_a_missing_runtime_is_fetched_with_a_sentence(tmp_path, monkeypatch):
    said, asked = [], []
    monkeypatch.setattr(vendor_module, "vendor", lambda folder, say: asked.append(folder))
    assert ensure(tmp_path, said.append) == tmp_path
    assert asked == [tmp_path]
    assert said == [f"Python for the browser is not here yet: fetching it into {tmp_path} (17 MB, once)"]
    monkeypatch.setattr(vendor_module, "is_right", lambda path, pin: True)
    assert ensure(tmp_path, pytest.fail) == tmp_path
