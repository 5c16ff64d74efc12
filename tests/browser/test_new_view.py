"""A folder in views/ and one entry in SLUGS make a view everywhere: CONTRIBUTING's own example, in a copy of the project."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from .conftest import ROOT, Explorer, new_context, panel_server, serving
from .test_every_view import walk

BLOCK = re.compile(r"`(views/hello/\w+\.\w+)`(?:(?!```).)*?```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_COPIED = (".git", ".venv", "vendor", "dist", "build", "node_modules", ".*_cache", "__pycache__", "*.egg-info", "results")


class Copy:
    """A copy of the project with one view more."""

    def __init__(self, folder):
        self.root = folder / "convoscope"  # so that it is imported by its name
        shutil.copytree(ROOT, self.root, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        (self.root / "vendor").symlink_to(ROOT / "vendor")
        self.env = os.environ | {"PYTHONPATH": str(folder)}
        self.files = dict(BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text()))
        for name, text in self.files.items():
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).write_text(text)
        views = self.root / "views" / "__init__.py"
        listed, count = re.subn(r'(SLUGS = \([^)]*"\w+",\n)\)', r'\1    "hello",\n)', views.read_text())
        assert count == 1
        views.write_text(listed)

    def run(self, *arguments):
        """What a Python that imports the copy says."""
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(command, env=self.env, cwd=self.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return Copy(tmp_path_factory.mktemp("new"))


def test_the_new_view_is_on_the_site_in_an_embed_and_in_the_address(copy, browser, context_options, tmp_path):
    copy.run("-m", "convoscope.app", "build", "--dist", tmp_path / "dist")
    context = new_context(browser, **context_options)
    with serving(tmp_path / "dist") as url:
        explorer = Explorer(context.new_page(), url)
        walk(explorer, "hello")
        page = explorer.open("embed.html?view=hello&largest=4&step=6")
        assert explorer.state() == {"view": "hello", "step": 6, "steps": 9, "playing": False, "largest": 4}
        assert explorer.sentence() == "relu(2) = 2"
        assert explorer.data("output_values")["value"] == [0, 0, 0, 0, 0, 1, 2, 3, 4]
        expect(page.locator(".hello-place")).to_have_text("Number 7 of the row")
        muted = page.evaluate("getComputedStyle(document.querySelector('.view:not([hidden]) .about p')).color")
        expect(page.locator(".hello-place")).to_have_css("color", muted)
        context.close()
    assert explorer.unexpected() == []


def test_the_new_view_is_on_the_panel_server(copy, browser, context_options):
    context = new_context(browser, **context_options)
    with panel_server(copy.env, root=copy.root) as url:
        explorer = Explorer(context.new_page(), url)
        explorer.slug = "hello"
        explorer.open("?view=hello&largest=1")
        assert explorer.data("output_values")["value"] == [0, 0, 1]
        expect(explorer.page.locator(".hello-place")).to_have_text("Number 1 of the row")
        context.close()
    assert explorer.unexpected() == []


def test_the_new_view_is_shown_and_exported_from_python(copy, tmp_path):
    show = "from convoscope.views import hello; print(hello.show(largest=3).html())"
    page = copy.run("-c", show)
    assert 'data-view="hello"' in page
    copy.run("-m", "convoscope.app", "export", "hello", tmp_path / "row.json", "largest=3", "--step", "-1")
    assert json.loads((tmp_path / "row.json").read_text())["sentence"] == "relu(3) = 3"


def test_the_tests_that_walk_all_views_walk_the_new_one(copy):
    walks = ("tests/browser/test_every_view.py", "tests/browser/test_look.py", "tests/test_style_sheets.py")
    found = copy.run("-m", "pytest", "-p", "no:cacheprovider", "--collect-only", "-q", "-k", "hello", *walks)
    for path in walks:
        assert re.search(rf"^{path}::.*hello", found, re.MULTILINE)


def test_the_example_is_as_clean_as_the_project(copy):
    assert {name.rpartition("/")[2] for name in copy.files} == {
        *("__init__.py", "lesson.py", "figure.py", "own.html", "own.css", "own.mjs"),
    }
    copy.run("-m", "ruff", "check", "--no-cache", "views/hello", "views/__init__.py")
    copy.run("-m", "ruff", "format", "--no-cache", "--check", "views/hello")
