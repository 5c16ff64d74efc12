"""docs/architecture.md tells the way through the code, and the code goes that way."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
STEP = re.compile(r"^- (then )?`([\w./#]+):([\w.#]+)`", re.M)


def walks(page):
    """The walks of the page by title, each a list of (led on by a message or gesture, file, function)."""
    return {part.partition("\n")[0]: [(bool(then), file, name) for then, file, name in STEP.findall(part)]
            for part in page.split("\n## ")[1:]}  # fmt: skip


def body(file, name, root=ROOT):
    """The source of a function of a Python file or an ES module, "" if there is none of that name."""
    source = (root / file).read_text(encoding="utf-8")
    if file.endswith(".py"):
        nodes = ast.parse(source).body
        for part in name.split("."):
            found = next((node for node in nodes if getattr(node, "name", "") == part), None)
            nodes = getattr(found, "body", [])
        return ast.get_source_segment(source, found) or "" if found else ""
    start = re.search(rf"^(?:export )?(?:  )?(?:async )?(?:function )?{re.escape(name)}\(.*{{$", source, re.M)
    if not start:
        return ""
    indent = "  " if source[start.start() :].startswith("  ") else ""
    return source[start.start() : source.index(f"\n{indent}}}", start.end())]


def faults(page, root=ROOT):
    """What a reader of the walks would stumble over."""
    found = []
    for title, steps in walks(page).items():
        said = ""
        for leads_on, file, name in steps:
            text = body(file, name, root) if (root / file).is_file() else ""
            if not text:
                found.append(f"{title}: {file} has no {name}")
            elif said and not leads_on and not re.search(rf"\b{name.split('.')[-1].lstrip('#')}\b", said):
                found.append(f"{title}: nothing above names {name}")
            said += text
    return found


def test_the_walks_are_those_of_the_code():
    assert len(walks(PAGE)) == 3
    assert all(len(steps) > 10 for steps in walks(PAGE).values())
    assert faults(PAGE) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("pad.mjs:#hand", "pad.mjs:#give", "has no #give"),
        ("views/packet.py:pack", "views/parcel.py:pack", "has no pack"),
        ("engine/conv.py:conv2d_terms", "engine/pooling.py:avg_pool2d", "nothing above names avg_pool2d"),
        ("Session._compute", "Session._computes", "has no Session._computes"),
    ],
)
def test_a_wrong_step_is_noticed(old, new, fault):
    assert any(fault in found for found in faults(PAGE.replace(old, new)))
