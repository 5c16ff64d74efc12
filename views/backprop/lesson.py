"""What the backprop view shows: a formula as a graph, computed forward node by node, differentiated backward edge by edge.

Every number is the engine's (passes.py). Slides 3-16 and 75 of the lecture; the default is the slides' simple example.
"""

from __future__ import annotations

import numpy as np

from ...engine import backward_pass, forward_pass
from ..files import Files
from ..ran import Check, Definition
from ..snippet import number
from ..stops import stops
from ..trace import Trace
from .beside import beside
from .columns import drawing_of, rows, still
from .moving import moving
from .passes import Passes, passes_of
from .settings import BackpropSettings
from .straight_line import passes_written
from .words import facts, sentences

TITLE = "Backpropagation"
SUMMARY = "Forward, each node computes its value. Backward, it hands its gradient on, times the local derivative."
ACTIVITY = "Type a formula, step through its graph forward and backward, each partial with its product and running sum."
Settings = BackpropSettings  # the name by which the session finds them
LINE = "gradients[argument] += product"  # what each backward step executes
PROOF = "Here the definition itself runs; tests/engine/test_autodiff.py proves that its values and gradients are PyTorch's."
DEFINITION = Definition((forward_pass, backward_pass), PROOF, LINE)


def compute(settings: BackpropSettings, files: Files | None = None) -> Trace:
    """The whole animation: one step a node forward, then one step an edge backward."""
    passes = _passes(settings)
    drawing = drawing_of(passes)
    words = facts(passes, settings) | {"call": call_of(passes, settings), "call_numpy": numpy_call_of(passes, settings)}
    words |= {f"{its.name}_room": f"{its.width:.0f} {its.height:.0f}" for its in drawing.pair}  # its natural size in pixels
    forward = sum(not step.is_back for step in passes.steps)
    told = stops(len(passes.steps), 1, forward - 1, forward, forward + 1)
    lines, lit = beside(passes, settings.beside, settings.loss)
    static = {**still(passes, drawing), "rows": rows(passes), **lines}
    return Trace(static, {**moving(passes, drawing.pair), **lit}, sentences(passes), words, told)


def check(settings: BackpropSettings, files: Files | None = None) -> Check:
    """Values and gradients of every node, by the definition and as they are shown."""
    passes = _passes(settings)
    values = {name: np.float64(value) for name, value in forward_pass(passes.graph, passes.inputs).items()}
    gradients, _ = backward_pass(passes.graph, values)
    defined = {"values": [*values.values()], "gradients": [gradients[name] for name in values]}
    shown = {"values": [passes.values[name] for name in values], "gradients": [passes.gradients[name] for name in values]}
    return Check(defined, shown)


def arrays(settings: BackpropSettings, files: Files) -> dict[str, np.ndarray]:
    """The table: of each node its name, its value and its gradient."""
    passes = _passes(settings)
    columns = {"values": passes.values, "gradients": passes.gradients}
    return {"nodes": np.array([*passes.values])} | {
        name: np.array([column[node] for node in passes.values]) for name, column in columns.items()
    }


def _passes(settings: BackpropSettings) -> Passes:
    return passes_of(settings.example(), settings.values(), settings.learning_rate, settings.sgd_steps)


def call_of(passes: Passes, settings: BackpropSettings) -> str:
    """Python that computes every value and gradient as `values` and `gradients`, and prints what the view tells."""
    most = len(passes.graph.inputs)
    inputs = ", ".join(f'"{name}": {number(value)}' for name, value in settings.values().items())
    limits = f", longest={len(passes.example.formula)}, most_variables={most}" if passes.example.parameters else ""
    formula = passes.example.formula.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return "\n".join(
        [
            "from convoscope.engine import backward_pass, forward_pass, parse_formula",
            "",
            f'graph = parse_formula("{formula}"{limits})',
            f"inputs = {{{inputs}}}",
            *_descent(passes, settings, "gradients, _ = backward_pass(graph, forward_pass(graph, inputs))"),
            "values = forward_pass(graph, inputs)",
            "gradients, increments = backward_pass(graph, values)",
            f'print(values["{passes.graph.output}"], gradients)',
        ]
    )


def numpy_call_of(passes: Passes, settings: BackpropSettings) -> str:
    """The same with NumPy alone: the graph written out line by line."""
    inputs = ", ".join(f'"{name}": {number(value)}' for name, value in settings.values().items())
    return "\n".join(
        [
            "import numpy as np",
            "",
            "",
            *passes_written(passes.graph, number),
            "",
            "",
            f"inputs = {{{inputs}}}",
            *_descent(passes, settings, "_, gradients = passes(inputs)"),
            "values, gradients = passes(inputs)",
            f'print(values["{passes.graph.output}"], gradients)',
        ]
    )


def _descent(passes: Passes, settings: BackpropSettings, differentiate: str) -> list[str]:
    """The steps of SGD, if any were taken. differentiate: the statement that computes the gradients."""
    count = len(passes.losses) - 1
    if count < 1:
        return []
    sign, names = "+" if passes.example.climbs else "-", ", ".join(f'"{name}"' for name in passes.example.parameters)
    return [
        f"for _ in range({count}):",
        f"    {differentiate}",
        f"    for name in [{names}]:",
        f"        inputs[name] {sign}= {number(settings.learning_rate)} * gradients[name]",
    ]
