"""The controls of the architectures view."""

from __future__ import annotations

import param

from ..settings import Choice, Settings, Text

OWN = "own"
LONGEST = 2_000  # characters
START = "conv 8 3x3 pad 1 / relu / maxpool 2 / conv 16 3x3 pad 1 / relu / maxpool 2 / flatten / linear 10"


class ArchitecturesSettings(Settings):
    """Which network is counted."""

    architecture = Choice(
        default="lenet5",
        objects={
            "LeNet-5 (1998)": "lenet5", "AlexNet (2012)": "alexnet", "VGG-16 (2014)": "vgg16",
            "ConvNetJS's network": "convnetjs", "Your own": OWN,
        },
        doc="One step per layer.",
    )  # fmt: skip
    text = Text(
        default=START, longest=LONGEST, lines=4, label="Layers",
        doc="conv FILTERS SIZE, maxpool SIZE, flatten, linear OUTPUTS, relu, …: one a line, or with / between.",
    )  # fmt: skip
    channels = param.Integer(default=1, bounds=(1, 3), label="Input channels", doc="1 for grey, 3 for colour.")
    side = param.Integer(default=28, bounds=(4, 512), label="Input side", doc="Rows and columns of the input.")

    shown_when = dict.fromkeys(("text", "channels", "side"), ("architecture", (OWN,)))
