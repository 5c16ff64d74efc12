"""The engine's own source as a listing for the page.

It is read when the site is built or by the Panel server, because the browser's bundle carries compiled code only. Python's
own tokenizer says what is a keyword, a number, a comment or a docstring; the page's style sheet gives them colours.
"""

from __future__ import annotations

import functools
import inspect
import io
import keyword
import token
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

KINDS = {token.COMMENT: "comment", token.NUMBER: "number", token.STRING: "string"}
NAMING = {"def", "class"}  # the word behind them is a new name
SILENT = {token.NEWLINE, token.NL, token.INDENT, token.DEDENT, token.COMMENT}


class CodeLineError(LookupError):
    """The line that a lesson names is not in the code that it names, or there twice."""


@dataclass(frozen=True)
class Line:
    """One line of source, marked up, and whether the present step of the animation executes it."""

    markup: Markup
    now: bool


@dataclass(frozen=True)
class Listing:
    """One function's source."""

    name: str
    module: str
    about: str  # the first sentence of its docstring
    lines: tuple[Line, ...]

    @property
    def has_line(self) -> bool:
        """Whether a step of the animation executes a line of it."""
        return any(line.now for line in self.lines)


@functools.cache
def listings(functions: tuple[Callable[..., Any], ...], line: str) -> tuple[Listing, ...]:
    """The functions' sources. line: the text of the line that every step executes, in one of them; "" for none.

    Raises CodeLineError if no line, or more than one, has that text.
    """
    made = tuple(_listing(function, line) for function in functions)
    found = sum(line.now for listing in made for line in listing.lines)
    if found != bool(line):
        names = ", ".join(listing.name for listing in made)
        raise CodeLineError(f"the line {line!r} stands {found} times in {names}; put one whole line of theirs into CODE_LINE")
    return made


def _listing(function: Callable[..., Any], line: str) -> Listing:
    source = inspect.getsource(function)
    plain = source.splitlines()
    marked = Markup("").join(_marked(source)).rstrip("\n").split("\n")
    lines = (Line(Markup(text), text_line.strip() == line != "") for text, text_line in zip(marked, plain, strict=True))
    about = (inspect.getdoc(function) or "").split("\n")[0].split(". ")[0].rstrip(".")
    return Listing(function.__name__, function.__module__, f"{about}." if about else "", tuple(lines))


def _marked(source: str) -> Iterator[Markup]:
    """The pieces of a source in order, each in a span that says what it is. No span goes over the end of a line."""
    at, before, first = 0, "", True
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for kind, text, start, end, _ in tokenize.generate_tokens(io.StringIO(source).readline):
        begins, ends = starts[start[0] - 1] + start[1], starts[end[0] - 1] + end[1]
        name = "doc" if kind == token.STRING and first else _kind(kind, text, before)
        yield _span("", source[at:begins])
        yield Markup("\n").join(_span(name, part) for part in text.split("\n"))
        at = max(at, ends)
        first = kind in {token.NEWLINE, token.INDENT, token.DEDENT} or (first and kind in SILENT)
        before = text


def _kind(kind: int, text: str, before: str) -> str:
    if kind == token.NAME:
        return "keyword" if keyword.iskeyword(text) else "name" if before in NAMING else ""
    return KINDS.get(kind, "string" if token.tok_name[kind].startswith("FSTRING") else "")


def _span(name: str, text: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(name, text) if name else Markup("{}").format(text)
