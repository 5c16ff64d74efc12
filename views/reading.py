"""Read a value from outside into a setting: text from the address or a field, or JSON.

`read` clamps what is out of range and says so, and refuses what is no value at all with a SettingError. It changes nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import param

from .pasting import split
from .settings import Drawing, Matrix, Picture, Rows, SettingError, Settings, Text

LARGEST_TEXT = 800  # characters of any one value: a matrix of 49 numbers has up to 700


def read(settings: type[Settings], name: str, value: Any) -> tuple[Any, list[str]]:
    """The value of one setting that an outside value means, and notices (what was clamped). Raises SettingError."""
    parameter = settings.param[name]
    label = str(parameter.label).lower()
    if isinstance(value, str) and len(value) > LARGEST_TEXT and not isinstance(parameter, (Picture, Text)):
        raise SettingError(f"the {label} came as {len(value)} characters; {LARGEST_TEXT} is the most. Try a shorter value")
    return _reader(parameter)(parameter, label, value)


def _reader(parameter: param.Parameter[Any]) -> Callable[[Any, str, Any], tuple[Any, list[str]]]:
    """What reads values of that kind of setting: (parameter, label, value) -> (value, notices)."""
    for kind, reader in _READERS.items():
        if isinstance(parameter, kind):
            return reader
    raise TypeError(f"no reader for a parameter of type {type(parameter).__name__}")


def _read_choice(parameter: param.Selector[str], label: str, value: Any) -> tuple[str, list[str]]:
    choices = list(parameter.objects)
    if not isinstance(value, str) or value not in choices:
        raise SettingError(f"{_quoted(value)} is not a choice of “{parameter.label}”; choose one of {', '.join(choices)}")
    return value, []


def _read_flag(parameter: param.Boolean[bool], label: str, value: Any) -> tuple[bool, list[str]]:
    text = str(value).lower()
    if text not in _FLAGS:
        raise SettingError(f"the setting “{label}” is on or off, not {_quoted(value)}; choose true or false")
    return _FLAGS[text], []


def _read_number(parameter: param.Number[float], label: str, value: Any) -> tuple[float, list[str]]:
    low, high = _bounds(parameter)
    number = read_cell(value, f"the {label}")
    if low <= number <= high:
        return number, []
    nearest = min(max(number, low), high)
    return nearest, [f"The {label} must be a number from {low:g} to {high:g}: {_quoted(value)} became {nearest:g}."]


def _bounds(parameter: param.Number[Any]) -> tuple[float, float]:
    low, high = parameter.bounds or (None, None)
    if low is None or high is None:
        raise TypeError(f"the setting {parameter.name} has no bounds; every number needs a smallest and a largest value")
    return low, high


def _read_drawing(parameter: Drawing, label: str, value: Any) -> tuple[str, list[str]]:
    text = value.lower() if isinstance(value, str) else "?"
    if set(text) - set("0123456789abcdef") or len(text) not in (0, parameter.DIGITS):
        raise SettingError(f"the {label} must be empty or {parameter.DIGITS} hexadecimal digits; draw it anew")
    return text, []


def _read_text(parameter: Text, label: str, value: Any) -> tuple[str, list[str]]:
    if not isinstance(value, str):
        raise SettingError(f"the {label} must be text, not {_quoted(value)}; type it anew")
    if len(value) > parameter.longest:
        raise SettingError(f"the {label} came as {len(value)} characters; {parameter.longest} is the most. Try a shorter one")
    return value.strip(), []


def _read_picture(parameter: Picture, label: str, value: Any) -> tuple[str, list[str]]:
    data, side = decoded(value), parameter.side
    if data is None or len(data) not in (0, side * side * 3):
        raise SettingError(f"the {label} must come as {side}×{side} pixels in base64; choose the file again")
    return value, []


def decoded(value: Any) -> bytes | None:
    """The bytes that came in base64; None if it is none."""
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError):
        return None


def _read_integer(parameter: param.Integer[int], label: str, value: Any) -> tuple[int, list[str]]:
    low, high = _bounds(parameter)
    wanted = f"a whole number from {low:,} to {high:,}"
    try:
        if isinstance(value, bool) or not float(value).is_integer():
            raise ValueError
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        raise SettingError(f"the {label} must be {wanted}, not {_quoted(value)}") from None
    if low <= number <= high:
        return number, []
    nearest = int(min(max(number, low), high))
    return nearest, [f"The {label} must be {wanted}: {_quoted(value)} became {nearest:,}."]


def _read_matrix(parameter: Matrix, label: str, value: Any) -> tuple[Rows, list[str]]:
    rows = split(value) if isinstance(value, str) else value
    _check_matrix_shape(parameter, label, rows)
    cells = [
        [read_cell(cell, f"the {label}, row {r + 1}, column {c + 1}") for c, cell in enumerate(row)]
        for r, row in enumerate(rows)
    ]
    most = parameter.largest
    notices = [
        f"The {label} takes numbers from −{most:g} to {most:g}: {cell:g} was brought back to that range."
        for row in cells
        for cell in row
        if abs(cell) > most
    ]
    return tuple(tuple(min(max(cell, -most), most) for cell in row) for row in cells), notices


def _check_matrix_shape(parameter: Matrix, label: str, rows: Any) -> None:
    height, width, most = len(parameter.default), len(parameter.default[0]), parameter.most_cells
    are_rows = isinstance(rows, (list, tuple)) and all(isinstance(row, (list, tuple)) for row in rows)
    shape = (len(rows), *{len(row) for row in rows}) if are_rows else ()
    right = all(1 <= size <= most for size in shape) and len(shape) == 2 if most else shape == (height, width)
    if not right:
        wanted = f"1 to {most} rows of 1 to {most} numbers" if most else f"{height} rows of {width} numbers"
        example = ";".join([",".join(["0"] * width)] * height)
        raise SettingError(f"the {label} must be {wanted}, such as {example}")


def read_cell(cell: Any, place: str) -> float:
    """A finite number from outside, such as "1/9" or "0,5". place: what the error calls it. Raises SettingError."""
    advice = "type a number such as 0.5, -1 or 1/9"
    text = str(cell).strip().replace("−", "-") if isinstance(cell, (str, int, float)) else ""
    if isinstance(cell, bool) or len(text) > 24:
        raise SettingError(f"{place} holds {_quoted(cell)}; {advice}")
    if not text:
        raise SettingError(f"{place} is empty; {advice}")
    try:
        top, bar, bottom = text.partition("/")
        number = float(Fraction(int(top), int(bottom))) if bar else float(text.replace(",", ".", 1))  # a decimal comma
    except (ValueError, ZeroDivisionError, OverflowError):
        raise SettingError(f"{place} holds {_quoted(cell)}; {advice}") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise SettingError(f"{place} holds {_quoted(cell)}; {advice}")
    return number


_FLAGS = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}
_READERS: dict[type[param.Parameter[Any]], Callable[[Any, str, Any], tuple[Any, list[str]]]] = {
    param.Selector: _read_choice,
    Drawing: _read_drawing,
    Picture: _read_picture,
    Text: _read_text,
    param.Boolean: _read_flag,
    param.Integer: _read_integer,
    param.Number: _read_number,
    Matrix: _read_matrix,
}


def _quoted(value: Any) -> str:
    text = str(value)
    return f"“{text if len(text) <= 24 else text[:23] + '…'}”"
