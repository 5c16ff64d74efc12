"""What the README says is true: its example runs, the files and settings that it names exist."""

import doctest
import re
import runpy
from pathlib import Path

import pytest

from convoscope.views.convolution.settings import ConvolutionSettings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def test_the_example_runs():
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert (result.failed, result.attempted) == (0, 4)


def test_every_file_and_picture_that_it_names_exists():
    named = re.findall(r"`((?:[\w]+/)*[\w*]+\.(?:py|mjs|md))`", README) + re.findall(r"\]\(([^)]+)\)", README)
    assert len(named) > 15
    places = (ROOT, ROOT / "engine", ROOT / "views" / "convolution")
    missing = [name for name in named if not name.startswith("http") and not any(list(place.glob(name)) for place in places)]
    assert missing == []


RENEWED = runpy.run_path(str(ROOT / "scripts" / "renew_readme.py"))["renewed"]


def test_it_says_of_each_view_what_its_lesson_says():
    assert RENEWED(README) == README, "run scripts/renew_readme.py"


@pytest.mark.parametrize("planted", [("| Train |", "| Training |"), ("`rgb`, ", "")])
def test_a_view_that_is_told_otherwise_is_seen(planted):
    other = README.replace(*planted)
    assert other != README
    assert RENEWED(other) == README


def test_the_settings_of_the_embed_table_exist():
    settings = next(line for line in README.splitlines() if "such as `image`" in line)
    assert set(re.findall(r"`(\w+)`", settings)) <= set(ConvolutionSettings.names())


def test_make_targets_that_it_names_exist():
    rules = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake (\w+)", README)) <= rules
