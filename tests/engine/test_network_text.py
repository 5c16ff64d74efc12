"""The text form of a network: good texts come back as written, bad ones get a sentence that names the layer."""

import numpy as np
import pytest

from convoscope.engine import NetworkTextError, convnetjs_mnist, lenet5, parse_layers, parse_network
from convoscope.engine.chain_specs import shapes_of, text_of

GOOD = [
    "conv 8 5x5 pad 2 / relu / maxpool 2 / conv 16 5x5 pad 2 / relu / maxpool 3 / flatten / linear 10",
    "conv 4 3x3 stride 2 pad 1x0 dilation 2 / sigmoid / avgpool 2 stride 1 / tanh / dropout 0.25 / flatten / linear 3",
    "flatten / linear 10",
    "maxpool 3x2 stride 2 pad 1",
    "relu",
]
BAD = [
    ("", "^the text is empty; write layers"),
    (" \n ", "^the text is empty"),
    ("relu / / relu", "layer 2, '': there is nothing before '/'"),
    ("/ relu", "layer 1, '': there is nothing before '/'"),
    ("relu /", "layer 2, '': there is nothing behind '/'"),
    ("relu ->", "layer 2, '': there is nothing behind '->'"),
    ("maxpol 2", "layer 1, 'maxpol 2': 'maxpol' is not a layer.*did you mean 'maxpool'"),
    ("quatsch", "the layers are conv, maxpool.*for example 'conv 8 5x5 pad 2'"),
    ("__import__('os').system('true')", "is not a layer"),
    ("flatten / linear 10 / softmax", "layer 3, 'softmax': softmax belongs to the loss"),
    ("conv 8", r"a number is missing \(the size\); write for example 'conv 8 5x5 pad 2'"),
    ("conv", "a number is missing"),
    ("conv 8 5x5 pad", "a number is missing"),
    ("conv x 5x5", "the number of filters is 'x', but a number from 1 to 2048"),
    ("conv 0 5x5", "from 1 to 2048"),
    ("conv -3 5x5", "from 1 to 2048"),
    ("conv 8 5x5x5", "the size is '5x5x5'"),
    ("conv 8 5x", "the size is '5x'"),
    ("conv 8 5.5", "the size is '5.5'"),
    ("conv 8 ٥", "the size is '٥'"),
    ("conv 8 1e3", "the size is '1e3'"),
    ("conv 8 99999999999999999999", "from 1 to 64"),
    ("conv 8 5x5 stride 0", "the stride is '0', but a number from 1 to 16"),
    ("conv 8 5x5 frame 2", "'frame' is not expected; each of stride, pad, dilation, groups, bias may stand there once"),
    ("conv 8 5x5 pad 1 pad 2", "'pad' is not expected"),
    ("conv 8 5x5 size 3", "'size' is not expected"),
    ("maxpool 2 dilation 2", "each of stride, pad may stand there once"),
    ("relu 3 4", "'3' is not expected; nothing may follow"),
    ("relu 3", "'3' is not expected; nothing may follow"),
    ("dropout 1", "the share is '1', but a number from 0 to 0.95"),
    ("dropout nan", "the share is 'nan'"),
    ("linear 10", "layer 1, 'linear 10': it wants a row of numbers but gets maps"),
    ("flatten / linear 10 / conv 8 5x5", r"layer 3, 'conv 8 5x5': .*wants \(C, H, W\)"),
    ("conv 8 31x31", "layer 1, 'conv 8 31x31': the kernel covers 31 pixels"),
    ("maxpool 2 pad 2", "at most half the window"),
    ("flatten / linear 4096 / linear 4096", "parameters, but 1,000,000 are the most that can be trained"),
    ("conv 512 1x1 pad 32", "cells, but 200,000 are the most that can be trained"),
    ("relu / " * 40 + "relu", "layers but may have 30"),
    ("r" * 401, "401 characters but may have 400"),
]


def parse(text):
    return parse_network(text, (1, 28, 28), np.random.default_rng(0))


@pytest.mark.parametrize("text", GOOD)
def test_a_good_text_comes_back(text):
    network = parse(text)
    assert network.text == text
    assert parse(network.text).shapes == network.shapes


def test_case_and_spacing_do_not_matter():
    assert parse("  Conv 8 5X5 PAD 2/relu ").text == "conv 8 5x5 pad 2 / relu"
    assert parse("conv 8 5").text == "conv 8 5x5"


def test_architectures_speak_the_text_form():
    rng = np.random.default_rng(0)
    assert convnetjs_mnist(rng).text == GOOD[0]
    assert "avgpool 2" in lenet5(rng, pooling="avg").text


