"""What the README says is true: its example runs, the files and settings that it names exist."""

import doctest
import re
from pathlib import Path

from convoscope.views.convolution.settings import ConvolutionSettings
from convoscope.views.session import LESSONS

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


def test_the_views_and_settings_of_the_embed_table_exist():
    row = next(line for line in README.splitlines() if line.startswith("| `view`"))
    assert set(re.findall(r"`(\w+)`", row)) - {"view"} == set(LESSONS)
    settings = next(line for line in README.splitlines() if "such as `image`" in line)
    assert set(re.findall(r"`(\w+)`", settings)) <= set(ConvolutionSettings.names())


def test_make_targets_that_it_names_exist():
    rules = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake (\w+)", README)) <= rules
