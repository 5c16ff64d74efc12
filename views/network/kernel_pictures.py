"""The learned weights and biases of one layer as a picture.

A column of kernels for each filter, a row for each map that they read, the filters' biases below. Of a fully-connected layer
a row of the picture is one output, a column one input; the biases stand on the right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Network
from ..grid import limit_of, shade
from ..trace import Columns
from ..units.graph import layer_names, layers_of
from .columns import scale_facts
from .edits import Edit
from .settings import NetworkSettings

GAP = 1  # cells between kernels
FLATTEST = 3.6  # width / height of the picture; a flatter one is drawn with wider cells


@dataclass(frozen=True)
class KernelPicture:
    """A layer's weights and biases laid out in one picture. cells: (rows, columns), NaN between kernels."""

    name: str
    weight: np.ndarray
    bias: np.ndarray
    cells: np.ndarray

    def place(self, edit: Edit) -> tuple[int, int, int]:
        """Row, first column and width of a weight or a bias in the picture."""
        rows, columns = self.cells.shape
        if self.weight.ndim == 2:
            return (edit.place[0], columns - 1, 1) if edit.part == "bias" else (edit.place[0], edit.place[1], 1)
        kH, kW = self.weight.shape[2:]
        if edit.part == "bias":
            return rows - 1, edit.place[0] * (kW + GAP), kW
        f, c, k, m = edit.place
        return c * (kH + GAP) + k, f * (kW + GAP) + m, 1


def layers_with_weights(network: Network) -> list[str]:
    """The names of the layers that have a picture."""
    return [layer.name for layer in layers_of(network) if "weight" in layer.parameters]


def picture_of(network: Network, name: str) -> KernelPicture | None:
    """The picture of a layer; None if the network has no such layer."""
    if name not in layers_with_weights(network):
        return None
    parameters = layers_of(network)[layer_names(network).index(name)].parameters
    weight, bias = parameters["weight"], parameters["bias"]
    if weight.ndim == 2:
        gap = np.full((len(bias), GAP), np.nan, np.float32)
        return KernelPicture(name, weight, bias, np.hstack([weight, gap, bias[:, np.newaxis]]))
    F, C, kH, kW = weight.shape
    framed = np.full((F, C, kH + GAP, kW + GAP), np.nan, np.float32)
    framed[:, :, :kH, :kW] = weight
    kernels = framed.transpose(1, 2, 0, 3).reshape(C * (kH + GAP), -1)
    bars = np.full((F, kW + GAP), np.nan, np.float32)
    bars[:, :kW] = bias[:, np.newaxis]
    return KernelPicture(name, weight, bias, np.vstack([kernels, bars.reshape(1, -1)])[:, :-GAP])


def kernel_columns(network: Network, settings: NetworkSettings, edits: list[Edit]) -> tuple[dict[str, Columns], dict[str, str]]:
    """The sources kernels and kernel_edits, and the facts about them."""
    picture = None if settings.kernels == "none" else picture_of(network, settings.kernels)
    places = ("x", "y", "dw", "dh")
    if picture is None:
        empty: Columns = {name: np.zeros(0, np.float32) for name in places}
        nothing: Columns = {"image": np.zeros((0, 1, 1), np.float32), **empty}
        return {"kernels": nothing, "kernel_edits": empty}, {"kernels_hidden": "hidden"}
    rows, columns = picture.cells.shape
    limit = max(limit_of(picture.weight), limit_of(picture.bias))
    drawn: Columns = {
        "image": shade(picture.cells, limit)[np.newaxis],
        **{name: np.array([at], np.float32) for name, at in zip(places, (0, 0, 1, 1), strict=True)},
    }
    changed = [picture.place(edit) for edit in edits if edit.layer == picture.name and edit.part != "off"]
    down, across, wide = np.array(changed, np.float32).reshape(-1, 3).T
    frames = (across / columns, 1 - (down + 1) / rows, wide / columns, np.full(len(changed), 1 / rows))
    return {
        "kernels": drawn,
        "kernel_edits": {name: np.asarray(frame, np.float32) for name, frame in zip(places, frames, strict=True)},
        "kernel_values": {"value": picture.weight.astype(np.float32).ravel()},
        "kernel_biases": {"value": picture.bias.astype(np.float32)},
    }, {
        "kernels": _words(picture),
        "kernels_layer": picture.name,
        "kernels_gap": str(GAP),
        "kernels_shape": ",".join(map(str, picture.weight.shape)),
        "kernels_aspect": f"{min(columns / rows, FLATTEST):.4f}",
        **scale_facts("kernels", limit),
    }  # fmt: skip


def _words(picture: KernelPicture) -> str:
    shape = picture.weight.shape
    if len(shape) == 2:
        return f"{picture.name}: {shape[0]} outputs down, {shape[1]} inputs across, then the bias"
    kernels = f"{shape[2]}×{shape[3]}"
    several = "s" * (shape[1] > 1)
    return f"{picture.name}: {shape[0]} filters across, the {shape[1]} kernel{several} of each, {kernels}, down, then its bias"