def test_the_same_seed_gives_the_same_weights():
    np.testing.assert_array_equal(parse(GOOD[0]).vector, parse(GOOD[0]).vector)
    assert (parse(GOOD[0]).vector != parse_network(GOOD[0], (1, 28, 28), np.random.default_rng(1)).vector).any()


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_a_bad_text_gets_a_sentence(text, sentence):
    with pytest.raises(NetworkTextError, match=sentence):
        parse(text)


def test_random_words_never_raise_anything_else():
    rng = np.random.default_rng(0)
    words = ["conv", "relu", "/", "8", "5x5", "pad", "2", "maxpool", "flatten", "linear", "x", "-1", "dropout", "0.5", "\x00"]
    refused = 0
    for _ in range(2000):
        text = " ".join(rng.choice(words, rng.integers(0, 12)))
        try:
            parse(text)
        except NetworkTextError:
            refused += 1
    assert 1000 < refused < 2000


SAID_OTHERWISE = [
    ("conv 16 3x3\nrelu\nmaxpool 2", "conv 16 3x3 / relu / maxpool 2"),
    ("\n conv 16 3x3 /\n\n  relu\r\n\r\nmaxpool 2\n", "conv 16 3x3 / relu / maxpool 2"),
    ("conv 16 3x3 -> relu → maxpool 2; tanh --> sigmoid", "conv 16 3x3 / relu / maxpool 2 / tanh / sigmoid"),
    ("conv 16 3x3 ->\nrelu", "conv 16 3x3 / relu"),
    ("conv 16 3x3, relu, maxpool 2", "conv 16 3x3 / relu / maxpool 2"),
    ("conv 16, 3x3, pad 1, relu", "conv 16 3x3 pad 1 / relu"),
    ("conv 16 5 x 3 / conv 2 3×3", "conv 16 5x3 / conv 2 3x3"),
    ("conv2d(1, 16, 3)", "conv 16 3x3"),
    ("conv2d(16, 3)", "conv 16 3x3"),
    ("Conv2D(16, (3, 5), strides=2, padding=1)", "conv 16 3x5 stride 2 pad 1"),
    ("nn.Conv2d(1, 16, kernel_size=3, padding=(1, 0)),\nnn.ReLU(), nn.MaxPool2d(2, 2),",
     "conv 16 3x3 pad 1x0 / relu / maxpool 2"),
    ("nn.Conv2d(\n  1,\n  16,\n  3,\n  2,\n  1)\nnn.ReLU()", "conv 16 3x3 stride 2 pad 1 / relu"),
    ("conv2d(in_channels=1, out_channels=6, kernel_size=5)", "conv 6 5x5"),
    ("conv2d(filters=6, kernel_size=5)", "conv 6 5x5"),
    ("flatten / dense 10", "flatten / linear 10"),
    ("flatten() -> fc 10", "flatten / linear 10"),
    ("Flatten()\nDense(32)\nDense(units=10)", "flatten / linear 32 / linear 10"),
    ("flatten\nlinear(784, 32)\nlinear(in_features=32, out_features=10)", "flatten / linear 32 / linear 10"),
    ("layers.MaxPooling2D((2, 2)) / AveragePooling2D(pool_size=3, strides=1)", "maxpool 2 / avgpool 3 stride 1"),
    ("nn.Dropout(p=0.5) / Dropout(0.25) / dropout .5", "dropout 0.5 / dropout 0.25 / dropout 0.5"),
    ("conv 8 5x5 padding 2 / conv 4 3x3 pad=1", "conv 8 5x5 pad 2 / conv 4 3x3 pad 1"),
    ("conv 4 1x1 / conv 8 3x3 groups 2", "conv 4 1x1 / conv 8 3x3 groups 2"),
    ("nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)", "lrn 5 alpha 0.0005 k 2"),
    ("lrn 5 alpha 5e-05", "lrn 5 alpha 5e-05"),
    ("GlobalAveragePooling2D() / dense 10", "globalavgpool / linear 10"),
    ("concat( conv 2 1x1 -> relu\n| conv 2 3x3 pad 1\n) ; relu", "concat(conv 2 1x1 / relu | conv 2 3x3 pad 1) / relu"),
    ("Add(conv 1 3x3 pad 1, relu | identity)", "add(conv 1 3x3 pad 1 / relu | identity)"),
    ("add(concat(relu | tanh) / conv 1 1x1 | identity)", "add(concat(relu | tanh) / conv 1 1x1 | identity)"),
]

