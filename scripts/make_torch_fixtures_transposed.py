"""Make tests/engine/fixtures/torch_transposed.npz: PyTorch 2.13.0's transposed and one-dimensional convolutions.

Run in an environment that has torch; the tests read the file and need none:

    python scripts/make_torch_fixtures_transposed.py

Stored as in make_torch_fixtures.py: <op>|<number>|<array>. A causal case is PyTorch's conv1d of a signal that was padded
before its first cell alone.
"""

import json
from pathlib import Path

import numpy as np
from make_torch_fixtures import answers, as_pairs, values
from torch.nn import functional

FIXTURES = Path(__file__).parents[1] / "tests" / "engine" / "fixtures" / "torch_transposed.npz"

TRANSPOSED = [  # x, weight, settings
    ((1, 1, 2, 2), (1, 1, 3, 3), {}),
    ((2, 3, 4, 5), (3, 2, 3, 2), {"stride": 2, "padding": 1}),
    ((1, 2, 3, 3), (2, 3, 3, 3), {"stride": 2, "padding": 1, "output_padding": 1}),
    ((2, 2, 4, 3), (2, 2, 3, 2), {"stride": [3, 2], "padding": [1, 0], "output_padding": [2, 1], "dilation": [1, 2]}),
    ((1, 4, 3, 4), (4, 3, 2, 3), {"groups": 2, "stride": [1, 2], "padding": [0, 1]}),
    ((2, 3, 4, 4), (3, 1, 3, 3), {"groups": 3, "stride": 2}),
    ((1, 2, 3, 3), (2, 1, 3, 3), {"dilation": 3, "output_padding": 2}),
    ((1, 1, 4, 4), (1, 1, 3, 3), {"padding": 2}),
    ((1, 1, 2, 2), (1, 1, 2, 2), {"stride": 4, "output_padding": 3}),
]
DEPTHWISE = [  # x, weight, settings of conv2d
    ((2, 3, 6, 5), (3, 1, 3, 3), {"groups": 3, "padding": 1}),
    ((1, 4, 7, 7), (8, 1, 3, 2), {"groups": 4, "stride": [2, 1], "dilation": [1, 2]}),
]
ALONG = [  # x, weight, settings of conv1d
    ((2, 1, 9), (1, 1, 3), {}),
    ((1, 3, 12), (4, 3, 5), {"stride": 2, "padding": 2}),
    ((2, 4, 10), (6, 2, 3), {"groups": 2, "dilation": 3, "padding": 1}),
    ((2, 3, 8), (3, 1, 3), {"groups": 3, "stride": 3}),
    ((1, 1, 10), (1, 1, 3), {"padding": "causal"}),
    ((2, 2, 11), (3, 2, 4), {"padding": "causal", "dilation": 2}),
    ((2, 2, 11), (2, 1, 3), {"padding": "causal", "stride": 2, "groups": 2}),
]


def conv1d(x, weight, bias, padding=0, dilation=1, **settings):
    """PyTorch's conv1d; with causal padding all zeros stand before the signal."""
    if padding == "causal":
        x, padding = functional.pad(x, (dilation * (weight.shape[2] - 1), 0)), 0
    return functional.conv1d(x, weight, bias, padding=padding, dilation=dilation, **settings)


def cases(rng):
    """Yield name, number, settings, arrays."""
    ops = {
        "conv_transpose2d": (functional.conv_transpose2d, TRANSPOSED),
        "conv2d": (functional.conv2d, DEPTHWISE),
        "conv1d": (conv1d, ALONG),
    }
    for name, (op, table) in ops.items():
        for number, (shape, weight, settings) in enumerate(table + table):
            count = weight[1] * settings.get("groups", 1) if name == "conv_transpose2d" else weight[0]
            inputs = {"x": values(rng, shape, number), "weight": values(rng, weight, number)}
            inputs["bias"] = values(rng, (count,), number)
            yield name, number, settings, answers(
                rng, lambda x, weight, bias, f=op, s=settings: f(x, weight, bias, **as_pairs(s)), inputs, number
            )


if __name__ == "__main__":
    stored = {}
    for name, number, settings, arrays in cases(np.random.default_rng(16)):
        stored |= {f"{name}|{number}|{key}": value for key, value in arrays.items()}
        stored[f"{name}|{number}|settings"] = np.array(json.dumps(settings))
    np.savez_compressed(FIXTURES, **stored)
    print(f"{FIXTURES}: {len(stored)} arrays, {FIXTURES.stat().st_size:,} bytes")
