"""A checkpoint looked into: an example and 12 samples go forward, the example's gradient comes back, layer by layer.

The networks that are looked into are others than the one that is trained, so that looking disturbs nothing. Of each layer
the page gets maps, gradients and filters as mosaics, several times a second, so a byte a pixel must do: the screen has no
more colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import Conv2d, Dropout, Flatten, Layer, Linear, Network, ReLU, cross_entropy_backward, network_input, softmax
from ..trace import Sources, Texts
from .dataset import Dataset
from .run_history import Checkpoint
from .settings import NetworkChoice

SAMPLES = 12  # digits a page
MOST_ROWS = 14
MOST_MAPS = 16
MAPS_A_LINE = 8
CELLS_A_LINE = 20  # of a row of numbers
MOST_OUTPUTS, MOST_INPUTS = 40, 256  # of a weight matrix
LARGEST_SIDE = 40  # pixels of one map; of larger ones every second, third, ... is shown
GAP, ZERO, LARGEST = 0, 128, 127  # bytes: between maps; of the number 0; how far from it the largest magnitude is


@dataclass(frozen=True)
class Inspection:
    """What a checkpoint's network makes of some test digits. The first is the example, the others are the samples."""

    indices: list[int]  # of the test digits
    images: np.ndarray  # (13, 28, 28) uint8
    labels: np.ndarray  # (13,)
    probabilities: np.ndarray  # (13, 10)
    network: Network  # holds the example's activations and gradients, and the last batch's gradients of the parameters
    dead: dict[str, float]  # ReLU layer: the share of its cells that are 0 for each of the 13

    @property
    def predictions(self) -> np.ndarray:
        """The most probable classes. -> (13,)."""
        return np.asarray(self.probabilities.argmax(axis=1))


class Inspector:
    """Two networks of one choice, into which any checkpoint's weights are put: one for the example, one for the samples.

    A layer keeps its buffers for one size of batch, and only the example's gradient is needed.
    """

    def __init__(self, choice: NetworkChoice) -> None:
        self.choice = choice
        self.network, self._of_samples = (choice.build(np.random.default_rng(0)) for _ in range(2))

    def inspect(self, checkpoint: Checkpoint, dataset: Dataset, example: int, page: int) -> Inspection:
        """Send the digits through the checkpoint's network. Raises FileNeeded, DataError or OSError."""
        indices = [example, *range(SAMPLES * page, SAMPLES * (page + 1))]
        images, labels = dataset.test_digits(indices)
        network, others = self.network, self._of_samples
        for one in (network, others):
            one.vector[...] = checkpoint.vector
        logits = network.forward(network_input(images[:1], network))
        network.backward(cross_entropy_backward(logits, labels[:1]))
        network.gradient_vector[...] = checkpoint.gradient
        all_logits = np.concatenate([logits, others.forward(network_input(images[1:], others))])
        dead = {
            name: float(((out <= 0).all(axis=0) & (more <= 0).all(axis=0)).mean())
            for name, layer, out, more in zip(
                network.names, network.layers, network.activations[1:], others.activations[1:], strict=True
            )
            if isinstance(layer, ReLU)
        }
        return Inspection(indices, images, labels, softmax(all_logits), network, dead)


def layer_columns(inspection: Inspection, checkpoint: Checkpoint) -> Sources:
    """The source `layers`, and row_<r>_<picture> of what there is to be seen of each row."""
    network = inspection.network
    rows = [n for n, layer in enumerate([None, *network.layers]) if not isinstance(layer, (Flatten, Dropout))][:MOST_ROWS]
    facts = [_facts(n, inspection, checkpoint) for n in rows]
    mosaics = {f"row_{r}_{name}": mosaic for r, n in enumerate(rows) for name, mosaic in _mosaics(network, n).items()}
    return {
        "layers": {column: Texts.of([fact[column] for fact in facts]) for column in facts[0]},
        **{name: {"image": _bytes(mosaic)} for name, mosaic in mosaics.items()},
    }