TORCH = """Net(
  (features): Sequential(
    (0): Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    (1): ReLU(inplace=True)
    (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  )
  (avgpool): AdaptiveAvgPool2d(output_size=(7, 7))
  (drop): Dropout(p=0.25, inplace=False)
  (flat): Flatten(start_dim=1, end_dim=-1)
  (fc): Linear(in_features=392, out_features=10, bias=True)
)"""
TORCH_CODE = """import torch.nn as nn

model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),  # as wide as the input
    nn.ReLU(True),
    nn.MaxPool2d(2),
    nn.AdaptiveAvgPool2d((7, 7)),
    nn.Dropout(0.25),
    nn.Flatten(),
    nn.Linear(392, 10),
)"""
TORCH_OWN = "conv 8 3x3 pad 1 / relu / maxpool 2 / avgpool 2 / dropout 0.25 / flatten / linear 10"
KERAS_CODE = """model = keras.Sequential(
    [
        keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(8, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(16, 3, padding="same", use_bias=True, name="second"),
        layers.Activation("tanh"),
        layers.Flatten(),
        layers.Dense(10, activation=None),
    ]
)"""
KERAS_ADDED = """model.add(Conv2D(8, (3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(MaxPooling2D((2, 2)))
model.add(Conv2D(16, 3, padding='same'))
model.add(Activation('tanh'))
model.add(Flatten())
model.add(Dense(10))"""
KERAS_APPLIED = """inputs = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(8, 3, activation="relu")(inputs)
x = layers.MaxPooling2D(pool_size=2)(x)
x = layers.Conv2D(16, 3, padding="same", activation="tanh")(x)
x = layers.Flatten()(x)
outputs = layers.Dense(10)(x)"""
KERAS_OWN = "conv 8 3x3 / relu / maxpool 2 / conv 16 3x3 pad 1 / tanh / flatten / linear 10"
KERAS_TABLE = """Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 32)     │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ conv2d_1 (Conv2D)               │ (None, 13, 13, 4)      │         1,152 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dropout (Dropout)               │ (None, 13, 13, 4)      │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)               │ (None, 676)            │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 10)             │         6,770 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 8,242 (32.20 KB)"""
KERAS_2_TABLE = """Model: "sequential"
_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 conv2d (Conv2D)             (None, 26, 26, 32)        320

 max_pooling2d (MaxPooling2D  (None, 13, 13, 32)       0
 )

 conv2d_1 (Conv2D)           (None, 13, 13, 4)         1152

 flatten (Flatten)           (None, 676)               0

 dense (Dense)               (None, 10)                6770
================================================================="""
TORCH_TABLE = """----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 32, 26, 26]             320
         MaxPool2d-2           [-1, 32, 13, 13]               0
            Conv2d-3            [-1, 4, 13, 13]           1,152
           Flatten-4                  [-1, 676]               0
            Linear-5                   [-1, 10]           6,770
================================================================"""
TABLE_OWN = "conv 32 3x3 / maxpool 2 / conv 4 3x3 pad 1 bias 0 / flatten / linear 10"
PRINTOUTS = [
    (TORCH, TORCH_OWN), (TORCH_CODE, TORCH_OWN), (KERAS_CODE, KERAS_OWN), (KERAS_ADDED, KERAS_OWN), (KERAS_APPLIED, KERAS_OWN),
    (KERAS_TABLE, TABLE_OWN), (KERAS_2_TABLE, TABLE_OWN), (TORCH_TABLE, TABLE_OWN),
    ("nn.Sequential(nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True), nn.ReLU())",
     "conv 4 3x3 bias 0 / batchnorm / relu"),
    ("self.a = nn.Conv2d(1, 4, 3)\nself.bn = nn.BatchNorm2d(4)\nself.gap = nn.AdaptiveAvgPool2d(1)\nself.fc = nn.Linear(4, 2)",
     "conv 4 3x3 / batchnorm / globalavgpool / linear 2"),
    ("Conv2D(4, 5, padding='valid', strides=None)\nBatchNormalization()\nGlobalAveragePooling2D()\nDense(3, 'relu')",
     "conv 4 5x5 / batchnorm / globalavgpool / linear 3 / relu"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "own"), PRINTOUTS)
def test_programs_and_printouts_of_keras_and_pytorch_are_understood(text, own):
    assert text_of(parse_layers(text, (1, 28, 28))) == own
    assert text_of(parse_layers(own, (1, 28, 28))) == own


