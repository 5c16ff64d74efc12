"""The committed weights and classes: two photographs have PyTorch's numbers in every layer, and ours are recognised."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from convoscope.engine import squeezenet_input
from convoscope.engine.squeezenet import CLASSES
from convoscope.views.files import DiskFiles
from convoscope.views.imagenet import image_classes, imagenet_network, most_probable, probabilities_of
from convoscope.views.images import PHOTOS, photo
from convoscope.views.units.activations import Activations
from convoscope.views.units.graph import branches_of, layer_names

TESTS = Path(__file__).parents[1]
with np.load(TESTS / "engine" / "fixtures" / "torch_squeezenet.npz") as archive:
    TORCH = {name: archive[name] for name in archive.files}
PHOTOGRAPHS = sorted({name.split("|")[0] for name in TORCH} - {"reduced", "fire", "backward"})
SEEN = {
    "arch": "triumphal arch", "baseball": "baseball", "bear": "ice bear", "camera": "tripod", "cat": "Egyptian cat",
    "coffee": "espresso", "dragon": "Komodo dragon", "goldfish": "goldfish", "koala": "koala", "lemur": "Madagascar cat",
    "macaw": "macaw", "mosque": "mosque", "panda": "giant panda", "screwdriver": "screwdriver",
}  # fmt: skip
FILES = DiskFiles()


def arrays_of(part):
    return {name.removeprefix(f"{part}|"): value for name, value in TORCH.items() if name.startswith(f"{part}|")}


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


def gradients_of(chain):
    """Those of the last backward, in the order of the layers."""
    found = []
    for layer, gradient in zip(chain.layers, chain.gradients[1:], strict=True):
        found += [one for branch in branches_of(layer) for one in gradients_of(branch)] + [gradient]
    return found


def test_the_gradient_of_a_logit_is_pytorchs_through_every_fire_module_to_the_photograph():
    network, stored = imagenet_network(FILES).copy(), arrays_of("backward")
    logits = network.forward(squeezenet_input(photo("cat", 224, FILES)))
    network.input_gradient(np.eye(CLASSES, dtype=np.float32)[[285]])
    gradients = dict(zip(layer_names(network), [network.gradients[0], *gradients_of(network)], strict=False))
    assert logits.shape == gradients["logits"].shape
    layers = list(dict.fromkeys(key.split("|")[0] for key in stored))
    assert len(layers) == 1 + 1 + 3 + 8 * 4 + 1
    for layer in layers:
        values, (total, magnitude) = gradients[layer][0].ravel(), stored[f"{layer}|sums"]
        limit = np.abs(values).max()
        np.testing.assert_allclose(values[stored[f"{layer}|at"]], stored[f"{layer}|values"], atol=1e-4 * limit, err_msg=layer)
        np.testing.assert_allclose(np.abs(values).sum(dtype=float), magnitude, rtol=1e-4, err_msg=layer)
        np.testing.assert_allclose(values.sum(dtype=float), total, atol=1e-4 * magnitude, err_msg=layer)


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


def test_the_classes_have_names_of_their_own():
    classes = image_classes(FILES)
    assert len({one.name for one in classes}) == len(classes) == CLASSES
    assert classes[281].synonyms == "tabby, tabby cat"
    assert [one.name for one in classes if one.synonyms.startswith("crane")] == ["crane (134)", "crane (517)"]


def test_the_script_reads_arrays_and_nothing_else_from_a_pickle(monkeypatch):
    monkeypatch.syspath_prepend(str(TESTS.parent / "scripts"))
    import make_squeezenet

    class Harm:
        def __reduce__(self):
            return print, ("harm",)

    with pytest.raises(pickle.UnpicklingError, match="no part of an array"):
        make_squeezenet.arrays(pickle.dumps({"conv1": Harm()}))
