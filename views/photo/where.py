"""Where the network sees a class in the photograph, asked in three ways, of one class or of two beside each other.

    its map       conv10's map of the class, before the mean: the mean of its cells is the logit, exactly
    gradient      gradient × input: what each pixel brings of the logit, the biases bring the rest
    occlusion     a grey square covers the photograph: one that can be moved, or one that is swept over all of it

What is covered, by the square or by paint, is grey: the mean of ImageNet's pixels, which is 0 in the network's input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...engine.shapes import Array
from ...engine.squeezenet import MEAN_PIXEL, SIDE
from ..grid import floats, limit_of, shade
from ..imagenet import ImageClass, most_probable
from ..images import drawing_of
from ..numbers import percent, write, write_limit
from ..trace import Columns, Sources
from ..units.activations import Activations
from .settings import Erased, PhotoSettings

if TYPE_CHECKING:
    from .state import PhotoState, Scores

GREY = tuple(round(part) for part in reversed(MEAN_PIXEL))  # red, green, blue
NOTHING: Columns = {"image": np.zeros((0, 1, 1), np.float32), **floats(x=np.zeros(0), y=0, dw=0, dh=0)}


def square(row: int, column: int, side: int) -> np.ndarray:
    """A square, cut at the photograph's edges. row, column: of its middle -> (224, 224) bool."""
    top, left = row - side // 2, column - side // 2
    covered = np.zeros((SIDE, SIDE), bool)
    covered[max(top, 0) : top + side, max(left, 0) : left + side] = True
    return covered


