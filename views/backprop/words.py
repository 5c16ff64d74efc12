"""What the backprop view says: names as the slides write them, one sentence a step, and the facts about the whole."""

from __future__ import annotations

import functools
import math
import re

from ...engine import Increment
from ...engine.autodiff import Node, arguments_of
from ...engine.operations import OPERATIONS
from ..numbers import write
from ..trace import Sentences, Texts
from .passes import Passes
from .settings import BackpropSettings

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LONGEST_LABEL = 14  # characters in a node's box
BADGES = {
    "agrees": "numerical check {slope} ✓",
    "kink": "a kink: slope {left} on the left, {right} on the right",
    "subgradient": "numerical slope {slope}: subgradients meet here, and their sum need not be the slope",
    "disagrees": "numerical check {slope} ✗",
}
BRIEF = {"+": "Σ", "likelihood": "log-lik."}


@functools.lru_cache(maxsize=1024)
def pretty(name: str) -> str:
    """A name as the slides write it: u₁, α₂₁, y*."""
    parts = re.fullmatch(r"([^\W\d_]+)(_star)?(\d*)", name)
    return f"{parts[1]}{'*' if parts[2] else ''}{parts[3].translate(SUBSCRIPTS)}" if parts else name


def say(value: float) -> str:
    """A number as everywhere, or what it is instead of one."""
    if math.isfinite(value):
        return write(value)
    return "not a number" if math.isnan(value) else "∞" if value > 0 else "−∞"


def brief(value: float) -> str:
    """A number that fits a box: at most seven characters or so."""
    if not math.isfinite(value):
        return "?" if math.isnan(value) else say(value)
    size = abs(value)
    if size < 100:
        return write(value)
    return (f"{value:.1e}" if size >= 1e5 else f"{value:.1f}" if size < 1000 else f"{value:.0f}").replace("-", "−")


def in_parentheses(text: str) -> str:
    """What stands behind a times sign."""
    return f"({text})" if text.startswith("−") or " " in text else text


def partial(passes: Passes, name: str) -> str:
    """dJ/du₁."""
    return f"d{pretty(passes.graph.output)}/d{pretty(name)}"


Words = tuple[str, tuple[str, ...]]  # an operation, and its local derivative for each argument


@functools.lru_cache(maxsize=1024)  # they stay while numbers change
def in_symbols(node: Node, name: str) -> Words:
    """The operation of a node with the names of its arguments."""
    words = [pretty(one) if isinstance(one, str) else in_parentheses(say(one)) for one in node.arguments]
    return _worded(node, pretty(name), words)


def in_numbers(passes: Passes, name: str) -> Words:
    """The operation of a node with the values of its arguments."""
    node = passes.graph.nodes[name]
    words = [in_parentheses(say(value)) for value in arguments_of(node, passes.values)]
    return _worded(node, in_parentheses(say(passes.values[name])), words)


def _worded(node: Node, own: str, arguments: list[str]) -> Words:
    operation = OPERATIONS[node.operation]
    return _tidy(operation.formula(*arguments)), tuple(map(_tidy, operation.slope_formulas(own, *arguments)))


def written(passes: Passes, name: str) -> str:
    """The operation of a node."""
    return in_symbols(passes.graph.nodes[name], name)[0]


def slope_written(passes: Passes, one: Increment) -> str:
    """The local derivative that an increment is made with."""
    return in_symbols(passes.graph.nodes[one.node], one.node)[1][one.place]


def label(passes: Passes, name: str) -> str:
    """What a node's box says at its top."""
    node = passes.graph.nodes[name]
    if not node.operation:
        return pretty(name)
    text = f"{pretty(name)} = {written(passes, name)}".replace("sigmoid(", "σ(")
    if len(text) <= LONGEST_LABEL:
        return text
    if node.operation == "dot":
        return f"{pretty(name)} = Σ {'·'.join(_family(passes, name, side) for side in (0, 1))}"
    return f"{pretty(name)} = {BRIEF.get(node.operation, f'{node.operation}(…)')}"


def _family(passes: Passes, name: str, side: int) -> str:
    """What the first (or second) factors of a sum of products have in common: α for α₁₁ and α₁₂."""
    factors = passes.graph.nodes[name].arguments[side::2]
    letters = {re.sub(r"\d+$", "", one) if isinstance(one, str) else "" for one in factors}
    return pretty(letters.pop()) if len(letters) == 1 else "…"


def sentences(passes: Passes) -> Sentences:
    """One sentence a step."""
    numbers = {name: in_numbers(passes, name) for name in passes.computed_at}
    told = []
    for at, step in enumerate(passes.steps):
        if step.increment:
            told.append([_backward(passes, step.increment, at, numbers[step.node][1][step.increment.place])])
        elif step.is_start:
            told.append([f"{partial(passes, step.node)} = 1: here the backward pass begins; every other gradient is 0 so far."])
        else:
            value = say(passes.values[step.node])
            told.append([_chain(pretty(step.node), written(passes, step.node), numbers[step.node][0], value)])
    if passes.stopped:
        told[-1][0] += f": here it ends; {_advice(passes, passes.steps[-1].node)}."
    return Sentences("{}", Texts.of_steps(told))


