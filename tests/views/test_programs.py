"""Programs for NumPy alone give the engine's numbers; those for PyTorch and Keras are read back by the network text."""

import contextlib
import inspect
import io
import subprocess
import sys

import numpy as np
import pytest

from convoscope import engine
from convoscope.engine import parse_layers, parse_network
from convoscope.engine.chain_specs import text_of
from convoscope.engine.hog import NORMS, VOTES
from convoscope.views.architectures.known import KNOWN
from convoscope.views.backprop.straight_line import WRITTEN
from convoscope.views.files import DiskFiles
from convoscope.views.programs import network_programs
from convoscope.views.programs.keras_program import keras_program
from convoscope.views.programs.numpy_functions import FUNCTIONS, sources
from convoscope.views.programs.numpy_program import numpy_program
from convoscope.views.programs.torch_program import torch_program
from convoscope.views.session import Session

DATA = DiskFiles().folder
BRANCHED = (
    "conv 4 3x2 stride 2x1 pad 1 dilation 2 / lrn 3 alpha 0.5 k 2 / concat(conv 6 1x1 / relu / conv 4 3x3 pad 1 groups 2 | "
    "add(identity | conv 4 1x1) / sigmoid | maxpool 3 stride 1 pad 1) / tanh / avgpool 2 pad 1 / dropout 0.5 / globalavgpool / "
    "linear 3"
)
TEXTS = {
    "lenet5": (KNOWN["lenet5"].text, (1, 28, 28)), "convnetjs": (KNOWN["convnetjs"].text, (1, 24, 24)),
    "branched": (BRANCHED, (2, 12, 9)), "flat": ("flatten / linear 5", (2, 3, 4)), "plain": ("relu", (1, 3, 3)),
}  # fmt: skip


def run(program):
    """What a notebook has after running a program, and what it printed."""
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "program", "exec"), names)  # our own text, made of numbers
    return names, printed.getvalue()


def uses_numpy_alone(program):
    """Whether a program imports NumPy and the standard library, nothing else."""
    lines = [line.split()[1].split(".")[0] for line in program.splitlines() if line.startswith(("import ", "from "))]
    return set(lines) <= {"numpy", "base64", "zlib"}


@pytest.mark.parametrize("name", TEXTS)
def test_the_numpy_program_of_a_network_computes_what_the_engine_computes(name):
    text, shape = TEXTS[name]
    program = numpy_program(parse_layers(text, shape), shape)
    assert uses_numpy_alone(program)
    names, printed = run(program)
    network = parse_network(text, shape, np.random.default_rng(0), dtype=np.float64)
    assert list(names["weights"]) == list(network.parameters())
    assert printed.strip() == f"{(1, *network.shapes[-1])} {network.vector.size}"
    rng = np.random.default_rng(1)
    for part, value in network.parameters().items():
        value[...] = names["weights"][part] = rng.normal(size=value.shape)
    x = rng.normal(size=(3, *shape))
    np.testing.assert_allclose(names["network"](x), network.forward(x), rtol=1e-9, atol=1e-12)


def test_the_numpy_program_normalises_batches_as_they_were_measured():
    program = numpy_program(parse_layers("conv 4 3x3 bias 0 / batchnorm / relu", (1, 6, 6)), (1, 6, 6))
    names, printed = run(program)
    assert printed.strip() == "(1, 4, 4, 4) 44"
    rng = np.random.default_rng(0)
    weights = names["weights"]
    for part in ("scale", "shift", "mean", "variance"):
        weights[f"batchnorm1.{part}"] = rng.uniform(0.5, 2, 4)
    x = rng.normal(size=(2, 1, 6, 6))
    scale, shift, mean, variance = (weights[f"batchnorm1.{part}"] for part in ("scale", "shift", "mean", "variance"))
    maps = engine.conv2d(x, weights["conv1.weight"].astype(float))
    wanted = [(maps[:, c] - mean[c]) / np.sqrt(variance[c] + 1e-5) * scale[c] + shift[c] for c in range(4)]
    np.testing.assert_allclose(names["network"](x), np.maximum(np.stack(wanted, axis=1), 0), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["squeezenet", "resnet18"])
