"""Formulas are read as written, wrong ones are refused with a sentence, and hostile ones do nothing but that."""

import random

import pytest

from convoscope.engine import FormulaError, parse_formula
from convoscope.engine.formula import LONGEST_FORMULA, MOST_NODES

from .hostile_formulas import CODE, SIZE, TEXT

BAD = [
    ("", "the formula is empty; write one such as"),
    (" ; ;\n", "the formula is empty"),
    ("x" * 401, "has 401 characters; 400 are the most"),
    ("[x]", "use round parentheses"),
    ("|x|", "“\\|x\\|” cannot be read; write abs\\(x\\)"),
    ("x'", "cannot be read"),
    ("\ud800x", "“\\?x” cannot be read"),
    ("1/2x", "“/2x…” can mean two things; write /\\(2\\*x…\\) or /2\\*x…"),
    ("x(x + 1)", "“x” is not a function; write x\\*\\(…\\) for a product"),
    ("x = x + 1; x**2", "“x” stands on both sides of its “=”; give the result another name, such as x_2"),
    ("u = -u; u", "“u” stands on both sides"),
    ("t = t*x; t", "“t” stands on both sides"),
    ("x +", "“x \\+” is not complete; check its signs and parentheses"),
    ("sin(x", "is not complete"),
    ("sin x", "is not complete"),
    ("x ** ** y", "is not complete"),
    ("3 + 4", "computes nothing from a variable"),
    ("x", "computes nothing from a variable"),
    ("x, y", "is not arithmetic"),
    ("()", "is not arithmetic"),
    ("True*x", "is not arithmetic"),
    ("x if y else z", "is not arithmetic"),
    ("x and y", "is not arithmetic"),
    ("sin", "“sin” cannot be a variable; write sin\\(x\\)"),
    ("negative(x)", "“negative” is not a function"),
    ("sine(x)", "“sine” is not a function; write sine\\*\\(…\\) for a product; the functions are sin, cos"),
    ("sin(x, y)", "sin came with 2 arguments and wants 1"),
    ("max(x)", "max came with 1 arguments and wants at least 2"),
    ("dot(x, y, z)", "dot came with 3 arguments and wants an even number of"),
    ("sin(x=3)", "is not arithmetic"),
    ("a = b = x", "is not complete"),
    ("sin(x); y", "“sin \\( x \\)” has no name; before the last part each one needs one"),
    ("sin = x; sin", "“sin” cannot be the name of a value"),
    ("pi = x*2", "“pi” cannot be the name"),
    ("2 = x", "“2” cannot be the name"),
    ("t = x*x; t = x*y; t", "“t” has a value already"),
    ("y = x*t; t = x*y; t", "“t” has a value already"),
    ("averyverylongname*x", "“averyverylongname” cannot be a variable; use at most 12"),
    ("a+b+c+d+f+g+h", "has 7 variables; 6 are the most"),
    ("x*9**9**9", "is not a finite number; use smaller numbers"),
    ("x*1e999", "1e999|inf is not a finite number"),
    ("x/(1-1)/0*log(0)", "is not a finite number"),
    ("(" * 21 + "x" + ")" * 21, "nested more than 20 deep"),
    ("x" + "**x" * 21, "nested more than 20 deep"),
    ("-" * 30 + "x", "nested more than 20 deep"),
]

VALUES = ["x", "y", "2", ".5", "1e9", "sin(x)", "log(x*y)", "-x", "(x + 1)", "max(x, y)"]
SIGNS = ["+", "-", "*", "/", "**", "; t = ", ","]
ALPHABET = ["x", "y", "t", "2", "0", ".5", "1e9", "(", ")", "+", "-", "*", "**", "/", ",", ";", "=", " ", "sin", "max", "(x)"]


def random_texts(count):
    """Texts of pieces of formulas in any order, and of any characters: the same in every run."""
    rng = random.Random(8)
    for _ in range(count):
        yield "".join(rng.choices(ALPHABET, k=rng.randrange(1, 60)))
        yield "".join(rng.choice(VALUES) + rng.choice(SIGNS) for _ in range(rng.randrange(1, 6))) + "y"
        yield "".join(chr(rng.randrange(1, 0x3000)) for _ in range(rng.randrange(1, 30)))


def is_harmless(text):
    """A text gives a graph of its own kind of nodes, or one sentence."""
    try:
        graph = parse_formula(text)
    except FormulaError as error:
        return 20 < len(str(error)) < 400
    return 1 < len(graph.nodes) <= 60 and len(graph.inputs) <= 6 and len(text) <= LONGEST_FORMULA


@pytest.mark.parametrize(("text", "words"), BAD)
def test_a_bad_formula_gets_a_sentence(text, words):
    with pytest.raises(FormulaError, match=words):
        parse_formula(text)


