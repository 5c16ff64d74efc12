"""Arrays and pictures of the user's own as settings of a view: where the view looks for them, in the range that it takes.

Taken is whatever NumPy can make an array of: arrays of any real type, lists and tuples, pandas tables, tensors, PIL pictures.
What is done to one on the way (scaled, cropped) is said in a sentence.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import param

from ..engine.digits import resized
from ..views.network.tracing import trace_ink
from ..views.session import LESSONS
from ..views.settings import Drawing, Matrix, Picture, SettingError
from ..views.settings import Settings as ViewSettings

LEAST_SIDE = 24  # pixels of a picture; what is smaller is a matrix of numbers, or a mistake
MOST_CHANNELS = 4
LARGEST_16_BITS = 65_535.0
PLAIN = (str, bytes, bool, int, float, type(None), Mapping)


class OwnArrays:
    """Settings in which arrays may stand for some values; `settings` has them as the view takes them, `notes` what was done."""

    def __init__(self, view: str, settings: Mapping[str, Any]) -> None:
        self.view = view
        self.notes: list[str] = []
        kind: type[ViewSettings] = LESSONS[view].Settings
        self._parameters = {name: kind.param[name] for name in kind.names()}
        self.settings: dict[str, Any] = {}
        for name, value in settings.items():
            self.settings |= {name: value} if isinstance(value, PLAIN) else self._placed(name, value)

    def _placed(self, name: str, value: Any) -> dict[str, Any]:
        """The settings that hold this array."""
        array = as_array(value, name)
        parameter = self._parameters.get(name)
        if name == "kernel" and "weights" in self._parameters and isinstance(parameter, param.Selector):
            return {"kernel": "custom", "weights": _rows(array)}
        if isinstance(parameter, Matrix):
            return {name: _rows(array)}
        if name == "image":
            return self._image(array)
        taken = [known for known, one in self._parameters.items() if isinstance(one, Matrix)]
        also = ", ".join((["image"] if "image" in self._parameters else []) + taken) or "none"
        raise SettingError(f"the view {self.view} takes no array for {name}; those that may be arrays: {also}")

    def _image(self, array: np.ndarray) -> dict[str, Any]:
        """An image: as numbers if it is small, as ink if the view draws, else as a picture."""
        cells, drawing, picture = (self._parameters.get(name) for name in ("cells", "drawing", "picture"))
        most = cells.most_cells if isinstance(cells, Matrix) else None
        if most and array.ndim == 2 and max(array.shape) <= most:
            return {"image": "custom" if self.view == "detective" else "lecture", "cells": _rows(array)}
        if self.view == "rgb" and (small := _channels_first(array)) is not None and small.shape == (3, 5, 5):
            named = zip(("red", "green", "blue"), small, strict=True)
            return {"preset": "cs231n"} | {f"input_{name}": _rows(channel) for name, channel in named}
        if isinstance(drawing, Drawing) and not isinstance(picture, Picture):
            traced = trace_ink(self._pixels(array).mean(axis=2))
            self.notes.append(traced.notice)
            return {"image": "drawing", "drawing": traced.digits}
        if isinstance(drawing, Drawing) and array.shape == (drawing.SIDE,) * 2 and len(np.unique(array)) <= 2:
            return {"image": "drawing", "drawing": np.packbits(array.ravel() > array.min()).tobytes().hex()}
        if isinstance(picture, Picture):
            own = {"preset": "lecture"} if self.view == "rgb" else {}
            choice = "picture" if self.view == "convolution" else "own"
            return own | {"image": choice, "picture": self._square(self._pixels(array), picture.side)}
        numbers = f"up to {most}×{most} numbers" if most else "no image of one's own; its numbers are settings of their own"
        raise SettingError(f"the image has the shape {array.shape}; the view {self.view} takes {numbers}")

    def _pixels(self, array: np.ndarray) -> np.ndarray:
        """A picture in 0..255. -> (H, W, 3) float64."""
        found = array
        while found.ndim > 2 and found.shape[0] == 1 and found.shape[-1] not in (3, MOST_CHANNELS):
            found = found[0]
        if found.ndim == 3 and found.shape[2] > MOST_CHANNELS and found.shape[0] <= MOST_CHANNELS:
            found = found.transpose(1, 2, 0)
            self.notes.append(f"The shape {array.shape} was read as channels, rows, columns.")
        is_picture = found.ndim == 2 or (found.ndim == 3 and found.shape[2] in (1, 3, MOST_CHANNELS))
        if not is_picture or min(found.shape[:2]) < LEAST_SIDE:
            raise SettingError(
                f"the image has the shape {array.shape}; a picture has rows and columns, at least {LEAST_SIDE} of each, and 1, "
                f"3 or 4 channels before or after them, such as (128, 128) or (128, 128, 3){self._about_numbers()}"
            )
        scaled = self._in_range(found.reshape(*found.shape[:2], -1))
        if scaled.shape[2] == MOST_CHANNELS:  # the last one tells how opaque it is: paper shines through
            opaque = scaled[..., 3:] / 255
            scaled = scaled[..., :3] * opaque + 255 * (1 - opaque)
        return np.repeat(scaled, 3, axis=2) if scaled.shape[2] == 1 else scaled

    def _about_numbers(self) -> str:
        cells = self._parameters.get("cells")
        most = cells.most_cells if isinstance(cells, Matrix) else None
        return f". An array of up to {most}×{most} is taken as numbers" if most else ""

    def _in_range(self, values: np.ndarray) -> np.ndarray:
        """Values in 0..255, as their type and their range tell."""
        low, high = float(values.min()), float(values.max())
        if values.dtype == np.uint16:
            self.notes.append("The 16 bits of its pixels were scaled to 0..255.")
            return values * (255 / LARGEST_16_BITS)
        values = values.astype(np.float64)
        if low >= 0 and high <= 1:
            self.notes.append("Its values, from 0 to 1, were multiplied by 255.")
            return values * 255
        if low >= 0 and high <= 255:
            return values
        ends = (-1.0, 1.0) if low >= -1 and high <= 1 else (low, high)
        self.notes.append(f"Its values, from {ends[0]:g} to {ends[1]:g}, were scaled to 0..255.")
        scaled: np.ndarray = (values - ends[0]) * (255 / (ends[1] - ends[0]))
        return scaled

    def _square(self, pixels: np.ndarray, side: int) -> str:
        """The largest square in the middle, its pixels averaged to so many a side; in base64."""
        H, W, _ = pixels.shape
        least = min(H, W)
        top, left = (H - least) // 2, (W - least) // 2
        square = pixels[top : top + least, left : left + least]
        if H != W:
            self.notes.append(f"Of its {H}×{W} pixels the middle {least}×{least} are taken.")
        if least != side:
            self.notes.append(
                f"Their {least}×{least} pixels were {'averaged' if least > side else 'enlarged'} to {side}×{side}."
            )
            square = np.stack([resized(square[..., c], side, side) for c in range(3)], axis=2)
        return base64.b64encode(np.rint(square).clip(0, 255).astype(np.uint8).tobytes()).decode()


def as_array(value: Any, name: str) -> np.ndarray:
    """Whatever NumPy can make an array of finite real numbers of. name: what the sentence calls it. Raises SettingError."""
    if hasattr(value, "detach"):  # a tensor that a gradient is kept for, perhaps on another device
        value = value.detach().cpu()
    if hasattr(value, "convert") and getattr(value, "mode", "") not in ("L", "RGB", "RGBA", "F", "I", "I;16"):
        value = value.convert("L" if value.mode == "1" else "RGBA")  # a PIL picture with a palette and the like
    try:
        array = np.asarray(value)
        array = array.astype(np.float64) if array.dtype == object else array
    except (TypeError, ValueError, RuntimeError) as error:
        raise SettingError(f"the {name} cannot be read as an array ({error}); give rows of equal length") from None
    if array.dtype.kind not in "buif":
        raise SettingError(f"the {name} is an array of the type {array.dtype}; real numbers are wanted")
    if not array.size or not np.isfinite(array).all():
        what = "holds numbers that are not finite (NaN or inf)" if array.size else f"is empty, of the shape {array.shape}"
        raise SettingError(f"the {name} {what}; give finite numbers")
    return array


def _channels_first(array: np.ndarray) -> np.ndarray | None:
    """An image of three small channels, however its axes stand. -> (3, H, W)."""
    if array.ndim != 3 or 3 not in (array.shape[0], array.shape[2]):
        return None
    return array if array.shape[0] == 3 else array.transpose(2, 0, 1)


def _rows(values: np.ndarray | Sequence[Any]) -> list[list[float]]:
    array = np.asarray(values)
    array = array[np.newaxis] if array.ndim == 1 else array
    if array.ndim != 2:
        raise SettingError(f"the array has {array.ndim} dimensions; rows and columns are wanted, such as [[0, 1], [1, 0]]")
    return [[float(cell) for cell in row] for row in array]
