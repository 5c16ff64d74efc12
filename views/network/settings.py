"""The controls of the network view, which are also its URL."""

from __future__ import annotations

import param

from ...engine import CLASS_COUNT, TEST_COUNT
from ..rules import Start
from ..settings import Choice, Drawing, Settings, Text

CLASSES = {str(n): str(n) for n in range(CLASS_COUNT)}
LONGEST_EDITS = 500  # characters
NETWORKS = {
    "LeNet-5": "lenet5",
    "ConvNetJS's network": "convnetjs",
    "The one trained in this page": "trained",
    "The one from my file": "loaded",
}
STEPS = ("crop", "scale", "centre")  # of the preparation
LAYERS = [f"{name}{n}" for name in ("conv", "linear") for n in range(1, 10)]  # that may have weights, as the engine calls them
LENET5_LAYERS = ["C1", "C3", "C5", "F6"]


class Pad(Drawing):
    """A drawing of twice as many cells a side as the network's field, so that scaling down makes greys."""

    SIDE = 56
    DIGITS = SIDE * SIDE // 4
    CELLS_PER_PIXEL = 2


def _step(label: str, doc: str) -> param.Boolean[bool]:
    return param.Boolean(default=False, label=label, doc=doc)


class NetworkSettings(Settings):
    """What is on the pad, what is done to it, which network reads it, and which unit is explained."""

    image = Choice(
        default="digit", objects={"An MNIST test digit": "digit", "My drawing": "drawing"}, label="On the pad",
        doc="Draw on the pad, and it is your drawing.",
    )  # fmt: skip
    digit = param.Integer(
        default=0, bounds=(0, TEST_COUNT - 1), label="Test digit", doc="10,000 digits that no network here was trained on."
    )
    only = Choice(
        default="any", objects={"All": "any", "What it gets wrong": "wrong"} | {f"Only {n}": n for n in CLASSES},
        label="Go through", doc="Previous and next go through these.",
    )  # fmt: skip
    drawing = Pad(default="")
    shift_down = param.Integer(default=0, bounds=(-27, 27), label="Shift down", doc="In pixels of the network's input.")
    shift_right = param.Integer(default=0, bounds=(-27, 27), label="Shift right", doc="In pixels of the network's input.")
    crop = _step("Crop", "Keep the ink's own rectangle.")
    scale = _step("Scale", "Into 20×20, keeping the aspect.")
    centre = _step("Centre", "By the centre of mass.")
    network = Choice(default="lenet5", objects=NETWORKS, doc="Changing it discards your weight edits.")
    colours = Choice(
        default="layer", objects={"Of each layer": "layer", "Of the whole network": "network"}, label="Colour scale",
        doc="Background colour = 0 in both.",
    )  # fmt: skip
    kernels = Choice(
        default="none", objects={"Hidden": "none"} | {name: name for name in (*LENET5_LAYERS, *LAYERS, "output")},
        label="Learned weights", doc="Shows the weights of a layer.",
    )  # fmt: skip
    why = Choice(
        default="none", objects={"Off": "none", "Gradient × input": "gradient", "Covering patches": "occlusion"},
        label="Why this class", doc="What each pixel does for the class's logit.",
    )  # fmt: skip
    explain = Choice(
        default="answer", objects={"The network's answer": "answer"} | CLASSES, label="Class to explain",
        doc="The class whose score is explained.",
    )  # fmt: skip
    mode = Choice(
        default="flat", objects={"Flat": "flat", "3-D": "3d"}, label="Drawing",
        doc="In 3-D, drag or use the arrow keys to turn it.",
    )  # fmt: skip
    yaw = param.Number(default=34, bounds=(-180, 180), label="Turn", doc="In degrees about the upright axis.")
    pitch = param.Number(default=14, bounds=(-90, 90), label="Tilt", doc="In degrees; positive looks from above.")
    zoom = param.Number(default=1, bounds=(0.5, 4), label="Zoom", doc="1 shows all of it.")
    layers = Text(default="", longest=400, label="Layers in 3-D", doc="Names with commas between.")
    unit = Text(default="", longest=40, label="Unit", doc="Such as C1[3,10,12].")
    edits = Text(default="", longest=LONGEST_EDITS, label="Changed weights", doc="Such as C1.weight[0,0,2,2]=0.5.")

    without_control = ("drawing", "shift_down", "shift_right", *STEPS, "unit", "edits", "yaw", "pitch", "zoom", "layers")
    shown_when = {  # noqa: RUF012  (read only)
        "digit": ("image", ("digit",)),
        "only": ("image", ("digit",)),
        "drawing": ("image", ("drawing",)),
        "explain": ("why", ("gradient", "occlusion")),
    }
    # A test digit went through these steps already when MNIST was made.
    rules = (
        *(Start(step, ("image",), of={"digit": False, "drawing": True}) for step in STEPS),
        Start("shift_down", ("image",), of={}),
        Start("shift_right", ("image",), of={}),
        Start("edits", ("network",), of={}),
        Start("unit", ("network",), of={}),
    )
