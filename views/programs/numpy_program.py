"""A network as a NumPy program that needs nothing else: its functions, its weights by the engine's names, its forward pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine import BranchesSpec, ConvSpec, LayerSpec, LinearSpec, PoolSpec, ResponseNormSpec
from ...engine.chain_specs import names_of, shapes_of
from ...engine.layer_specs import Shape
from .layer_calls import has_kind, options, pair_text
from .numpy_functions import FUNCTIONS, SLIDING, calls, needs_sliding, sources

ONE, NONE = (1, 1), (0, 0)
POOLS = {"maxpool": "max_pool2d", "avgpool": "avg_pool2d"}
CELLWISE = {"relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "flatten": "flatten", "globalavgpool": "global_avg_pool2d"}
FRESH = '''\
rng = np.random.default_rng(0)


def fresh(name, shape):
    """Weights to begin with: He et al., 2015."""
    if len(shape) > 1:
        return rng.standard_normal(shape, dtype=np.float32) * np.float32((2 / np.prod(shape[1:])) ** 0.5)
    return (np.ones if name.endswith(("scale", "variance")) else np.zeros)(shape, np.float32)


weights = {name: fresh(name, shape) for name, shape in SHAPES.items()}
# weights = dict(np.load("weights.npz"))  # or weights that you have, by these names'''

FROM_FILE = 'weights = {{name: array.astype(np.float32) for name, array in np.load("{file}").items()}}  # by layer'


def numpy_program(specs: Sequence[LayerSpec], input_shape: Shape, *, file: str = "", ending: Sequence[str] = ()) -> str:
    """The program. It prints the shape of its output and the number of its parameters, or does what `ending` says.

    file: an .npz whose arrays are the weights, by the engine's names; without one they are fresh.
    """
    statements = [f"    {line}" for line in _lines(specs, input_shape, "", "x")]
    last = list(ending) or [_size(input_shape, counts_all=not has_kind(specs, "batchnorm"))]
    functions = sources(name for name in FUNCTIONS if any(calls(name, line) for line in (*statements, *last)))
    return "\n".join(
        [
            *(["import base64", "import zlib", ""] if any("b85decode" in line for line in last) else []),
            "import numpy as np",
            *([SLIDING] if needs_sliding(functions) else []),
            "",
            "",
            *([functions, ""] if functions else []),
            *([FROM_FILE.format(file=file)] if file else _fresh(specs, input_shape)),
            "",
            "",
            "def network(x):",
            f'    """x: (N, {_numbers(input_shape)}) -> (N, {_numbers(shapes_of(specs, input_shape)[-1])})."""',
            *statements,
            "    return x",
            "",
            "",
            *last,
        ]
    )


def _fresh(specs: Sequence[LayerSpec], input_shape: Shape) -> list[str]:
    shapes = [f'    "{name}": {shape},' for name, shape in parameter_shapes(specs, input_shape)]
    return [f"SHAPES = {{  # of the weights{', by layer' if shapes else ': there are none'}", *shapes, "}", FRESH]


def _numbers(shape: Shape) -> str:
    return ", ".join(map(str, shape))


def _size(input_shape: Shape, *, counts_all: bool) -> str:
    """Print what comes out, and how many numbers are learned: not the statistics that batch normalisation measures."""
    count = "array.size for array in weights.values()"
    if not counts_all:
        count = 'array.size for name, array in weights.items() if not name.endswith(("mean", "variance"))'
    return f"print(network(np.zeros((1, {_numbers(input_shape)}), np.float32)).shape, sum({count}))"


def parameter_shapes(specs: Sequence[LayerSpec], shape: Shape, inside: str = "") -> Iterator[tuple[str, Shape]]:
    """The arrays that a network learns, by the names that the engine gives them: conv1.weight, concat1.branch2.conv1.bias."""
    names = names_of([spec.kind for spec in specs])
    for name, spec, before in zip(names, specs, shapes_of(specs, shape), strict=False):
        if isinstance(spec, BranchesSpec):
            for number, branch in enumerate(spec.branches, start=1):
                yield from parameter_shapes(branch, before, f"{inside}{name}.branch{number}.")
        elif isinstance(spec, ConvSpec):
            yield f"{inside}{name}.weight", (spec.filters, before[0] // spec.groups, *spec.sliding.kernel_size)
        elif isinstance(spec, LinearSpec):
            yield f"{inside}{name}.weight", (spec.outputs, before[0])
        if isinstance(spec, ConvSpec | LinearSpec) and spec.bias:
            yield f"{inside}{name}.bias", (spec.filters if isinstance(spec, ConvSpec) else spec.outputs,)
        if spec.kind == "batchnorm":
            yield from ((f"{inside}{name}.{part}", (before[0],)) for part in ("scale", "shift", "mean", "variance"))


def _lines(specs: Sequence[LayerSpec], shape: Shape, inside: str, variable: str) -> list[str]:
    """One layer a line. inside: before the names of weights; variable: what comes in and goes out."""
    lines: list[str] = []
    names = names_of([spec.kind for spec in specs])
    for name, spec, before in zip(names, specs, shapes_of(specs, shape), strict=False):
        if isinstance(spec, BranchesSpec):
            lines += _branches(spec, before, f"{inside}{name}", variable)
        elif spec.kind not in ("identity", "dropout"):  # dropout drops nothing outside training
            lines.append(f"{variable} = {_call(spec, f'{inside}{name}', variable)}")
    return lines


def _branches(spec: BranchesSpec, shape: Shape, name: str, variable: str) -> list[str]:
    own = [f"{'branch' if variable == 'x' else variable}_{number}" for number in range(1, len(spec.branches) + 1)]
    lines = []
    for number, (branch, one) in enumerate(zip(spec.branches, own, strict=True), start=1):
        lines += [f"{one} = {variable}", *_lines(branch, shape, f"{name}.branch{number}.", one)]
    joint = f"np.concatenate([{', '.join(own)}], axis=1)" if spec.kind == "concat" else " + ".join(own)
    return [*lines, f"{variable} = {joint}"]


def _call(spec: LayerSpec, name: str, x: str) -> str:
    """One layer. name: that of its weights; x: the variable that holds what comes in."""
    weight = f'weights["{name}.weight"]'
    match spec:
        case ConvSpec(sliding=its):
            given = options(("stride", its.stride, ONE), ("padding", its.padding, NONE), ("dilation", its.dilation, ONE),
                            ("groups", spec.groups, 1))  # fmt: skip
            return f"conv2d({', '.join([x, weight, *_bias(name, has_bias=spec.bias), *given])})"
        case PoolSpec(sliding=its):
            given = options(("stride", its.stride, its.kernel_size), ("padding", its.padding, NONE))
            return f"{POOLS[spec.kind]}({', '.join([x, pair_text(its.kernel_size), *given])})"
        case LinearSpec():
            return f"linear({', '.join([x, weight, *_bias(name, has_bias=spec.bias)])})"
        case ResponseNormSpec():
            given = options(("alpha", spec.alpha, 1e-4), ("beta", spec.beta, 0.75), ("k", spec.k, 1.0))
            return f"local_response_norm({', '.join([x, str(spec.size), *given])})"
    if spec.kind == "batchnorm":
        parts = ", ".join(f'weights["{name}.{part}"]' for part in ("scale", "shift", "mean", "variance"))
        return f"batch_norm({x}, {parts})"
    return f"{CELLWISE[spec.kind]}({x})"


def _bias(name: str, *, has_bias: bool) -> list[str]:
    return [f'weights["{name}.bias"]'] if has_bias else []
