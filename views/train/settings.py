"""The controls of the train view, and the network that they choose."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import param

from ...engine import CLASS_COUNT, Network, ShapeError, convnetjs_mnist, lenet5, logistic_regression, mlp, parse_network
from ...engine.architectures import DIGIT_SHAPE
from ...engine.network_text import LONGEST_TEXT
from ..rules import Limit, Start
from ..settings import Choice, Settings, Text

ARCHITECTURES = {"convnetjs": convnetjs_mnist, "lenet5": lenet5, "mlp": mlp, "logistic": logistic_regression}
OWN = "conv 6 3x3 / relu / maxpool 2 / conv 12 3x3 / relu / maxpool 2 / flatten / linear 10"
NETWORKS = {
    "ConvNetJS's network": "convnetjs",
    "LeNet-5": "lenet5",
    "One hidden layer": "mlp",
    "Logistic regression": "logistic",
    "My own, as text": "own",
}
OPTIMISERS = {name: name.lower() for name in ("SGD", "Momentum", "Nesterov", "Adagrad", "Adadelta", "RMSprop", "Adam")}
# A rate that suits one optimiser makes another diverge or stand still.
LEARNING_RATES = {
    "sgd": 0.1, "momentum": 0.02, "nesterov": 0.02, "adagrad": 0.02, "adadelta": 1.0, "rmsprop": 0.001, "adam": 0.002,
}  # fmt: skip
NOW = -1  # the setting `checkpoint` when the present weights are shown
MOST_BATCHES = 1_000_000_000
CELL = re.compile(r"\d,\d", re.ASCII)  # of the confusion matrix: true, predicted class
PAGES = 208  # of 12 sample digits among the first 2,500 test digits


def _drop_unknown_cell(settings: TrainViewSettings) -> str:
    """Keep no cell that the confusion matrix does not have; a sentence about it, or ""."""
    if not settings.cell or CELL.fullmatch(settings.cell):
        return ""
    text, settings.cell = settings.cell, ""
    return f"The confusion matrix has no cell “{text}”; write the true and the predicted class, such as 4,9."


class TrainViewSettings(Settings):
    """A network, how it is trained, and what is shown of it."""

    architecture = Choice(
        default="convnetjs", objects=NETWORKS, label="Network", doc="A new choice applies when you start again."
    )
    network = Text(
        default=OWN, longest=LONGEST_TEXT, lines=3, label="Layers",
        doc="conv FILTERS SIZE, maxpool SIZE, flatten, linear OUTPUTS, relu, …: one a line, or with / between.",
    )  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 9999), doc="Fixes the initial weights, the order of digits and their shifts.")
    optimiser = Choice(default="nesterov", objects=OPTIMISERS, doc="The rule that turns gradients into weight updates.")
    learning_rate = param.Number(default=0.02, bounds=(0.0, 1000.0), doc="Choosing an optimiser sets its usual learning rate.")
    schedule = Choice(
        default="falling", objects={"Constant": "constant", "Decaying": "falling"}, label="Learning rate schedule",
        doc="Decaying: divided by 1 + examples / 10,000.",
    )  # fmt: skip
    momentum = param.Number(default=0.9, bounds=(0.0, 0.99), doc="Share of the previous update that is added to the next one.")
    batch_size = param.Integer(default=20, bounds=(1, 256), doc="Digits per update.")
    weight_decay = param.Number(default=0.0, bounds=(0.0, 1.0), doc="L2: adds ½ · weight decay · Σ weight² to the loss.")
    dropout = param.Number(default=0.0, bounds=(0.0, 0.9), doc="Share of the last layer's inputs set to 0 during training.")
    augmentation = param.Boolean(
        default=True, label="Random shifts", doc="Shifts each digit by up to 2 pixels; a 24×24 input is a random crop."
    )
    background = param.Boolean(
        default=False, label="Keep training in a hidden tab", doc="Otherwise training pauses while the tab is hidden."
    )
    example = param.Integer(
        default=0, bounds=(0, 9999), label="Test digit shown", doc="Its feature maps and gradients are shown."
    )
    page = param.Integer(default=0, bounds=(0, PAGES - 1), doc="Which 12 test digits are shown as samples.")
    cell = Text(default="", longest=5, doc="The cell of the confusion matrix whose digits are shown: true, predicted class.")
    checkpoint = param.Integer(default=NOW, bounds=(NOW, MOST_BATCHES), doc="The batch whose weights are shown; −1 for now.")

    without_control = ("page", "cell", "checkpoint")
    sections = {"More": ("weight_decay", "dropout", "augmentation", "background")}  # noqa: RUF012  (read only)
    shown_when = {  # noqa: RUF012
        "network": ("architecture", ("own",)),
        "momentum": ("optimiser", ("momentum", "nesterov", "rmsprop")),
    }
    rules = (
        Start("learning_rate", ("optimiser",), of=LEARNING_RATES),
        Limit("cell", (), _drop_unknown_cell),
    )


AT_START = ("architecture", "network", "seed")  # a run keeps these until it starts again
RUN_SETTINGS = (  # what decides how a run goes
    *AT_START, "optimiser", "learning_rate", "schedule", "momentum", "batch_size", "weight_decay", "dropout", "augmentation",
)  # fmt: skip


@dataclass(frozen=True)
class NetworkChoice:
    """The settings of AT_START: which network a run starts with."""

    architecture: str
    text: str  # of an own network, else ""
    seed: int

    @classmethod
    def of(cls, settings: TrainViewSettings) -> NetworkChoice:
        """What the settings choose."""
        text = settings.network if settings.architecture == "own" else ""
        return cls(settings.architecture, text, settings.seed)

    def build(self, rng: np.random.Generator) -> Network:
        """The network with fresh weights. Raises NetworkTextError or ShapeError, naming the layer."""
        if self.architecture != "own":
            return ARCHITECTURES[self.architecture](rng)
        network = parse_network(self.text, DIGIT_SHAPE, rng)
        if network.shapes[-1] != (CLASS_COUNT,):
            raise ShapeError(
                f"{network.names[-1]}, the last layer, gives {'×'.join(map(str, network.shapes[-1]))}, but {CLASS_COUNT} "
                "logits, one for each digit, are needed; end the text with 'flatten / linear 10'"
            )
        if not network.vector.size:
            raise ShapeError("no layer has parameters, so there is nothing to train; use a conv or a linear layer")
        return network
