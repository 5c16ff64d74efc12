"""What the train view says: the sentence of its status, and the facts beside the pictures."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from ...engine import CLASS_COUNT, TRAIN_COUNT, Evaluation, Network, NetworkTextError, ShapeError, TrainStep, parse_layers
from ...engine.architectures import DIGIT_SHAPE
from ...engine.layer_specs import names_of, shapes_of
from ...engine.network_text import BUILDING
from ..numbers import write
from .curves import interval
from .digits import epoch_of
from .look import Look
from .moments import Moment
from .recipe import Plan
from .run import Run
from .settings import NOW, TrainViewSettings

if TYPE_CHECKING:
    from .training import Training

GUESSING = 2.4  # nats: a little above ln 10
MOST_PATIENT = 100  # batches


def diverged(learned: TrainStep, learning_rate: float) -> str:
    """Why training stopped, and what to try."""
    loss = f"rose to {learned.loss:,.0f}" if math.isfinite(learned.loss) else "is no finite number any more"
    if learned.loss < 1e6:
        loss = f"was {learned.loss:,.2f}, but its update was not finite"
    return (
        f"Diverged in batch {learned.step:,}: the loss {loss}. A learning rate of {write(learning_rate)} makes steps so large "
        "that each overshoots more than the one before. The last finite weights are kept: lower the learning rate, for "
        "example to a tenth, and start; or start again from the same initial weights."
    )


def warning(run: Run) -> str:
    """What to try while the loss stays above that of guessing, which is a network that learned nothing, or ""."""
    loss = run.curves.loss.value
    if run.step < MOST_PATIENT or loss < GUESSING:
        return ""
    return (
        f"The loss, {loss:,.2f}, is not below {math.log(CLASS_COUNT):.2f}, that of guessing among ten. Large steps can leave "
        "every ReLU at 0, and then nothing comes back from that: start again with a lower learning rate."
    )


def sentence(state: Training, run: Run, moment: Moment) -> str:
    """The status in words; while training runs it stays the same, so that nobody is talked to all the time."""
    if state.status == "running":
        return f"Training runs, epoch {max(1, epoch_of(run.trainer.position.epoch))}: pause it to hear the numbers."
    if state.status == "testing":
        return "Reading all 10,000 test digits."
    if not moment.step:
        return "Nothing is learned yet: these are the initial weights. Start, or learn a single batch."
    told = f"{moment.step:,} batches, {moment.position.examples_seen:,} digits: {_accuracies(moment)}"
    if state.is_preview:
        return f"The first {told}. This was computed beforehand; start learns it before your eyes."
    if moment.step < run.step:
        return f"Back then, after {told}."
    if state.status == "diverged":
        return state.reason
    return f"Paused after {told}."


def _accuracies(moment: Moment) -> str:
    curves = moment.curves
    told = [f"loss {curves.loss.value:.3f}"]
    told += [f"{share(curves.validation.value)} of the validation digits read correctly"] * bool(curves.validation.weight)
    told += [f"{share(moment.tested.accuracy)} of the test digits"] if moment.tested else []
    return ", ".join(told)


def facts(state: Training, settings: TrainViewSettings, run: Run, moment: Moment, look: Look) -> dict[str, str]:
    """Everything that is told in numbers."""
    at, curves = moment.position, moment.curves
    applies_later = "Another network or seed was chosen: it applies when you start again."
    per_digit = run.forward.value + run.backward.value
    example = f"Test digit {look.indices[0]:,}, a {look.labels[0]}, read as {look.predictions[0]}"
    return {
        "status": state.status,
        "reason": state.reason or warning(run),
        "batches": f"{at.step:,}",
        "examples": f"{at.examples_seen:,}",
        "epoch": str(epoch_of(at.epoch)),
        "seconds": f"{moment.seconds:.1f} s" if moment.seconds else "",
        "speed": f"{1 / per_digit:,.0f} examples/s" if per_digit > 0 else "",
        "forward": f"{1000 * run.forward.value:.2f} ms" if run.forward.value > 0 else "",
        "backward": f"{1000 * run.backward.value:.2f} ms" if run.backward.value > 0 else "",
        "loss": f"{curves.loss.value:.4f}" if curves.loss.weight else "",
        "l2_loss": f"{moment.learned.l2_loss:.4f}" if moment.learned else "",
        "training_accuracy": share(curves.training.value),
        "validation_accuracy": share(curves.validation.value),
        "test_accuracy": tested(moment.tested),
        "learning_rate_now": write(run.learning_rate(settings)),
        "parameters": parameters(look.network),
        "network_text": look.network.text,
        "network_check": checked(settings.network) if settings.architecture == "own" else "",
        "network_problem": problem(settings.network) if settings.architecture == "own" else "",
        "waiting": "" if run.plan == Plan.of(settings) else applies_later,
        "loading": f"{state.digits.train.count_here:,} of {TRAIN_COUNT:,} digits are here",
        "shown": "now" if settings.checkpoint == NOW else f"batch {at.step:,} of {run.step:,}",
        "kept": state.kept.label(settings) if state.kept else "",
        "testing": f"{state.test_so_far.examples_seen:,} of {state.test_so_far.examples:,} digits" if state.test_so_far else "",
        "example_title": f"{example} ({share(look.probabilities[0].max())})",
    }


def share(value: float) -> str:
    """A share as percent, "" for none."""
    return "" if math.isnan(value) else f"{100 * value:.1f} %"


def tested(found: Evaluation | None) -> str:
    """The accuracy on the test digits and how sure it is."""
    if not found:
        return "not tested yet"
    low, high = interval(found)
    return f"{100 * found.accuracy:.2f} %, between {100 * low:.2f} and {100 * high:.2f} % (95 % confidence)"


def parameters(network: Network) -> str:
    """How many parameters there are, layer by layer."""
    counts = [sum(value.size for value in layer.parameters.values()) for layer in network.layers if layer.parameters]
    told = " + ".join(f"{count:,}" for count in counts)
    return f"{told} = {sum(counts):,}" if len(counts) > 1 else told


@functools.lru_cache(maxsize=64)
def problem(text: str) -> str:
    """Why a text is no network, naming the layer, or ""."""
    try:
        Plan("own", text, 0).build(np.random.default_rng(0))
    except (NetworkTextError, ShapeError) as error:
        return str(error)
    return ""


@functools.lru_cache(maxsize=64)
def checked(text: str) -> str:
    """The shapes of a text's layers, as far as they fit: 1×28×28 → conv1 6×26×26 → ..."""
    try:
        specs, fits = parse_layers(text, DIGIT_SHAPE, BUILDING), ""
    except NetworkTextError as error:
        specs, fits = error.specs, " → ?"
    names = names_of([spec.kind for spec in specs])
    first, *others = (size(shape) for shape in shapes_of(specs, DIGIT_SHAPE))
    return " → ".join([first, *(f"{name} {shape}" for name, shape in zip(names, others, strict=True))]) + fits if specs else ""


def size(shape: tuple[int, ...]) -> str:
    """A shape as 8×24×24."""
    return "×".join(map(str, shape))
