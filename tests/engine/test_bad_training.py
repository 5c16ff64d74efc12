"""What cannot be trained is refused with a sentence; optimisers do not care how parameters are cut into arrays."""

import numpy as np
import pytest

from convoscope.engine import (
    OPTIMISERS,
    SGD,
    Adam,
    ShapeError,
    TrainSettings,
    parse_network,
)

from .training_helpers import bars, trainer

IMAGES, LABELS = bars(20)
BAD = [
    (lambda: trainer(data=(IMAGES / 255.0, LABELS)), "images are float64"),
    (lambda: trainer(data=(IMAGES[0], LABELS)), "images are uint8"),
    (lambda: trainer(data=(IMAGES[:0], LABELS[:0])), "n of at least 1"),
    (lambda: trainer(data=(IMAGES, LABELS[:-1])), "one label per image"),
    (lambda: trainer(data=(IMAGES, LABELS + 1)), "numbered from 0; end it with 'linear 11'"),
    (lambda: trainer(data=(IMAGES, LABELS - 1)), "labels run from -1"),
    (lambda: trainer(data=(IMAGES[:3], LABELS[:3])), "3 examples are too few for holdout=5"),
    (lambda: trainer(lambda rng: parse_network("relu", (1, 28, 28), rng)), "end the network with"),
    (lambda: trainer(lambda rng: parse_network("flatten / linear 10", (3, 28, 28), rng)), "grey images"),
    (lambda: TrainSettings(batch_size=0), "batch_size is 0"),
    (lambda: TrainSettings(l2=float("nan")), "l2 is nan"),
    (lambda: TrainSettings(max_shift=-1), "max_shift is -1"),
    (lambda: TrainSettings(holdout=1), "holdout is 1"),
    (lambda: trainer(optimiser=SGD, learning_rate=-1.0), "learning_rate is -1.0"),
    (lambda: trainer(optimiser=SGD, learning_rate=float("nan")), "learning_rate is nan"),
    (lambda: trainer(optimiser=SGD, momentum=1.0), "momentum is 1.0"),
    (lambda: trainer(optimiser=SGD, nesterov=True), "try momentum=0.9"),
    (lambda: trainer(optimiser=Adam, betas=(0.9, 1.0)), r"betas\[1\] is 1.0"),
    (lambda: trainer(optimiser=lambda _: SGD([np.ones(3)])), r"make it with \[network.vector\]"),
    (lambda: SGD([np.ones(3)]).step([np.ones(4)]), r"shapes \[\(4,\)\] but the parameters have \[\(3,\)\]"),
]


@pytest.mark.parametrize(("make", "sentence"), BAD)
def test_what_cannot_be_trained_is_refused_with_a_sentence(make, sentence):
    with pytest.raises((ValueError, ShapeError), match=sentence):
        make()


@pytest.mark.parametrize("name", OPTIMISERS)
def test_several_arrays_move_as_one_would(name):
    rng = np.random.default_rng(0)
    whole = rng.normal(size=6)
    parts = [whole[:2].copy(), whole[2:].copy()]
    one, two = OPTIMISERS[name]([whole], weight_decay=0.1), OPTIMISERS[name](parts, weight_decay=0.1)
    for gradient in rng.normal(size=(5, 6)):
        one.step([gradient])
        two.step([gradient[:2], gradient[2:]])
    np.testing.assert_array_equal(whole, np.concatenate(parts))


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_step_leaves_the_gradient_alone(name):
    gradient = np.arange(4.0)
    OPTIMISERS[name]([np.ones(4)], weight_decay=0.1).step([gradient])
    np.testing.assert_array_equal(gradient, np.arange(4.0))
