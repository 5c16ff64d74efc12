"""The code that a page shows is the engine's own text, and the marked line is the one that the lesson names."""

import html
import inspect
import json
import re
import textwrap

import pytest

from convoscope import engine
from convoscope.homes.listing import CodeLineError, engine_sources, listings, sources_of
from convoscope.homes.shell import template, views
from convoscope.views.session import LESSONS

FUNCTIONS = [function for _, function in inspect.getmembers(engine, inspect.isfunction)]
CLASSES = (engine.Network, engine.Trainer, engine.Conv2d, engine.SGD)
METHODS = [method for kind in CLASSES for method in vars(kind).values() if inspect.isfunction(method)]


def plain(listing):
    return "\n".join(html.unescape(re.sub("<[^>]+>", "", line.markup)) for line in listing.lines)


@pytest.mark.parametrize("function", [*FUNCTIONS, engine.Trainer, engine.Network], ids=lambda function: function.__name__)
def test_a_listing_is_the_source_character_by_character(function):
    (listing,) = listings((function,), "")
    assert plain(listing) == inspect.getsource(function).rstrip("\n")
    assert not listing.has_line
    assert all(line.markup.count("<span") == line.markup.count("</span>") for line in listing.lines)


@pytest.mark.parametrize("slug", LESSONS)
def test_the_line_that_a_lesson_names_is_in_its_definition(slug):
    definition = LESSONS[slug].DEFINITION
    wanted = definition.line
    marked = [line for listing in listings(definition.functions, wanted) for line in listing.lines if line.now]
    assert [html.unescape(re.sub("<[^>]+>", "", line.markup)).strip() for line in marked] == ([wanted] if wanted else [])


@pytest.mark.parametrize("line", ["no_such_line()", ") -> Array:", "return out"])
def test_a_line_that_is_not_there_or_not_unique_is_refused(line):
    with pytest.raises(CodeLineError, match=r"put one whole line of theirs into DEFINITION"):
        listings((engine.conv2d_loops, engine.conv2d, engine.max_pool2d, engine.avg_pool2d), line)


def test_words_are_told_apart():
    (listing,) = listings((engine.conv2d_loops,), "")
    whole = "\n".join(line.markup for line in listing.lines)
    for kind, word in (("keyword", "for"), ("name", "conv2d_loops"), ("number", "1")):
        assert f'<span class="{kind}">{word}</span>' in whole
    assert '<span class="doc">&#34;&#34;&#34;Convolve by the definition' in whole
    assert listing.about == "Convolve by the definition, one product at a time."


def test_source_that_looks_like_markup_stays_text():
    (listing,) = listings((looks_like_markup,), "")
    assert "<img" not in "".join(line.markup for line in listing.lines)
    assert plain(listing) == inspect.getsource(looks_like_markup).rstrip("\n")


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
        assert all(listing.place in markup for listing in view.definition)


def written(source):
    """A source of the JSON as text."""
    return "\n".join("".join(piece if isinstance(piece, str) else piece[1] for piece in line) for line in source)


@pytest.mark.parametrize("function", [*FUNCTIONS, *METHODS], ids=lambda function: function.__qualname__)
def test_the_source_of_every_function_is_under_its_file_and_line(function):
    lines, first = inspect.getsourcelines(function)
    name = f"engine/{function.__module__.rpartition('.')[2]}.py"
    assert written(json.loads(engine_sources())[name][str(first)]) == textwrap.dedent("".join(lines)).rstrip("\n")


def test_the_sources_of_a_report_are_those_of_its_functions():
    function = {"file": "engine/conv.py", "line": inspect.getsourcelines(engine.conv2d)[1]}
    ((name, found),) = sources_of([function]).items()
    assert (name, [written(source).split("(")[0] for source in found.values()]) == ("engine/conv.py", ["def conv2d"])
