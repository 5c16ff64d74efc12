"""What the page shows against what CPython computes for the same settings."""

import numpy as np
from playwright.sync_api import expect

from convoscope.views.session import Session
from convoscope.views.trace import Texts, column_array, column_row


def trace_of(slug, settings):
    """What CPython computes."""
    return Session().handle({"view": slug, "name": "settings", "value": settings}).trace


def assert_shows(explorer, *, steps=None, tolerance=0.0, **settings):
    """The page has the steps, the sentences, the moving sources and the true numbers that CPython computes for the settings.

    steps: those that are looked at; without them the first, the middle and the last. tolerance: of numbers, relative and
    absolute, where WebAssembly may round otherwise; words are the same in any case.
    """
    trace = trace_of(explorer.slug, settings)
    assert explorer.state()["steps"] == len(trace)
    for step in sorted({0, len(trace) // 2, len(trace) - 1}) if steps is None else steps:
        explorer.step(step)
        assert explorer.sentence() == trace.sentences[step]
        for source, columns in trace.steps.items():
            shown = explorer.data(source)
            for name, column in columns.items():
                row, where = column_row(column, step), f"{source}.{name} at step {step}"
                if isinstance(column, Texts):
                    assert shown[name] == row, where
                else:
                    np.testing.assert_allclose(shown[name], row, rtol=tolerance, atol=tolerance, err_msg=where)
    for source, columns in trace.static.items():
        if source.endswith("_values"):
            true = column_array(columns["value"])
            shown = np.reshape(explorer.data(source)["value"], true.shape)
            np.testing.assert_allclose(shown, true, rtol=tolerance, atol=tolerance, err_msg=source)


def answered(page):
    """Wait until Python has answered everything."""
    expect(page.locator(".view:not([hidden])")).not_to_have_attribute("aria-busy", "true")


def on(plot, row, column):
    """Where on the page a place of a picture is. row, column: shares of its height and width."""
    box = plot.bounding_box()
    return box["x"] + column * box["width"], box["y"] + row * box["height"]
