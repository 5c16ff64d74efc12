"""The sources of the small drawings: the pad, the strip of its preparation, the ten probabilities, and learned weights.

The weights and biases of a layer are one picture: a column of kernels for each filter, a row for each map that they read,
the filters' biases below. Of a fully-connected layer a row of the picture is one output, a column one input; the biases
stand on the right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Network
from ..grid import Coordinates, floats, limit_of, shade
from ..numbers import percent, write_limit
from ..pointing import pointing_at_all
from ..trace import Columns, Sources, Texts
from ..units.graph import layer_names, layers_of
from .edits import Edit
from .preparation import Prepared
from .settings import NetworkSettings

STRIP_SIDE = 0.235  # of a picture in the strip of preparation
STRIP_ASPECT = 3.6  # width / height
GAP = 1  # cells between kernels
NOTHING = floats(x=np.zeros(0), y=0, dw=0, dh=0)  # no rectangles by their corners
FLATTEST = 3.6  # width / height of the weights; a flatter picture is drawn with wider cells


def picture(values: np.ndarray | None) -> Columns:
    """One image that fills the unit square, or no image. values: (H, W) of −1..1."""
    if values is None:
        return {"image": np.zeros((0, 1, 1), np.float32), **NOTHING}
    return {"image": values[np.newaxis].astype(np.float32), **floats(x=np.zeros(1), y=0, dw=1, dh=1)}


def scale_facts(part: str, limit: float) -> dict[str, str]:
    """The facts about a colour scale that stands below the drawing `part`."""
    end = write_limit(limit)
    return {f"{part}_low": f"−{end}", f"{part}_high": end, f"{part}_palette": "signed"}


def pad(prepared: Prepared, *, cropped: bool) -> Sources:
    """The pad, and a frame around what is cut out of it, if it is."""
    top, left, bottom, right = np.array([prepared.edges] * cropped).reshape(-1, 4).T / len(prepared.pad)
    frame = floats(x=(left + right) / 2, y=1 - (top + bottom) / 2, w=right - left, h=bottom - top)
    return {"pad": picture(prepared.pad), "pad_box": frame}


def strip(prepared: Prepared) -> Sources:
    """The four pictures of the preparation, beside each other, each as large as its share of the last one's pixels."""
    images = [prepared.pad, prepared.cropped, prepared.scaled, prepared.field]
    rows, columns = np.array([image.shape for image in images], np.int32).T
    whole = np.array([len(prepared.pad)] * 2 + [len(prepared.field)] * 2)
    width, height = STRIP_SIDE, STRIP_SIDE * STRIP_ASPECT
    w, h, middles = columns / whole * width, rows / whole * height, (np.arange(4) + 0.5) / 4
    return {
        "strip": {
            "image": np.concatenate([image.ravel() for image in images]).astype(np.float32),
            "image_rows": rows.copy(), "image_columns": columns.copy(), **floats(x=middles - w / 2, y=0.5 - h / 2, dw=w, dh=h),
        },
        "strip_frames": floats(x=middles - width / 2, y=0.5 - height / 2, dw=width, dh=height),
    }  # fmt: skip


def bars(probabilities: np.ndarray) -> Sources:
    """One bar a class, the largest in another source so that it has another colour."""
    count, classes = len(probabilities), np.arange(len(probabilities), dtype=np.int32)
    x, best = (classes + 0.5) / count, classes == probabilities.argmax()

    def some(which: np.ndarray) -> Coordinates:
        return floats(x=x[which], width=0.74 / count, top=probabilities[which], bottom=0)

    percents, names = Texts.of([percent(share) for share in probabilities.tolist()]), Texts.of([str(n) for n in range(count)])
    return {
        "bars": some(~best),
        "best_bar": some(best),
        "bar_labels": {**floats(x=x, top=probabilities, size=0.03, shade=0), "text": percents},
        "classes": {**floats(x=x, y=-0.17, size=0.046, shade=0), "text": names},
        "probabilities": {"row": 0 * classes, "column": classes, **floats(value=probabilities)},
        "probability_boxes": pointing_at_all("probabilities", "Probability"),
    }


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


def kernels(network: Network, settings: NetworkSettings, edits: list[Edit]) -> tuple[Sources, dict[str, str]]:
    """The sources kernels and kernel_edits, and the facts about them."""
    its = None if settings.kernels == "none" else picture_of(network, settings.kernels)
    if its is None:
        return {"kernels": picture(None), "kernel_edits": NOTHING}, {"kernels_hidden": "hidden"}
    rows, columns = its.cells.shape
    limit = max(limit_of(its.weight), limit_of(its.bias))
    changed = [its.place(edit) for edit in edits if edit.layer == its.name and edit.part != "off"]
    down, across, wide = np.array(changed, float).reshape(-1, 3).T
    return {
        "kernels": picture(shade(its.cells, limit)),
        "kernel_edits": floats(x=across / columns, y=1 - (down + 1) / rows, dw=wide / columns, dh=1 / rows),
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
