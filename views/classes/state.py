"""What the classes view keeps besides its settings: the examples, and the classifier that was trained last."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...engine import WeightsError
from ...engine.shapes import Array
from ...engine.squeezenet import SIDE
from ...engine.weights import MOST_BYTES
from ..imagenet import FEATURES, features_of
from ..images import chosen_photo, drawing_of, own_picture
from ..reading import decoded, read
from ..settings import SettingError
from ..state import Download, State
from . import class_examples
from .class_examples import Examples, example_of
from .settings import FIRST_NAMES, ClassesSettings
from .training import Training, train


class ClassesState(State[ClassesSettings]):
    """The examples. Actions: open (weights and photographs are fetched now), add (the picture that is shown, to the class of
    that number), put (a picture file, {"class", "picture"}), remove (the example of that number), clear, save, load (base64).
    """

    actions = ("open", "add", "put", "remove", "clear", "save", "load")
    own: Examples | None = None  # None: those that the first names begin with

    def examples(self, settings: ClassesSettings) -> Examples:
        """The examples of the classes that there are. Those of a class that was taken away come back with it."""
        if self.own is None:
            return class_examples.first_examples(self.files) if settings.classes == FIRST_NAMES else ()
        return tuple(one for one in self.own if one.number < len(settings.class_names))

    def pixels(self, settings: ClassesSettings) -> np.ndarray:
        """The picture that is read. -> (224, 224, 3) uint8. Raises FileNeeded."""
        if settings.image != "drawing":
            return chosen_photo(settings.image, settings.picture, SIDE, self.files)
        ink = drawing_of(settings.drawing)
        block = SIDE // len(ink)
        paper = (255 - ink).astype(np.uint8).repeat(block, axis=0).repeat(block, axis=1)
        return np.repeat(paper[:, :, np.newaxis], 3, axis=2)

    def features(self, settings: ClassesSettings) -> Array:
        """What the frozen network makes of the picture. -> (512,)"""
        return features_of(self.pixels(settings), self.files)

    def training(self, settings: ClassesSettings) -> Training:
        """The classifier of these examples and settings, and how it came about."""
        own = self.examples(settings)
        rows = np.array([one.features for one in own], np.float32)
        return _trained(rows.tobytes(), tuple(one.number for one in own), len(settings.class_names), settings.descent)

    def _open(self, settings: ClassesSettings, value: Any) -> None:
        self.examples(settings), self.features(settings)

    def _add(self, settings: ClassesSettings, value: Any) -> list[str]:
        return self._append(settings, value, self.pixels(settings))

    def _put(self, settings: ClassesSettings, value: Any) -> list[str]:
        if not isinstance(value, Mapping):
            raise SettingError("an example must come with the number of its class and its picture")
        picture, _ = read(ClassesSettings, "picture", value.get("picture"))
        return self._append(settings, value.get("class"), own_picture(picture, SIDE))

    def _append(self, settings: ClassesSettings, number: Any, pixels: np.ndarray) -> list[str]:
        before, names = self.own_or_first(settings), settings.class_names
        number = class_examples.check_room(before, names, number)
        self.own = (*before, example_of(number, pixels, self.files))
        return [f"Example {sum(one.number == number for one in self.own)} of “{names[number]}” was added."]

    def own_or_first(self, settings: ClassesSettings) -> Examples:
        """All examples that are kept, those of classes taken away too."""
        return self.examples(settings) if self.own is None else self.own

    def _remove(self, settings: ClassesSettings, value: Any) -> list[str]:
        shown = self.examples(settings)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < len(shown):
            raise SettingError(f"there is no example {str(value)[:20]}; they go from 0 to {len(shown) - 1}")
        self.own = tuple(one for one in self.own_or_first(settings) if one is not shown[value])
        return [f"An example of “{settings.class_names[shown[value].number]}” was removed."]

    def _clear(self, settings: ClassesSettings, value: Any) -> list[str]:
        self.own = ()
        return ["All examples were removed. Add some to each class."]

    def _save(self, settings: ClassesSettings, value: Any) -> Download:
        data = class_examples.save(self.examples(settings), settings.class_names)
        return Download("my-classes.npz", "application/zip", data)

    def _load(self, settings: ClassesSettings, value: Any) -> list[str]:
        data = decoded(value)
        if data is None:
            raise SettingError("the file must come in base64; choose it again")
        if len(data) > MOST_BYTES:
            raise WeightsError(f"the file has {len(data):,} bytes, but {MOST_BYTES:,} are the most; {class_examples.TRY}")
        names, own = class_examples.load(data)
        self.own, settings.classes = own, ", ".join(names)
        return [f"{len(own)} examples of {settings.classes} were loaded."]


@lru_cache(maxsize=4)
def _trained(features: bytes, labels: tuple[int, ...], class_count: int, descent: Any) -> Training:
    """Whoever has the same examples and settings shares the training: it comes out the same. features: (N, 512) float32."""
    rows = np.frombuffer(features, np.float32).reshape(len(labels), FEATURES)
    return train(rows, np.array(labels, np.int64), class_count, descent)
