"""The card of a unit, as sources and as short texts: what it is, what it sees, its numbers, and where one can go from here.

Everything to be read is a text already, and every number has its true value beside it where one can change or open it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence

import numpy as np

from ..grid import limit_of, shade
from ..numbers import write
from ..trace import Columns, Sources, Texts
from .activations import Activations, Unit
from .derivation import Derivation, NumberGrid, Opening, Term
from .kinds import kind_of, origin, readers_of, receptive_edges

MOST_READERS = 10


def card_sources(
    derivation: Derivation | None, settings_of: Callable[[Opening], object], *, editable: bool = True
) -> Sources:
    """The sources card_cells, card_terms, card_feeds and card_openings; empty if no unit is chosen.

    settings_of: what another view shows an opening with, None if it cannot; editable: whether weights can be changed here.
    """
    if derivation is None:
        return {"card_cells": _cells([]), "card_terms": _terms([]), "card_feeds": _terms([]), "card_openings": _openings([])}
    openings = [(one.group, settings_of(one)) for one in derivation.openings()]
    sources = {
        "card_cells": _cells(derivation.grids()),
        "card_terms": _terms(_named(derivation.activations, derivation.terms())),
        "card_feeds": _terms(_named(derivation.activations, _readers(derivation))),
        "card_openings": _openings([(group, settings) for group, settings in openings if settings is not None]),
    }
    if not editable:
        for name in ("card_cells", "card_terms"):
            sources[name] |= {"place": Texts.of([""] * len(sources[name]["place"]))}
    return sources


def card_facts(
    derivation: Derivation | None, switched_off: Collection[str] = (), *, editable: bool = True
) -> dict[str, str]:
    """The facts card_*; none if no unit is chosen. switched_off: places such as C1.off[3]; editable: whether it can be."""
    if derivation is None:
        return {}
    return {
        "card_title": derivation.title,
        "card_value": write(derivation.value),
        "card_kind": ": ".join(filter(None, [derivation.activations.class_of(derivation.unit), derivation.about])),
        "card_sees": _sees(derivation),
        "card_sum": _result(derivation),
        **(_switches(derivation, switched_off) if editable else {}),
    }


def _cells(grids: Sequence[NumberGrid]) -> Columns:
    """One row a cell, grid after grid."""
    places = [place for grid in grids for place in np.ndindex(*grid.values.shape)]
    values = np.concatenate([np.zeros(0), *(grid.values.ravel() for grid in grids)]).astype(np.float32)
    shades = [shade(grid.values, grid.limit).ravel() for grid in grids]
    sizes = [grid.values.size for grid in grids]
    return {
        "group": np.repeat([grid.group for grid in grids], sizes).astype(np.int32),
        "kind": Texts.of([grid.kind for grid in grids for _ in range(grid.values.size)]),
        "row": np.array([row for row, _ in places], np.int32),
        "column": np.array([column for _, column in places], np.int32),
        "value": values,
        "text": Texts.of([write(value) for value in values.tolist()]),
        "shade": np.concatenate([np.zeros(0, np.float32), *shades]),
        "unit": Texts.of([unit for grid in grids for unit in grid.units or [""] * grid.values.size]),
        "place": Texts.of([place for grid in grids for place in grid.places or [""] * grid.values.size]),
        "won": np.array([at == grid.winner for grid in grids for at in np.ndindex(*grid.values.shape)], np.uint8),
    }


def _named(activations: Activations, terms: Sequence[Term]) -> list[tuple[Term, str, str]]:
    """Each term with its label and where a click goes: past a unit that only hands its number on."""
    rows = []
    for term in terms:
        unit = term.unit and origin(activations.network, term.unit)
        name, address = (_label(activations, unit), activations.address(unit)) if unit else ("", "")
        rows.append((term, term.label or name, address))
    return rows


def _label(activations: Activations, unit: Unit) -> str:
    """Its name, and that of its class."""
    return f"{activations.name(unit)} {activations.class_of(unit)}".strip()


def _terms(rows: Sequence[tuple[Term, str, str]]) -> Columns:
    """One row a term."""
    terms = [term for term, *_ in rows]
    results = np.array([term.result or 0 for term in terms], np.float32)
    written = [term.written or write(result) for term, result in zip(terms, results.tolist(), strict=True)]
    return {
        "label": Texts.of([label for _, label, _ in rows]),
        "words": Texts.of([term.words for term in terms]),
        "result": Texts.of(["" if term.result is None else text for term, text in zip(terms, written, strict=True)]),
        "shade": shade(results, limit_of(results)),
        "unit": Texts.of([address for *_, address in rows]),
        "place": Texts.of([term.place for term in terms]),
        "value": np.array([term.value for term in terms], np.float32),
        "group": np.array([term.group for term in terms], np.int32),
    }


def _readers(derivation: Derivation) -> list[Term]:
    """The units that read it, also through a layer that only hands numbers on; the last line counts those left out."""
    activations, terms, others = derivation.activations, [], 0
    waiting = readers_of(activations, derivation.unit)
    while waiting:
        readers = waiting.pop(0)
        kind = kind_of(activations.network, readers.layer)
        if kind.hands_on:
            waiting += readers_of(activations, readers.units(1)[0])
            continue
        shown = zip(readers.units(MOST_READERS), readers.contributions.tolist(), strict=False)
        terms += [Term(result=result, written=kind.write_contribution(result), unit=unit) for unit, result in shown]
        others += max(0, len(readers.positions) - MOST_READERS)
    return [*terms, *([Term(f"and {others} more")] if others else [])]


def _openings(openings: Sequence[tuple[int, object]]) -> Columns:
    """One row for each input map that another view can show: its settings there, as JSON."""
    return {
        "group": np.array([group for group, _ in openings], np.int32),
        "settings": Texts.of([json.dumps(settings, ensure_ascii=False) for _, settings in openings]),
    }


def _sees(derivation: Derivation) -> str:
    """Its window one layer back and its receptive field."""
    words, maps, before = [], derivation.window_maps, derivation.before
    if derivation.window_edges is not None:
        top, left, bottom, right = derivation.window_edges
        which = f"maps {maps[0]}–{maps[-1]}" if len(maps) > 1 else f"map {maps[0]}"
        name = derivation.activations.names[before]
        words.append(f"Reads rows {top}–{bottom - 1}, columns {left}–{right - 1} of {which} in {name}.")
    elif derivation.reads_every_map:
        words.append("Reads all of the layer before it.")
    field = receptive_edges(derivation.activations.network, derivation.unit)
    if field is not None and derivation.unit.layer:
        top, left, bottom, right = field
        words.append(f"Receptive field on the input: rows {top}–{bottom - 1}, columns {left}–{right - 1}.")
    return " ".join(words)


def _result(derivation: Derivation) -> str:
    """The last line: what the numbers add up to."""
    if derivation.result_words is None:
        return ""
    off = f", but it is switched off: {write(derivation.value)}" if derivation.is_off else ""
    return f"{derivation.result_words} = {write(derivation.total)}{off}".strip()


def _switches(derivation: Derivation, switched_off: Collection[str]) -> dict[str, str]:
    """The places that switch this unit and its feature map off, and which of them are."""
    if not derivation.layer.made_by:  # the input, the probabilities
        return {}
    name, position = derivation.activations.names[derivation.unit.layer], derivation.unit.position
    places = {"unit": f"{name}.off[{','.join(map(str, position))}]"}
    if len(position) == 3:
        places["map"] = f"{name}.off[{position[0]}]"
    return {f"card_{kind}_switch": place for kind, place in places.items()} | {
        f"card_{kind}_off": "yes" for kind, place in places.items() if place in switched_off
    }