def _mosaics(network: Network, n: int) -> dict[str, np.ndarray]:
    """The pictures of activation n and of the layer that made it. -> arrays (h, w), NaN between maps."""
    mosaics = {"activations": _maps(network.activations[n][0])}
    gradient = network.gradients[n]
    if gradient is not None:
        mosaics["gradients"] = _maps(gradient[0])
    layer = network.layers[n - 1] if n else None
    if layer and "weight" in layer.parameters:  # what branches hold has no picture here
        mosaics["filters"] = _filters(network, n - 1, layer.parameters["weight"])
        mosaics["filter_gradients"] = _filters(network, n - 1, layer.gradients["weight"])
    return mosaics


def _maps(values: np.ndarray) -> np.ndarray:
    """(C, H, W) as tiles, (n,) as lines of cells."""
    if values.ndim == 3:
        return _tiles(values[:MOST_MAPS], MAPS_A_LINE)
    return _tiles(values[: MOST_OUTPUTS * CELLS_A_LINE].reshape(-1, 1, 1), CELLS_A_LINE, gap=0)


def _filters(network: Network, n: int, weight: np.ndarray) -> np.ndarray:
    """The weights of layer n: a column a filter and a row a channel; a linear layer on pixels as images, else as matrix."""
    if weight.ndim == 4:
        shown = weight[:MOST_MAPS, :MOST_MAPS].transpose(1, 0, 2, 3)
        return _tiles(shown.reshape(-1, *weight.shape[2:]), shown.shape[1])
    before = [layer for layer in network.layers[:n] if not isinstance(layer, Dropout)]
    if before and all(isinstance(layer, Flatten) for layer in before):
        return _tiles(weight[:MOST_MAPS].reshape(-1, *network.input_shape[1:]), MAPS_A_LINE)
    return weight[:MOST_OUTPUTS, :MOST_INPUTS]


def _tiles(maps: np.ndarray, most: int, gap: int = 1) -> np.ndarray:
    """Maps side by side, at most so many a line, NaN between them. maps: (n, H, W) -> (h, w)."""
    every = -(-max(maps.shape[1:]) // LARGEST_SIDE)
    maps = maps[:, ::every, ::every]
    n, H, W = maps.shape
    across = min(n, most)
    down = -(-n // across)
    sheet = np.full((down, across, H + gap, W + gap), np.nan, np.float32)
    sheet.reshape(-1, H + gap, W + gap)[:n, :H, :W] = maps
    whole = sheet.transpose(0, 2, 1, 3).reshape(down * (H + gap), across * (W + gap))
    return np.asarray(whole[: down * (H + gap) - gap, : across * (W + gap) - gap])


def _bytes(mosaic: np.ndarray) -> np.ndarray:
    """Its own largest magnitude is LARGEST away from ZERO. (h, w), NaN for gaps -> (1, h, w) uint8."""
    limit = float(np.nanmax(np.abs(mosaic))) or 1.0
    values = ZERO + np.rint(mosaic * np.float32(LARGEST / limit))
    return np.expand_dims(np.nan_to_num(values, nan=GAP).astype(np.uint8), 0)


def _facts(n: int, inspection: Inspection, checkpoint: Checkpoint) -> dict[str, str]:
    """Activation n and the layer that made it in words and numbers; the digit itself is n = 0."""
    network = inspection.network
    layer, name = (network.layers[n - 1], network.names[n - 1]) if n else (None, "input")
    gradient, update = network.gradients[n], checkpoint.updates.get(name)
    has_weights = layer is not None and "weight" in layer.parameters
    return {
        "name": name,
        "text": layer.text if layer else "the digit",
        "shape": shape_text(network.shapes[n]),
        "arithmetic": _arithmetic(layer) if layer else "",
        "range": _range(network.activations[n][0]),
        "gradient_range": "" if gradient is None else _range(gradient[0]),
        "weight_range": _range(layer.parameters["weight"]) if layer and has_weights else "",
        "weight_gradient_range": _range(layer.gradients["weight"]) if layer and has_weights else "",
        "dead": f"{100 * inspection.dead[name]:.0f} %" if name in inspection.dead else "",
        "update": "" if update is None else f"{update:.1e}".replace("e-0", "e−").replace("e+0", "e"),
    }


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as 8×24×24."""
    return "×".join(map(str, shape))


def _arithmetic(layer: Layer) -> str:
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
