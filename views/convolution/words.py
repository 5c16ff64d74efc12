"""What the convolution view says: the sentence of each step, and the facts around the picture."""

from __future__ import annotations

import numpy as np

from .. import grid
from ..numbers import write, write_factor
from ..trace import Sentences, Texts
from . import misprints
from .scene import Scene
from .settings import ConvolutionSettings

MOST_TERMS = 12  # products told one by one; of more, the first ones and the last
FIRST_TERMS = 3


def sentences(scene: Scene) -> Sentences:
    """output[0, 0] = 0×0 + 1×1 + … = 3, with the bias and ReLU where there are any."""
    steps, taps = len(scene.rows), scene.weights.size
    told = list(range(taps)) if taps <= MOST_TERMS else [*range(FIRST_TERMS), taps - 1]
    terms = [f"{{}}×{write_factor(scene.weights.flat[tap])}" for tap in told]
    if taps > MOST_TERMS:
        terms.insert(FIRST_TERMS, "…")
    if scene.bias:
        terms.append(f"bias {write_factor(scene.bias)}")
    cells = scene.rows[:, 0], scene.columns[:, 0]
    gaps = [*cells, *scene.terms.windows.reshape(steps, taps)[:, told].T, scene.sums[cells]]
    template = f"output[{{}}, {{}}] = {' + '.join(terms)} = {{}}"
    if scene.relu:
        template += ", after ReLU {}"
        gaps.append(scene.output[cells])
    return Sentences(template, Texts.of_numbers(np.stack(gaps, axis=1), write))


def facts(scene: Scene, settings: ConvolutionSettings) -> dict[str, str]:
    """Short texts about the whole, by the name under which the page shows them."""
    height, width = scene.image.shape
    padded = "×".join(map(str, scene.padded.shape))
    kernel = "×".join(map(str, scene.weights.shape))
    return {
        "source": f"{scene.source}, {height}×{width}.",
        "size": _size_formula(scene),
        "input": f"{height}×{width}" + (f", padded {padded}" if any(scene.padding) else ""),
        "kernel": f"{kernel}, sum {write(scene.weights.sum())}" + (", turned by 180°" if settings.flip else ""),
        "kernel_turned": "180" if settings.flip else "0",
        "sums": f"after each product{', then the bias' if scene.bias else ''}; the last one is the output cell",
        "output": "×".join(map(str, scene.output.shape)),
        "im2col": "kernel as a row × windows as columns" + (" + bias" if scene.bias else "") + " = output as a row",
        "output_note": _output_note(scene, settings),
        "first_step": str(scene.first),
        **({"paints": "drawing", "paints_at": _place_of_image(scene)} if settings.image == "drawing" else {}),
        **({} if settings.im2col else {"im2col_hidden": "hidden"}),
        **_legend("input", scene.image, scene.photo),
        **_legend("output", scene.output, scene.photo),
    }


def _place_of_image(scene: Scene) -> str:
    """Where the image's upper-left cell is drawn, and how many cells the drawing is wide: "top left side"."""
    side = max(scene.padded.shape)
    top, left = (ring + (side - size) // 2 for ring, size in zip(scene.padding, scene.padded.shape, strict=True))
    return f"{top} {left} {side}"


def _size_formula(scene: Scene) -> str:
    """The output-size formula with the numbers in it; once if both axes agree."""
    lines = [
        f"⌊({size} + 2·{padding} − "
        + (f"{scene.dilation}·({kernel} − 1) − 1" if scene.dilation > 1 else f"{kernel}")
        + f") / {stride}⌋ + 1 = {out}"
        for size, padding, kernel, stride, out in zip(
            scene.image.shape, scene.padding, scene.weights.shape, scene.stride, scene.output.shape, strict=True
        )
    ]
    if lines[0] == lines[1]:
        return f"output size = {lines[0]}"
    return f"output rows = {lines[0]}; output columns = {lines[1]}"


def _output_note(scene: Scene, settings: ConvolutionSettings) -> str:
    if scene.note:
        return f"{scene.note} The window walks along output row {scene.first // scene.output.shape[1]}."
    if not scene.whole:
        return f"The whole result; the window walks along output row {scene.first // scene.output.shape[1]}. Click to move it."
    return misprints.note(scene, settings)


def _legend(part: str, values: np.ndarray, photo: bool) -> dict[str, str]:
    """The ends of a colour scale, as facts."""
    grey = photo and values.min() >= 0
    high = write(grid.limit_of(values))
    return {f"{part}_low": "0" if grey else f"−{high}", f"{part}_high": high, f"{part}_palette": "grey" if grey else "signed"}
