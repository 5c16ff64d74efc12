"""The import arrows go one way: engine <- lessons <- figures <- homes <- app. Each rule is shown to be able to fail."""

import ast
import io
import runpy
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest
import setuptools

ROOT = Path(__file__).resolve().parent.parent
PRINT_MODULES = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
PRINT_OURS = "import sys; print(*sorted(name for name in sys.modules if name.startswith('convoscope.')))"


def modules_after(code, printing=PRINT_MODULES):
    """What a fresh process has loaded after running code."""
    done = subprocess.run([sys.executable, "-c", f"{code}\n{printing}"], capture_output=True, text=True, check=True, cwd="/")
    return set(done.stdout.split())


def foreign_modules(code):
    """The modules beyond the standard library that code loads, and that an idle interpreter does not."""
    return modules_after(code) - modules_after("") - set(sys.stdlib_module_names)


def test_the_engine_needs_numpy_and_nothing_else():
    assert foreign_modules("import convoscope.engine") <= {"convoscope", "numpy"}


def test_the_engine_knows_nothing_of_the_views():
    ours = modules_after("import convoscope.engine", PRINT_OURS)
    assert {name for name in ours if not name.startswith("convoscope.engine")} == set()


VIEWS = sorted(path.parent.name for path in (ROOT / "views").glob("*/lesson.py"))


@pytest.mark.parametrize("module", ["views.session", "views.answer", *(f"views.{view}.lesson" for view in VIEWS)])
def test_lessons_and_the_session_need_param_beside_numpy_and_draw_nothing(module):
    assert foreign_modules(f"import convoscope.{module}") <= {"convoscope", "numpy", "param"}


@pytest.mark.parametrize("view", VIEWS)
def test_figures_know_nothing_of_lessons_homes_or_the_engine(view):
    ours = modules_after(f"import convoscope.views.{view}.figure", PRINT_OURS)
    unwanted = {name for name in ours if name.startswith(("convoscope.engine", "convoscope.homes")) or name.endswith(".lesson")}
    assert unwanted == set()


@pytest.mark.parametrize("planted", ["bokeh", "scipy", "panel"])
def test_a_planted_import_is_seen(planted):
    assert planted in foreign_modules(f"import convoscope.engine, {planted}")


def packages_on_disk():
    folders = {path.parent for top in ("engine", "views", "homes") for path in (ROOT / top).rglob("__init__.py")}
    return {"convoscope"} | {"convoscope." + folder.relative_to(ROOT).as_posix().replace("/", ".") for folder in folders}


def test_every_package_folder_is_installed(monkeypatch):
    given = {}
    monkeypatch.setattr(setuptools, "setup", given.update)
    monkeypatch.chdir(ROOT)
    runpy.run_path(str(ROOT / "setup.py"))
    assert set(given["packages"]) == packages_on_disk()


def test_what_only_a_page_needs_is_installed_too():
    """own.mjs, own.css, own.html and page/ of a view lie in no package of their own."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    for top in ("views", "homes"):
        for package in {path.parent for path in (ROOT / top).rglob("__init__.py")}:
            there = {path for path in package.rglob("*") if path.suffix in {".mjs", ".css", ".html"}}
            there -= {path for path in there if any((folder / "__init__.py").exists() for folder in _between(package, path))}
            assert there <= {path for pattern in patterns for path in package.glob(pattern)}


def _between(package, path):
    """The folders below a package on the way to one of its files."""
    return [package.joinpath(*path.relative_to(package).parts[:n]) for n in range(1, len(path.relative_to(package).parts))]


CODE = [path for path in ROOT.rglob("*") if path.suffix in {".py", ".mjs", ".js", ".css", ".html"}]
NOT_OURS = {".venv", ".peers", "vendor", "dist", "build", "node_modules"}
OURS = [path for path in CODE if not NOT_OURS & set(path.relative_to(ROOT).parts)]


@pytest.mark.parametrize("suffix", [".py", ".mjs", ".js"])
def test_no_file_is_too_long_to_read_in_one_sitting(suffix):
    too_long = {
        path.relative_to(ROOT).as_posix(): count
        for path in OURS
        if path.suffix == suffix
        and path.relative_to(ROOT).parts[0] != "tests"
        and (count := len(path.read_text().splitlines())) > 250
    }
    assert too_long == {}


def code_lines(source):
    """How many lines of a Python source hold code: not blank, not comments, not docstrings."""
    documented = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False):
            documented |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {line for token in tokens if token.type not in silent for line in range(token.start[0], token.end[0] + 1)}
    return len(lines - documented)


TEXT_PARTS = ("calls", "numbers", "printouts", "tables", "text", "tokens", "words")


def test_the_engine_stays_small_enough_to_be_read():
    """2,400 lines of code for networks, 850 for their text, 500 for graphs and finite differences, 450 for HOG and SIFT,
    200 for transposed and one-dimensional convolutions, 200 for what is made with a network that is trained.
    Docstrings and comments are not counted: cutting them would make it harder to read."""
    graphs = {"autodiff.py", "finite_differences.py", "formula.py", "operations.py"}
    texts = {f"{name}.py" for name in ("chain_specs", "layer_specs", *(f"network_{part}" for part in TEXT_PARTS))}
    with_trained = {"maximisation.py", "softmax_regression.py"}
    hand_made = {"hog.py", "keypoints.py", "scale_space.py", "sift.py", "warping.py"}
    further = {"conv1d.py", "transposed.py"}
    lines = {path.name: code_lines(path.read_text()) for path in (ROOT / "engine").glob("*.py")}
    others = graphs | texts | hand_made | further | with_trained
    assert 1000 < sum(count for name, count in lines.items() if name not in others) <= 2400
    assert 400 < sum(lines[name] for name in texts) <= 850
    assert 50 < sum(lines[name] for name in with_trained) <= 200
    assert 200 < sum(lines[name] for name in graphs) <= 500
    assert 200 < sum(lines[name] for name in hand_made) <= 450
    assert 100 < sum(lines[name] for name in further) <= 200


def test_code_lines_are_counted_right():
    assert code_lines('"""Doc."""\n\nx = 1  # one\n# no\ndef f():\n    """Doc\n    more."""\n    return [\n        x]\n') == 4


def forbidden_words(text):
    """What never stands in what the page runs: markup made of text, evaluated text, Bokeh's evaluated callbacks."""
    words = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "CustomJS")
    return [word for word in words if word in text]


def test_nothing_on_the_page_evaluates_text_or_turns_it_into_markup():
    sources = [path for path in OURS if path.relative_to(ROOT).parts[0] in {"static", "views", "homes", "app.py"}]
    assert len(sources) > 20
    found = {path.name: forbidden_words(path.read_text()) for path in sources}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("line", ["box.innerHTML = name", "eval(text)", "CustomJS(code='1')", "new Function(text)"])
def test_a_planted_forbidden_word_is_seen(line):
    assert forbidden_words(line)
