"""The card of the unit that is asked, in short texts by the names under which the page shows them."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine import Conv2d, Network
from ..numbers import write, write_factor
from .edits import read_edits
from .parts import CellParts, ConvParts, LinearParts, PoolParts, SoftmaxParts
from .settings import NetworkSettings
from .stages import layer_of, stage_names
from .unit import Card

KINDS = {
    "input": "a pixel of the input",
    "conv": "window × kernel, one kernel for each map before it, then the bias",
    "maxpool": "the largest number of its window",
    "avgpool": "the mean of its window",
    "relu": "max(x, 0)",
    "sigmoid": "1 / (1 + exp(−x))",
    "tanh": "tanh(x)",
    "dropout": "hands its number on",
    "flatten": "hands its number on",
    "linear": "every number before it × its own weight, then the bias",
    "softmax": "exp(logit − largest) / the sum of all of them",
}


def card_words(network: Network, settings: NetworkSettings, asked: Card | None, titles: Sequence[str]) -> dict[str, str]:
    """The facts card_*; none if nothing is asked."""
    if asked is None:
        return {}
    return {
        "card_title": asked.title,
        "card_value": write(asked.value),
        "card_kind": KINDS[asked.kind],
        "card_sees": _sees(asked, titles),
        "card_sum": _sum(asked),
        **_geometry(network, asked),
        **_switches(network, settings, asked),
    }


def _geometry(network: Network, asked: Card) -> dict[str, str]:
    """How far its window moves and how its cells are spaced, for the convolution view."""
    layer = layer_of(network, asked.unit.stage)
    return {"card_stride": str(layer.stride[0]), "card_dilation": str(layer.dilation[0])} if isinstance(layer, Conv2d) else {}


def _sees(asked: Card, titles: Sequence[str]) -> str:
    """Its window one layer back and its receptive field."""
    words = []
    if asked.window is not None and len(asked.window_maps):
        top, left, bottom, right = asked.window
        first, last = asked.window_maps[0], asked.window_maps[-1]
        which = f"maps {first}–{last}" if last > first else f"map {first}"
        words.append(f"Reads rows {top}–{bottom - 1}, columns {left}–{right - 1} of {which} in {titles[asked.unit.stage - 1]}.")
    elif asked.kind in ("linear", "softmax"):
        words.append("Reads all of the layer before it.")
    if asked.field is not None and asked.unit.stage:
        top, left, bottom, right = asked.field
        words.append(f"Receptive field on the input: rows {top}–{bottom - 1}, columns {left}–{right - 1}.")
    return " ".join(words)


def _sum(asked: Card) -> str:
    """The last line: what the parts add up to."""
    parts, total = asked.parts, write(asked.total)
    is_off = abs(asked.total - asked.value) > 1e-3 * max(1, abs(asked.total))
    off = f", but it is switched off: {write(asked.value)}" if is_off else ""
    if isinstance(parts, (ConvParts, LinearParts)):
        return f"the sum = {total}{off}"
    if isinstance(parts, PoolParts):
        return f"{'the largest' if parts.winner is not None else 'the mean'} = {total}{off}"
    if isinstance(parts, CellParts):
        before = write_factor(parts.before) if "−" in parts.rule else write(parts.before)
        return f"{parts.rule.format(before)} = {total}{off}" if parts.rule else f"= {total}{off}"
    if isinstance(parts, SoftmaxParts):
        return f"{write(float(parts.exponentials[parts.chosen]))} / {write(parts.sum)} = {total}"
    return ""


def _switches(network: Network, settings: NetworkSettings, asked: Card) -> dict[str, str]:
    """The places that switch this unit and its feature map off, and which of them are."""
    if asked.kind in ("input", "softmax"):
        return {}
    name, position = stage_names(network)[asked.unit.stage], asked.unit.position
    off = {edit.where for edit in read_edits(network, settings.edits) if edit.part == "off"}
    places = {"unit": f"{name}.off[{','.join(map(str, position))}]"}
    if len(position) == 3:
        places["map"] = f"{name}.off[{position[0]}]"
    return {f"card_{kind}_switch": place for kind, place in places.items()} | {
        f"card_{kind}_off": "yes" for kind, place in places.items() if place in off
    }