def test_deep_networks_are_programs_too(name):
    known = KNOWN[name]
    shape = (3, 64, 64)
    programs = network_programs(parse_layers(known.text, shape), shape)
    _, printed = run(programs["call_numpy"])
    assert printed.strip() == f"(1, 1000) {1_235_496 if name == 'squeezenet' else 11_689_512}"
    for program in programs.values():
        compile(program, name, "exec")


RNG = np.random.default_rng(2)
X, KERNEL, ROWS = RNG.normal(size=(2, 3, 7, 8)), RNG.normal(size=(4, 3, 3, 2)), RNG.normal(size=(4, 5))
HOW = {"stride": (2, 1), "padding": 1, "dilation": (1, 2)}
LABELS = np.array([0, 3, 1, 4])
CASES = [
    ("conv2d", (X, KERNEL, RNG.normal(size=4)), HOW),
    ("conv2d", (X[:, [0, 1, 2, 0]], KERNEL[:, :2]), {"groups": 2}),
    ("conv2d_backward", (RNG.normal(size=engine.conv2d(X, KERNEL, **HOW).shape), X, KERNEL), HOW),
    ("conv_transpose2d", (X, KERNEL.swapaxes(0, 1), RNG.normal(size=4)), {"output_padding": (1, 0), **HOW}),
    ("conv1d", (X[:, :, 0], KERNEL[:, :, 0], RNG.normal(size=4)), {"padding": "causal", "dilation": 2}),
    ("conv1d", (X[:, :, 0], KERNEL[:, :, 0]), {"padding": (1, 2), "stride": 2}),
    ("max_pool2d", (X, (3, 2)), {"stride": (2, 1), "padding": 1}),
    ("max_pool2d", (X, 2), {}),
    ("max_pool2d_backward", (RNG.normal(size=(2, 3, 3, 4)), np.round(X), 2), {}),
    ("max_pool2d_backward", (RNG.normal(size=(2, 3, 4, 9)), X, (3, 2)), {"stride": (2, 1), "padding": 1}),
    ("avg_pool2d", (X, 3), {"stride": 2, "padding": 1}),
    ("avg_pool2d_backward", (RNG.normal(size=(2, 3, 4, 4)), X, 3), {"stride": 2, "padding": 1}),
    ("global_avg_pool2d", (X,), {}),
    ("sliding_windows", (X, 3), {}),
    ("local_response_norm", (X, 2), {"alpha": 0.5, "beta": 0.6, "k": 2}),
    ("linear", (ROWS, RNG.normal(size=(3, 5)), RNG.normal(size=3)), {}),
    ("linear_backward", (RNG.normal(size=(4, 3)), ROWS, RNG.normal(size=(3, 5))), {}),
    *(("cell_histograms", (np.abs(X).sum(axis=(0, 1)),), {"cell": 3, "bins": 5, "votes": votes}) for votes in VOTES),
    *(("normalise_block", (np.abs(ROWS),), {"norm": norm}) for norm in NORMS),
    ("hog", (RNG.normal(size=(40, 33)),), {"cell": 6, "bins": 7, "block": 3, "norm": "L1"}),
    ("flatten", (X,), {}),
    ("flatten_backward", (RNG.normal(size=(2, 168)), X), {}),
    ("relu", (X,), {}), ("relu_backward", (X, X[::-1]), {}), ("sigmoid", (50 * X,), {}), ("tanh", (X,), {}),
    ("softmax", (90 * ROWS,), {}), ("cross_entropy", (90 * ROWS, LABELS), {}), ("cross_entropy_backward", (ROWS, LABELS), {}),
]  # fmt: skip
NOT_THE_ENGINES = {"pair", "padded", "windows_of", "spread", "batch_norm", "cell_shares"}


def test_every_function_has_a_case():
    assert {name for name, *_ in CASES} == set(FUNCTIONS) - NOT_THE_ENGINES


