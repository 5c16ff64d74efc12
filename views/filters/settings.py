"""The controls of the filters view, which are also its URL."""

from __future__ import annotations

import json

import param

from ...engine import Network
from ...engine.maximisation import Ascent
from ...engine.squeezenet import CLASSES, SIDE
from ..rules import Start
from ..settings import Choice, Picture, Settings
from ..units.activations import Activations, Unit

FIRES = range(2, 10)
PARTS = ("squeeze", "expand1x1", "expand3x3")
LAYERS = ("conv1", *(f"fire{fire}.{part}" for fire in FIRES for part in PARTS), "conv10")
DIGIT_LAYERS = ("C1", "C3", "C5", "F6", "output")
SQUEEZENET, LENET5 = "squeezenet", "lenet5"


class FiltersSettings(Settings):
    """Which channel is asked about, and how the picture for it is made."""

    network = Choice(
        default=SQUEEZENET, objects={"SqueezeNet, photographs": SQUEEZENET, "LeNet-5, digits": LENET5},
        label="Network", doc="What the channel belongs to.",
    )  # fmt: skip
    layer = Choice(
        default="fire5.expand3x3", objects={name: name for name in LAYERS}, label="Layer",
        doc="The maps of conv10 are those of the 1,000 classes.",
    )  # fmt: skip
    digit_layer = Choice(
        default="C3", objects={name: name for name in DIGIT_LAYERS}, label="Layer of LeNet-5",
        doc="The last one has the ten logits.",
    )  # fmt: skip
    channel = param.Integer(default=7, bounds=(0, CLASSES - 1), label="Channel", doc="Counted from 0.")
    target = Choice(
        default="map", objects={"The whole map": "map", "One unit in its middle": "unit"}, label="To be excited",
        doc="The whole map: its mean after ReLU.",
    )  # fmt: skip
    picture = Picture(side=SIDE, label="Your own picture")
    side = Choice(
        default="96", objects={f"{side}×{side}": str(side) for side in (64, 96, 128, 224)}, label="Size of the picture",
        doc="A larger one takes longer.",
    )  # fmt: skip
    updates = param.Integer(default=60, bounds=(1, 300), label="Gradient steps", doc="Each changes every pixel.")
    seed = param.Integer(default=0, bounds=(0, 999), label="Seed", doc="Of the noise that it begins with, and of the shifts.")
    step_size = param.Number(default=3.0, bounds=(0.1, 20.0), label="Step size (%)", doc="Of all brightness, on average.")
    jitter = param.Integer(
        default=4, bounds=(0, 16), label="Jitter", doc="Each step shifts the picture by up to so many pixels.",
    )  # fmt: skip
    decay = param.Number(default=0.5, bounds=(0.0, 10.0), label="Decay (%)", doc="Brought back to grey after each step.")
    blur = param.Integer(default=4, bounds=(0, 20), label="Blur every … steps", doc="0 for never.")

    sections = {  # noqa: RUF012  (read only)
        "Gradient ascent": ("side", "updates", "seed", "step_size"), "Regularisation": ("jitter", "decay", "blur"),
    }  # fmt: skip
    shown_when = {  # noqa: RUF012
        "layer": ("network", (SQUEEZENET,)), "digit_layer": ("network", (LENET5,)), "picture": ("network", (SQUEEZENET,)),
        "side": ("network", (SQUEEZENET,)),
    }  # fmt: skip
    rules = (
        Start("channel", ("network", "layer", "digit_layer"), value=lambda settings: min(settings.channel, 9)),
        Start("jitter", ("network",), of={LENET5: 1}),
    )

    @property
    def layer_name(self) -> str:
        """The layer of the channel, as the page names it."""
        return str(self.layer if self.network == SQUEEZENET else self.digit_layer)

    def ascent(self, brightness: float) -> Ascent:
        """How the picture is changed. brightness: from the darkest pixel to the brightest."""
        return Ascent(self.step_size / 100 * brightness, self.jitter, self.decay / 100, self.blur, self.seed)


def filter_facts(network: str, activations: Activations, unit: Unit | None) -> dict[str, str]:
    """The fact card_filter: the settings with which this view opens for the channel of a unit; none if it has not the layer."""
    layer = activations.names[unit.layer] if unit else ""
    if unit is None or layer not in {SQUEEZENET: LAYERS, LENET5: DIGIT_LAYERS}.get(network, ()):
        return {}
    name = "layer" if network == SQUEEZENET else "digit_layer"
    return {"card_filter": json.dumps({"network": network, name: layer, "channel": unit.position[0]})}


def channel_count(network: Network) -> int:
    """How many channels the last layer has."""
    return network.shapes[-1][0]
