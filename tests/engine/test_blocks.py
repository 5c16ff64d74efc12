"""Branches, groups, global pooling and local response normalisation: PyTorch's numbers, true slopes, sentences."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from convoscope import engine
from convoscope.engine import (
    SGD,
    Adam,
    Add,
    Concat,
    Conv2d,
    Dropout,
    Flatten,
    Identity,
    Linear,
    LocalResponseNorm,
    MaxPool2d,
    Network,
    ReLU,
    ShapeError,
    Trainer,
    TrainSettings,
    evaluate,
    fast,
    lenet5,
    load_weights,
    parse_layers,
    parse_network,
    save_weights,
)

from .oracles import slope_error
from .strategies import numbers, some, st

with np.load(Path(__file__).parent / "fixtures" / "torch_blocks.npz") as archive:
    TORCH = {name: archive[name] for name in archive.files}
NAMES = sorted({tuple(name.split("|")[:2]) for name in TORCH}, key=lambda case: (case[0], int(case[1])))
DTYPES = {"float64": 1e-12, "float32": 3e-6}  # allowed difference, as a share of the largest value
FIRE = "conv 3 1x1 / relu / concat(conv 4 1x1 / relu | conv 2 3x3 pad 1 / relu)"
RESIDUAL = "conv 4 3x3 / add(conv 4 3x3 pad 1 / relu / conv 4 3x3 pad 1 | identity) / relu"


def cases(op):
    chosen = [case for case in NAMES if case[0] == op]
    assert chosen
    return pytest.mark.parametrize("case", chosen, ids="|".join)


def arrays_of(case):
    prefix = "|".join(case) + "|"
    return {name.removeprefix(prefix): value for name, value in TORCH.items() if name.startswith(prefix)}


def load(case, dtype):
    arrays = arrays_of(case)
    settings = json.loads(str(arrays.pop("settings")))
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    return {name: value.astype(dtype) for name, value in arrays.items()}, settings


def check(found, expected, dtype):
    assert found.shape == expected.shape
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=0, atol=DTYPES[dtype] * max(1.0, float(abs(expected).max())))


@pytest.mark.parametrize("dtype", DTYPES)
@cases("conv2d")
def test_grouped_convolution_is_pytorchs(case, dtype):
    torch, settings = load(case, dtype)
    x, weight, bias = torch["x"], torch["weight"], torch["bias"]
    options = {name: value for name, value in settings.items() if name != "groups"}
    plan = fast.GroupedConv2dPlan(settings["groups"], **options)
    for given_x in (x, np.ones_like(x), x[:1], x):  # the plan's buffers are used again
        outs = [op(given_x, weight, bias, **settings) for op in (engine.conv2d, engine.conv2d_loops)]
        check(plan.forward(given_x, weight, bias), outs[1], dtype)
        check(outs[0], outs[1], dtype)
    check(outs[0], torch["out"], dtype)
    backward = engine.conv2d_backward(torch["grad_out"], x, weight, **settings)
    assert plan.backward(torch["grad_out"], needs_grad_x=False)[0] is None
    for gradients in (backward, plan.backward(torch["grad_out"])):
        for name, gradient in zip(("grad_x", "grad_weight", "grad_bias"), gradients, strict=True):
            check(gradient, torch[name], dtype)


def test_groups_are_convolutions_apart():
    """AlexNet's halves: each group is a convolution of its own channels."""
    rng = np.random.default_rng(0)
    x, weight, bias = (rng.normal(size=shape) for shape in ((2, 6, 7, 8), (4, 3, 3, 3), (4,)))
    both = engine.conv2d(x, weight, bias, padding=1, groups=2)
    left = engine.conv2d(x[:, :3], weight[:2], bias[:2], padding=1)
    right = engine.conv2d(x[:, 3:], weight[2:], bias[2:], padding=1)
    np.testing.assert_allclose(both, np.concatenate([left, right], axis=1), atol=1e-13)


