"""What the network view keeps besides its settings: the changed copy of a network, and where the digits are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...engine import SHARD_SIZE, TEST_COUNT, TRAIN_COUNT, Network, shard_of
from ..files import Files
from ..images import brightness, digit, digits_in
from ..networks import Networks
from ..reading import decoded
from ..reading import read as read_setting
from ..settings import Picture, SettingError
from ..state import State
from ..units.activations import read_unit, write_unit
from ..units.graph import find_layer, layer_names, layers_of
from .blocks import Blocks
from .columns import layers_with_weights
from .edits import edited, number, parameter, read_edit, read_edits, write_edits
from .preparation import as_input
from .settings import LONGEST_EDITS, NETWORKS, NetworkSettings
from .tracing import LARGEST_PICTURE, trace_ink

CHUNK = 250  # digits that go through the network at once


class NetworkState(State[NetworkSettings]):
    """The network as it is shown, and the actions: next, previous, only, edit, picture, load."""

    actions = ("next", "previous", "only", "edit", "picture", "load")

    def __init__(self, files: Files, networks: Networks) -> None:
        super().__init__(files, networks)
        self._base: Network | None = None
        self._edits: str | None = None
        self._blocks: dict[tuple[str, tuple[int, ...]], Blocks] = {}
        self._latest, self._latest_layers = "lenet5", ""

    def network(self, settings: NetworkSettings) -> Network:
        """The chosen network with the changes made. Raises FileNeeded."""
        base = self.networks.get(settings.network)
        if base is not self._base or settings.edits != self._edits:
            self._network = edited(base, read_edits(base, settings.edits))
            self._base, self._edits = base, settings.edits
        return self._network

    def blocks(self, network: Network) -> Blocks:
        """How that network is drawn."""
        key = network.text, tuple(network.input_shape)
        if key not in self._blocks:
            self._blocks[key] = Blocks.of(network)
        return self._blocks[key]

    def settle(self, settings: NetworkSettings) -> list[str]:
        """Choose another network if there is none of that name, and drop what this one has not. Returns notices.

        What is kept is written with this network's names of layers.
        """
        notices = []
        if not self.networks.has(settings.network):
            label = next(label for label, name in NETWORKS.items() if name == settings.network)
            how = "train one in the view “Train”" if settings.network == "trained" else "load a file first"
            notices.append(f"{label[:1].upper()}{label[1:]} is not there yet; {how}. The network stays as it was.")
            settings.network = self._latest
        base = self.networks.get(settings.network)
        for name, written in WRITTEN.items():
            try:
                if text := getattr(settings, name):
                    settings.put({name: written(base, text)})
            except SettingError as error:
                settings.put({name: ""})
                notices.append(f"{str(error)[:1].upper()}{str(error)[1:]}.")
        notices += self._settle_kernels(settings, base) + self._unknown_layers(settings, base)
        # Not before: whoever lacks a file comes again with the same event.
        self._latest, self._latest_layers = settings.network, settings.layers
        return notices

    def _unknown_layers(self, settings: NetworkSettings, base: Network) -> list[str]:
        """Say which of newly chosen layers this network does not have; another one may have them."""
        names = settings.layers.split(",") if settings.layers != self._latest_layers else []
        lost = [name[:24] for name in names if name and find_layer(base, name) is None]
        sentence = f"There is no layer {', '.join(lost)} in this network; its layers are {', '.join(layer_names(base))}."
        return [sentence] if lost else []

    def _settle_kernels(self, settings: NetworkSettings, base: Network) -> list[str]:
        """Keep the chosen layer's weights if this network has that layer, whatever the network before called it."""
        if settings.kernels == "none":
            return []
        layer = find_layer(base, settings.kernels)
        if layer is None and self._latest != settings.network:
            other = self.networks.get(self._latest)
            old = find_layer(other, settings.kernels)
            layer = None if old is None else find_layer(base, layers_of(other)[old].engine_name)
        kernels, all_layers = "none" if layer is None else layer_names(base)[layer], layers_with_weights(base)
        if kernels in all_layers:
            settings.put({"kernels": kernels})
            return []
        notice = f"This network has no weights in {settings.kernels}; its layers with weights are {', '.join(all_layers)}."
        settings.put({"kernels": "none"})
        return [notice]

    def digit(self, index: int) -> tuple[np.ndarray, int]:
        """Test digit `index`. -> (28, 28) of 0..1, its label. Raises FileNeeded."""
        pixels, label = digit(TRAIN_COUNT + index, self.files)
        return pixels / 255, label

    def _next(self, settings: NetworkSettings, value: Any) -> list[str]:
        return self._go(settings, settings.digit + 1, 1)

    def _previous(self, settings: NetworkSettings, value: Any) -> list[str]:
        return self._go(settings, settings.digit - 1, -1)

    def _only(self, settings: NetworkSettings, value: Any) -> list[str]:
        choice, notices = read_setting(NetworkSettings, "only", value)
        settings.change({"only": choice})
        return notices + (self._go(settings, settings.digit, 1) if value != "any" else [])

    def _go(self, settings: NetworkSettings, start: int, direction: int) -> list[str]:
        """Go to the nearest digit among those chosen from `start` on, beginning anew behind the last one."""
        settings.change({"image": "digit"})
        order = (start + direction * np.arange(TEST_COUNT)) % TEST_COUNT
        for indices in np.split(order, np.flatnonzero(np.diff(order // CHUNK)) + 1):  # each piece lies in one shard
            chosen = np.flatnonzero(self._is_chosen(settings, indices))
            if len(chosen):
                settings.digit = int(indices[chosen[0]])
                return []
        return ["This network reads all 10,000 test digits right."]

    def _is_chosen(self, settings: NetworkSettings, indices: np.ndarray) -> np.ndarray:
        """Which of these digits to go through. indices: (n,), of one shard -> (n,) of bool."""
        if settings.only == "any":
            return np.ones(len(indices), bool)
        images, labels = digits_in(f"mnist/{shard_of(TRAIN_COUNT + int(indices[0]))[0]}", self.files)
        at = indices % SHARD_SIZE
        if settings.only != "wrong":
            return np.asarray(labels[at] == int(settings.only))
        network = self.network(settings)
        _, rows, columns = network.input_shape
        fields = images[at] / np.float32(255)
        x = np.concatenate([as_input(field, (rows, columns), network.pixel_offset) for field in fields])
        return np.asarray(network.forward(x).argmax(axis=1) != labels[at])

    def _picture(self, settings: NetworkSettings, value: Any) -> list[str]:
        """Turn a picture into ink on the pad. value: see _read_pixels."""
        traced = trace_ink(brightness(_read_pixels(value)))
        settings.change({"image": "drawing", "drawing": traced.digits, "shift_down": 0, "shift_right": 0})
        return [traced.notice]

    def _edit(self, settings: NetworkSettings, value: Any) -> None:
        """Change one weight or switch one unit. value: {"place": "C1.weight[0,0,2,2]", "value": 0.5}, None takes it back."""
        if not isinstance(value, Mapping) or not isinstance(value.get("place"), str):
            raise SettingError("a change must come with its place, such as C1.weight[0,0,2,2]")
        base, place, new = self.networks.get(settings.network), value["place"], value.get("value")
        switch = ".off[" in place
        edit = read_edit(base, place if switch else f"{place}={number(0 if new is None else new):.6g}")
        others = [other for other in read_edits(base, settings.edits) if other.where != edit.where]
        back = new is None or new is False
        if edit.value is not None and not back:
            back = bool(np.isclose(parameter(base, edit)[edit.place], edit.value, rtol=1e-5))
        text = write_edits([*others, *([] if back else [edit])])
        if len(text) > LONGEST_EDITS:
            raise SettingError("there is no room for more changes in an address; take some back first")
        settings.edits = text

    def _load(self, settings: NetworkSettings, value: Any) -> list[str]:
        """Put the network of a file in. value: {"name": file name, "data": its bytes in base64}."""
        data = decoded(value.get("data")) if isinstance(value, Mapping) else None
        if data is None:
            raise SettingError("a weights file must come with its name and its bytes, in base64; choose it again")
        notices = self.networks.load(data)
        settings.change({"network": "loaded", "edits": "", "unit": ""})
        return notices


def _layers_written(network: Network, text: str) -> str:
    """Names of layers with commas between; what is none is left as it came."""
    names, parts = layer_names(network), [part.strip() for part in text.split(",")]
    return ",".join(part if (layer := find_layer(network, part)) is None else names[layer] for part in parts)


WRITTEN: dict[str, Callable[[Network, str], str]] = {  # by the setting: as this network writes it. Raise SettingError
    "unit": lambda network, text: write_unit(network, read_unit(network, text)),
    "edits": lambda network, text: write_edits(read_edits(network, text)),
    "layers": _layers_written,
}


def _read_pixels(value: Any) -> np.ndarray:
    """A picture: {"width", "height", "pixels": red, green, blue of each in base64}. -> (H, W, 3) uint8. Raises SettingError."""
    if isinstance(value, str):  # as large as a setting's
        value = {"width": Picture.SIDE, "height": Picture.SIDE, "pixels": value}
    its = value if isinstance(value, Mapping) else {}
    width, height, data = its.get("width", 0), its.get("height", 0), decoded(its.get("pixels"))
    fits = all(type(side) is int and 1 <= side <= LARGEST_PICTURE for side in (width, height))
    if data is None or not fits or len(data) != 3 * width * height:
        most = f"{LARGEST_PICTURE}×{LARGEST_PICTURE}"
        raise SettingError(f"the picture must come with its width, height and pixels, at most {most}; choose the file again")
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


assert TRAIN_COUNT % SHARD_SIZE == 0  # so that the test digits begin with a shard of their own
