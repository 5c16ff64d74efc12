"""A computation graph as a NumPy program: one line for each value, then one for each step of the chain rule, backwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...engine.autodiff import Graph

Lines = Callable[..., Sequence[str]]  # (u, v1, …) -> du/dv1, …


def _function(value: str, slope: str) -> tuple[Callable[..., str], Lines]:
    return lambda v: value.format(v=v), lambda u, v: [slope.format(u=u, v=v)]


def _chosen(name: str) -> tuple[Callable[..., str], Lines]:
    """The largest or smallest; of equal ones the first counts."""
    return (
        lambda *v: f"np.{name}([{', '.join(v)}])",
        lambda u, *v: [f"float(np.arg{name}([{', '.join(v)}]) == {place})" for place in range(len(v))],
    )


def _crossed(v: Sequence[str]) -> list[str]:
    return [one for a, b in zip(v[::2], v[1::2], strict=True) for one in (b, a)]


WRITTEN: Mapping[str, tuple[Callable[..., str], Lines]] = {
    "+": (lambda *v: " + ".join(v), lambda u, *v: ["1.0"] * len(v)),
    "-": (lambda a, b: f"{a} - {b}", lambda u, a, b: ["1.0", "-1.0"]),
    "*": (lambda a, b: f"{a} * {b}", lambda u, a, b: [b, a]),
    "/": (lambda a, b: f"{a} / {b}", lambda u, a, b: [f"1 / {b}", f"-{a} / {b} ** 2"]),
    "**": (lambda a, b: f"{a} ** {b}", lambda u, a, b: [f"{b} * {a} ** ({b} - 1)", f"{u} * np.log({a})"]),
    "negative": _function("-{v}", "-1.0"),
    "sin": _function("np.sin({v})", "np.cos({v})"),
    "cos": _function("np.cos({v})", "-np.sin({v})"),
    "tan": _function("np.tan({v})", "1 + {u} ** 2"),
    "exp": _function("np.exp({v})", "{u}"),
    "log": _function("np.log({v})", "1 / {v}"),
    "sqrt": _function("np.sqrt({v})", "1 / (2 * {u})"),
    "abs": _function("np.abs({v})", "np.sign({v})"),
    "sigmoid": _function("1 / (1 + np.exp(-{v}))", "{u} * (1 - {u})"),
    "softplus": _function("np.logaddexp(0, {v})", "1 / (1 + np.exp(-{v}))"),
    "tanh": _function("np.tanh({v})", "1 - {u} ** 2"),
    "relu": _function("np.maximum({v}, 0)", "float({v} > 0)"),
    "max": _chosen("max"),
    "min": _chosen("min"),
    "dot": (lambda *v: " + ".join(f"{a} * {b}" for a, b in zip(v[::2], v[1::2], strict=True)), lambda u, *v: _crossed(v)),
    "logsumexp": (
        lambda *v: f"np.logaddexp.reduce([{', '.join(v)}])", lambda u, *v: [f"np.exp({one} - {u})" for one in v]
    ),
    "likelihood": (
        lambda y, t: f"{t} * np.log({y}) + (1 - {t}) * np.log(1 - {y})",
        lambda u, y, t: [f"{t} / {y} - (1 - {t}) / (1 - {y})", f"np.log({y}) - np.log(1 - {y})"],
    ),
}  # fmt: skip


def passes_written(graph: Graph, write: Callable[[float], str]) -> list[str]:
    """A function `passes(inputs)` that gives every value and every gradient. write: a number as Python reads it."""

    def word(argument: str | float) -> str:
        return f'v["{argument}"]' if isinstance(argument, str) else f"({write(argument)})" if argument < 0 else write(argument)

    forward = [
        f"    {word(name)} = {WRITTEN[node.operation][0](*map(word, node.arguments))}"
        for name, node in graph.nodes.items()
        if node.operation
    ]
    backward = []
    for name, node in reversed(graph.nodes.items()):
        if not node.operation:
            continue
        slopes = WRITTEN[node.operation][1](word(name), *map(word, node.arguments))
        for argument, slope in zip(node.arguments, slopes, strict=True):
            if isinstance(argument, str):
                backward.append(f'    g["{argument}"] += g["{name}"] * ({slope})')
    return [
        "def passes(inputs):",
        '    """Forward: every value v. Backward: every gradient g, dJ/dv."""',
        "    v = {name: np.float64(number) for name, number in inputs.items()}",
        *forward,
        f"    g = dict.fromkeys({list(graph.nodes)}, 0.0)",
        f'    g["{graph.output}"] = 1.0',
        *backward,
        "    return v, g",
    ]
