"""Make tests/engine/fixtures/torch_blocks.npz: what PyTorch 2.13.0 computes for groups, normalisation and branches.

Run in an environment that has torch; the tests read the file and need none:

    python scripts/make_torch_fixtures_blocks.py

Ops are stored as in make_torch_fixtures.py: <op>|<number>|<array>. Blocks are networks with branches, each with its text, its
input, its parameters in order, and the gradients of all of them.
"""

import json
from pathlib import Path

import numpy as np
import torch
from make_torch_fixtures import answers, as_pairs, values
from torch import nn
from torch.nn import functional

FIXTURES = Path(__file__).parents[1] / "tests" / "engine" / "fixtures" / "torch_blocks.npz"

GROUPED = [  # x, weight, settings
    ((2, 4, 7, 6), (6, 2, 3, 3), {"groups": 2}),
    ((1, 3, 5, 5), (3, 1, 3, 3), {"groups": 3, "padding": 1}),
    ((2, 6, 9, 8), (4, 3, 3, 2), {"groups": 2, "stride": [2, 3], "padding": [1, 2], "dilation": [2, 1]}),
    ((2, 4, 6, 6), (8, 1, 1, 1), {"groups": 4}),
]
NORMALISED = [  # x, settings
    ((2, 7, 3, 4), {"size": 5, "alpha": 5e-4, "beta": 0.75, "k": 2.0}),
    ((2, 7, 3, 4), {"size": 5, "alpha": 0.5, "beta": 0.75, "k": 2.0}),
    ((1, 6, 2, 3), {"size": 4, "alpha": 0.7, "beta": 0.5}),
    ((2, 5, 3, 2), {"size": 1, "alpha": 1.0}),
    ((2, 3, 2, 2), {"size": 9, "alpha": 0.9, "beta": 1.5, "k": 0.5}),
    ((1, 4, 3, 3), {"size": 2}),
]


class Concat(nn.Module):
    """Every branch gets x; their outputs stand behind each other along the channels."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class Add(Concat):
    """Every branch gets x; their outputs are added."""

    def forward(self, x):
        return sum(branch(x) for branch in self.branches)


class Mean(nn.Module):
    """The mean of each feature map."""

    def forward(self, x):
        return torch.flatten(functional.adaptive_avg_pool2d(x, 1), 1)


def row(*modules):
    return nn.Sequential(*modules)


BLOCKS = {  # text: the same in PyTorch, the input's shape
    "conv 3 1x1 / relu / concat(conv 4 1x1 / relu | conv 2 3x3 pad 1 / relu)": (
        row(nn.Conv2d(2, 3, 1), nn.ReLU(), Concat(row(nn.Conv2d(3, 4, 1), nn.ReLU()),
                                                  row(nn.Conv2d(3, 2, 3, padding=1), nn.ReLU()))), (2, 2, 5, 4)),
    "add(conv 3 3x3 pad 1 / relu / conv 3 3x3 pad 1 | identity) / relu": (
        row(Add(row(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU(), nn.Conv2d(3, 3, 3, padding=1)), nn.Identity()),
            nn.ReLU()), (2, 3, 5, 4)),
    "add(conv 4 3x3 stride 2 pad 1 / relu / conv 4 3x3 pad 1 | conv 4 1x1 stride 2) / relu": (
        row(Add(row(nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1)),
                nn.Conv2d(2, 4, 1, stride=2)), nn.ReLU()), (2, 2, 6, 5)),
    "concat(conv 2 1x1 | conv 2 1x1 / relu / conv 3 3x3 pad 1 | conv 1 1x1 / relu / conv 2 5x5 pad 2 | "
    "maxpool 3 stride 1 pad 1 / conv 2 1x1) / relu": (
        row(Concat(nn.Conv2d(3, 2, 1), row(nn.Conv2d(3, 2, 1), nn.ReLU(), nn.Conv2d(2, 3, 3, padding=1)),
                   row(nn.Conv2d(3, 1, 1), nn.ReLU(), nn.Conv2d(1, 2, 5, padding=2)),
                   row(nn.MaxPool2d(3, stride=1, padding=1), nn.Conv2d(3, 2, 1))), nn.ReLU()), (2, 3, 6, 5)),
    "concat(add(conv 2 3x3 pad 1 | identity) / relu | avgpool 3 stride 1 pad 1) / globalavgpool / linear 3": (
        row(Concat(row(Add(nn.Conv2d(2, 2, 3, padding=1), nn.Identity()), nn.ReLU()),
                   nn.AvgPool2d(3, stride=1, padding=1)), Mean(), nn.Linear(4, 3)), (3, 2, 4, 5)),
    "conv 4 3x3 / relu / lrn 3 alpha 0.5 k 2 / conv 6 3x3 pad 1 groups 2 / globalavgpool": (
        row(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.LocalResponseNorm(3, alpha=0.5, beta=0.75, k=2),
            nn.Conv2d(4, 6, 3, padding=1, groups=2), Mean()), (2, 1, 7, 6)),
}  # fmt: skip


def op_cases(rng):
    """Yield name, number, settings, arrays."""
    for number, (shape, weight, settings) in enumerate(GROUPED + GROUPED):
        inputs = {"x": values(rng, shape, number), "weight": values(rng, weight, number)}
        inputs["bias"] = values(rng, weight[:1], number)
        yield "conv2d", number, settings, answers(
            rng, lambda x, weight, bias, s=settings: functional.conv2d(x, weight, bias, **as_pairs(s)), inputs, number
        )
    for number, (shape, settings) in enumerate(NORMALISED + NORMALISED):
        inputs = {"x": values(rng, shape, number)}
        yield "local_response_norm", number, settings, answers(
            rng, lambda x, s=settings: functional.local_response_norm(x, **s), inputs, number
        )
    for number in range(2):
        inputs = {"x": values(rng, (3, 4, 5, 3), number)}
        yield "global_avg_pool2d", number, {}, answers(rng, Mean(), inputs, number)


def block_fixtures(rng):
    """Every block with parameters and inputs that are small whole numbers."""
    out = {}
    for number, (text, (module, shape)) in enumerate(BLOCKS.items()):
        module = module.double()
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(torch.tensor(values(rng, tuple(parameter.shape), 0)))
        x = torch.tensor(values(rng, shape, 0), requires_grad=True)
        y = module(x)
        grad_out = values(rng, tuple(y.shape), 0)
        y.backward(torch.tensor(grad_out))
        arrays = {"text": np.array(text), "x": x.detach().numpy(), "y": y.detach().numpy(), "grad_out": grad_out}
        arrays["grad_x"] = x.grad.numpy()
        for place, parameter in enumerate(module.parameters()):
            arrays |= {f"parameter{place}": parameter.detach().numpy(), f"grad_parameter{place}": parameter.grad.numpy()}
        out |= {f"block|{number}|{name}": value for name, value in arrays.items()}
    return out


def main():
    rng = np.random.default_rng(2012)
    stored = block_fixtures(rng)
    for name, number, settings, arrays in op_cases(rng):
        stored[f"{name}|{number}|settings"] = np.array(json.dumps(settings))
        stored |= {f"{name}|{number}|{key}": value for key, value in arrays.items()}
    np.savez_compressed(FIXTURES, **stored)
    print(f"{FIXTURES.name}: {len(stored)} arrays, {FIXTURES.stat().st_size} bytes, torch {torch.__version__}")


if __name__ == "__main__":
    main()
