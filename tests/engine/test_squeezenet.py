"""SqueezeNet: PyTorch's numbers at reduced width and with the committed weights, on every layer of two photographs."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from convoscope.engine import Network, ShapeError, parse_layers, squeezenet, squeezenet_input
from convoscope.engine.squeezenet import CLASSES, INPUT_SHAPE, POOL, SQUEEZENET, fire
from convoscope.views.files import DiskFiles
from convoscope.views.imagenet import image_classes, imagenet_network, most_probable, probabilities_of
from convoscope.views.images import PHOTOS, photo
from convoscope.views.units.activations import Activations

with np.load(Path(__file__).parent / "fixtures" / "torch_squeezenet.npz") as archive:
    TORCH = {name: archive[name] for name in archive.files}
PHOTOGRAPHS = sorted({name.split("|")[0] for name in TORCH} - {"reduced", "fire"})
REDUCED = " / ".join([
    "conv 4 3x3 stride 2 / relu", POOL, fire(3, 3), fire(3, 3), POOL, fire(3, 4), fire(3, 4), POOL,
    fire(4, 5), fire(4, 5), fire(3, 4), fire(3, 4), "conv 6 1x1 / globalavgpool",
])  # fmt: skip
SEEN = {
    "arch": "triumphal arch", "baseball": "baseball", "bear": "ice bear", "camera": "tripod", "cat": "Egyptian cat",
    "coffee": "espresso", "dragon": "Komodo dragon", "goldfish": "goldfish", "koala": "koala", "lemur": "Madagascar cat",
    "macaw": "macaw", "mosque": "mosque", "panda": "giant panda", "screwdriver": "screwdriver",
}  # fmt: skip
FILES = DiskFiles()


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


@pytest.fixture(scope="module")
def activations():
    made = {}
    for name in PHOTOGRAPHS:
        network = imagenet_network(FILES)
        network.forward(squeezenet_input(photo(name, 224, FILES)))
        made[name] = Activations.of(network)
    return made


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_every_layer_is_pytorchs_with_the_same_weights(activations, name):
    stored = arrays_of(name)
    layers = list(dict.fromkeys(key.split("|")[0] for key in stored))
    assert len(layers) == 1 + 3 + 8 * 4 + 3
    for layer in layers:
        values = activations[name].values[activations[name].names.index(layer)].ravel()
        total, magnitude = stored[f"{layer}|sums"]
        limit = np.abs(values).max()
        np.testing.assert_allclose(values[stored[f"{layer}|at"]], stored[f"{layer}|values"], atol=2e-5 * limit, err_msg=layer)
        np.testing.assert_allclose(np.abs(values).sum(dtype=float), magnitude, rtol=2e-5, err_msg=layer)
        np.testing.assert_allclose(values.sum(dtype=float), total, atol=2e-5 * magnitude, err_msg=layer)


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_the_mean_of_a_classs_map_is_its_logit(activations, name):
    maps, logits = (activations[name].values[activations[name].names.index(layer)] for layer in ("conv10", "logits"))
    assert maps.shape == (CLASSES, 13, 13)
    np.testing.assert_allclose(maps.mean(axis=(1, 2), dtype=float), logits, atol=2e-6 * np.abs(maps).max())


def test_our_photographs_are_recognised_and_the_others_are_not_said_to_be():
    classes = image_classes(FILES)
    for name in PHOTOS:
        probabilities = probabilities_of(photo(name, 224, FILES), FILES)
        best = most_probable(probabilities, 1)[0]
        if name in SEEN:
            assert classes[best].name == SEEN[name]
            assert probabilities[best] > 0.4
    assert len(set(SEEN.values())) >= 10


def test_the_network_is_the_papers():
    network = squeezenet(np.random.default_rng(0))
    assert network.vector.size == 1_235_496
    assert network.text == SQUEEZENET
    assert network.shapes[0] == INPUT_SHAPE
    assert network.shapes[-1] == (CLASSES,)
    assert network.shapes[-2] == (CLASSES, 13, 13)


def test_the_classes_have_names_of_their_own():
    classes = image_classes(FILES)
    assert len({one.name for one in classes}) == len(classes) == CLASSES
    assert classes[281].synonyms == "tabby, tabby cat"
    assert [one.name for one in classes if one.synonyms.startswith("crane")] == ["crane (134)", "crane (517)"]


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


def test_the_script_reads_arrays_and_nothing_else_from_a_pickle(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
    import make_squeezenet

    class Harm:
        def __reduce__(self):
            return print, ("harm",)

    with pytest.raises(pickle.UnpicklingError, match="no part of an array"):
        make_squeezenet.arrays(pickle.dumps({"conv1": Harm()}))
