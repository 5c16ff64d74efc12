"""Where grids stand in the two drawings of the gradients view, and the sources that both draw.

Lengths count from the upper-left corner. A column that gives a place comes twice, as wide_x and as narrow_x, so that both
drawings share their sources. A layer lists the slots of its grids; each grid fills its slot as far as its cells are square.
"""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_CELL = 1.55
CELL_GROUPS = 3  # sources of cells; all texts of one have the same size


@dataclass(frozen=True)
class Scene:
    """One drawing: its size, and the height of its letters."""

    name: str
    width: float
    height: float
    letters: float


@dataclass(frozen=True)
class Slot:
    """Room for one grid."""

    left: float
    top: float
    width: float
    height: float
    largest: float = LARGEST_CELL

    def cell(self, shape: tuple[int, ...]) -> float:
        """The side of a cell of a grid of that shape (H, W)."""
        return min(self.width / shape[1], self.height / shape[0], self.largest)


WIDE = Scene("wide", 36, 15.6, 0.62)
NARROW = Scene("narrow", 18, 30.4, 0.66)
SCENES = (WIDE, NARROW)
Slots = tuple[Slot, Slot]  # in the wide and in the narrow drawing

ROLES = ("input", "kernel", "output", "gradient")  # a column "role" counts them
BOX = "x y w h"
# What each source holds once, and what it holds once a drawing.
SOURCES = {
    **{f"cells_{n}": ("text shade", f"{BOX} size") for n in range(CELL_GROUPS)},
    "captions": ("text", "x y size"),
    "curves": ("role", "x y x1 y1"),
    "covers": ("", BOX),  # cells that are not computed yet
    "card": ("text shade", f"{BOX} size"),  # what the present number adds up
    "words": ("text", "x y size"),  # the headline, the titles of the card
    "result": ("text", "x y size"),  # the sum, and what finite differences say
    "arrows": ("", "x y x1 y1"),
    "marks": ("role", BOX),
}
MOVING = ("covers", "card", "words", "result", "arrows", "marks")


def names(source: str) -> list[str]:
    """All columns of a source."""
    own, placed = SOURCES[source]
    return own.split() + [f"{scene.name}_{name}" for scene in SCENES for name in placed.split()]


# The card: two factors and their products; the words above it; the result below it.
CARD: tuple[Slots, ...] = tuple(
    (Slot(wide, 2.9, 4.0, 4.0), Slot(narrow, 17.6, 4.9, 4.4)) for wide, narrow in ((22.2, 0.3), (27.0, 6.5), (31.8, 12.7))
)
Places = tuple[tuple[tuple[float, float], ...], ...]  # left and top in both drawings, of some words
WORDS: Places = (((22.2, 0.7), (0.2, 15.3)), *(((wide.left, 2.3), (narrow.left, 16.9)) for wide, narrow in CARD))
RESULT: Places = (((22.2, 7.9), (0.3, 23.1)), ((22.2, 9.1), (0.3, 24.3)))
EXTRA: Slots = (Slot(22.2, 10.9, 13.5, 4.5), Slot(0.3, 26.2, 17.4, 4.0))

# Values above, their gradients below; what goes in on the left, parameters in the middle, what comes out on the right.
UPPER = {
    "x": (Slot(0.3, 1.4, 7.2, 6.0), Slot(0.2, 1.5, 6.6, 5.6)),
    "weight": (Slot(8.7, 1.4, 4.6, 3.75), Slot(7.3, 1.5, 4.2, 3.6)),
    "bias": (Slot(8.7, 6.3, 1.3, 1.3), Slot(7.3, 6.0, 1.1, 1.1)),
    "choice": (Slot(8.4, 1.4, 5.4, 6.0), Slot(7.1, 1.5, 4.6, 5.6)),
    "output": (Slot(14.8, 1.4, 6.2, 6.0), Slot(12.1, 1.5, 5.7, 5.6)),
}
BELOW = (7.7, 7.2)


def lower(name: str) -> Slots:
    """The slot of a gradient: under that of its value."""
    wide, narrow = UPPER[name]
    return (
        Slot(wide.left, wide.top + BELOW[0], wide.width, wide.height),
        Slot(narrow.left, narrow.top + BELOW[1], narrow.width, narrow.height),
    )
