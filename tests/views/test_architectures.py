"""Shapes and counts are those of the engine's networks and of the papers, and every sum that is said is right."""

import ast
import itertools
import operator
import re

import numpy as np
import pytest

from convoscope.engine import convnetjs_mnist, lenet5, parse_network
from convoscope.views.architectures.counts import ACTIVATIONS, NOT_DRAWN, count_layers
from convoscope.views.architectures.cuboids import ASPECT, EDGE, cuboids_of
from convoscope.views.architectures.figure import ASPECT as FIGURE_ASPECT
from convoscope.views.architectures.known import KNOWN
from convoscope.views.architectures.lesson import Settings, architecture_of, compute
from convoscope.views.session import Session

ODD = (
    "conv 5 3x2 stride 2x1 pad 1 dilation 2x1 / sigmoid / avgpool 2 / conv 4 3x3 stride 3 / tanh / "
    "flatten / dropout 0.5 / linear 6 / linear 3"
)
ALL = [*KNOWN, "own"]


def steps(**values):
    return compute(Settings(**values))


@pytest.mark.parametrize("name", ["lenet5", "convnetjs", "odd"])
def test_shapes_and_counts_are_the_engines(name):
    made = {"lenet5": lenet5, "convnetjs": convnetjs_mnist}
    rng = np.random.default_rng(0)
    network = made[name](rng) if name in made else parse_network(ODD, (2, 31, 23), rng)
    layers = count_layers(network.specs, network.input_shape)
    found = [(layer.output_shape, layer.parameters, layer.multiply_adds) for layer in layers[1:]]
    rows = [row for row in network.summary() if row.text.split()[0] not in (*NOT_DRAWN, *ACTIVATIONS)]
    assert found == [(row.output_shape, row.parameter_count, row.multiply_adds) for row in rows]
    assert sum(layer.parameters for layer in layers) == network.vector.size


def test_counts_are_the_papers():
    counts = {}
    for name in KNOWN:
        layers, *_ = architecture_of(Settings(architecture=name))
        counts[name] = sum(layer.parameters for layer in layers), sum(layer.multiply_adds for layer in layers)
    assert counts["lenet5"] == (61_706, 416_520)
    assert counts["alexnet"] == (60_965_224, 724_406_816)  # "60 million parameters"
    assert counts["vgg16"] == (138_357_544, 15_470_264_320)  # "138 million"
    assert counts["convnetjs"][0] == 5_994
    shapes = [layer.output_shape for layer in architecture_of(Settings(architecture="alexnet"))[0]]
    assert shapes[1] == (96, 55, 55)
    assert shapes[8:] == [(256, 6, 6), (4096,), (4096,), (1000,)]


def value_of(node):
    """What whole numbers with + − · and / come to."""
    if isinstance(node, ast.Constant):
        return node.value
    does = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv}
    return does[type(node.op)](value_of(node.left), value_of(node.right))


@pytest.mark.parametrize("name", ALL)
def test_every_sum_that_is_said_is_right(name):
    trace = steps(architecture=name)
    checked = 0
    for said in trace.sentences:
        for left, right in re.findall(r"([\d·×()+−/⌊⌋ ]+?) = ([\d,]+)", said):
            sum_ = left.strip().translate(str.maketrans("·×−⌊⌋", "**-()")).replace("/", "//")
            assert value_of(ast.parse(sum_, mode="eval").body) == int(right.replace(",", "")), said
            checked += 1
    assert checked > 2 * len(trace) - 6


@pytest.mark.parametrize("name", ALL)
def test_boxes_stand_beside_each_other_and_to_scale(name):
    layers, *_ = architecture_of(Settings(architecture=name))
    cuboids = cuboids_of(layers)
    for box, after in itertools.pairwise(cuboids):
        assert box.left + box.width + box.slant[0] < after.left
    assert cuboids[0].left >= EDGE - 1e-9
    assert cuboids[-1].left + cuboids[-1].width + cuboids[-1].slant[0] <= 1 - EDGE + 1e-9
    maps = [(box, layer.output_shape) for box, layer in zip(cuboids, layers, strict=True) if len(layer.output_shape) == 3]
    (first, shape), (second, other) = maps[:2]
    assert second.height / first.height == pytest.approx(other[1] / shape[1])
    assert (second.width / first.width) ** 2 == pytest.approx(other[0] / shape[0])
    assert all(box.bottom > 0 and box.bottom + box.height + box.slant[1] < 0.95 for box in cuboids)
    assert float(FIGURE_ASPECT) == ASPECT


def test_the_present_layer_is_framed_and_reads_from_the_one_before():
    trace = steps(architecture="alexnet")
    at = [trace.at(step) for step in range(len(trace))]
    assert at[0]["head"]["text"] == ["input 227×227×3"]
    assert np.isnan(at[0]["cone"]["x"]).all()
    assert np.isnan(at[0]["window"]["x"]).all()
    assert at[1]["window"]["h"][0] / at[0]["now"]["h"][0] == pytest.approx(11 / 227)
    assert at[9]["window"]["h"][0] == pytest.approx(at[8]["now"]["h"][0])  # fully connected: it sees all
    tops = [step["parameters_now"]["top"][0] for step in at]
    assert (max(tops), tops.index(1)) == (1, 9)
    assert at[9]["parameters_head"]["text"] == ["F6: 37,752,832"]
    assert at[2]["parameters_now"]["top"] == [0]


