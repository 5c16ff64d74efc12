"""Changes to a trained network: a weight or a bias set to a number, a unit or a whole feature map switched off.

Written as text, so that an address can hold them: conv1.weight[3,0,2,2]=0.5;conv2.bias[1]=0;conv2.off[7];linear1.off[5].
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...engine import Layer, Network
from ..settings import SettingError

PATTERN = re.compile(r"(\w+)\.(weight|bias|off)\[(\d{1,5}(?:,\d{1,5}){0,3})\](?:=([-+.\de]{1,16}))?", re.ASCII)
LARGEST = 1000.0


@dataclass(frozen=True)
class Edit:
    """One change. value: the number, or None for what is switched off."""

    layer: str
    part: str  # weight, bias, off
    place: tuple[int, ...]
    value: float | None = None

    @property
    def where(self) -> str:
        """The change without its number."""
        return f"{self.layer}.{self.part}[{','.join(map(str, self.place))}]"

    @property
    def text(self) -> str:
        return self.where if self.value is None else f"{self.where}={self.value:.6g}"


def read_edit(network: Network, text: str) -> Edit:
    """Read one change. Raises SettingError if the network has no such place."""
    found = PATTERN.fullmatch(text.replace(" ", ""))
    if found is None:
        raise SettingError(f"{text[:40]!r} is no change; write for example conv1.weight[0,0,2,2]=0.5 or conv1.off[3]")
    layer, part, place = found[1], found[2], tuple(int(number) for number in found[3].split(","))
    if layer not in network.names:
        raise SettingError(f"there is no layer {layer!r} in this network; its layers are {', '.join(network.names)}")
    shape = _shape(network, layer, part)
    whole_map = part == "off" and len(place) == 1 and len(shape) == 3  # of a feature map
    if (len(place) != len(shape) and not whole_map) or any(at >= size for at, size in zip(place, shape, strict=False)):
        last = ",".join(str(size - 1) for size in shape)
        raise SettingError(f"there is no {found[0]!r} in this network; {layer}.{part} goes up to [{last}]")
    if (part == "off") != (found[4] is None):
        raise SettingError(f"{found[0]!r} is no change; write {layer}.{part}[…]{'' if part == 'off' else '=0.5'}")
    return Edit(layer, part, place, None if found[4] is None else number(found[4]))


def read_edits(network: Network, text: str) -> list[Edit]:
    """Read all changes of a setting; of two at one place the later one counts."""
    found = [read_edit(network, part) for part in text.split(";") if part.strip()]
    return list({edit.where: edit for edit in found}.values())


def write_edits(edits: Sequence[Edit]) -> str:
    """Write them as read_edits reads them."""
    return ";".join(edit.text for edit in edits)


def number(text: str) -> float:
    """A finite weight within ±1000. Raises SettingError."""
    try:
        value = float(str(text).strip().replace("−", "-"))
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST:
        raise SettingError(f"{str(text)[:24]!r} is no weight; type a number from −1000 to 1000, such as 0.5")
    return value


def edited(network: Network, edits: Sequence[Edit]) -> Network:
    """A copy of the network with the changes made; the network itself stays as it is."""
    copy = network.copy()
    parameters = copy.parameters()
    for edit in edits:
        if edit.value is not None:
            parameters[f"{edit.layer}.{edit.part}"][edit.place] = edit.value
    for name, layer in zip(copy.names, copy.layers, strict=True):
        off = [edit.place for edit in edits if edit.layer == name and edit.part == "off"]
        if off:
            _switch_off(layer, off)
    return copy


def _switch_off(layer: Layer, places: list[tuple[int, ...]]) -> None:
    """Make the layer give 0 at these places, and send no gradient through them."""

    def silent(compute: Callable[..., np.ndarray], given: bool) -> Callable[..., np.ndarray]:
        def masked(array: np.ndarray, **how: bool) -> np.ndarray:
            array = array.copy() if given else compute(array, **how)
            for place in places:
                array[(slice(None), *place)] = 0
            return compute(array, **how) if given else array

        return masked

    layer.forward = silent(layer.forward, given=False)  # type: ignore[method-assign]
    layer.backward = silent(layer.backward, given=True)  # type: ignore[method-assign]


def _shape(network: Network, layer: str, part: str) -> tuple[int, ...]:
    index = network.names.index(layer)
    if part == "off":
        return network.shapes[index + 1]
    parameters = network.layers[index].parameters
    if part not in parameters:
        raise SettingError(f"{layer} has no {part}; only the layers conv and linear have")
    return parameters[part].shape
