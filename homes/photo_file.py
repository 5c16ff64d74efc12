"""`convoscope read PICTURE`: which of ImageNet's thousand classes a picture shows, by SqueezeNet on this machine.

`--network alexnet` runs AlexNet's forward pass on it instead, layer by layer, with weights drawn from a seed: its published
weights (244 MB) are not part of the project, so it shows how the network computes and not what it would answer.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..engine import parse_layers
from ..engine.squeezenet import SIDE
from ..views.architectures.known import KNOWN
from ..views.files import DiskFiles
from ..views.imagenet import image_classes, most_probable, probabilities_of
from ..views.numbers import percent, write
from ..views.seeded_pass import seeded_pass

MOST_PIXELS = 100_000_000  # of a picture, read from its head before it is decoded
SHOWN = 5
NOT_HERE = (
    "AlexNet with weights drawn from seed {seed}: its published weights (60,965,224 numbers, 244 MB) are not here, so this is\n"
    "how it computes, not what it would answer. SqueezeNet reads photographs here: as accurate, with 50 times fewer weights."
)


def read(path: Path) -> str:
    """The five most probable classes, one a line. Raises OSError or RuntimeError with a sentence."""
    photo, what = photograph(path)
    files = DiskFiles()
    probabilities, classes = probabilities_of(photo, files), image_classes(files)
    best = most_probable(probabilities, SHOWN)
    width = max(len(classes[number].name) for number in best)
    lines = [f"{classes[number].name:<{width}}  {percent(float(probabilities[number])):>5} %" for number in best]
    return "\n".join([f"{path.name}: {what}", *lines])


def run_alexnet(path: Path, seed: int = 0) -> Iterator[str]:
    """A line about each layer as soon as it is computed, after two about picture and weights. Raises OSError, RuntimeError."""
    if seed < 0:
        raise RuntimeError(f"the seed is {seed}, but a whole number of at least 0 is wanted")
    network = KNOWN["alexnet"]
    channels, side, _ = network.input_shape
    photo, what = photograph(path, side)
    yield f"{path.name}: {what}, as {side}×{side}×{channels}"
    yield NOT_HERE.format(seed=seed)
    x = photo.astype(np.float32).transpose(2, 0, 1)[np.newaxis]
    for spec, out in seeded_pass(parse_layers(network.text, network.input_shape), x - x.mean(), seed):
        size, zeros = "×".join(map(str, out.shape[1:])), percent(float((out == 0).mean()))
        numbers = f"mean {write(float(out.mean()))}, largest {write(float(out.max()))}, {zeros} % zeros"
        yield f"{spec.text:<32} {size:>10}  {numbers}"


def photograph(path: Path, size: int = SIDE) -> tuple[np.ndarray, str]:
    """The central square of a picture as it should be seen. -> (size, size, 3) uint8, which part of which picture it is."""
    from PIL import Image, ImageOps

    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow thinks of a picture's metadata
        try:
            picture = Image.open(file)
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise RuntimeError(f"{path} has {width}×{height} pixels, but {MOST_PIXELS:,} are the most; scale it down")
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            raise RuntimeError(f"{path} is damaged or no picture; choose a PNG, JPEG or WebP file") from None
    paper = Image.new("RGBA", upright.size, "white")
    paper.alpha_composite(upright)
    side = min(upright.size)
    square = ImageOps.fit(paper.convert("RGB"), (size, size), Image.Resampling.BOX)
    return np.asarray(square), f"{upright.width}×{upright.height} pixels, of which the central {side}×{side}"
