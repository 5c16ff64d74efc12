"""Shapes and counts are those of the engine's networks and of the papers, and every sum that is said is right."""

import ast
import itertools
import operator
import re

import numpy as np
import pytest

from convoscope.engine import convnetjs_mnist, lenet5, parse_network
from convoscope.views.architectures import words
from convoscope.views.architectures.counts import ACTIVATIONS, NOT_DRAWN, count_layers
from convoscope.views.architectures.cuboids import ASPECT, EDGE, cuboids_of
from convoscope.views.architectures.fields import field_of, unit_of
from convoscope.views.architectures.figure import ASPECT as FIGURE_ASPECT
from convoscope.views.architectures.known import KNOWN
from convoscope.views.architectures.lesson import Settings, architecture_of, compute
from convoscope.views.architectures.settings import START
from convoscope.views.architectures.sharing import sharing_of
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


PUBLISHED = {  # parameters, multiply-adds: of the papers and of what their authors released
    "lenet5": (61_706, 416_520),
    "lenet5_32": (61_706, 416_520),
    "alexnet": (60_965_224, 724_406_816),  # "60 million parameters"
    "zfnet": (62_357_608, 1_168_032_896),
    "vgg16": (138_357_544, 15_470_264_320),  # "138 million"
    "vgg19": (143_667_240, 19_632_062_464),  # "144 million"
    "googlenet": (6_998_552, 1_582_671_872),  # 6.8 million with the table's rounding, 1.5 billion
    "resnet18": (11_689_512, 1_814_073_344),  # 1.8 billion
    "resnet50": (25_557_032, 3_857_973_248),  # 25.6 million, 3.8 billion
    "resnet152": (60_192_808, 11_282_415_616),  # 11.3 billion
    "squeezenet": (1_235_496, 349_537_280),
    "cnn_explainer": (280 + 3 * 910 + 16_910, 5_608_780),
    "convnetjs": (5_994, 578_560),
    "convnetjs_cifar": (1_216 + 8_020 + 10_020 + 3_210, 3_920_000),
    "one_layer": (156, 86_400),
}


def test_counts_are_the_papers():
    counts, memory = {}, {}
    for name in KNOWN:
        layers, names, _ = architecture_of(Settings(architecture=name))
        counts[name] = sum(layer.parameters for layer in layers), sum(layer.multiply_adds for layer in layers)
        assert len(names) == len(set(names)) == len(layers)
        memory[name] = words.memory(layers)
    assert counts == PUBLISHED
    assert memory["alexnet"].startswith("Memory, 4 bytes a number: 60,965,224·4 = 243.9 MB for the parameters, ")
    shapes = {name: [layer.output_shape for layer in architecture_of(Settings(architecture=name))[0]] for name in KNOWN}
    assert shapes["alexnet"][1] == (96, 55, 55)
    assert shapes["alexnet"][8:] == [(256, 6, 6), (4096,), (4096,), (1000,)]
    assert shapes["lenet5_32"][1:6] == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1)]
    assert [shape[1] for shape in shapes["zfnet"][1:8]] == [110, 55, 26, 13, 13, 13, 13]


def test_many_layers_are_where_the_papers_have_them():
    """ResNet-50's table 1 and GoogLeNet's."""
    layers, names, _ = architecture_of(Settings(architecture="resnet50"))
    shapes = dict(zip(names, (layer.output_shape for layer in layers), strict=True))
    assert [shapes[f"conv{stage}_1"] for stage in (2, 3, 4, 5)] == [(256, 56, 56), (512, 28, 28), (1024, 14, 14), (2048, 7, 7)]
    assert sum(name.startswith("conv4_") and name[-1].isdigit() for name in names) == 6
    layers, names, _ = architecture_of(Settings(architecture="googlenet"))
    shapes = dict(zip(names, (layer.output_shape for layer in layers), strict=True))
    wanted = {"3a": 256, "3b": 480, "4a": 512, "4b": 512, "4c": 512, "4d": 528, "4e": 832, "5a": 832, "5b": 1024}
    assert {name: shapes[name][0] for name in wanted} == wanted
    assert (shapes["3a"][1], shapes["4a"][1], shapes["5a"][1]) == (28, 14, 7)


