"""Write what README.md says of the views anew: the table of what one does there, and the slugs of the address.

    python scripts/renew_readme.py

The words are the lessons' own: TITLE and ACTIVITY in views/<slug>/lesson.py.
"""

from __future__ import annotations

import re
from pathlib import Path

from convoscope.views.session import LESSONS

README = Path(__file__).resolve().parent.parent / "README.md"
HEAD = "| view | what one does there |\n| --- | --- |\n"


def main() -> None:
    README.write_text(renewed(README.read_text("utf-8")), encoding="utf-8")


def renewed(text: str) -> str:
    """The README with the lines of the views as they must be."""
    rows = "".join(f"| {lesson.TITLE} | {lesson.ACTIVITY.removesuffix('.')} |\n" for lesson in LESSONS.values())
    slugs = ", ".join(f"`{slug}`" for slug in LESSONS)
    text = re.sub(f"(?<={re.escape(HEAD)})(\\|.*\n)*", lambda _: rows, text, count=1)
    return re.sub(r"(?<=^\| `view` \| ).*(?= \|$)", lambda _: slugs, text, count=1, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
