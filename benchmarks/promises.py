"""docs/promises.md: every promise with its test and its figure. Whoever measures a figure writes it here, with `record`.

    python benchmarks/promises.py                # the promises that have no figure yet
"""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "docs" / "promises.md"
COLUMNS = ("promise", "target", "figure", "test")
NOT_YET = "not measured"


def rows(text: str) -> list[dict[str, str]]:
    """The rows of the table of promises."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    first = next(n for n, line in enumerate(lines) if _cells(line) == list(COLUMNS))
    found = []
    for line in lines[first + 2 :]:
        if len(_cells(line)) != len(COLUMNS):
            break
        found.append(dict(zip(COLUMNS, _cells(line), strict=True)))
    return found


def record(promise: str, figure: str, file: Path = FILE) -> None:
    """Write the figure of a promise into its row. Raises LookupError if there is no such promise, or a bar in the figure."""
    if "|" in figure:
        raise LookupError(f"a figure may not hold |, which ends a cell: {figure}")
    text = file.read_text(encoding="utf-8")
    found = [row for row in rows(text) if row["promise"] == promise]
    if len(found) != 1:
        raise LookupError(f"{file.name} has no promise {promise!r}; it has {[row['promise'] for row in rows(text)]}")
    [row] = found
    new = "| " + " | ".join((row | {"figure": f"{figure} ({today()})"})[name] for name in COLUMNS) + " |"
    old = next(line for line in text.splitlines() if line.startswith(f"| {promise} |"))
    file.write_text(text.replace(old, new), encoding="utf-8")
    print(f"{promise}: {figure}", flush=True)


def write_section(name: str, content: str, file: Path = FILE) -> None:
    """Replace what stands between <!-- name --> and <!-- end of name -->."""
    text = file.read_text(encoding="utf-8")
    marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if any(text.count(mark) != 1 for mark in marks):
        raise LookupError(f"{file.name} has no section {name!r}")
    before, after = text.split(marks[0])[0], text.split(marks[1])[1]
    file.write_text(f"{before}{marks[0]}\n{content.strip()}\n{marks[1]}{after}", encoding="utf-8")


def machine() -> str:
    """What the figures were measured on."""
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end, {today()}"


def today() -> str:
    """The date."""
    return datetime.date.today().isoformat()


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.sub(r"^\||\|$", "", line.strip()).split("|")]


def main() -> None:
    missing = [row["promise"] for row in rows(FILE.read_text(encoding="utf-8")) if row["figure"] == NOT_YET]
    print("\n".join(missing) or "every promise has its figure")


if __name__ == "__main__":
    main()