SPELLINGS = [
    ("x^2", "x**2"),
    ("x²", "x**2"),
    ("3x⁻¹²y", "3*x**(-12)*y"),
    ("x·y × z − 1", "x*y*z - 1"),
    ("σ(x)", "sigmoid(x)"),
    ("σ*x", "s*x"),
    ("ln(x)", "log(x)"),
    ("2(x+1)", "2*(x + 1)"),
    ("2x", "2*x"),
    ("2sqrt(x)", "2*sqrt(x)"),
    ("√(x)", "sqrt(x)"),
    ("(x + 1)(x − 1)", "(x + 1)*(x - 1)"),
    ("(x + 1)y", "(x + 1)*y"),
    ("½(y − t)²", "0.5*(y - t)**2"),
    ("pi·x + πx", "pi*x + πx"),
    ("2e3x", "2000*x"),
    ("e^x", "2.718281828459045**x"),
    ("2e + x", "5.43656365691809 + x"),
    ("e = x*x; e + 1", "t = x*x; t + 1"),
    ("u₁ = x²\nu₁³", "u1 = x**2; u1**3"),
]


def shape_of(text):
    """A graph without its names."""
    graph = parse_formula(text)
    numbers = {name: number for number, name in enumerate(graph.nodes)}
    return [(node.operation, [numbers.get(one, one) for one in node.arguments]) for node in graph.nodes.values()]


@pytest.mark.parametrize(("written", "plain"), SPELLINGS)
def test_what_people_write_is_understood(written, plain):
    assert shape_of(written) == shape_of(plain)


def test_lowered_digits_are_digits():
    assert parse_formula("θ₁*x₂").inputs == ["θ1", "x2"]


def test_a_formula_may_have_exactly_the_most_nodes():
    def sines(count):
        return "+".join(f"sin({n}*x)" for n in range(2, 2 + count))

    assert len(parse_formula(f"{sines(29)}", longest=2000).nodes) == MOST_NODES
    with pytest.raises(FormulaError, match="more than 60 nodes"):
        parse_formula(f"y + {sines(29)}", longest=2000)


def test_thirty_sines_fit():
    assert len(parse_formula("+".join(["sin(x)"] * 30)).nodes) == 3  # equal parts are one node


def test_a_formula_of_very_many_nodes_is_refused():
    with pytest.raises(FormulaError, match="more than 60 nodes; use fewer parts"):
        parse_formula("+".join(f"sin({n}*x)" for n in range(2, 40)), longest=2000)


def test_hostile_texts_are_graphs_or_sentences():
    hostile = [*CODE, *TEXT, *SIZE]
    assert len(hostile) >= 150
    assert [text[:40] for text in hostile if not is_harmless(text)] == []
    assert [text for text in CODE if accepted(text)] == []
    assert parse_formula("x*y").inputs == ["x", "y"]  # alive and well afterwards


def accepted(text):
    try:
        return bool(parse_formula(text))
    except FormulaError:
        return False


def test_random_texts_are_graphs_or_sentences():
    texts = list(random_texts(1000))
    assert [text for text in texts if not is_harmless(text)] == []
    assert sum(map(accepted, texts)) > 10


def test_names_order_and_shared_parts():
    graph = parse_formula("y = exp(x*z) + x*z/log(x) + sin(log(x))/(x*z)")
    assert graph.inputs == ["x", "z"]
    assert list(graph.nodes) == ["x", "z", "v1", "v2", "v3", "v4", "v5", "v6", "y"]  # x·z and log(x) once each
    assert graph.nodes["y"].arguments == ("v2", "v4", "v6")


def test_what_is_named_stays_and_what_is_unused_goes():
    graph = parse_formula("u1 = sin(x); u2 = sin(x); k = 3; w = y*y; u1*u2 + k*sin(x)")
    assert list(graph.nodes) == ["x", "u1", "u2", "v1", "v2", "J"]
    assert graph.nodes["v2"].arguments == (3.0, "u1")


def test_made_up_names_avoid_the_formulas_own():
    assert list(parse_formula("v1*v2 + J*v1").nodes) == ["v1", "v2", "v3", "J", "v4", "J1"]


def test_signs_greek_letters_and_lines():
    assert parse_formula("−x·y".replace("·", "*")).nodes["v1"].operation == "negative"
    assert parse_formula("θ1*α11 +\tπ*θ1").inputs == ["θ1", "α11"]
    assert parse_formula("t = x**2\nsin(t)\n").inputs == ["x"]


def test_more_is_allowed_where_the_program_itself_writes_the_formula():
    text = "dot(" + ", ".join(f"a{n}, b{n}" for n in range(9)) + ")"
    assert len(parse_formula(text, longest=1000, most_variables=40).inputs) == 18