def painted(bits: str) -> np.ndarray:
    """What is painted over. bits: as the setting holds it -> (224, 224) bool."""
    cells = drawing_of(bits, Erased.SIDE) > 0
    return cells.repeat(SIDE // Erased.SIDE, axis=0).repeat(SIDE // Erased.SIDE, axis=1)


def covered_by(settings: PhotoSettings) -> np.ndarray:
    """All that is covered. -> (224, 224) bool."""
    paint = painted(settings.erased)
    if settings.why != "occlusion":
        return paint
    covered: np.ndarray = paint | square(settings.cover_row, settings.cover_column, int(settings.patch))
    return covered


def as_seen(photo: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """The photograph with grey where it is covered. photo: (224, 224, 3) uint8 -> the same."""
    seen = photo.copy()
    seen[covered] = GREY
    return seen


@dataclass(frozen=True)
class Seen:
    """What is shown over the photograph of one class. values: (rows, columns), NaN where nothing is known, or None; words:
    what the numbers add up to."""

    one: ImageClass
    values: Array | None
    words: str
    note: str = ""


def where(settings: PhotoSettings, state: PhotoState, classes: Sequence[ImageClass]) -> tuple[Sources, dict[str, str]]:
    """The sources class_map, class_map_beside, seen_scale (the end of their colours), cover_box, and the facts about them."""
    activations, before = state.activations(settings), state.whole(settings)
    first = settings.explain if settings.explain >= 0 else most_probable(before.probabilities, 1)[0]
    numbers = [first, *([settings.compare] if settings.compare >= 0 else [])]
    seen = [WAYS[settings.why](settings, state, classes[number]) for number in numbers]
    limit = max((limit_of(np.nan_to_num(one.values)) for one in seen if one.values is not None), default=1.0)
    sources = {"class_map": _picture(seen[0], limit), "class_map_beside": _picture(seen[-1], limit) if seen[1:] else NOTHING}
    facts = _facts("seen", seen[0], limit) | (_facts("beside", seen[1], limit) if seen[1:] else {"beside_hidden": ""})
    facts["seen_class"] = _said(classes[first], activations)
    if seen[1:]:
        facts["seen_class_beside"] = _said(classes[numbers[1]], activations)
    if covered_by(settings).any():
        facts["photo_note"] = "; ".join(_change(classes[number], before, activations) for number in numbers)
    scale: Columns = dict(floats(limit=np.array([limit])))
    return {**sources, "seen_scale": scale, "cover_box": _box(settings)}, facts | _sweep_facts(settings, state)


def _said(one: ImageClass, activations: Activations) -> str:
    return f"{one.synonyms} (class {one.number}): {percent(float(activations.probabilities[one.number]))} %"


def _change(one: ImageClass, before: Scores, now: Activations) -> str:
    """What covering does to a class, in numbers."""
    shares = [f"{percent(float(its[one.number]))} %" for its in (before.probabilities, now.probabilities)]
    logits = [write(float(its[one.number])) for its in (before.logits, now.values[-2])]
    return f"{one.name}: {shares[0]} of the whole photograph, {shares[1]} of what is left (logit {logits[0]} → {logits[1]})"


def _map(settings: PhotoSettings, state: PhotoState, one: ImageClass) -> Seen:
    activations = state.activations(settings)
    values, logit = activations.values[-3][one.number], float(activations.values[-2][one.number])
    mean = write(float(values.mean(dtype=float)))
    return Seen(one, values, f"conv10[{one.number}]: mean of its {values.size} cells = {mean}, the logit is {write(logit)}")


def _gradient(settings: PhotoSettings, state: PhotoState, one: ImageClass) -> Seen:
    found = state.gradient(settings, one.number)
    bring, rest = write(found.score - found.rest), write(found.rest)
    words = f"of its logit {write(found.score)} the pixels bring ≈ {bring}, the biases ≈ {rest}"
    return Seen(one, found.values, words)


def _occlusion(settings: PhotoSettings, state: PhotoState, one: ImageClass) -> Seen:
    sweep = state.sweep(settings)
    if sweep is None:
        return Seen(one, None, "no sweep yet", "Drag the grey square, or sweep it over the whole photograph.")
    found, (corner, least) = sweep.contributions(one.number), sweep.dearest(one.number)
    rows, columns = (f"{start}–{start + sweep.size - 1}" for start in corner)
    note = f"Least logit, {write(least)}, with rows {rows}, columns {columns} covered; uncovered {write(found.score)}."
    return Seen(one, found.values, f"what its logit loses, {sweep.done} of {len(sweep.corners)} places", note)


WAYS = {"map": _map, "gradient": _gradient, "occlusion": _occlusion}


def _facts(part: str, seen: Seen, limit: float) -> dict[str, str]:
    """The caption, the note and the colour scale of a panel. Two panels have the same scale."""
    end = write_limit(limit)
    return {
        part: seen.words, f"{part}_note": seen.note, f"{part}_title": seen.one.name, f"{part}_number": str(seen.one.number),
        f"{part}_low": f"−{end}", f"{part}_high": end, f"{part}_palette": "signed",
    }  # fmt: skip


def _sweep_facts(settings: PhotoSettings, state: PhotoState) -> dict[str, str]:
    """How far the sweep is, for the button and the bar."""
    sweep = state.sweep(settings)
    if settings.why != "occlusion":
        return {}
    told = {"sweep_done": str(sweep.done), "sweep_all": str(len(sweep.corners))} if sweep else {}
    return told | ({"sweeping": "yes"} if state.busy else {})


def _picture(seen: Seen, limit: float) -> Columns:
    """Numbers in colours over the whole photograph."""
    if seen.values is None:
        return NOTHING
    return {"image": shade(seen.values, limit)[np.newaxis], **floats(x=np.zeros(1), y=0, dw=1, dh=1)}


def _box(settings: PhotoSettings) -> Columns:
    """A frame around the grey square, cut as it is."""
    if settings.why != "occlusion":
        return dict(floats(x=np.zeros(0), y=0, w=0, h=0))
    rows, columns = np.nonzero(square(settings.cover_row, settings.cover_column, int(settings.patch)))
    top, bottom, left, right = (edge / SIDE for edge in (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1))
    return dict(floats(x=np.array([(left + right) / 2]), y=1 - (top + bottom) / 2, w=right - left, h=bottom - top))
