"""Write anew what README.md takes from elsewhere: the views' table, the slugs of the address, the benchmarks.

    python scripts/renew_readme.py

The views' words are the lessons' own, TITLE and ACTIVITY in views/<slug>/lesson.py. What was measured stands in
docs/benchmarks.md, a section per program.
"""

from __future__ import annotations

import re
from pathlib import Path

from convoscope.views.session import LESSONS

README = Path(__file__).resolve().parent.parent / "README.md"
BENCHMARKS = README.parent / "docs" / "benchmarks.md"
HEAD = "| view | what one does there |\n| --- | --- |\n"


def main() -> None:
    README.write_text(renewed(README.read_text("utf-8")), encoding="utf-8")


def renewed(text: str) -> str:
    """The README with the lines of the views and of the benchmarks as they must be."""
    rows = "".join(f"| {lesson.TITLE} | {lesson.ACTIVITY.removesuffix('.')} |\n" for lesson in LESSONS.values())
    slugs = ", ".join(f"`{slug}`" for slug in LESSONS)
    text = re.sub(f"(?<={re.escape(HEAD)})(\\|.*\n)*", lambda _: rows, text, count=1)
    text = re.sub(r"(?<=^\| `view` \| ).*(?= \|$)", lambda _: slugs, text, count=1, flags=re.MULTILINE)
    sections = re.compile(r"^## (\w+)\n\n(.*?)\n*(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    for name, measured in sections.findall(BENCHMARKS.read_text("utf-8")):
        block = f"<!-- benchmark: {name} -->\n{measured}\n<!-- end -->"
        text = re.sub(f"<!-- benchmark: {name} -->\n.*?<!-- end -->", lambda _, block=block: block, text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    main()
