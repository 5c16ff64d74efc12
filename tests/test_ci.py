"""Continuous integration runs what a contributor runs, and only code that was pinned by commit."""

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
PINNED = re.compile(r"uses: [\w/-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+$")


def unpinned(workflow: str) -> list[str]:
    return [line.strip() for line in workflow.splitlines() if "uses:" in line and not PINNED.search(line)]


def test_every_action_is_pinned_by_commit_and_says_its_version():
    assert WORKFLOW.count("uses:") >= 3
    assert unpinned(WORKFLOW) == []


@pytest.mark.parametrize("reference", ["v4", "main", "11bd719  # v4.2.2", "11bd71901bbe5b1630ceea73d27597364c9af683"])
def test_an_action_pinned_otherwise_would_be_noticed(reference):
    assert unpinned(f"      - uses: actions/checkout@{reference}") != []


def test_both_run_make_test():
    assert "run: make test" in WORKFLOW
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
