"""The settings of a view: bounded `param` parameters, which are at once the controls, the URL and the checks.

A value comes as text (from the URL or a text field) or as JSON. `change` reads it, clamps what is out of range and says so,
and refuses what is no value at all with a SettingError; the settings then stay as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import param

LARGEST_TEXT = 200  # characters of any one value


class SettingError(ValueError):
    """A value that is none: what came, what was wanted, what to try."""


class Matrix(param.Parameter):
    """A grid of numbers of fixed shape: a tuple of rows, each a tuple of floats within ±`largest`."""

    __slots__ = ["largest"]

    def __init__(self, default: tuple[tuple[float, ...], ...] = ((0.0,),), *, largest: float = 1000.0, **params: Any):
        self.largest = largest
        super().__init__(default=default, **params)


class Settings(param.Parameterized):
    """Base of every view's settings.

    shown_when: {name: (other, value)}: the control makes sense only while the other setting has that value.
    follows_unless: {name: (other, value)}: the setting follows from the other one unless that has this value, so that
    an address need not hold it.
    """

    shown_when: Mapping[str, tuple[str, str]] = {}
    follows_unless: Mapping[str, tuple[str, str]] = {}

    def __init__(self, **values: Any) -> None:
        super().__init__()
        self.param.update(**values)  # after the defaults, so that settings which follow from others do

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
    if isinstance(value, str) and len(value) > LARGEST_TEXT:
        raise SettingError(f"the {label} came as {len(value)} characters; {LARGEST_TEXT} is the most. Try a shorter value")
    if isinstance(parameter, param.Selector):
        wanted, notices = _read_choice(parameter, label, value), []
    elif isinstance(parameter, param.Integer):
        wanted, notices = _read_integer(parameter, label, value)
    elif isinstance(parameter, Matrix):
        wanted, notices = _read_matrix(parameter, label, value)
    else:
        raise TypeError(f"no reader for the parameter {name} of type {type(parameter).__name__}")
    setattr(settings, name, wanted)
    return notices


def _read_choice(parameter: param.Selector, label: str, value: Any) -> str:
    choices = parameter.get_range().values()
    if not isinstance(value, str) or value not in choices:
        raise SettingError(f"{_quoted(value)} is no {label}; choose one of {', '.join(choices)}")
    return value


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


def _read_matrix(parameter: Matrix, label: str, value: Any) -> tuple[tuple[tuple[float, ...], ...], list[str]]:
    rows = [row.split(",") for row in value.split(";")] if isinstance(value, str) else value
    height, width = len(parameter.default), len(parameter.default[0])
    if (
        not isinstance(rows, (list, tuple))
        or len(rows) != height
        or any(not isinstance(row, (list, tuple)) or len(row) != width for row in rows)
    ):
        example = ";".join([",".join(["0"] * width)] * height)
        raise SettingError(f"the {label} must be {height} rows of {width} numbers, such as {example}")
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


def _quoted(value: Any) -> str:
    text = str(value)
    return f"“{text if len(text) <= 24 else text[:23] + '…'}”"


def table(kind: type[Settings]) -> list[dict[str, Any]]:
    """One plain row a setting, from which the page makes its control: name, label, kind, default, help, bounds or choices."""
    rows = []
    for name in kind.names():
        parameter = kind.param[name]
        row: dict[str, Any] = {"name": name, "label": parameter.label, "help": parameter.doc, "default": parameter.default}
        if isinstance(parameter, param.Selector):
            row |= {"kind": "choice", "choices": [list(pair) for pair in parameter.get_range().items()]}
        elif isinstance(parameter, param.Integer):
            row |= {"kind": "integer", "bounds": list(parameter.bounds)}
        elif isinstance(parameter, Matrix):
            row |= {"kind": "matrix"}
        row |= {"shown_when": kind.shown_when[name]} if name in kind.shown_when else {}
        row |= {"follows_unless": kind.follows_unless[name]} if name in kind.follows_unless else {}
        rows.append(row)
    return rows
