"""SqueezeNet 1.1 (Iandola et al., 2016): a thousand classes with 1,235,496 parameters, a fiftieth of AlexNet's, as accurate.

    a fire module:  squeeze 1×1 -> ReLU -> [expand 1×1 -> ReLU | expand 3×3 pad 1 -> ReLU] -> concatenated along the channels

The squeeze leaves few channels, so that the 3×3 filters have few kernels each. There is no linear layer: conv10 makes one map
for each class, and the logit of a class is the mean of its map.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .layer_specs import LayerSpec, Shape
from .network import Network
from .network_text import parse_layers
from .shapes import Array, ShapeError

SIDE = 224  # of a photograph, in pixels
INPUT_SHAPE: Shape = (3, SIDE + 1, SIDE + 1)  # blue, green, red; one row and column of zeros at the lower right
MEAN_PIXEL = (104.006, 116.669, 122.679)  # blue, green, red: the mean of ImageNet's training pixels
CLASSES = 1000
POOL = "maxpool 3 stride 2"


def fire(squeeze: int, expand: int) -> str:
    """The text of a fire module. squeeze, expand: filters of 1×1, and of each of the two branches behind them."""
    return f"conv {squeeze} 1x1 / relu / concat(conv {expand} 1x1 / relu | conv {expand} 3x3 pad 1 / relu)"


SQUEEZENET = " / ".join([
    "conv 64 3x3 stride 2 / relu", POOL,
    fire(16, 64), fire(16, 64), POOL,
    fire(32, 128), fire(32, 128), POOL,
    fire(48, 192), fire(48, 192), fire(64, 256), fire(64, 256),
    f"conv {CLASSES} 1x1 / globalavgpool",
])  # fmt: skip


def squeezenet_specs() -> tuple[LayerSpec, ...]:
    """The specifications of all layers, in order."""
    return parse_layers(SQUEEZENET, INPUT_SHAPE)


def squeezenet(rng: np.random.Generator, *, dtype: npt.DTypeLike = np.float32) -> Network:
    """The network with fresh weights. (3, 225, 225) -> 1,000 logits; 1,235,496 parameters."""
    return Network.from_specs(squeezenet_specs(), INPUT_SHAPE, rng, dtype=dtype)


def squeezenet_input(photo: npt.NDArray[np.uint8] | Array) -> Array:
    """A photograph as the network sees it: blue, green, red, each less its mean, a row and a column of zeros below and right.

    photo: (224, 224, 3) of 0..255, red, green, blue -> (1, 3, 225, 225) float32. The zeros are those of conv1's padding.
    """
    if photo.shape != (SIDE, SIDE, 3):
        raise ShapeError(
            f"the photograph has shape {photo.shape}, but ({SIDE}, {SIDE}, 3) is wanted: rows, columns, and red, green, "
            "blue; cut it to a square and scale it"
        )
    x = np.zeros((1, *INPUT_SHAPE), np.float32)
    x[0, :, :SIDE, :SIDE] = photo[:, :, ::-1].transpose(2, 0, 1) - np.array(MEAN_PIXEL, np.float32)[:, np.newaxis, np.newaxis]
    return x
