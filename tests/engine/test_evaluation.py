"""What a network is shown is the digit, shifted within bounds; how good it is, is counted."""

import itertools

import numpy as np
import pytest

from convoscope.engine import (
    TrainSettings,
    centre_crop,
    convnetjs_mnist,
    evaluate,
    lenet5,
    logistic_regression,
    network_input,
    parse_network,
    wilson_interval,
)

from .training_helpers import bars, trainer


def test_shifts_stay_within_their_bound_and_reach_it(monkeypatch):
    seen = set()

    def spy(images, network, shifts=None):
        if shifts is not None:
            seen.update(map(tuple, shifts))
        return network_input(images, network, shifts)

    monkeypatch.setattr("convoscope.engine.trainer.network_input", spy)
    list(trainer(settings=TrainSettings(batch_size=20, max_shift=2, holdout=0, epochs=20)).run())
    assert seen == set(itertools.product(range(-2, 3), repeat=2))


@pytest.mark.parametrize(("size", "shift"), [(28, 0), (28, 3), (24, 0), (24, 2), (24, 4), (32, 0), (32, 1)])
def test_a_shifted_cut_is_the_shifted_image(size, shift):
    image = np.random.default_rng(0).integers(1, 255, (28, 28)).astype(np.uint8)
    for down, right in itertools.product(range(-shift, shift + 1), repeat=2):
        cut = centre_crop(image[None], (size, size), np.array([[down, right]]))[0]
        framed = np.pad(image, 10)
        start = 10 + (28 - size) // 2
        wanted = framed[start - down : start - down + size, start - right : start - right + size]
        np.testing.assert_array_equal(cut, wanted)
    np.testing.assert_array_equal(
        centre_crop(image[None], (size, size)), centre_crop(image[None], (size, size), np.zeros((1, 2), int))
    )


def test_pixels_become_0_to_1_plus_the_networks_offset():
    images = np.full((2, 28, 28), 255, np.uint8)
    images[1] = 0
    for make, low in ((lenet5, 0.0), (convnetjs_mnist, -0.5)):
        x = network_input(images, make(np.random.default_rng(0)))
        assert x.dtype == np.float32
        assert (float(x[1].min()), float(x[1].max())) == (low, low)
        assert float(x[0].min()) == pytest.approx(low + 1)


def test_evaluation_counts_every_example_in_bounded_turns():
    network = logistic_regression(np.random.default_rng(0))
    images, labels = bars(45)
    facts = list(evaluate(network, images, labels, batch_size=10))
    assert [fact.examples_seen for fact in facts] == [10, 20, 30, 40, 45]
    assert [fact.finished for fact in facts] == [False] * 4 + [True]
    predicted = network.forward(network_input(images, network)).argmax(axis=1)
    wanted = np.zeros((10, 10), int)
    for true, guess in zip(labels, predicted, strict=True):
        wanted[true, guess] += 1
    np.testing.assert_array_equal(facts[-1].confusion, wanted)
    assert facts[-1].accuracy == pytest.approx((predicted == labels).mean())
    share, low, high = facts[-1].class_accuracy()
    assert ((low <= share) & (share <= high)).all()


def test_evaluation_drops_nothing():
    network = parse_network("flatten / dropout 0.5 / linear 10", (1, 28, 28), np.random.default_rng(0))
    network.train()
    first, second = (list(evaluate(network, *bars())) for _ in range(2))
    assert first[-1].loss == second[-1].loss


def test_wilsons_interval_gives_published_values():
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    low, high = wilson_interval(np.array([81, 15, 0, 1, 0]), np.array([263, 148, 20, 29, 0]))
    np.testing.assert_allclose(low[:4], [0.2553, 0.0624, 0.0, 0.0061], atol=5e-5)
    np.testing.assert_allclose(high[:4], [0.3662, 0.1605, 0.1611, 0.1718], atol=5e-5)
    assert np.isnan(low[4])
    assert np.isnan(high[4])
