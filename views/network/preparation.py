"""From a drawing or a photographed digit to what the network sees: crop, scale, centre, each of which can be left out.

With all three it is engine.mnist_digit, the treatment that MNIST's digits were given. A step that is left out hands on
what it got, at the place where it was: so an off-centre digit stays off-centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine.digits import FIELD_SIZE, area_shares, centre_of_mass, ink_bounding_box, scale_into_box
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
    whole = (0, 0, side, side)
    if not pad.any():
        return Prepared(pad, whole, pad, pad, (0, 0), np.zeros((FIELD_SIZE, FIELD_SIZE), np.float32))
    edges = ink_bounding_box(pad) if crop else whole
    top, left, bottom, right = edges
    cropped = pad[top:bottom, left:right]
    cells = side // FIELD_SIZE  # of the pad for one pixel of the field
    scaled = scale_into_box(cropped) if scale else _as_it_is(cropped, cells)
    middle = ((top + bottom) / (2 * cells), (left + right) / (2 * cells))
    place = _centred(scaled) if centre else _around(middle, scaled)
    field = np.zeros((FIELD_SIZE, FIELD_SIZE), np.float32)
    field[place[0] : place[0] + scaled.shape[0], place[1] : place[1] + scaled.shape[1]] = scaled
    return Prepared(pad, edges, cropped, scaled, place, field)


def moved(pad: np.ndarray, down: int, right: int) -> np.ndarray:
    """The pad with its ink moved by so many pixels of the field; what leaves it is lost. pad: (S, S) -> (S, S)."""
    cells = len(pad) // FIELD_SIZE
    shifted = np.zeros_like(pad)
    (to_rows, from_rows), (to_columns, from_columns) = (_slices(shift * cells, len(pad)) for shift in (down, right))
    shifted[to_rows, to_columns] = pad[from_rows, from_columns]
    return shifted


def as_input(field: np.ndarray, size: tuple[int, int], offset: float) -> np.ndarray:
    """The network's input: the field cut or framed about its middle, its offset added. (28, 28) -> (1, 1, *size)."""
    (top, bottom), (left, right) = (_cut(have, want) for have, want in zip(field.shape, size, strict=True))
    frame = [(max(0, -start), max(0, end - have)) for (start, end), have in zip(
        ((top, bottom), (left, right)), field.shape, strict=True
    )]  # fmt: skip
    framed = np.pad(field, frame)
    cut = framed[max(0, top) :, max(0, left) :][: size[0], : size[1]]
    return (cut + np.float32(offset))[np.newaxis, np.newaxis]


def _cut(have: int, want: int) -> tuple[int, int]:
    """From where to where, about the middle; below zero and beyond the end it is framed."""
    start = (have - want) // 2
    return start, start + want


def _slices(shift: int, size: int) -> tuple[slice, slice]:
    """Where moved rows go to and come from."""
    return slice(max(shift, 0), size + min(shift, 0)), slice(max(-shift, 0), size - max(shift, 0))


def _as_it_is(cropped: np.ndarray, cells: int) -> np.ndarray:
    """In pixels of the field, its size kept."""
    rows, columns = (max(1, int(size / cells + 0.5)) for size in cropped.shape)
    return np.asarray(area_shares(cropped.shape[0], rows) @ cropped @ area_shares(cropped.shape[1], columns).T)


def _centred(scaled: np.ndarray) -> tuple[int, int]:
    """Where it goes so that its ink balances in the field's middle."""
    row, column = centre_of_mass(scaled)
    return _place((FIELD_SIZE / 2 - row, FIELD_SIZE / 2 - column), scaled)


def _around(middle: tuple[float, float], scaled: np.ndarray) -> tuple[int, int]:
    """Where it goes so that its middle is there."""
    return _place((middle[0] - scaled.shape[0] / 2, middle[1] - scaled.shape[1] / 2), scaled)


def _place(corner: tuple[float, float], scaled: np.ndarray) -> tuple[int, int]:
    """The nearest whole place from which nothing sticks out of the field."""
    row, column = (
        int(np.clip(np.floor(at + 0.5), 0, FIELD_SIZE - size)) for at, size in zip(corner, scaled.shape, strict=True)
    )
    return row, column


def ink_of(digits: str) -> np.ndarray:
    """A drawing's cells. digits: as settings.Pad holds them, "" for none -> (56, 56) of 0 or 1."""
    packed = np.frombuffer(bytes.fromhex(digits), np.uint8) if digits else np.zeros(Pad.DIGITS // 2, np.uint8)
    return np.unpackbits(packed).reshape(Pad.SIDE, Pad.SIDE).astype(np.float64)


def digits_of(ink: np.ndarray) -> str:
    """Write a drawing. ink: (56, 56) of bool."""
    return np.packbits(ink).tobytes().hex() if ink.any() else ""
