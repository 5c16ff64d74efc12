"""Why a class: each pixel's share is what finite differences, a plain loop and the biases' shares say."""

import numpy as np
import pytest

from convoscope.engine import network_input, parse_network, read_shard
from convoscope.views.files import DiskFiles
from convoscope.views.network.why import PATCH, STRIDE, gradient_times_input, occlusion
from convoscope.views.networks import Networks

SMALL = "conv 4 3x3 pad 1 / relu / maxpool 2 / flatten / linear 6 / relu / linear 3"


def digit(network, index=0):
    images, _ = read_shard(DiskFiles().read("mnist/test-00.gz"))
    return np.ascontiguousarray(network_input(images[index : index + 1], network))


def small(text=SMALL, offset=0.0, shape=(2, 8, 8)):
    """A network in double precision, for derivatives."""
    network = parse_network(text, shape, np.random.default_rng(1), pixel_offset=offset, dtype=np.float64)
    network.vector[...] = np.random.default_rng(2).normal(0, 0.4, network.vector.shape)
    return network, np.random.default_rng(3).normal(size=(1, *shape))


@pytest.fixture(params=["lenet5", "convnetjs"])
def network(request):
    return Networks(DiskFiles()).get(request.param).copy()


@pytest.mark.parametrize("text", [SMALL, SMALL.replace("relu", "tanh").replace("maxpool", "avgpool")])
@pytest.mark.parametrize("offset", [0.0, -0.5])
def test_gradient_times_input_against_finite_differences(text, offset):
    net, x = small(text, offset)
    found, h = gradient_times_input(net, x, 2).values, 1e-6
    expected = np.zeros((8, 8))
    for place in np.ndindex(x.shape[1:]):
        up, down = x.copy(), x.copy()
        up[(0, *place)] += h
        down[(0, *place)] -= h
        slope = (net.forward(up)[0, 2] - net.forward(down)[0, 2]) / (2 * h)
        expected[place[1:]] += slope * (x[(0, *place)] - offset)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


def bias_shares(net, chosen, classes):
    """What the biases bring: each times its gradient."""
    net.backward(np.eye(classes, dtype=net.vector.dtype)[[chosen]], needs_grad_x=True)
    shares = net.parameter_gradients()
    return sum(float((shares[name] * value).sum()) for name, value in net.parameters().items() if name.endswith("bias"))


@pytest.mark.parametrize("chosen", [0, 7])
def test_pixels_background_and_biases_add_up_to_the_logit(network, chosen):
    """Exact where every layer is linear between its kinks, as in both committed networks."""
    x = digit(network)
    found = gradient_times_input(network, x, chosen)
    biases = bias_shares(network, chosen, 10)
    background = float(network.gradients[0].sum()) * network.pixel_offset
    assert found.values.sum() + background + biases == pytest.approx(found.score, abs=1e-3)
    assert found.rest == pytest.approx(background + biases, abs=1e-3)


def test_with_tanh_they_do_not_add_up():
    net, x = small(SMALL.replace("relu", "tanh"))
    found = gradient_times_input(net, x, 1)
    biases = bias_shares(net, 1, 3)
    assert abs(found.values.sum() + biases - found.score) > 0.01


@pytest.mark.parametrize(("size", "stride"), [(PATCH, STRIDE), (5, 3), (1, 1), (8, 1)])
def test_occlusion_against_a_loop(size, stride):
    net, x = small(offset=0.25)
    x[0, :, 5:] = 0.25  # background
    found = occlusion(net, x, 0, size=size, stride=stride)
    whole = net.forward(x)[0, 0]
    lost, times = np.zeros((8, 8)), np.zeros((8, 8))
    starts = sorted({*range(0, 8 - size, stride), 8 - size})
    for row in starts:
        for column in starts:
            covered = x.copy()
            covered[:, :, row : row + size, column : column + size] = 0.25
            lost[row : row + size, column : column + size] += whole - net.forward(covered)[0, 0]
            times[row : row + size, column : column + size] += 1
    assert times.min() > 0
    np.testing.assert_allclose(found.values, lost / times, rtol=1e-9, atol=1e-9)
    assert found.score == pytest.approx(whole)


def test_one_pixel_patches_on_a_linear_network_are_gradient_times_input():
    net, x = small("flatten / linear 3", offset=-0.5, shape=(1, 8, 8))
    covered, multiplied = occlusion(net, x, 1, size=1, stride=1), gradient_times_input(net, x, 1)
    np.testing.assert_allclose(covered.values, multiplied.values, rtol=1e-9)


def test_an_empty_image_has_nothing_to_explain(network):
    x = np.full((1, *network.input_shape), network.pixel_offset, np.float32)
    assert not gradient_times_input(network, x, 3).values.any()
    assert not occlusion(network, x, 3).values.any()


def test_both_find_the_stroke_that_makes_a_seven(network):
    x = digit(network)  # the first test digit is a 7
    for found in (gradient_times_input(network, x, 7), occlusion(network, x, 7)):
        assert found.values.sum() > 0
        assert not found.values[:2].any()  # no patch with ink reaches these rows
        assert "The logit of 7 is " in found.sentence
        assert found.probability > 0.9


def test_a_copy_leaves_the_first_network_alone():
    network = Networks(DiskFiles()).get("lenet5")
    x, other = digit(network), digit(network, 1)
    kept = network.forward(x).copy()
    copy = network.copy()
    occlusion(copy, other, 2)
    np.testing.assert_array_equal(network.activations[-1], kept)
    np.testing.assert_array_equal(copy.forward(x), kept)
