"""The engine's own source for the page: every function as JSON, to look into what ran and into a view's definition.

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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
class Listing:
    """One function or class of the engine whose source the page shows."""

    name: str
    module: str
    file: str
    line: int  # where it begins
    about: str  # the first sentence of its docstring
    marked: int | None  # which of its lines the present step of the animation executes, counted from 0


@functools.cache
def listings(functions: tuple[Callable[..., Any], ...], line: str) -> tuple[Listing, ...]:
    """Where the functions' sources are. line: the text of the line that every step executes, in one of them; "" for none.

    Raises CodeLineError if no line, or more than one, has that text, or if a function is not the engine's.
    """
    sources = {function: inspect.getsource(function).splitlines() for function in functions}
    found = [(function, n) for function, lines in sources.items() for n, text in enumerate(lines) if text.strip() == line != ""]
    if len(found) != bool(line):
        names = ", ".join(function.__name__ for function in functions)
        raise CodeLineError(
            f"the line {line!r} stands {len(found)} times in {names}; put one whole line of theirs into DEFINITION"
        )
    return tuple(_listing(function, dict(found).get(function)) for function in functions)


def _listing(function: Callable[..., Any], marked: int | None) -> Listing:
    module, line = function.__module__, inspect.getsourcelines(function)[1]
    file = f"{'/'.join(module.split('.')[-2:])}.py"
    if line not in _sources().get(file, {}):
        raise CodeLineError(f"{function.__name__} of {module} is not the engine's; put functions of the engine into DEFINITION")
    about = (inspect.getdoc(function) or "").split("\n")[0].split(". ")[0].rstrip(".")
    return Listing(function.__name__, module, file, line, f"{about}." if about else "", marked)


def engine_sources() -> str:
    """The source of every function and class of the engine as JSON: Sources. The line is where Python says it begins."""
    return json.dumps(_sources(), ensure_ascii=False, separators=(",", ":"))


@functools.cache
def _sources() -> Sources:
    found: Sources = {}
    for path in sorted(Path(engine.__file__).parent.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        named = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.ClassDef))
        found[f"engine/{path.name}"] = {
            first: source_of("\n".join(lines[first - 1 : node.end_lineno]))
            for node in named
            for first in [min([node.lineno, *(one.lineno for one in node.decorator_list)])]
        }
    return found


def sources_of(places: Iterable[tuple[str, int]]) -> Sources:
    """Those of the engine's sources that begin at these places: file, line."""
    found: Sources = {}
    for file, line in places:
        found.setdefault(file, {})[line] = _sources()[file][line]
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
