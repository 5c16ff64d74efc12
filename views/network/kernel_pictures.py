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
from .columns import floats, picture, scale_facts
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
    its = None if settings.kernels == "none" else picture_of(network, settings.kernels)
    if its is None:
        return {"kernels": picture(None), "kernel_edits": floats(x=[], y=[], dw=[], dh=[])}, {"kernels_hidden": "hidden"}
    rows, columns = its.cells.shape
    limit = max(limit_of(its.weight), limit_of(its.bias))
    changed = [its.place(edit) for edit in edits if edit.layer == its.name and edit.part != "off"]
    down, across, wide = np.array(changed, float).reshape(-1, 3).T
    return {
        "kernels": picture(shade(its.cells, limit)),
        "kernel_edits": floats(x=across / columns, y=1 - (down + 1) / rows, dw=wide / columns, dh=0 * down + 1 / rows),
        "kernel_values": floats(value=its.weight.ravel()),
        "kernel_biases": floats(value=its.bias),
    }, {
        "kernels": _words(its),
        "kernels_layer": its.name,
        "kernels_gap": str(GAP),
        "kernels_shape": ",".join(map(str, its.weight.shape)),
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
