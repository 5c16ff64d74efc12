"""What the browser gets of ours holds nothing that it lacks, and is refused otherwise."""

import io
import zipfile

import pytest

from convoscope.homes import bundle as bundle_module
from convoscope.homes.bundle import BundleError, browser_files, imported_packages, zip_bytes


def test_the_order_of_the_files_does_not_matter_and_their_content_does():
    assert zip_bytes({"a": b"1", "b": b"2"}) == zip_bytes({"b": b"2", "a": b"1"})
    assert zip_bytes({"a": b"1"}) != zip_bytes({"a": b"2"})


def test_it_holds_no_drawing_and_no_server_package():
    files = browser_files()
    assert not [name for name in files if name.endswith(("figure.py", "drawing.py"))]
    assert {name.split("/")[0] for name in files} == {"convoscope", "convoscope_later.py", "param", "segno"}
    for name, content in files.items():
        if name.startswith("convoscope/"):
            assert not imported_packages(content) & {"bokeh", "panel", "pandas"}, name


@pytest.mark.parametrize("line", ["import bokeh.models", "from panel import state", "def late():\n    import pandas as pd"])
def test_a_lesson_that_imports_a_server_package_is_refused(tmp_path, monkeypatch, line):
    (tmp_path / "engine").mkdir()
    (tmp_path / "views" / "plant").mkdir(parents=True)
    (tmp_path / "homes").mkdir()
    (tmp_path / "homes" / "later.py").write_text("")
    (tmp_path / "views" / "plant" / "lesson.py").write_text(line)
    (tmp_path / "views" / "plant" / "figure.py").write_text("import bokeh")
    monkeypatch.setattr(bundle_module, "ROOT", tmp_path)
    with pytest.raises(BundleError, match=r"convoscope/views/plant/lesson\.py imports \w+, which is not in the browser"):
        browser_files()


def test_relative_imports_are_ours():
    assert imported_packages(b"from . import bokeh\nfrom ..engine import conv2d\nimport numpy.linalg") == {"numpy"}


def test_the_zip_says_no_date_and_no_owner():
    with zipfile.ZipFile(io.BytesIO(zip_bytes({"a.py": b""}))) as archive:
        [entry] = archive.infolist()
    assert (entry.date_time[0], entry.create_system, entry.external_attr >> 16) == (1980, 3, 0o644)
