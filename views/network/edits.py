"""Changes to a trained network: a weight or a bias set to a number, a unit or a whole feature map switched off.

Written as text, so that an address can hold them: C1.weight[3,0,2,2]=0.5;C3.bias[1]=0;C3.off[7];C5.off[5].
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...engine import Layer, Network
from ...engine.shapes import Array
from ..settings import SettingError
from ..units.graph import NamedLayer, find_layer, layer_names, layers_of

PATTERN = re.compile(r"([\w.]+)\.(weight|bias|off)\[(\d{1,5}(?:,\d{1,5}){0,3})\](?:=([-+.\de]{1,16}))?", re.ASCII)
LARGEST = 1000.0


@dataclass(frozen=True)
class Edit:
    """One change. value: the number, or None for what is switched off."""

    layer: str  # its name
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
    match = PATTERN.fullmatch(text.replace(" ", ""))
    if match is None:
        raise SettingError(f"{text[:40]!r} is not a change; write for example {_example(network)}")
    part, place = match[2], tuple(int(number) for number in match[3].split(","))
    names, layer = layer_names(network), find_layer(network, match[1])
    if not layer or layer + 1 == len(names):
        raise SettingError(f"there is no layer {match[1]!r} in this network; its layers are {', '.join(names[1:-1])}")
    shape = _shape(network, layers_of(network)[layer], part)
    whole_map = part == "off" and len(place) == 1 and len(shape) == 3  # of a feature map
    if (len(place) != len(shape) and not whole_map) or any(at >= size for at, size in zip(place, shape, strict=False)):
        last = ",".join(str(size - 1) for size in shape)
        raise SettingError(f"there is no {match[0]!r} in this network; {match[1]}.{part} goes up to [{last}]")
    if (part == "off") != (match[4] is None):
        raise SettingError(f"{match[0]!r} is not a change; write {match[1]}.{part}[…]{'' if part == 'off' else '=0.5'}")
    return Edit(names[layer], part, place, None if match[4] is None else number(match[4]))


def read_edits(network: Network, text: str) -> list[Edit]:
    """Read all changes of a setting; of two at one place the later one counts."""
    edits = [read_edit(network, part) for part in text.split(";") if part.strip()]
    return list({edit.where: edit for edit in edits}.values())


def write_edits(edits: Sequence[Edit]) -> str:
    """Write them as read_edits reads them."""
    return ";".join(edit.text for edit in edits)


def number(text: object) -> float:
    """A finite weight within ±1000. Raises SettingError."""
    try:
        value = float(str(text).strip().replace("−", "-").replace(",", ".", 1))  # a decimal comma
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST:
        raise SettingError(f"{str(text)[:24]!r} is not a weight; type a number from −1000 to 1000, such as 0.5")
    return value


def edited(network: Network, edits: Sequence[Edit]) -> Network:
    """A copy of the network with the changes made; the network itself stays as it is."""
    copy = network.copy()
    for edit in edits:
        if edit.value is not None:
            parameter(copy, edit)[edit.place] = edit.value
    for layer in layers_of(copy):
        off = [edit.place for edit in edits if edit.layer == layer.name and edit.part == "off"]
        if off and layer.made_by:
            _switch_off(layer.made_by, off)
    return copy


def parameter(network: Network, edit: Edit) -> Array:
    """The weights or the biases that an edit changes."""
    return layers_of(network)[layer_names(network).index(edit.layer)].parameters[edit.part]


def _switch_off(layer: Layer, places: Sequence[tuple[int, ...]]) -> None:
    """Make the layer give 0 at these places, and send no gradient through them."""
    forward, backward = layer.forward, layer.backward

    def silent_forward(x: Array) -> Array:
        return _zeroed(forward(x), places)

    def silent_backward(grad_out: Array, *, needs_grad_x: bool = True) -> Array | None:
        return backward(_zeroed(grad_out.copy(), places), needs_grad_x=needs_grad_x)

    layer.forward = silent_forward  # type: ignore[method-assign]
    layer.backward = silent_backward  # type: ignore[method-assign]


def _zeroed(batch: Array, places: Sequence[tuple[int, ...]]) -> Array:
    """The same array with zeros at these places of every image."""
    for place in places:
        everywhere: tuple[slice | int, ...] = (slice(None), *place)
        batch[everywhere] = 0
    return batch


def _shape(network: Network, layer: NamedLayer, part: str) -> tuple[int, ...]:
    if part == "off":
        return layer.shape
    if part not in layer.parameters:
        owners = [one.name for one in layers_of(network) if one.parameters]
        raise SettingError(f"{layer.name} has no {part}; only {', '.join(owners)} have")
    return layer.parameters[part].shape


def _example(network: Network) -> str:
    name = layer_names(network)[1]
    return f"{name}.weight[0,0,2,2]=0.5 or {name}.off[3]"
