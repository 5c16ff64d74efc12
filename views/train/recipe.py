"""From settings to what learns: the network, its optimiser, and how batches are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...engine import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Dropout,
    Network,
    Optimiser,
    RMSprop,
    ShapeError,
    Trainer,
    TrainSettings,
    convnetjs_mnist,
    lenet5,
    logistic_regression,
    mlp,
    parse_network,
)
from ...engine.architectures import DIGIT_SHAPE
from .settings import TrainViewSettings

MAKERS = {"convnetjs": convnetjs_mnist, "lenet5": lenet5, "mlp": mlp, "logistic": logistic_regression}
CLASSES = 10
FARTHEST = 2  # pixels that a digit is shifted: 25 places
HOLDOUT = 10  # every tenth training digit is for validation
HALVING = 10_000  # examples after which a falling learning rate is half of what it was


@dataclass(frozen=True)
class Plan:
    """What a run keeps until it starts again."""

    architecture: str
    text: str  # of an own network, else ""
    seed: int

    @classmethod
    def of(cls, settings: TrainViewSettings) -> Plan:
        """The plan that the settings ask for."""
        text = settings.network if settings.architecture == "own" else ""
        return cls(settings.architecture, text, settings.seed)

    def build(self, rng: np.random.Generator) -> Network:
        """The network with fresh weights. Raises NetworkTextError or ShapeError, naming the layer."""
        if self.architecture != "own":
            return MAKERS[self.architecture](rng)
        network = parse_network(self.text, DIGIT_SHAPE, rng)
        if network.shapes[-1] != (CLASSES,):
            raise ShapeError(
                f"{network.names[-1]}, the last layer, gives {'×'.join(map(str, network.shapes[-1]))}, but {CLASSES} logits, "
                "one for each digit, are wanted; end the text with 'flatten / linear 10'"
            )
        if not network.vector.size:
            raise ShapeError("no layer has parameters, so there is nothing to learn; use a conv or a linear layer")
        return network


def optimiser_for(settings: TrainViewSettings, vector: np.ndarray) -> Optimiser:
    """A new optimiser with nothing remembered. vector: all parameters of a network."""
    rate, kind = settings.learning_rate, settings.optimiser
    if kind in ("sgd", "momentum", "nesterov"):
        momentum = 0.0 if kind == "sgd" else settings.momentum
        return SGD([vector], rate, momentum=momentum, nesterov=kind == "nesterov" and momentum > 0)
    if kind == "rmsprop":
        return RMSprop([vector], rate, momentum=settings.momentum)
    if kind == "adadelta":
        return Adadelta([vector], rate, rho=0.95)  # as ConvNetJS
    return {"adagrad": Adagrad, "adam": Adam}[kind]([vector], rate)


def train_settings(settings: TrainViewSettings) -> TrainSettings:
    """How batches are made."""
    shift = FARTHEST if settings.augmentation else 0
    return TrainSettings(settings.batch_size, l2=settings.weight_decay, max_shift=shift, holdout=HOLDOUT)


def learning_rate_now(settings: TrainViewSettings, examples_seen: int) -> float:
    """The learning rate after so many examples."""
    falls = settings.schedule == "falling"
    return float(settings.learning_rate / (1 + examples_seen / HALVING if falls else 1))


def follow(trainer: Trainer, settings: TrainViewSettings, kind: str) -> None:
    """Let the next batch be learned as the settings now say. kind: the optimiser that the trainer has."""
    optimiser = trainer.optimiser
    if settings.optimiser != kind:
        optimiser = trainer.optimiser = optimiser_for(settings, trainer.network.vector)
    if isinstance(optimiser, SGD):
        optimiser.momentum = 0.0 if settings.optimiser == "sgd" else settings.momentum
        optimiser.nesterov = settings.optimiser == "nesterov" and optimiser.momentum > 0
    elif isinstance(optimiser, RMSprop):
        optimiser.momentum = settings.momentum
    optimiser.learning_rate = learning_rate_now(settings, trainer.position.examples_seen)
    trainer.settings = train_settings(settings)


def set_dropout(trainer: Trainer, present: Dropout | None, share: float, rng: np.random.Generator) -> Dropout | None:
    """Put a Dropout before the last layer that learns, change its share, or take it away. present: the one put earlier."""
    if present is None and not share:
        return None
    if present is not None and share:
        present.p = share
        return present
    old = trainer.network
    layers = [layer for layer in old.layers if layer is not present]
    new = Dropout(share, rng=rng) if share else None
    if new:
        layers.insert(max(n for n, layer in enumerate(layers) if layer.parameters), new)
    trainer.network = Network(layers, old.input_shape, pixel_offset=old.pixel_offset)
    trainer.network.gradient_vector[...] = old.gradient_vector
    trainer.optimiser.parameters = [trainer.network.vector]  # the same numbers in a new place
    return new

