"""The engine's own source for the page: a view's definition as a listing, and every function as JSON, to look into what ran.

It is read when the site is built or by the Panel server, because the browser's bundle carries compiled code only. Python's
own tokenizer says what is a keyword, a number, a comment or a docstring; the page's style sheet gives them colours.
"""

from __future__ import annotations

import ast
import functools
import inspect
import io
import json
import keyword
import textwrap
import token
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from .. import engine

KINDS = {token.COMMENT: "comment", token.NUMBER: "number", token.STRING: "string"}
NAMING = {"def", "class"}  # the word behind them is a new name
Piece = tuple[str, str]  # what it is ("keyword", "" for nothing special), its text
Source = list[list[str | list[str]]]  # for each line its pieces, those of no kind as bare text
Sources = dict[str, dict[int, Source]]  # by file and line
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
    place: str  # its file and line
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
        raise CodeLineError(f"the line {line!r} stands {found} times in {names}; put one whole line of theirs into DEFINITION")
    return made


def _listing(function: Callable[..., Any], line: str) -> Listing:
    source = inspect.getsource(function)
    plain = source.splitlines()
    marked = Markup("").join(_span(*piece) for piece in _pieces(source)).rstrip("\n").split("\n")
    lines = (Line(Markup(text), text_line.strip() == line != "") for text, text_line in zip(marked, plain, strict=True))
    about = (inspect.getdoc(function) or "").split("\n")[0].split(". ")[0].rstrip(".")
    module = function.__module__
    place = f"{'/'.join(module.split('.')[-2:])}.py:{inspect.getsourcelines(function)[1]}"
    return Listing(function.__name__, module, place, f"{about}." if about else "", tuple(lines))


@functools.cache
def engine_sources() -> str:
    """The source of every function of the engine as JSON: Sources. The line is that at which Python says it begins."""
    found: Sources = {}
    for path in sorted(Path(engine.__file__).parent.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
        found[f"engine/{path.name}"] = {
            first: source_of("\n".join(lines[first - 1 : function.end_lineno]))
            for function in functions
            for first in [min([function.lineno, *(one.lineno for one in function.decorator_list)])]
        }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def sources_of(functions: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Those of the engine's sources that a report of what ran names. functions: its "functions"."""
    every = json.loads(engine_sources())
    found: dict[str, dict[str, Any]] = {}
    for function in functions:
        line = str(function["line"])
        found.setdefault(function["file"], {})[line] = every[function["file"]][line]
    return found


def source_of(text: str) -> Source:
    """A function's source, line by line, the first one unindented."""
    lines: Source = [[]]
    for kind, words in _pieces(textwrap.dedent(text)):
        if words == "\n":
            lines.append([])
        elif kind and words:
            lines[-1].append([kind, words])
        elif words:
            before = lines[-1].pop() if lines[-1] and isinstance(lines[-1][-1], str) else ""
            lines[-1].append(f"{before}{words}")
    return lines


def _pieces(source: str) -> Iterator[Piece]:
    """The pieces of a source in order, each with its kind. None goes over the end of a line, which is a piece of its own."""
    at, before, first = 0, "", True
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for kind, text, start, end, _ in tokenize.generate_tokens(io.StringIO(source).readline):
        begins, ends = starts[start[0] - 1] + start[1], starts[end[0] - 1] + end[1]
        name = "doc" if kind == token.STRING and first else _kind(kind, text, before)
        yield from _by_line("", source[at:begins])
        yield from _by_line(name, text)
        at = max(at, ends)
        first = kind in {token.NEWLINE, token.INDENT, token.DEDENT} or (first and kind in SILENT)
        before = text


def _kind(kind: int, text: str, before: str) -> str:
    if kind == token.NAME:
        return "keyword" if keyword.iskeyword(text) else "name" if before in NAMING else ""
    return KINDS.get(kind, "string" if token.tok_name[kind].startswith("FSTRING") else "")


def _by_line(kind: str, text: str) -> Iterator[Piece]:
    for number, part in enumerate(text.split("\n")):
        if number:
            yield "", "\n"
        yield kind, part


def _span(name: str, text: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(name, text) if name and text else Markup("{}").format(text)
