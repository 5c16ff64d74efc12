"""What a unit's card says adds up to the unit's value, and its neighbours are those that the engine's numbers follow."""

import math

import numpy as np
import pytest

from convoscope.engine import network_input, parse_network, read_shard, softmax
from convoscope.views.files import DiskFiles
from convoscope.views.network.parts import CellParts, ConvParts, LinearParts, PoolParts, SoftmaxParts
from convoscope.views.network.stages import Unit, kept, layer_of, read_unit, stage_names, stage_shapes, write_unit
from convoscope.views.network.unit import card
from convoscope.views.networks import Networks
from convoscope.views.settings import SettingError

UNITS = 50
ODD = (
    "conv 3 3x2 stride 2x1 pad 1x2 / sigmoid / avgpool 3 stride 2 pad 1 / conv 4 2x3 pad 2 dilation 2x1 / tanh / "
    "maxpool 3 stride 1 pad 1 / dropout 0.5 / flatten / dropout 0.25 / linear 7 / tanh / linear 5"
)


def network_of(name):
    if name != "odd":
        return Networks(DiskFiles()).get(name)
    network = parse_network(ODD, (2, 13, 11), np.random.default_rng(3))
    network.vector[...] = np.random.default_rng(4).normal(0, 0.5, network.vector.shape)
    return network


def image_for(network):
    if network.input_shape[0] == 2:
        return np.random.default_rng(5).normal(size=(1, *network.input_shape)).astype(np.float32)
    images, _ = read_shard(DiskFiles().read("mnist/test-00.gz"))
    return network_input(images[:1], network)


@pytest.fixture(scope="module", params=["lenet5", "convnetjs", "odd"])
def asked(request):
    network = network_of(request.param)
    network.forward(image_for(network))
    return network, kept(network)


def random_units(network, stage, count=UNITS):
    rng, shape = np.random.default_rng(stage), stage_shapes(network)[stage]
    return [Unit(stage, tuple(int(rng.integers(size)) for size in shape)) for _ in range(count)]


def added_up(parts):
    """The value, from nothing but what the card shows."""
    if isinstance(parts, ConvParts):
        np.testing.assert_array_equal(parts.products, parts.window * parts.kernel)
        np.testing.assert_allclose(parts.sums, parts.products.sum(axis=(1, 2)), rtol=1e-5)
        np.testing.assert_allclose(parts.running, np.cumsum(parts.sums), rtol=1e-4, atol=1e-5)
        return float(parts.sums.sum()) + parts.bias
    if isinstance(parts, LinearParts):
        np.testing.assert_array_equal(parts.products, parts.inputs * parts.weights)
        return math.fsum([*parts.products, parts.rest, parts.bias])
    if isinstance(parts, PoolParts):
        if parts.winner is None:
            return float(parts.window.sum()) / parts.window.size
        assert parts.inside[parts.winner]
        assert parts.window[parts.winner] == parts.window[parts.inside].max()
        return float(parts.window[parts.winner])
    if isinstance(parts, SoftmaxParts):
        return float(parts.exponentials[parts.chosen]) / parts.sum
    assert isinstance(parts, CellParts)
    x = parts.before
    rules = {"": x, "max({}, 0)": max(x, 0), "1 / (1 + exp(−{}))": 1 / (1 + math.exp(-x)), "tanh({})": math.tanh(x)}
    return rules[parts.rule]


def test_the_parts_of_50_units_of_every_stage_add_up_to_their_values(asked):
    network, stages = asked
    for stage in range(1, len(stages)):
        for unit in random_units(network, stage):
            found = card(network, stages, unit)
            value = stages[stage][unit.position]
            assert found.value == value
            assert found.total == pytest.approx(value, rel=1e-4, abs=1e-5), found.title
            assert added_up(found.parts) == pytest.approx(value, rel=1e-4, abs=1e-5), found.title


def test_what_the_inputs_bring_adds_up_too(asked):
    network, stages = asked
    for stage in range(1, len(stages)):
        layer = layer_of(network, stage)
        bias = layer.parameters.get("bias") if layer else None
        for unit in random_units(network, stage, 20):
            inputs = card(network, stages, unit).inputs
            total = float(inputs.contributions.sum()) + (0 if bias is None else float(bias[unit.position[0]]))
            value = float(stages[stage][unit.position])
            expected = float(np.exp(stages[-2] - stages[-2].max()).sum()) if layer is None else value
            assert total == pytest.approx(expected, rel=1e-4, abs=1e-5)
            assert len(set(map(tuple, inputs.positions.tolist()))) == len(inputs.positions)


