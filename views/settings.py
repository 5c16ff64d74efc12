"""The settings of a view: bounded `param` parameters, which are at once the controls, the URL and the checks.

The kinds are param's own (Selector, Boolean, Integer, Number) and a few for grids of numbers and pictures.
reading.py reads values from outside into them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import param

from .files import Files
from .rules import Change, Follow, Rule, Start

Rows = tuple[tuple[float, ...], ...]


class SettingError(ValueError):
    """A value that is none: what came, what was wanted, what to try."""


class Choice(param.Selector[str]):
    """One of several texts: objects maps the name by which the page lists it to the text."""


class Matrix(param.Parameter[Rows]):
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


class Drawing(param.String[str]):
    """A black-and-white drawing of SIDE×SIDE cells: its bits row by row as hexadecimal digits, or "" for an empty one."""

    SIDE = 28
    DIGITS = SIDE * SIDE // 4
    CELLS_PER_PIXEL = 1  # a side, of the image that is computed with


class Picture(param.String[str]):
    """A picture that the user brings: side×side pixels of red, green, blue (uint8) in base64, or "" for none yet.

    static/js/picture.mjs is its control; images.own_picture reads it.
    """

    __slots__ = ["side"]

    SIDE = 128
    HELP = "PNG, JPEG or WebP up to 12 MB: choose, drop or paste it; or use the webcam. Drag the square to choose a part."

    def __init__(self, default: str = "", *, side: int = SIDE, **params: Any) -> None:
        self.side = side
        super().__init__(default=default, **({"doc": self.HELP} | params))


class Text(param.String[str]):
    """Words that the user types: at most `longest` characters, in a field of `lines` lines."""

    __slots__ = ["lines", "longest"]

    def __init__(self, default: str = "", *, longest: int = 200, lines: int = 1, **params: Any) -> None:
        self.longest, self.lines = longest, lines
        super().__init__(default=default, **params)


class Settings(param.Parameterized):
    """Base of every view's settings.

    without_control: settings that the picture itself sets (a cell that is asked about, an angle): no control shows them.

    shown_when: {name: (other, values)}: the control makes sense only while the other setting has one of these values.
    rules: how settings follow each other, in the order in which they are applied (rules.py).
    """

    without_control: Sequence[str] = ()
    sections: Mapping[str, Sequence[str]] = {}  # title: names of the controls that stand folded under it
    shown_when: Mapping[str, tuple[str, Sequence[str | bool]]] = {}
    rules: Sequence[Rule] = ()

    def __init__(self, **values: Any) -> None:
        param.Parameterized.__init__(self)  # which has no types: pyproject.toml excuses calls by this name
        self.change(values)

    def change(self, values: Mapping[str, Any], files: Files | None = None) -> list[str]:
        """Set these values together, then apply the rules once in their order. Returns notices.

        Without files, what needs one stays as it is. Raises SettingError or ShapeError if the settings do not fit together.
        """
        change = Change(self.plain(), frozenset(values), files)
        self.put(values)
        return [notice for rule in self.rules if (notice := rule.apply(self, change))]

    def unknown(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Sentences by setting about what these values name and is not there. values: what `change` took from outside.

        Here: a text of which nothing could be kept, about which its rule or its state has said why.
        """
        texts = [name for name, value in values.items() if isinstance(self.param[name], Text) and value]
        return {name: "" for name in texts if not getattr(self, name)}

    def copy(self) -> Self:
        """Settings with the same values, which fit each other already."""
        other = type(self).__new__(type(self))
        param.Parameterized.__init__(other)  # without the rules
        other.put(self.plain())
        return other

    def anew(self) -> Self:
        """Every setting at its default but the user's pictures, which no address can hold."""
        other = type(self)()
        other.put({name: value for name, value in self.plain().items() if isinstance(self.param[name], Picture)})
        return other

    def put(self, values: Mapping[str, Any]) -> None:
        """Set what differs, one after the other: nothing watches them, and param.update reads every setting each time."""
        for name, value in values.items():
            if value != getattr(self, name):
                setattr(self, name, value)

    @classmethod
    def names(cls) -> list[str]:
        """The names of the settings in the order of their controls."""
        return [name for name in cls.param if name != "name"]

    def plain(self) -> dict[str, Any]:
        """The values as JSON can hold them."""
        return {name: getattr(self, name) for name in self.names()}


def table(kind: type[Settings]) -> list[dict[str, Any]]:
    """One plain row a setting, from which the page makes its control: name, label, kind, default, help, bounds or choices.

    An address leaves out what follows from another setting (follows_unless) and what it starts with (starts_with).
    """
    follows = {rule.name: (rule.of, rule.unless) for rule in kind.rules if isinstance(rule, Follow)}
    starts = {rule.name: (rule.when[0], rule.of) for rule in kind.rules if isinstance(rule, Start) and rule.of is not None}
    rows = []
    for name in kind.names():
        parameter = kind.param[name]
        row: dict[str, Any] = {"name": name, "label": parameter.label, "help": parameter.doc, "default": parameter.default}
        row |= _kind(parameter) | ({"kind": "none"} if name in kind.without_control else {})
        section = next((title for title, names in kind.sections.items() if name in names), None)
        row |= {"section": section} if section else {}
        about = {"shown_when": kind.shown_when, "follows_unless": follows, "starts_with": starts}
        row |= {key: found[name] for key, found in about.items() if name in found}
        rows.append(row)
    return rows


def _kind(parameter: param.Parameter[Any]) -> dict[str, Any]:
    """The kind of control, and what bounds it."""
    if isinstance(parameter, param.Selector):
        return {"kind": "choice", "choices": [list(pair) for pair in parameter.get_range().items()]}
    if isinstance(parameter, param.Boolean):
        return {"kind": "flag"}
    if isinstance(parameter, param.Number):  # Integer is one too
        kind = "integer" if isinstance(parameter, param.Integer) else "number"
        return {"kind": kind, "bounds": list(parameter.bounds or ())}
    if isinstance(parameter, Drawing):
        return {"kind": "drawing", "side": parameter.SIDE, "cells_per_pixel": parameter.CELLS_PER_PIXEL}
    if isinstance(parameter, Picture):
        return {"kind": "picture", "side": parameter.side}
    if isinstance(parameter, Text):
        return {"kind": "text", "longest": parameter.longest, "lines": parameter.lines}
    return {"kind": "matrix", "role": parameter.role}
