"""SqueezeNet at reduced width and a fire module have PyTorch's numbers; the input is prepared as the weights want it."""

from pathlib import Path

import numpy as np
import pytest

from convoscope.engine import Network, ShapeError, parse_layers, squeezenet, squeezenet_input
from convoscope.engine.squeezenet import CLASSES, INPUT_SHAPE, POOL, SQUEEZENET, fire

with np.load(Path(__file__).parent / "fixtures" / "torch_squeezenet.npz") as archive:
    TORCH = {name: archive[name] for name in archive.files}
REDUCED = " / ".join([
    "conv 4 3x3 stride 2 / relu", POOL, fire(3, 3), fire(3, 3), POOL, fire(3, 4), fire(3, 4), POOL,
    fire(4, 5), fire(4, 5), fire(3, 4), fire(3, 4), "conv 6 1x1 / globalavgpool",
])  # fmt: skip


def arrays_of(part):
    return {name.removeprefix(f"{part}|"): value for name, value in TORCH.items() if name.startswith(f"{part}|")}


def share_wrong(ours, theirs):
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


@pytest.mark.parametrize(("part", "text"), [("reduced", REDUCED), ("fire", fire(3, 4))])
@pytest.mark.parametrize(("dtype", "allowed"), [("float64", 1e-12), ("float32", 5e-5)])
def test_forward_and_backward_are_pytorchs(part, text, dtype, allowed):
    arrays = arrays_of(part)
    shape = arrays["x"].shape[1:]
    network = Network.from_specs(parse_layers(text, shape), shape, np.random.default_rng(0), dtype=dtype)
    for number, parameter in enumerate(network.parameters().values()):
        parameter[...] = arrays[f"parameter{number}"]
    assert share_wrong(network.forward(arrays["x"].astype(dtype)), arrays["y"]) < allowed
    grad_x = network.backward(arrays["grad_out"].astype(dtype), needs_grad_x=True)[0]
    assert share_wrong(grad_x, arrays["grad_x"]) < allowed
    assert np.ptp(arrays["y"], axis=0).any()
    for number, gradient in enumerate(network.parameter_gradients().values()):
        assert share_wrong(gradient, arrays[f"grad_parameter{number}"]) < allowed, number


@pytest.mark.parametrize("text", [REDUCED, fire(3, 4), "conv 4 3x3 groups 2 / relu / flatten / linear 3"])
def test_the_inputs_gradient_alone_is_backwards_and_leaves_the_parameters_gradients(text):
    rng = np.random.default_rng(3)
    shape = (6, 5, 5) if "groups" in text else TORCH[f"{'reduced' if text == REDUCED else 'fire'}|x"].shape[1:]
    network = Network.from_specs(parse_layers(text, shape), shape, rng, dtype="float64")
    with pytest.raises(ValueError, match="came before forward"):
        network.input_gradient(np.zeros(1))
    grad_out = rng.normal(size=network.forward(rng.normal(size=(2, *shape))).shape)
    expected = [np.array(gradient) for gradient in network.backward(grad_out, needs_grad_x=True)]
    network.gradient_vector.fill(7)
    grad_x = np.array(network.input_gradient(grad_out))
    np.testing.assert_array_equal(grad_x, expected[0])
    assert np.ptp(grad_x)
    assert (network.gradient_vector == 7).all()
    for gradient, other in zip(network.gradients, expected, strict=True):
        np.testing.assert_array_equal(gradient, other)


def test_the_network_is_the_papers():
    network = squeezenet(np.random.default_rng(0))
    assert network.vector.size == 1_235_496
    assert network.text == SQUEEZENET
    assert network.shapes[0] == INPUT_SHAPE
    assert network.shapes[-1] == (CLASSES,)
    assert network.shapes[-2] == (CLASSES, 13, 13)


def test_the_input_is_blue_green_red_less_the_mean_with_zeros_below_and_right():
    pixels = np.zeros((224, 224, 3), np.uint8)
    pixels[3, 5] = 10, 20, 30
    x = squeezenet_input(pixels)
    assert x.shape == (1, *INPUT_SHAPE)
    assert x.dtype == np.float32
    np.testing.assert_allclose(x[0, :, 3, 5], [30 - 104.006, 20 - 116.669, 10 - 122.679], rtol=1e-6)
    assert not x[0, :, 224].any()
    assert not x[0, :, :, 224].any()


def test_a_photograph_of_another_size_is_refused_with_a_sentence():
    with pytest.raises(ShapeError, match="cut it to a square and scale it"):
        squeezenet_input(np.zeros((32, 32, 3), np.uint8))