def test_a_changed_network_is_ones_own_and_a_choice_brings_its_input():
    session = Session()

    def ask(name, value):
        return session.handle({"view": "architectures", "name": name, "value": value})

    chosen = ask("architecture", "vgg16").settings
    assert (chosen["side"], chosen["channels"], chosen["text"]) == (224, 3, KNOWN["vgg16"].text)
    smaller = ask("side", 64)
    assert smaller.settings["architecture"] == "vgg16"
    assert smaller.trace.facts["parameters"] == f"{138_357_544 - 4096 * 512 * (49 - 4):,}"
    broken = ask("side", 20)
    assert broken.error.startswith("Layer 31, 'maxpool 2': the kernel covers 2 pixels but the input is only 1 high")
    strided = ask("text", chosen["text"].replace("conv 64 3x3 pad 1", "conv 64 3x3 stride 2 pad 1", 1))
    assert (strided.settings["architecture"], strided.settings["side"]) == ("own", 64)
    assert "64×64×3 → 32×32×64" in strided.trace.sentences[1]
    begun = ask("address", {"architecture": "own"}).settings
    assert (begun["text"], begun["side"], begun["channels"]) == (START, 28, 1)
    back = ask("architecture", "lenet5").settings
    assert (back["text"], back["side"], back["channels"]) == (KNOWN["lenet5"].text, 28, 1)


def test_the_receptive_field_of_a_unit_is_what_can_change_it():
    """Against ones sent back through the layers: a unit sees what its gradient reaches."""
    text = "conv 2 3x3 stride 2 pad 1 / concat(conv 1 1x1 | maxpool 3 stride 1 pad 1 / conv 2 3x3 pad 1) / maxpool 3 stride 2"
    layers, *_ = architecture_of(Settings(architecture="own", text=text, side=21))
    network = parse_network(text, (1, 21, 21), np.random.default_rng(0), dtype=np.float64)
    for name, value in network.parameters().items():
        value[...] = 0 if name.endswith("bias") else 1 / value[0].size
    x = np.ones((1, 1, 21, 21))
    *_, (_, rows, columns) = network.shapes
    for down, across in ((0, 0), (1, 3), (rows - 1, columns - 1)):
        settings = Settings(architecture="own", text=text, side=21, down=(down + 0.5) / rows, across=(across + 0.5) / columns)
        top, left, bottom, right = field_of(layers[-1], unit_of(layers[-1], settings), 21)
        for row, column in itertools.product(range(21), repeat=2):
            changed = x.copy()
            changed[0, 0, row, column] = 9
            reaches = (network.forward(changed).copy() != network.forward(x))[0, :, down, across].any()
            assert reaches == (top <= row < bottom and left <= column < right), (down, across, row, column)


def test_the_unit_and_its_field_are_drawn_where_they_are():
    trace = steps(architecture="alexnet", down=0, across=1)
    at = trace.at(1)
    assert at["field_heads"]["text"] == ["227×227 input", "C1 55×55"]
    assert at["field"]["w"][0] / 0.42 == pytest.approx(11 / 227)
    assert at["field"]["x"][0] + at["field"]["w"][0] / 2 == pytest.approx(0.44)  # at the right edge
    assert at["field_unit"]["x"][0] + at["field_unit"]["w"][0] / 2 == pytest.approx(0.98)
    assert (at["field_shape"]["rows"], at["field_shape"]["columns"]) == ([55], [55])
    assert "Unit [0, 54] sees 11×11 pixels: rows 0–10, columns 216–226 of the input." in trace.sentences[1]
    deep = trace.at(11)
    assert deep["field_heads"]["text"][1] == "output: sees all"
    assert np.isnan(deep["field_unit"]["x"][0])
    assert deep["field"]["w"] == pytest.approx([0.42])


def test_weight_sharing_is_counted_in_three_ways_and_drawn_to_scale():
    trace = steps(architecture="one_layer")
    assert trace.static["sharing_words"]["text"].tolist()[1] == (
        "fully connected 28·28·1·24·24·6 + 24·24·6 = 2,712,960; locally connected 24·24·(5·5·1·6 + 6) = 89,856; convolution "
        "5·5·1·6 + 6 = 156 weights and biases. One kernel for all 576 places, instead of one for each."
    )
    layer = architecture_of(Settings(architecture="one_layer"))[0][1]
    for sum_, count in zip(sharing_of(layer).sums, sharing_of(layer).counts, strict=True):
        assert value_of(ast.parse(sum_.replace("·", "*"), mode="eval").body) == count
    at = trace.at(1)
    assert at["sharing_numbers"]["text"] == ["2,712,960", "89,856", "156"]
    assert (at["sharing_counts"]["w"][1] / at["sharing_counts"]["w"][0]) ** 2 == pytest.approx(89_856 / 2_712_960, rel=1e-5)
    windows = at["sharing_first"]["w"]
    assert windows[0] / windows[2] == pytest.approx(28 / 5)  # all pixels, and a window of 5×5
    assert len(windows) == 8  # of the convolution both units, of the others one each
    assert trace.at(0)["sharing_numbers"]["text"] == [""] * 3
    grouped = architecture_of(Settings(architecture="alexnet"))[0][3]
    assert sharing_of(grouped).counts[2] == grouped.parameters


