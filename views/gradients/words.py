"""How a sum is told: a×b + c×d = e, of many terms the first ones and the last."""

from __future__ import annotations

from collections.abc import Sequence

from ..numbers import write, write_factor

MOST_TERMS = 9
FIRST_TERMS = 3


def sum_of(terms: Sequence[str], total: float, nothing: str = "") -> str:
    """terms = total; if there are none, 0 and why."""
    if not terms:
        return f"0{nothing}"
    told = terms if len(terms) <= MOST_TERMS else [*terms[:FIRST_TERMS], "…", terms[-1]]
    return f"{' + '.join(told)} = {write(total)}"


def products(pairs: Sequence[tuple[float, float]]) -> list[str]:
    """Each pair as a×b; a negative number behind a sign stands in parentheses."""
    return [f"{write_factor(one) if n else write(one)}×{write_factor(other)}" for n, (one, other) in enumerate(pairs)]


def told(sentence: str, badge: str) -> str:
    """The sentence with what finite differences say, in words that can be spoken."""
    words = badge.replace("✓ kink", "a kink").replace("✗ ", "WRONG: ").removeprefix("✓ ")
    return f"{sentence}; {words}{' agrees' if badge.startswith('✓ f') else ''}"


def place(row: int, column: int) -> str:
    """[row, column]."""
    return f"[{row}, {column}]"
