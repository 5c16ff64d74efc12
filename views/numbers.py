"""How numbers are written, the same in every view: 3, −1, 0.111, 2.5e−05. The minus is U+2212, which is spoken "minus"."""

from __future__ import annotations

import functools

DECIMALS = 3


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
