"""The learned weights of one layer as a picture: a column of kernels for each filter, a row for each map that they read.

Of a fully-connected layer a row of the picture is one output, a column one input.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Network
from ..grid import limit_of, shade
from ..numbers import write
from ..trace import Column
from .edits import Edit
from .settings import NetworkSettings
from .shown import titles

Columns = dict[str, Column]
GAP = 1  # cells between kernels
FLATTEST = 3.6  # width / height of the picture; a flatter one is drawn with wider cells


@dataclass(frozen=True)
class Picture:
    """A layer's weights laid out in one picture. cells: (rows, columns), NaN between kernels."""

    name: str
    weight: np.ndarray
    cells: np.ndarray

    def place(self, index: tuple[int, ...]) -> tuple[int, int]:
        """Row and column of a weight in the picture."""
        if len(index) == 2:
            return index[0], index[1]
        f, c, k, m = index
        return c * (self.weight.shape[2] + GAP) + k, f * (self.weight.shape[3] + GAP) + m


def picture_of(network: Network, name: str) -> Picture | None:
    """The picture of a layer; None if the network has no such layer."""
    if name not in network.names:
        return None
    weight = network.parameters()[f"{name}.weight"]
    if weight.ndim == 2:
        return Picture(name, weight, weight)
    F, C, kH, kW = weight.shape
    framed = np.full((F, C, kH + GAP, kW + GAP), np.nan, np.float32)
    framed[:, :, :kH, :kW] = weight
    return Picture(name, weight, framed.transpose(1, 2, 0, 3).reshape(C * (kH + GAP), -1)[:-GAP, :-GAP])


def kernel_columns(network: Network, settings: NetworkSettings, edits: list[Edit]) -> tuple[dict[str, Columns], dict[str, str]]:
    """The sources kernels and kernel_edits, and the facts about them."""
    picture = None if settings.kernels == "none" else picture_of(network, settings.kernels)
    places = ("x", "y", "dw", "dh")
    if picture is None:
        empty: Columns = {name: np.zeros(0, np.float32) for name in places}
        nothing: Columns = {"image": np.zeros((0, 1, 1), np.float32), **empty}
        return {"kernels": nothing, "kernel_edits": empty}, {"kernels_hidden": "hidden"}
    rows, columns = picture.cells.shape
    limit = limit_of(picture.weight)
    found: Columns = {
        "image": shade(picture.cells, limit)[np.newaxis],
        **{name: np.array([at], np.float32) for name, at in zip(places, (0, 0, 1, 1), strict=True)},
    }
    changed = [picture.place(edit.place) for edit in edits if (edit.layer, edit.part) == (picture.name, "weight")]
    down, across = np.array(changed, np.float32).reshape(-1, 2).T
    frames = (across / columns, 1 - (down + 1) / rows, np.full(len(changed), 1 / columns), np.full(len(changed), 1 / rows))
    title = titles(network)[network.names.index(picture.name) + 1]
    end = write(float(f"{limit:.3g}"))
    return {
        "kernels": found,
        "kernel_edits": {name: np.asarray(frame, np.float32) for name, frame in zip(places, frames, strict=True)},
        "kernel_values": {"value": picture.weight.astype(np.float32).ravel()},
    }, {
        "kernels": _words(picture, title),
        "kernels_layer": picture.name,
        "kernels_shape": ",".join(map(str, picture.weight.shape)),
        "kernels_aspect": f"{min(columns / rows, FLATTEST):.4f}",
        "kernels_low": f"−{end}", "kernels_high": end, "kernels_palette": "signed",
    }  # fmt: skip


def _words(picture: Picture, title: str) -> str:
    shape = picture.weight.shape
    if len(shape) == 2:
        return f"{title}: {shape[0]} outputs down, {shape[1]} inputs across"
    kernels = f"{shape[2]}×{shape[3]}"
    return f"{title}: {shape[0]} filters across, the {shape[1]} kernel{'s' * (shape[1] > 1)} of each, {kernels}, down"
