"""The examples in the engine's docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import convoscope.engine

MODULES = [module.name for module in pkgutil.iter_modules(convoscope.engine.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name):
    assert doctest.testmod(importlib.import_module(f"convoscope.engine.{name}")).failed == 0


def test_there_are_examples_and_a_false_one_would_be_noticed():
    module = importlib.import_module("convoscope.engine.shapes")
    assert doctest.testmod(module).attempted >= 4
    example = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "false", None, 0)
    assert doctest.DocTestRunner(verbose=False).run(example, out=lambda _: None).failed == 1
