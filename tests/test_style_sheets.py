"""Each rule stands where it belongs: shared sheets know no view, and a view's own.css styles nothing of anybody else's."""

import re
from pathlib import Path

import pytest

from convoscope.homes.shell import styles
from convoscope.views import SLUGS

ROOT = Path(__file__).resolve().parent.parent
MARKUP = [*(ROOT / "static").glob("*.html"), *(ROOT / "static/js").glob("*.*js"), ROOT / "homes" / "listing.py"]
SHARED_PAGE = "".join(path.read_text() for path in MARKUP)


def selectors(sheet):
    """The selectors of a style sheet one by one, without @media and the like."""
    plain = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    blocks = [words for words in re.findall(r"([^{};]+)\{", plain) if "@" not in words]
    return [one.strip() for words in blocks for one in re.split(r",(?![^()]*\))", words)]


def of_views(sheet):
    """What a sheet names although nothing of the shared page does: a class or a panel of some view, or its slug."""
    text = " ".join(selectors(sheet))
    classes = re.findall(r"\.([A-Za-z][\w-]*)", re.sub(r"\[[^]]*\]", "", text))
    parts = re.findall(r"\[data-part[~^$*|]?=\"?([\w-]+)", text)
    unknown = {name for name in classes + parts if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", SHARED_PAGE)}
    return unknown | set(re.findall(r"data-view[~^$*|]?=\"?([\w-]+)", text))


@pytest.mark.parametrize("path", styles())
def test_no_rule_of_one_view_stands_in_a_shared_sheet(path):
    assert of_views((ROOT / path).read_text()) == set()


@pytest.mark.parametrize("planted", ['[data-view="rgb"] .stage {}', ".train-bar {}", '.embed [data-part="probabilities"] {}'])
def test_a_planted_rule_of_one_view_is_seen(planted):
    assert of_views(f"@media print {{ .stage {{ gap: 0; }} {planted} }}") != set()


def for_others(slug, sheet):
    """The selectors of a view's own sheet that bind themselves neither to the view nor to a class that bears its name."""
    return [one for one in selectors(sheet) if f'[data-view="{slug}"]' not in one and f".{slug}-" not in one]


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if (ROOT / "views" / slug / "own.css").exists()])
def test_a_sheet_of_one_view_styles_nothing_else(slug):
    assert for_others(slug, (ROOT / "views" / slug / "own.css").read_text()) == []


def test_a_planted_rule_for_others_is_seen():
    sheet = '.rgb-box, [data-view="rgb"] :is(p, b) {} @media print { .rgb-box, .stage { gap: 0; } }'
    assert for_others("rgb", sheet) == [".stage"]
