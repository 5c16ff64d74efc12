"""Matrices from the clipboard: spreadsheets, NumPy, MATLAB, LaTeX, and what does not fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.views.pasting import split
from convoscope.views.session import Session
from convoscope.views.settings import SettingError

NOTHING = {"view": "convolution", "name": "stride", "value": 1}  # as it is
TWO = [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    "text",
    [
        "1\t2\n3\t4\n",
        "1\t2\r\n3\t4\r\n",
        "1 2\n3 4",
        "1,2\n3,4",
        "1, 2\n3, 4",
        "1;2\n3;4",
        "1,2;3,4",
        "[1 2; 3 4]",
        "[1, 2; 3, 4]",
        "[[1, 2], [3, 4]]",
        "[[1 2]\n [3 4]]",
        "array([[1, 2],\n       [3, 4]])",
        "kernel = np.array([[1, 2], [3, 4]], dtype=np.float32)",
        "tensor([[[[1, 2],\n          [3, 4]]]])",
        "((1, 2), (3, 4))",
        "{{1, 2}, {3, 4}}",
        "[[1, 2], [3, 4",
        "1 & 2 \\\\ 3 & 4",
        "1 & 2 \\\\ 3 & 4 \\\\",
        "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}",
        "$\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}$",
        "\\[\\left[\\begin{array}{cc} 1 & 2 \\\\[2pt] \\hline 3 & 4 \\end{array}\\right]\\]",
    ],
)
def test_a_matrix_is_found_however_it_is_written(text):
    assert split(text) == TWO


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("0,5\t-1\n1,25\t2", [["0,5", "-1"], ["1,25", "2"]]),
        ("0,5;1,5\n2;3", [["0,5", "1,5"], ["2", "3"]]),
        ("0,5 1,5", [["0,5", "1,5"]]),
        ("[[ 0.1111 -2.    ]\n [ 1.e-03  4.    ]]", [["0.1111", "-2."], ["1.e-03", "4."]]),
        ("\\frac{1}{9} & 0{,}5 \\\\ −1 & 2", [["1/9", "0,5"], ["−1", "2"]]),
        ("1/9 1/9 1/9", [["1/9"] * 3]),
        ("1\n2\n3", [["1"], ["2"], ["3"]]),
        ("[[1], [2]]", [["1"], ["2"]]),
        ("1, 2, 3", [["1", "2", "3"]]),
    ],
)
def test_decimal_commas_fractions_and_single_rows(text, cells):
    assert split(text) == cells


def test_numpy_wraps_long_rows():
    rows = np.arange(24).reshape(2, 12) * 1000.125
    with np.printoptions(linewidth=40):
        assert [[float(cell) for cell in row] for row in split(str(rows))] == rows.tolist()
        assert [[float(cell) for cell in row] for row in split(repr(rows))] == rows.tolist()


@given(st.text(alphabet="0123456789.,;-−/&\\[](){}\t\n e$bmatrixfrac", max_size=60))
def test_any_text_is_split_or_refused_with_a_sentence(text):
    try:
        cells = split(text)
    except SettingError as error:
        assert "paste" in str(error)  # noqa: PT017
    else:
        assert all(isinstance(cell, str) for row in cells for cell in row)


def paste(text, *, view="convolution", name="weights", row=0, column=0, session=None):
    session = session or Session()
    return session.handle({"view": view, "name": name, "value": {"pasted": text, "row": row, "column": column}})


def grid(update, name="weights"):
    return [list(row) for row in update.settings[name]]


def test_the_first_cell_takes_a_matrix_of_another_size():
    update = paste("1 2 3 4 5\n" * 5)
    assert not update.error
    assert grid(update) == [[1, 2, 3, 4, 5]] * 5
    assert (update.settings["kernel_rows"], update.settings["kernel"]) == (5, "custom")
    assert grid(paste("[[9, 8, 0], [7, 0, 0], [1, 2, 3]]", name="cells"), "cells") == [[9, 8, 0], [7, 0, 0], [1, 2, 3]]
    session = Session()
    before = session.handle(NOTHING).settings["cells"]
    assert paste("[[9, 8], [7, 0]]", name="cells", session=session).error  # too small for a kernel of 3×3
    assert session.handle(NOTHING).settings["cells"] == before


def test_elsewhere_cells_are_filled_in_from_there():
    session = Session()
    paste("4 4 4\n4 4 4\n4 4 4", session=session)
    assert grid(paste("1,5\t2\n3\t1/9", row=1, column=1, session=session)) == [[4, 4, 4], [4, 1.5, 2], [4, 3, 1 / 9]]
    assert grid(paste("7 8 9", row=1, session=session)) == [[4, 4, 4], [7, 8, 9], [4, 3, 1 / 9]]
    assert grid(paste("0", row=0, column=2, session=session))[0] == [4, 4, 0]


def test_as_many_cells_as_there_are_fill_them_from_any_field():
    assert grid(paste("1 2 3\n4 5 6\n7 8 9", row=2, column=1)) == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


@pytest.mark.parametrize(
    ("text", "row", "column", "words"),
    [
        ("1 2\n3 4", 2, 2, "2 rows of 2 numbers in the kernel weights from row 3, column 3 on; paste at most 1 row of 1"),
        ("1 " * 8, 0, 0, "no room for 1 row of 8 numbers in the kernel weights from row 1, column 1 on"),
        ("1 2\n3", 0, 0, "row 2 of the pasted text has 1 numbers where row 1 has 2"),
        ("one two", 0, 0, "the kernel weights, row 1, column 1 holds “one”"),
        (" \n ", 0, 0, "the pasted text holds no numbers"),
        ("1 2 " * 1200, 0, 0, "the pasted text is longer than 4,000 characters"),
        ("[[[1, 2]], [[3, 4]]]", 0, 0, "the text holds several matrices"),
        ("1 2", 3, 0, "the place of the pasted numbers must be a cell"),
        (7, 0, 0, "the pasted text is longer"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_and_nothing_is_lost(text, row, column, words):
    session = Session()
    before = grid(session.handle(NOTHING))
    update = paste(text, row=row, column=column, session=session)
    assert words in update.error[0].lower() + update.error[1:]
    assert grid(update) == before


def test_matrices_of_one_size_take_part_of_it_and_a_column_for_a_row():
    assert grid(paste("1 2\n3 4", view="rgb", name="filter_0_red", row=1, column=1), "filter_0_red")[2][1:] == [3, 4]
    assert "at most" in paste("1 2 3 4\n" * 4, view="rgb", name="filter_0_red").error
    assert grid(paste("0,5\n-2", view="rgb", name="biases"), "biases") == [[0.5, -2]]
    assert grid(paste("1\n2\n3", view="gradients", name="logits"), "logits") == [[1, 2, 3]]


@pytest.mark.parametrize(("text", "number"), [("0,5", 0.5), ("-1,25", -1.25), ("−,5", -0.5), ("1,5e1", 15.0)])
def test_a_decimal_comma_is_understood_wherever_a_number_is_typed(text, number):
    session = Session()
    send = lambda view, name, value: session.handle({"view": view, "name": name, "value": value})  # noqa: E731
    assert grid(send("convolution", "weights", [[text]]))[0] == [number]
    assert send("convolution", "bias", text).settings["bias"] == number
    assert send("backprop", "inputs", f"x={text}").settings["inputs"] == f"x={number:g}"
    edited = send("network", "edit", {"place": "conv1.bias[0]", "value": text})
    assert edited.settings["edits"] == f"C1.bias[0]={number:g}"


def test_decimal_commas_among_several_inputs():
    session = Session()
    session.handle({"view": "backprop", "name": "preset", "value": "custom"})
    session.handle({"view": "backprop", "name": "formula", "value": "x*z+w"})
    update = session.handle({"view": "backprop", "name": "inputs", "value": "x=0,5,z=3,w=-1,25"})
    assert update.settings["inputs"] == "x=0.5,z=3,w=-1.25"
