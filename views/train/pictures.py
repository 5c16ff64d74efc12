"""What the train view shows of each layer: maps, gradients and filters as mosaics, and their numbers as words.

A picture goes to the page several times a second, so a byte a pixel must do: the screen has no more colours.
"""

from __future__ import annotations

import numpy as np

from ...engine import Conv2d, Dropout, Flatten, Layer, Linear, Network
from ..trace import Columns, Texts
from .look import Look
from .moments import Moment
from .words import size

MOST_ROWS = 14
MOST_MAPS = 16
MAPS_A_LINE = 8
CELLS_A_LINE = 20  # of a row of numbers
MOST_OUTPUTS, MOST_INPUTS = 40, 256  # of a weight matrix
LARGEST_SIDE = 40  # pixels of one map; of larger ones every second, third, ... is shown
WORDS = (
    "name", "text", "shape", "arithmetic", "range", "gradient_range", "weight_range", "weight_gradient_range", "dead", "update",
)  # fmt: skip
GAP, ZERO, LARGEST = 0, 128, 127  # bytes: between maps; of the number 0; how far from it the largest magnitude is


def layers(look: Look, moment: Moment) -> dict[str, Columns]:
    """The source `layers`, and row_<r>_<kind> of what there is to be seen of each row."""
    network = look.network
    rows = [n for n, layer in enumerate([None, *network.layers]) if not isinstance(layer, (Flatten, Dropout))][:MOST_ROWS]
    found: dict[str, Columns] = {"layers": _words(network, rows, look, moment)}
    for r, n in enumerate(rows):
        found |= {f"row_{r}_{kind}": {"image": _bytes(mosaic)} for kind, mosaic in _mosaics(network, n).items()}
    return found


def _mosaics(network: Network, n: int) -> dict[str, np.ndarray]:
    """The pictures of activation n and of the layer that made it. -> arrays (h, w), NaN between maps."""
    found = {"activations": _maps(network.activations[n][0])}
    gradient = network.gradients[n]
    if gradient is not None:
        found["gradients"] = _maps(gradient[0])
    layer = network.layers[n - 1] if n else None
    if layer and "weight" in layer.parameters:  # what branches hold has no picture here
        found["filters"] = _filters(network, n - 1, layer.parameters["weight"])
        found["filter_gradients"] = _filters(network, n - 1, layer.gradients["weight"])
    return found


def _maps(values: np.ndarray) -> np.ndarray:
    """(C, H, W) as tiles, (n,) as lines of cells."""
    if values.ndim == 3:
        return tiles(values[:MOST_MAPS], MAPS_A_LINE)
    return tiles(values[: MOST_OUTPUTS * CELLS_A_LINE].reshape(-1, 1, 1), CELLS_A_LINE, gap=0)


def _filters(network: Network, n: int, weight: np.ndarray) -> np.ndarray:
    """The weights of layer n: a column a filter and a row a channel; a linear layer on pixels as images, else as matrix."""
    if weight.ndim == 4:
        shown = weight[:MOST_MAPS, :MOST_MAPS].transpose(1, 0, 2, 3)
        return tiles(shown.reshape(-1, *weight.shape[2:]), shown.shape[1])
    before = [layer for layer in network.layers[:n] if not isinstance(layer, Dropout)]
    if before and all(isinstance(layer, Flatten) for layer in before):
        return tiles(weight[:MOST_MAPS].reshape(-1, *network.input_shape[1:]), MAPS_A_LINE)
    return weight[:MOST_OUTPUTS, :MOST_INPUTS]


def tiles(maps: np.ndarray, most: int, gap: int = 1) -> np.ndarray:
    """Maps side by side, at most so many a line, NaN between them. maps: (n, H, W) -> (h, w)."""
    every = -(-max(maps.shape[1:]) // LARGEST_SIDE)
    maps = maps[:, ::every, ::every]
    n, H, W = maps.shape
    across = min(n, most)
    down = -(-n // across)
    sheet = np.full((down, across, H + gap, W + gap), np.nan, np.float32)
    sheet.reshape(-1, H + gap, W + gap)[:n, :H, :W] = maps
    whole = sheet.transpose(0, 2, 1, 3).reshape(down * (H + gap), across * (W + gap))
    return whole[: down * (H + gap) - gap, : across * (W + gap) - gap]


def _bytes(mosaic: np.ndarray) -> np.ndarray:
    """Its own largest magnitude is LARGEST away from ZERO. (h, w), NaN for gaps -> (1, h, w) uint8."""
    limit = float(np.nanmax(np.abs(mosaic))) or 1.0
    values = ZERO + np.rint(mosaic * np.float32(LARGEST / limit))
    return np.nan_to_num(values, nan=GAP).astype(np.uint8)[np.newaxis]


def _words(network: Network, rows: list[int], look: Look, moment: Moment) -> Columns:
    columns: dict[str, list[str]] = {name: [] for name in WORDS}
    for n in rows:
        layer, name = (network.layers[n - 1], network.names[n - 1]) if n else (None, "input")
        gradient = network.gradients[n]
        weights = layer and layer.parameters.get("weight")
        update = moment.updates.get(name) if moment.step else None
        told = {
            "name": name,
            "text": layer.text if layer else "the digit",
            "shape": size(network.shapes[n]),
            "arithmetic": arithmetic(layer) if layer else "",
            "range": _range(network.activations[n][0]),
            "gradient_range": "" if gradient is None else _range(gradient[0]),
            "weight_range": "" if weights is None else _range(weights),
            "weight_gradient_range": "" if weights is None or not layer else _range(layer.gradients["weight"]),
            "dead": f"{100 * look.dead[name]:.0f} %" if name in look.dead else "",
            "update": "" if update is None else f"{update:.1e}".replace("e-0", "e−").replace("e+0", "e"),
        }
        for column, word in told.items():
            columns[column].append(word)
    return {column: Texts.of(words) for column, words in columns.items()}


def arithmetic(layer: Layer) -> str:
    """How many parameters a layer has, as ConvNetJS counts them: 5·5·1·8 + 8 = 208."""
    if isinstance(layer, Conv2d):
        filters, channels, *kernel = layer.parameters["weight"].shape
        count = layer.parameters["weight"].size + filters
        return f"{'·'.join(map(str, (*kernel, channels, filters)))} + {filters} = {count:,}"
    if isinstance(layer, Linear):
        outputs, inputs = layer.parameters["weight"].shape
        return f"{inputs:,}·{outputs} + {outputs} = {inputs * outputs + outputs:,}"
    count = sum(value.size for value in layer.parameters.values())
    return f"{count:,}" if count else ""


def _range(values: np.ndarray) -> str:
    return f"{_short(float(values.min()))} to {_short(float(values.max()))}"


def _short(value: float) -> str:
    """Two digits that count."""
    text = f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.1e}".replace("e-0", "e-")
    return text.replace("-", "−")
