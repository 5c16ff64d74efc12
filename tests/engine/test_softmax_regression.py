"""Softmax regression: its slopes are true, it learns what can be learned and nothing else, leaving one out is retraining."""

import numpy as np
import pytest
from hypothesis import given

from convoscope.engine import ShapeError, cross_entropy, linear
from convoscope.engine.softmax_regression import (
    DescentSettings,
    SoftmaxRegression,
    leave_one_out,
    leave_one_out_loops,
    unit_length,
)

from .oracles import slope_error
from .strategies import some, st

LONG = DescentSettings(400, 2.0, 0.9)


def separable(seed, classes=3, each=8, features=40):
    """Examples about one centre for each class."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 1, (classes, features))
    labels = np.repeat(np.arange(classes), each)
    return unit_length(centres[labels] + 0.15 * rng.normal(size=(len(labels), features))), labels


def trained(features, labels, classes, descent=None):
    descent = descent or LONG
    classifier = SoftmaxRegression(features, labels, classes, descent)
    losses = [classifier.loss]
    for _ in range(descent.steps):
        classifier.step()
        losses.append(classifier.loss)
    return classifier, losses


@pytest.mark.parametrize("seed", range(3))
def test_a_separable_set_is_learned(seed):
    features, labels = separable(seed)
    classifier, losses = trained(features, labels, 3)
    assert losses[0] == pytest.approx(np.log(3))
    assert losses[-1] < 0.1 * losses[0]
    assert (classifier.probabilities(features).argmax(axis=1) == labels).all()
    assert (leave_one_out(features, labels, 3, LONG).argmax(axis=1) == labels).mean() > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_swapped_labels_are_not(seed):
    """Half of each class under the other's name: its own examples it may learn by heart, but it reads none that is left out."""
    features, labels = separable(seed, classes=2, each=10)
    swapped = np.where(np.arange(20) % 2, labels, 1 - labels)
    read = leave_one_out(features, swapped, 2, LONG).argmax(axis=1)
    assert (read == swapped).mean() < 0.7
    assert (leave_one_out(features, labels, 2, LONG).argmax(axis=1) == labels).mean() > 0.9


@some
@given(st.integers(1, 6), st.integers(1, 5), st.integers(2, 4), st.integers(0, 2**32 - 1))
def test_the_gradient_is_the_slope(count, width, classes, seed):
    rng = np.random.default_rng(seed)
    features, labels = rng.normal(size=(count, width)), rng.integers(0, classes, count)
    classifier = SoftmaxRegression(features, labels, classes, DescentSettings())
    classifier.weight[...], classifier.bias[...] = rng.normal(size=(classes, width)), rng.normal(size=classes)
    grad_weight, grad_bias = classifier.gradient()
    weight, bias, one = classifier.weight.copy(), classifier.bias.copy(), np.ones(())
    assert slope_error(lambda w: cross_entropy(linear(features, w, bias), labels), grad_weight, weight, one, rng) < 1e-6
    assert slope_error(lambda b: cross_entropy(linear(features, weight, b), labels), grad_bias, bias, one, rng) < 1e-6


@some
@given(
    st.integers(2, 9), st.integers(1, 6), st.integers(2, 4), st.integers(0, 20), st.floats(0, 0.95), st.floats(0, 0.1),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_leaving_one_out_is_training_without_it(count, width, classes, steps, momentum, decay, seed):
    rng = np.random.default_rng(seed)
    features, labels = unit_length(rng.normal(size=(count, width))), rng.integers(0, classes, count)
    descent = DescentSettings(steps, 0.7, momentum, decay)
    found = leave_one_out(features, labels, classes, descent)
    np.testing.assert_allclose(found, leave_one_out_loops(features, labels, classes, descent), atol=1e-9)


def test_the_order_of_the_examples_makes_no_difference():
    features, labels = separable(5)
    order = np.random.default_rng(0).permutation(len(labels))
    one, other = (trained(features[at], labels[at], 3)[0] for at in (np.arange(len(labels)), order))
    np.testing.assert_allclose(one.weight, other.weight, atol=1e-10)


def test_brightness_makes_no_difference_and_darkness_no_fault():
    features = np.abs(np.random.default_rng(1).normal(size=(4, 7)))
    np.testing.assert_allclose(unit_length(3 * features), unit_length(features))
    np.testing.assert_allclose((unit_length(features) ** 2).sum(axis=1), 1)
    assert not unit_length(np.zeros((1, 7))).any()


@pytest.mark.parametrize(("features", "labels"), [((0, 3), 0), ((2, 3), 3), ((3,), 3)])
def test_what_is_no_set_of_examples_is_refused_with_a_sentence(features, labels):
    with pytest.raises(ShapeError, match="one class number for each example"):
        SoftmaxRegression(np.zeros(features), np.zeros(labels, int), 2, DescentSettings())