def test_an_own_network_is_followed_and_a_bad_one_refused_with_the_reason():
    session = Session()

    def ask(name, value):
        return session.handle({"view": "architectures", "name": name, "value": value})

    update = ask("settings", {"architecture": "own", "text": "flatten / linear 10", "side": 8})
    assert list(update.trace.sentences) == [
        "input: 8×8×1 = 64 numbers.",
        "linear1, fully connected: 8×8×1 → 10; 10·(8·8·1 + 1) = 650 parameters; 10·8·8·1 = 640 multiply-adds.",
    ]
    bad = {
        "conv 8 9x9": "kernel", "conv 4096 3x3": "filters", "conv 8 3x3 groups 2": "groups", "eval(1)": "is not a layer",
        "": "text is empty", "concat(conv 2 3x3 | identity)": "branch 1 gives", "relu / " * 300: "2000 is the most",
    }  # fmt: skip
    for text, reason in bad.items():
        refused = ask("text", text)
        assert reason in refused.error, refused.error
        assert refused.settings["text"] == "flatten / linear 10"
    written = ask("text", "conv 8 3x3\nrelu\n\nflatten -> fc 10")
    assert not written.error
    assert written.settings["text"] == "conv 8 3x3\nrelu\n\nflatten -> fc 10"
    assert written.trace.facts["source"] == "Your own: conv 8 3x3 / relu / flatten / linear 10."
    assert "channels" in ask("settings", {"text": ODD.replace("dropout 0.5 / ", ""), "side": 31, "channels": 3}).settings


def test_a_dilated_and_uneven_layer_is_said_as_it_is():
    said = list(steps(architecture="own", text="conv 5 3x2 stride 2x1 pad 1 dilation 2", side=30).sentences)[1]
    assert "convolution 3×2 stride 2×1 padding 1 dilation 2: 30×30×1 → 14×30×5; ⌊(30 + 2·1 − 5)/2⌋ + 1 = 14;" in said


def test_an_own_network_is_counted_however_large_and_however_it_is_written():
    keras = "Conv2D(32, 3)\nReLU()\nConv2D(64, 3)\nReLU()\nMaxPooling2D(2)\nFlatten()\nDense(128)\nReLU()\nDense(10)"
    trace = steps(architecture="own", text=keras)
    assert trace.facts["parameters"] == "1,199,882"  # the Keras MNIST example
    assert trace.facts["source"].startswith("Your own: conv 32 3x3 / relu / conv 64 3x3 / relu / maxpool 2 / flatten")
    shape = {"side": 227, "channels": 3}
    assert steps(architecture="own", text=KNOWN["alexnet"].text, **shape).facts["parameters"] == "60,965,224"


def test_branches_are_one_layer_whose_costs_are_added():
    text = "conv 3 1x1 / concat(conv 4 1x1 / relu | conv 2 3x3 pad 1 / relu | identity) / globalavgpool / linear 10"
    trace = steps(architecture="own", text=text, side=8)
    said = list(trace.sentences)
    assert said[2] == (
        "concat1, 3 branches concatenated: 8×8×3 → 8×8×9; 16 + 56 = 72 parameters; 768 + 3456 = 4,224 multiply-adds."
    )
    assert said[3] == "globalavgpool1, global average pooling: 8×8×9 → 9; nothing to learn."
    assert said[4] == "linear1, fully connected: 9 → 10; 10·(9 + 1) = 100 parameters; 10·9 = 90 multiply-adds."
    at = [trace.at(step) for step in range(len(trace))]
    assert at[2]["window"]["h"][0] / at[1]["now"]["h"][0] == pytest.approx(3 / 8)  # the largest window of the branches
    assert trace.facts["parameters"] == f"{6 + 72 + 100}"


def test_many_layers_keep_their_room():
    layers, *_ = architecture_of(Settings(architecture="own", text=" / ".join(["conv 8 3x3 pad 1"] * 100)))
    cuboids = cuboids_of(layers)
    assert min(cuboid.width for cuboid in cuboids) > 0
    assert cuboids[-1].left + cuboids[-1].width + cuboids[-1].slant[0] <= 1 - EDGE + 1e-9


@pytest.mark.parametrize("architecture", ["lenet5", "alexnet", "vgg16"])
def test_no_text_over_a_bar_runs_out_of_its_drawing(architecture):
    trace = compute(Settings(architecture=architecture))
    for step in range(len(trace)):
        for name in ("parameters", "multiply_adds"):
            head = trace.at(step)[f"{name}_head"]
            half = len(head["text"][0]) * 0.6 * head["size"][0] / 2
            assert half <= head["x"][0] <= 1 - half
