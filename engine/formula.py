"""Formulas as a person types them, read into a computation graph: t = x**2; u = sin(t) + 3*t; cos(u).

Statements stand between semicolons; each but the last gives a name to a value. Nothing is evaluated as Python: the text is
cut into tokens, their number and nesting bounded, then `ast` says what belongs to what and only the kinds of nodes listed
here are read. Equal parts become one node; constants are float64 from the start.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import numpy as np

from .autodiff import Graph, Node
from .operations import OPERATIONS

LONGEST_FORMULA = 400  # characters
MOST_NODES = 60
MOST_VARIABLES = 6
DEEPEST = 20  # nested parentheses, powers and signs: Python's own parser must not run out of stack
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?!\.|[0-9]))"
    r"|(?P<name>[A-Za-zΑ-Ωα-ω][A-Za-zΑ-Ωα-ω0-9_₀-₉]*)|(?P<raised>[⁻⁰¹²³⁴-⁹]+)|(?P<sign>\*\*|[-−+*/(),=^·×½¼¾√]))"
)
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SPELLINGS = {"^": "**", "·": "*", "×": "*", "−": "-", "½": "0.5", "¼": "0.25", "¾": "0.75"}
SPELLINGS |= {"√": "sqrt", "σ": "sigmoid", "ln": "log"}
LONGEST_NAME = 12
CONSTANTS = {"pi": np.float64(np.pi), "π": np.float64(np.pi), "e": np.float64(np.e)}
SIGNS: dict[type[ast.operator], str] = {ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
FUNCTIONS = {name: operation for name, operation in OPERATIONS.items() if name.isalpha() and name != "negative"}
ADVICE = {
    "[": "use round parentheses",
    "{": "use round parentheses",
    "|": "write abs(x)",
    "'": "name a derivative without it",
    "<": "write max(x, 0) or relu(x) for a case",
    ">": "write max(x, 0) or relu(x) for a case",
}

Operand = str | float  # the name of a node, or a constant


class FormulaError(ValueError):
    """A text that is no formula: what came, what was wanted, what to try."""


def parse_formula(text: str, *, longest: int = LONGEST_FORMULA, most_variables: int = MOST_VARIABLES) -> Graph:
    """Read a formula. Raises FormulaError.

    >>> list(parse_formula("t = x**2; u = sin(t) + 3*t; cos(u)").nodes)
    ['x', 't', 'v1', 'v2', 'u', 'J']
    """
    if len(text) > longest:
        raise FormulaError(f"the formula has {len(text)} characters; {longest} are the most, so use fewer or shorter parts")
    statements = [tokens for part in re.split("[;\n]", text) if (tokens := list(_tokens(part)))]
    if not statements:
        raise FormulaError("the formula is empty; write one such as cos(sin(x^2) + 3x^2)")
    reader = _Reader(statements)
    for tokens in statements[:-1]:
        if len(tokens) < 2 or tokens[1] != "=":
            raise FormulaError(f"“{' '.join(tokens)}” has no name; before the last part each one needs one, such as t = x^2")
    for tokens in statements:
        reader.read_statement(tokens)
    graph = reader.graph()
    if len(graph.inputs) > most_variables:
        raise FormulaError(f"the formula has {len(graph.inputs)} variables; {most_variables} are the most, so use fewer names")
    return graph


def _tokens(part: str) -> Iterator[str]:
    """The numbers, names and signs of one statement as Python spells them. Nothing else can reach Python's parser.

    What people write is understood: x^2 and x² as x**2, 2x and 2(x + 1) as products, σ(x) and ln(x) by their names.
    """
    part, at, depth, earlier, before = part.rstrip(), 0, 0, "(", "("
    while at < len(part):
        found = TOKEN.match(part, at)
        if not found:
            rest = part[at:].strip().encode(errors="replace").decode()  # half of a surrogate pair cannot be said
            hint = ADVICE.get(rest[0], "use numbers, names, + - * / ^ and parentheses, such as 3x")
            raise FormulaError(f"“{rest[:12]}” cannot be read; {hint}")
        for token in _spelled(found, part[found.end() :].lstrip()):
            if _is_product(before, token):
                if earlier == "/":
                    hint = f"write /({before}*{token}…) or /{before}*{token}…"
                    raise FormulaError(f"“/{before}{token}…” can mean two things; {hint}")
                yield "*"
            depth += {"(": 1, ")": -1, "**": 1}.get(token, 0) + (token in "+-" and not _ends_value(before))
            if depth > DEEPEST:
                raise FormulaError(f"the formula is nested more than {DEEPEST} deep; give its parts names, such as t = x^2")
            yield token
            earlier, before = before, token
        at = found.end()


def _spelled(found: re.Match[str], rest: str) -> list[str]:
    """A token in Python's spelling. rest: what comes after it."""
    token = found[0].strip()
    if found["raised"]:
        return ["**", "(", *token.translate(RAISED).replace("-", "- ").split(), ")"]
    if found["name"]:
        token = token.translate(LOWERED)
    return [token if token == "σ" and not rest.startswith("(") else SPELLINGS.get(token, token)]


