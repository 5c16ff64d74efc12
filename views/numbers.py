"""How numbers are written, the same in every view: 3, −1, 0.111, 2.5e−05. The minus is U+2212, which is spoken "minus"."""

from __future__ import annotations

import functools
import math

DECIMALS = 3
LARGEST_IN_FRACTION = 20  # above and below the bar


@functools.lru_cache(maxsize=65_536)  # a trace writes the same few thousand numbers several times over
def write(value: float) -> str:
    """A number for people: up to three decimals, no trailing zeros; a tiny one as 2.5e−05, never as a false 0."""
    if value % 1 == 0:
        text = str(int(value))
    elif abs(value) < 0.5 * 10**-DECIMALS:
        text = f"{value:.1e}"
    else:
        text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def write_factor(value: float) -> str:
    """A number behind a times sign: a negative one in parentheses, as in 2×(−1)."""
    return f"({write(value)})" if value < 0 else write(value)


def write_ratio(value: float, count: int) -> str:
    """A whole number divided by `count`, as a reduced fraction if that is short, such as 3/4; else as `write` does."""
    top = round(value * count)
    shared = math.gcd(top, count)
    above, below = top // shared, count // shared
    short = below > 1 and max(abs(above), below) <= LARGEST_IN_FRACTION and math.isclose(value, top / count)
    return f"{above}/{below}".replace("-", "−") if short else write(value)


def write_limit(limit: float) -> str:
    """The end of a colour scale, to three digits."""
    return write(float(f"{limit:.3g}"))


def percent(probability: float) -> str:
    """A probability for people: never a false 0 or 100."""
    share = 100 * probability
    return "<0.1" if share < 0.05 else ">99.9" if 99.95 <= share < 100 else f"{share:.1f}".removesuffix(".0")
