"""One word for one thing: the glossary of CONTRIBUTING.md, held against public names, controls and the texts of the page."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from convoscope.views.session import LESSONS

ROOT = Path(__file__).resolve().parent.parent
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
PACKAGES = ("engine", "views", "homes")
STANDARD_SENTENCE = CONTRIBUTING.split("standard names of a view's folder (")[1].split(")")[0]
STANDARD_MODULES = {"__init__", *re.findall(r"`(\w+)`", STANDARD_SENTENCE)}


def forbidden_terms(text=CONTRIBUTING):
    """The words of the glossary's last column."""
    section = text.split("## One word each")[1].split("\n## ")[0]
    rows = [row.strip("|").split("|") for row in section.splitlines() if row.startswith("| ")][2:]
    return [term.strip().lower() for row in rows for term in row[2].split(",") if term.strip()]


def forbidden_names(text=CONTRIBUTING):
    """The words that say nothing as names."""
    sentence = text.split("verb of the conversation.")[1].split("say nothing")[0]
    return re.findall(r"`(\w+)`", sentence)


def forbidden_phrases(text=CONTRIBUTING):
    """What no text of the page says."""
    sentence = text.split("the reader as \"you\". Not")[1].split("\n\n")[0]
    return [re.sub(r"\s+", " ", phrase) for phrase in re.findall(r'"([^"]+)"', sentence)]


def own_names(paths):
    """Without views/units, whose modules and classes bear the names of the engine's layers that they explain."""
    return [path for path in paths if not path.startswith("views/units/")]


def sources():
    """Every Python module of the packages, parsed."""
    paths = [path for top in PACKAGES for path in sorted((ROOT / top).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in paths}


def words_of(name):
    """The words of a name: learning_rate, ConvTerms -> learning, rate; conv, terms."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")


def public_names(tree):
    """The names by which others use a module: functions, classes, methods, parameters, fields, constants."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            names.add(node.name)
            if isinstance(node, ast.FunctionDef):
                names |= {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
    bodies = [tree.body, *(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def misnamed(names, terms):
    """The names that contain one of the terms, word by word."""
    spoken = {name: f"_{'_'.join(words_of(name))}_" for name in names}
    return sorted(name for name, words in spoken.items() if any(f"_{term.replace(' ', '_')}_" in words for term in terms))


def misspoken(text, terms):
    """The terms that stand in a text as whole words."""
    flat = re.sub(r"\s+", " ", text).lower()
    return [term for term in terms if re.search(rf"(?<!\w){re.escape(term)}s?(?!\w)", flat)]


def shared(pairs):
    """The names that stand for more than one place. pairs: (name, place)."""
    places = defaultdict(set)
    for name, place in pairs:
        places[name].add(place)
    return {name: sorted(found) for name, found in places.items() if len(found) > 1}


def page_texts():
    """What stands on the page: titles, summaries, the labels, helps and choices of controls, and the words of the templates."""
    texts = {}
    for slug, lesson in LESSONS.items():
        parameters = [lesson.Settings.param[name] for name in lesson.Settings.names()]
        choices = [choice for parameter in parameters for choice in getattr(parameter, "names", None) or ()]
        words = [word for parameter in parameters for word in (parameter.label, parameter.doc)]
        texts[slug] = "\n".join(map(str, [lesson.TITLE, lesson.SUMMARY, *words, *choices, *lesson.Settings.sections]))
    for path in (*(ROOT / "static").glob("*.html"), *(ROOT / "views").rglob("*.html")):
        template = re.sub(r"\{[#%].*?[#%]\}", " ", path.read_text(), flags=re.DOTALL)
        texts[path.relative_to(ROOT).as_posix()] = re.sub(r"<[^>]*>", " ", template)
    return texts


def test_the_glossary_is_read():
    assert {"mask", "moment", "time machine", "store"} <= set(forbidden_terms())
    assert {"found", "looker"} <= set(forbidden_names())
    assert "before your eyes" in forbidden_phrases()
    assert {"lesson", "settings", "state"} <= STANDARD_MODULES
    assert len(page_texts()) > 2 * len(LESSONS) - 9


def test_no_two_classes_share_a_name():
    trees = sources()
    classes = [
        (node.name, path)
        for path in own_names(trees)
        for node in ast.walk(trees[path])
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert shared(classes) == {}


def test_no_two_modules_share_a_name():
    modules = [(Path(path).stem, path) for path in own_names(sources())]
    assert shared((name, path) for name, path in modules if name not in STANDARD_MODULES) == {}


def test_public_names_keep_to_the_glossary():
    terms = [*forbidden_terms(), *forbidden_names()]
    found = {path: misnamed(public_names(tree), terms) for path, tree in sources().items()}
    assert {path: names for path, names in found.items() if names} == {}


def test_controls_and_page_texts_keep_to_the_glossary():
    found = {place: misspoken(text, [*forbidden_terms(), *forbidden_phrases()]) for place, text in page_texts().items()}
    assert {place: terms for place, terms in found.items() if terms} == {}


@pytest.mark.parametrize(
    "planted",
    ["class Moment: pass", "def kept_run(): pass", "def train(lr): pass", "ACTIVATION_MAP = 1", "class A:\n    told: int = 0"],
)
def test_a_planted_name_is_seen(planted):
    assert misnamed(public_names(ast.parse(planted)), [*forbidden_terms(), *forbidden_names()])


def test_private_and_innocent_names_are_not_seen():
    innocent = "def _kept(): pass\ndef momentum(unmasked): pass\nclass LookupTable: pass"
    assert misnamed(public_names(ast.parse(innocent)), [*forbidden_terms(), *forbidden_names()]) == []


def test_a_planted_text_and_a_planted_twin_are_seen():
    assert misspoken("Start learns it\n before your eyes.", forbidden_phrases()) == ["before your eyes"]
    assert misspoken("The activation maps of a neuron", forbidden_terms()) == ["neuron", "activation map"]
    assert shared([("Scene", "a.py"), ("Scene", "b.py"), ("Trace", "a.py")]) == {"Scene": ["a.py", "b.py"]}
