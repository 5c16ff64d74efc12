"""What HOG says: the arithmetic of every pixel's vote, the sums of the cell, the norm of the block, the size of the feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...engine import normalise_block
from ...engine.hog import CLIP, cell_shares, direction_shares, gradient_directions
from ..numbers import write, write_factor
from .settings import SIDE

if TYPE_CHECKING:
    from .hog_steps import HogSteps


def short(value: float) -> str:
    """A number with one decimal at most."""
    return write(round(value, 1) + 0.0)


def pixel(value: float) -> str:
    """The number of a pixel; beyond the photograph there is none."""
    return "" if value != value else write(value)


def sentences(steps: HogSteps) -> list[str]:
    """One for each step."""
    cells = [_cell_of_block(steps, n) for n in range(steps.settings.block**2)]
    return [*_pixels(steps), _histogram(steps), *cells, _norm(steps), _whole(steps)]


def _pixels(steps: HogSteps) -> list[str]:
    """What every pixel of the cell votes."""
    (top, left), cell, chosen = steps.corner, steps.settings.cell, steps.settings
    near = cell_shares(SIDE, cell, chosen.votes)
    said = []
    for r, c in ((top + n // cell, left + n % cell) for n in range(steps.pixels)):
        down, across = (float(one[r, c]) for one in steps.gradients)
        magnitude = f"√({write_factor(across)}² + {write_factor(down)}²) ≈ {short(float(np.hypot(across, down)))}"
        gradient = f"g_column = {_difference(steps, r, c, 0, 1)}, g_row = {_difference(steps, r, c, 1, 0)}"
        if not (down or across):
            said.append(f"pixel [{r}, {c}]: {gradient}: no gradient, no vote.")
            continue
        direction = float(gradient_directions(np.array(down), np.array(across)))
        shares = direction_shares(np.array(direction), chosen.bins, chosen.votes)
        part = float(near[chosen.row, r] * near[chosen.column, c])
        own = "" if chosen.votes != "trilinear" else f"; this cell gets {write(round(part, 3))} of it, those around it the rest"
        said.append(
            f"pixel [{r}, {c}]: {gradient}; magnitude {magnitude}, direction ≈ {short(direction)}°: "
            f"{_shares(shares, float(np.hypot(across, down)), chosen.bins)}{own}."
        )
    return said


def _difference(steps: HogSteps, r: int, c: int, down: int, across: int) -> str:
    """A gradient as the difference of two pixels; at the edge of the photograph one is missing."""
    ends = (r + down, c + across), (r - down, c - across)
    if any(not (0 <= row < SIDE and 0 <= column < SIDE) for row, column in ends):
        return "0 (at the edge)"
    after, before = (float(steps.image[end]) for end in ends)
    return f"{write(after)} − {write_factor(before)} = {write(after - before)}"


def _shares(shares: np.ndarray, magnitude: float, bins: int) -> str:
    """How a vote is shared among the bins."""
    named = [(float(share), _middle(n, bins)) for n, share in enumerate(shares) if share > 0]
    if len(named) == 1:
        return f"its vote {short(magnitude)} goes to {named[0][1]}"
    return ", ".join(
        f"{write(round(share, 3))} × {short(magnitude)} ≈ {short(share * magnitude)} to {name}" for share, name in named
    )


def _middle(n: int, bins: int) -> str:
    return f"{short((n + 0.5) * 180 / bins)}°"


def _histogram(steps: HogSteps) -> str:
    chosen, most = steps.settings, int(steps.histogram.argmax())
    around = ", with the shares of the pixels around it," if chosen.votes == "trilinear" else ""
    return (
        f"cell [{chosen.row}, {chosen.column}]: its {steps.pixels} votes by direction{around} divided by {steps.pixels}: "
        f"{chosen.bins} numbers. The largest is that of {_middle(most, chosen.bins)}: ≈ {short(float(steps.histogram[most]))}."
    )


def _cell_of_block(steps: HogSteps, n: int) -> str:
    chosen = steps.settings
    row, column = chosen.row + n // chosen.block, chosen.column + n % chosen.block
    return (
        f"block of {chosen.block}×{chosen.block} cells: cell [{row}, {column}] adds its {chosen.bins} numbers: "
        f"{(n + 1) * chosen.bins} of {steps.block.size}."
    )


def _norm(steps: HogSteps) -> str:
    """By what the block is divided, shown on its largest number."""
    block, norm, count = steps.block, steps.settings.norm, steps.block.size
    largest, after = float(block.max()), float(normalise_block(block, norm).max())
    if norm in ("L1", "L1-sqrt"):
        total = float(block.sum())
        root = "its root is " if norm == "L1-sqrt" else ""
        divided = f"{write(round(largest, 2))} / {write(round(total, 2))} ≈ {write(round(largest / (total or 1), 3))}"
        by = f"their sum ≈ {write(round(total, 2))}"
        return f"norm: the {count} numbers are divided by {by}: the largest, {divided}{'; ' + root if root else ''}" + (
            f"≈ {write(round(after, 3))}." if root else "."
        )
    length = float(np.sqrt(np.square(block).sum()))
    share = largest / (length or 1)
    said = (
        f"norm: the {count} numbers are divided by the root of the sum of their squares, ≈ {write(round(length, 2))}: "
        f"the largest, {write(round(largest, 2))} / {write(round(length, 2))} ≈ {write(round(share, 3))}"
    )
    if norm == "L2":
        return f"{said}."
    cut = f"above {CLIP} it is cut to {CLIP}" if share > CLIP else f"none is above {CLIP}"
    return f"{said}; {cut}; divided by their new length it is ≈ {write(round(after, 3))}."


def _whole(steps: HogSteps) -> str:
    chosen, (down, across, size) = steps.settings, steps.feature.shape
    cells = "×".join(map(str, steps.histograms.shape[:2]))
    return (
        f"All {cells} cells and {down}×{across} overlapping blocks likewise: {down}×{across}×{size} = {steps.feature.size:,} "
        f"numbers describe the photograph. Each line lies along an edge; {chosen.bins} directions per cell."
    )


def _sharing(votes: str, bins: int) -> str:
    """How much of a vote a bin gets."""
    if votes == "nearest":
        return "the bin of the direction gets the whole vote"
    return f"share of a vote = 1 − |direction − middle of the bin| / {short(180 / bins)}°"


def facts(steps: HogSteps) -> dict[str, str]:
    """Short texts by the name under which the page shows them."""
    chosen, (down, across, size) = steps.settings, steps.feature.shape
    cells = SIDE // chosen.cell
    return {
        "source": "HOG: Dalal and Triggs, “Histograms of oriented gradients for human detection”, 2005. A gradient and its "
        "opposite count as one direction, so bright and dark may change places.",
        "size": f"{_sharing(chosen.votes, chosen.bins)}; blocks = ⌊{SIDE} / {chosen.cell}⌋ − {chosen.block} + 1 = "
        f"{cells} − {chosen.block} + 1 = {down}; numbers = "
        f"{down}·{across}·{chosen.block}·{chosen.block}·{chosen.bins} = {steps.feature.size:,}",
        "photo": "cell, block",
        "cell": f"[{chosen.row}, {chosen.column}], {chosen.cell}×{chosen.cell} pixels",
        "histogram": f"{chosen.bins} bins",
        "block": f"{size} numbers",
        "glyphs": f"{cells}×{cells} cells",
        "photo_note": "Select a cell.",
    }
