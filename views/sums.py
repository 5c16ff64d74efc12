"""Sums of products in words: all terms of a short sum; of a long one the largest by magnitude, then the rest as one number.

    5×3 + 4×(−2) + 3×1 + (22 more: 0.5) = 10.5

So what is printed adds up, and no sentence shows only the zeros of a large window.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .numbers import write, write_factor
from .trace import Texts

LARGEST_TERMS = 3  # written one by one of a sum that is too long


class Term(NamedTuple):
    """One term as it is written behind a plus, and its value."""

    text: str
    value: float


def products_of(first: np.ndarray, second: np.ndarray) -> list[Term]:
    """Each pair as a×b; a negative number behind a sign stands in parentheses. first, second: as many numbers each."""
    pairs = zip(first.ravel().tolist(), second.ravel().tolist(), strict=True)
    return [Term(f"{write_factor(one)}×{write_factor(other)}", one * other) for one, other in pairs]


def in_words(terms: Sequence[Term], most: int) -> str:
    """The sum of these terms. With more than `most` the largest ones, then how many others there are and their sum."""
    if len(terms) > most:
        ranked = sorted(terms, key=lambda term: -abs(term.value))
        spelled_out = [term for term in ranked[:LARGEST_TERMS] if term.value]
        rest = ranked[len(spelled_out) :]
        terms = [*spelled_out, Term(f"({_count(rest, spelled_out)}: {write(sum(term.value for term in rest))})", 0.0)]
    first, *others = (term.text for term in terms)
    if first.startswith("(−"):  # nothing stands before it
        first = first.replace("(", "", 1).replace(")", "", 1)
    return " + ".join([first, *others])


def _count(rest: Sequence[Term], spelled_out: Sequence[Term]) -> str:
    return f"{len(rest)} {'more' if spelled_out else 'products'}"


def sums_of_products(pixels: np.ndarray, weights: np.ndarray, most: int) -> tuple[str, Texts]:
    """A sum of products at every step. pixels, weights: (T, n), or what broadcasts to it -> a template, its gaps (T, m)."""
    pixels, weights = np.broadcast_arrays(pixels, weights)
    count = pixels.shape[1]
    if count > most:
        return "{}{}{}{}", _largest(pixels, weights)
    beside = Texts.side_by_side([Texts.of_numbers(pixels, write), Texts.of_numbers(weights, write_factor)])
    by_turns = np.arange(2 * count).reshape(2, count).T.ravel()
    return " + ".join(["{}×{}"] * count), Texts(beside.table, beside.codes[:, by_turns])


def _largest(pixels: np.ndarray, weights: np.ndarray) -> Texts:
    """The largest products of each step and its rest; where they are zero, their texts are empty. -> codes (T, 4)."""
    products = pixels * weights
    order = np.argsort(-np.abs(products), axis=1, kind="stable")[:, :LARGEST_TERMS]
    largest = [np.take_along_axis(array, order, axis=1) for array in (pixels, weights, products)]
    others = products.copy()
    np.put_along_axis(others, order, 0, axis=1)
    texts = []
    for *terms, rest in zip(*(array.tolist() for array in largest), others.sum(axis=1).tolist(), strict=True):
        words = [
            f"{(write_factor if n else write)(pixel)}×{write_factor(weight)} + " if product else ""
            for n, (pixel, weight, product) in enumerate(zip(*terms, strict=True))
        ]
        spelled_out = sum(map(bool, words))
        texts.append([*words, f"({products.shape[1] - spelled_out} {'more' if spelled_out else 'products'}: {write(rest)})"])
    return Texts.of_steps(texts)
