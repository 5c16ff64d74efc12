"""Make tests/engine/fixtures/torch_training.npz: what PyTorch 2.13.0 computes for layers, whole networks, optimisers.

Run in an environment that has torch; the tests read the file and need none:

    python scripts/make_torch_fixtures_training.py

Layers and networks in float64; the gradients of the whole networks are stored in float32, to keep the file small.
"""

from pathlib import Path

import numpy as np
import torch

FIXTURES = Path(__file__).parents[1] / "tests" / "engine" / "fixtures" / "torch_training.npz"
STEPS = 20

LAYERS = {  # the text form of one layer, the same in PyTorch, the input's shape
    "conv 3 3x2 stride 2x1 pad 1x2 dilation 1x2": (
        lambda: torch.nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2)), (2, 2, 7, 8)),
    "conv 4 5x5 pad 2": (lambda: torch.nn.Conv2d(1, 4, 5, padding=2), (3, 1, 6, 9)),
    "maxpool 3 stride 2 pad 1": (lambda: torch.nn.MaxPool2d(3, stride=2, padding=1), (2, 3, 7, 6)),
    "maxpool 2": (lambda: torch.nn.MaxPool2d(2), (2, 2, 7, 5)),
    "maxpool 3": (lambda: torch.nn.MaxPool2d(3), (2, 2, 12, 12)),
    "avgpool 3x2 stride 2 pad 1": (lambda: torch.nn.AvgPool2d((3, 2), stride=2, padding=1), (2, 3, 7, 6)),
    "avgpool 2": (lambda: torch.nn.AvgPool2d(2), (2, 2, 5, 6)),
    "flatten / linear 4": (lambda: torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 4)), (3, 3, 2, 2)),
    "relu": (torch.nn.ReLU, (2, 3, 4, 5)),
    "sigmoid": (torch.nn.Sigmoid, (2, 3, 4, 5)),
    "tanh": (torch.nn.Tanh, (2, 3, 4, 5)),
    "flatten": (torch.nn.Flatten, (2, 3, 4, 5)),
}

OPTIMISERS = {  # name and settings as the tests read them: the same in PyTorch
    "sgd": (torch.optim.SGD, {}),
    "sgd momentum=0.9": (torch.optim.SGD, {"lr": 0.01, "momentum": 0.9}),
    "sgd momentum=0.9 nesterov=True": (torch.optim.SGD, {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    "sgd momentum=0.9 nesterov=True weight_decay=0.1":
        (torch.optim.SGD, {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    "adagrad": (torch.optim.Adagrad, {}),
    "adagrad weight_decay=0.1": (torch.optim.Adagrad, {"weight_decay": 0.1}),
    "adadelta": (torch.optim.Adadelta, {}),
    "adadelta rho=0.95 eps=1e-08 weight_decay=0.1":
        (torch.optim.Adadelta, {"rho": 0.95, "eps": 1e-8, "weight_decay": 0.1}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "rmsprop momentum=0.9 weight_decay=0.1": (torch.optim.RMSprop, {"momentum": 0.9, "weight_decay": 0.1}),
    "adam": (torch.optim.Adam, {}),
    "adam betas=0.8,0.99 weight_decay=0.1": (torch.optim.Adam, {"betas": (0.8, 0.99), "weight_decay": 0.1}),
}


def wave(shape, phase):
    """Numbers without a pattern that every platform makes alike: sin of multiples, in −1..1."""
    return np.sin(1.7 * np.arange(1, 1 + int(np.prod(shape))) ** 1.5 + phase).reshape(shape)


def small_integers(shape, rng):
    """Numbers that tie and hit 0 often."""
    return rng.integers(-3, 4, shape).astype(np.float64)


def layer_fixtures(rng):
    out = {}
    for text, (make, shape) in LAYERS.items():
        torch.manual_seed(0)
        module = make().double()
        x = torch.tensor(small_integers(shape, rng), requires_grad=True)
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(torch.tensor(small_integers(tuple(parameter.shape), rng)))
        y = module(x)
        grad_out = small_integers(tuple(y.shape), rng)
        y.backward(torch.tensor(grad_out))
        arrays = {"x": x, "y": y, "grad_x": x.grad}
        for name, parameter in module.named_parameters():
            part = name.rsplit(".")[-1]
            arrays |= {part: parameter, f"grad_{part}": parameter.grad}
        out |= {f"layer|{text}|{name}": value.detach().numpy() for name, value in arrays.items()}
        out[f"layer|{text}|grad_out"] = grad_out
    return out


def network(name):
    nn = torch.nn
    if name == "convnetjs":
        return nn.Sequential(
            nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5, padding=2), nn.ReLU(),
            nn.MaxPool2d(3), nn.Flatten(), nn.Linear(256, 10),
        ), (3, 1, 24, 24)
    pool = nn.MaxPool2d if name == "lenet5-max" else nn.AvgPool2d
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), pool(2), nn.Conv2d(6, 16, 5), nn.ReLU(), pool(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    ), (3, 1, 28, 28)


def network_fixtures():
    """Parameters and images are waves, so that only results need storing."""
    out = {}
    for name in ("convnetjs", "lenet5-max", "lenet5-avg"):
        module, shape = network(name)
        module = module.double()
        with torch.no_grad():
            for i, parameter in enumerate(module.parameters()):
                fan = parameter[0].numel() if parameter.ndim > 1 else 100
                parameter.copy_(torch.tensor(wave(tuple(parameter.shape), i) * 1.5 / np.sqrt(fan)))
        x = torch.tensor(wave(shape, 0.5))
        logits = module(x)
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor([3, 0, 9]))
        loss.backward()
        gradients = np.concatenate([parameter.grad.numpy().ravel() for parameter in module.parameters()])
        out[f"network|{name}|logits"], out[f"network|{name}|loss"] = logits.detach().numpy(), loss.item()
        out[f"network|{name}|gradients"] = gradients.astype(np.float32)
    return out


def optimiser_fixtures(rng):
    noise = rng.normal(size=(STEPS, 7))
    start = rng.normal(size=7)
    out = {"optimiser|noise": noise, "optimiser|start": start}
    for name, (make, settings) in OPTIMISERS.items():
        parameter = torch.tensor(start.copy(), requires_grad=True)
        optimiser = make([parameter], **settings)
        path = []
        for row in noise:
            parameter.grad = torch.sin(parameter.detach()) + torch.tensor(row)
            optimiser.step()
            path.append(parameter.detach().numpy().copy())
        out[f"optimiser|{name}|{settings.get('lr', '')}"] = np.array(path)
    return out


def main():
    rng = np.random.default_rng(20240405)
    arrays = layer_fixtures(rng) | network_fixtures() | optimiser_fixtures(rng)
    FIXTURES.parent.mkdir(exist_ok=True)
    np.savez_compressed(FIXTURES, **{name.replace("/", "+"): value for name, value in arrays.items()})
    print(f"torch {torch.__version__}: {len(arrays)} arrays, {FIXTURES.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
