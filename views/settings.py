"""The settings of a view: bounded `param` parameters, which are at once the controls, the URL and the checks.

A value comes as text (from the URL or a text field) or as JSON. `change` reads it, clamps what is out of range and says so,
and refuses what is no value at all with a SettingError; the settings then stay as they were.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import param

from .files import Files

LARGEST_TEXT = 800  # characters of any one value: a matrix of 49 numbers has up to 700

Rows = tuple[tuple[float, ...], ...]


class SettingError(ValueError):
    """A value that is none: what came, what was wanted, what to try."""


class Matrix(param.Parameter):
    """A grid of numbers within ±`largest`: a tuple of rows, each a tuple of floats.

    Its shape is that of the default, or, with `most_cells` a side, anything from 1×1 to most_cells×most_cells.
    """

    __slots__ = ["largest", "most_cells", "role"]

    def __init__(
        self,
        default: Rows = ((0.0,),),
        *,
        largest: float = 1000.0,
        most_cells: int | None = None,
        role: str = "line",  # the token whose colour frames it
        **params: Any,
    ) -> None:
        self.largest, self.most_cells, self.role = largest, most_cells, role
        super().__init__(default=default, **params)


class Drawing(param.String):
    """A black-and-white drawing of SIDE×SIDE cells: its bits row by row as hexadecimal digits, or "" for an empty one."""

    SIDE = 28
    DIGITS = SIDE * SIDE // 4


class Picture(param.String):
    """A picture that the user brings: SIDE×SIDE pixels of red, green, blue (uint8) in base64, or "" for none yet."""

    SIDE = 128
    BYTES = SIDE * SIDE * 3


class Settings(param.Parameterized):
    """Base of every view's settings.

    shown_when: {name: (other, values)}: the control makes sense only while the other setting has one of these values.
    follows_unless: {name: (other, values)}: the setting follows from the other one unless that has one of these values,
    so that an address need not hold it.
    starts_with: {name: (other, {value: start})}: choosing that value of the other setting sets this one to its start.
    """

    sections: Mapping[str, Sequence[str]] = {}  # title: names of the controls that stand folded under it
    shown_when: Mapping[str, tuple[str, Sequence[str]]] = {}
    follows_unless: Mapping[str, tuple[str, Sequence[str]]] = {}
    starts_with: Mapping[str, tuple[str, Mapping[str, Any]]] = {}
    restoring = False  # while values come that belong together, not from the user one by one

    def __init__(self, **values: Any) -> None:
        super().__init__()
        self.restoring = True
        self.param.update(**values)  # after the defaults, so that settings which follow from others do
        self.restoring = False

    def fill_in(self, files: Files) -> list[str]:
        """Set what follows from files or from several settings; returns notices. Called after every change."""
        return []

    @classmethod
    def names(cls) -> list[str]:
        """The names of the settings in the order of their controls."""
        return [name for name in cls.param if name != "name"]

    def plain(self) -> dict[str, Any]:
        """The values as JSON can hold them."""
        return {name: getattr(self, name) for name in self.names()}


def change(settings: Settings, name: str, value: Any) -> list[str]:
    """Set one setting from an outside value; returns the notices (what was clamped). Raises SettingError."""
    parameter = settings.param[name]
    label = parameter.label.lower()
    if isinstance(value, str) and len(value) > LARGEST_TEXT and not isinstance(parameter, Picture):
        raise SettingError(f"the {label} came as {len(value)} characters; {LARGEST_TEXT} is the most. Try a shorter value")
    wanted, notices = _reader(parameter)(parameter, label, value)
    setattr(settings, name, wanted)
    return notices


def _reader(parameter: param.Parameter) -> Callable[[Any, str, Any], tuple[Any, list[str]]]:
    """What reads values of that kind of setting: (parameter, label, value) -> (value, notices)."""
    for kind, reader in _READERS.items():
        if isinstance(parameter, kind):
            return reader
    raise TypeError(f"no reader for a parameter of type {type(parameter).__name__}")


def _read_choice(parameter: param.Selector, label: str, value: Any) -> tuple[str, list[str]]:
    choices = parameter.get_range().values()
    if not isinstance(value, str) or value not in choices:
        raise SettingError(f"{_quoted(value)} is no {label}; choose one of {', '.join(choices)}")
    return value, []


def _read_flag(parameter: param.Boolean, label: str, value: Any) -> tuple[bool, list[str]]:
    text = str(value).lower()
    if text not in _FLAGS:
        raise SettingError(f"the setting “{label}” is on or off, not {_quoted(value)}; choose true or false")
    return _FLAGS[text], []


def _read_number(parameter: param.Number, label: str, value: Any) -> tuple[float, list[str]]:
    low, high = parameter.bounds
    number = _read_cell(value, f"the {label}")
    if low <= number <= high:
        return number, []
    nearest = min(max(number, low), high)
    return nearest, [f"The {label} must be a number from {low:g} to {high:g}: {_quoted(value)} became {nearest:g}."]


def _read_drawing(parameter: Drawing, label: str, value: Any) -> tuple[str, list[str]]:
    text = value.lower() if isinstance(value, str) else "?"
    if set(text) - set("0123456789abcdef") or len(text) not in (0, Drawing.DIGITS):
        raise SettingError(f"the {label} must be empty or {Drawing.DIGITS} hexadecimal digits; draw it anew")
    return text, []


def _read_picture(parameter: Picture, label: str, value: Any) -> tuple[str, list[str]]:
    try:
        size = len(base64.b64decode(value, validate=True))
    except (TypeError, ValueError):
        size = -1
    if size not in (0, Picture.BYTES):
        raise SettingError(f"the {label} must come as {Picture.SIDE}×{Picture.SIDE} pixels in base64; choose the file again")
    return value, []


def _read_integer(parameter: param.Integer, label: str, value: Any) -> tuple[int, list[str]]:
    low, high = parameter.bounds
    wanted = f"a whole number from {low:,} to {high:,}"
    try:
        if isinstance(value, bool) or not float(value).is_integer():
            raise ValueError
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        raise SettingError(f"the {label} must be {wanted}, not {_quoted(value)}") from None
    if low <= number <= high:
        return number, []
    nearest = min(max(number, low), high)
    return nearest, [f"The {label} must be {wanted}: {_quoted(value)} became {nearest:,}."]


def _read_matrix(parameter: Matrix, label: str, value: Any) -> tuple[Rows, list[str]]:
    rows = [row.split(",") for row in value.split(";")] if isinstance(value, str) else value
    _check_matrix_shape(parameter, label, rows)
    cells = [
        [_read_cell(cell, f"the {label}, row {r + 1}, column {c + 1}") for c, cell in enumerate(row)]
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


def _read_cell(cell: Any, place: str) -> float:
    advice = "type a number such as 0.5, -1 or 1/9"
    text = str(cell).strip().replace("−", "-") if isinstance(cell, (str, int, float)) else ""
    if isinstance(cell, bool) or len(text) > 24:
        raise SettingError(f"{place} holds {_quoted(cell)}; {advice}")
    if not text:
        raise SettingError(f"{place} is empty; {advice}")
    try:
        top, bar, bottom = text.partition("/")
        number = float(Fraction(int(top), int(bottom))) if bar else float(text)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise SettingError(f"{place} holds {_quoted(cell)}; {advice}") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise SettingError(f"{place} holds {_quoted(cell)}; {advice}")
    return number


_FLAGS = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}
_READERS: dict[type[param.Parameter], Callable[[Any, str, Any], tuple[Any, list[str]]]] = {
    param.Selector: _read_choice,
    Drawing: _read_drawing,
    Picture: _read_picture,
    param.Boolean: _read_flag,
    param.Integer: _read_integer,
    param.Number: _read_number,
    Matrix: _read_matrix,
}


def _quoted(value: Any) -> str:
    text = str(value)
    return f"“{text if len(text) <= 24 else text[:23] + '…'}”"


def table(kind: type[Settings]) -> list[dict[str, Any]]:
    """One plain row a setting, from which the page makes its control: name, label, kind, default, help, bounds or choices."""
    rows = []
    for name in kind.names():
        parameter = kind.param[name]
        row: dict[str, Any] = {"name": name, "label": parameter.label, "help": parameter.doc, "default": parameter.default}
        row |= _kind(parameter)
        section = next((title for title, names in kind.sections.items() if name in names), None)
        row |= {"section": section} if section else {}
        row |= {"shown_when": kind.shown_when[name]} if name in kind.shown_when else {}
        row |= {"follows_unless": kind.follows_unless[name]} if name in kind.follows_unless else {}
        row |= {"starts_with": kind.starts_with[name]} if name in kind.starts_with else {}
        rows.append(row)
    return rows


def _kind(parameter: param.Parameter) -> dict[str, Any]:
    """The kind of control, and what bounds it."""
    if isinstance(parameter, param.Selector):
        return {"kind": "choice", "choices": [list(pair) for pair in parameter.get_range().items()]}
    if isinstance(parameter, param.Boolean):
        return {"kind": "flag"}
    if isinstance(parameter, param.Number):  # Integer is one too
        return {"kind": "integer" if isinstance(parameter, param.Integer) else "number", "bounds": list(parameter.bounds)}
    if isinstance(parameter, (Drawing, Picture)):
        return {"kind": type(parameter).__name__.lower()}
    return {"kind": "matrix", "role": parameter.role}
