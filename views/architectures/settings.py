"""The controls of the architectures view."""

from __future__ import annotations

import param

from ..files import Files
from ..rules import Follow, Start
from ..settings import Choice, Settings, Text
from .known import KNOWN

OWN = "own"
LONGEST = 12_000  # characters
START = "conv 8 3x3 pad 1 / relu / maxpool 2 / conv 16 3x3 pad 1 / relu / maxpool 2 / flatten / linear 10"


def _text_of_architecture(settings: ArchitecturesSettings, files: Files | None) -> str:
    return KNOWN[settings.architecture].text


def _input(settings: ArchitecturesSettings, name: str) -> int:
    """The channels or the side of the chosen network's input; one's own keeps what is there."""
    if settings.architecture == OWN:
        return int(getattr(settings, name))
    channels, side, _ = KNOWN[settings.architecture].input_shape
    return channels if name == "channels" else side


class ArchitecturesSettings(Settings):
    """Which network is counted."""

    architecture = Choice(
        default="lenet5",
        objects={known.label: name for name, known in KNOWN.items()} | {"Your own": OWN},
        doc="One step per layer. A choice fills in the layers and the input below; change them as you like.",
    )
    text = Text(
        default=START, longest=LONGEST, lines=6, label="Layers",
        doc="conv FILTERS SIZE, maxpool SIZE, flatten, linear OUTPUTS, relu, concat(… | …): one a line, or with / between. Or "
        "paste a program or printout of Keras or PyTorch.",
    )  # fmt: skip
    channels = param.Integer(default=1, bounds=(1, 3), label="Input channels", doc="1 for grey, 3 for colour.")
    side = param.Integer(default=28, bounds=(4, 512), label="Input side", doc="Rows and columns of the input.")
    down = param.Number(default=0.5, bounds=(0.0, 1.0), label="Unit from the top", doc="As a share of the map.")
    across = param.Number(default=0.5, bounds=(0.0, 1.0), label="Unit from the left", doc="As a share of the map.")

    without_control = ("down", "across")
    rules = (
        Start("architecture", ("text",), value=lambda settings: OWN),
        Start("text", ("architecture",), of={OWN: START}),
        Follow("text", "architecture", _text_of_architecture, unless=(OWN,)),
        Start("channels", ("architecture",), of={name: known.input_shape[0] for name, known in KNOWN.items()},
              value=lambda settings: _input(settings, "channels")),
        Start("side", ("architecture",), of={name: known.input_shape[1] for name, known in KNOWN.items()},
              value=lambda settings: _input(settings, "side")),
    )  # fmt: skip
