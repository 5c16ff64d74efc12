"""The text form of a network: good texts come back as written, bad ones get a sentence that names the layer."""

import numpy as np
import pytest

from convoscope.engine import NetworkTextError, convnetjs_mnist, lenet5, parse_network

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
    ("conv 8 5x5 frame 2", "'frame' is not expected; each of stride, pad, dilation, groups may stand there once"),
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
