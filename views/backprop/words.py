"""What the backprop view says: names as the slides write them, one sentence a step, and the facts about the whole."""

from __future__ import annotations

import functools
import math
import re

from ...engine.operations import OPERATIONS
from ..numbers import write
from ..trace import Sentences, Texts
from .passes import Passes, PassStep
from .settings import BackpropSettings

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LONGEST_LABEL = 14  # characters in a node's box
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


def written(passes: Passes, name: str, *, numbers: bool = False) -> str:
    """The operation of a node with the names of its arguments, or with their values."""
    node = passes.graph.nodes[name]
    return _tidy(OPERATIONS[node.operation].formula(*_arguments(passes, name, numbers)))


def slope_written(passes: Passes, name: str, place: int, *, numbers: bool = False) -> str:
    """The local derivative of a node for one of its arguments."""
    node = passes.graph.nodes[name]
    own = in_parentheses(say(passes.values[name])) if numbers else pretty(name)
    return _tidy(OPERATIONS[node.operation].slope_formulas(own, *_arguments(passes, name, numbers))[place])


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
    letters = {re.sub(r"[\d.₀-₉]+$", "", word) for word in _arguments(passes, name, numbers=False)[side::2]}
    return letters.pop() if len(letters) == 1 else "…"


def sentences(passes: Passes) -> Sentences:
    """One sentence a step."""
    return Sentences("{}", Texts.of_steps([[_sentence(passes, step, at)] for at, step in enumerate(passes.steps)]))


def _sentence(passes: Passes, step: PassStep, at: int) -> str:
    if step.increment:
        return _backward(passes, step, at)
    if step.is_start:
        return f"{partial(passes, step.node)} = 1: here the backward pass begins; every other gradient is 0 so far."
    value = say(passes.values[step.node])
    equation = _chain(pretty(step.node), written(passes, step.node), written(passes, step.node, numbers=True), value)
    return (
        f"{equation}: here it ends; {_advice(passes, step.node)}."
        if passes.stopped and at == len(passes.steps) - 1
        else equation
    )


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


def _backward(passes: Passes, step: PassStep, at: int) -> str:
    """dt/dx = 2·x = 2·2 = 4; dJ/dx += 2.275×4 = 9.099; measured 9.099 ✓."""
    one = step.increment
    assert one is not None
    name, argument = step.node, one.argument
    again = passes.graph.nodes[name].arguments.count(argument) > 1
    texts = [slope_written(passes, name, one.place), slope_written(passes, name, one.place, numbers=True), say(one.slope)]
    parts = [_chain(f"d{pretty(name)}/d{pretty(argument)}", *texts) + (f" in place {one.place + 1}" if again else "")]
    parts.append(f"{partial(passes, argument)} += {product(passes, step)}")
    feeds = passes.visits[argument]
    if len(feeds) > 1:
        if any(other.increment and other.increment.argument == argument for other in passes.steps[:at]):
            parts.append(f"sum {say(one.before)} + {in_parentheses(say(one.product))} = {say(one.total)}")
        else:
            others = _listed(list(dict.fromkeys(map(pretty, feeds))))
            parts.append(f"the first of {len(feeds)} that add up, because {pretty(argument)} feeds {others}")
    if passes.complete_at[argument] == at:
        parts.append(badge(passes, argument))
    return "; ".join(parts)


def product(passes: Passes, step: PassStep) -> str:
    """0.969×(−0.654) = −0.634."""
    one = step.increment
    assert one is not None
    return f"{say(one.gradient)}×{in_parentheses(say(one.slope))} = {say(one.product)}"


def badge(passes: Passes, name: str) -> str:
    """What finite differences say of a gradient."""
    check = passes.checks[name]
    match check.outcome:
        case "agrees":
            return f"numerical check {say(check.slope)} ✓"
        case "kink":
            return f"a kink: slope {say(check.left)} on the left, {say(check.right)} on the right"
        case "subgradient":
            return f"numerical slope {say(check.slope)}: subgradients meet here, and their sum need not be the slope"
        case "disagrees":
            return f"numerical check {say(check.slope)} ✗"
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


def _arguments(passes: Passes, name: str, numbers: bool) -> list[str]:
    """The arguments of a node as words."""
    node, words = passes.graph.nodes[name], []
    for argument in node.arguments:
        if isinstance(argument, str) and not numbers:
            words.append(pretty(argument))
            continue
        words.append(in_parentheses(say(passes.values[argument] if isinstance(argument, str) else argument)))
    return words


def _tidy(text: str) -> str:
    """sin(−1) for sin((−1)), and a lone number without parentheses."""
    text = re.sub(r"\((\(−[^()]*\))\)", r"\1", text)
    return text[1:-1] if re.fullmatch(r"\(−[^()]*\)", text) else text


def _chain(*parts: str) -> str:
    """Equal things with equals signs between them, each only once."""
    kept = [part for part, before in zip(parts, ("", *parts), strict=False) if part.strip("()") != before.strip("()")]
    return " = ".join(kept)


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
