"""What the photo view keeps besides its settings: the numbers of the photograph that was read last."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ...engine import Network, squeezenet_input
from ...engine.squeezenet import SIDE
from ..imagenet import RUNNING, imagenet_network
from ..images import chosen_photo
from ..settings import SettingError
from ..state import State
from ..units.activations import Activations, read_unit, write_unit
from ..units.graph import find_layer, layer_names
from .maps import MOST_OPEN
from .settings import PhotoSettings


class PhotoState(State[PhotoSettings]):
    """The network and its numbers. Actions: open (the weights are fetched now), fold (a layer opens or closes)."""

    actions = ("open", "fold")

    def network(self) -> Network:
        """SqueezeNet. Raises FileNeeded."""
        return imagenet_network(self.files)

    def pixels(self, settings: PhotoSettings) -> np.ndarray:
        """The photograph. -> (224, 224, 3) uint8. Raises FileNeeded."""
        return chosen_photo(settings.image, settings.picture, SIDE, self.files)

    def activations(self, settings: PhotoSettings) -> Activations:
        """Every number of the network for the photograph."""
        return _activations(self.network(), self.pixels(settings).tobytes())

    def act(self, settings: PhotoSettings, name: str, value: Any) -> list[str]:
        """Do an action; see the class."""
        if name == "fold":
            return self._fold(settings, value)
        self.network()
        return []

    def _fold(self, settings: PhotoSettings, value: Any) -> list[str]:
        """Open a layer, or close it if it is open; beyond MOST_OPEN the one that was opened first closes."""
        if not isinstance(value, str) or find_layer(self.network(), value) is None:
            raise SettingError("a layer must come by its name, such as conv1 or fire2.squeeze")
        names = settings.layers.split(",") if settings.layers else []
        names = [name for name in names if name != value] if value in names else [*names, value]
        settings.change({"layers": ",".join(names[-MOST_OPEN:])})
        closed = names[: max(0, len(names) - MOST_OPEN)]
        return [f"{closed[0]} was closed: {MOST_OPEN} layers are open at most."] if closed else []

    def settle(self, settings: PhotoSettings) -> list[str]:
        """Drop layers and a unit that the network has not. Returns notices."""
        notices = []
        for name, written in (("layers", _layers_written), ("unit", _unit_written)):
            try:
                if text := getattr(settings, name):
                    settings.put({name: written(self.network(), text)})
            except SettingError as error:
                settings.put({name: ""})
                notices.append(f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return notices


def _layers_written(network: Network, text: str) -> str:
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name == "input" or name not in layer_names(network):
            raise SettingError(f"there is no layer {name[:24]!r} with maps in this network; try conv1,fire2.squeeze")
    if len(names) > MOST_OPEN:
        raise SettingError(f"{len(names)} layers are to be open, but {MOST_OPEN} are the most")
    return ",".join(names)


def _unit_written(network: Network, text: str) -> str:
    return write_unit(network, read_unit(network, text))


@lru_cache(maxsize=2)
def _activations(network: Network, pixels: bytes) -> Activations:
    """Read a photograph; whoever looks at the same one shares its numbers. pixels: (224, 224, 3) uint8 as bytes"""
    x = squeezenet_input(np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE, 3))
    with RUNNING:
        network.forward(x)
        return Activations.of(network)
