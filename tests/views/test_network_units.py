"""What a unit's card says adds up to the unit's value, and its neighbours are those that the engine's numbers follow."""

import math

import numpy as np
import pytest

from convoscope.engine import Layer, network_input, parse_network, read_shard, softmax
from convoscope.views.files import DiskFiles
from convoscope.views.networks import Networks
from convoscope.views.settings import SettingError
from convoscope.views.units.activations import Activations, Unit, read_unit, write_unit
from convoscope.views.units.branches import Add
from convoscope.views.units.cellwise import Cellwise
from convoscope.views.units.convolution import Convolution
from convoscope.views.units.graph import layers_of
from convoscope.views.units.kinds import KINDS, derive, readers_of, receptive_edges
from convoscope.views.units.linear import Linear
from convoscope.views.units.normalisation import ResponseNorm
from convoscope.views.units.pooling import GlobalAveragePooling, Pooling
from convoscope.views.units.softmax import Softmax

UNITS = 50
ODD = (
    "conv 3 3x2 stride 2x1 pad 1x2 / sigmoid / avgpool 3 stride 2 pad 1 / conv 4 2x3 pad 2 dilation 2x1 / tanh / "
    "maxpool 3 stride 1 pad 1 / dropout 0.5 / flatten / dropout 0.25 / linear 7 / tanh / linear 5"
)

BRANCHES = (
    "conv 4 3x3 pad 1 groups 2 / relu / lrn 3 alpha 0.5 k 2 / "
    "concat(conv 3 1x1 / relu | conv 4 3x3 pad 1 groups 4 / maxpool 3 stride 1 pad 1) / "
    "add(identity | conv 7 3x3 pad 1 / tanh) / maxpool 2 / conv 6 3x3 / globalavgpool / linear 5"
)


def network_of(name):
    if name not in ("odd", "branches"):
        return Networks(DiskFiles()).get(name)
    network = parse_network(ODD if name == "odd" else BRANCHES, (2, 13, 11), np.random.default_rng(3))
    network.vector[...] = np.random.default_rng(4).normal(0, 0.5, network.vector.shape)
    return network


def image_for(network):
    if network.input_shape[0] == 2:
        return np.random.default_rng(5).normal(size=(1, *network.input_shape)).astype(np.float32)
    images, _ = read_shard(DiskFiles().read("mnist/test-00.gz"))
    return network_input(images[:1], network)


@pytest.fixture(scope="module", params=["lenet5", "convnetjs", "odd", "branches"])
def activations(request):
    return read(network_of(request.param))


def read(network):
    network.forward(image_for(network))
    return Activations.of(network)


def random_units(network, layer, count=UNITS):
    rng, shape = np.random.default_rng(layer), layers_of(network)[layer].shape
    return [Unit(layer, tuple(int(rng.integers(size)) for size in shape)) for _ in range(count)]


def added_up(parts):
    """The value, from nothing but what the card shows."""
    if isinstance(parts, Convolution):
        np.testing.assert_array_equal(parts.products, parts.window * parts.kernel)
        np.testing.assert_allclose(parts.sums, parts.products.sum(axis=(1, 2)), rtol=1e-5)
        return float(parts.sums.sum()) + parts.bias
    if isinstance(parts, Linear):
        np.testing.assert_array_equal(parts.products, parts.numbers * parts.weights)
        return math.fsum([*parts.products, parts.rest, parts.bias])
    if isinstance(parts, Pooling):
        if parts.winner is None:
            return float(parts.window.sum()) / parts.window.size
        assert parts.on_map[parts.winner]
        assert parts.window[parts.winner] == parts.window[parts.on_map].max()
        return float(parts.window[parts.winner])
    if isinstance(parts, Softmax):
        return float(parts.exponentials[parts.chosen]) / parts.sum
    if isinstance(parts, GlobalAveragePooling):
        return float(parts.window.mean())
    if isinstance(parts, Add):
        return math.fsum(parts.numbers)
    if isinstance(parts, ResponseNorm):
        size, alpha, beta, k = 3, 0.5, 0.75, 2
        assert len(parts.numbers) == len(parts.window_maps) <= size
        return parts.number / (k + alpha / size * math.fsum(parts.numbers.astype(float) ** 2)) ** beta
    assert isinstance(parts, Cellwise)
    x = parts.number
    rules = {"": x, "max({}, 0)": max(x, 0), "1 / (1 + exp(−{}))": 1 / (1 + math.exp(-x)), "tanh({})": math.tanh(x)}
    return rules[parts.rule]