@pytest.mark.parametrize("dtype", DTYPES)
@cases("local_response_norm")
def test_local_response_normalisation_is_pytorchs(case, dtype):
    torch, settings = load(case, dtype)
    for op in (engine.local_response_norm, engine.local_response_norm_loops):
        check(op(torch["x"], **settings), torch["out"], dtype)
    check(engine.local_response_norm_backward(torch["grad_out"], torch["x"], **settings), torch["grad_x"], dtype)
    layer = LocalResponseNorm(**settings)
    check(layer.forward(torch["x"]), torch["out"], dtype)
    check(layer.backward(torch["grad_out"]), torch["grad_x"], dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@cases("global_avg_pool2d")
def test_global_pooling_is_pytorchs(case, dtype):
    torch, _ = load(case, dtype)
    plan = fast.GlobalAvgPool2dPlan()
    for out in (engine.global_avg_pool2d(torch["x"]), plan.forward(torch["x"])):
        check(out, torch["out"], dtype)
    for grad_x in (engine.global_avg_pool2d_backward(torch["grad_out"], torch["x"]), plan.backward(torch["grad_out"])):
        check(grad_x, torch["grad_x"], dtype)


@some
@given(st.integers(1, 3), st.integers(1, 6), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_normalisation_is_its_definition_and_its_backward_the_slope(count, channels, size, seed):
    rng = np.random.default_rng(seed)
    x, settings = rng.normal(size=(count, channels, 2, 3)), {"alpha": rng.uniform(0, 2), "beta": rng.uniform(0, 2), "k": 0.5}
    out = engine.local_response_norm(x, size, **settings)
    np.testing.assert_allclose(out, engine.local_response_norm_loops(x, size, **settings), rtol=1e-12, atol=1e-14)
    grad_out = rng.normal(size=x.shape)
    grad_x = engine.local_response_norm_backward(grad_out, x, size, **settings)
    assert slope_error(lambda v: engine.local_response_norm(v, size, **settings), grad_x, x, grad_out, rng) <= 1e-6


@some
@given(*(st.integers(1, 3) for _ in range(4)), st.integers(0, 2**32 - 1))
def test_grouped_convolution_is_its_definition_and_its_backward_the_slope(groups, channels, filters, stride, seed):
    rng = np.random.default_rng(seed)
    x = numbers(rng, (2, groups * channels, 6, 5), False)
    weight = numbers(rng, (groups * filters, channels, 3, 2), False)
    settings = {"stride": stride, "padding": 1, "groups": groups}
    out = engine.conv2d(x, weight, **settings)
    np.testing.assert_allclose(out, engine.conv2d_loops(x, weight, **settings), atol=1e-12)
    grad_out = rng.normal(size=out.shape)
    grad_x, grad_weight, _ = engine.conv2d_backward(grad_out, x, weight, **settings)
    assert slope_error(lambda v: engine.conv2d(v, weight, **settings), grad_x, x, grad_out, rng) <= 1e-6
    assert slope_error(lambda v: engine.conv2d(x, v, **settings), grad_weight, weight, grad_out, rng) <= 1e-6


@cases("block")
def test_a_network_with_branches_is_pytorchs(case):
    torch = arrays_of(case)
    text = str(torch["text"])
    network = parse_network(text, torch["x"].shape[1:], np.random.default_rng(0), dtype=np.float64)
    assert network.text == text
    for place, value in enumerate(network.parameters().values()):
        value[...] = torch[f"parameter{place}"]
    for x in (np.ones_like(torch["x"]), torch["x"]):  # the second call uses the buffers of the first
        y = network.forward(x)
    np.testing.assert_allclose(y, torch["y"], rtol=0, atol=1e-11)
    for needs_grad_x in (False, True):
        grad_x = network.backward(torch["grad_out"], needs_grad_x=needs_grad_x)[0]
        for place, value in enumerate(network.parameter_gradients().values()):
            np.testing.assert_allclose(value, torch[f"grad_parameter{place}"], rtol=1e-11, atol=1e-11)
        assert f"parameter{place + 1}" not in torch
    np.testing.assert_allclose(grad_x, torch["grad_x"], rtol=1e-11, atol=1e-11)


def test_parameters_of_branches_are_named_and_are_views_of_the_vector():
    network = parse_network(FIRE, (2, 6, 6), np.random.default_rng(0))
    assert list(network.parameters()) == [
        "conv1.weight", "conv1.bias",
        "concat1.branch1.conv1.weight", "concat1.branch1.conv1.bias",
        "concat1.branch2.conv1.weight", "concat1.branch2.conv1.bias",
    ]  # fmt: skip
    before = network.forward(np.ones((1, 2, 6, 6), np.float32)).copy()
    network.parameters()["concat1.branch2.conv1.bias"][...] = 7
    assert np.count_nonzero(network.vector == 7) == 2
    after = network.forward(np.ones((1, 2, 6, 6), np.float32))
    assert np.array_equal(before[:, :4], after[:, :4])
    assert (after[:, 4:] > before[:, 4:]).all()
    concat = network.layers[2]
    assert [branch.activations[-1].shape for branch in concat.branches] == [(1, 4, 6, 6), (1, 2, 6, 6)]
    assert network.summary()[2].parameter_count == 4 * (3 + 1) + 2 * (27 + 1)
    assert network.summary()[2].multiply_adds == 36 * (4 * 3 + 2 * 27)


@pytest.mark.parametrize("text", [FIRE, RESIDUAL])
def test_weights_files_copies_and_other_processes_keep_branches(text):
    rng = np.random.default_rng(0)
    network, other = (parse_network(f"{text} / globalavgpool", (2, 9, 9), rng) for _ in range(2))
    x = rng.normal(size=(2, 2, 9, 9)).astype(np.float32)
    logits = network.forward(x).copy()
    assert not np.array_equal(other.forward(x), logits)
    load_weights(other, save_weights(network))
    for same in (other, network.copy(), pickle.loads(pickle.dumps(network))):
        assert not np.shares_memory(same.vector, network.vector)
        assert same.text == network.text
        np.testing.assert_array_equal(same.forward(x), logits)


def test_a_copy_keeps_what_makes_a_network_and_leaves_out_what_is_named():
    network = lenet5(np.random.default_rng(0), dtype=np.float64)
    dropout = Dropout(0.5, rng=np.random.default_rng(0))
    layers = [*network.layers[:-1], dropout, network.layers[-1]]
    longer = Network(layers, network.input_shape, pixel_offset=-0.5, dtype=np.float64)
    copy = longer.copy(without=[dropout])
    assert (copy.text, copy.pixel_offset, copy.vector.dtype) == (network.text, -0.5, np.float64)
    assert "dropout" in longer.copy().text
    kept = longer.vector.copy()
    copy.vector[...] = 0
    np.testing.assert_array_equal(longer.vector, kept)


@pytest.mark.parametrize("optimiser", [SGD, Adam])
def test_a_residual_network_learns(optimiser):
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 4
    images = np.zeros((120, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[7 * label : 7 * label + 5, 3:25] = rng.integers(120, 255, (5, 22))
    network = parse_network(
        "conv 4 5x5 stride 4 / add(conv 4 3x3 pad 1 / relu / dropout 0.1 / conv 4 3x3 pad 1 | identity) / relu / "
        "concat(maxpool 2 | avgpool 2) / lrn 3 / flatten / linear 4", (1, 28, 28), rng,
    )  # fmt: skip
    settings = TrainSettings(batch_size=12, epochs=12, l2=1e-4)
    trainer = Trainer(network, optimiser([network.vector], 0.02), images, labels, settings, rng=rng, clock=lambda: 0.0)
    steps = list(trainer.run())
    assert steps[-1].status == "finished"
    assert steps[0].loss > 1
    assert steps[-1].loss < 0.3
    *_, found = evaluate(network, images, labels)
    assert found.accuracy > 0.95
    assert steps[0].l2_loss > 0


def test_dropout_in_a_branch_follows_the_networks_switch():
    network = parse_network("add(dropout 0.5 | identity)", (4, 9, 9), np.random.default_rng(0))
    x = np.ones((2, 4, 9, 9), np.float32)
    np.testing.assert_array_equal(network.forward(x), 2 * x)
    network.train()
    assert set(np.unique(network.forward(x))) == {1, 3}
    network.eval()
    np.testing.assert_array_equal(network.forward(x), 2 * x)


RNG = np.random.default_rng(0)
REFUSED = [
    (lambda: parse_layers("concat(conv 2 3x3 | conv 2 5x5)", (1, 8, 8)),
     "layer 1, 'concat.*branch 1 gives 2×6×6 but branch 2 gives 2×4×4, and concat needs the same rows and columns"),
    (lambda: parse_layers("relu / add(conv 2 3x3 pad 1 | identity)", (1, 8, 8)),
     "layer 2, .*branch 1 gives 2×8×8 but branch 2 gives 1×8×8, and add needs the same shape"),
    (lambda: parse_layers("add(relu / conv 2 9x9 | identity)", (1, 8, 8)),
     "layer 1, branch 1, layer 2, 'conv 2 9x9': the kernel covers 9 pixels"),
    (lambda: parse_layers("concat(relu | add(relu | pour 3))", (1, 8, 8)),
     "layer 1, branch 2, layer 1, branch 2, layer 1, 'pour 3': 'pour' is not a layer"),
    (lambda: parse_layers("conv 6 3x3 groups 4", (4, 8, 8)), "4 channels and 6 filters cannot be divided into 4 equal groups"),
    (lambda: Network([Add([[Conv2d(1, 2, 3, rng=RNG)], [Identity()]])], (1, 8, 8)), "add1 .*does not fit: branch 1 gives"),
    (lambda: Network([Concat([[Conv2d(3, 2, 3, rng=RNG)], [Identity()]])], (1, 8, 8)), "concat1 .*conv1 .*has 1 channels"),
    (lambda: Concat([[]]), "needs at least one layer in every branch"),
    (lambda: Conv2d(4, 6, 3, rng=RNG, groups=0), "groups is 0, but a whole number"),
    (lambda: engine.conv2d(np.ones((1, 4, 5, 5)), np.ones((2, 4, 3, 3)), groups=2), "4 channels in 2 groups, but the filters"),
    (lambda: fast.GroupedConv2dPlan(2).forward(np.ones((1, 4, 5, 5)), np.ones((3, 2, 3, 3))), "3 filters cannot be divided"),
    (lambda: LocalResponseNorm(0), "size is 0"),
    (lambda: LocalResponseNorm(5, k=0), "k is 0, but it must be above 0"),
    (lambda: engine.local_response_norm(np.ones((1, 2, 3, 3)), 5, alpha=np.nan), "alpha is nan"),
    (lambda: engine.global_avg_pool2d(np.ones((2, 3))), r"\(N, C, H, W\) is wanted"),
    (lambda: Network([Flatten(), Linear(64, 2, rng=RNG), MaxPool2d(2)], (1, 8, 8)), r"maxpool1 .* wants \(C, H, W\)"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "sentence"), REFUSED)
def test_what_does_not_fit_is_refused_with_a_sentence(make, sentence):
    with pytest.raises((ShapeError, ValueError), match=sentence):
        make()


def test_layers_made_by_hand_are_those_of_the_text():
    rng = np.random.default_rng(0)
    by_hand = Network([Concat([[Conv2d(1, 2, 3, rng=rng, padding=1), ReLU()], [MaxPool2d(3, stride=1, padding=1)]])], (1, 6, 6))
    assert by_hand.text == "concat(conv 2 3x3 pad 1 / relu | maxpool 3 stride 1 pad 1)"
    np.testing.assert_array_equal(by_hand.vector, parse_network(by_hand.text, (1, 6, 6), np.random.default_rng(0)).vector)
