"""What the backprop view says: names as the slides write them, one sentence a step, and the facts about the whole."""

from __future__ import annotations

import functools
import math
import re

from ...engine.operations import OPERATIONS
from ..numbers import write
from ..trace import Sentences, Texts
from .run import Run, Step
from .settings import BackpropSettings

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LONGEST_LABEL = 14  # characters in a node's box
BRIEF = {"+": "Σ", "likelihood": "log-lik."}


@functools.lru_cache(maxsize=1024)
def pretty(name: str) -> str:
    """A name as the slides write it: u₁, α₂₁, y*."""
    found = re.fullmatch(r"([^\W\d_]+)(_star)?(\d*)", name)
    return f"{found[1]}{'*' if found[2] else ''}{found[3].translate(SUBSCRIPTS)}" if found else name


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


def partial(run: Run, name: str) -> str:
    """dJ/du₁."""
    return f"d{pretty(run.graph.output)}/d{pretty(name)}"


def written(run: Run, name: str, *, numbers: bool = False) -> str:
    """The operation of a node with the names of its arguments, or with their values."""
    node = run.graph.nodes[name]
    return _tidy(OPERATIONS[node.operation].formula(*_arguments(run, name, numbers)))


def slope_written(run: Run, name: str, place: int, *, numbers: bool = False) -> str:
    """The local derivative of a node for one of its arguments."""
    node = run.graph.nodes[name]
    own = in_parentheses(say(run.values[name])) if numbers else pretty(name)
    return _tidy(OPERATIONS[node.operation].slope_formulas(own, *_arguments(run, name, numbers))[place])


def label(run: Run, name: str) -> str:
    """What a node's box says at its top."""
    node = run.graph.nodes[name]
    if not node.operation:
        return pretty(name)
    text = f"{pretty(name)} = {written(run, name)}".replace("sigmoid(", "σ(")
    if len(text) <= LONGEST_LABEL:
        return text
    if node.operation == "dot":
        return f"{pretty(name)} = Σ {'·'.join(_family(run, name, side) for side in (0, 1))}"
    return f"{pretty(name)} = {BRIEF.get(node.operation, f'{node.operation}(…)')}"


def _family(run: Run, name: str, side: int) -> str:
    """What the first (or second) factors of a sum of products have in common: α for α₁₁ and α₁₂."""
    letters = {re.sub(r"[\d.₀-₉]+$", "", word) for word in _arguments(run, name, numbers=False)[side::2]}
    return letters.pop() if len(letters) == 1 else "…"


def sentences(run: Run) -> Sentences:
    """One sentence a step."""
    told = Texts.of([_sentence(run, step, at) for at, step in enumerate(run.steps)])
    return Sentences("{}", Texts(told.table, told.codes.reshape(-1, 1)))


def _sentence(run: Run, step: Step, at: int) -> str:
    if step.increment:
        return _backward(run, step, at)
    if step.is_start:
        return f"{partial(run, step.node)} = 1: here the backward pass begins; every other gradient is 0 so far."
    value = say(run.values[step.node])
    told = _chain(pretty(step.node), written(run, step.node), written(run, step.node, numbers=True), value)
    return f"{told}: here it ends; {_advice(run, step.node)}." if run.stopped and at == len(run.steps) - 1 else told


def _advice(run: Run, name: str) -> str:
    """What to do about a node that has no finite value."""
    node = run.graph.nodes[name]
    first = next((run.values[one] if isinstance(one, str) else one for one in node.arguments), 0.0)
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


