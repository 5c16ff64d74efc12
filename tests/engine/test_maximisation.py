"""Activation maximisation: its slope is true, it finds the best picture where one is known, it is seeded and bounded."""

import numpy as np
import pytest

from convoscope.engine import Network, lenet5, parse_layers
from convoscope.engine.maximisation import Ascent, Maximisation, blurred, network_up_to

from .oracles import slope_error

TEXT = "conv 4 3x3 / relu / concat(conv 3 1x1 / relu | conv 2 3x3 pad 1 / relu) / conv 5 3x3 / globalavgpool"
PLAIN = Ascent(step_size=0.5, jitter=0, decay=0, blur=0)
LOW, HIGH = np.array([-1.0, -2.0]), np.array([3.0, 1.0])


def network(seed=0, size=9, dtype="float64"):
    return Network.from_specs(parse_layers(TEXT, (2, size, size)), (2, size, size), np.random.default_rng(seed), dtype=dtype)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("conv1", 1), ("concat1.branch1.conv1", 2), ("concat1.branch2.relu1", 3), ("concat1", 3), ("conv2", 4),
        ("globalavgpool1", 5),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [9, 12])
def test_the_part_of_a_network_up_to_a_layer_makes_what_the_network_makes_there(name, place, size):
    whole, x = network(size=size), np.random.default_rng(1).normal(size=(1, 2, size, size))
    whole.forward(x)
    part = network_up_to(network(), name, (2, size, size))
    inner = whole.layers[2].branches
    made = {"concat1.branch1.conv1": inner[0].activations[1], "concat1.branch2.relu1": inner[1].activations[2]}
    np.testing.assert_allclose(part.forward(x), made.get(name, whole.activations[min(place, 5)]), rtol=1e-12)
    part.vector.fill(0)
    assert whole.vector.any()


@pytest.mark.parametrize(
    ("name", "cell"), [("conv1", None), ("conv1", (2, 3)), ("concat1.branch2.conv1", None), ("globalavgpool1", None)]
)
def test_the_gradient_is_the_slope_of_the_value(name, cell):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        asked = Maximisation(network_up_to(network(seed), name), 1, PLAIN, -9 * np.ones(2), 9 * np.ones(2), cell=cell)
        x = rng.normal(size=asked.x.shape)
        assert asked.value_of(x) != 0
        assert slope_error(lambda v, asked=asked: np.array(asked.value_of(v)), asked.gradient(x), x, np.ones(()), rng) < 1e-5


def test_of_one_linear_filter_it_finds_the_best_picture():
    """The best picture of a single window is as bright as it can be where the weight is positive, else as dark."""
    part = network_up_to(network(), "conv1", (2, 3, 3))
    asked = Maximisation(part, 2, PLAIN, LOW, HIGH, cell=(0, 0))
    for _ in range(1500):
        asked.step()
    weight = part.parameters()["conv1.weight"][2]
    low, high = LOW[:, np.newaxis, np.newaxis], HIGH[:, np.newaxis, np.newaxis]
    np.testing.assert_allclose(asked.x[0], np.where(weight > 0, high, low), atol=1e-6)
    assert asked.value == pytest.approx(np.maximum(weight * low, weight * high).sum(), rel=1e-6)


def test_a_silent_channel_is_woken():
    part = network_up_to(network(), "conv1")
    part.parameters()["conv1.bias"][1] = -3
    asked = Maximisation(part, 1, PLAIN, LOW, HIGH)
    assert asked.value == 0
    for _ in range(20):
        asked.step()
    assert asked.value > 0


def test_each_seed_gives_its_own_picture_within_the_pixels_and_the_margin_stays_empty():
    def picture(seed):
        asked = Maximisation(network_up_to(network(), "conv2"), 0, Ascent(0.5, 2, 0.01, 3, seed), LOW, HIGH, margin=1)
        begun = asked.value
        for _ in range(25):
            asked.step()
        assert asked.value > begun
        return asked.x[0]

    one, again, other = picture(1), picture(1), picture(2)
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.1
    assert (one.min(axis=(1, 2)) >= LOW).all()
    assert (one.max(axis=(1, 2)) <= HIGH).all()
    assert not one[:, -1].any()
    assert not one[:, :, -1].any()


def test_a_digits_logit_rises_too():
    part = network_up_to(lenet5(np.random.default_rng(0)), "linear3")
    asked = Maximisation(part, 3, Ascent(0.05, 1, 0.01, 4), np.zeros(1), np.ones(1))
    begun = asked.value
    for _ in range(10):
        asked.step()
    assert asked.value > begun + 0.2


def test_blurring_is_the_mean_with_neighbours():
    x = np.zeros((1, 1, 5, 5))
    x[0, 0, 2, 2] = 16
    np.testing.assert_array_equal(blurred(x)[0, 0, 1:4, 1:4], [[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    np.testing.assert_allclose(blurred(x).sum(axis=(2, 3)), x.sum(axis=(2, 3)), rtol=1e-12)
    np.testing.assert_allclose(blurred(np.full((1, 1, 3, 3), 2.0)), 2)
