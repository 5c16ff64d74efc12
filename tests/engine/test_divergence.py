"""Whatever the learning rate, weights stay finite; however long the training, memory stays flat."""

import itertools
import tracemalloc

import numpy as np
import pytest

from convoscope.engine import (
    SGD,
    Adam,
    RMSprop,
    TrainSettings,
    convnetjs_mnist,
    lenet5,
    logistic_regression,
    parse_network,
)

from .training_helpers import trainer

DIVERGING = [
    (SGD, {"learning_rate": 1.0, "momentum": 0.99}),
    (SGD, {"learning_rate": 5.0, "momentum": 0.9}),
    (SGD, {"learning_rate": 100.0}),
    (SGD, {"learning_rate": 1e30}),
    (SGD, {"learning_rate": 1e200}),
    (Adam, {"learning_rate": 1e20}),
    (RMSprop, {"learning_rate": 1e20}),
]


@pytest.mark.parametrize("make", [logistic_regression, convnetjs_mnist, lenet5])
@pytest.mark.parametrize(("optimiser", "settings"), DIVERGING)
def test_whatever_the_learning_rate_the_weights_stay_finite(make, optimiser, settings):
    run = trainer(make, optimiser, TrainSettings(batch_size=20, holdout=0), **settings)
    facts = []
    for fact in itertools.islice(run.run(), 25):
        facts.append(fact)
        assert np.isfinite(run.network.gradient_vector).all()
        assert np.isfinite(run.network.vector).all()
        assert all(np.isfinite(activation).all() for activation in run.network.activations)
    assert facts[-1].status == "diverged" or np.isfinite(facts[-1].loss)


@pytest.mark.parametrize("learning_rate", [1.0, 5.0, 100.0])
def test_divergence_is_a_status_that_ends_the_training_with_the_last_good_weights(learning_rate):
    # Two linear layers that start a hundred times too large: the first update overshoots at all three learning rates.
    def make(rng):
        network = parse_network("flatten / linear 10 / linear 10", (1, 28, 28), rng)
        network.vector *= 100
        return network

    run = trainer(make, SGD, TrainSettings(batch_size=20, holdout=0), learning_rate=learning_rate)
    kept, facts = [run.network.vector.copy()], []
    for fact in itertools.islice(run.run(), 200):
        facts.append(fact)
        kept.append(run.network.vector.copy())
    assert facts[-1].status == "diverged"
    assert len(facts) < 200
    assert not facts[-1].loss <= 1e6
    assert np.isfinite(kept[-1]).all()
    assert any(np.array_equal(kept[-1], earlier) for earlier in kept[-3:-1])


def test_nan_weights_planted_in_the_middle_are_undone():
    run = trainer(lenet5, SGD, TrainSettings(batch_size=8, holdout=0), learning_rate=0.01)
    turns = run.run()
    next(turns), next(turns)
    good = run._last_good.copy()
    run.network.vector[17] = np.nan
    fact = next(turns)
    assert fact.status == "diverged"
    np.testing.assert_array_equal(run.network.vector, good)
    assert not run.network.gradient_vector.any()  # and what is kept for drawing is gone or finite
    assert run.network.gradients == []
    assert list(turns) == []


ROUND = 270  # steps after which epochs (27 steps) and validations (every 10th) stand as before


def array_bytes_per_round(turns, rounds, kept=lambda: None):
    """The bytes of all NumPy arrays made since the start that are still alive, after every ROUND steps."""
    arrays_only = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
    counted = []
    tracemalloc.start()
    for _ in range(rounds):
        for _ in itertools.islice(turns, ROUND):
            kept()
        snapshot = tracemalloc.take_snapshot().filter_traces([arrays_only])
        counted.append(sum(trace.size for trace in snapshot.traces))
    tracemalloc.stop()
    return counted


@pytest.mark.parametrize("make", [convnetjs_mnist, lenet5])
def test_a_thousand_steps_need_no_more_memory_than_the_first(make):
    run = trainer(make, settings=TrainSettings(batch_size=2, max_shift=2))
    turns = run.run()
    for _ in itertools.islice(turns, 27):
        pass
    buffers = [array.ctypes.data for array in run.network.activations[1:3]]
    counted = array_bytes_per_round(turns, 4)
    assert max(counted) - counted[0] < 1_000  # one lost image a step would be 270 times 3,136 bytes
    assert buffers == [array.ctypes.data for array in run.network.activations[1:3]]


def test_the_memory_count_notices_a_leak():
    run = trainer(settings=TrainSettings(batch_size=2))
    leak = []
    counted = array_bytes_per_round(run.run(), 2, lambda: leak.append(run.network.activations[-1].copy()))
    assert counted[1] - counted[0] >= ROUND * 2 * 10 * 4
