"""Training repeats bit for bit, can be paused, learns, and sees every training example once an epoch."""

import itertools

import numpy as np
import pytest

from convoscope.engine import (
    SGD,
    TrainSettings,
    convnetjs_mnist,
    evaluate,
    lenet5,
    logistic_regression,
    mlp,
    parse_network,
)

from .training_helpers import bars, trainer


@pytest.mark.parametrize("make", [logistic_regression, mlp, convnetjs_mnist, lenet5])
def test_the_same_seed_repeats_bit_for_bit(make):
    first, second = trainer(make), trainer(make)
    assert list(first.run()) == list(second.run())
    np.testing.assert_array_equal(first.network.vector, second.network.vector)
    other = trainer(make, seed=4)
    list(other.run())
    assert (other.network.vector != first.network.vector).any()


def test_dropout_repeats_too():
    def make(rng):
        return parse_network("flatten / linear 20 / relu / dropout 0.5 / linear 10", (1, 28, 28), rng)

    first, second = trainer(make), trainer(make)
    assert list(first.run()) == list(second.run())


def test_dropout_drops_in_training_and_not_in_validation():
    def make(rng):
        return parse_network("flatten / dropout 0.5 / linear 10", (1, 28, 28), rng)

    run = trainer(make, settings=TrainSettings(batch_size=8, holdout=5, epochs=1))
    next(run.run())
    image, dropped = run.network.activations[1:3]
    assert 0.3 < float((dropped[image > 0] == 0).mean()) < 0.7
    run._validate(*bars())
    image, dropped = run.network.activations[1:3]
    np.testing.assert_array_equal(image, dropped)


def test_validation_takes_the_held_out_examples_round_and_round(monkeypatch):
    def make(rng):
        return parse_network("flatten / linear 50", (1, 28, 28), rng)

    images = np.zeros((50, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(50)
    run = trainer(make, data=(images, np.arange(50)), settings=TrainSettings(batch_size=4, holdout=10, epochs=7))
    looked_at = []
    right = run._validate

    def spy(*examples):
        found = right(*examples)
        looked_at.extend(np.rint(run.network.activations[0][:, 0, 0, 0] * 255).astype(int))
        return found

    monkeypatch.setattr(run, "_validate", spy)
    list(run.run())
    assert len(looked_at) == 9 * 4  # 84 steps, every tenth begins with a look at 4
    assert looked_at == list(itertools.islice(itertools.cycle(run.validation_indices()), 36))


@pytest.mark.parametrize("pause", range(1, 12))
def test_pausing_at_any_turn_changes_nothing(pause):
    straight, paused = trainer(convnetjs_mnist), trainer(convnetjs_mnist)
    facts, turns = list(straight.run()), paused.run()
    before = list(itertools.islice(turns, pause))
    for _ in evaluate(paused.network, *bars(30, seed=9), batch_size=7):
        pass  # what a page does meanwhile: it reads digits with the network
    assert before + list(turns) == facts
    np.testing.assert_array_equal(paused.network.vector, straight.network.vector)


def test_facts_of_a_short_training():
    facts = list(trainer().run())
    assert [fact.step for fact in facts] == list(range(1, 13))
    assert [fact.epoch for fact in facts] == [1] * 6 + [2] * 6  # 48 of 60 are trained on, 8 a batch
    assert facts[-1].examples_seen == 96
    assert [fact.status for fact in facts] == ["running"] * 11 + ["finished"]
    assert {(f.seconds_forward, f.seconds_backward, f.seconds_update) for f in facts} == {(1.0, 1.0, 1.0)}
    assert [fact.step for fact in facts if fact.validation_accuracy is not None] == [1, 6, 11]
    assert all(0 <= fact.accuracy <= 1 and fact.l2_loss > 0 for fact in facts)


def test_it_learns():
    settings = TrainSettings(batch_size=20, epochs=12, holdout=0)
    facts = list(trainer(data=bars(200), settings=settings).run())
    assert facts[0].loss > 2
    assert facts[-1].loss < 0.1
    assert facts[-1].accuracy == 1.0


def learned_batches(run, monkeypatch):
    """The examples of every batch, recognised by their labels: here each example is its own class number."""
    batches = []
    right = run._learn
    monkeypatch.setattr(run, "_learn", lambda images, labels: batches.append(labels.copy()) or right(images, labels))
    list(run.run())
    return batches


def test_each_epoch_shows_every_training_example_once(monkeypatch):
    def make(rng):
        return parse_network("flatten / linear 50", (1, 28, 28), rng)

    data = bars(50)[0], np.arange(50)
    run = trainer(make, data=data)
    batches = learned_batches(run, monkeypatch)
    epochs = np.concatenate(batches).reshape(2, 40)
    np.testing.assert_array_equal(np.sort(epochs, axis=1), [run.training_indices()] * 2)
    assert (epochs[0] != epochs[1]).any()
    assert (epochs[0] != np.sort(epochs[0])).any()
    assert set(run.training_indices()).isdisjoint(run.validation_indices())
    assert set(run.validation_indices()) == {4, 9, 14, 19, 24, 29, 34, 39, 44, 49}
    assert [len(batch) for batch in batches] == [8] * 10


def test_new_examples_join_at_the_next_epoch(monkeypatch):
    def make(rng):
        return parse_network("flatten / linear 50", (1, 28, 28), rng)

    images, labels = bars(50)[0], np.arange(50)
    run = trainer(make, data=(images[:25], labels[:25]), settings=TrainSettings(batch_size=3, holdout=5, epochs=2))
    facts = []
    for fact in run.run():
        facts.append(fact)
        if fact.step == 1:
            run.set_examples(images, labels)
    assert [fact.examples_seen for fact in facts if fact.epoch == 1][-1] == 20
    assert facts[-1].examples_seen == 20 + 40
    assert sum(fact.validation_accuracy is not None for fact in facts) == 5


def test_l2_is_half_the_squared_weights_without_biases():
    run = trainer(settings=TrainSettings(batch_size=60, l2=0.5, holdout=0, epochs=1), optimiser=SGD, learning_rate=0.0)
    weight, bias = run.network.parameters()["linear1.weight"], run.network.parameters()["linear1.bias"]
    bias[...] = 3.0
    (fact,) = run.run()
    assert fact.l2_loss == pytest.approx(0.25 * float((weight.astype(np.float64) ** 2).sum()), rel=2e-6)
    plain = trainer(settings=TrainSettings(batch_size=60, holdout=0, epochs=1), optimiser=SGD, learning_rate=0.0)
    plain.network.vector[...] = run.network.vector
    list(plain.run())
    difference = run.network.gradient_vector - plain.network.gradient_vector
    np.testing.assert_allclose(difference[:7840].reshape(10, 784), 0.5 * weight, atol=1e-6)
    np.testing.assert_allclose(difference[7840:], 0, atol=1e-6)
