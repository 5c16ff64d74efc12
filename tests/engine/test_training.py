"""Training repeats bit for bit, can be paused, keeps finite weights whatever the learning rate, and sees every example."""

import itertools
import tracemalloc

import numpy as np
import pytest

from convoscope.engine import (
    OPTIMISERS,
    SGD,
    Adadelta,
    Adam,
    RMSprop,
    ShapeError,
    Trainer,
    TrainSettings,
    centred_cut,
    convnetjs_mnist,
    evaluate,
    lenet5,
    logistic_regression,
    mlp,
    network_input,
    parse_network,
    wilson_interval,
)

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
    run = trainer(make, data=(images[:20], labels[:20]), settings=TrainSettings(batch_size=7, holdout=0, epochs=2))
    facts = []
    for fact in run.run():
        facts.append(fact)
        if fact.step == 1:
            run.use(images, labels)
    assert [fact.examples_seen for fact in facts if fact.epoch == 1][-1] == 20
    assert facts[-1].examples_seen == 20 + 50


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
        cut = centred_cut(image[None], (size, size), np.array([[down, right]]))[0]
        framed = np.pad(image, 10)
        start = 10 + (28 - size) // 2
        wanted = framed[start - down : start - down + size, start - right : start - right + size]
        np.testing.assert_array_equal(cut, wanted)
    np.testing.assert_array_equal(
        centred_cut(image[None], (size, size)), centred_cut(image[None], (size, size), np.zeros((1, 2), int))
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
