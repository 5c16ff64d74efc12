"""What the rgb view says: the sentence of each step, its products, and the facts around the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine import output_size
from ..numbers import write, write_factor
from ..trace import Sentences, Texts
from . import volumes
from .numbers import PHOTO_FILTERS, Numbers
from .places import CHANNELS, SCENES, Columns
from .settings import RgbSettings

MOST_PRODUCTS = 9  # of a channel: more are neither told in a sentence nor asked for in a quiz


def sentences(numbers: Numbers, chosen: Sequence[int]) -> Sentences:
    """output[1, 2, filter 0] = red 3 + green (−1) + blue 2 + bias 1 = 5; of one channel alone its products."""
    at, rows, columns = numbers.steps
    place = Texts(tuple(map(str, range(max(numbers.outputs.shape)))), np.column_stack([rows, columns, at]).astype(np.uint16))
    if len(chosen) == 1:
        products, template = _told(numbers, chosen[0])
        end = Texts.of_numbers(numbers.at_steps(numbers.partials)[:, chosen], write)
        name = CHANNELS[chosen[0]]
        return Sentences(
            f"output[{{}}, {{}}, filter {{}}], {name} alone = {template} = {{}}", Texts.side_by_side([place, products, end])
        )
    gaps = Texts.side_by_side([place, *numbers.terms])
    return Sentences("output[{}, {}, filter {}] = red {} + green {} + blue {} + bias {} = {}", gaps)


def _told(numbers: Numbers, channel: int) -> tuple[Texts, str]:
    """The products of one channel, if a sentence can hold them. -> pixels and weights by turns, the template for them."""
    at = numbers.steps[0]
    weights = numbers.weights[:, channel].reshape(len(numbers.weights), -1)[at]
    count = weights.shape[1]
    if count > MOST_PRODUCTS:
        return Texts((), np.zeros((len(at), 0), np.uint16)), f"the sum of {count} products"
    windows = np.tile(numbers.windows[:, :, channel].reshape(-1, count), (len(numbers.weights), 1))
    beside = Texts.side_by_side([Texts.of_numbers(windows, write), Texts.of_numbers(weights, write_factor)])
    by_turns = np.arange(2 * count).reshape(2, count).T.ravel()
    return Texts(beside.table, beside.codes[:, by_turns]), " + ".join(["{}×{}"] * count)


def products(numbers: Numbers, chosen: Sequence[int]) -> Columns:
    """Every product, and how it comes about, such as 2×(−1), for a quiz. -> columns text and terms (T, products)."""
    F, T = len(numbers.weights), numbers.outputs.size
    found = np.stack([one[:, :, chosen] for one in numbers.products]).reshape(T, -1)
    weights = numbers.weights[:, chosen].reshape(F, -1)[numbers.steps[0]]
    windows = np.tile(numbers.windows[:, :, chosen].reshape(T // F, -1), (F, 1))
    pixels, factors = Texts.of_numbers(windows, write), Texts.of_numbers(weights, write_factor)
    terms = tuple(f"{pixel}×{factor}" for pixel in pixels.table for factor in factors.table)
    codes = (pixels.codes * len(factors.table) + factors.codes).astype(np.uint16)
    return {"text": Texts.of_numbers(found, write), "terms": Texts(terms, codes)}


def facts_of(settings: RgbSettings, numbers: Numbers, chosen: Sequence[int]) -> dict[str, str]:
    """Short texts about the whole, by the name under which the page shows them."""
    F, C, kernel_size, _ = numbers.weights.shape
    side, stride, padding = numbers.image.shape[1], settings.stride, settings.padding
    out = output_size(side, kernel_size, stride=stride, padding=padding)
    padded = f", padded {side + 2 * padding}×{side + 2 * padding}×{C}" if padding else ""
    shapes = f"{side}×{side}×{C}{padded} → {F} filter{'s' * (F > 1)} {kernel_size}×{kernel_size}×{C} → {out}×{out}×{F}"
    scale = "Blue is positive, orange negative, the paper's own colour zero."
    if settings.preset == "lecture":
        scale += f" All maps share one scale, −{write(volumes.scale_of(numbers, numbers.outputs))} to the same positive number."
        scale += " Filters: " + "; ".join(f"{n}: {what}" for n, what in enumerate([*PHOTO_FILTERS][:F])) + "."
    return {
        "source": scale,
        "size": f"output size = ⌊({side} + 2·{padding} − {kernel_size}) / {stride}⌋ + 1 = {out}, one layer a filter",
        **{scene.name: shapes for scene in SCENES},
        "im2col": "filters as rows × windows as columns, channel below channel, + biases = feature maps as rows",
        "product_groups": " ".join(CHANNELS[c] for c in chosen),
        "then": "then the bias of the filter" if len(chosen) == C and numbers.biases.any() else "",
        **({} if settings.im2col else {"im2col_hidden": "hidden"}),
    }
