"""What the views write, as LaTeX that compiles with amsmath alone: matrices of numbers, arithmetic, and sentences.

Every character that LaTeX does not take as it stands is written as what SYMBOLS say; one that is not known there as "?".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from ..engine.formula import FormulaError, parse_formula
from .numbers import write

USUAL_COLUMNS = 10  # amsmath's; more must be announced
LINE = 60  # characters of a sentence that a line of a page holds
LONGEST_SUM = 2000  # characters that are checked
SPACE, BLANK = re.compile("[_ ]"), r"\\ "
EXACT = 1e-6  # relative to numbers of size 1: what float32 leaves of a short decimal

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta", "λ": "lambda",
    "μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "varphi", "ω": "omega", "Σ": "Sigma", "Δ": "Delta",
}  # fmt: skip
SYMBOLS = {
    "−": "-", "×": r" \cdot ", "·": r" \cdot ", "…": r"\dots ", "→": r"\to ", "≈": r"\approx ", "≤": r"\le ", "≥": r"\ge ",
    "≠": r"\ne ", "∞": r"\infty ", "√": r"\surd ", "∂": r"\partial ", "∇": r"\nabla ", "∑": r"\sum ", "±": r"\pm ",
    "÷": r"\div ", "∓": r"\mp ", "✓": r"\surd ", "✗": r"\times ", "½": r"\tfrac{1}{2}", "¼": r"\tfrac{1}{4}",
    "¾": r"\tfrac{3}{4}", "°": r"^{\circ}", "′": "'", "|": "|", "<": "<", ">": ">", "^": r"\wedge ", "~": r"\sim ",
    "\\": r"\backslash ", "⊙": r"\odot ", "∗": "*", "₊": "_{+}",
} | {letter: f"\\{name} " for letter, name in GREEK.items()}  # fmt: skip
ESCAPED = {letter: f"\\{letter}" for letter in "&%$#_{}"}
WORDS = {"“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "\u00a0": " ", "\u202f": " "}
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀ", "0123456789-+T", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))

FUNCTIONS = {"sin", "cos", "exp", "log", "tanh", "max", "min"}  # LaTeX knows them too

TOKEN = re.compile(
    r"(?P<factor>(?<=/)\d+(?:\.\d+)?e[−+-]?\d+|\d+(?:\.\d+)?e[−+-]?\d+(?=[⁻⁺⁰¹²³⁴-⁹]))"
    r"|(?P<power>(?P<digits>\d+(?:\.\d+)?)e(?P<sign>[−+-]?)(?P<exponent>\d+))"
    r"|(?P<fraction>(?<![\w./])(?P<above>\d+)/(?P<below>\d+)(?![\w./]))"
    rf"|(?P<raised>[{''.join(RAISED)}]+)|(?P<lowered>[{''.join(LOWERED)}]+)"
    rf"|(?P<greek>[{''.join(GREEK)}](?=\d))(?P<number>\d+)"
    r"|(?P<words> ?[A-Za-z_]*[A-Za-z](?:[ _]*[A-Za-z])+ ?)"
    r"|(?P<other>.)",
    re.DOTALL,
)
EQUALS = re.compile(r"( [=≈] )")
BREAKS = re.compile(r"(?: (?=[+−=≈] )|(?<=;) )")  # where a line of a formula may end
CLAUSES = re.compile(r"[;:,] |\+= ")
NUMBERS_BEFORE = re.compile(r"(?:^| )((?:[a-z]+\()?[−(]*\d.*)$")  # the arithmetic that a text ends with,
NUMBERS_AFTER = re.compile(r"((?:[a-z]+\()?[−(]*\d.*?)(?:[;,:] | [a-z✓✗(]|\.?$)")  # and begins with


def formula(text: str) -> str:
    """Arithmetic as the sentences write it, for math mode: signs, products, fractions, powers; words stay words."""
    return "".join(map(_in_math, TOKEN.finditer(text))).replace("\n", " ")


def sentence(text: str) -> str:
    """Words with numbers between them, for text mode."""
    written = "".join(map(_in_text, TOKEN.finditer(with_true_signs(text)))).replace("\n", " ")
    return re.sub(r"(?<!\\)\$\$", "", written)  # one formula instead of two side by side


def name(text: str) -> str:
    """output[0, 3] -> \\mathrm{output}_{0, 3}"""
    words, bracket, place = text.strip().partition("[")
    parts = re.split(r"([A-Za-z][A-Za-z0-9 _/]*)", words)  # every second one is letters
    upright = [rf"\mathrm{{{SPACE.sub(BLANK, part)}}}" if n % 2 else formula(part) for n, part in enumerate(parts)]
    return "".join(upright) + (f"_{{{formula(place.rstrip(']'))}}}" if bracket else "")


def matrix(title: str, rows: Sequence[Sequence[float]]) -> str:
    """A displayed matrix with its name; a cell that is not a number stays empty."""
    body = " \\\\\n  ".join(" & ".join("" if math.isnan(cell) else formula(write(cell)) for cell in row) for row in rows)
    exact = all(math.isnan(cell) or as_printed(cell, write(cell)) for row in rows for cell in row)
    relation = "=" if exact else r"\approx"
    return f"\\[ {name(title)} {relation} \\begin{{bmatrix}}\n  {body}\n\\end{{bmatrix}} \\]"


def arithmetic(left: str, right: str, known: Mapping[str, float]) -> str:
    """A sentence such as output[0, 0] = 0×1 + 1×1 = 1 on several lines. known: true values by name, such as output[0, 0]."""
    *before, sign, result = EQUALS.split(f"{left} = {with_true_signs(right)}")
    value = known.get(left.strip())
    sign = sign if value is None or as_printed(value, result) else " ≈ "
    words = "".join([*before[1:], sign, result])
    lines: list[str] = []
    for part in BREAKS.split(words.strip()):
        if lines and len(lines[-1]) + len(part) + (len(left) if len(lines) == 1 else 0) < LINE:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    body = re.sub(" +", " ", " \\\\\n ".join(map(formula, lines)))
    return f"\\begin{{multline*}}\n{name(left)} {body}\n\\end{{multline*}}"


def with_true_signs(text: str) -> str:
    """The text with ≈ for each = between numbers that are not the same as printed: 1 + 2.0e−05 = 1, cos(4) = −0.654."""
    pieces = EQUALS.split(text)
    for place in range(1, len(pieces), 2):
        before, after = NUMBERS_BEFORE.search(CLAUSES.split(pieces[place - 1])[-1]), NUMBERS_AFTER.match(pieces[place + 1])
        left, right = (found and _value(found[1]) for found in (before, after))
        if left is not None and right is not None and abs(left - right) > EXACT * max(abs(left), min(1.0, abs(right))):
            pieces[place] = " ≈ "
    return "".join(pieces)


def as_printed(value: float, text: str) -> bool:
    """Whether a number is what its text says; a text that is no number says nothing false."""
    try:
        printed = float(text.replace("−", "-"))
    except ValueError:
        return True
    if not math.isfinite(value):
        return math.isinf(printed) or math.isnan(printed)
    return abs(printed - value) <= EXACT * max(abs(value), min(1.0, abs(printed)))


def _value(text: str) -> float | None:
    """What arithmetic with printed numbers is, such as 0×1 + 2×(−1); None if there is anything else in it."""
    try:
        product = parse_formula(f"z*({text.replace('−', '-')})", longest=LONGEST_SUM).nodes["J"].arguments
    except FormulaError:
        return None
    return product[1] if len(product) == 2 and isinstance(product[1], float) else None


def _in_math(token: re.Match[str]) -> str:
    kind, text = str(token.lastgroup), token.group()
    if token["factor"]:
        return f"({formula(text)})"
    if text.strip() in FUNCTIONS and token.string[token.end() :].startswith("("):
        return f"\\{text.strip()}"
    if token["power"]:
        sign = "-" if token["sign"] in {"−", "-"} and token["sign"] else ""
        return f"{token['digits']} \\cdot 10^{{{sign}{int(token['exponent'])}}}"
    if token["fraction"]:
        return f"\\tfrac{{{token['above']}}}{{{token['below']}}}"
    if token["greek"]:
        return f"{SYMBOLS[token['greek']].strip()}_{{{token['number']}}}"
    if kind == "raised":
        return f"^{{{''.join(RAISED[letter] for letter in text)}}}"
    if kind == "lowered":
        return f"_{{{''.join(LOWERED[letter] for letter in text)}}}"
    if kind == "words":
        words = text.replace("_", r"\_")
        return rf"\text{{{words}}}"
    return SYMBOLS.get(text) or ESCAPED.get(text) or (text if text.isascii() else f"\\text{{{WORDS.get(text, '?')}}}")


def _in_text(token: re.Match[str]) -> str:
    text = token.group()
    if token.lastgroup == "words":
        return text.replace("_", r"\_")
    if token.lastgroup == "other":
        if text in SYMBOLS:
            return f"${SYMBOLS[text].strip()}$" if text != "×" else r"$\times$"
        return ESCAPED.get(text) or WORDS.get(text) or (text if text.isascii() else "?")
    return f"${_in_math(token)}$"