def test_the_parts_of_50_units_of_every_layer_add_up_to_their_values(activations):
    network, values = activations.network, activations.values
    for layer in range(1, len(values)):
        for unit in random_units(network, layer):
            found = derive(activations, unit)
            value = values[layer][unit.position]
            assert found.value == value
            assert found.total == pytest.approx(value, rel=1e-4, abs=1e-5), found.title
            assert added_up(found) == pytest.approx(value, rel=1e-4, abs=1e-5), found.title


def test_what_the_inputs_bring_adds_up_too(activations):
    network, values = activations.network, activations.values
    for layer in range(1, len(values)):
        made_by = layers_of(network)[layer].made_by
        bias = made_by.parameters.get("bias") if made_by else None
        for unit in random_units(network, layer, 20):
            inputs = derive(activations, unit).inputs
            total = float(inputs.contributions.sum()) + (0 if bias is None else float(bias[unit.position[0]]))
            value = float(values[layer][unit.position])
            expected = float(np.exp(values[-2] - values[-2].max()).sum()) if made_by is None else value
            assert total == pytest.approx(expected, rel=1e-4, abs=1e-5)
            assert len(set(inputs.units(99_999))) == len(inputs.positions)


def test_stepping_down_and_up_are_each_others_reverse(activations):
    """A unit is among the readers of all that it reads, with the same contribution, and the other way round."""
    network, values = activations.network, activations.values
    for layer in range(1, len(values) - 1):
        for unit in random_units(network, layer, 3):
            inputs = derive(activations, unit).inputs
            for number, below in enumerate(inputs.units(12)):
                [feeds] = [readers for readers in readers_of(activations, below) if readers.layer == layer]
                assert feeds.layer == layer
                at = [i for i, position in enumerate(feeds.positions.tolist()) if tuple(position) == unit.position]
                assert len(at) == 1
                assert feeds.contributions[at[0]] == pytest.approx(inputs.contributions[number], rel=1e-5, abs=1e-7)
    for unit in random_units(network, 1, 3):
        for above in readers_of(activations, unit)[0].units(12):
            assert unit.position in map(tuple, derive(activations, above).inputs.positions.tolist())


def test_the_receptive_field_holds_every_pixel_that_changes_the_unit(activations):
    network, values = activations.network, activations.values
    rng = np.random.default_rng(0)
    x = np.ascontiguousarray(values[0])[np.newaxis]
    for layer in range(1, len(values) - 1):
        for unit in random_units(network, layer, 4):
            top, left, bottom, right = receptive_edges(network, unit)
            outside = rng.normal(size=x.shape).astype(np.float32)
            outside[:, :, top:bottom, left:right] = x[:, :, top:bottom, left:right]
            network.forward(outside)
            changed = Activations.of(network).values[layer][unit.position]
            assert changed == pytest.approx(values[layer][unit.position], rel=1e-3, abs=1e-4)
    corner = receptive_edges(network, Unit(1, (0, 0, 0)))
    layer = network.layers[0]
    assert corner[:2] == (0, 0)
    assert corner[2] == layer.kernel_size[0] - layer.padding[0]  # cut at the edge


def test_the_window_lies_on_the_maps_one_layer_back(activations):
    network, values = activations.network, activations.values
    for layer in range(1, len(values)):
        for unit in random_units(network, layer, 5):
            found = derive(activations, unit)
            if found.window_edges is None:
                assert values[found.before].ndim == 1 or isinstance(found, Add)
                continue
            top, left, bottom, right = found.window_edges
            assert 0 <= top < bottom <= values[found.before].shape[1]
            assert 0 <= left < right <= values[found.before].shape[2]
            for c, row, column in found.inputs.positions.tolist():
                assert c in found.window_maps
                assert top <= row < bottom
                assert left <= column < right


