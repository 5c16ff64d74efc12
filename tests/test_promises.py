"""docs/promises.md names tests that exist, and the programs that measure write their figures into it."""

import re
from pathlib import Path

import promises
import pytest

ROOT = Path(__file__).resolve().parent.parent


def table():
    return promises.rows(promises.FILE.read_text())


def test_every_promise_has_a_target_and_a_test_that_exists():
    assert len(table()) >= 23
    assert len({row["promise"] for row in table()}) == len(table())
    for row in table():
        assert row["target"]
        named = re.findall(r"`([^`]+)`", row["test"])
        assert named
        for path in named:
            assert (ROOT / path).exists(), f"{row['promise']}: there is no {path}"


def test_programs_name_promises_that_are_there():
    there = {row["promise"] for row in table()}
    for program in ("load", "soak"):
        text = (ROOT / "benchmarks" / f"{program}.py").read_text()
        wanted = re.findall(r'^[A-Z_]*PROMISE[A-Z_]* = "([^"]+)"|record\("([^"]+)"', text, re.MULTILINE)
        assert wanted
        assert {first or second for first, second in wanted} <= there


@pytest.fixture
def file(tmp_path):
    copy = tmp_path / "promises.md"
    copy.write_text(promises.FILE.read_text())
    return copy


def test_a_figure_goes_into_its_row_and_nowhere_else(file):
    before = promises.rows(file.read_text())
    promises.record("It repeats", "60 of 60 batches", file)
    after = promises.rows(file.read_text())
    assert [row for row in after if row not in before] == [
        next(row for row in before if row["promise"] == "It repeats") | {"figure": f"60 of 60 batches ({promises.today()})"}
    ]
    promises.write_section("load", "| a |", file)
    promises.write_section("load", "| b |", file)
    assert "<!-- load -->\n| b |\n<!-- end of load -->" in file.read_text()


@pytest.mark.parametrize(("promise", "figure"), [("It never fails", "1"), ("It repeats", "1 | 2")])
def test_a_figure_of_no_promise_and_one_that_breaks_the_table_are_refused(promise, figure, file):
    with pytest.raises(LookupError):
        promises.record(promise, figure, file)
    with pytest.raises(LookupError):
        promises.write_section("nothing", "text", file)
