"""Compiled files are the pinned ones, made once; without Node the sources serve; a failure is a sentence."""

import io
import shutil
import zipfile

import pytest

from convoscope.homes import precompile
from convoscope.homes.bundle import zip_bytes
from convoscope.homes.precompile import (
    COMPILED_PINS,
    CompileError,
    compile_zip,
    compiled_bytes,
    compiled_runtime,
    find_node,
)
from convoscope.homes.vendor import PINS, is_right, vendor

SOURCES = zip_bytes({"package/__init__.py": b'"""Said once."""\nfor_you = 1\n', "package/data.txt": b"as it is"})


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def runtime():
    return vendor(say=quiet)


def test_the_compiled_runtime_is_the_pinned_one_and_made_once(runtime, monkeypatch):
    folder = compiled_runtime(runtime, say=quiet)
    pins = {pin.name: pin for pin in PINS} | {pin.name: pin for pin in COMPILED_PINS}
    for pin in pins.values():
        assert is_right(folder / pin.name, pin)
    assert COMPILED_PINS[1].sha256 in (folder / "pyodide-lock.json").read_text()
    assert PINS[-1].sha256 not in (folder / "pyodide-lock.json").read_text()
    monkeypatch.setattr(precompile, "compile_zip", None)
    assert compiled_runtime(runtime, say=quiet) == folder


def test_a_compiled_file_with_other_bytes_is_refused_and_removed(runtime, tmp_path, monkeypatch):
    monkeypatch.setattr(precompile, "compile_zip", lambda _, target, **__: target.write_bytes(b"other"))
    with pytest.raises(CompileError, match=r"^python_stdlib\.zip came out with other bytes than pinned; run"):
        compiled_runtime(runtime, cache=tmp_path, say=quiet)
    assert not (tmp_path / "pyodide" / "python_stdlib.zip").exists()


def test_sources_become_code_and_other_files_stay(runtime, tmp_path):
    with zipfile.ZipFile(io.BytesIO(compiled_bytes(SOURCES, runtime=runtime, cache=tmp_path))) as archive:
        assert archive.namelist() == ["package/__init__.pyc", "package/data.txt"]
        code = archive.read("package/__init__.pyc")
        assert archive.read("package/data.txt") == b"as it is"
    assert code[:4] == b"\xcb\r\r\n", "Python 3.12's magic number"
    assert code[4:8] == b"\x01\0\0\0", "never checked against a source"
    assert b"for_you" in code
    assert b"Said once." not in code


def test_what_was_compiled_is_kept(runtime, tmp_path, monkeypatch):
    first = compiled_bytes(SOURCES, runtime=runtime, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr(precompile, "compile_zip", None)
    assert compiled_bytes(SOURCES, runtime=runtime, cache=tmp_path) == first


def test_without_node_the_sources_serve(runtime, tmp_path, monkeypatch):
    monkeypatch.setattr(precompile, "find_node", lambda: None)
    said = []
    assert compiled_runtime(runtime, cache=tmp_path, say=said.append) == runtime
    assert "Node is not installed" in said[0]
    assert compiled_bytes(SOURCES, cache=tmp_path) == SOURCES


def test_playwrights_node_goes_before_the_machines(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/node")
    assert find_node().endswith("driver/node")
    monkeypatch.setattr(precompile.importlib.util, "find_spec", lambda _: None)
    assert find_node() == "/usr/bin/node"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert find_node() is None


def test_a_missing_runtime_is_named(tmp_path):
    (tmp_path / "in.zip").write_bytes(SOURCES)
    with pytest.raises(CompileError) as caught:
        compile_zip(tmp_path / "in.zip", tmp_path / "out.zip", runtime=tmp_path / "nothing", node=find_node())
    assert "in.zip could not be compiled: Node stopped with status 1" in str(caught.value)
    assert f"run `convoscope vendor` to check the runtime in {tmp_path / 'nothing'}" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in.zip"]
