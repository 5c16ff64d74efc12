"""What a view exports holds the numbers that it shows: LaTeX, a program, JSON, npz, and an address as a QR code."""

import contextlib
import io
import json
import re

import numpy as np
import pytest

from convoscope.views.session import LESSONS, Session

STEPPED = ("convolution", "downsampling", "rgb")


def exported(view, kind, step=0, settings=None):
    session = Session()
    session.handle({"view": view, "name": "settings", "value": settings or {}})
    update = session.handle({"view": view, "name": "export", "value": {"kind": kind, "step": step}})
    assert update.error == ""
    assert update.download.name == f"convoscope-{view}-step-{step}.{kind}"
    return update.download.data


def matrices(text):
    """Every bmatrix of a LaTeX text: {name: rows of numbers}."""
    found = re.findall(r"\\\[ \\mathrm\{(.*?)\} = \\begin\{bmatrix\}(.*?)\\end\{bmatrix\}", text, re.DOTALL)
    return {name: [[float(cell) for cell in row.split("&")] for row in rows.split(r"\\")] for name, rows in found}


def test_latex_holds_the_lectures_matrices_and_the_steps_arithmetic():
    text = exported("convolution", "tex", 3).decode()
    found = matrices(text)
    assert found["output"][0] == [3, 2, 2, 3, 1]
    assert found["kernel"] == [[0, 0, 0], [0, 1, 1], [0, 1, 0]]
    assert r"\mathrm{output}_{0, 3} = 0 \cdot 0" in text
    assert text.count(r"\begin{multline*}") == text.count(r"\end{multline*}") == 1
    assert text.count("{") == text.count("}")


def test_latex_leaves_out_what_no_page_holds_and_escapes_words():
    assert "too many for a matrix" in exported("convolution", "tex", 0, {"image": "digit"}).decode()
    words = exported("downsampling", "tex", 1).decode().splitlines()[-1]
    assert not re.search(r"(?<!\\)[%&#_]", words)


@pytest.mark.parametrize("view", STEPPED)
def test_the_program_runs_and_the_arrays_hold_what_it_prints(view):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(exported(view, "py").decode(), {})
    with np.load(io.BytesIO(exported(view, "npz")), allow_pickle=False) as arrays:
        outputs = [arrays[name].ravel() for name in arrays if re.fullmatch(r"(output(_\d+)?|sum|average|maximum)", name)]
        assert any(name.startswith("steps.") for name in arrays)
    numbers = np.array([float(text) for text in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", printed.getvalue())])
    np.testing.assert_allclose(numbers, np.concatenate(outputs), atol=1e-6)


@pytest.mark.parametrize("view", list(LESSONS))
def test_every_view_gives_its_step_as_json(view):
    whole = json.loads(exported(view, "json"))
    session = Session()
    trace = session.handle({"view": view, "name": "settings", "value": {}}).trace
    assert (whole["view"], whole["steps"], whole["sentence"]) == (view, len(trace), trace.sentences[0])
    assert set(whole["drawn"]) == set(trace.steps)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"kind": "exe", "step": 0}, "no export called “exe”; the exports are tex, py, json, npz"),
        ({"kind": "tex", "step": 99}, "no step 99; the steps go from 0 to 24"),
        ({"kind": "tex", "step": "x"}, "no step x"),
        ("tex", "no export called “None”"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_a_sentence(value, words):
    update = Session().handle({"view": "convolution", "name": "export", "value": value})
    assert words in update.error
    assert update.download is None


def test_a_qr_code_is_an_svg_and_too_long_an_address_is_refused():
    code = Session().handle({"view": "rgb", "name": "qr", "value": "https://example.org/?view=rgb"}).download
    assert code.data.startswith(b"<svg")
    assert code.kind == "image/svg+xml"
    for wrong in ("", "x" * 1201, None, 5):
        assert "holds an address" in Session().handle({"view": "rgb", "name": "qr", "value": wrong}).error
