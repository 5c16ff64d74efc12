"""Make tests/engine/fixtures/torch_ops.npz: what PyTorch 2.13.0 computes for every op, forward and backward.

Run in an environment that has torch; the tests read the file and need none:

    python scripts/make_torch_fixtures.py

Each case is stored as <op>|<number>|<array>, its settings as JSON beside it. Half of the values are small whole
numbers, so that maxima tie and ReLU meets 0 exactly. Layers and optimisers: make_torch_fixtures_training.py.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

FIXTURES = Path(__file__).parents[1] / "tests" / "engine" / "fixtures" / "torch_ops.npz"

CONV = [  # x, weight, settings
    ((2, 3, 7, 6), (4, 3, 3, 3), {}),
    ((1, 1, 7, 7), (1, 1, 3, 3), {"stride": 2, "padding": 1}),
    ((2, 2, 9, 8), (3, 2, 3, 2), {"stride": [2, 3], "padding": [1, 2], "dilation": [2, 1]}),
    ((3, 4, 6, 11), (2, 4, 1, 5), {"stride": [1, 4], "padding": [0, 3], "dilation": [3, 2]}),
    ((1, 3, 5, 5), (2, 3, 3, 3), {"stride": 2, "padding": 1}),
    ((4, 1, 8, 8), (3, 1, 2, 2), {"stride": 3}),
    ((2, 2, 3, 3), (2, 2, 3, 3), {"padding": 3, "dilation": 2}),
    ((2, 1, 1, 1), (2, 1, 1, 1), {"padding": 2}),
    ((2, 2, 12, 12), (3, 2, 5, 5), {"padding": 2}),
]
POOL = [  # x, kernel_size, settings
    ((2, 3, 6, 6), 2, {}),
    ((2, 2, 7, 5), 2, {}),
    ((1, 2, 7, 7), 3, {"stride": 2}),
    ((2, 2, 7, 6), 3, {"stride": 2, "padding": 1}),
    ((2, 1, 9, 8), [3, 2], {"stride": [1, 3], "padding": [1, 0]}),
    ((3, 2, 8, 8), [2, 3], {"stride": 1, "padding": [1, 1]}),
    ((2, 2, 11, 10), 2, {"stride": 4}),
]
CELLS = {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "flatten": lambda x: torch.flatten(x, 1)}


def values(rng, shape, number):
    """Small whole numbers in every even case, normal numbers in every odd one. -> float64 array."""
    return rng.integers(-2, 3, shape).astype(np.float64) if number % 2 == 0 else rng.normal(size=shape)


def answers(rng, op, inputs, number):
    """Run op on inputs {name: array} forward, and backward from a random grad_out. -> {name: array}."""
    tensors = {name: torch.tensor(value, requires_grad=value.dtype.kind == "f") for name, value in inputs.items()}
    out = op(**tensors)
    grad_out = values(rng, tuple(out.shape), number) if out.ndim else np.ones(())
    out.backward(torch.tensor(grad_out))
    gradients = {f"grad_{name}": value.grad.numpy() for name, value in tensors.items() if value.grad is not None}
    return inputs | {"out": out.detach().numpy(), "grad_out": grad_out} | gradients


def as_pairs(settings):
    """JSON has lists where torch wants tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}


def window_cases(rng):
    """Yield name, number, settings, arrays for convolution and both poolings; the weights of a pooling are its size."""
    for number, (shape, weight, settings) in enumerate(CONV + CONV):
        inputs = {"x": values(rng, shape, number), "weight": values(rng, weight, number)}
        inputs["bias"] = values(rng, weight[:1], number)
        yield "conv2d", number, settings, answers(
            rng, lambda x, weight, bias, s=settings: functional.conv2d(x, weight, bias, **as_pairs(s)), inputs, number
        )
    for name, op in (("max_pool2d", functional.max_pool2d), ("avg_pool2d", functional.avg_pool2d)):
        for number, (shape, size, settings) in enumerate(POOL + POOL):
            chosen = {"kernel_size": size} | settings
            inputs = {"x": values(rng, shape, number)}
            yield name, number, chosen, answers(rng, lambda x, f=op, s=chosen: f(x, **as_pairs(s)), inputs, number)


def cell_cases(rng):
    """Yield name, number, settings, arrays for activations, flatten, linear and softmax."""
    for name, op in CELLS.items():
        for number in range(2):
            inputs = {"x": values(rng, (2, 3, 4, 5), number)}
            yield name, number, {}, answers(rng, lambda x, f=op: f(x), inputs, number)
        if name != "flatten":
            far = {"x": np.array([[-800.0, -40.0, -1e-9, -0.0, 0.0, 1e-9, 40.0, 800.0]])}
            yield name, 2, {}, answers(rng, lambda x, f=op: f(x), far, 1)
    for number in range(4):
        inputs = {"x": values(rng, (3, 5), number), "weight": values(rng, (4, 5), number)}
        inputs["bias"] = values(rng, (4,), number)
        yield "linear", number, {}, answers(rng, functional.linear, inputs, number)
        logits = {"logits": values(rng, (3, 4), number) * (300.0 if number > 1 else 1.0)}
        yield "softmax", number, {}, answers(rng, lambda logits: functional.softmax(logits, 1), logits, 1)


def loss_cases(rng):
    """Yield name, number, settings, arrays for the losses; far-off logits in the last two."""
    for number in range(4):
        logits = values(rng, (6, 5), number) * (300.0 if number > 1 else 1.0)
        inputs = {"logits": logits, "labels": rng.integers(0, 5, 6)}
        yield "cross_entropy", number, {}, answers(
            rng, lambda logits, labels: functional.cross_entropy(logits, labels), inputs, number
        )
        pair = {"out": values(rng, (6, 5), number), "target": values(rng, (6, 5), number)}
        found = answers(rng, lambda out, target: 0.5 * ((out - target) ** 2).sum(1).mean(), dict(pair), number)
        found |= {"loss": found["out"], "out": pair["out"]}
        yield "squared_error", number, {}, found


def main():
    rng = np.random.default_rng(1998)
    stored = {}
    for cases in (window_cases, cell_cases, loss_cases):
        for name, number, settings, arrays in cases(rng):
            stored[f"{name}|{number}|settings"] = np.array(json.dumps(settings))
            stored |= {f"{name}|{number}|{key}": value for key, value in arrays.items()}
    np.savez_compressed(FIXTURES, **stored)
    print(f"{FIXTURES.name}: {len(stored)} arrays, {FIXTURES.stat().st_size} bytes, torch {torch.__version__}")


if __name__ == "__main__":
    main()
