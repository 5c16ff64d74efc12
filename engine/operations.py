"""The operations of a computation graph: for each u = g(v1, …, vN) its value and its local derivatives, as numbers and as text.

    value(v1, …, vN) -> u                     formula(v1, …, vN) -> text of g, from the names of its arguments
    slopes(u, v1, …, vN) -> du/dv1, …         slope_formulas(u, v1, …, vN) -> texts of the local derivatives

Where a derivative does not exist, one of its subgradients is taken: 0 for abs and relu at 0; of equal arguments of max or
min the first one counts, as in max-pooling.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Values = Any  # a float64, or an array of any shape: many evaluations at once
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Operation:
    """One kind of node. max_arguments 0: any number of them; argument_multiple: their count is a multiple of it."""

    value: Callable[..., Values]
    slopes: Callable[..., Sequence[Values]]
    formula: Callable[..., str]
    slope_formulas: Callable[..., Sequence[str]]
    min_arguments: int = 1
    max_arguments: int = 1
    argument_multiple: int = 1
    is_tied: Callable[..., bool] = lambda *v: False  # (v1, …) -> whether there are several subgradients, of which one is taken


def _function(name: str, value: Callable[..., Values], slope: Callable[..., Values], words: str) -> Operation:
    """A function of one argument v. slope: (u, v) -> du/dv; words: the same as text, with {v}."""
    return Operation(value, lambda u, v: (slope(u, v),), lambda v: f"{name}({v})", lambda u, v: (words.format(v=v),))


def _sigmoid(v: Values) -> Values:
    """1 / (1 + exp(−v)), without a loss of digits at either end."""
    return 1 / (1 + np.exp(-v))


def _softplus(v: Values) -> Values:
    """log(1 + exp(v)), finite for every finite v."""
    return np.maximum(v, 0) + np.log1p(np.exp(-np.abs(v)))


def _log_sum_exp(*v: Values) -> Values:
    """log Σ exp(v_k), finite for all finite v: the largest one stands before the logarithm."""
    rows = np.stack(np.broadcast_arrays(*v))
    largest = rows.max(axis=0)
    return largest + np.log(np.exp(rows - largest).sum(axis=0))


def _log_share(p: Values, rest: Values) -> Values:
    """log(p) for p + rest = 1, from whichever of the two has more digits."""
    return np.where(np.asarray(p) < 0.5, np.log(p), np.log1p(-np.asarray(rest)))


def _likelihood(y: Values, t: Values, rest: Values) -> Values:
    """t·log(y) + (1 − t)·log(1 − y), with 0·log(0) = 0. rest: 1 − y, which may be known better than from y."""
    shares = ((t, _log_share(y, rest)), (1 - t, _log_share(rest, y)))
    return sum(np.where(np.asarray(weight) == 0, 0.0, weight * log) for weight, log in shares)


def _likelihood_slopes(u: Values, y: Values, t: Values, rest: Values) -> tuple[Values, Values]:
    slope = (t / y if t else 0.0) - ((1 - t) / rest if t != 1 else 0.0)
    return slope, _log_share(y, rest) - _log_share(rest, y)


def _power(base: str, exponent: str) -> str:
    """x² if the exponent is a whole number, else x^a."""
    whole = _whole(exponent)
    return f"{base}^{exponent}" if whole is None else f"{base}{str(whole).translate(SUPERSCRIPTS)}"


def _power_slope(base: str, exponent: str) -> str:
    """2·x for x², 3·x² for x³, a·x^(a − 1)."""
    whole = _whole(exponent)
    if whole is None:
        return f"{exponent}·{base}^({exponent} − 1)"
    return f"{exponent}·{base}" if whole == 2 else f"{exponent}·{_power(base, str(whole - 1))}"


def _whole(word: str) -> int | None:
    try:
        return int(word.strip("()").replace("−", "-"))
    except ValueError:
        return None


def _power_slopes(u: float, a: float, b: float) -> tuple[Values, Values]:
    """b·a^(b−1) and log(a)·a^b; 0 where the limit is: x⁰ does not change with x, nor 0^b with b."""
    return (b * np.power(a, b - 1) if b else 0.0), (u * np.log(a) if a or b < 0 else 0.0)


def _winner(pick: Callable[..., Any], values: Sequence[float]) -> tuple[float, ...]:
    """1 for the argument that is handed through, 0 for the others."""
    first = int(pick(values))
    return tuple(float(place == first) for place in range(len(values)))


def _extreme(name: str, value: Callable[..., Values], pick: Callable[..., Any], word: str) -> Operation:
    """The largest or the smallest of its arguments."""
    return Operation(
        lambda *v: value(np.broadcast_arrays(*v), axis=0),
        lambda u, *v: _winner(pick, v),
        lambda *v: f"{name}({', '.join(v)})",
        lambda u, *v: [f"[{one} is the {word}]" for one in v],
        min_arguments=2,
        max_arguments=0,
        is_tied=lambda *v: v.count(v[int(pick(v))]) > 1,
    )


def _pairs(v: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(v[::2], v[1::2], strict=True))


OPERATIONS: dict[str, Operation] = {
    "+": Operation(
        lambda *v: sum(v), lambda u, *v: (1.0,) * len(v), lambda *v: " + ".join(v), lambda u, *v: ("1",) * len(v), 2, 0
    ),
    "-": Operation(np.subtract, lambda u, a, b: (1.0, -1.0), lambda a, b: f"{a} − {b}", lambda u, a, b: ("1", "−1"), 2, 2),
    "*": Operation(np.multiply, lambda u, a, b: (b, a), lambda a, b: f"{a}·{b}", lambda u, a, b: (b, a), 2, 2),
    "/": Operation(
        np.divide,
        lambda u, a, b: (1 / b, -a / b / b),
        lambda a, b: f"{a}/{b}",
        lambda u, a, b: (f"1/{b}", f"−{a}/{_power(b, '2')}"),
        2,
        2,
    ),
    "**": Operation(np.power, _power_slopes, _power, lambda u, a, b: (_power_slope(a, b), f"log({a})·{u}"), 2, 2),
    "negative": Operation(np.negative, lambda u, v: (-1.0,), lambda v: f"−{v}", lambda u, v: ("−1",)),
    "sin": _function("sin", np.sin, lambda u, v: np.cos(v), "cos({v})"),
    "cos": _function("cos", np.cos, lambda u, v: -np.sin(v), "−sin({v})"),
    "tan": _function("tan", np.tan, lambda u, v: 1 + u * u, "1 + tan({v})²"),
    "exp": _function("exp", np.exp, lambda u, v: u, "exp({v})"),
    "log": _function("log", np.log, lambda u, v: 1 / v, "1/{v}"),
    "sqrt": _function("sqrt", np.sqrt, lambda u, v: 1 / (2 * u), "1/(2·sqrt({v}))"),
    "abs": replace(_function("abs", np.abs, lambda u, v: np.sign(v), "sign({v})"), is_tied=lambda v: v == 0),
    "sigmoid": _function("sigmoid", _sigmoid, lambda u, v: u * _sigmoid(-v), "exp(−{v})/(exp(−{v}) + 1)²"),
    "softplus": _function("softplus", _softplus, lambda u, v: _sigmoid(v), "sigmoid({v})"),
    "tanh": _function("tanh", np.tanh, lambda u, v: 1 - u * u, "1 − tanh({v})²"),
    "relu": replace(
        _function("relu", lambda v: np.maximum(v, 0), lambda u, v: np.heaviside(v, 0), "[{v} > 0]"), is_tied=lambda v: v == 0
    ),
    "max": _extreme("max", np.max, np.argmax, "largest"),
    "min": _extreme("min", np.min, np.argmin, "smallest"),
    "dot": Operation(
        lambda *v: sum(a * b for a, b in _pairs(v)),
        lambda u, *v: [one for a, b in _pairs(v) for one in (b, a)],
        lambda *v: " + ".join(f"{a}·{b}" for a, b in _pairs(v)),
        lambda u, *v: [one for a, b in _pairs(v) for one in (b, a)],
        min_arguments=2,
        max_arguments=0,
        argument_multiple=2,
    ),
    "logsumexp": Operation(
        _log_sum_exp,
        lambda u, *v: [np.exp(one - u) for one in v],
        lambda *v: f"log({' + '.join(f'exp({one})' for one in v)})",
        lambda u, *v: [f"exp({one} − {u})" for one in v],
        min_arguments=2,
        max_arguments=0,
    ),
    "likelihood": Operation(  # the slides' J for a label t of 0 or 1 (slide 12)
        _likelihood,
        _likelihood_slopes,
        lambda y, t: f"{t}·log({y}) + (1 − {t})·log(1 − {y})",
        lambda u, y, t: (f"{t}/{y} + (1 − {t})/({y} − 1)", f"log({y}) − log(1 − {y})"),
        2,
        2,
    ),
}
