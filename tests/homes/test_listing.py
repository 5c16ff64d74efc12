"""The code that a page shows is the engine's own text, and the marked line is the one that the lesson names."""

import inspect
import json
import textwrap

import pytest

from convoscope import engine
from convoscope.homes.listing import CodeLineError, engine_sources, listings, source_of, sources_of
from convoscope.homes.shell import template, views
from convoscope.views.session import LESSONS

FUNCTIONS = [function for _, function in inspect.getmembers(engine, inspect.isfunction)]
CLASSES = (engine.Network, engine.Trainer, engine.Conv2d, engine.SGD)
METHODS = [method for kind in CLASSES for method in vars(kind).values() if inspect.isfunction(method)]


def written(source):
    """A source of the JSON as text."""
    return "\n".join("".join(piece if isinstance(piece, str) else piece[1] for piece in line) for line in source)


def shown(listing):
    """The source of a listing as the page shows it."""
    return sources_of([(listing.file, listing.line)])[listing.file][listing.line]


@pytest.mark.parametrize("function", [*FUNCTIONS, engine.Trainer, engine.Network], ids=lambda function: function.__name__)
def test_a_listing_is_the_source_character_by_character(function):
    (listing,) = listings((function,), "")
    assert written(shown(listing)) == inspect.getsource(function).rstrip("\n")
    assert listing.marked is None


@pytest.mark.parametrize("slug", LESSONS)
def test_the_line_that_a_lesson_names_is_in_its_definition(slug):
    definition = LESSONS[slug].DEFINITION
    found = [listing for listing in listings(definition.functions, definition.line) if listing.marked is not None]
    lines = [written(shown(listing)).split("\n")[listing.marked].strip() for listing in found]
    assert lines == ([definition.line] if definition.line else [])


@pytest.mark.parametrize("line", ["no_such_line()", ") -> Array:", "return out"])
def test_a_line_that_is_not_there_or_not_unique_is_refused(line):
    with pytest.raises(CodeLineError, match=r"put one whole line of theirs into DEFINITION"):
        listings((engine.conv2d_loops, engine.conv2d, engine.max_pool2d, engine.avg_pool2d), line)


def test_only_functions_of_the_engine_are_listed():
    with pytest.raises(CodeLineError, match=r"plain of .* is not the engine's; put functions of the engine into DEFINITION"):
        listings((plain,), "")


def plain(x):
    """No function of the engine."""
    return x


def test_words_are_told_apart():
    (listing,) = listings((engine.conv2d_loops,), "")
    pieces = [piece for line in shown(listing) for piece in line]
    for kind, word in (("keyword", "for"), ("name", "conv2d_loops"), ("number", "1")):
        assert [kind, word] in pieces
    assert any(piece[0] == "doc" and piece[1].startswith('"""Convolve by the definition') for piece in pieces)
    assert listing.about == "Convolve by the definition, one product at a time."


def test_source_that_looks_like_markup_stays_text():
    text = inspect.getsource(looks_like_markup).rstrip("\n")
    assert written(source_of(text)) == text


def looks_like_markup(x):
    """<img src=x onerror=alert(1)> & more."""

    text = f"<b>{x}</b>"  # a blank line above, and a comment <i>

    return text


def test_the_page_holds_the_definition_of_every_view():
    source = template("extras.html").module
    for view in views():
        markup = str(source.extras(view))
        assert view.definition
        assert all(f">{listing.name}</code>" in markup for listing in view.definition)
        assert all(f"{listing.file}:{listing.line}" in markup for listing in view.definition)


@pytest.mark.parametrize("function", [*FUNCTIONS, *METHODS], ids=lambda function: function.__qualname__)
def test_the_source_of_every_function_is_under_its_file_and_line(function):
    lines, first = inspect.getsourcelines(function)
    name = f"engine/{function.__module__.rpartition('.')[2]}.py"
    assert written(json.loads(engine_sources())[name][str(first)]) == textwrap.dedent("".join(lines)).rstrip("\n")


def test_the_sources_of_a_report_are_those_of_its_functions():
    ((name, found),) = sources_of([("engine/conv.py", inspect.getsourcelines(engine.conv2d)[1])]).items()
    assert (name, [written(source).split("(")[0] for source in found.values()]) == ("engine/conv.py", ["def conv2d"])
