"""The engine's calls for the present settings."""

from __future__ import annotations

from ..snippet import number
from .run import Run
from .settings import BackpropSettings


def call_of(run: Run, settings: BackpropSettings) -> str:
    """Python that computes every value and gradient as `values` and `gradients`, and prints what the view tells."""
    most = len(run.graph.inputs)
    inputs = ", ".join(f'"{name}": {number(value)}' for name, value in settings.values().items())
    limits = f", longest={len(run.example.formula)}, most_variables={most}" if run.example.parameters else ""
    imports = ["backward_pass", "forward_pass", "parse_formula"]
    return "\n".join(
        [
            f"from convoscope.engine import {', '.join(imports)}",
            "",
            f'graph = parse_formula("{_escaped(run.example.formula)}"{limits})',
            f"inputs = {{{inputs}}}",
            *_descent(run, settings),
            "values = forward_pass(graph, inputs)",
            "gradients, increments = backward_pass(graph, values)",
            f'print(values["{run.graph.output}"], gradients)',
        ]
    )


def _descent(run: Run, settings: BackpropSettings) -> list[str]:
    """The steps of SGD, if any were taken."""
    count = len(run.losses) - 1
    if count < 1:
        return []
    sign, names = "+" if run.example.climbs else "-", ", ".join(f'"{name}"' for name in run.example.parameters)
    return [
        f"for _ in range({count}):",
        "    gradients, _ = backward_pass(graph, forward_pass(graph, inputs))",
        f"    for name in [{names}]:",
        f"        inputs[name] {sign}= {number(settings.learning_rate)} * gradients[name]",
    ]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
