"""`convoscope read PICTURE`: which of ImageNet's thousand classes a picture shows, by SqueezeNet on this machine."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from ..engine.squeezenet import SIDE
from ..views.files import DiskFiles
from ..views.imagenet import image_classes, most_probable, probabilities_of
from ..views.numbers import percent

MOST_PIXELS = 100_000_000  # of a picture, read from its head before it is decoded
SHOWN = 5


def read(path: Path) -> str:
    """The five most probable classes, one a line. Raises OSError or RuntimeError with a sentence."""
    photo, what = photograph(path)
    files = DiskFiles()
    probabilities, classes = probabilities_of(photo, files), image_classes(files)
    best = most_probable(probabilities, SHOWN)
    width = max(len(classes[number].name) for number in best)
    lines = [f"{classes[number].name:<{width}}  {percent(float(probabilities[number])):>5} %" for number in best]
    return "\n".join([f"{path.name}: {what}", *lines])


def photograph(path: Path) -> tuple[np.ndarray, str]:
    """The central square of a picture as it should be seen. -> (224, 224, 3) uint8, which part of which picture it is."""
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
    square = ImageOps.fit(paper.convert("RGB"), (SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(square), f"{upright.width}×{upright.height} pixels, of which the central {side}×{side}"
