"""Make tests/engine/fixtures/torch_squeezenet.npz: what PyTorch 2.13.0 computes for SqueezeNet 1.1.

Run in an environment that has torch; the tests read the file and need none:

    python scripts/make_torch_fixtures_squeezenet.py

The network is written here once more, in PyTorch's modules. Two parts: a network of reduced width and one fire module, with
seeded numbers as parameters and the gradients of all of them; and the committed weights on two photographs, of which
some numbers of every layer, their sum and the sum of their magnitudes are kept, and the same of the gradient that each layer
gets from the logit of the first photograph's class, back to the photograph. All of it in float64.
"""

from pathlib import Path

import numpy as np
import torch
from make_torch_fixtures import values
from torch import nn
from torch.nn import functional

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "tests" / "engine" / "fixtures" / "torch_squeezenet.npz"
DATA = ROOT / "static" / "data"
PHOTOS = ("cat", "panda")
MEAN = (104.006, 116.669, 122.679)  # blue, green, red
KEPT = 24  # numbers of each layer
EXPLAINED = 285  # Egyptian cat
WIDTHS = {"whole": (64, [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)], 1000),
          "reduced": (4, [(3, 3), (3, 3), (3, 4), (3, 4), (4, 5), (4, 5), (3, 4), (3, 4)], 6)}  # fmt: skip


class Fire(nn.Module):
    """Squeeze, then two branches of filters, side by side. Remembers what each part made."""

    def __init__(self, channels, squeeze, expand):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeeze, 1)
        self.expand1x1 = nn.Conv2d(squeeze, expand, 1)
        self.expand3x3 = nn.Conv2d(squeeze, expand, 3, padding=1)

    def forward(self, x):
        squeezed = self.squeeze(x)
        one, three = self.expand1x1(squeezed.relu()), self.expand3x3(squeezed.relu())
        out = torch.cat([one.relu(), three.relu()], dim=1)
        self.made = {"squeeze": squeezed, "expand1x1": one, "expand3x3": three, "concat": out}
        return out


class SqueezeNet(nn.Module):
    """Version 1.1. widths: filters of conv1, of each fire module, and classes."""

    def __init__(self, first, fires, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, first, 3, stride=2)
        channels = [first, *(2 * expand for _, expand in fires)]
        self.fires = nn.ModuleList(Fire(c, *fire) for c, fire in zip(channels, fires, strict=False))
        self.conv10 = nn.Conv2d(channels[-1], classes, 1)

    def forward(self, x):
        made = {"conv1": self.conv1(x)}
        x = made["pool1"] = functional.max_pool2d(made["conv1"].relu(), 3, 2)
        for number, fire in enumerate(self.fires, start=2):
            x = fire(x)
            made |= {f"fire{number}.{part}": value for part, value in fire.made.items()}
            if number in (3, 5):
                x = made[f"pool{number}"] = functional.max_pool2d(x, 3, 2)
        made["conv10"] = self.conv10(x)
        made["logits"] = made["conv10"].mean(dim=(2, 3))
        made["softmax"] = functional.softmax(made["logits"], dim=1)
        self.made = made
        return made["logits"]


def seeded(module, shape, rng):
    """Forward and backward with seeded parameters. -> x, y, grad_out, grad_x, and each parameter with its gradient."""
    module = module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            array = values(rng, tuple(parameter.shape), 1)
            # Weights that are more often positive keep the units of so narrow and deep a network awake.
            parameter.copy_(torch.tensor(0.4 * array + 0.1))
    x = torch.tensor(values(rng, shape, 1), requires_grad=True)
    y = module(x)
    grad_out = values(rng, tuple(y.shape), 1)
    y.backward(torch.tensor(grad_out))
    arrays = {"x": x.detach().numpy(), "y": y.detach().numpy(), "grad_out": grad_out, "grad_x": x.grad.numpy()}
    for place, parameter in enumerate(module.parameters()):
        arrays |= {f"parameter{place}": parameter.detach().numpy(), f"grad_parameter{place}": parameter.grad.numpy()}
    return arrays


def committed():
    """The network with our weights."""
    network = SqueezeNet(*WIDTHS["whole"]).double()
    weights = np.load(DATA / "imagenet" / "squeezenet.npz", allow_pickle=False)
    with torch.no_grad():
        for parameter, array in zip(network.parameters(), weights.values(), strict=True):
            parameter.copy_(torch.tensor(array.astype(np.float64)))
    return network


def photograph(name):
    """As the network reads it. -> (1, 3, 225, 225)"""
    pixels = np.load(DATA / "photos" / f"{name}_224.npy", allow_pickle=False).astype(np.float64)
    x = torch.tensor(pixels[:, :, ::-1].copy()).permute(2, 0, 1) - torch.tensor(MEAN)[:, None, None]
    return functional.pad(x[None], (0, 1, 0, 1))


def some_of(cells, rng):
    """Some of many numbers, their sum and the sum of their magnitudes. -> "what": array"""
    at = rng.integers(0, cells.size, KEPT)
    return {"at": at, "values": cells[at], "sums": np.array([cells.sum(), np.abs(cells).sum()])}


def on_photographs(rng):
    """Numbers of every layer of the committed network. -> "photo|layer|what": array"""
    network, stored = committed(), {}
    for photo in PHOTOS:
        with torch.no_grad():
            network(photograph(photo))
        for layer, value in network.made.items():
            stored |= {f"{photo}|{layer}|{what}": kept for what, kept in some_of(value.numpy()[0].ravel(), rng).items()}
    return stored


def backward_of_a_logit(rng):
    """Gradients of a logit at the output of every layer and at the input. -> "backward|layer|what": array"""
    network, x = committed(), photograph(PHOTOS[0]).requires_grad_()
    logits = network(x)
    made = {"input": x} | {name: value for name, value in network.made.items() if name not in ("logits", "softmax")}
    gradients = torch.autograd.grad(logits[0, EXPLAINED], list(made.values()))
    kept = {layer: some_of(grad.numpy()[0].ravel(), rng) for layer, grad in zip(made, gradients, strict=True)}
    return {f"backward|{layer}|{what}": value for layer, parts in kept.items() for what, value in parts.items()}


def main():
    rng = np.random.default_rng(2016)
    stored = {f"reduced|{name}": value for name, value in seeded(SqueezeNet(*WIDTHS["reduced"]), (2, 3, 47, 45), rng).items()}
    stored |= {f"fire|{name}": value for name, value in seeded(Fire(5, 3, 4), (2, 5, 6, 7), rng).items()}
    stored |= on_photographs(rng) | backward_of_a_logit(rng)
    np.savez_compressed(FIXTURES, **stored)
    print(f"{FIXTURES.name}: {len(stored)} arrays, {FIXTURES.stat().st_size} bytes, torch {torch.__version__}")


if __name__ == "__main__":
    main()
