"""A network as a PyTorch program: an nn.Sequential, with a small module for branches where there are some."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine import BranchesSpec, ConvSpec, DropoutSpec, LayerSpec, LinearSpec, PoolSpec, ResponseNormSpec
from ...engine.chain_specs import shapes_of
from ...engine.layer_specs import Shape
from .layer_calls import has_kind, options, pair_text

ONE = (1, 1)
NONE = (0, 0)
PLAIN = {
    "relu": "nn.ReLU()", "sigmoid": "nn.Sigmoid()", "tanh": "nn.Tanh()", "flatten": "nn.Flatten()", "identity": "nn.Identity()",
    "globalavgpool": "nn.AdaptiveAvgPool2d(1), nn.Flatten()",
}  # fmt: skip
POOLS = {"maxpool": "MaxPool2d", "avgpool": "AvgPool2d"}
BRANCHES = {
    "concat": ("Concat", "their outputs stand behind each other along the channels",
               "torch.cat([branch(x) for branch in self.branches], dim=1)"),
    "add": ("Add", "their outputs are added", "sum(branch(x) for branch in self.branches)"),
}  # fmt: skip
MODULE = '''
class {name}(nn.Module):
    """Every branch gets the input; {about}."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return {join}

'''


def torch_program(specs: Sequence[LayerSpec], input_shape: Shape) -> str:
    """The program; it prints the shape of its output and the number of its parameters."""
    modules = [MODULE.format(name=name, about=about, join=join) for kind, (name, about, join) in BRANCHES.items()
               if has_kind(specs, kind)]  # fmt: skip
    return "\n".join(
        [
            "import torch",
            "from torch import nn",
            *("".join(modules).splitlines() if modules else []),
            "",
            "model = nn.Sequential(",
            *_lines(specs, input_shape, "    "),
            ")",
            "",
            f"x = torch.zeros(1, {', '.join(map(str, input_shape))})",
            "print(tuple(model.train(False)(x).shape), sum(parameter.numel() for parameter in model.parameters()))",
        ]
    )


def _lines(specs: Sequence[LayerSpec], shape: Shape, indent: str) -> list[str]:
    """One layer a line, those of branches further in."""
    lines: list[str] = []
    for spec, before in zip(specs, shapes_of(specs, shape), strict=False):
        if isinstance(spec, BranchesSpec):
            lines.append(f"{indent}{BRANCHES[spec.kind][0]}(")
            for branch in spec.branches:
                lines += [f"{indent}    nn.Sequential(", *_lines(branch, before, indent + " " * 8), f"{indent}    ),"]
            lines.append(f"{indent}),")
        else:
            lines.append(f"{indent}{_call(spec, before)},")
    return lines


def _call(spec: LayerSpec, shape: Shape) -> str:
    """One layer. shape: what comes in."""
    match spec:
        case ConvSpec(sliding=its):
            given = options(("stride", its.stride, ONE), ("padding", its.padding, NONE), ("dilation", its.dilation, ONE),
                            ("groups", spec.groups, 1), ("bias", spec.bias, True))  # fmt: skip
            return f"nn.Conv2d({', '.join([str(shape[0]), str(spec.filters), pair_text(its.kernel_size), *given])})"
        case PoolSpec(sliding=its):
            given = options(("stride", its.stride, its.kernel_size), ("padding", its.padding, NONE))
            return f"nn.{POOLS[spec.kind]}({', '.join([pair_text(its.kernel_size), *given])})"
        case LinearSpec():
            return f"nn.Linear({', '.join([str(shape[0]), str(spec.outputs), *options(('bias', spec.bias, True))])})"
        case DropoutSpec():
            return f"nn.Dropout({spec.share:g})"
        case ResponseNormSpec():
            given = options(("alpha", spec.alpha, 1e-4), ("beta", spec.beta, 0.75), ("k", spec.k, 1.0))
            return f"nn.LocalResponseNorm({', '.join([str(spec.size), *given])})"
    if spec.kind == "batchnorm":
        return f"nn.BatchNorm{2 if len(shape) == 3 else 1}d({shape[0]})"
    return PLAIN[spec.kind]
