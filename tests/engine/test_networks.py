"""Layers hold to their declared shapes, networks to their derivatives, architectures to their published counts."""

import numpy as np
import pytest

from convoscope.engine import (
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    Network,
    ReLU,
    ShapeError,
    convnetjs_mnist,
    cross_entropy,
    cross_entropy_backward,
    glorot_uniform,
    he_normal,
    lenet5,
    logistic_regression,
    mlp,
    parse_network,
)

SMALL_TEXTS = [
    "conv 3 3x3 / relu / maxpool 2 / flatten / linear 4",
    "conv 2 3x2 stride 2 pad 1x2 dilation 1x2 / tanh / avgpool 2 stride 1 pad 1 / flatten / linear 5 / sigmoid / linear 3",
    "conv 2 1x1 / sigmoid / conv 3 3x3 pad 1 / relu / maxpool 3 stride 2 pad 1 / flatten / dropout 0.5 / linear 3",
    "avgpool 2x3 / flatten / linear 6 / tanh / linear 2",
    "flatten / linear 7 / relu / linear 3",
]


def small_network(text, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    network = parse_network(text, (2, 9, 8), rng, dtype=dtype)
    for value in network.parameters().values():
        value[...] = rng.normal(0, 0.5, value.shape)  # biases too, so that their gradients matter
    return network, rng.normal(size=(3, 2, 9, 8)), rng.integers(0, 2, 3)


def directional_error(network, x, labels, rng, eps=1e-6):
    """Relative difference between backward and a central difference along one random direction of all inputs."""

    def loss_at(t):
        network.vector[...] = vector + t * direction
        return cross_entropy(network.forward(x + t * x_direction), labels)

    vector, direction = network.vector.copy(), rng.normal(size=network.vector.shape)
    x_direction = rng.normal(size=x.shape)
    grad_x = network.backward(cross_entropy_backward(network.forward(x), labels), needs_grad_x=True)[0]
    analytic = float(network.gradient_vector @ direction + (grad_x * x_direction).sum())
    numeric = (loss_at(eps) - loss_at(-eps)) / (2 * eps)
    network.vector[...] = vector
    return abs(analytic - numeric) / (abs(analytic) + abs(numeric))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("text", SMALL_TEXTS)
def test_backward_is_the_derivative_of_the_loss(text, seed):
    network, x, labels = small_network(text, seed)
    assert directional_error(network, x, labels, np.random.default_rng(seed)) < 1e-6


@pytest.mark.parametrize("text", SMALL_TEXTS)
def test_the_gradient_check_notices_a_planted_fault(text, monkeypatch):
    network, x, labels = small_network(text)
    layer = network.layers[-1]
    right = layer.backward
    monkeypatch.setattr(layer, "backward", lambda grad_out, *, needs_grad_x: 1.001 * right(grad_out, needs_grad_x=True))
    assert directional_error(network, x, labels, np.random.default_rng(0)) > 1e-5


@pytest.mark.parametrize("text", SMALL_TEXTS)
@pytest.mark.parametrize("count", [1, 5])
def test_every_layer_computes_the_shape_that_it_declares(text, count):
    network, _, _ = small_network(text)
    network.train()
    logits = network.forward(np.ones((count, 2, 9, 8)))
    gradients = network.backward(np.ones_like(logits), needs_grad_x=True)
    assert [array.shape for array in network.activations] == [(count, *shape) for shape in network.shapes]
    assert [array.shape for array in gradients] == [(count, *shape) for shape in network.shapes]


def test_a_layer_that_declares_a_wrong_shape_would_be_noticed(monkeypatch):
    monkeypatch.setattr(MaxPool2d, "output_shape", lambda self, shape: (shape[0], shape[1] // 2 + 1, shape[2] // 2))
    network = Network([MaxPool2d(2)], (1, 4, 4))
    network.forward(np.ones((1, 1, 4, 4)))
    assert network.activations[-1].shape[1:] != network.shapes[-1]


@pytest.mark.parametrize("text", SMALL_TEXTS)
def test_float32_gives_what_float64_gives(text):
    exact, x, labels = small_network(text)
    rounded, _, _ = small_network(text, dtype=np.float32)
    logits = rounded.forward(x)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, exact.forward(x), rtol=0, atol=2e-5)
    exact.backward(cross_entropy_backward(exact.forward(x), labels))
    rounded.backward(cross_entropy_backward(logits, labels))
    np.testing.assert_allclose(rounded.gradient_vector, exact.gradient_vector, rtol=0, atol=2e-5)


def test_a_batch_is_its_images_one_by_one():
    network, x, _ = small_network(SMALL_TEXTS[0])
    together = network.forward(x).copy()
    apart = [network.forward(image[None])[0].copy() for image in x]
    np.testing.assert_allclose(together, apart, rtol=1e-12)


def test_published_parameter_counts_and_shapes():
    rng = np.random.default_rng(0)
    assert convnetjs_mnist(rng).vector.size == 5_994
    assert lenet5(rng).vector.size == lenet5(rng, pooling="avg").vector.size == 61_706
    assert logistic_regression(rng).vector.size == 7_850
    assert mlp(rng).vector.size == 784 * 100 + 100 + 100 * 10 + 10
    shapes = [fact.output_shape for fact in lenet5(rng).summary()]
    assert shapes[:6] == [(6, 28, 28), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 10, 10), (16, 5, 5)]
    assert shapes[-1] == (10,)
    with pytest.raises(ValueError, match="'max' or 'avg' is wanted"):
        lenet5(rng, pooling="mean")


def test_summary_gives_facts():
    facts = {fact.name: fact for fact in convnetjs_mnist(np.random.default_rng(0)).summary()}
    assert list(facts) == ["conv1", "relu1", "maxpool1", "conv2", "relu2", "maxpool2", "flatten1", "linear1"]
    assert [fact.parameter_count for fact in facts.values()] == [208, 0, 0, 3216, 0, 0, 0, 2570]
    assert facts["conv1"].multiply_adds == 24 * 24 * 8 * 25
    assert facts["conv2"].multiply_adds == 12 * 12 * 16 * 8 * 25
    assert facts["linear1"].multiply_adds == 2560
    assert facts["maxpool2"].input_shape == (16, 12, 12)
    assert facts["maxpool2"].output_shape == (16, 4, 4)


def test_parameters_are_views_of_one_vector():
    network, _, _ = small_network(SMALL_TEXTS[0])
    network.vector[...] = np.arange(network.vector.size)
    flat = np.concatenate([value.ravel() for value in network.parameters().values()])
    np.testing.assert_array_equal(flat, network.vector)
    assert set(network.parameters()) == {"conv1.weight", "conv1.bias", "linear1.weight", "linear1.bias"}


def test_the_image_gradient_comes_only_when_asked_for():
    network, x, labels = small_network(SMALL_TEXTS[0])
    grad_logits = cross_entropy_backward(network.forward(x), labels)
    assert network.backward(grad_logits)[0] is None
    assert network.backward(grad_logits, needs_grad_x=True)[0].shape == x.shape


def test_dropout_drops_while_training_only_and_keeps_the_mean():
    layer = Dropout(0.25, rng=np.random.default_rng(0))
    network = Network([layer], (100, 10, 10))
    x = np.ones((10, 100, 10, 10), np.float32)
    np.testing.assert_array_equal(network.forward(x), x)
    network.train()
    out = network.forward(x)
    assert set(np.unique(out)) == {np.float32(0), np.float32(1) / np.float32(0.75)}
    assert abs(float((out == 0).mean()) - 0.25) < 0.01  # 100,000 cells: 0.01 is seven standard deviations
    gradient = network.backward(np.ones_like(x), needs_grad_x=True)[0]
    np.testing.assert_array_equal(gradient, out)  # what was dropped gets no gradient
    assert (network.forward(x) != out).any()
    network.eval()
    np.testing.assert_array_equal(network.forward(x), x)


def test_initialisers_have_the_spread_of_their_papers():
    rng = np.random.default_rng(0)
    assert he_normal(rng, (400, 16, 5, 5)).std() == pytest.approx(np.sqrt(2 / 400), rel=0.02)
    glorot = glorot_uniform(rng, (300, 500))
    assert glorot.std() == pytest.approx(np.sqrt(2 / 800), rel=0.02)
    assert np.abs(glorot).max() <= np.sqrt(6 / 800)
    np.testing.assert_array_equal(
        he_normal(np.random.default_rng(5), (2, 3)), he_normal(np.random.default_rng(5), (2, 3))
    )
    with pytest.raises(ValueError, match="start biases at zero"):
        he_normal(rng, (10,))


RNG = np.random.default_rng(0)
BAD_NETWORKS = [
    (lambda: Network([], (1, 4, 4)), "has no layers"),
    (lambda: Network([Conv2d(3, 2, 3, rng=RNG)], (1, 4, 4)), "conv1 .* has 1 channels but the filters expect 3"),
    (lambda: Network([Conv2d(1, 2, 5, rng=RNG)], (1, 4, 4)), "the kernel covers 5 pixels"),
    (lambda: Network([Conv2d(1, 2, 0, rng=RNG)], (1, 4, 4)), "kernel_size is 0"),
    (lambda: Network([Linear(16, 2, rng=RNG)], (1, 4, 4)), r"put Flatten\(\) before it"),
    (lambda: Network([Flatten(), MaxPool2d(2)], (1, 4, 4)), r"maxpool1 .* wants \(C, H, W\)"),
    (lambda: Network([ReLU()], (1, 4, 4)).forward(np.ones((1, 1, 5, 5))), r"wants \(N, 1, 4, 4\)"),
    (lambda: Network([ReLU()], (1, 4, 4)).forward(np.ones((0, 1, 4, 4))), "at least 1"),
    (lambda: Network([ReLU()], (1, 4, 4)).backward(np.ones((1, 1, 4, 4))), "backward came before forward"),
    (lambda: Dropout(1.0, rng=RNG), r"must be in \[0, 1\)"),
]


@pytest.mark.parametrize(("make", "sentence"), BAD_NETWORKS)
def test_what_does_not_fit_is_refused_with_a_sentence(make, sentence):
    with pytest.raises((ShapeError, ValueError), match=sentence):
        make()