def test_stepping_down_and_up_are_each_others_reverse(asked):
    """A unit is among the readers of all that it reads, with the same contribution, and the other way round."""
    network, stages = asked
    for stage in range(1, len(stages) - 1):
        for unit in random_units(network, stage, 3):
            inputs = card(network, stages, unit).inputs
            for number, below in enumerate(inputs.units(12)):
                feeds = card(network, stages, below).feeds
                assert feeds.stage == stage
                at = [i for i, position in enumerate(feeds.positions.tolist()) if tuple(position) == unit.position]
                assert len(at) == 1
                assert feeds.contributions[at[0]] == pytest.approx(inputs.contributions[number], rel=1e-5, abs=1e-7)
    for unit in random_units(network, 1, 3):
        for above in card(network, stages, unit).feeds.units(12):
            assert unit.position in map(tuple, card(network, stages, above).inputs.positions.tolist())


def test_the_receptive_field_holds_every_pixel_that_changes_the_unit(asked):
    network, stages = asked
    rng = np.random.default_rng(0)
    x = np.ascontiguousarray(stages[0])[np.newaxis]
    for stage in range(1, len(network.layers) + 1):
        for unit in random_units(network, stage, 4):
            top, left, bottom, right = card(network, stages, unit).field
            outside = rng.normal(size=x.shape).astype(np.float32)
            outside[:, :, top:bottom, left:right] = x[:, :, top:bottom, left:right]
            network.forward(outside)
            changed = network.activations[stage][(0, *unit.position)]
            assert changed == pytest.approx(stages[stage][unit.position], rel=1e-3, abs=1e-4)
    corner = card(network, stages, Unit(1, (0, 0, 0)))
    layer = network.layers[0]
    assert corner.field[:2] == (0, 0)
    assert corner.field[2] == layer.kernel_size[0] - layer.padding[0]  # cut at the edge


def test_the_window_lies_on_the_maps_one_stage_back(asked):
    network, stages = asked
    for stage in range(1, len(stages)):
        for unit in random_units(network, stage, 5):
            found = card(network, stages, unit)
            if found.window is None:
                assert stages[stage - 1].ndim == 1
                continue
            top, left, bottom, right = found.window
            assert 0 <= top < bottom <= stages[stage - 1].shape[1]
            assert 0 <= left < right <= stages[stage - 1].shape[2]
            for c, row, column in found.inputs.positions.tolist():
                assert c in found.window_maps
                assert top <= row < bottom
                assert left <= column < right


def test_lenet5_says_its_sums_in_one_sentence():
    network = network_of("lenet5")
    network.forward(image_for(network))
    stages, titles = kept(network), ["input", "C1", "C1 ReLU", "S2", *stage_names(network)[4:-1], "output"]
    said = {stage: card(network, stages, random_units(network, stage)[0], titles).sentence for stage in range(len(stages))}
    assert said[0].startswith("input[0, ")
    assert said[1].startswith("C1[")
    assert "(22 more: " in said[1]
    assert "bias " in said[1]
    assert said[2].split(" = ")[1].startswith("max(")
    assert said[3].count(", ") >= 3
    assert " = S2[" not in said[7]
    assert said[7].split(" = ")[1].startswith("maxpool2[")
    assert "/ the sum over all 10 = " in said[len(stages) - 1]


def test_a_unit_that_was_switched_off_says_so():
    network = network_of("lenet5")
    network.forward(image_for(network))
    stages = kept(network)
    unit = Unit(2, tuple(int(place) for place in np.argwhere(stages[2] > 0.1)[0]))
    stages[2][unit.position] = 0
    found = card(network, stages, unit)
    assert (found.value, found.total > 0.1) == (0, True)
    assert "switched off" in found.sentence


def test_units_are_written_and_read_back(asked):
    network, stages = asked
    for stage in range(len(stages)):
        for unit in random_units(network, stage, 5):
            assert read_unit(network, write_unit(network, unit)) == unit
    assert np.allclose(stages[-1], softmax(stages[-2][np.newaxis])[0])


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
    found = card(network, kept(network), Unit(1, (0, 1, 1)))
    assert found.parts.winner == (0, 0)
    assert found.inputs.positions[0].tolist() == [0, 2, 2]
    assert found.inputs.contributions.tolist() == [1, 0, 0, 0]

