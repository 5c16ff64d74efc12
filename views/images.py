"""The images that the views offer: the lecture's 7×7 example, every MNIST digit, and a few photographs. Pixels are 0..255.

A view lists them in its setting `image`, beside others of its own: "digit" with the settings `digit`, or the name of a
photograph with `size`. `stored_image` reads the chosen one and says what it is.
"""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine import DataError, read_shard, shard_of
from .files import Files
from .rules import Limit, Start
from .settings import Drawing, Picture

# Slides 31-53: the example image that the lecture convolves by hand.
LECTURE_IMAGE = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 1, 1, 1, 1, 1, 0],
        [0, 1, 0, 0, 1, 0, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 1, 1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ],
    dtype=np.float64,
)
PHOTOS = (  # static/data/photos/index.json says whose
    "astronaut", "brick", "camera", "cat", "coffee", "rocket",
    "arch", "baseball", "bear", "dragon", "goldfish", "koala", "lemur", "macaw", "moose", "mosque", "panda", "screwdriver",
)  # fmt: skip
MIDDLE_ROWS = {"32": 14, "64": 30, "128": 62, "224": 110}  # of a 3×3 kernel's output, by the size of a photograph
CHOICES = {"MNIST digit": "digit"} | {f"Photograph: {name}": name for name in PHOTOS}  # of a setting `image`
OWN = "own"  # the choice of the user's own picture
OWN_CHOICES = (OWN, "picture")  # as the convolution view has called it from the beginning
INK, GREY = "0 is empty, 255 is full ink", "0 is black, 255 is white"
Inflate = Callable[[bytes], tuple[np.ndarray, np.ndarray]]
inflate_once: Inflate = functools.lru_cache(maxsize=2)(read_shard)  # 2,500 digits for one take longer than convolving it
BRIGHTNESS = np.array([299, 587, 114])  # thousandths of red, green, blue: ITU-R BT.601


def stored_image(choice: str, number: int, size: int, files: Files) -> tuple[np.ndarray, str]:
    """MNIST digit `number` if that is the choice, else the photograph of that name in grey. -> (H, W), what it is."""
    if choice != "digit":
        return grey_photo(choice, size, files), f"A photograph in grey; {GREY}"
    pixels, label = digit(number, files)
    return pixels, f"MNIST digit {number:,}, labelled {label}; {INK}"


def digit(index: int, files: Files) -> tuple[np.ndarray, int]:
    """MNIST digit `index` and its label. -> (28, 28) float64 in 0..255, 0..9. Raises DataError if its shard is damaged."""
    name, position = shard_of(index)
    images, labels = digits_in(f"mnist/{name}", files, f" with digit {index:,}")
    return images[position].astype(np.float64), int(labels[position])


def digits_in(path: str, files: Files, about: str = "", inflate: Inflate = inflate_once) -> tuple[np.ndarray, np.ndarray]:
    """All digits of one file of MNIST: images (n, 28, 28), labels (n,), both uint8.

    Raises DataError if it is damaged; about: what the sentence says of the file. inflate: read_shard if nobody reads it again.
    """
    try:
        return inflate(files.read(path))
    except DataError as error:
        files.forget(path)
        raise DataError(f"the file {path}{about} is damaged: {error}") from None


def most_to_see(windows: np.ndarray, image: str) -> int:
    """The number of the window whose pixels differ most, the first one of them; of a user's, which may be a film, the middle.

    windows: (T, ...); image: the choice.
    """
    if image in OWN_CHOICES:
        return len(windows) // 2
    return int(np.ptp(windows.reshape(len(windows), -1), axis=1).argmax())


def photo(name: str, size: int, files: Files) -> np.ndarray:
    """A photograph in its colours. -> (size, size, 3) uint8. Raises DataError if its file is damaged."""
    return _photo(name, size, files)[0]


def grey_photo(name: str, size: int, files: Files) -> np.ndarray:
    """The brightness of a photograph. -> (size, size) float64, whole numbers in 0..255. Raises DataError if damaged."""
    return _photo(name, size, files)[1]


def _photo(name: str, size: int, files: Files) -> tuple[np.ndarray, np.ndarray]:
    path = f"photos/{name}_{size}.npy"
    try:
        return _read_photo(files.read(path), size)
    except (ValueError, EOFError) as error:
        files.forget(path)
        raise DataError(f"the file {path} is damaged: {error}; load the page again to fetch it anew") from None


@functools.lru_cache(maxsize=4)  # the kernel changes more often than the photograph
def _read_photo(data: bytes, size: int) -> tuple[np.ndarray, np.ndarray]:
    """A photograph in its colours and in grey, for many readers."""
    stream = io.BytesIO(data)
    pixels: np.ndarray = np.load(stream, allow_pickle=False)
    if pixels.shape != (size, size, 3) or pixels.dtype != np.uint8 or stream.read():
        raise ValueError(f"it should hold {size}×{size}×3 bytes and no more")
    grey = brightness(pixels)
    for shared in (pixels, grey):
        shared.flags.writeable = False
    return pixels, grey


def brightness(pixels: np.ndarray) -> np.ndarray:
    """Grey from colour. pixels: (H, W, 3) uint8 -> (H, W) float64, whole numbers, so that every machine rounds alike."""
    grey: np.ndarray = ((pixels.astype(np.int64) * BRIGHTNESS).sum(axis=2) + 500) // 1000 * 1.0
    return grey


def chosen_photo(choice: str, own: str, size: int, files: Files) -> np.ndarray:
    """The user's own picture if that is the choice, else the photograph of that name. -> (size, size, 3) uint8."""
    return own_picture(own, size) if choice == OWN else photo(choice, size, files)


def own_picture(pixels: str, side: int = Picture.SIDE) -> np.ndarray:
    """The user's own picture (see settings.Picture); black if there is none yet. -> (side, side, 3) uint8."""
    data = base64.b64decode(pixels) or bytes(side * side * 3)
    return np.frombuffer(data, np.uint8).reshape(side, side, 3)


def own_grey(pixels: str, size: int) -> tuple[np.ndarray, str]:
    """The brightness of the user's own picture; of fewer pixels each is the mean of a square. -> (size, size), what it is."""
    side = Picture.SIDE
    block = side // size
    sums = brightness(own_picture(pixels)).reshape(size, block, size, block).sum(axis=(1, 3))
    return (sums + block**2 // 2) // block**2, f"Your picture in grey; {GREY}"


def own_size(own: str) -> Start:
    """A rule: the user's own picture starts with all its pixels. own: its choice in the setting `image`."""
    return Start("size", ("image",), value=lambda settings: str(Picture.SIDE) if settings.image == own else settings.size)


def own_size_limit(own: str) -> Limit:
    """A rule: it has no more pixels than that."""

    def bring_back(settings: Any) -> str:
        if settings.image != own or int(settings.size) <= Picture.SIDE:
            return ""
        settings.size, asked = str(Picture.SIDE), settings.size
        return f"Your picture has {Picture.SIDE}×{Picture.SIDE} pixels: {asked} became {Picture.SIDE}."

    return Limit("size", ("image",), bring_back)


def drawing_of(bits: str, side: int = Drawing.SIDE) -> np.ndarray:
    """A drawing from its hexadecimal digits (see settings.Drawing). -> (side, side) float64, 0 or 255."""
    packed = np.frombuffer(bytes.fromhex(bits), np.uint8) if bits else np.zeros(side * side // 8, np.uint8)
    return np.unpackbits(packed).reshape(side, side) * 255.0
