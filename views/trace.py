"""A trace: everything that one animation shows, computed once and then played without Python.

`static` holds what stays, {source: {column: array}}. `steps` holds what moves, {source: {column: (T, n) array}}: at step t
the source shows row t. `sentences` has one line of words per step. Words travel as codes into a table of distinct
texts, and a column that repeats as its distinct rows, so a trace of 676 steps costs kilobytes, not megabytes.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np

COLUMN_TYPES = {np.dtype(name): name for name in ("float32", "int32", "uint16", "uint8")}  # dtype.name takes 10 µs


@dataclass(frozen=True)
class Texts:
    """An array of texts: codes (any shape, uint16) point into the table of distinct texts."""

    table: tuple[str, ...]
    codes: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """A column of the given texts. texts: n strings -> codes (n,)."""
        table = {text: code for code, text in enumerate(dict.fromkeys(texts))}
        return cls(tuple(table), np.array([table[text] for text in texts], dtype=np.uint16))

    @classmethod
    def of_steps(cls, steps: Sequence[Sequence[str]]) -> Texts:
        """A column of texts that moves. steps: T times n strings -> codes (T, n)."""
        flat = cls.of([text for texts in steps for text in texts])
        return cls(flat.table, flat.codes.reshape(len(steps), -1))

    @classmethod
    def of_numbers(cls, values: np.ndarray, write: Any) -> Texts:
        """Every value written by `write`, each distinct value only once. values: any shape -> codes of the same shape."""
        distinct, codes = np.unique(values, return_inverse=True)
        if len(distinct) > np.iinfo(np.uint16).max:
            raise ValueError(f"{len(distinct)} different numbers do not fit a table of 65,535 texts; show fewer steps")
        return cls(tuple(write(value) for value in distinct.tolist()), codes.reshape(values.shape).astype(np.uint16))

    def written(self, pattern: str) -> Texts:
        """The same texts within others, such as "+ {}"."""
        return Texts(tuple(pattern.format(text) for text in self.table), self.codes)

    @classmethod
    def side_by_side(cls, parts: Sequence[Texts]) -> Texts:
        """Columns of texts beside each other. parts: codes (T, n) each -> codes (T, sum of all n)."""
        starts = np.cumsum([0, *(len(part.table) for part in parts)])
        if starts[-1] > np.iinfo(np.uint16).max:
            raise ValueError(f"{starts[-1]} different texts do not fit a table of 65,535; show fewer steps")
        codes = [part.codes + start for part, start in zip(parts, starts[:-1], strict=True)]
        return cls(tuple(text for part in parts for text in part.table), np.hstack(codes).astype(np.uint16))

    def __len__(self) -> int:
        return len(self.codes)

    def tolist(self) -> list[Any]:
        """The texts themselves, nested as codes is."""
        return np.array(self.table, dtype=object)[self.codes].tolist() if self.table else []


@dataclass(frozen=True)
class Repeated:
    """A moving column of few distinct rows: step t shows rows[at[t]]. rows: (m, n), at: (T,) uint16 -> like (T, n)."""

    rows: np.ndarray
    at: np.ndarray

    def __len__(self) -> int:
        return len(self.at)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.at), self.rows.shape[1]

    def whole(self) -> np.ndarray:
        """Every row written out. -> (T, n)."""
        whole: np.ndarray = self.rows[self.at]
        return whole

    def tolist(self) -> list[Any]:
        return self.whole().tolist()  # type: ignore[no-any-return]


Column = np.ndarray | Texts | Repeated
Columns = dict[str, Column]  # what one source shows, by name
Sources = Mapping[str, Mapping[str, Column]]  # what several sources show, by their names


@dataclass(frozen=True)
class Sentences(Sequence[str]):
    """One sentence a step: a template with {} gaps, and a text for each gap. gaps: Texts with codes (T, gaps)."""

    template: str
    gaps: Texts

    def __len__(self) -> int:
        return len(self.gaps)

    @overload
    def __getitem__(self, step: int) -> str: ...
    @overload
    def __getitem__(self, step: slice) -> list[str]: ...
    def __getitem__(self, step: int | slice) -> str | list[str]:
        if isinstance(step, slice):
            return [self[t] for t in range(*step.indices(len(self)))]
        return self.template.format(*(self.gaps.table[code] for code in self.gaps.codes[step]))


@dataclass(frozen=True)
class Trace:
    """Named arrays for a whole animation of T steps.

    static: {source: {column: array or Texts}}; steps: {source: {column: (T, n) array or Texts}};
    sentences: T lines of words; facts: short texts about the whole, by name (such as "size", the output-size formula);
    stops: the telling steps, ascending (stops.py); without any they are the first and the last one.
    Raises ValueError if the lengths disagree or an array has a type that the page cannot show.
    """

    static: Mapping[str, Mapping[str, Column]]
    steps: Mapping[str, Mapping[str, Column]]
    sentences: Sentences
    facts: Mapping[str, str] = field(default_factory=dict)
    stops: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if any(not 0 <= step < len(self) for step in self.stops):
            raise ValueError(f"the stops are {self.stops}; each must be one of {len(self)} steps")
        for source, columns in (*self.static.items(), *self.steps.items()):
            for name, column in columns.items():
                kind = column.rows.dtype if isinstance(column, Repeated) else column_array(column).dtype
                if kind not in COLUMN_TYPES:
                    raise ValueError(f"{source}.{name} is {kind}; a trace holds {', '.join(COLUMN_TYPES.values())}: convert it")
        for source, columns in self.steps.items():
            shapes = {column.codes.shape if isinstance(column, Texts) else column.shape for column in columns.values()}
            if len(shapes) != 1 or any(len(shape) != 2 or shape[0] != len(self) for shape in shapes):
                raise ValueError(f"the columns of {source} have shapes {sorted(shapes)}; each must be ({len(self)}, n)")

    def __len__(self) -> int:
        return len(self.sentences)

    def at(self, step: int) -> dict[str, dict[str, Any]]:
        """What every moving source shows at one step: {source: {column: list of n values}}."""
        return {
            source: {name: column_row(column, step) for name, column in columns.items()}
            for source, columns in self.steps.items()
        }


def side_by_side(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays joined along their last axis; the other axes are broadcast."""
    if len({array.shape[:-1] for array in arrays}) > 1:
        axes = np.broadcast_shapes(*(array.shape[:-1] for array in arrays))
        arrays = [np.broadcast_to(array, axes + array.shape[-1:]) for array in arrays]
    return np.concatenate(arrays, axis=-1)


