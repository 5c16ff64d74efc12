"""What the network view says: the sentence, and the facts around the drawings."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...engine import Network
from ..numbers import write
from .columns import Plan
from .pipeline import Prepared
from .settings import NetworkSettings
from .strip import percent

KNOWN = {
    "lenet5": "LeNet-5",
    "convnetjs": "ConvNetJS's network",
    "trained": "The network trained here",
    "loaded": "Your network",
}


def answer(probabilities: np.ndarray) -> str:
    """The most probable class."""
    best = int(probabilities.argmax())
    return f"{best} ({percent(float(probabilities[best]))} %)"


def sentence(settings: NetworkSettings, probabilities: np.ndarray, label: int | None, *, empty: bool) -> str:
    """What the network thinks of what is on the pad."""
    name = KNOWN[settings.network]
    best, second = (int(n) for n in np.argsort(-probabilities, kind="stable")[:2])
    if empty:
        return f"Draw a digit on the pad. {name} takes even an empty one for {answer(probabilities)}."
    told = f"{name} says {answer(probabilities)}, then {second} ({percent(float(probabilities[second]))} %)."
    if label is None:
        return told
    return f"{told} It is labelled {label}: {'right' if best == label else 'wrong'}."


def facts(
    settings: NetworkSettings, network: Network, plan: Plan, prepared: Prepared, limits: Sequence[float], label: int | None
) -> dict[str, str]:
    """Short texts by the name under which the page shows them."""
    count = sum(value.size for value in network.parameters().values())
    source = f"MNIST test digit {settings.digit:,}, labelled {label}" if label is not None else "Your drawing"
    moved = [f"{abs(n)} {word[n < 0]}" for n, word in (
        (settings.shift_down, ("down", "up")), (settings.shift_right, ("right", "left"))
    ) if n]  # fmt: skip
    end = write(float(f"{max(limits):.3g}"))
    low, high = (f"−{end}", end) if settings.colours == "network" else ("−the layer's largest", "its largest")
    shown = f"{count:,} parameters, {sum(math.prod(block.shape) for block in plan.blocks):,} units in the drawing"
    return {
        "source": f"{source}{', moved ' + ' and '.join(moved) if moved else ''}. The network: {network.text}; {shown}.",
        "size": "Blue is positive, orange negative, the paper's own colour zero. The number under a layer's name is the "
        "end of its colour scale.",
        "pad": source,
        "label": "" if label is None else str(label),
        "probabilities": "",
        **{f"{part}_{end_name}": text for part in ("wide", "narrow")
           for end_name, text in (("low", low), ("high", high), ("palette", "signed"))},
        "narrow_aspect": f"{plan.arrangements[1].aspect:.5f}",
        "stages": stage_words(settings, prepared),
    }  # fmt: skip


def stage_words(settings: NetworkSettings, prepared: Prepared) -> str:
    """What the preparation did, in numbers."""
    words = []
    if settings.scale:
        words.append("scaled to {}×{}".format(*prepared.scaled.shape))
    if settings.centre:
        words.append("put at row {}, column {}".format(*prepared.place))
    return ", ".join(words)
