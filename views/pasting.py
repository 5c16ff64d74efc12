"""A matrix from text: rows of cells, as spreadsheets, NumPy, MATLAB and LaTeX write them, and as the address does.

This is the one place that splits such text; what a cell holds is read by `reading.read_cell`. `pasted` puts the cells where
they were pasted into a matrix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .settings import Matrix, Rows, SettingError

LONGEST = 4000  # characters: 12×12 numbers of 16 digits, with LaTeX around them
WORDS = re.compile(r"\\(begin|end)\{[^}]*\}(\{[lcr| ]*\})?|\\(left|right)\s*(\\?[\[\](){}|.])|\\hline|\\[\[\]]|\$")
FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
LINE_END = re.compile(r"\\\\(?:\s*\[[^\]]*\])?")
COMMAS = re.compile(r"\s,|,\s")  # a comma beside a space stands between numbers, not in one
Cells = list[list[str]]


def pasted(parameter: Matrix, current: Rows, value: Mapping[str, Any]) -> list[list[Any]]:
    """The matrix after value = {"pasted": text, "row": r, "column": c}. Raises SettingError if the cells do not fit there.

    Of a matrix of any size the first cell takes a whole new one; elsewhere the cells are filled in from there on.
    """
    label, (height, width) = str(parameter.label).lower(), (len(current), len(current[0]))
    cells = _block(value.get("pasted"))
    if height == 1 and len(cells) > 1 and len(cells[0]) == 1:
        cells = [[row[0] for row in cells]]  # a column of numbers for a row
    rows, columns = len(cells), len(cells[0])
    at, across = (_place(value.get(name), size) for name, size in (("row", height), ("column", width)))
    most = parameter.most_cells
    if most and (at, across) == (0, 0) and (rows > 1 or height == 1) and max(rows, columns) <= most:
        return [list(row) for row in cells]
    if (rows, columns) == (height, width):
        at, across = 0, 0
    if at + rows > height or across + columns > width:
        whole = f"; the first cell takes a whole matrix of up to {_count(most, most)}" if most else ""
        raise SettingError(
            f"there is no room for {_count(rows, columns)} in the {label} from row {at + 1}, column {across + 1} on; paste at "
            f"most {_count(height - at, width - across)} there{whole}"
        )
    filled: list[list[Any]] = [list(row) for row in current]
    for row, new in zip(filled[at : at + rows], cells, strict=True):
        row[across : across + columns] = new
    return filled


def split(text: str) -> Cells:
    """The cells of a text, row by row; rows may still be of different lengths."""
    text = FRACTION.sub(r"\1/\2", text.replace("{,}", ","))
    if "&" in text or "\\\\" in text:
        lines = (WORDS.sub(" ", line) for line in LINE_END.split(text))
        return [[cell.strip() for cell in line.split("&")] for line in lines if line.strip()]
    text = WORDS.sub(" ", text).strip()
    if re.match(r"[({]\s*[({]", text):  # tuples of Python, lists of Mathematica
        text = text.translate(str.maketrans("(){}", "[][]"))
    if "[" not in text:
        return _lines(text)
    whole = text.count("[") == text.count("]")  # else something is missing at the end
    text = text[text.index("[") : text.rindex("]") + 1 if whole else None]  # without array( and what follows
    if re.search(r"\]\s*,?\s*\]\s*,?\s*\[\s*\[", text):
        raise SettingError("the text holds several matrices; paste one of them")
    found = re.findall(r"\[([^\[\]]*)\]?", text)
    rows = [row for row in found if row.strip()]
    return _lines(rows[0]) if len(rows) == 1 else [_numbers(" ".join(row.split())) for row in rows]


def _lines(text: str) -> Cells:
    """Rows as lines, or between semicolons; cells between tabs, semicolons, commas or spaces."""
    lines = [line for line in text.splitlines() if line.strip()]
    if any("\t" in line for line in lines):
        return [[cell.strip() for cell in line.split("\t")] for line in lines]
    if len(lines) > 1 and all(";" in line.rstrip("; ") for line in lines):  # a table where the comma is the decimal sign
        return [[cell.strip() for cell in line.rstrip("; ").split(";")] for line in lines]
    rows = [row for line in lines for row in line.split(";") if row.strip() or len(lines) == 1]
    cells, with_decimals = [_numbers(row) for row in rows], [row.split() for row in rows]
    is_ragged, fits = (len({len(row) for row in each}) > 1 for each in (cells, with_decimals))
    return with_decimals if len(lines) > 1 and is_ragged and not fits else cells  # 0,5 above 2 are two numbers, not three


def _numbers(row: str) -> list[str]:
    row = row.strip().removesuffix(",")
    if COMMAS.search(row) or len(row.split()) == 1:
        return [cell.strip() for cell in row.split(",")]
    return row.split() or [""]


def _block(text: Any) -> Cells:
    """The cells of a pasted text as a rectangle."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise SettingError(f"the pasted text is longer than {LONGEST:,} characters; paste a smaller matrix")
    cells = split(text.replace("\r\n", "\n"))
    if not any(map(any, cells)):
        raise SettingError("the pasted text holds no numbers; paste rows of numbers such as 1 2 3")
    for number, row in enumerate(cells, start=1):
        if len(row) != len(cells[0]):
            first = f"where row 1 has {len(cells[0])}; paste rows of equal length"
            raise SettingError(f"row {number} of the pasted text has {len(row)} numbers {first}")
    return cells


def _place(value: Any, size: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < size:
        raise SettingError("the place of the pasted numbers must be a cell of the matrix; paste into one of its fields")
    return value


def _count(rows: int, columns: int) -> str:
    numbers = f"{columns} number{'s' * (columns > 1)}"
    return f"{rows} rows of {numbers}" if rows > 1 else f"1 row of {numbers}"
