"""The card of the unit that is asked, as sources: grids of numbers, a list of terms, and where one can go from here.

Everything to be read is a text already, and every number has its true value beside it where one can change or open it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...engine import Conv2d, Network, Sliding
from ...engine.windows import pad_images
from ..grid import limit_of, shade
from ..numbers import write
from ..trace import Columns, Texts
from .neighbours import Neighbours, feeds_of
from .parts import CellParts, ConvParts, LinearParts, PoolParts, SoftmaxParts
from .shown import HANDED_ON
from .stages import Unit, layer_of, stage_names, unravel, write_unit
from .unit import Card

MOST_GROUPS = 16  # input maps told cell by cell: those that bring most
MOST_FEEDS = 8
LARGEST_KERNEL, LARGEST_STRIDE, LARGEST_DILATION, LARGEST_PATCH = 7, 4, 3, 12  # of the convolution view
DIGITS = 6  # of a number that goes into an address


@dataclass
class _Cells:
    """One row a cell, as lists while they are gathered."""

    group: list[int] = field(default_factory=list)  # the input map
    kind: list[str] = field(default_factory=list)  # window, kernel, products
    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    shade: list[float] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)  # where a click goes
    place: list[str] = field(default_factory=list)  # what a typed number changes
    won: list[int] = field(default_factory=list)

    def grid(self, group: int, kind: str, values: np.ndarray, limit: float) -> list[tuple[int, int]]:
        """Add a grid. values: (H, W) -> the places of its cells."""
        places = list(np.ndindex(*values.shape))
        self.group += [group] * len(places)
        self.kind += [kind] * len(places)
        self.row += [row for row, _ in places]
        self.column += [column for _, column in places]
        self.value += values.ravel().tolist()
        self.shade += shade(values, limit).ravel().tolist()
        for names in (self.unit, self.place):
            names += [""] * (len(self.value) - len(names))
        self.won += [0] * (len(self.value) - len(self.won))
        return places

    def columns(self) -> Columns:
        return {
            "group": np.array(self.group, np.int32),
            "kind": Texts.of(self.kind),
            "row": np.array(self.row, np.int32),
            "column": np.array(self.column, np.int32),
            "value": np.array(self.value, np.float32),
            "text": Texts.of([write(float(np.float32(value))) for value in self.value]),
            "shade": np.array(self.shade, np.float32),
            "unit": Texts.of(self.unit),
            "place": Texts.of(self.place),
            "won": np.array(self.won, np.uint8),
        }


@dataclass(frozen=True)
class Term:
    """One line of a sum: what it is, how it comes about, what it brings; where a click goes, what typing changes."""

    label: str
    words: str = ""
    result: float | None = None
    unit: str = ""
    place: str = ""
    value: float = 0.0  # at that place
    group: int = -1  # the input map whose grids it opens


def card_columns(
    network: Network, stages: Sequence[np.ndarray], asked: Card | None, titles: Sequence[str]
) -> dict[str, Columns]:
    """The sources card_cells, card_terms, card_feeds and card_patches; empty if nothing is asked."""
    cells, terms, patches, feeds = _Cells(), [], [], []
    if asked is not None:
        parts, before = asked.parts, asked.unit.stage - 1
        name = stage_names(network)[asked.unit.stage]
        if isinstance(parts, ConvParts):
            order = np.argsort(-np.abs(parts.sums), kind="stable")[:MOST_GROUPS]
            shown = sorted(int(c) for c in order)
            _conv_cells(cells, network, asked.unit, name, parts, shown)
            terms = _conv_terms(asked.unit, name, parts, shown, titles[before])
            patches = _patches(network, stages[before], asked.unit, parts, shown)
        elif isinstance(parts, PoolParts):
            _pool_cells(cells, network, asked.unit, parts)
        elif isinstance(parts, LinearParts):
            terms = _linear_terms(network, asked.unit, name, parts, titles)
        elif isinstance(parts, SoftmaxParts):
            terms = [
                Term(f"{n}", f"exp({write(float(logit))} − {write(parts.largest)}) = {write(float(above))}",
                     float(above) / parts.sum, f"{stage_names(network)[before]}[{n}]")
                for n, (logit, above) in enumerate(zip(parts.logits, parts.exponentials, strict=True))
            ]  # fmt: skip
        elif isinstance(parts, CellParts):
            source = origin(network, Unit(before, parts.source))
            terms = [Term(_title(titles, source), "", parts.before, write_unit(network, source))]
        feeds = _feeds(network, stages, asked.feeds, titles)
    return {
        "card_cells": cells.columns(), "card_terms": _term_columns(terms), "card_feeds": _term_columns(feeds),
        "card_patches": _patch_columns(patches),
    }  # fmt: skip


def _title(titles: Sequence[str], unit: Unit) -> str:
    return f"{titles[unit.stage]}[{', '.join(map(str, unit.position))}]"


def _conv_cells(
    cells: _Cells, network: Network, unit: Unit, name: str, parts: ConvParts, shown: Sequence[int]
) -> None:
    limits = {kind: limit_of(getattr(parts, kind)) for kind in ("window", "kernel", "products")}
    _, rows, columns = network.shapes[unit.stage - 1]
    before = stage_names(network)[unit.stage - 1]
    dilation = getattr(layer_of(network, unit.stage), "dilation", (1, 1))
    for c in shown:
        for kind, limit in limits.items():
            start = len(cells.value)
            for n, (k, m) in enumerate(cells.grid(c, kind, getattr(parts, kind)[c], limit), start=start):
                row, column = parts.corner[0] + k * dilation[0], parts.corner[1] + m * dilation[1]
                if kind == "window" and 0 <= row < rows and 0 <= column < columns:
                    cells.unit[n] = f"{before}[{c},{row},{column}]"
                elif kind == "kernel":
                    cells.place[n] = f"{name}.weight[{unit.position[0]},{c},{k},{m}]"


def _conv_terms(unit: Unit, name: str, parts: ConvParts, shown: Sequence[int], before: str) -> list[Term]:
    terms = [Term(f"{before}[{c}]", "", float(parts.sums[c]), group=c) for c in shown]
    if len(shown) < len(parts.sums):
        others = np.delete(parts.sums, shown)
        terms.append(Term(f"{len(others)} other maps", "", float(others.sum())))
    return [*terms, Term("bias", "", parts.bias, place=f"{name}.bias[{unit.position[0]}]", value=parts.bias)]


def _pool_cells(cells: _Cells, network: Network, unit: Unit, parts: PoolParts) -> None:
    before, c = stage_names(network)[unit.stage - 1], unit.position[0]
    for n, (k, m) in enumerate(cells.grid(c, "window", parts.window, limit_of(parts.window))):
        if parts.inside[k, m]:
            cells.unit[n] = f"{before}[{c},{parts.corner[0] + k},{parts.corner[1] + m}]"
        cells.won[n] = int(parts.winner == (k, m))


def _linear_terms(network: Network, unit: Unit, name: str, parts: LinearParts, titles: Sequence[str]) -> list[Term]:
    feature = unit.position[0]
    terms = []
    for at, x, weight, product in zip(parts.positions.tolist(), parts.inputs, parts.weights, parts.products, strict=True):
        source, place = origin(network, Unit(unit.stage - 1, (at,))), f"{name}.weight[{feature},{at}]"
        label, text = _title(titles, source), write_unit(network, source)
        terms.append(Term(label, f"{write(float(x))} ×", float(product), text, place, float(weight)))
    if parts.rest_count:
        terms.append(Term(f"{parts.rest_count} smaller products", "", parts.rest))
    return [*terms, Term("bias", "", parts.bias, place=f"{name}.bias[{feature}]", value=parts.bias)]


def origin(network: Network, unit: Unit) -> Unit:
    """The unit whose number a flatten or dropout only hands on."""
    layer = layer_of(network, unit.stage)
    while layer is not None and layer.kind in HANDED_ON:
        position = unravel(unit.position[0], network.shapes[unit.stage - 1]) if layer.kind == "flatten" else unit.position
        unit = Unit(unit.stage - 1, position)
        layer = layer_of(network, unit.stage)
    return unit


def _feeds(network: Network, stages: Sequence[np.ndarray], feeds: Neighbours | None, titles: Sequence[str]) -> list[Term]:
    while feeds is not None and (layer := layer_of(network, feeds.stage)) is not None and layer.kind in HANDED_ON:
        feeds = feeds_of(network, list(stages), feeds.units(1)[0])
    if feeds is None:
        return []
    return [
        Term(_title(titles, unit), "", float(brings), write_unit(network, unit))
        for unit, brings in zip(feeds.units(MOST_FEEDS), feeds.contributions, strict=False)
    ]


def _term_columns(terms: Sequence[Term]) -> Columns:
    return {
        "label": Texts.of([term.label for term in terms]),
        "words": Texts.of([term.words for term in terms]),
        "result": Texts.of(["" if term.result is None else write(float(np.float32(term.result))) for term in terms]),
        "shade": shade(results := np.array([term.result or 0 for term in terms]), limit_of(results)),
        "unit": Texts.of([term.unit for term in terms]),
        "place": Texts.of([term.place for term in terms]),
        "value": np.array([term.value for term in terms], np.float32),
        "group": np.array([term.group for term in terms], np.int32),
    }


@dataclass(frozen=True)
class _Patch:
    """A window with its surroundings: what the convolution view is given. at: the cell of its output that is the unit."""

    group: int
    values: np.ndarray


def _patches(
    network: Network, x: np.ndarray, unit: Unit, parts: ConvParts, shown: Sequence[int]
) -> list[_Patch]:
    """Each input map around the window, one stride further on every side where there is more of it, padding included."""
    layer = layer_of(network, unit.stage)
    assert isinstance(layer, Conv2d)
    stride, padding, dilation = layer.stride, layer.padding, layer.dilation
    spans = Sliding(layer.kernel_size, dilation=dilation).span
    uneven = len(set(stride)) > 1 or len(set(dilation)) > 1
    if uneven or stride[0] > LARGEST_STRIDE or dilation[0] > LARGEST_DILATION or max(layer.kernel_size) > LARGEST_KERNEL:
        return []
    if max(spans) > LARGEST_PATCH:
        return []
    padded = pad_images(x[np.newaxis], padding)[0]
    cuts = []
    for axis, (span, step, pad) in enumerate(zip(spans, stride, padding, strict=True)):
        begin, size = parts.corner[axis] + pad, padded.shape[axis + 1]
        room = span + 2 * step <= LARGEST_PATCH
        start = begin - step if room and begin >= step else begin
        end = begin + span + (step if room and begin + span + step <= size else 0)
        cuts.append(slice(start, end))
    return [_Patch(c, padded[c, cuts[0], cuts[1]]) for c in shown]


def _patch_columns(patches: Sequence[_Patch]) -> Columns:
    values = [float(f"{value:.{DIGITS}g}") for patch in patches for value in patch.values.ravel().tolist()]
    return {
        "group": np.array([patch.group for patch in patches], np.int32),
        "rows": np.array([len(patch.values) for patch in patches], np.int32),
        "columns": np.array([patch.values.shape[1] for patch in patches], np.int32),
        "text": Texts.of([f"{value:.{DIGITS}g}" for value in values]),
    }
