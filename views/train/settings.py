"""The controls of the train view."""

from __future__ import annotations

import param

from ...engine.network_text import LONGEST_TEXT
from ..rules import Start
from ..settings import Settings, Text

OWN = "conv 6 3x3 / relu / maxpool 2 / conv 12 3x3 / relu / maxpool 2 / flatten / linear 10"
NETWORKS = {
    "ConvNetJS's network": "convnetjs",
    "LeNet-5": "lenet5",
    "One hidden layer": "mlp",
    "Logistic regression": "logistic",
    "My own, as text": "own",
}
OPTIMISERS = {
    "SGD": "sgd",
    "Momentum": "momentum",
    "Nesterov": "nesterov",
    "Adagrad": "adagrad",
    "Adadelta": "adadelta",
    "RMSprop": "rmsprop",
    "Adam": "adam",
}
# With each optimiser's usual learning rate it learns; what suits one makes another diverge or stand still.
LEARNING_RATES = {
    "sgd": 0.1, "momentum": 0.02, "nesterov": 0.02, "adagrad": 0.02, "adadelta": 1.0, "rmsprop": 0.001, "adam": 0.002,
}  # fmt: skip
NOW = -1  # the setting `checkpoint` when the weights shown are those that learn
MOST_BATCHES = 1_000_000_000
PAGES = 208  # of 12 sample digits among the first 2,500 test digits


class TrainViewSettings(Settings):
    """A network, how it learns, and what is looked at meanwhile."""

    architecture = param.Selector(default="convnetjs", objects=NETWORKS, label="Network", doc="Applies at the next start.")
    network = Text(
        default=OWN,
        longest=LONGEST_TEXT,
        lines=3,
        label="Layers",
        doc="conv FILTERS SIZE, maxpool SIZE, flatten, linear OUTPUTS, relu, …: one a line, or with / between.",
    )
    seed = param.Integer(default=0, bounds=(0, 9999), doc="Of the initial weights, the order of the digits and their shifts.")
    optimiser = param.Selector(default="nesterov", objects=OPTIMISERS, doc="How a gradient becomes a change of the weights.")
    learning_rate = param.Number(default=0.02, bounds=(0.0, 1000.0), doc="Choosing an optimiser sets its usual one.")
    schedule = param.Selector(
        default="falling", objects={"Stays": "constant", "Falls": "falling"}, label="Learning rate over time",
        doc="Falling: divided by 1 + examples / 10,000.",
    )  # fmt: skip
    momentum = param.Number(default=0.9, bounds=(0.0, 0.99), doc="The share of the last change that is kept.")
    batch_size = param.Integer(default=20, bounds=(1, 256), doc="Digits an update.")
    weight_decay = param.Number(default=0.0, bounds=(0.0, 1.0), doc="L2: adds ½ · weight decay · Σ weight² to the loss.")
    dropout = param.Number(default=0.0, bounds=(0.0, 0.9), doc="Share of the last layer's inputs left out while learning.")
    augmentation = param.Boolean(
        default=True, label="Random shifts", doc="Up to 2 pixels; where the network sees 24×24 pixels, a random crop."
    )
    background = param.Boolean(default=False, label="Go on in a hidden tab", doc="Else a hidden tab pauses.")
    example = param.Integer(default=0, bounds=(0, 9999), label="Test digit shown", doc="Its maps and gradients are shown.")
    page = param.Integer(default=0, bounds=(0, PAGES - 1), doc="Which 12 test digits are read as samples.")
    cell = Text(default="", longest=5, doc="The cell of the confusion matrix whose digits are shown: true, read as.")
    checkpoint = param.Integer(default=NOW, bounds=(NOW, MOST_BATCHES), doc="The batch whose weights are shown; −1 for now.")

    without_control = ("page", "cell", "checkpoint")
    sections = {  # noqa: RUF012  (read only)
        "More": ("weight_decay", "dropout", "augmentation", "background"),
    }
    shown_when = {  # noqa: RUF012
        "network": ("architecture", ("own",)),
        "momentum": ("optimiser", ("momentum", "nesterov", "rmsprop")),
    }
    rules = (Start("learning_rate", ("optimiser",), of=LEARNING_RATES),)


AT_START = ("architecture", "network", "seed")  # what a run keeps until it starts again
LEARNING = (  # what decides how a run goes
    *AT_START, "optimiser", "learning_rate", "schedule", "momentum", "batch_size", "weight_decay", "dropout", "augmentation",
)  # fmt: skip