@pytest.mark.parametrize(("name", "arguments", "how"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_function_for_numpy_alone_is_the_engines(name, arguments, how):
    names, _ = run(f"import numpy as np\nfrom numpy.lib.stride_tricks import sliding_window_view\n{sources([name])}")
    found, wanted = names[name](*arguments, **how), getattr(engine, name)(*arguments, **how)
    for one, other in zip(*((value if isinstance(value, tuple) else (value,)) for value in (found, wanted)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    assert set(inspect.signature(names[name]).parameters) <= set(inspect.signature(getattr(engine, name)).parameters)


@pytest.mark.parametrize("name", ["lenet5", "alexnet", "zfnet", "vgg16", "cnn_explainer", "convnetjs"])
def test_the_pytorch_program_is_read_back(name):
    known = KNOWN[name]
    specs = parse_layers(known.text, known.input_shape)
    assert parse_layers(torch_program(specs, known.input_shape), known.input_shape) == specs


@pytest.mark.parametrize("name", ["lenet5", "vgg16", "cnn_explainer", "convnetjs"])
def test_the_keras_program_is_read_back(name):
    known = KNOWN[name]
    specs = parse_layers(known.text, known.input_shape)
    assert parse_layers(keras_program(specs, known.input_shape), known.input_shape) == specs


TORCH_BRANCHED = """\
import torch
from torch import nn

class Concat(nn.Module):
    \"\"\"Every branch gets the input; their outputs stand behind each other along the channels.\"\"\"

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)


model = nn.Sequential(
    nn.Conv2d(1, 4, (3, 5), stride=2, padding=(1, 0), groups=1, bias=False),
    nn.BatchNorm2d(4),
    Concat(
        nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
        ),
        nn.Sequential(
            nn.Identity(),
        ),
    ),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    nn.Linear(8, 2),
)

x = torch.zeros(1, 1, 9, 9)
print(tuple(model.train(False)(x).shape), sum(parameter.numel() for parameter in model.parameters()))"""
KERAS_BRANCHED = """\
import keras
from keras import layers

inputs = keras.Input(shape=(9, 9, 1))
x = inputs
x = layers.ZeroPadding2D((1, 0))(x)
x = layers.Conv2D(4, (3, 5), strides=2, use_bias=False)(x)
x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
branch_1 = x
branch_1 = keras.ops.pad(branch_1, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=float("-inf"))
branch_1 = layers.MaxPooling2D(3, strides=1)(branch_1)
branch_2 = x
branch_2 = layers.Identity()(branch_2)
x = layers.Concatenate()([branch_1, branch_2])
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dense(2)(x)
model = keras.Model(inputs, x)
model.summary()"""


def test_branches_are_written_as_each_library_has_them():
    start = "conv 4 3x5 stride 2 pad 1x0 bias 0 / batchnorm"
    specs = parse_layers(f"{start} / concat(maxpool 3 stride 1 pad 1 | identity) / globalavgpool / linear 2", (1, 9, 9))
    assert torch_program(specs, (1, 9, 9)) == TORCH_BRANCHED.replace(", groups=1", "")
    assert keras_program(specs, (1, 9, 9)) == KERAS_BRANCHED
    lrn = keras_program(parse_layers("lrn 5 k 2", (2, 4, 4)), (2, 4, 4))
    assert "x = LocalResponseNorm(5, k=2.0)(x)" in lrn
    compile(lrn, "keras", "exec")


def test_pytorch_makes_of_the_program_what_is_counted():
    """Where PyTorch is installed; its text is held to the frozen one above everywhere."""
    try:
        import torch
    except ImportError:
        return
    for text, shape in TEXTS.values():
        names, printed = run(torch_program(parse_layers(text, shape), shape))
        network = parse_network(text, shape, np.random.default_rng(0), dtype=np.float64)
        assert printed.strip() == f"{(1, *network.shapes[-1])} {network.vector.size}"
        model = names["model"].double()
        for ours, theirs in zip(network.parameters().values(), model.parameters(), strict=True):
            ours[...] = theirs.detach().numpy()
        x = np.random.default_rng(0).normal(size=(2, *shape))
        np.testing.assert_allclose(network.forward(x), model(torch.tensor(x)).detach().numpy(), atol=1e-9)


def test_the_written_operations_are_all_there_are():
    assert set(WRITTEN) == set(engine.operations.OPERATIONS)


VIEWS = [
    ("convolution", {"image": "digit", "stride": 2, "relu": True, "bias": "1/3"}),
    ("convolution", {"image": "cat", "size": "64", "padding": 1, "dilation": 2}),
    ("convolution", {"image": "digit", "transposed": True, "stride": 2, "output_padding": 1, "dilation_across": "2"}),
    ("convolution", {"image": "signal", "dilation": 2, "bias": 1}),
    ("convolution", {"padding_rule": "causal", "kernel": "sobel_x"}),
    ("downsampling", {"image": "cat", "size": "32", "shift": "both"}),
    ("downsampling", {"image": "digit"}),
    ("rgb", {"preset": "lecture"}),
    ("rgb", {"preset": "lecture", "groups": 3, "filters": 3}),
    ("rgb", {"preset": "cs231n", "channels": "red"}),
    ("detective", {"method": "descent"}),
    ("detective", {"method": "least_squares"}),
    *(("gradients", {"layer": layer}) for layer in
      ("convolution", "max_pooling", "average_pooling", "relu", "linear", "softmax", "network")),
    *(("backprop", {"preset": preset}) for preset in ("simple", "quiz", "logistic", "network", "softmax")),
    ("backprop", {"preset": "custom", "formula": "max(x, z)^2 + min(x, 3)·abs(z) - tanh(x)/sqrt(z) + relu(-x) + tan(z)"}),
    ("network", {"digit": 5, "network": "convnetjs"}),
]  # fmt: skip


def numbers(text):
    """The numbers of a printed text."""
    for other in "[](){},:'\"":
        text = text.replace(other, " ")
    words = [word.removeprefix("np.float64") for word in text.split()]
    return [float(word) for word in words if word.strip("-+.")[:1].isdigit()]


@pytest.mark.parametrize(("view", "values"), VIEWS, ids=[f"{view}-{n}" for n, (view, _) in enumerate(VIEWS)])
def test_a_views_program_says_the_same_with_numpy_alone(view, values, monkeypatch):
    update = Session().handle({"view": view, "name": "settings", "value": values})
    assert update.error == ""
    facts = update.trace.facts
    assert uses_numpy_alone(facts["call_numpy"])
    monkeypatch.chdir(DATA / "weights")
    (_, with_engine), (_, alone) = run(facts["call"]), run(facts["call_numpy"])
    assert len(numbers(alone)) == len(numbers(with_engine)) > 0
    np.testing.assert_allclose(numbers(alone), numbers(with_engine), rtol=2e-4, atol=1e-5)


COVERED = {"erased": "f" * 98 + "0" * 98, "why": "occlusion", "cover_row": 9, "cover_column": 30}


@pytest.mark.parametrize("values", [{}, COVERED])
def test_the_photo_views_program_needs_numpy_and_three_files(tmp_path, values):
    facts = Session().handle({"view": "photo", "name": "settings", "value": values}).trace.facts
    for file in ("imagenet/squeezenet.npz", "imagenet/classes.txt", "photos/cat_224.npy"):
        (tmp_path / file.split("/")[1]).symlink_to(DATA / file)
    outputs = [
        subprocess.run([sys.executable, "-c", facts[call]], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        for call in ("call", "call_numpy")
    ]
    assert outputs[0] == outputs[1]
    assert ("Egyptian cat: 4" in outputs[1]) == (not values)


def test_text_of_a_program_names_every_layer():
    assert text_of(parse_layers(TORCH_BRANCHED.split("model = ")[1].split("    Concat")[0] + ")", (1, 9, 9))) == (
        "conv 4 3x5 stride 2 pad 1x0 bias 0 / batchnorm"
    )