def _advice(passes: Passes, name: str) -> str:
    """What to do about a node that has no finite value."""
    node = passes.graph.nodes[name]
    first = next((passes.values[one] if isinstance(one, str) else one for one in node.arguments), 0.0)
    match node.operation:
        case "exp":
            return "exp overflows beyond 709; write logsumexp(a, b) for log(exp(a) + exp(b)), or change an input"
        case "log" if first == 0:
            return "log(0) has no value; write −softplus(−a) for log(sigmoid(a)), or change an input"
        case "log" | "sqrt" if first < 0:
            return f"{node.operation} needs a number that is not negative; change an input"
        case "/":
            return "a division by 0 has no value; change an input"
    return "change an input"


def _backward(passes: Passes, one: Increment, at: int, slope: str) -> str:
    """dt/dx = 2·x = 2·2 = 4; dJ/dx += 2.275×4 = 9.099; numerical check 9.099 ✓. slope: in numbers."""
    local, argument = f"d{pretty(one.node)}/d{pretty(one.argument)}", one.argument
    again = passes.graph.nodes[one.node].arguments.count(argument) > 1
    parts = [_chain(local, slope_written(passes, one), slope, say(one.slope)) + (f" in place {one.place + 1}" if again else "")]
    parts.append(f"{partial(passes, argument)} += {product(one)}")
    feeds = passes.visits[argument]
    if len(feeds) > 1 and feeds[0] != at:
        parts.append(f"sum {say(one.before)} + {in_parentheses(say(one.product))} = {say(one.total)}")
    elif len(feeds) > 1:
        *others, last = dict.fromkeys(pretty(passes.steps[visit].node) for visit in feeds)
        names = f"{', '.join(others)} and {last}" if others else last
        parts.append(f"the first of {len(feeds)} that add up, because {pretty(argument)} feeds {names}")
    if passes.complete_at[argument] == at:
        parts.append(badge(passes, argument))
    return "; ".join(parts)


def product(one: Increment) -> str:
    """0.969×(−0.654) = −0.634."""
    return f"{say(one.gradient)}×{in_parentheses(say(one.slope))} = {say(one.product)}"


def badge(passes: Passes, name: str) -> str:
    """What finite differences say of a gradient."""
    check = passes.checks[name]
    if check.outcome in BADGES:
        return BADGES[check.outcome].format(slope=say(check.slope), left=say(check.left), right=say(check.right))
    if math.isfinite(passes.gradients[name]):
        return "no numerical check is possible here"
    side = "" if math.isfinite(check.left) and math.isfinite(check.right) else " on one side"
    slope = f"numerical slope {say(check.slope)}{side}" if math.isfinite(check.slope) else "there is no slope to measure"
    return f"the chain rule meets a value that is not finite; {slope}"


def facts(passes: Passes, settings: BackpropSettings) -> dict[str, str]:
    """Short texts about the whole, by the name under which the page shows them."""
    count = len(passes.graph.nodes)
    words = {
        "source": passes.example.note,
        "size": _results(passes),
        "curve": _curve(passes, settings),
        **dict.fromkeys(("wide", "narrow"), f"{count} nodes; in a box: formula, value, gradient"),
    }
    return words | ({} if len(passes.losses) > 1 or passes.diverged else {"curve_hidden": "hidden"})


def _results(passes: Passes) -> str:
    """J = 0.245; dJ/dx = 9.099."""
    output = passes.graph.output
    if passes.stopped:
        step = passes.steps[-1]
        value = f"{pretty(step.node)} = {written(passes, step.node)} = {say(passes.values[step.node])}"
        return f"{pretty(output)} has no finite value here, because {value}; {_advice(passes, step.node)}."
    names = passes.example.parameters or passes.graph.inputs
    return f"{pretty(output)} = {say(passes.values[output])}; {', '.join(_result(passes, name) for name in names)}"


def _result(passes: Passes, name: str) -> str:
    """dJ/dx = 9.099, with what a reader must know where it is not simply the slope."""
    equation = f"{partial(passes, name)} = {say(passes.gradients[name])}"
    return equation if passes.checks[name].outcome == "agrees" else f"{equation} ({badge(passes, name)})"


def _curve(passes: Passes, settings: BackpropSettings) -> str:
    if not passes.losses:
        return ""
    count = len(passes.losses) - 1
    loss = f"loss {say(passes.losses[0])} → {say(passes.losses[-1])} after {count} {'step' if count == 1 else 'steps'}"
    return loss + ("; then it diverged: try a smaller learning rate" if passes.diverged else "")


def _tidy(text: str) -> str:
    """sin(−1) for sin((−1)), and a lone number without parentheses."""
    text = re.sub(r"\((\(−[^()]*\))\)", r"\1", text)
    return text[1:-1] if re.fullmatch(r"\(−[^()]*\)", text) else text


def _chain(*parts: str) -> str:
    """Equal things with equals signs between them, each only once."""
    kept = [part for part, before in zip(parts, ("", *parts), strict=False) if part.strip("()") != before.strip("()")]
    return " = ".join(kept)