def test_the_table_says_what_is_counted():
    columns = steps(architecture="alexnet").static["layers"]
    row = [columns[name].tolist()[1] for name in ("name", "shape", "parameters", "multiply_adds", "field")]
    assert row == ["C1", "55×55×96", "11·11·3·96 + 96 = 34,944", "105,415,200", "11×11"]


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
    for layer, box in zip(layers, cuboids, strict=True):
        for before in layer.reads:
            assert cuboids[before].left + cuboids[before].width < box.left
    for (one, box), (other, after) in itertools.combinations(zip(layers, cuboids, strict=True), 2):
        if one.place.column == other.place.column:  # in lanes above each other
            assert max(box.bottom, after.bottom) > min(box.bottom + box.height, after.bottom + after.height)
    assert min(box.left for box in cuboids) >= EDGE - 1e-9
    assert max(box.left + box.width + box.slant[0] for box in cuboids) <= 1 - EDGE + 1e-9
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
        "linear1, fully connected: 8×8×1 → 10; 8·8·1·10 + 10 = 650 parameters; 10·8·8·1 = 640 multiply-adds. A unit may see "
        "every pixel.",
    ]
    bad = {
        "conv 8 9x9": "kernel", "conv 4096 3x3": "filters", "conv 8 3x3 groups 2": "groups", "eval(1)": "is not a layer",
        "": "text is empty", "concat(conv 2 3x3 | identity)": "branch 1 gives", "relu / " * 2000: "12000 is the most",
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


def test_the_layers_of_branches_stand_in_lanes_and_are_counted_each():
    text = "conv 3 1x1 / concat(conv 4 1x1 / relu | conv 2 3x3 pad 1 / relu | identity) / globalavgpool / linear 10"
    trace = steps(architecture="own", text=text, side=8)
    said = list(trace.sentences)
    assert said[2].startswith("conv2, convolution 1×1, ReLU: 8×8×3 → 8×8×4; 8 − 1 + 1 = 8; 1·1·3·4 + 4 = 16 parameters; ")
    assert said[4] == (
        "concat1, 3 branches concatenated: 4 + 2 + 3 = 9 channels, 8×8×9; nothing to learn. Unit [4, 4] sees 3×3 pixels: rows "
        "3–5, columns 3–5 of the input."
    )
    assert said[5] == (
        "globalavgpool1, global average pooling: 8×8×9 → 9; nothing to learn. A unit may see every pixel."
    )
    assert said[6].startswith("linear1, fully connected: 9 → 10; 9·10 + 10 = 100 parameters; 10·9 = 90 multiply-adds.")
    assert trace.facts["parameters"] == f"{6 + 16 + 56 + 100}"
    layers, *_ = architecture_of(Settings(architecture="own", text=text, side=8))
    assert [layer.place.column for layer in layers] == [0, 1, 2, 2, 3, 4, 5]
    assert layers[4].reads == (2, 3, 1)  # the third branch is the identity
    heights = [box.middle[1] for box in cuboids_of(layers)]
    assert heights[2] > heights[3]
    assert np.diff([heights[2], heights[4], heights[1]]) == pytest.approx([heights[1] - heights[2], 0], abs=1e-9)
    lanes = trace.static["links"]
    assert lanes["y"].min() < 0.5 < lanes["y"].max()  # the identity's line has a lane of its own


def test_what_meets_is_said_as_it_meets():
    text = "conv 4 3x3 pad 1 bias 0 / batchnorm / add(relu / conv 4 3x3 pad 1 | identity) / batchnorm / sigmoid"
    said = list(steps(architecture="own", text=text, side=8).sentences)
    assert said[1].startswith("conv1, convolution 3×3 padding 1, batch normalisation: 8×8×1 → 8×8×4; 8 + 2·1 − 3 + 1 = 8; "
                              "3·3·1·4 + 2·4 = 44 parameters")  # fmt: skip
    assert said[2].startswith("relu1, ReLU: 8×8×4 → 8×8×4; nothing to learn")
    assert said[4].startswith("add1, 2 branches added, batch normalisation, sigmoid: cell by cell, 8×8×4 each")


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
