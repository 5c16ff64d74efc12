"""One binary form for every transport: a JSON header, then the arrays, ready for JavaScript's typed arrays.

Bytes 0-3 are "CNVS", bytes 4-7 the header's length (uint32, little endian), then the header (UTF-8 JSON, padded with
spaces to a multiple of 8), then the arrays, each starting at a multiple of 8. In the header an array stands as
{"dtype", "shape", "at"}: `at` counts bytes from the end of the header. A Texts has its "table" beside these.
static/js/packet.mjs reads the same form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from .trace import COLUMN_TYPES, Column, Sentences, Texts, Trace, column_array

MAGIC = b"CNVS"
ALIGNMENT = 8  # bytes: the widest element a typed array may hold


def pack(header: Mapping[str, Any], trace: Trace | None = None) -> bytes:
    """The header's plain values and, if there is one, the trace, as bytes."""
    arrays: list[bytes] = []
    whole = dict(header, trace=_describe(trace, arrays) if trace is not None else None)
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + len(MAGIC) + 4) % ALIGNMENT)
    return b"".join([MAGIC, len(text).to_bytes(4, "little"), text, *arrays])


def unpack(data: bytes) -> tuple[dict[str, Any], Trace | None]:
    """The header and the trace of packed bytes; ValueError if they are not a packet."""
    if data[:4] != MAGIC:
        raise ValueError(f"a packet begins with {MAGIC!r}, these bytes begin with {data[:4]!r}; read a whole packet")
    end = 8 + int.from_bytes(data[4:8], "little")
    header = json.loads(data[8:end])
    described = header.pop("trace")
    return header, None if described is None else _restore(described, data[end:])


def _describe(trace: Trace, arrays: list[bytes]) -> dict[str, Any]:
    return {
        "length": len(trace),
        "facts": dict(trace.facts),
        "static": {s: {n: _lay_down(c, arrays) for n, c in columns.items()} for s, columns in trace.static.items()},
        "steps": {s: {n: _lay_down(c, arrays) for n, c in columns.items()} for s, columns in trace.steps.items()},
        "sentences": {"template": trace.sentences.template, **_lay_down(trace.sentences.gaps, arrays)},
    }


def _lay_down(column: Column, arrays: list[bytes]) -> dict[str, Any]:
    array = column_array(column)
    place = {"dtype": COLUMN_TYPES[array.dtype], "shape": list(array.shape), "at": sum(map(len, arrays))}
    data = np.ascontiguousarray(array).tobytes()
    arrays.append(data + bytes(-len(data) % ALIGNMENT))
    return place | ({"table": list(column.table)} if isinstance(column, Texts) else {})


def _restore(described: Mapping[str, Any], data: bytes) -> Trace:
    def pick_up(place: Mapping[str, Any]) -> Column:
        shape = tuple(place["shape"])
        count = int(np.prod(shape))
        array = np.frombuffer(data, place["dtype"], count, place["at"]).reshape(shape)
        return Texts(tuple(place["table"]), array) if "table" in place else array

    sentences = described["sentences"]
    gaps = pick_up(sentences)
    assert isinstance(gaps, Texts)
    return Trace(
        {s: {n: pick_up(p) for n, p in columns.items()} for s, columns in described["static"].items()},
        {s: {n: pick_up(p) for n, p in columns.items()} for s, columns in described["steps"].items()},
        Sentences(sentences["template"], gaps),
        described["facts"],
    )
