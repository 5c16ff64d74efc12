"""One binary form for every transport: a JSON header, then the arrays, ready for JavaScript's typed arrays.

Bytes 0-3 are "CNVS", bytes 4-7 the header's length (uint32, little endian), then the header (UTF-8 JSON, padded with
spaces to a multiple of 8), then the arrays, each starting at a multiple of 8. In the header an array stands as
{"dtype", "shape", "at"}: `at` counts bytes from the end of the header; columns that are one array share its place. A Texts
has its "table" beside these. A Repeated, and in a large packet any moving array, stands as its distinct rows, with "rows"
beside it: where the row of each step is among them. A column, or a whole source, that the page has already stands as null.
static/js/packet.mjs reads the same form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .trace import COLUMN_TYPES, Column, Repeated, Sentences, Texts, Trace, column_array

MAGIC = b"CNVS"
LARGE = 1_000_000  # bytes of arrays above which looking for equal rows is worth the time
ALIGNMENT = 8  # bytes: the widest element a typed array may hold


Held = tuple[Any, ...]  # a column as it was sent, to be compared
Group = Mapping[str, Mapping[str, Column]]
Described = dict[str, Any]


@dataclass
class Known:
    """What a page shows of one view, as it was sent. number: what the page calls that trace, 0 for none."""

    number: int = 0
    columns: dict[tuple[str, str, str], Held] = field(default_factory=dict)  # by "static" or "steps", source and column


@dataclass(frozen=True)
class Exchange:
    """One question of a page: which trace it shows as it asks, and what it will call the one that answers."""

    known: Known
    shown: int
    number: int


def pack(header: Mapping[str, Any], trace: Trace | None = None, exchange: Exchange | None = None) -> bytes:
    """The header's plain values and, if there is one, the trace, as bytes. With an exchange, only what is new to the page."""
    arrays = _Arrays()
    whole = dict(header, trace=_describe(trace, arrays, exchange) if trace is not None else None)
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + len(MAGIC) + 4) % ALIGNMENT)
    return b"".join([MAGIC, len(text).to_bytes(4, "little"), text, *arrays.pieces])


def unpack(data: bytes, before: Trace | None = None) -> tuple[dict[str, Any], Trace | None]:
    """The header and the trace of packed bytes; ValueError if they are not a packet. before: what the page showed."""
    if data[:4] != MAGIC:
        raise ValueError(f"a packet begins with {MAGIC!r}, these bytes begin with {data[:4]!r}; read a whole packet")
    end = 8 + int.from_bytes(data[4:8], "little")
    header = json.loads(data[8:end])
    described = header.pop("trace")
    return header, None if described is None else _restore(described, data[end:], before)


class _Arrays:
    """The arrays of a packet, one behind the other; an array that comes again keeps its place."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._size = 0
        self._places: dict[int, Described] = {}  # by id
        self._data: dict[int, tuple[np.ndarray, bytes]] = {}  # by id; the array is kept, so that its id is

    def data_of(self, array: np.ndarray) -> bytes:
        """Its bytes, taken once."""
        if id(array) not in self._data:
            self._data[id(array)] = array, array.tobytes()
        return self._data[id(array)][1]

    def add(self, array: np.ndarray) -> Described:
        """Put it behind the others. -> its description."""
        if id(array) in self._places:
            return self._places[id(array)]
        place = {"dtype": COLUMN_TYPES[array.dtype], "shape": list(array.shape), "at": self._size}
        data = self.data_of(array)
        self.pieces.append(data + bytes(-len(data) % ALIGNMENT))
        self._size += len(self.pieces[-1])
        self._places[id(array)] = place
        return place

    def held(self, column: Column) -> Held:
        """A column as it is sent, to be compared with another one."""
        if isinstance(column, Repeated):
            return ("rows", *self.held(column.rows), *self.held(column.at))
        if isinstance(column, Texts):
            return ("texts", column.table, *self.held(column.codes))
        return (column.dtype.char, column.shape, self.data_of(column))


def _describe(trace: Trace, arrays: _Arrays, exchange: Exchange | None) -> Described:
    moving = [column for columns in trace.steps.values() for column in columns.values()]
    large = sum(column_array(column).nbytes for column in moving if not isinstance(column, Repeated)) > LARGE
    now: dict[tuple[str, str, str], Held] = {}
    there = exchange.known.columns if exchange and exchange.shown == exchange.known.number else {}

    def described(group: str, sources: Group, lay: Callable[[Column, _Arrays], Described]) -> dict[str, Described | None]:
        found: dict[str, Described | None] = {}
        for source, columns in sources.items():
            new = {}
            for name, column in columns.items():
                held = now[group, source, name] = arrays.held(column) if exchange else ()
                new[name] = None if held and there.get((group, source, name)) == held else lay(column, arrays)
            found[source] = new if any(new.values()) or not new else None
        return found

    whole = {
        "length": len(trace),
        "facts": dict(trace.facts),
        "stops": trace.stops or sorted({0, len(trace) - 1}),
        "static": described("static", trace.static, _lay_down),
        "steps": described("steps", trace.steps, _lay_down_distinct if large else _lay_down),
        "sentences": {"template": trace.sentences.template, **_lay_down(trace.sentences.gaps, arrays)},
    }
    if exchange:
        exchange.known.number, exchange.known.columns = exchange.number, now
        whole["number"] = exchange.number
    return whole


def _lay_down(column: Column, arrays: _Arrays) -> Described:
    if isinstance(column, Repeated):
        return arrays.add(column.rows) | {"rows": arrays.add(column.at)}
    if isinstance(column, Texts):
        return arrays.add(column.codes) | {"table": column.table}
    return arrays.add(column)


def _lay_down_distinct(column: Column, arrays: _Arrays) -> dict[str, Any]:
    """A (T, n) array as its distinct rows and the place of each step's row among them, if that is shorter."""
    array = None if isinstance(column, Repeated) else np.ascontiguousarray(column_array(column))
    if array is None or not array.size:
        return _lay_down(column, arrays)
    as_items = array.view(np.dtype((np.void, array.dtype.itemsize * array.shape[1])))
    _, first, places = np.unique(as_items.ravel(), return_index=True, return_inverse=True)
    if len(first) > np.iinfo(np.uint16).max or 2 * array[first].nbytes > array.nbytes:
        return _lay_down(column, arrays)
    found = arrays.add(array[first]) | {"rows": arrays.add(places.astype(np.uint16))}
    return found | ({"table": column.table} if isinstance(column, Texts) else {})


def _restore(described: Mapping[str, Any], data: bytes, before: Trace | None) -> Trace:
    def pick_up(place: Mapping[str, Any]) -> Column:
        shape = tuple(place["shape"])
        count = int(np.prod(shape))
        array = np.frombuffer(data, place["dtype"], count, place["at"]).reshape(shape)
        if "rows" in place:
            array = array[np.frombuffer(data, place["rows"]["dtype"], place["rows"]["shape"][0], place["rows"]["at"])]
        return Texts(tuple(place["table"]), array) if "table" in place else array

    def restored(group: Mapping[str, Any], old: Group) -> dict[str, Mapping[str, Column]]:
        return {
            s: old[s] if columns is None else {n: old[s][n] if p is None else pick_up(p) for n, p in columns.items()}
            for s, columns in group.items()
        }

    sentences = described["sentences"]
    gaps = pick_up(sentences)
    assert isinstance(gaps, Texts)
    return Trace(
        restored(described["static"], before.static if before else {}),
        restored(described["steps"], before.steps if before else {}),
        Sentences(sentences["template"], gaps),
        described["facts"],
        tuple(described["stops"]),
    )
