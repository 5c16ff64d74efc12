"""The few steps of an animation that tell what it is about: where a presenter's remote stops in a deck."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

Stops = tuple[int, ...]  # steps, ascending; the first and the last step are always among them


def stops(count: int, *steps: int) -> Stops:
    """These of `count` steps that exist, and the first and the last one.

    >>> stops(9, 1, 4, 99)
    (0, 1, 4, 8)
    """
    return tuple(sorted({0, count - 1, *(step for step in steps if 0 < step < count)}))


def of_cells(count: int, width: int) -> Stops:
    """Of cells in row order: the first, its neighbour, the end of their row, the next row, the last; of one row the middle."""
    return stops(count, 1, *((width - 1, width) if width < count else (count // 2,)))


def first_of_each(kinds: Sequence[Hashable], more: Iterable[int] = ()) -> Stops:
    """The first step of every kind.

    >>> first_of_each(["conv", "conv", "pool", "conv", "linear", "linear"])
    (0, 2, 4, 5)
    """
    return stops(len(kinds), *(kinds.index(kind) for kind in dict.fromkeys(kinds)), *more)
