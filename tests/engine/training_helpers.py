"""What the tests of training share: learnable images made without a file, a clock that ticks, a trainer on both."""

import itertools

import numpy as np

from convoscope.engine import Adadelta, Trainer, TrainSettings, logistic_regression

SHORT = TrainSettings(batch_size=8, l2=0.001, max_shift=2, holdout=5, epochs=2)


def bars(count=60, seed=0):
    """Noisy images whose class is the place of a bright bar: learnable, and made without a file."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count)
    images = rng.integers(0, 60, (count, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[4 + 2 * label : 6 + 2 * label, 4:24] = 255
    return images, labels


def ticking_clock():
    """A clock that goes one second a look: times in facts are then exact."""
    ticks = itertools.count()
    return lambda: float(next(ticks))


def trainer(make=logistic_regression, optimiser=Adadelta, settings=SHORT, seed=3, data=None, **optimiser_settings):
    rng = np.random.default_rng(seed)
    network = make(rng)
    images, labels = data or bars()
    steps = optimiser([network.vector], **optimiser_settings)
    return Trainer(network, steps, images, labels, settings, rng=rng, clock=ticking_clock())
