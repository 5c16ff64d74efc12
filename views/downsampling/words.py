"""What the downsampling view says: one sentence a window, the facts about the whole, and the engine's calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from ...engine import output_size
from .. import grid, snippet
from ..images import OWN
from ..numbers import write, write_ratio
from ..trace import Sentences, Texts
from .pooled_outputs import OUTPUTS, PooledOutputs, limit_of, writer_of
from .settings import SHIFTS, DownsamplingSettings

SHIFTED = {"right": "to the right", "down": "down", "both": "to the right and down"}


def sentences(now: PooledOutputs, before: PooledOutputs, walk: np.ndarray, settings: DownsamplingSettings) -> Sentences:
    """output[0, 0]: sum 1 + 1 + 1 + 0 = 3; average 3/4; maximum 1, first of 3 at input[0, 0]."""
    count, moved = now.ties.size, settings.shift != "none"
    places = np.unravel_index(walk, now.ties.shape)
    gaps = [_numbers(np.stack(places, axis=1)), _numbers(now.windows.reshape(count, -1)[walk])]
    for name in OUTPUTS:
        say = writer_of(name, settings.window)
        cells = now.outputs[name][places]
        gaps.append(_numbers(cells[:, np.newaxis], say))
        pairs = zip(cells.tolist(), before.outputs[name][places].tolist(), strict=True)
        told = [", unchanged" if after == was else f", was {say(was)}" for after, was in pairs]
        gaps.append(_phrases(told if moved else [""] * len(walk)))
    single = ", at" if moved else " at"
    gaps.append(_phrases(single if ties == 1 else f", first of {ties} at" for ties in now.ties[places].tolist()))
    gaps.append(_numbers(np.stack([now.argmax_rows[places], now.argmax_columns[places]], axis=1)))
    terms = " + ".join(["{}"] * settings.window**2)
    template = f"output[{{}}, {{}}]: sum {terms} = {{}}{{}}; average {{}}{{}}; maximum {{}}{{}}{{}} input[{{}}, {{}}]"
    return Sentences(template, Texts.side_by_side(gaps))


def _numbers(values: np.ndarray, say: Callable[[float], str] = write) -> Texts:
    return Texts.of_numbers(values, say)


def _phrases(texts: Iterable[str]) -> Texts:
    """One text a step. T texts -> codes (T, 1)."""
    return Texts.of_steps([[text] for text in texts])


def facts_of(
    image: np.ndarray, source: str, settings: DownsamplingSettings, now: PooledOutputs, walk: np.ndarray
) -> dict[str, str]:
    """Short texts about the whole, by the name under which the page shows them."""
    size, stride, side = settings.window, settings.stride, len(image)
    out = output_size(side, size, stride=stride)
    lies = "the windows overlap" if stride < size else "pixels between the windows are never read" if stride > size else ""
    moved = SHIFTED.get(settings.shift, "")
    edge = "the edge repeats" if settings.is_photo else "0 comes in at the edge"
    facts = {
        "source": f"{source}, {side}×{side}." + (f" Shifted by one pixel {moved}; {edge}." if moved else ""),
        "size": f"output size = ⌊({side} − {size}) / {stride}⌋ + 1 = {out}" + (f"; {lies}" if lies else ""),
        "input": f"{side}×{side}" + (", shifted" if moved else ""),
        "first_step": str(walk[0]),
        "pixels": f"{size}×{size} in row order" + ("; first maximum wins" if now.ties.max() > 1 else ""),
    }
    if len(walk) < now.ties.size:
        facts["input_note"] = f"The window walks along output row {walk[0] // out}; click an output to move it."
    facts |= grid.about_numbers(image.size) if settings.numbers else {}
    limit, photo = grid.limit_of(image), settings.is_photo
    for name in ("input", *OUTPUTS):
        high, palette = write(limit_of(name, limit, size)), "grey" if photo else "positive"
        facts |= {f"{name}_low": "0", f"{name}_high": high, f"{name}_palette": palette}
    return facts | dict.fromkeys(OUTPUTS, f"{out}×{out}")


def changes_of(now: PooledOutputs, before: PooledOutputs, settings: DownsamplingSettings) -> dict[str, str]:
    """What the shift did to each output, as facts."""
    facts = {}
    for name in OUTPUTS if settings.shift != "none" else ():
        changes = np.abs(now.outputs[name] - before.outputs[name])
        denominator = changes.size * (settings.window**2 if name == "average" else 1)
        mean = write_ratio(changes.mean(), denominator)
        facts[f"{name}_note"] = f"{np.count_nonzero(changes):,} of {changes.size:,} changed; mean absolute change {mean}"
    return facts


def calls_of(image: np.ndarray, settings: DownsamplingSettings) -> dict[str, str]:
    """Python that computes `total`, `average` and `maximum`, (1, 1, oH, oW) each. image: (H, W), shifted already."""
    imports: list[str] = []
    if settings.image == "digit":
        x, imports = snippet.digit(settings.digit)
    elif settings.image == OWN:
        x = snippet.own_picture(image.shape)
    elif settings.is_photo:
        x, imports = snippet.grey_photo(settings.image, int(settings.size))
    else:
        x = snippet.array("x", image)
    down, right = SHIFTS[settings.shift]
    height, width = image.shape
    edge = ', mode="edge"' if settings.is_photo else ""
    shift = f"x = np.pad(x, (({down}, 0), ({right}, 0)){edge})[:{height}, :{width}]"
    how = f"stride={settings.stride})"
    is_shifted = (imports or settings.image == OWN) and down + right
    return snippet.calls(
        ["avg_pool2d", "conv2d", "max_pool2d"],
        f"{x}\n{shift}" if is_shifted else x,
        "x = x[np.newaxis, np.newaxis]",
        f"total = conv2d(x, np.ones((1, 1, {settings.window}, {settings.window})), {how}",
        f"average = avg_pool2d(x, {settings.window}, {how}",
        f"maximum = max_pool2d(x, {settings.window}, {how}",
        'print(total[0, 0], average[0, 0], maximum[0, 0], sep="\\n\\n")',
        more=imports,
        pixels=image if imports else None,
    )
