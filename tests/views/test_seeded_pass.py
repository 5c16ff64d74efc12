"""A forward pass with weights that are drawn layer by layer: the same for the same seed, in little memory."""

import itertools
import tracemalloc

import numpy as np

from convoscope.engine import parse_layers
from convoscope.views.architectures.known import KNOWN
from convoscope.views.definitions import PLAIN
from convoscope.views.seeded_pass import ROWS, seeded_pass

TEXT = "conv 4 5x5 stride 2 / relu / lrn 5 alpha 0.5 k 2 / maxpool 3 stride 2 / conv 6 3x3 pad 1 groups 2 / relu / flatten"
SHAPE = (3, 23, 23)
X = np.random.default_rng(1).normal(size=(1, *SHAPE)).astype(np.float32)


def test_layers_follow_each_other_and_the_seed_says_which_weights():
    specs = parse_layers(f"{TEXT} / linear {ROWS + 9}", SHAPE)
    one, again, other = ([out for _, out in seeded_pass(specs, X, seed)] for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(one, again, strict=True))
    assert (one[0] != other[0]).any()
    for before, spec, out in zip(one, specs[1:], one[1:], strict=False):
        if spec.kind in ("relu", "flatten"):
            np.testing.assert_array_equal(out, PLAIN[spec.kind](None, before)[0])
    assert one[-1].shape == (1, ROWS + 9)
    assert (one[-1] != 0).all()
    assert 0.2 < one[-1].std() / np.sqrt((one[-2] ** 2).mean() * 2) < 5, "variance 2 / fan_in keeps the signal"


def test_alexnet_can_be_stopped_after_any_layer_and_takes_little_memory():
    network = KNOWN["alexnet"]
    specs = parse_layers(network.text, network.input_shape)
    x = np.zeros((1, *network.input_shape), np.float32)
    begun = list(itertools.islice(seeded_pass(specs, x, 0), 2))
    assert [out.shape for _, out in begun] == [(1, 96, 55, 55)] * 2
    linear = next(spec for spec in specs if spec.kind == "linear")
    tracemalloc.start()
    (_, out), = seeded_pass([linear], np.ones((1, 9216), np.float32), 0)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert out.shape == (1, 4096)
    assert most < 40e6, "its weights alone are 151 MB"
