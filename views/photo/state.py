"""What the photo view keeps besides its settings: the numbers of the photographs that were read last, and a sweep."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...engine import Network
from ...engine.shapes import Array
from ...engine.squeezenet import SIDE
from ..contributions import Contributions, Sweep, gradient_times_input
from ..files import Files
from ..imagenet import RUNNING, class_names, imagenet_network, photo_input
from ..images import chosen_photo
from ..networks import Networks
from ..settings import SettingError
from ..state import State
from ..units.activations import Activations, read_unit, write_unit
from ..units.graph import find_layer, layer_names
from .maps import MOST_OPEN
from .settings import PhotoSettings
from .where import covered_by, painted

NEWS_SECONDS = 0.4  # between two pictures of a sweep, at least
NOTHING = np.zeros((SIDE, SIDE), bool)  # covered


class PhotoState(State[PhotoSettings]):
    """The network and its numbers. Actions: open (the weights are fetched now), fold (a layer opens or closes), sweep (the
    grey square goes over the whole photograph; False stops it)."""

    actions = ("open", "fold", "sweep")
    clock = staticmethod(time.perf_counter)

    def __init__(self, files: Files, networks: Networks) -> None:
        super().__init__(files, networks)
        self._network: Network | None = None
        self._sweep: Sweep | None = None
        self._swept: tuple[str, ...] = ()  # the settings that it is for
        self._news_at = 0.0
        self.is_sweeping = False

    @property
    def busy(self) -> bool:
        """Whether a sweep goes on."""
        return self.is_sweeping

    def network(self) -> Network:
        """SqueezeNet. Raises FileNeeded."""
        self._network = self._network or imagenet_network(self.files)
        return self._network

    def photograph(self, settings: PhotoSettings) -> np.ndarray:
        """The photograph, nothing covered. -> (224, 224, 3) uint8. Raises FileNeeded."""
        return chosen_photo(settings.image, settings.picture, SIDE, self.files)

    def activations(self, settings: PhotoSettings) -> Activations:
        """Every number of the network for the photograph, of which a part may be covered."""
        pixels, covered = self.photograph(settings).tobytes(), covered_by(settings).tobytes()
        return _activations(self.network(), class_names(self.files), pixels, covered)

    def whole(self, settings: PhotoSettings) -> Scores:
        """The answer to the photograph with nothing covered."""
        return _scores(self.network(), class_names(self.files), self.photograph(settings).tobytes())

    def gradient(self, settings: PhotoSettings, chosen: int) -> Contributions:
        """What each pixel brings of a class's logit: gradient × input."""
        return _gradient(self.network(), self.photograph(settings).tobytes(), covered_by(settings).tobytes(), chosen)

    def sweep(self, settings: PhotoSettings) -> Sweep | None:
        """The sweep over this photograph with this square, if one was begun."""
        return self._sweep if self._swept == _sweep_settings(settings) else None

    def tick(self, settings: PhotoSettings) -> bool:
        """Cover one more place; whether a new picture is due. A sweep over what is not shown any more stands still."""
        sweep = self.sweep(settings)
        if sweep is None or settings.why != "occlusion":
            self.is_sweeping = False
            return False
        with RUNNING:
            sweep.step()
        self.is_sweeping = not sweep.is_done
        if self.is_sweeping and self.clock() < self._news_at + NEWS_SECONDS:
            return False
        self._news_at = self.clock()
        return True

    def halt(self, reason: str) -> None:
        """End the sweep."""
        self.is_sweeping = False

    def act(self, settings: PhotoSettings, name: str, value: Any) -> list[str]:
        """Do an action; see the class."""
        self.network()
        if name == "fold":
            return self._fold(settings, value)
        if name == "sweep":
            self._begin_sweep(settings, go_on=value is not False)
        return []

    def _begin_sweep(self, settings: PhotoSettings, *, go_on: bool) -> None:
        """Begin a sweep, go on with the one that was stopped, or stop it."""
        self.is_sweeping = False
        if not go_on:
            return
        settings.change({"why": "occlusion"})
        if self.sweep(settings) is None:
            x, patch = photo_input(self.photograph(settings), painted(settings.erased)), int(settings.patch)
            with RUNNING:
                self._sweep = Sweep(self.network(), x, patch, patch // 2, area=SIDE)
            self._swept = _sweep_settings(settings)
        self.is_sweeping = not (self._sweep is None or self._sweep.is_done)

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


def _sweep_settings(settings: PhotoSettings) -> tuple[str, ...]:
    """What a sweep depends on."""
    return settings.image, settings.picture, settings.erased, settings.patch


@dataclass(frozen=True)
class Scores:
    """An answer of the network. logits, probabilities: (1000,)."""

    logits: Array
    probabilities: Array


@lru_cache(maxsize=8)
def _scores(network: Network, names: tuple[str, ...], pixels: bytes) -> Scores:
    activations = _activations(network, names, pixels, NOTHING.tobytes())
    return Scores(activations.values[-2].copy(), activations.probabilities.copy())


@lru_cache(maxsize=2)  # of 26 MB each
def _activations(network: Network, names: tuple[str, ...], pixels: bytes, covered: bytes) -> Activations:
    """Read a photograph; whoever looks at the same one shares its numbers. pixels: (224, 224, 3) uint8, covered: (224, 224)
    bool, both as bytes."""
    x = _input_of(pixels, covered)
    with RUNNING:
        network.forward(x)
        return Activations.of(network, class_names=names)


@lru_cache(maxsize=4)
def _gradient(network: Network, pixels: bytes, covered: bytes, chosen: int) -> Contributions:
    x = _input_of(pixels, covered)
    with RUNNING:
        found = gradient_times_input(network, x, chosen)
    return Contributions(found.values[:SIDE, :SIDE], found.score, found.probability)  # the zeros below and right bring nothing


def _input_of(pixels: bytes, covered: bytes) -> Array:
    photo = np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE, 3)
    return photo_input(photo, np.frombuffer(covered, bool).reshape(SIDE, SIDE))
