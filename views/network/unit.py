"""The card of a unit: what it is, what it sees, how its value comes about, what it reads and what reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...engine import Network
from ...engine.shapes import Array
from ..numbers import write, write_factor
from .neighbours import Neighbours, feeds_of, inputs_of
from .parts import (
    CellParts,
    ConvParts,
    LinearParts,
    Parts,
    PoolParts,
    SoftmaxParts,
    cell_parts,
    conv_parts,
    linear_parts,
    pool_parts,
    softmax_parts,
    window_box,
)
from .stages import Box, Unit, clip, layer_of, receptive_box, sliding_of, stage_names

MOST = 8  # largest products of a fully-connected unit
SPOKEN = 3  # products in a sentence
SPOKEN_CELLS = 9  # of a pooling window in a sentence


@dataclass(frozen=True)
class Card:
    """Everything about one unit. Boxes are (top, left, bottom, right), the last two exclusive, cut at the map's edges.

    total is what the parts add up to: the value, unless the unit was switched off.
    """

    unit: Unit
    title: str  # C1[3, 10, 12]
    kind: str  # input, softmax, or the layer's kind
    value: float
    field: Box | None  # the receptive field on the input
    window: Box | None  # on the maps one stage back; None if it reads a whole stage, or nothing
    window_maps: range  # which maps of that stage
    inputs: Neighbours | None
    feeds: Neighbours | None
    parts: Parts | None
    total: float
    sentence: str


def card(
    network: Network, stages: list[Array], unit: Unit, titles: Sequence[str] | None = None, *, most: int = MOST
) -> Card:
    """Ask a unit. stages: as stages.kept gives them; titles: what the stages are called in words."""
    titles = titles or stage_names(network)
    layer = layer_of(network, unit.stage)
    kind = layer.kind if layer else ("input" if unit.stage == 0 else "softmax")
    value = float(stages[unit.stage][unit.position])
    parts = _parts(network, stages, unit, kind, most)
    total = value if parts is None else parts.total
    title = _title(titles, unit)
    window, maps = _window(network, stages, unit)
    return Card(
        unit, title, kind, value, receptive_box(network, unit), window, maps, inputs_of(network, stages, unit),
        feeds_of(network, stages, unit), parts, total, f"{title} = {_sum(titles, unit, parts, value)}",
    )  # fmt: skip


def _title(titles: Sequence[str], unit: Unit) -> str:
    return f"{titles[unit.stage]}[{', '.join(str(place) for place in unit.position)}]"


def _parts(network: Network, stages: list[Array], unit: Unit, kind: str, most: int) -> Parts | None:
    if kind == "input":
        return None
    x, layer, feature = stages[unit.stage - 1], layer_of(network, unit.stage), unit.position[0]
    if layer is None:
        return softmax_parts(x, feature)
    sliding = sliding_of(layer)
    if kind == "linear":
        return linear_parts(layer, x, feature, most)
    if sliding is None:
        return cell_parts(kind, x, unit.position)
    if kind == "conv":
        return conv_parts(layer, sliding, x, unit.position)
    return pool_parts(kind, sliding, x, unit.position)


def _window(network: Network, stages: list[Array], unit: Unit) -> tuple[Box | None, range]:
    """The window one stage back, and the maps that it lies on."""
    layer = layer_of(network, unit.stage)
    if layer is None or layer.kind == "linear" or stages[unit.stage - 1].ndim != 3:
        return None, range(0)
    x, sliding = stages[unit.stage - 1], sliding_of(layer)
    if sliding is None:
        c, row, column = cell_parts(layer.kind, x, unit.position).source
        return (row, column, row + 1, column + 1), range(c, c + 1)
    c = unit.position[0]
    maps = range(len(x)) if layer.kind == "conv" else range(c, c + 1)
    return clip(window_box(sliding, *unit.position[1:]), *x.shape[1:]), maps


def _sum(titles: Sequence[str], unit: Unit, parts: Parts | None, value: float) -> str:
    """How the value comes about, in one line."""
    if parts is None:
        return write(value)
    handed_on = isinstance(parts, CellParts) and not parts.rule
    words = _title(titles, Unit(unit.stage - 1, parts.source)) if handed_on else _words(parts)
    if not np.isclose(parts.total, value, rtol=1e-3, atol=1e-4):
        return f"{write(value)}, switched off; it would be {words} = {write(parts.total)}"
    return f"{words} = {write(value)}"


def _words(parts: Parts) -> str:
    if isinstance(parts, ConvParts):
        order = np.argsort(-np.abs(parts.products.ravel()), kind="stable")
        factors = [(parts.window.ravel()[at], parts.kernel.ravel()[at]) for at in order[:SPOKEN]]
        rest = float(parts.products.ravel()[order[SPOKEN:]].sum())
        return _products(factors, len(order) - len(factors), rest, parts.bias)
    if isinstance(parts, LinearParts):
        factors = list(zip(parts.inputs[:SPOKEN], parts.weights[:SPOKEN], strict=True))
        others = float(parts.products[SPOKEN:].sum()) + parts.rest
        return _products(factors, len(parts.products) - len(factors) + parts.rest_count, others, parts.bias)
    if isinstance(parts, PoolParts):
        return _pooled(parts)
    if isinstance(parts, SoftmaxParts):
        logit, above = float(parts.logits[parts.chosen]), float(parts.exponentials[parts.chosen])
        minus = f"exp({write(logit)} − {write_factor(parts.largest)})"
        return f"{minus} / the sum over all {len(parts.logits)} = {write(above)}/{write(parts.sum)}"
    return parts.rule.format(write(parts.before) if parts.before >= 0 or "−" not in parts.rule else write_factor(parts.before))


def _products(factors: list[tuple[float, float]], rest_count: int, rest: float, bias: float) -> str:
    terms = [f"{write(float(x))}×{write_factor(float(weight))}" for x, weight in factors if x * weight]
    rest_count += len(factors) - len(terms)
    terms += [f"({rest_count} {'more' if terms else 'products'}: {write(rest)})"] if rest_count else []
    return " + ".join([*terms, f"bias {write_factor(bias)}"])


def _pooled(parts: PoolParts) -> str:
    cells = [write(float(cell)) for cell in parts.window[parts.inside]]
    shown = cells if len(cells) <= SPOKEN_CELLS else [*cells[:SPOKEN_CELLS], "…"]
    if parts.winner is None:
        return f"({' + '.join(shown)}) / {parts.window.size}"
    return f"max({', '.join(shown)})"
