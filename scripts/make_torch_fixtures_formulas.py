"""Make tests/engine/fixtures/torch_formulas.json: what PyTorch 2.13.0 computes for formulas, values and gradients.

Run in an environment that has torch; the tests read the file and need none:

    python scripts/make_torch_fixtures_formulas.py

Python itself reads the formulas here, with torch's functions under their names, so nothing is shared with engine/formula.py.
"""

import json
from pathlib import Path

import torch

FIXTURES = Path(__file__).parents[1] / "tests" / "engine" / "fixtures" / "torch_formulas.json"
VALUES = {"x": 0.7, "y": -1.3, "z": 2.2, "w": 0.4, "p": 3.1, "q": -0.6}

LECTURE = [
    "cos(sin(x**2) + 3*x**2)",
    "t = x**2; u1 = sin(t); u2 = 3*t; u = u1 + u2; J = cos(u)",
    "exp(x*z) + x*z/log(x) + sin(log(x))/(x*z)",
    "a = w*x + p*y; s = sigmoid(a); z*log(s) + (1 - z)*log(1 - s)",
    "a = dot(w, x, p, y); s = sigmoid(a); likelihood(s, z)",
    "a1 = w*x + p*y; a2 = q*x + z*y; z1 = sigmoid(a1); z2 = sigmoid(a2); b = z1 - 2*z2; s = sigmoid(b); 0.5*(s - 1)**2",
    "e1 = exp(x); e2 = exp(y); e3 = exp(z); S = e1 + e2 + e3; -log(e2/S)",
]
FUNCTIONS = ("sin", "cos", "tan", "exp", "sigmoid", "tanh", "relu", "abs")
INSIDE = ("x", "x*y", "x - z/p", "y**3", "-w", "x + y + z + w + p + q", "2*x*x")
POSITIVE = ("log", "sqrt")
POSITIVE_INSIDE = ("x", "z*p", "x**2 + y**2", "exp(q)", "abs(y) + 1")
OTHERS = [
    "x**2", "x**3", "x**0.5", "z**-2", "x**y", "2**x", "z**(x*w)", "x**1", "(x + y)**4", "(-y)**2.5",
    "x/y", "x/y/z", "1/x", "x/(y/z)", "(x + y)/(x - y)", "-x", "-(-x)", "+x*y", "x - y - z", "x - (y - z)",
    "x*x", "x*x*x", "x + x", "x + x + x*x", "(x + y)*(x - y)", "x*y*z*w*p*q", "x*y + y*z + z*x", "pi*x**2",
    "max(x, y)", "max(x, y, z)", "min(x, y)", "min(z, p, w, q)", "max(x*y, min(z, w))", "abs(x - z)", "relu(y)", "relu(-y)*x",
    "t = x; t*y", "k = 2; k*x", "t = x*y; u = x*y; t + u*t",
    "a = x + y; b = a*a; c = b*a; c - a", "dot(x, y, z, w, p, q)", "dot(x, x)",
    "sin(cos(sin(cos(x))))", "exp(-x**2/2)/sqrt(2*pi)", "log(1 + exp(x))", "x*sigmoid(x)", "tanh(w*tanh(p*tanh(q)))",
    "sqrt(x**2 + y**2)", "1e-3*x + 2.5e2*y", ".5*x", "exp(x)/(exp(x) + exp(y))", "log(x/z) - log(x) + log(z)",
    "(1 - x)**2 + 100*(y - x**2)**2",
]  # fmt: skip


def names():
    """What the formulas may use, on torch's scalars."""
    functions = {name: as_function(getattr(torch, name)) for name in (*FUNCTIONS, *POSITIVE)}
    return functions | {
        "max": lambda *values: torch.stack(values).max(),
        "min": lambda *values: torch.stack(values).min(),
        "dot": lambda *values: sum(a * b for a, b in zip(values[::2], values[1::2], strict=True)),
        "likelihood": lambda s, t: t * torch.log(s) + (1 - t) * torch.log(1 - s),
        "pi": torch.pi,
    }


def as_function(op):
    """A function of torch that takes plain numbers too."""
    return lambda value: op(torch.as_tensor(value, dtype=torch.float64))


def answer(formula):
    """The value of a formula and its gradient for each variable that it uses."""
    inputs = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in VALUES.items()}
    *statements, last = formula.split("; ")
    scope = names() | inputs
    for statement in statements:
        exec(statement, scope)
    out = eval(last.removeprefix("J = "), scope)  # noqa: S307  (our own formulas, read by Python itself on purpose)
    gradients = torch.autograd.grad(out, list(inputs.values()), allow_unused=True)
    found = {name: gradient.item() for name, gradient in zip(inputs, gradients, strict=True) if gradient is not None}
    return {"formula": formula, "inputs": {name: VALUES[name] for name in found}, "value": out.item(), "gradients": found}


formulas = [
    *LECTURE,
    *(f"{function}({inside})" for function in FUNCTIONS for inside in INSIDE),
    *(f"{function}({inside})" for function in POSITIVE for inside in POSITIVE_INSIDE),
    *OTHERS,
]
FIXTURES.write_text(json.dumps([answer(formula) for formula in formulas], indent=0, ensure_ascii=False) + "\n")
print(len(formulas), "formulas,", FIXTURES.stat().st_size, "bytes")
