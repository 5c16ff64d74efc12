"""The forward and backward pass of a layer, step by step: its grids of numbers, and what each step does with them.

A step says which cells belong together (marks), which numbers are multiplied and added (products), what comes out, and in
one sentence all of it. Each kind of layer makes a LayerPass; columns.py turns it into the sources that are drawn.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..arrangement import LINE, RECTANGLE, WORDS, Arrangement, Slot, Spot
from ..numbers import write
from ..sums import Term, in_words

MOST_TERMS = 9  # of a sum: of more the largest ones are written
LARGEST_CELL = 1.55
CELL_GROUPS = 4  # sources of cells; all texts of one have the same size
ROLES = ("input", "kernel", "output", "gradient")  # a column "role" counts them
ARRANGEMENTS = (Arrangement("wide", 36, 15.6, 0.62), Arrangement("narrow", 18, 30.4, 0.66))
SOURCES = {
    **{f"cells_{n}": ("text shade", f"{RECTANGLE} size") for n in range(CELL_GROUPS)},
    "captions": ("text", WORDS),
    "curves": ("role", LINE),
    "covers": ("", RECTANGLE),  # cells that are not computed yet
    "card": ("text shade", f"{RECTANGLE} size"),  # what the present number adds up
    "words": ("text", WORDS),  # the headline, the titles of the card
    "result": ("text", WORDS),  # the sum, and what finite differences say
    "arrows": ("", LINE),
    "marks": ("role", RECTANGLE),
}
Slots = tuple[Slot, Slot]  # in the wide and in the narrow drawing
Corners = tuple[tuple[tuple[float, float], ...], ...]  # left and top in both drawings, of some words
Point = tuple[float, float]  # 0..1 in a slot, y upwards
Curve = tuple[Slots, Point, Point, str]  # a straight line in a slot: its ends and its role
Caption = tuple[Slots, Point, str]  # words in a slot, and the left end of their middle line


def slots(*rooms: tuple[float, float, float, float], largest: float = LARGEST_CELL) -> Slots:
    """Room for a grid in the wide and in the narrow drawing: left, top, width and height in each."""
    wide, narrow = (Slot(*room, largest) for room in rooms)
    return wide, narrow


# The card: two factors and their products; the words above it; the result below it.
CARD = tuple(slots((wide, 2.9, 4, 4), (narrow, 17.6, 4.9, 4.4)) for wide, narrow in ((22.2, 0.3), (27.0, 6.5), (31.8, 12.7)))
HEADLINE: Corners = (((22.2, 0.7), (0.2, 15.3)), *(((wide.left, 2.3), (narrow.left, 16.9)) for wide, narrow in CARD))
RESULT: Corners = (((22.2, 7.9), (0.3, 23.1)), ((22.2, 9.1), (0.3, 24.3)))
CARD_PART = (21.8, 0.0, 14.2, 9.9)  # of the wide drawing: left, top, width, height of the card and its words
# Values above, their gradients below; what goes in on the left, parameters in the middle, what comes out on the right.
UPPER = {
    "x": slots((0.3, 1.4, 7.2, 6.0), (0.2, 1.5, 6.6, 5.6)),
    "weight": slots((8.7, 1.4, 4.6, 3.75), (7.3, 1.5, 4.2, 3.6)),
    "bias": slots((8.7, 6.3, 1.3, 1.3), (7.3, 6.0, 1.1, 1.1)),
    "choice": slots((8.4, 1.4, 5.4, 6.0), (7.1, 1.5, 4.6, 5.6)),
    "output": slots((14.8, 1.4, 6.2, 6.0), (12.1, 1.5, 5.7, 5.6)),
}
DOWN = (7.7, 7.2)  # from a value to its gradient, in both drawings
LOWER = {
    name: slots(*((one.left, one.top + down, one.width, one.height) for one, down in zip(pair, DOWN, strict=True)))
    for name, pair in UPPER.items()
}


def _dense(down: float, narrow_down: float) -> dict[str, Slots]:
    """Feature maps on the left; the flat row above the weights, so that each stands above those it is multiplied with."""
    return {
        "map_0": slots((0.3, 1.4 + down, 2.6, 2.6), (0.2, 1.5 + narrow_down, 2.2, 2.2)),
        "map_1": slots((0.3, 5.0 + down, 2.6, 2.6), (0.2, 4.9 + narrow_down, 2.2, 2.2)),
        "flat": slots((4.4, 1.4 + down, 10.4, 1.3), (3.5, 1.5 + narrow_down, 8.0, 1.0)),
        "weight": slots((4.4, 3.9 + down, 10.4, 3.9), (3.5, 3.9 + narrow_down, 8.0, 3.0)),
        "bias": slots((15.6, 3.9 + down, 1.3, 3.9), (11.8, 3.9 + narrow_down, 1.0, 3.0)),
        "output": slots((18.9, 3.9 + down, 1.3, 3.9), (15.1, 3.9 + narrow_down, 1.0, 3.0)),
    }


DENSE = (_dense(0, 0), _dense(*DOWN))  # values above, gradients below
SOFTMAX = {
    name: (Slot(0.3, 1.4 + 2.95 * n, 12, 2, 2), Slot(0.2, 1.5 + 2.75 * n, 11.4, 1.9, 1.9))
    for n, name in enumerate(("logits", "exps", "probabilities", "label", "grad_logits"))
} | {"loss": (Slot(14.5, 7.3, 2, 2, 2), Slot(13.6, 7.0, 1.9, 1.9, 1.9))}
SGD_SLOTS = {
    "image": slots((0.3, 1.3, 4.6, 4.6), (0.2, 1.5, 4.6, 4.6)),
    "kernel": slots((5.5, 1.3, 3.6, 3.6), (5.2, 1.5, 3.6, 3.6)),
    "conv": slots((9.8, 1.3, 4.8, 4.8), (9.1, 1.5, 4.3, 4.3)),
    "relu": slots((15.2, 1.3, 4.8, 4.8), (13.6, 1.5, 4.3, 4.3)),
    "pool": slots((20.6, 1.3, 2.4, 2.4), (0.2, 7.3, 2.6, 2.6)),
    "weight": slots((24.3, 1.3, 4.8, 3.6), (3.6, 7.3, 5.2, 3.9)),
    "logits": slots((29.9, 1.3, 1.2, 3.6), (9.4, 7.3, 1.3, 3.9)),
    "p": slots((32.2, 1.3, 1.2, 3.6), (11.9, 7.3, 1.3, 3.9)),
    "label": slots((34.4, 1.3, 1.2, 3.6), (14.4, 7.3, 1.3, 3.9)),
    "grad_kernel": slots((5.5, 7.3, 3.6, 3.6), (4.6, 12.6, 3.6, 3.6)),
    "grad_conv": slots((9.8, 7.3, 4.8, 4.8), (9.1, 12.6, 4.3, 4.3)),
    "grad_relu": slots((15.2, 7.3, 4.8, 4.8), (13.6, 12.6, 4.3, 4.3)),
    "grad_pool": slots((20.6, 7.3, 2.4, 2.4), (0.2, 18.3, 2.6, 2.6)),
    "grad_weight": slots((24.3, 6.6, 4.8, 3.6), (3.6, 18.3, 5.2, 3.9)),
    "grad_logits": slots((29.9, 6.6, 1.2, 3.6), (9.4, 18.3, 1.3, 3.9)),
    "loss": slots((34.4, 6.6, 1.2, 1.2), (14.4, 18.3, 1.3, 1.3)),
    "new_kernel": slots((0.3, 7.3, 3.6, 3.6), (0.2, 12.6, 3.6, 3.6)),
    "new_weight": slots((24.3, 11.9, 4.8, 3.6), (3.6, 23.6, 5.2, 3.9)),
    "new_p": slots((29.9, 11.9, 1.2, 3.6), (9.4, 23.6, 1.3, 3.9)),
    "new_loss": slots((34.4, 11.9, 1.2, 1.2), (14.4, 23.6, 1.3, 1.3)),
}
SGD_HEADLINE: Corners = (((0.3, 13.1), (0.2, 28.0)), ((0, 0), (0, 0)), ((0, 0), (0, 0)), ((0, 0), (0, 0)))
SGD_RESULT: Corners = (((0.3, 14.2), (0.2, 28.9)), ((9.8, 14.2), (0.2, 29.9)))


@dataclass(frozen=True)
class Grid:
    """Numbers in a slot. Its cells lead to the steps of the phase `leads_to`, one a cell in row order."""

    title: str
    values: np.ndarray  # (H, W); NaN: an empty cell
    slots: Slots
    group: int = 0  # of the sources of cells: one size of letters each
    leads_to: str = ""  # a name of LayerPass.phases; "": to the steps that compute it, if there are any
    ring: tuple[int, int] = (0, 0)  # rows and columns of zeros around it

    @property
    def drawn(self) -> np.ndarray:
        """The values with their ring. -> (H + 2·rows, W + 2·columns)."""
        return np.pad(self.values, [(size, size) for size in self.ring]) if any(self.ring) else self.values

    def spot(self, its: Arrangement) -> Spot:
        """Where cell (0, 0) begins, behind the ring."""
        height, width = (size + 2 * ring for size, ring in zip(self.values.shape, self.ring, strict=True))
        whole = self.slots[its.number].spot((height, width))
        return Spot(whole.left + self.ring[1] * whole.cell, whole.top + self.ring[0] * whole.cell, whole.cell)


@dataclass(frozen=True)
class Mark:
    """A frame around height by width cells of a grid, the upper-left one at (row, column); in its ring they are negative."""

    grid: str
    row: int
    column: int
    role: str
    height: int = 1
    width: int = 1


@dataclass(frozen=True)
class Products:
    """What is multiplied with what: grids of one shape (h, w), each under its title."""

    titles: tuple[str, ...] = ()
    grids: tuple[np.ndarray, ...] = ()

    @classmethod
    def of(cls, title: str, first: np.ndarray, factor: str, second: np.ndarray) -> Products:
        """Two grids and their products, cell by cell."""
        return cls((title, f"× {factor}", "= products"), (first, second, first * second))


NOTHING = Products()
Arrows = tuple[tuple[Mark, Mark], ...]


@dataclass(frozen=True)
class LayerStep:
    """One number comes about."""

    head: str
    sentence: str
    result: str
    marks: tuple[Mark, ...]
    products: Products = NOTHING
    badge: str = ""  # what finite differences say
    arrows: Arrows = ()

    @classmethod
    def of(
        cls, cell: str, words: str, result: str, *marks: Mark,
        badge: str = "", products: Products = NOTHING, arrows: Arrows = (),
    ) -> LayerStep:  # fmt: skip
        """cell = words; of the backward pass, which has a badge, also what that says, in words that can be spoken."""
        spoken = badge.replace("✓ kink", "a kink").replace("✗ ", "WRONG: ").removeprefix("✓ ")
        told = f"; {spoken}{' agrees' if badge.startswith('✓ f') else ''}" if badge else ""
        head = f"{'Backward' if badge else 'Forward'}: {cell}"
        return cls(head, f"{cell} = {words}{told}", result, marks, products, badge, arrows)


@dataclass(frozen=True)
class LayerPass:
    """Everything that is drawn of one layer.

    phases: the steps that compute a grid (or several), in row order of its cells, by its name; before, its cells are hidden.
    """

    grids: Mapping[str, Grid]
    phases: Mapping[str, Sequence[LayerStep]]
    curves: tuple[Curve, ...] = ()
    captions: tuple[Caption, ...] = ()
    words: Corners = HEADLINE  # where the headline and the titles of the card stand
    result: Corners = RESULT
    decimals: int = 3  # of the numbers in cells

    @functools.cached_property
    def steps(self) -> list[LayerStep]:
        """Those of all phases."""
        return [step for steps in self.phases.values() for step in steps]

    @functools.cached_property
    def spans(self) -> dict[str, tuple[int, int]]:
        """The steps begin..end-1 that compute each grid."""
        ends = np.cumsum([0, *map(len, self.phases.values())]).tolist()
        return {name: span for names, span in zip(self.phases, pairwise(ends), strict=True) for name in names.split()}


def sum_of(terms: Sequence[Term], total: float, nothing: str = "") -> str:
    """a×b + c×d = total, of many terms the largest ones; if there are none, 0 and why."""
    return f"{in_words(terms, MOST_TERMS)} = {write(total)}" if terms else f"0{nothing}"


def at(*place: int) -> str:
    """[row, column]."""
    return f"[{', '.join(map(str, place))}]"