def _backward(run: Run, step: Step, at: int) -> str:
    """dt/dx = 2·x = 2·2 = 4; dJ/dx += 2.275×4 = 9.099; measured 9.099 ✓."""
    one = step.increment
    assert one is not None
    name, argument = step.node, one.argument
    again = run.graph.nodes[name].arguments.count(argument) > 1
    texts = [slope_written(run, name, one.place), slope_written(run, name, one.place, numbers=True), say(one.slope)]
    parts = [_chain(f"d{pretty(name)}/d{pretty(argument)}", *texts) + (f" in place {one.place + 1}" if again else "")]
    parts.append(f"{partial(run, argument)} += {product(run, step)}")
    feeds = run.visits[argument]
    if len(feeds) > 1:
        if any(other.increment and other.increment.argument == argument for other in run.steps[:at]):
            parts.append(f"sum {say(one.before)} + {in_parentheses(say(one.product))} = {say(one.total)}")
        else:
            others = _listed(list(dict.fromkeys(map(pretty, feeds))))
            parts.append(f"the first of {len(feeds)} that add up, because {pretty(argument)} feeds {others}")
    if run.complete_at[argument] == at:
        parts.append(badge(run, argument))
    return "; ".join(parts)


def product(run: Run, step: Step) -> str:
    """0.969×(−0.654) = −0.634."""
    one = step.increment
    assert one is not None
    return f"{say(one.gradient)}×{in_parentheses(say(one.slope))} = {say(one.product)}"


def badge(run: Run, name: str) -> str:
    """What finite differences say of a gradient."""
    check = run.checks[name]
    match check.outcome:
        case "agrees":
            return f"numerical check {say(check.slope)} ✓"
        case "kink":
            return f"a kink: slope {say(check.left)} on the left, {say(check.right)} on the right"
        case "subgradient":
            return f"numerical slope {say(check.slope)}: subgradients meet here, and their sum need not be the slope"
        case "disagrees":
            return f"numerical check {say(check.slope)} ✗"
    if math.isfinite(run.gradients[name]):
        return "no numerical check is possible here"
    side = "" if math.isfinite(check.left) and math.isfinite(check.right) else " on one side"
    slope = f"numerical slope {say(check.slope)}{side}" if math.isfinite(check.slope) else "there is no slope to measure"
    return f"the chain rule meets a value that is not finite; {slope}"


def facts(run: Run, settings: BackpropSettings) -> dict[str, str]:
    """Short texts about the whole, by the name under which the page shows them."""
    count = len(run.graph.nodes)
    told = {
        "source": run.example.note,
        "size": _results(run),
        "curve": _curve(run, settings),
        **dict.fromkeys(("wide", "narrow"), f"{count} nodes; in a box: formula, value, gradient"),
    }
    return told | ({} if len(run.losses) > 1 or run.diverged else {"curve_hidden": "hidden"})


def _results(run: Run) -> str:
    """J = 0.245; dJ/dx = 9.099."""
    output = run.graph.output
    if run.stopped:
        step = run.steps[-1]
        value = f"{pretty(step.node)} = {written(run, step.node)} = {say(run.values[step.node])}"
        return f"{pretty(output)} has no finite value here, because {value}; {_advice(run, step.node)}."
    names = run.example.parameters or run.graph.inputs
    return f"{pretty(output)} = {say(run.values[output])}; {', '.join(_result(run, name) for name in names)}"


def _result(run: Run, name: str) -> str:
    """dJ/dx = 9.099, with what a reader must know where it is not simply the slope."""
    told = f"{partial(run, name)} = {say(run.gradients[name])}"
    return told if run.checks[name].outcome == "agrees" else f"{told} ({badge(run, name)})"


def _curve(run: Run, settings: BackpropSettings) -> str:
    if not run.losses:
        return ""
    count = len(run.losses) - 1
    loss = f"loss {say(run.losses[0])} → {say(run.losses[-1])} after {count} {'step' if count == 1 else 'steps'}"
    return loss + ("; then it diverged: try a smaller learning rate" if run.diverged else "")


def _arguments(run: Run, name: str, numbers: bool) -> list[str]:
    """The arguments of a node as words."""
    node, found = run.graph.nodes[name], []
    for argument in node.arguments:
        if isinstance(argument, str) and not numbers:
            found.append(pretty(argument))
            continue
        found.append(in_parentheses(say(run.values[argument] if isinstance(argument, str) else argument)))
    return found


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
