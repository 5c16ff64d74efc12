"""What SIFT says at each step, with the numbers of the keypoint that is followed. Grey levels are those of 0..255."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...engine.keypoints import CONTRAST, EDGE, FARTHEST, TESTS
from ...engine.scale_space import SCALES
from ...engine.sift import CELL, SECOND_PEAK, peaks_of
from ..numbers import write
from .photograph import WHITE

if TYPE_CHECKING:
    from .sift_steps import SiftSteps

ODD = "The photograph is too even: no keypoint is left to follow."


def short(value: float) -> str:
    """A number with one decimal at most."""
    return write(round(value, 1) + 0.0)


def exact(value: float) -> str:
    """A number with two decimals at most."""
    return write(round(value, 2) + 0.0)


def sentences(steps: SiftSteps) -> list[str]:
    """One for each step."""
    octaves = [_octave(steps, n) for n in range(steps.octaves)]
    tests = [_test(steps, n) for n in range(len(TESTS))]
    return [*octaves, _extrema(steps), *tests, _direction(steps), _descriptor(steps), _all(steps)]


def _octave(steps: SiftSteps, n: int) -> str:
    octave = steps.features.octaves[n]
    _, height, width = octave.images.shape
    first, last = short(float(octave.sigmas[0])), short(float(octave.sigmas[-1]))
    start = (
        f"the photograph doubled to {height}×{width} pixels and blurred"
        if n == 0
        else f"every other pixel of the image with twice the blur: {height}×{width}"
    )
    return (
        f"Octave {n + 1}: {start}; {SCALES + 3} images from σ = {first} to σ ≈ {last} pixels of the photograph, "
        f"{SCALES + 2} differences of neighbours."
    )


def _extrema(steps: SiftSteps) -> str:
    count = len(steps.features.extrema.status)
    said = f"{count} pixels of the differences are larger or smaller than all 26 neighbours in their 3×3×3 cube"
    if not steps.keypoint:
        return f"{said}. {ODD}"
    cube = steps.neighbourhood.ravel()
    others = np.delete(cube, 13)
    is_high = cube[13] > others.max()
    nearest = float(others.max() if is_high else others.min())
    which = "largest" if is_high else "smallest"
    own = f"D ≈ {exact(float(cube[13]))}, the {which} of its neighbours is ≈ {exact(nearest)}"
    return f"{said}: keypoint {steps.chosen} has {own}."


def _test(steps: SiftSteps, n: int) -> str:
    """What a test discards, and the numbers of the keypoint, which passes it."""
    extrema = steps.features.extrema
    gone, left = int((extrema.status == n + 1).sum()), int(((extrema.status == 0) | (extrema.status > n + 1)).sum())
    rule = (
        f"|D| below 0.04 / 3 of white = {short(CONTRAST * WHITE)} grey levels",
        f"the peak of the parabola is more than {FARTHEST} away from its pixel",
        f"trace² / determinant above ({short(EDGE)} + 1)² / {short(EDGE)} = {short((EDGE + 1) ** 2 / EDGE)}",
        "nearer to the edge of the photograph than σ",
    )[n]
    said = f"{TESTS[n].capitalize()}: {rule}: {gone} discarded, {left} left."
    if not steps.keypoint:
        return f"{said} {ODD}"
    number = steps.keypoint.extremum
    offset = ", ".join(exact(float(one)) for one in extrema.offset[number])
    own = (
        f"|D| ≈ {exact(abs(float(extrema.value[number])) * WHITE)}",
        f"the offset ({offset}) in scale, row and column",
        f"≈ {exact(float(extrema.edge[number]))}",
        f"σ ≈ {exact(steps.keypoint.sigma)} at [{short(steps.keypoint.row)}, {short(steps.keypoint.column)}]",
    )[n]
    return f"{said} Keypoint {steps.chosen} has {own}."


def _degrees(angle: float) -> str:
    return f"{short(float(np.rad2deg(angle)) % 360)}°"


def _direction(steps: SiftSteps) -> str:
    if not steps.keypoint:
        return ODD
    peaks = [_degrees(angle) for angle in peaks_of(steps.histogram)]
    more = "" if len(peaks) == 1 else f": each of {', '.join(peaks)} makes a keypoint of its own"
    return (
        f"The gradients around keypoint {steps.chosen} by direction, in 36 bins of 10°: its direction is "
        f"{_degrees(steps.keypoint.angle)}; peaks of at least {SECOND_PEAK} of the highest count{more}."
    )


def _descriptor(steps: SiftSteps) -> str:
    if not steps.keypoint:
        return ODD
    cells = steps.descriptor
    r, c, k = np.unravel_index(int(cells.argmax()), cells.shape)
    side = exact(CELL * steps.keypoint.sigma)
    return (
        f"4×4 cells of 3σ ≈ {side} pixels, turned by {_degrees(steps.keypoint.angle)}, with 8 directions each: "
        f"4×4×8 = 128 numbers. The largest is {short(float(cells.max()))}: cell [{r}, {c}], {45 * int(k)}°."
    )


def _all(steps: SiftSteps) -> str:
    accepted, count = len(steps.features.extrema.accepted), len(steps.features.keypoints)
    more = f", {count - accepted} of them because their extremum has several directions" if count > accepted else ""
    return f"{count} keypoints{more}: circles of 2σ, with a line in their direction. Each has its own 128 numbers."


def facts(steps: SiftSteps) -> dict[str, str]:
    """Short texts by the name under which the page shows them."""
    counts = steps.features.extrema.counts()
    written = " − ".join([str(len(steps.features.extrema.status)), *(str(counts[name]) for name in TESTS)])
    shown = f"keypoint {steps.chosen}" if steps.keypoint else "no keypoint"
    return {
        "source": "SIFT: Lowe, “Distinctive image features from scale-invariant keypoints”, 2004, with the constants of Otero "
        "and Delbracio, “Anatomy of the SIFT method”, 2014.",
        "size": f"extrema − {' − '.join(TESTS)} = {written} = {counts['accepted']} places, "
        f"{len(steps.features.keypoints)} keypoints with their directions",
        "photo": shown,
        "photo_note": "Select a keypoint." if steps.keypoint else "",
        "scales": f"{steps.octaves} octaves of {SCALES + 3} images",
        "differences": "blue: brighter when blurred",
        "neighbours": "27 differences, in grey levels",
        "directions": "36 bins",
        "descriptor": "4×4×8",
    }
