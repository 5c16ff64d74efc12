"""Layers, whole networks and optimisers hold to what PyTorch 2.13.0 computed (scripts/make_torch_fixtures_training.py)."""

from pathlib import Path

import numpy as np
import pytest

from convoscope.engine import (
    OPTIMISERS,
    convnetjs_mnist,
    cross_entropy,
    cross_entropy_backward,
    lenet5,
    parse_network,
)

with np.load(Path(__file__).parent / "fixtures" / "torch_training.npz") as archive:
    TORCH = {name.replace("+", "/"): archive[name] for name in archive.files}
LAYERS = sorted({name.split("|")[1] for name in TORCH if name.startswith("layer|")})
PATHS = sorted(name for name in TORCH if name.startswith("optimiser|") and name.count("|") == 2)
NETWORKS = {
    "convnetjs": convnetjs_mnist,
    "lenet5-max": lenet5,
    "lenet5-avg": lambda rng, dtype: lenet5(rng, pooling="avg", dtype=dtype),
}


def wave(shape, phase):
    """The same numbers as in the script that asked PyTorch."""
    return np.sin(1.7 * np.arange(1, 1 + int(np.prod(shape))) ** 1.5 + phase).reshape(shape)


def test_all_kinds_of_layers_and_optimisers_are_in_the_fixtures():
    assert {"conv", "maxpool", "avgpool", "flatten", "relu", "sigmoid", "tanh"} <= {text.split()[0] for text in LAYERS}
    assert {name.split("|")[1].split()[0] for name in PATHS} == set(OPTIMISERS)


@pytest.mark.parametrize("text", LAYERS)
def test_a_layer_is_pytorchs(text):
    torch = {name.split("|")[2]: value for name, value in TORCH.items() if name.startswith(f"layer|{text}|")}
    network = parse_network(text, torch["x"].shape[1:], np.random.default_rng(0), dtype=np.float64)
    for name, value in network.parameters().items():
        value[...] = torch[name.split(".")[1]]
    np.testing.assert_allclose(network.forward(torch["x"]), torch["y"], rtol=0, atol=1e-12)
    grad_x = network.backward(torch["grad_out"], needs_grad_x=True)[0]
    np.testing.assert_allclose(grad_x, torch["grad_x"], rtol=0, atol=1e-12)
    for name, value in network.parameter_gradients().items():
        np.testing.assert_allclose(value, torch[f"grad_{name.split('.')[1]}"], rtol=0, atol=1e-12)


def wave_network(name, dtype):
    network = NETWORKS[name](np.random.default_rng(0), dtype=dtype)
    for i, value in enumerate(network.parameters().values()):
        fan = value[0].size if value.ndim > 1 else 100
        value[...] = wave(value.shape, i) * 1.5 / np.sqrt(fan)
    return network, wave((3, *network.input_shape), 0.5).astype(dtype)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 2e-5)])
def test_a_whole_network_is_pytorchs(name, dtype, tolerance):
    network, x = wave_network(name, dtype)
    logits = network.forward(x)
    labels = np.array([3, 0, 9])
    np.testing.assert_allclose(logits, TORCH[f"network|{name}|logits"], rtol=0, atol=tolerance * 10)
    assert cross_entropy(logits, labels) == pytest.approx(float(TORCH[f"network|{name}|loss"]), rel=tolerance)
    network.backward(cross_entropy_backward(logits, labels))
    wanted = TORCH[f"network|{name}|gradients"]
    assert network.gradient_vector.shape == wanted.shape
    largest = np.abs(wanted).max()
    assert largest > 0.01
    # The fixture's gradients are rounded to float32, hence no less than 1e-7 of the largest.
    np.testing.assert_allclose(network.gradient_vector, wanted, rtol=0, atol=largest * max(tolerance, 1e-7))


def test_the_comparison_notices_one_wrong_weight():
    network, x = wave_network("lenet5-max", np.float64)
    network.parameters()["conv2.weight"][3, 2, 1, 1] *= 1.001
    logits = network.forward(x)
    assert np.abs(logits - TORCH["network|lenet5-max|logits"]).max() > 1e-7


@pytest.mark.parametrize("path", PATHS)
def test_an_optimiser_walks_pytorchs_path(path):
    _, name, learning_rate = path.split("|")
    kind, *words = name.split()
    settings = {key: read_setting(value) for key, value in (word.split("=") for word in words)}
    settings |= {"learning_rate": float(learning_rate)} if learning_rate else {}
    parameter = TORCH["optimiser|start"].copy()
    optimiser = OPTIMISERS[kind]([parameter], **settings)
    for step, noise in enumerate(TORCH["optimiser|noise"]):
        optimiser.step([np.sin(parameter) + noise])
        np.testing.assert_allclose(parameter, TORCH[path][step], rtol=1e-11, atol=1e-13)
    assert step == 19


def read_setting(text):
    if text == "True":
        return True
    return tuple(float(part) for part in text.split(",")) if "," in text else float(text)