def test_a_table_that_no_kernel_explains_is_refused_with_its_row():
    row = "conv2d (Conv2D)  (None, 26, 26, 32)  321"
    with pytest.raises(NetworkTextError, match="no kernel of Conv2D gives 321 parameters"):
        parse_layers(f"Param #\n{row}", (1, 28, 28))
    with pytest.raises(NetworkTextError, match="'LayerNorm' of the table is not a layer here; the layers are conv, maxpool"):
        parse_layers("Param #\nLayerNorm-1  [-1, 1, 28, 28]  56", (1, 28, 28))


HOSTILE = ["(" * 20_000, " " * 20_000 + "x", "a." * 9_999, "conv 8 3x3 " + "(" * 5_000 + ")" * 5_000, "Input(" * 3_000]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_end_at_once(text):
    with pytest.raises(NetworkTextError):
        parse_layers(text, (1, 28, 28))


@pytest.mark.parametrize(("text", "own"), SAID_OTHERWISE)
def test_what_people_write_is_understood(text, own):
    assert parse(text).text == own
    assert parse(own).text == own


WRONG = [  # each sentence names what is wrong and nothing else
    ("conv 8 5x5 relu", "layer 1, 'conv 8 5x5 relu': 'relu' begins a layer of its own; put '/' or a line break before it"),
    ("conv 8 relu", "'relu' begins a layer of its own"),
    ("conv 8 5x5 pad / relu", "a number is missing behind 'pad'"),
    ("conv2d(16)", r"a number is missing \(the size\)"),
    ("conv2d(3, 16, 3)", "written for 3 input channels, but 1 comes in; write 'conv 16 3x3'"),
    ("conv2d(1, 16, 3", "the parenthesis of conv is not closed"),
    ("conv2d(1, 16, 3))", r"'\)' closes a parenthesis that was not opened"),
    ("conv 16 3x3 activation relu", "'relu' begins a layer of its own"),
    ("conv2d(16, 3, activation='swish')", "the activation 'swish' is not one of relu, sigmoid, tanh"),
    ("flatten\nDense(10, activation='softmax')", "layer 2, .*: softmax belongs to the loss; write 'linear 10' without it"),
    ("conv2d(16, 3, strides=2, padding='same')", "padding='same' puts 0 rows of zeros above and 1 below"),
    ("conv2d(16, 3, padding=same", "the parenthesis of conv is not closed"),
    ("maxpool2d(3, 2, ceil_mode=True)", "ceil_mode=true is not understood; sizes are rounded down here"),
    ("conv2d(16, 3, input_shape=(32, 32, 3))", "written for an input of 32×32×3, but the input chosen is 28×28×1"),
    ("keras.Input(shape=(32, 32, 3))\nflatten", "written for an input of 32×32×3, but the input chosen is 28×28×1"),
    ("conv2d(16, 3, kernel_constraint=3)", "'kernel_constraint' is not expected"),
    ("batchnorm", "batch normalisation is counted and written as a program, but not computed here; leave it out"),
    ("conv 4 3x3 bias 0", "without a bias it is counted and written as a program, but not computed here"),
    ("flatten / linear 10 bias 0", "without a bias it is counted"),
    ("nn.AdaptiveAvgPool2d(5)", "cannot be cut into"),
    ("class Net(nn.Module):\n  def forward(self, x):\n    return x", "the order of a class with forward"),
    ("ResNet(\n  (conv1): Conv2d(1, 4, 3)\n  (layer1): Bottleneck(\n    (conv1): Conv2d(4, 4, 1)\n  )\n)",
     "the printout does not say how a Bottleneck joins its layers; write it as branches"),
    ("(0): ReLU()\n(1): GELU()", "layer 2, 'gelu\\(\\)': 'gelu' is not a layer"),
    ("import torch  # only", "the text is empty"),
    ("conv2d(1, 16, 3, 1, 1, 1, 1, 1, 9)", "'9' is not expected"),
    ("conv2d(16, 3, pad=1, padding=2)", "'padding' is not expected"),
    ("conv 8 = 3", "'8' is not expected"),
    ("= 3", "'=' is not a layer"),
    ("flatten / linear(100, 10)", "written for 100 inputs, but 784 come in; write 'linear 10'"),
    ("linear(784, 10)", "it wants a row of numbers but gets maps"),
    ("relu | relu", r"'\|' stands between branches only"),
    ("concat(relu)", r"concat has one branch only; put \| between"),
    ("concat relu | relu", "concat needs its branches in parentheses"),
    ("concat(relu | tanh", "the parenthesis of concat is not closed"),
    ("concat(relu | )", "layer 1, branch 2, layer 1, '': there is nothing in this branch"),
    ("concat(relu / | tanh)", "layer 1, branch 1, layer 2, '': there is nothing in this branch"),
    ("concat(relu | tanh) sigmoid", "'sigmoid' is not expected; write '/' or a line break"),
    ("add(" * 6 + "relu", "branches stand in branches more than 4 deep"),
    ("conv 8 5x5\npad 2", "layer 2, 'pad 2': 'pad' belongs to a layer; write it on the line of its layer"),
    ("conv 8\n5x5", r"a number is missing \(the size\)"),
    ("relu / 5x5", "layer 2, '5x5': '5x5' belongs to a layer"),
    ("layernorm", "'layernorm' is not a layer; the layers are conv, maxpool"),
    ("conv 8 5x5 pad 1e1", "the pad is '1e1'"),
    ("lrn 5 alpha x", "the alpha is 'x', but a number from 0 to 1000"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_a_sentence_names_what_is_wrong(text, sentence):
    with pytest.raises(NetworkTextError, match=sentence):
        parse(text)


def test_what_stands_before_the_refused_layer_is_told():
    with pytest.raises(NetworkTextError) as raised:
        parse("conv 8 5x5 / relu / pour 3")
    assert [spec.text for spec in raised.value.specs] == ["conv 8 5x5", "relu"]


def test_counting_has_no_limit_where_training_has():
    text, shape = "flatten / linear 4096 / linear 4096", (3, 224, 224)
    with pytest.raises(NetworkTextError, match=r"616,566,784 parameters, but 1,000,000 are the most that can be trained"):
        parse_network(text, shape, np.random.default_rng(0))
    specs = parse_layers(text, shape)
    counts = [spec.parameter_count(before) for spec, before in zip(specs, shapes_of(specs, shape), strict=False)]
    assert sum(counts) == 4096 * (3 * 224 * 224 + 1) + 4096 * 4097
    assert parse_layers(" / ".join(["conv 2048 1x1"] * 200), shape)[-1].filters == 2048
    with pytest.raises(NetworkTextError, match="the text has 1001 layers but may have 1000"):
        parse_layers("relu\n" * 1000 + "relu", shape)


@pytest.mark.parametrize(
    "text",
    [
        *GOOD,
        "conv 4 3x3 / conv 6 3x3 pad 1 groups 2 / globalavgpool / linear 10",
        "conv 4 3x3 / concat(conv 3 1x1 / relu / conv 6 3x3 pad 1 groups 3 | add(identity | lrn 3)) / flatten / linear 7",
    ],
)
def test_specifications_count_what_the_layers_hold(text):
    network = parse(text)
    for row, spec, shape in zip(network.summary(), network.specs, network.shapes, strict=False):
        assert (spec.output_shape(shape), spec.parameter_count(shape), spec.multiply_adds(shape)) == (
            row.output_shape, row.parameter_count, row.multiply_adds,
        )  # fmt: skip


def test_random_branches_and_calls_are_read_or_refused_and_come_back():
    rng = np.random.default_rng(1)
    words = [
        "conv", "relu", "/", "8", "3x3", "pad", "1", "maxpool", "(", ")", "|", ",", "=", "->", "\n", "concat(", "add(",
        "identity", "lrn", "globalavgpool", "groups", "conv2d(1,", "flatten", "fc", "nn.", "x", "×", "e", ".", "5e-5", "'",
        "٣", "\x00", "→",
    ]  # fmt: skip
    layers = ["relu", "identity", "conv 1 3x3 pad 1", "conv2d(1, 3, padding=1)", "maxpool 3 stride 1 pad 1", "lrn 3 k 2"]
    read = 0
    for turn in range(4000):
        if turn % 2:
            text = " ".join(rng.choice(words, rng.integers(0, 14)))
        else:  # what is nearly right: layers, branches, and one word too many or too few
            parts = [str(part) for part in rng.choice(layers, 4)]
            text = f"{parts[0]}\n{rng.choice(['concat', 'add'])}({parts[1]} | {parts[2]}) -> {parts[3]}"
            at = int(rng.integers(0, len(text)))
            text = text[:at] + rng.choice(["", " ", str(rng.choice(words))]) + text[at + int(rng.integers(0, 2)) :]
        try:
            specs = parse_layers(text, (1, 12, 12))
        except NetworkTextError:
            continue
        read += 1
        assert parse_layers(" / ".join(spec.text for spec in specs), (1, 12, 12)) == specs
        assert parse_network(text, (1, 12, 12), np.random.default_rng(0)).text == " / ".join(spec.text for spec in specs)
    assert 500 < read < 3000
