"""What the rgb view says: the sentence of each step, its sums and products, the facts around the picture, and the call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine import output_size
from .. import snippet
from ..images import OWN
from ..numbers import write, write_factor
from ..sums import sums_of_products
from ..trace import Columns, Sentences, Texts
from .channels import PHOTO_FILTERS, PHOTO_SIZE, ChannelConvolution, scale_of
from .settings import RgbSettings
from .wide_and_narrow import ARRANGEMENTS, CHANNELS

MOST_PRODUCTS = 9  # of a channel: of more, a sentence has the largest ones and a quiz none


def sentences(convolution: ChannelConvolution, chosen: Sequence[int]) -> Sentences:
    """output[1, 2, filter 0] = red 3 + green (−1) + blue 2 + bias 1 = 5; of one channel alone its products."""
    at, rows, columns = convolution.steps
    numbers = tuple(map(str, range(max(convolution.outputs.shape))))
    place = Texts(numbers, np.column_stack([rows, columns, at]).astype(np.uint16))
    if convolution.groups > 1:
        its_channel = Texts(CHANNELS, at[:, np.newaxis].astype(np.uint16))
        _, _, biases, outputs = convolution.terms
        gaps = Texts.side_by_side([place, its_channel, _of_its_channel(convolution), biases, outputs])
        return Sentences("output[{}, {}, filter {}] = {} {} + bias {} = {}", gaps)
    if len(chosen) > 1:
        gaps = Texts.side_by_side([place, *convolution.terms])
        return Sentences("output[{}, {}, filter {}] = red {} + green {} + blue {} + bias {} = {}", gaps)
    template, products = sums_of_products(*convolution.factors(chosen), MOST_PRODUCTS)
    gaps = Texts.side_by_side([place, products, _alone(convolution, chosen)])
    return Sentences(f"output[{{}}, {{}}, filter {{}}], {CHANNELS[chosen[0]]} alone = {template} = {{}}", gaps)


def _alone(convolution: ChannelConvolution, chosen: Sequence[int]) -> Texts:
    """The sum of one channel at every step. -> codes (T, 1)."""
    return Texts.of_numbers(convolution.at_steps(convolution.partials)[:, chosen], write)


def _of_its_channel(convolution: ChannelConvolution) -> Texts:
    """The sum of the one channel that the filter at work sees. -> codes (T, 1)."""
    partials = convolution.at_steps(convolution.partials)
    return Texts.of_numbers(np.take_along_axis(partials, convolution.steps[0][:, np.newaxis], axis=1), write)


def sums(convolution: ChannelConvolution, chosen: Sequence[int], bias: str) -> Texts:
    """The row of sums at every step: 3, + (−1), + 2, + 1, = 5; of one channel alone 3 and = 3. -> codes (T, 5).

    bias: how the bias is written, with {} for its value.
    """
    if len(chosen) == 1:
        alone = _alone(convolution, chosen)
        blank = Texts(("",), np.zeros((len(alone), 1), np.uint16))
        channels = [alone if c in chosen else blank for c in range(len(CHANNELS))]
        return Texts.side_by_side([*channels, blank, alone.written("= {}")])
    first, others, biases, outputs = convolution.terms
    if convolution.groups > 1:
        its_own = convolution.steps[0][:, np.newaxis] == np.arange(len(CHANNELS))
        seen = np.where(its_own, convolution.at_steps(convolution.partials), np.nan)
        alone = Texts.of_numbers(seen, lambda value: "" if value != value else write(value))
        return Texts.side_by_side([alone, biases.written(bias), outputs.written("= {}")])
    return Texts.side_by_side([first, others.written("+ {}"), biases.written(bias), outputs.written("= {}")])


def products(convolution: ChannelConvolution, chosen: Sequence[int]) -> Columns:
    """Every product, and how it comes about, such as 2×(−1), for a quiz. -> columns text and terms (T, products)."""
    windows, weights = convolution.factors(chosen)
    pixels, factors = Texts.of_numbers(windows, write), Texts.of_numbers(weights, write_factor)
    terms = tuple(f"{pixel}×{factor}" for pixel in pixels.table for factor in factors.table)
    codes = (pixels.codes * len(factors.table) + factors.codes).astype(np.uint16)
    return {"text": Texts.of_numbers(windows * weights, write), "terms": Texts(terms, codes)}


def facts_of(settings: RgbSettings, convolution: ChannelConvolution, chosen: Sequence[int]) -> dict[str, str]:
    """Short texts about the whole, by the name under which the page shows them."""
    F, C, kernel_size, _ = convolution.weights.shape
    side, stride, padding = convolution.image.shape[1], settings.stride, settings.padding
    out = output_size(side, kernel_size, stride=stride, padding=padding)
    padded = f", padded {side + 2 * padding}×{side + 2 * padding}×{C}" if padding else ""
    filters = f"{F} filter{'s' * (F > 1)} {kernel_size}×{kernel_size}×{C // convolution.groups}"
    shapes = f"{side}×{side}×{C}{padded} → {filters} → {out}×{out}×{F}"
    scale = "Blue is positive, orange negative, the background colour 0."
    if settings.preset == "lecture":
        scale += f" All maps share one scale, −{write(scale_of(convolution, convolution.outputs))} to the same positive number."
        scale += " Filters: " + "; ".join(f"{n}: {what}" for n, what in enumerate(_filters_in_words(convolution))) + "."
    return {
        "source": scale,
        "size": f"output size = ⌊({side} + 2·{padding} − {kernel_size}) / {stride}⌋ + 1 = {out}, one channel per filter",
        **{its.name: shapes for its in ARRANGEMENTS},
        "im2col": "filters as rows × windows as columns, channel below channel, + biases = feature maps as rows",
        "product_groups": " ".join(CHANNELS[c] for c in chosen),
        "then": "then the bias of the filter" if len(chosen) == C and convolution.biases.any() else "",
        **({} if settings.im2col else {"im2col_hidden": "hidden"}),
    }


def _filters_in_words(convolution: ChannelConvolution) -> list[str]:
    """What each filter looks for, unless the user has changed it."""
    if convolution.groups > 1:
        return [f"{channel} alone" for channel in CHANNELS]
    given = PHOTO_FILTERS.items()
    pairs = zip(given, convolution.weights, strict=False)
    return [what if (weights == kernels).all() else "yours" for (what, kernels), weights in pairs]


def calls_of(convolution: ChannelConvolution, settings: RgbSettings) -> dict[str, str]:
    """Python that computes the output as `out`, (1, F, oH, oW), and prints it."""
    if settings.preset == "cs231n":
        x, imports = snippet.array("x", convolution.image, "red, green, blue"), []
    elif settings.image == OWN:
        x, imports = snippet.own_picture(convolution.image.shape), []
    else:
        x = f'x = photo("{settings.image}", {PHOTO_SIZE}, DiskFiles()).transpose(2, 0, 1).astype(float)  # red, green, blue'
        imports = ["from convoscope.views.files import DiskFiles", "from convoscope.views.images import photo"]
    weight = snippet.array("weight", convolution.weights, "filters of a red, a green and a blue kernel")
    if convolution.groups > 1:
        kernels = np.stack([convolution.weights[n, convolution.sees(n)] for n in range(len(convolution.weights))])
        weight = snippet.array("weight", kernels, "a kernel for red, one for green, one for blue")
    bias = snippet.array("bias", convolution.biases)
    arguments = ["x[np.newaxis]", "weight", "bias"]
    if settings.channels != "all":
        n = CHANNELS.index(settings.channels)
        arguments, bias = [f"x[np.newaxis, [{n}]]", f"weight[:, [{n}]]"], f"# {settings.channels} alone, without the bias"
    how = {"stride": convolution.stride, "padding": convolution.padding, "groups": convolution.groups}
    out = snippet.call("conv2d", *arguments, usual={"stride": 1, "padding": 0, "groups": 1}, **how)
    pixels = convolution.image if imports else None
    return snippet.calls(["conv2d"], x, weight, bias, f"out = {out}", "print(out[0])", more=imports, pixels=pixels)