def over_steps(column: np.ndarray, steps: tuple[int, ...]) -> Column:
    """A column of a trace from an array that need not have every axis of the steps: what moves with rows only is computed once
    a row, not once a step. column: (…, n), each axis in front as long as that of the steps, or 1, or left out.
    """
    whole = column.reshape((1,) * (len(steps) + 1 - column.ndim) + column.shape)
    rows, lengths = whole.reshape(-1, whole.shape[-1]), whole.shape[:-1]
    return rows if lengths == steps else Repeated(rows, _row_at(lengths, steps))


@functools.lru_cache(maxsize=64)  # all columns that move alike share it, in memory and in the packet
def _row_at(lengths: tuple[int, ...], steps: tuple[int, ...]) -> np.ndarray:
    """At each step, where its row is in an array of these lengths, which are those of the steps or 1. -> (T,)."""
    numbered = np.arange(np.prod(lengths), dtype=np.uint16).reshape(lengths)
    return np.broadcast_to(numbered, steps).ravel()


def column_array(column: Column) -> np.ndarray:
    """The array behind a column: the codes of a Texts, all rows of a Repeated, else the array itself."""
    if isinstance(column, Repeated):
        return column.whole()
    return column.codes if isinstance(column, Texts) else column


def column_row(column: Column, step: int) -> list[Any]:
    """Row `step` of a (T, n) column as a plain list."""
    if isinstance(column, Texts):
        return [column.table[code] for code in column.codes[step]]
    row = column.rows[column.at[step]] if isinstance(column, Repeated) else column[step]
    return row.tolist()  # type: ignore[no-any-return]
