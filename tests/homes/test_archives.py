"""What Python imports at the start travels in one archive, the rest in others, each module in just one of them."""

import gzip
import zipfile

import pytest

from convoscope.homes import archives as archives_module
from convoscope.homes.archives import ADDED, REPLACED, START, archive_of, module_of, write_archives
from convoscope.homes.bundle import browser_files
from convoscope.homes.later import PREFIX, SUFFIX
from convoscope.homes.vendor import vendor
from convoscope.views import SLUGS

LARGEST_START = 2_700_000  # bytes


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archives")
    return folder, write_archives(folder, vendor(say=quiet), say=quiet)


def quiet(_: str) -> None:
    """Say nothing."""


def names_of(path):
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_the_start_is_small_and_holds_what_every_page_needs(written):
    folder, sizes = written
    names = names_of(folder / START)
    assert sizes[START] == (folder / START).stat().st_size
    assert len(gzip.compress((folder / START).read_bytes())) < LARGEST_START
    assert {
        "convoscope/engine/conv.pyc",
        "convoscope/views/session.pyc",
        "convoscope_later.pyc",
        "param/parameterized.pyc",
        "param/LICENSE.txt",
        "numpy-2.0.2.dist-info/LICENSE.txt",
        f"numpy/_core/_multiarray_umath{SUFFIX}",
    } <= names
    assert [name for name in names if "/lesson.py" in name or "/tests/" in name or "f2py" in name] == []


def test_every_module_of_ours_travels_and_only_once(written):
    folder, _ = written
    every = [module_of(name) for path in sorted((folder / PREFIX).iterdir()) for name in names_of(path) if "LICEN" not in name]
    ours = [name for name in every if name.partition(".")[0] == "convoscope"]
    assert len(ours) == len(set(ours))
    assert set(ours) == {module_of(name) for name in browser_files() if name.startswith("convoscope/")}
    assert [name for name in every if every.count(name) > 1] == ["numpy.linalg._umath_linalg"] * 2  # which stands in for itself


def test_a_view_travels_by_itself(written):
    folder, _ = written
    for slug in SLUGS:
        assert f"convoscope/views/{slug}/lesson.pyc" in names_of(folder / PREFIX / f"view-{slug}.zip")


@pytest.mark.parametrize(
    ("module", "archive"),
    [
        ("json", ""),
        ("convoscope.views.rgb.lesson", "view-rgb.zip"),
        ("convoscope.views.units.card", "view-units.zip"),
        ("convoscope.views.latex", "views.zip"),
        ("numpy.random._pcg64", "numpy-random.zip"),
        ("secrets", "numpy-random.zip"),
        ("numpy.f2py.crackfortran", "numpy-f2py.zip"),
        ("email.mime.text", "email.zip"),
        ("csv", "stdlib.zip"),
    ],
)
def test_where_a_module_travels(module, archive):
    imported = {"start": {"json"}, "random": {"json", "secrets"}, "views": {"json", "convoscope.views.latex"}}
    assert archive_of(module, imported, {"convoscope", "email", "numpy"}) == archive


def test_without_node_everything_travels_at_the_start(tmp_path):
    everything = {"json/__init__.py": b"", "convoscope/views/rgb/lesson.py": b"", "csv.py": b""}
    data = archives_module._archives(everything, None, vendor(say=quiet), tmp_path)
    (tmp_path / "start.zip").write_bytes(data.pop(START))
    assert data == {}
    assert set(everything) < names_of(tmp_path / "start.zip")


def test_what_is_replaced_exists_in_the_runtime():
    """A renamed file of Pyodide or NumPy would no longer be replaced."""
    sources = vendor(say=quiet)
    names = {name for path in sources.glob("*.[zw][ih][pl]") for name in zipfile.ZipFile(path).namelist()}
    assert set(REPLACED) <= names
    assert {f"{module_of(name).replace('.', '/')}{SUFFIX}" for name in ADDED} <= names
