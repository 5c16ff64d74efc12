"""What a view exports holds the numbers that it shows: LaTeX, a program, JSON, npz, and an address as a QR code."""

import contextlib
import io
import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from convoscope.views import latex
from convoscope.views.exports import ShownStep, as_latex
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


COMMANDS = {
    r"\[", r"\]", r"\%", r"\_", "\\ ", "\\\\", r"\begin", r"\end", r"\mathrm", r"\text", r"\cdot", r"\times", r"\to", r"\dots",
    r"\approx", r"\tfrac",
    r"\sin", r"\cos", r"\exp", r"\log", r"\tanh", r"\max", r"\min",
    r"\surd", r"\infty", r"\theta", r"\alpha", r"\beta", r"\setcounter", r"\circ", r"\sigma",
}  # fmt: skip
CASES = [(view, {}) for view in LESSONS] + [
    ("backprop", {"preset": "logistic"}),
    ("backprop", {"preset": "network"}),
    ("backprop", {"preset": "custom", "formula": "x**2 + sin(x)", "inputs": "x=1e-5"}),
    ("backprop", {"preset": "custom", "formula": "1/x", "inputs": "x=1e-30"}),
    ("gradients", {"layer": "network"}),
    ("detective", {"method": "descent"}),
    *(("features", {"method": method}) for method in ("sift", "match", "learned")),
    ("convolution", {"padding": 3, "kernel": "gaussian"}),
]


@pytest.mark.parametrize(("view", "settings"), CASES)
def test_latex_is_ascii_and_has_no_command_beyond_amsmath(view, settings, tmp_path):
    session = Session()
    session.handle({"view": view, "name": "reset"})
    update = session.handle({"view": view, "name": "settings", "value": settings})
    assert update.error == ""
    steps = sorted({0, len(update.trace) // 3, len(update.trace) // 2, len(update.trace) - 1})
    bodies = [as_latex(ShownStep(view, update.settings, update.trace, step)).decode() for step in steps]
    for text in bodies:
        plain = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
        assert plain.isascii()
        assert set(re.findall(r"\\(?:[A-Za-z]+|.)", plain)) <= COMMANDS
        assert "?" not in plain
        assert not re.search(r"\de-?\d|(?<!\\)[#&~^]{2}", plain)
        assert plain.replace(r"\%", "").count("{") == plain.count("}")
        assert plain.count("$") % 2 == 0
    compile_where_there_is_tex("\n".join(bodies), tmp_path)


def compile_where_there_is_tex(body, folder):
    if not (tex := shutil.which("pdflatex")):
        return
    text = f"\\documentclass{{article}}\n\\usepackage{{amsmath}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (folder / "step.tex").write_text(text)
    command = [tex, "-halt-on-error", "-interaction=nonstopmode", "step.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2.0e−05", r"2.0 \cdot 10^{-5}"),
        ("v₁ + θ₁₂", r"v_{1} + \theta _{12}"),
        ("red 2 + bias 1", r"\text{red }2 +\text{ bias }1"),
        ("3/4·x²", r"\tfrac{3}{4} \cdot x^{2}"),
        ("1.0e−05²", r"(1.0 \cdot 10^{-5})^{2}"),
        ("−1/2.0e−5", r"-1/(2.0 \cdot 10^{-5})"),
        ("= cos(4) + cosine(4)", r"=\cos(4) +\text{ cosine}(4)"),
        ("☃ & 5 %", r"\text{?} \& 5 \%"),
    ],
)
def test_arithmetic_becomes_latex(text, written):
    assert latex.formula(text) == written


def test_latex_says_that_a_number_is_rounded():
    assert r"\approx 1" in latex.arithmetic("output[0, 0]", "1×1 = 1", {"output[0, 0]": 1.00002})
    assert r"\approx 0.5" in latex.arithmetic("output[0, 0]", "4×0.124 = 0.5", {})
    assert "= 0.4\n" in latex.arithmetic("output[0, 0]", "4×0.1 = 0.4", {"output[0, 0]": float(np.float32(0.4))})
    assert latex.matrix("k", [[1.00002]]).startswith(r"\[ \mathrm{k} \approx \begin{bmatrix}")


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("dJ/dx += 1 + 2.0e−05 = 1; numerical check 1 ✓", "dJ/dx += 1 + 2.0e−05 ≈ 1; numerical check 1 ✓"),
        ("J = cos(u) = cos(4) = −0.654", "J = cos(u) = cos(4) ≈ −0.654"),
        ("output[0, 0] = 2×0.4 + 0×(−1) = 0.8", "output[0, 0] = 2×0.4 + 0×(−1) = 0.8"),
        ("loss = 3 images = many", "loss = 3 images = many"),
    ],
)
def test_a_sign_between_printed_numbers_is_true(text, true):
    assert latex.with_true_signs(text) == true


def test_a_long_sum_is_broken_into_lines_that_fit_a_page():
    lines = latex.arithmetic("output[0, 0]", " + ".join(["(−0.123)×(−0.456)"] * 12) + " = 0.673", {}).splitlines()
    assert len(lines) > 4
    assert all(line.count("cdot") <= 4 for line in lines)


def test_latex_announces_more_columns_than_amsmath_expects():
    text = exported("convolution", "tex", 0, {"padding": 3}).decode()
    assert r"\setcounter{MaxMatrixCols}{11}" in text


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("convolution", "input kernel output"),
        ("gradients", "x output grad_x grad_weight"),
        ("backprop", "nodes values gradients"),
        ("network", "activations.C1 activations.softmax weights.conv1.weight weights.linear3.bias"),
        ("train", "activations.conv1 gradients.conv1 weights.conv1.weight gradients.conv1.weight gradients.linear1.bias"),
        ("architectures", "layers output_shapes parameters multiply_adds"),
        ("features", "gradient_rows histograms blocks"),
    ],
)
def test_npz_holds_named_arrays_of_every_kind_of_view(view, names):
    with np.load(io.BytesIO(exported(view, "npz")), allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in names.split()}
    assert all(array.size for array in found.values())
    if view == "network":
        np.testing.assert_allclose(found["activations.softmax"].sum(), 1, rtol=1e-6)
        assert found["activations.C1"].shape == (6, 28, 28)
    if view == "train":
        assert found["gradients.conv1.weight"].shape == found["weights.conv1.weight"].shape
    if view == "backprop":
        assert dict(zip(found["nodes"], found["gradients"], strict=True))["x"] != 0