def _is_product(before: str, token: str) -> bool:
    """Whether people leave out the sign of a product between these: 2x, 2(x + 1), (x + 1)(x − 1), (x + 1)x."""
    is_number = (before[0].isdigit() or before[0] == ".") and before != "0"  # 0x1f and 0b1 are not products
    return (is_number or before == ")") and (token == "(" or token[0].isalpha())


def _ends_value(token: str) -> bool:
    """Whether a sign behind this token stands between two values."""
    return token == ")" or token[0].isalnum() or token[0] == "."


class _Reader:
    """Builds the graph, one statement after the other."""

    def __init__(self, statements: list[list[str]]) -> None:
        self.words = {word for tokens in statements for word in tokens}  # names that are made up differ from them
        assigned = {tokens[0] for tokens in statements if tokens[1:2] == ["="]}
        self.constants = {name: value for name, value in CONSTANTS.items() if name not in assigned}  # e may be a name
        self.nodes: dict[str, Node] = {}
        self.made: dict[Node, str] = {}
        self.named: dict[str, Operand] = {}
        self.output: Operand = ""

    def read_statement(self, tokens: list[str]) -> None:
        """Read `name = expression`, or an expression alone, whose value is called J."""
        name = tokens[0] if tokens[1:2] == ["="] else ""
        expression = " ".join(tokens[2:] if name else tokens)
        if name:
            self._check_new(name, tokens[2:])
        try:
            tree = ast.parse(expression, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise FormulaError(f"“{expression[:40]}” is not complete; check its signs and parentheses") from None
        made = name or self._unused("J")
        self.output = self.named[made] = self._read(tree, made)

    def graph(self) -> Graph:
        """The nodes that the output depends on, itself at the end."""
        if not isinstance(self.output, str) or not self.nodes[self.output].operation:
            raise FormulaError("the formula computes nothing from a variable; write one such as x^2")
        needed = {self.output}
        for name in reversed(self.nodes):
            if name in needed:
                needed |= {argument for argument in self.nodes[name].arguments if isinstance(argument, str)}
        order = [name for name in self.nodes if name in needed and name != self.output]
        return Graph({name: self.nodes[name] for name in [*order, self.output]})

    def _check_new(self, name: str, expression: list[str]) -> None:
        if name in FUNCTIONS or name in ("pi", "π") or not name[0].isalpha() or len(name) > LONGEST_NAME:
            raise FormulaError(f"“{name}” cannot be the name of a value; use a letter or a short word, such as t")
        if name in self.named or name in self.nodes:
            raise FormulaError(f"“{name}” has a value already; give this one another name")
        if name in expression:
            raise FormulaError(f"“{name}” stands on both sides of its “=”; give the result another name, such as {name[:10]}_2")

    def _read(self, tree: ast.expr, name: str = "") -> Operand:
        """The operand that a part of the formula stands for. name: what its node is to be called."""
        match tree:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self._finite(np.float64(number), str(number))
            case ast.Name(id=word):
                return self._variable(word)
            case ast.UnaryOp(op=ast.UAdd(), operand=inner):
                return self._read(inner, name)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self._node("negative", [self._read(inner)], name)
            case ast.BinOp(op=ast.Add()):
                return self._node("+", [self._read(term) for term in _terms(tree)], name)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in SIGNS:
                return self._node(SIGNS[type(sign)], [self._read(left), self._read(right)], name)
            case ast.Call(func=ast.Name(id=word), args=arguments, keywords=[]):
                return self._call(word, arguments, name)
        raise FormulaError("the formula holds something that is not arithmetic; use + - * / ** and " + ", ".join(FUNCTIONS))

    def _variable(self, word: str) -> Operand:
        if word in self.constants or word in self.named:
            return self.constants[word] if word in self.constants else self.named[word]
        if word in FUNCTIONS or len(word) > LONGEST_NAME:
            hint = f"write {word}(x)" if word in FUNCTIONS else f"use at most {LONGEST_NAME} characters"
            raise FormulaError(f"“{word[:24]}” cannot be a variable; {hint}")
        self.nodes.setdefault(word, Node())
        self._check_count()
        return word

    def _call(self, word: str, arguments: list[ast.expr], name: str) -> Operand:
        if word not in FUNCTIONS:
            hint = f"write {word[:12]}*(…) for a product; the functions are {', '.join(FUNCTIONS)}"
            raise FormulaError(f"“{word[:24]}” is not a function; {hint}")
        operation, count = FUNCTIONS[word], len(arguments)
        if count < operation.min_arguments or 0 < operation.max_arguments < count or count % operation.argument_multiple:
            wanted = operation.max_arguments or f"at least {operation.min_arguments}"
            wanted = "an even number of" if operation.argument_multiple > 1 else wanted
            raise FormulaError(f"{word} came with {count} arguments and wants {wanted}; separate them by commas")
        return self._node(word, [self._read(argument) for argument in arguments], name)

    def _node(self, operation: str, operands: list[Operand], name: str) -> Operand:
        """The node of an operation; of constants alone the result, and instead of an equal node that one."""
        constants = [operand for operand in operands if not isinstance(operand, str)]
        if len(constants) == len(operands):
            with np.errstate(all="ignore"):
                number = OPERATIONS[operation].value(*constants)
            return self._finite(number, OPERATIONS[operation].formula(*map(str, constants)))
        node = Node(operation, tuple(operands))
        if node in self.made and not name:
            return self.made[node]
        name = name or self._unused("v1")
        self.nodes[name] = node
        self.made.setdefault(node, name)
        self._check_count()
        return name

    def _check_count(self) -> None:
        if len(self.nodes) > MOST_NODES:
            raise FormulaError(f"the formula has more than {MOST_NODES} nodes; use fewer parts")

    def _finite(self, number: float, words: str) -> float:
        if not np.isfinite(number):
            raise FormulaError(f"{words[:40]} is not a finite number; use smaller numbers")
        return np.float64(number)

    def _unused(self, first: str) -> str:
        """The first name that is none yet: of J, J1, J2, … or of v1, v2, …"""
        names = [first, *(f"{first[0]}{number}" for number in range(1, 2 * MOST_NODES))]
        return next(name for name in names if name not in self.words and name not in self.nodes)


def _terms(tree: ast.expr) -> list[ast.expr]:
    """The terms of a sum, however many: a + b + c is one node."""
    terms: list[ast.expr] = []
    while isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add):
        terms, tree = [tree.right, *terms], tree.left
    return [tree, *terms]
