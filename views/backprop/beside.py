"""What may stand beside the graph in place of the table: the algorithm with its line lit, or Case 2 as a stack of layers.

Both are lists of lines, as the lecture writes them (slides 9 and 10), with what each line comes to at the present step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..trace import Columns, Texts
from .passes import Passes, PassStep
from .words import partial, pretty, product, say, written


class Line(NamedTuple):
    """One line of a list: the part of the list, what stands before it, and its words."""

    part: str
    head: str
    words: str


LinesNow = tuple[frozenset[int], dict[int, str]]  # the lines that are lit at a step, and what they come to

FORWARD, BACKWARD = "Forward computation", "Backward computation"
COMPUTE, STORE, START, KNOWN, INCREMENT = 2, 3, 4, 6, 7  # lines of the algorithm that steps execute


def algorithm(passes: Passes) -> list[Line]:
    """Automatic differentiation in reverse mode. J is the output of the graph."""
    J = pretty(passes.graph.output)
    return [
        Line(
            FORWARD,
            "1.",
            f"Write an algorithm for evaluating the function. It defines a directed acyclic graph with output {J}.",
        ),
        Line(FORWARD, "2.", "Visit each node in topological order. For u with inputs v₁, …, v_N:"),
        Line(FORWARD, "a.", "Compute u = g(v₁, …, v_N)."),
        Line(FORWARD, "b.", "Store the result at the node."),
        Line(BACKWARD, "1.", f"Initialise all partial derivatives d{J}/du to 0 and d{J}/d{J} to 1."),
        Line(BACKWARD, "2.", "Visit each node in reverse topological order. For u = g(v₁, …, v_N):"),
        Line(BACKWARD, "a.", f"We already know d{J}/du."),
        Line(BACKWARD, "b.", f"Increment d{J}/dvⱼ by (d{J}/du)·(du/dvⱼ)."),
    ]


def _executed(passes: Passes, step: PassStep) -> LinesNow:
    """What a step does of the algorithm."""
    own, known = pretty(step.node), f"{partial(passes, step.node)} = {say(passes.gradients[step.node])}"
    if step.is_start:
        return frozenset({START}), {START: f"{partial(passes, step.node)} = 1"}
    if step.increment:
        one = step.increment
        return frozenset({INCREMENT}), {KNOWN: known, INCREMENT: f"{partial(passes, one.argument)} += {product(one)}"}
    value = say(passes.values[step.node])
    return frozenset({COMPUTE, STORE}), {COMPUTE: f"{own} = {written(passes, step.node)}", STORE: f"{own} = {value}"}


LAYERS = {"A": "x", "B": "aα", "C": "z", "D": "bβ", "E": "y"}  # of Case 2: with what the names of its nodes begin
FORMULAS = {
    "A": "Input: given xᵢ for all i",
    "B": "Linear (hidden): aⱼ = Σᵢ αⱼᵢ·xᵢ for all j",
    "C": "Sigmoid (hidden): zⱼ = 1/(1 + exp(−aⱼ)) for all j",
    "D": "Linear (output): b = Σⱼ βⱼ·zⱼ",
    "E": "Sigmoid (output): y = 1/(1 + exp(−b))",
    "squared": "Loss: J = ½(y − y*)²",
    "cross_entropy": "Loss: J = −(y* log y + (1 − y*) log(1 − y))",
}


def layers(passes: Passes, loss: str) -> list[Line]:
    """Case 2 as the lecture draws it, the loss on top: Linear → Sigmoid → Linear → Sigmoid → Loss."""
    return [Line("Layers, from the input below to the loss", f"({at})", FORMULAS[loss if at == "F" else at]) for at in "FEDCBA"]


def _layer_of(name: str) -> int:
    """The line of the layer to which a node belongs; y*, J and what has no name of its own belong to the loss."""
    letter = next((at for at, starts in LAYERS.items() if name[0] in starts and name != "y_star"), "F")
    return "FEDCBA".index(letter)


def _in_layers(passes: Passes, at: int) -> LinesNow:
    """The layer at work, and of each layer the values and gradients that are known at a step."""
    known: dict[int, list[str]] = {}
    for name, node in passes.graph.nodes.items():
        words = known.setdefault(_layer_of(name), [])
        if name == "y_star":
            continue  # the label: nothing is learned of it
        is_value = bool(node.operation) or name not in passes.example.parameters
        if is_value and passes.computed_at.get(name, -1 if not node.operation else at + 1) <= at:
            words.append(f"{pretty(name)} = {say(passes.values[name])}")
        if passes.complete_at.get(name, at + 1) <= at:
            words.append(f"{partial(passes, name)} = {say(passes.gradients[name])}")
    return frozenset({_layer_of(passes.steps[at].node)}), {line: "; ".join(words) for line, words in known.items()}


def beside(passes: Passes, choice: str, loss: str) -> tuple[dict[str, Columns], dict[str, Columns]]:
    """The lines that stand, and what moves: which are lit, and what they come to. Nothing for the table."""
    if choice == "table":
        return {}, {}
    lines = algorithm(passes) if choice == "algorithm" else layers(passes, loss)
    by_step = [
        _executed(passes, step) if choice == "algorithm" else _in_layers(passes, at) for at, step in enumerate(passes.steps)
    ]
    lit = np.array([[n in shown for n in range(len(lines))] for shown, _ in by_step], np.uint8)
    now = Texts.of_steps([[texts.get(n, "") for n in range(len(lines))] for _, texts in by_step])
    standing = {name: Texts.of([getattr(line, name) for line in lines]) for name in Line._fields}
    return {"beside": standing}, {"beside_now": {"lit": lit, "text": now}}
