"""What the train view says: the sentence of its status, and the facts beside the pictures."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from ...engine import CLASS_COUNT, TRAIN_COUNT, Evaluation, Network, NetworkTextError, ShapeError, TrainStep, parse_layers
from ...engine.architectures import DIGIT_SHAPE
from ...engine.chain_specs import names_of, shapes_of
from ...engine.network_text import BUILDING
from ..numbers import write
from .dataset import epoch_of
from .inspection import Inspection, shape_text
from .run_history import Checkpoint, confidence_interval
from .settings import AT_START, NOW, NetworkChoice, TrainViewSettings
from .training_run import TrainingRun

if TYPE_CHECKING:
    from .state import TrainState

GUESSING = 2.4  # nats: a little above ln 10
LEAST_BATCHES = 100  # before a loss that does not fall is worth a warning


def diverged(step: TrainStep, learning_rate: float) -> str:
    """Why training stopped, and what to try."""
    loss = f"rose to {step.loss:,.0f}" if math.isfinite(step.loss) else "is no longer a finite number"
    if step.loss < 1e6:
        loss = f"was {step.loss:,.2f}, but its update was not finite"
    return (
        f"Diverged in batch {step.step:,}: the loss {loss}. With a learning rate of {write(learning_rate)} each step "
        "overshoots more than the one before. The last finite weights are kept: lower the learning rate, for example to a "
        "tenth, and press Start training; or start again from the same initial weights."
    )


def warning(run: TrainingRun) -> str:
    """What to try while the loss stays above that of guessing, which is a network that learned nothing, or ""."""
    loss = run.curves.loss.value
    if run.step < LEAST_BATCHES or loss < GUESSING:
        return ""
    return (
        f"The loss, {loss:,.2f}, is not below ln {CLASS_COUNT} ≈ {math.log(CLASS_COUNT):.2f}, the loss of random guessing. "
        "Large steps can leave every ReLU at 0, where no gradient flows: start again with a lower learning rate."
    )


def sentence(state: TrainState, run: TrainingRun, checkpoint: Checkpoint) -> str:
    """The status in words; while training runs it stays the same, so that nobody is talked to all the time."""
    if state.status == "running":
        return f"Training, epoch {max(1, epoch_of(run.trainer.position.epoch))}: pause to read the exact numbers."
    if state.status == "testing":
        return "Testing on all 10,000 test digits."
    if not checkpoint.step and state.is_loaded:
        return "These are the weights from your file. Press Start training to continue from them."
    if not checkpoint.step:
        return "These are the initial weights. Press Start training, or train one batch."
    summary = f"{checkpoint.step:,} batches, {checkpoint.position.examples_seen:,} digits: {_accuracies(checkpoint)}"
    if state.is_preview:
        return f"The first {summary}. This was computed beforehand; press Start training to train it live."
    if checkpoint.step < run.step:
        return f"Checkpoint after {summary}."
    if state.status == "diverged":
        return state.reason
    return f"Paused after {summary}."


def notices(run: TrainingRun, settings: TrainViewSettings) -> list[str]:
    """That some settings wait, if a run goes on with others."""
    if run.choice == NetworkChoice.of(settings):
        return []
    names = ", ".join(str(settings.param[name].label).lower() for name in AT_START)
    return [f"This run continues as it began; changes of {names} apply when you start again."]


def _accuracies(checkpoint: Checkpoint) -> str:
    curves, evaluation = checkpoint.curves, checkpoint.evaluation
    parts = [f"loss {curves.loss.value:.3f}"]
    parts += [f"validation accuracy {percent(curves.validation.value)}"] if curves.validation.weight else []
    parts += [f"test accuracy {percent(evaluation.accuracy)}"] if evaluation else []
    return ", ".join(parts)


def facts(
    state: TrainState, settings: TrainViewSettings, run: TrainingRun, checkpoint: Checkpoint, inspection: Inspection
) -> dict[str, str]:
    """Every number beside the pictures."""
    position, curves, progress = checkpoint.position, checkpoint.curves, state.test_progress
    seconds_per_digit = run.forward.value + run.backward.value
    own_text = settings.network if settings.architecture == "own" else ""
    class_and_prediction = f"a {inspection.labels[0]}, predicted {inspection.predictions[0]}"
    return {
        "status": state.status,
        "reason": state.reason or warning(run),
        "batches": f"{position.step:,}",
        "examples": f"{position.examples_seen:,}",
        "epoch": str(epoch_of(position.epoch)),
        "seconds": f"{checkpoint.seconds:.1f} s" if checkpoint.seconds else "",
        "speed": f"{1 / seconds_per_digit:,.0f} examples/s" if seconds_per_digit > 0 else "",
        "forward": f"{1000 * run.forward.value:.2f} ms" if run.forward.value > 0 else "",
        "backward": f"{1000 * run.backward.value:.2f} ms" if run.backward.value > 0 else "",
        "loss": f"{curves.loss.value:.4f}" if curves.loss.weight else "",
        "l2_loss": f"{checkpoint.last_step.l2_loss:.4f}" if checkpoint.last_step else "",
        "training_accuracy": percent(curves.training.value),
        "validation_accuracy": percent(curves.validation.value),
        "test_accuracy": _test_accuracy(checkpoint.evaluation),
        "learning_rate_now": write(run.learning_rate(settings)),
        "parameters": _parameter_counts(inspection.network),
        "network_text": inspection.network.text,
        "network_check": _shapes_that_fit(own_text) if own_text else "",
        "network_problem": _problem(own_text) if settings.architecture == "own" else "",
        "waiting": "" if run.choice == NetworkChoice.of(settings) else "The new network or seed applies when you start again.",
        "loading": f"{state.dataset.train.loaded_count:,} of {TRAIN_COUNT:,} digits loaded",
        "latest_batch": str(run.step),
        "shown": "now" if settings.checkpoint == NOW else f"batch {position.step:,} of {run.step:,}",
        "baseline": state.baseline.label(settings) if state.baseline else "",
        "testing": f"{progress.examples_seen:,} of {progress.examples:,} digits" if progress else "",
        "example_title": f"Test digit {inspection.indices[0]:,}, {class_and_prediction} "
        f"({percent(inspection.probabilities[0].max())})",
    }


def percent(share: float) -> str:
    """A share as percent, "" for none."""
    return "" if math.isnan(share) else f"{100 * share:.1f} %"


def _test_accuracy(evaluation: Evaluation | None) -> str:
    """The accuracy on the test digits and how sure it is."""
    if not evaluation:
        return "not tested yet"
    low, high = confidence_interval(evaluation)
    return f"{100 * evaluation.accuracy:.2f} %, between {100 * low:.2f} and {100 * high:.2f} % (95 % confidence)"


def _parameter_counts(network: Network) -> str:
    """How many parameters there are, layer by layer."""
    counts = [sum(value.size for value in layer.parameters.values()) for layer in network.layers if layer.parameters]
    terms = " + ".join(f"{count:,}" for count in counts)
    return f"{terms} = {sum(counts):,}" if len(counts) > 1 else terms


@functools.lru_cache(maxsize=64)
def _problem(text: str) -> str:
    """Why a text is not a network, naming the layer, or ""."""
    try:
        NetworkChoice("own", text, 0).build(np.random.default_rng(0))
    except (NetworkTextError, ShapeError) as error:
        return str(error)
    return ""


@functools.lru_cache(maxsize=64)
def _shapes_that_fit(text: str) -> str:
    """The shapes of a text's layers, as far as they fit: 1×28×28 → conv1 6×26×26 → ..."""
    try:
        specs, rest = parse_layers(text, DIGIT_SHAPE, BUILDING), ""
    except NetworkTextError as error:
        specs, rest = error.specs, " → ?"
    names = names_of([spec.kind for spec in specs])
    first, *others = (shape_text(shape) for shape in shapes_of(specs, DIGIT_SHAPE))
    return " → ".join([first, *(f"{name} {shape}" for name, shape in zip(names, others, strict=True))]) + rest if specs else ""
