"""What the convolution view says: the sentence of each step, and the facts around the picture."""

from __future__ import annotations

import numpy as np

from .. import grid
from ..grid import about_numbers
from ..numbers import write, write_factor
from ..sums import sums_of_products
from ..trace import Sentences, Texts
from . import transposing
from .algorithms import ConvolutionResult
from .columns import misprint_note, own_scales
from .settings import ConvolutionSettings

MOST_TERMS = 12  # products written one by one; of more, the largest ones


def sentences(result: ConvolutionResult) -> Sentences:
    """output[0, 0] = 0×0 + 1×1 = 1, with the bias and ReLU where there are any; of a large kernel the largest products."""
    windows = result.terms.windows.reshape(len(result.rows), -1)
    terms, gaps = sums_of_products(windows, result.weights.reshape(1, -1), MOST_TERMS)
    bias = f" + bias {write_factor(result.bias)}" if result.bias else ""
    cells = result.rows[:, 0], result.columns[:, 0]
    ends = [result.sums[cells], *([result.output[cells]] if result.relu else [])]
    template = f"output[{{}}, {{}}] = {terms}{bias} = {{}}{', after ReLU {}' if result.relu else ''}"
    place = Texts.of_numbers(np.stack(cells, axis=1), write)
    return Sentences(template, Texts.side_by_side([place, gaps, Texts.of_numbers(np.stack(ends, axis=1), write)]))


def facts(result: ConvolutionResult, settings: ConvolutionSettings) -> dict[str, str]:
    """Short texts about the whole, by the name under which the page shows them."""
    height, width = result.image.shape
    shape = result.output.shape[0], result.output.shape[1]
    padded = "×".join(map(str, result.padded.shape))
    kernel = "×".join(map(str, result.weights.shape))
    is_paintable = settings.image == "drawing" and not settings.transposed
    is_turned = settings.flip != settings.transposed
    return {
        "source": f"{result.source}, {'×'.join(map(str, (result.forward.cells if result.forward else result.image).shape))}.",
        "size": transposing.size_formula(result.forward, shape) if result.forward else _size_formula(result),
        "input": f"{height}×{width}" + (f", padded {padded}" if result.padded.shape != result.image.shape else ""),
        "kernel": f"{kernel}, sum {write(result.weights.sum())}" + (", turned by 180°" if is_turned else ""),
        "kernel_turned": "180" if is_turned else "0",
        "sums": f"after each product{', then the bias' if result.bias else ''}; the last one is the output cell"
        + ("; each step has its own scale" if own_scales(result.running_sums) else ""),
        "output": "×".join(map(str, result.output.shape)),
        "im2col": "kernel as a row × windows as columns" + (" + bias" if result.bias else "") + " = output as a row",
        "input_note": _input_note(settings),
        "output_note": _output_note(result, settings),
        "first_step": str(result.first),
        "start": str(result.start(settings.image)),
        **({"paints": "drawing", "paints_at": _place_of_image(result)} if is_paintable else {}),
        **({} if settings.im2col else {"im2col_hidden": "hidden"}),
        **(
            transposing.facts(result.forward, shape) if result.forward else dict.fromkeys(("x_hidden", "conv_hidden"), "hidden")
        ),
        **(about_numbers(result.padded.size) if settings.numbers else {}),
        **_legend("input", result.image, result.photo),
        **_legend("output", result.output, result.photo),
    }


def _place_of_image(result: ConvolutionResult) -> str:
    """Where the image's upper-left cell is drawn, and how many cells the drawing is wide: "top left side"."""
    side = max(result.padded.shape)
    top, left = (frame[0] + (side - size) // 2 for frame, size in zip(result.frame, result.padded.shape, strict=True))
    return f"{top} {left} {side}"


def _size_formula(result: ConvolutionResult) -> str:
    """The output-size formula with the numbers in it; once if both axes agree."""
    lines = [
        f"⌊({size} + {f'2·{before}' if before == behind else f'{before} + {behind}'} − "
        + (f"{gap}·({kernel} − 1) − 1" if gap > 1 else f"{kernel}")
        + f") / {stride}⌋ + 1 = {out}"
        for size, (before, behind), gap, kernel, stride, out in zip(
            result.image.shape, result.frame, result.dilation, result.weights.shape, result.stride, result.output.shape,
            strict=True,
        )
    ]  # fmt: skip
    if lines[0] == lines[1]:
        return f"output size = {lines[0]}"
    return f"output rows = {lines[0]}; output columns = {lines[1]}"


def _input_note(settings: ConvolutionSettings) -> str:
    """What to do where there is nothing to see yet."""
    if settings.image == "drawing" and not settings.drawing.strip("0"):
        if settings.transposed:
            return "Nothing is drawn yet: switch “Transposed” off to draw."
        return "Nothing is drawn yet: draw on this picture with the mouse, a finger or a pen."
    if settings.image == "picture" and not settings.picture:
        return "No picture yet: choose, drop or paste one under “Picture file”."
    return ""


def _output_note(result: ConvolutionResult, settings: ConvolutionSettings) -> str:
    walk = f"window walks along output row {result.first // result.output.shape[1]}."
    if result.note:
        return f"{result.note} The {walk}"
    return misprint_note(result, settings) if result.whole else f"The whole result; the {walk} Click to move it."


def _legend(part: str, values: np.ndarray, photo: bool) -> dict[str, str]:
    """The ends of a colour scale, as facts."""
    grey = photo and values.min() >= 0
    high = write(grid.limit_of(values))
    return {f"{part}_low": "0" if grey else f"−{high}", f"{part}_high": high, f"{part}_palette": "grey" if grey else "signed"}
