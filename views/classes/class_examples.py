"""The examples of the classes: what the frozen network makes of each, and a small picture of it; in a file and back.

A file is an .npz with two arrays a class, "1.mug.features" (n, 512) and "1.mug.pictures" (n, 32, 32, 3). It is read within
the walls of a weights file, and then believed only if every name, shape and number is as it was written here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...engine import WeightsError, read_weights
from ...engine.shapes import Array
from ...engine.squeezenet import SIDE
from ...engine.weights import write_arrays
from ..files import Files
from ..imagenet import FEATURES, features_of
from ..images import photo
from ..settings import SettingError
from .settings import FEWEST, MOST, class_names

MOST_EXAMPLES = 60  # of all classes together
THUMBNAIL = 32  # pixels a side
LARGEST_FEATURE = 1e6  # of any picture it is below 100
FIRST = (("cat", "koala", "panda", "lemur", "moose"), ("arch", "mosque", "camera", "rocket", "coffee"))
ARRAY = re.compile(r"([1-9])\.(.+)\.(features|pictures)", re.DOTALL)
TRY = "choose a file that was saved by this view"


@dataclass(frozen=True)
class Example:
    """One picture. number: of its class; features: (512,); thumbnail: (32, 32, 3) uint8."""

    number: int
    features: Array
    thumbnail: np.ndarray


Examples = tuple[Example, ...]


def example_of(number: int, pixels: np.ndarray, files: Files) -> Example:
    """A picture as an example of a class. pixels: (224, 224, 3) uint8. Raises FileNeeded."""
    return Example(number, features_of(pixels, files), thumbnail_of(pixels))


def thumbnail_of(pixels: np.ndarray) -> np.ndarray:
    """Each of its pixels is the mean of a square. pixels: (224, 224, 3) uint8 -> (32, 32, 3) uint8."""
    block = SIDE // THUMBNAIL
    means = pixels.reshape(THUMBNAIL, block, THUMBNAIL, block, 3).mean(axis=(1, 3))
    return np.rint(means).astype(np.uint8)


def first_examples(files: Files) -> Examples:
    """Some of our photographs, five animals and five things. Raises FileNeeded."""
    return tuple(
        example_of(number, photo(name, SIDE, files), files) for number, names in enumerate(FIRST) for name in names
    )


def check_room(examples: Sequence[Example], names: Sequence[str], number: object) -> int:
    """The number of the class to which one more example is to be added. Raises SettingError if it cannot be."""
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(names):
        raise SettingError(f"an example must be for a class from 1 to {len(names)}; choose one of {', '.join(names)}")
    if len(examples) >= MOST_EXAMPLES:
        raise SettingError(f"{MOST_EXAMPLES} examples are the most; remove some first")
    return number


def save(examples: Sequence[Example], names: Sequence[str]) -> bytes:
    """All examples of the named classes as one file."""
    arrays: dict[str, Array] = {}
    for number, name in enumerate(names):
        own = [one for one in examples if one.number == number]
        features = np.array([one.features for one in own], np.float32).reshape(-1, FEATURES)
        pictures = np.array([one.thumbnail for one in own], np.float16).reshape(-1, THUMBNAIL, THUMBNAIL, 3)
        arrays |= {f"{number + 1}.{name}.features": features, f"{number + 1}.{name}.pictures": pictures}
    return write_arrays(arrays)


def load(data: bytes) -> tuple[tuple[str, ...], Examples]:
    """The names of the classes and their examples. Raises WeightsError, with a sentence, if the file is another one."""
    try:
        arrays = read_weights(data)
    except WeightsError as error:  # whose sentences are about weights of networks
        said = str(error).replace("weights file", "file").replace("every weight", "every number")
        raise WeightsError(said.replace("choose a file that was saved for this network", TRY)) from None
    names = _names_in(list(arrays))
    examples: list[Example] = []
    for number, name in enumerate(names):
        features, pictures = (arrays[f"{number + 1}.{name}.{what}"] for what in ("features", "pictures"))
        _check_arrays(name, features, pictures)
        thumbnails = np.rint(pictures).astype(np.uint8)
        examples += [Example(number, *one) for one in zip(features, thumbnails, strict=True)]
    if len(examples) > MOST_EXAMPLES:
        raise WeightsError(f"the file holds {len(examples)} examples, but {MOST_EXAMPLES} are the most; {TRY}")
    return names, tuple(examples)


def _names_in(arrays: Sequence[str]) -> tuple[str, ...]:
    """The names of the classes by their numbers, of the names of a file's arrays. Raises WeightsError."""
    found = [match.groups() for name in arrays if (match := ARRAY.fullmatch(name))]
    names = tuple(dict.fromkeys(name for _, name, _ in found))
    wanted = [f"{number}.{name}.{what}" for number, name in enumerate(names, 1) for what in ("features", "pictures")]
    if sorted(wanted) != sorted(arrays) or not FEWEST <= len(names) <= MOST or class_names(", ".join(names)) != names:
        raise WeightsError(
            f"the file holds {len(arrays)} arrays ({', '.join(repr(name[:40]) for name in arrays[:4])}) instead of features "
            f"and pictures of {FEWEST} to {MOST} classes with names of their own; {TRY}"
        )
    return names


def _check_arrays(name: str, features: Array, pictures: Array) -> None:
    """Raise WeightsError if they are not the features and pictures of some examples."""
    count = len(features) if features.ndim == 2 else 0
    if features.shape != (count, FEATURES) or pictures.shape != (count, THUMBNAIL, THUMBNAIL, 3):
        raise WeightsError(
            f"the class “{name}” has features {features.shape} and pictures {pictures.shape}, but (n, {FEATURES}) and "
            f"(n, {THUMBNAIL}, {THUMBNAIL}, 3) are wanted; {TRY}"
        )
    largest = float(np.abs(features).max(initial=0))
    if largest > LARGEST_FEATURE or pictures.min(initial=0) < 0 or pictures.max(initial=0) > 255:
        raise WeightsError(f"the class “{name}” has features or pixels that no picture has; {TRY}")
