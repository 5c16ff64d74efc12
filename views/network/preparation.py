"""From a drawing or a photographed digit to what the network sees: crop, scale, centre, each of which can be left out.

With all three it is engine.mnist_digit, the treatment that MNIST's digits were given. A step that is left out hands on
what it got, at the place where it was: so an off-centre digit stays off-centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import centre_crop
from ...engine.digits import FIELD_SIZE, centre_of_mass, ink_bounding_box, put_in_field, resized, scale_into_box
from ..images import drawing_of
from ..units.activations import Edges
from .settings import Pad


@dataclass(frozen=True)
class Prepared:
    """What every step made of it; ink is 1, paper 0. edges: of what was kept of the pad; place: of `scaled` in the field."""

    pad: np.ndarray  # (S, S)
    edges: Edges
    cropped: np.ndarray  # (h, w)
    scaled: np.ndarray  # (r, c)
    place: tuple[int, int]
    field: np.ndarray  # (28, 28) float32: what goes into the network


def prepare(pad: np.ndarray, *, crop: bool, scale: bool, centre: bool) -> Prepared:
    """Send a pad through the steps. pad: (S, S) of 0..1, S = 28 or a multiple. An empty pad gives an empty field."""
    side = len(pad)
    edges = top, left, bottom, right = ink_bounding_box(pad) if crop and pad.any() else (0, 0, side, side)
    cropped = pad[top:bottom, left:right]
    if not pad.any():
        return Prepared(pad, edges, pad, pad, (0, 0), np.zeros((FIELD_SIZE, FIELD_SIZE), np.float32))
    cells = side // FIELD_SIZE  # of the pad for one pixel of the field
    kept = (max(1, int(size / cells + 0.5)) for size in cropped.shape)
    scaled = scale_into_box(cropped) if scale else resized(cropped, *kept)
    if centre:  # its ink balances in the field's middle
        row, column = (FIELD_SIZE / 2 - mass for mass in centre_of_mass(scaled))
    else:  # its middle stays where it is
        row, column = (top + bottom) / (2 * cells) - len(scaled) / 2, (left + right) / (2 * cells) - scaled.shape[1] / 2
    return Prepared(pad, edges, cropped, scaled, *put_in_field(scaled, row, column))


def moved(pad: np.ndarray, down: int, right: int) -> np.ndarray:
    """The pad with its ink moved by so many pixels of the field; what leaves it is lost. pad: (S, S) -> (S, S)."""
    (shifted,) = centre_crop(pad[np.newaxis], pad.shape, len(pad) // FIELD_SIZE * np.array([[down, right]]))
    return np.asarray(shifted)


def as_input(field: np.ndarray, size: tuple[int, int], offset: float) -> np.ndarray:
    """The network's input: the field cut or framed about its middle, its offset added. (28, 28) -> (1, 1, *size)."""
    return np.asarray(centre_crop(field[np.newaxis], size)[:, np.newaxis] + np.float32(offset))


def ink_of(digits: str) -> np.ndarray:
    """A drawing's cells. digits: as settings.Pad holds them, "" for none -> (56, 56) of 0 or 1."""
    return drawing_of(digits, Pad.SIDE) / 255


def digits_of(ink: np.ndarray) -> str:
    """Write a drawing. ink: (56, 56) of bool."""
    return np.packbits(ink).tobytes().hex() if ink.any() else ""