def kinds_of(layer):
    """The words for all layers that the engine has."""
    return {one.kind for one in layer.__subclasses__()} | {kind for one in layer.__subclasses__() for kind in kinds_of(one)}


def test_every_kind_of_layer_of_the_engine_has_a_class():
    kinds = kinds_of(Layer) - {""}
    assert len(kinds) > 10
    assert kinds | {"input", "softmax"} == set(KINDS)


def test_a_unit_in_a_branch_has_an_address_and_leads_on():
    activations = read(network_of("branches"))
    network = activations.network
    unit = Unit(layers_of(network).index(next(one for one in layers_of(network) if one.kind == "concat")), (4, 2, 3))
    inner = derive(activations, unit).inputs.units(1)[0]
    assert write_unit(network, inner) == "concat1.branch2.maxpool1[1,2,3]"
    assert read_unit(network, "concat1.branch2.maxpool1[1,2,3]") == inner
    assert activations.value(inner) == activations.value(unit)
    before = [activations.names[one.layer] for one in readers_of(activations, Unit(3, (0, 2, 3)))]
    assert before == ["concat1.branch1.conv1", "concat1.branch2.conv1"]  # one reader in each branch


def test_lenet5_says_its_sums_in_one_sentence():
    activations = read(network_of("lenet5"))
    network, values = activations.network, activations.values
    said = {layer: derive(activations, random_units(network, layer)[0]).sentence for layer in range(len(values))}
    assert said[0].startswith("input[0, ")
    assert said[1].startswith("C1[")
    assert "(22 more: " in said[1]
    assert "bias " in said[1]
    assert said[2].split(" = ")[1].startswith("max(")
    assert said[3].count(", ") >= 3
    assert " = S2[" not in said[7]
    assert said[7].split(" = ")[1].startswith("S4[")
    assert "/ the sum over all 10 = " in said[len(values) - 1]


def test_a_unit_that_was_switched_off_says_so():
    activations = read(network_of("lenet5"))
    values = activations.values
    unit = Unit(2, tuple(int(place) for place in np.argwhere(values[2] > 0.1)[0]))
    values[2][unit.position] = 0
    found = derive(activations, unit)
    assert (found.value, found.total > 0.1) == (0, True)
    assert "switched off" in found.sentence


OLD_NAMES = {
    "conv1": "C1", "relu1": "ReLU1", "maxpool1": "S2", "conv2": "C3", "linear1": "C5", "linear2": "F6", "linear3": "output",
}  # fmt: skip


@pytest.mark.parametrize("old", OLD_NAMES)
def test_addresses_with_the_engines_names_still_name_the_same_unit(old):
    network = network_of("lenet5")
    new, shape = OLD_NAMES[old], network.shapes[network.names.index(old) + 1]
    place = f"[{','.join('3' for _ in shape)}]"
    unit = read_unit(network, old + place)
    assert unit == read_unit(network, new + place)
    assert write_unit(network, unit) == new + place
    assert layers_of(network)[unit.layer].made_by is network.layers[network.names.index(old)]


def test_units_are_written_and_read_back(activations):
    network, values = activations.network, activations.values
    for layer in range(len(values)):
        for unit in random_units(network, layer, 5):
            assert read_unit(network, write_unit(network, unit)) == unit
    assert np.allclose(values[-1], softmax(values[-2][np.newaxis])[0])


@pytest.mark.parametrize(
    "text",
    ["", "conv1", "conv9[0,0,0]", "conv1[0]", "conv1[0,0,99]", "linear1[500]", "conv1[-1,0,0]", "x" * 9999],
)
def test_a_unit_that_is_not_there_is_refused_in_a_sentence(text):
    with pytest.raises(SettingError) as refused:
        read_unit(network_of("lenet5"), text)
    assert len(str(refused.value)) < 300


def test_the_first_of_equal_pixels_wins():
    network = parse_network("maxpool 2 / flatten / linear 2", (1, 4, 4), np.random.default_rng(0))
    network.forward(np.ones((1, 1, 4, 4), np.float32))
    found = derive(Activations.of(network), Unit(1, (0, 1, 1)))
    assert found.winner == (0, 0)
    assert found.inputs.positions[0].tolist() == [0, 2, 2]
    assert found.inputs.contributions.tolist() == [1, 0, 0, 0]

