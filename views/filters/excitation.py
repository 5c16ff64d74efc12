"""What excites a channel most: among pictures that there are, and the one that gradient ascent makes, piece by piece.

A search belongs to one layer of one network. Its networks have the layers up to that one only, and arrays of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...engine import Network, network_input, shard_of, squeezenet_input
from ...engine.maximisation import Maximisation, network_up_to
from ...engine.mnist import TRAIN_COUNT
from ...engine.shapes import Array
from ...engine.squeezenet import MEAN_PIXEL, SIDE
from ..files import Files
from ..imagenet import imagenet_network
from ..images import PHOTOS, digits_in, own_picture, photo
from ..networks import Networks
from ..units.activations import Edges, Unit
from ..units.graph import find_layer, layers_of
from ..units.kinds import edges_on
from .settings import LENET5, FiltersSettings

DIGITS = 400  # test digits that are looked through
AT_ONCE = 50  # digits at once
SHOWN = 12  # patches
PICTURES = 7  # pictures of an ascent, the first and the last among them


@dataclass(frozen=True)
class Strongest:
    """Where a channel of one picture is largest. values: (channels,), cells: (channels, 2), row and column in the map."""

    name: str
    values: Array
    cells: np.ndarray


@dataclass
class Survey:
    """The channels of one layer over the pictures looked through so far. network: up to that layer."""

    network: Network
    whole: Network
    layer: int
    maxima: dict[str, Strongest] = field(default_factory=dict)

    def read(self, names: Sequence[str], x: Array) -> None:
        """Look through some pictures. x: (N, C, H, W), as many as names"""
        out = self.network.forward(x)
        maps = out.reshape(len(out), out.shape[1], -1)
        places = maps.argmax(axis=2)
        values = np.take_along_axis(maps, places[:, :, np.newaxis], axis=2)[:, :, 0]
        width = out.shape[3] if out.ndim == 4 else 1
        for name, row, place in zip(names, values, places, strict=True):
            self.maxima[name] = Strongest(name, row.copy(), np.stack(np.divmod(place, width), axis=-1))

    def strongest(self, channel: int) -> list[Strongest]:
        """The pictures that excite a channel most, the first first."""
        order = sorted(self.maxima.values(), key=lambda one: -float(one.values[channel]))
        return order[:SHOWN]

    def window(self, one: Strongest, channel: int) -> Edges:
        """What the channel's strongest unit sees of that picture: its receptive field."""
        is_map = len(layers_of(self.whole)[self.layer].shape) == 3
        place = tuple(int(cell) for cell in one.cells[channel]) if is_map else ()
        return edges_on(self.whole, Unit(self.layer, (channel, *place)), 0)


@dataclass
class Climb:
    """A gradient ascent and the pictures of it that are kept. steps, values: of each picture; pictures: (H, W, 3) uint8"""

    maximisation: Maximisation
    milestones: np.ndarray  # the steps whose pictures are kept
    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    pictures: list[np.ndarray] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether it has made all its steps."""
        return self.maximisation.steps >= self.milestones[-1]

    def advance(self) -> bool:
        """Make a step; whether there is another picture to show."""
        self.maximisation.step()
        is_kept = self.maximisation.steps in self.milestones
        if is_kept:
            self.keep()
        return is_kept

    def keep(self) -> None:
        """Keep the picture as it is now."""
        maximisation = self.maximisation
        self.steps.append(maximisation.steps)
        self.values.append(maximisation.value)
        self.pictures.append(shown_pixels(maximisation.x[0], maximisation.low, maximisation.high, maximisation.margin))


def shown_pixels(x: Array, low: Array, high: Array, margin: int) -> np.ndarray:
    """What a network reads as one sees it. x: (3, H, W), blue first, or (1, H, W) -> (H, W, 3) uint8, without the margin"""
    levels = np.rint((x - low) / (high - low) * 255).astype(np.uint8)[:, : x.shape[1] - margin, : x.shape[2] - margin]
    colours = levels[::-1] if len(levels) == 3 else np.repeat(levels, 3, axis=0)
    return np.ascontiguousarray(colours.transpose(1, 2, 0))


def whole_network(settings: FiltersSettings, files: Files, networks: Networks) -> Network:
    """The network that is asked about. Raises FileNeeded."""
    return networks.get("lenet5") if settings.network == LENET5 else imagenet_network(files)


def new_survey(settings: FiltersSettings, whole: Network) -> Survey:
    """A survey of the layer, of no picture yet."""
    layer = find_layer(whole, settings.layer_name)
    assert layer is not None  # it is one of the choices
    return Survey(network_up_to(whole, layers_of(whole)[layer].engine_name), whole, layer)


def new_climb(settings: FiltersSettings, survey: Survey) -> Climb:
    """An ascent for the channel, with the noise that it begins with."""
    whole, name = survey.whole, layers_of(survey.whole)[survey.layer].engine_name
    is_digits = settings.network == LENET5
    mean = np.zeros(1) if is_digits else np.array(MEAN_PIXEL)
    largest, side = (1.0, 28) if is_digits else (255.0, int(settings.side))
    margin = 0 if is_digits else 1
    network = network_up_to(whole, name, (len(mean), side + margin, side + margin))
    shape = network.shapes[-1]
    cell = (shape[1] // 2, shape[2] // 2) if settings.target == "unit" and len(shape) == 3 else None
    low, high = whole.pixel_offset - mean, whole.pixel_offset + largest - mean
    maximisation = Maximisation(
        network, settings.channel, settings.ascent(largest), low, high, cell=cell, margin=margin
    )
    climb = Climb(maximisation, np.unique(np.rint(np.linspace(0, settings.updates, PICTURES)).astype(int)))
    climb.keep()
    return climb


def pool_names(settings: FiltersSettings) -> list[str]:
    """The pictures that are to be looked through, in order."""
    if settings.network == LENET5:
        return [f"digit {TRAIN_COUNT + n:,}" for n in range(DIGITS)]
    return [*(["yours"] if settings.picture else []), *PHOTOS]


def picture_path(settings: FiltersSettings, name: str) -> str:
    """The file that holds one of them."""
    return f"mnist/{shard_of(TRAIN_COUNT)[0]}" if settings.network == LENET5 else f"photos/{name}_{SIDE}.npy"


def pixels_of(settings: FiltersSettings, name: str, files: Files) -> np.ndarray:
    """One of them. -> (224, 224, 3) or (28, 28) uint8. Raises FileNeeded."""
    if settings.network == LENET5:
        number = int(name.removeprefix("digit ").replace(",", "")) - TRAIN_COUNT
        return np.asarray(digits_in(picture_path(settings, name), files)[0][number])
    return own_picture(settings.picture, SIDE) if name == "yours" else photo(name, SIDE, files)


def read_further(settings: FiltersSettings, survey: Survey, names: Sequence[str], files: Files) -> None:
    """Look through a photograph, or through some digits. Raises FileNeeded."""
    part = names[: AT_ONCE if settings.network == LENET5 else 1]
    pixels = [pixels_of(settings, name, files) for name in part]
    if settings.network == LENET5:
        survey.read(part, network_input(np.array(pixels), survey.whole))
    else:
        survey.read(part, squeezenet_input(pixels[0]))
