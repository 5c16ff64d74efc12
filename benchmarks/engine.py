"""How fast the engine trains beside PyTorch on the CPU: the same networks, weights, batches and number of threads.

    python benchmarks/engine.py            one thread each
    python benchmarks/engine.py 2          two threads each

Both sides take turns within one run, and each ratio is the median over the turns, so that a machine that is busy or
warm favours neither. Times are the fastest turn's, in microseconds per example. PyTorch is needed for the comparison.
"""

import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from statistics import median

import numpy as np

from convoscope import engine
from convoscope.engine import fast

THREAD_SETTING = "OPENBLAS_NUM_THREADS"  # is read once, when NumPy loads, so the benchmark starts itself anew with it
BATCHES = (1, 20, 32, 128)
TURNS, TURN_SECONDS = 15, 0.06
OPS = {  # name: x, weight, padding; the filters of convnetjs_mnist and of lenet5
    "conv 8 5x5 pad 2 on 1×24×24": ((1, 24, 24), (8, 1, 5, 5), 2),
    "conv 16 5x5 pad 2 on 8×12×12": ((8, 12, 12), (16, 8, 5, 5), 2),
    "conv 16 5x5 on 6×14×14": ((6, 14, 14), (16, 6, 5, 5), 0),
}


def turn(work):
    """Repeat work for about TURN_SECONDS. -> seconds each."""
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < TURN_SECONDS:
        work()
        count += 1
    return (time.perf_counter() - start) / count


def compare(label, batch, ours, theirs):
    """Print one row: both times and how many times as fast ours is. ours, theirs: functions without arguments."""
    for work in (ours, theirs):
        turn(work)
    turns = [(turn(ours), turn(theirs)) for _ in range(TURNS)]
    our_best, their_best = (1e6 * min(times) / batch for times in zip(*turns, strict=True))
    ratio = median(theirs / ours for ours, theirs in turns)
    print(f"| {label:<34} | {batch:>5} | {our_best:>11.1f} | {their_best:>7.1f} | {ratio:>5.2f} |", flush=True)


def as_torch(torch, network):
    """Build the same network in PyTorch, weights copied. network: engine.Network -> torch.nn.Sequential."""
    modules = []
    for layer in network.layers:
        parameters = [torch.tensor(value) for value in layer.parameters.values()]
        match layer:
            case engine.Conv2d():
                F, C, *kernel_size = parameters[0].shape
                modules.append(torch.nn.Conv2d(C, F, kernel_size, stride=layer.stride, padding=layer.padding))
            case engine.Linear():
                modules.append(torch.nn.Linear(*parameters[0].shape[::-1]))
            case engine.MaxPool2d():
                modules.append(torch.nn.MaxPool2d(layer.kernel_size, stride=layer.stride))
            case _:
                modules.append({"relu": torch.nn.ReLU, "flatten": torch.nn.Flatten}[layer.kind]())
        for mine, copied in zip(modules[-1].parameters(), parameters, strict=True):
            mine.data.copy_(copied)
    return torch.nn.Sequential(*modules)


def train_both(torch, name, batch):
    """Compare training steps: forward, cross-entropy, backward, Adadelta."""
    rng = np.random.default_rng(0)
    network = getattr(engine, name)(rng)
    x, labels = rng.random((batch, *network.input_shape), dtype=np.float32), rng.integers(0, 10, batch)
    module, torch_x, torch_labels = as_torch(torch, network), torch.tensor(x), torch.tensor(labels)
    optimiser, torch_optimiser = engine.Adadelta([network.vector]), torch.optim.Adadelta(module.parameters())

    def ours():
        logits = network.forward(x)
        network.backward(engine.cross_entropy_backward(logits, labels))
        optimiser.step([network.gradient_vector])

    def theirs():
        torch_optimiser.zero_grad()
        torch.nn.functional.cross_entropy(module(torch_x), torch_labels).backward()
        torch_optimiser.step()

    for step in (ours, theirs, ours, theirs):
        step()
    difference = abs(network.forward(x) - module(torch_x).detach().numpy()).max()
    if not difference < 1e-3:
        raise ArithmeticError(f"after two steps the two networks differ by {difference}: they do not do the same work")
    compare(f"train {name}", batch, ours, theirs)


def convolve_both(torch, label, batch):
    """Compare one convolution, forward and backward with all three gradients."""
    shape, filters, padding = OPS[label]
    rng = np.random.default_rng(0)
    x, weight = rng.random((batch, *shape), dtype=np.float32), rng.random(filters, dtype=np.float32)
    bias, plan = rng.random(filters[0], dtype=np.float32), fast.Conv2dPlan(padding=padding)
    x = fast.batch_first(np.ascontiguousarray(fast.batch_innermost(x)))  # as the layer before hands it over
    grad_out = plan.forward(x, weight, bias).copy(order="K")
    tensors = [torch.tensor(value, requires_grad=True) for value in (np.ascontiguousarray(x), weight, bias)]
    torch_grad_out = torch.tensor(np.ascontiguousarray(grad_out))

    def ours():
        plan.forward(x, weight, bias)
        plan.backward(grad_out)

    def theirs():
        out = torch.nn.functional.conv2d(*tensors, padding=padding)
        torch.autograd.grad(out, tensors, torch_grad_out)

    compare(label, batch, ours, theirs)


def main():
    threads = sys.argv[1] if len(sys.argv) > 1 else "1"
    if os.environ.get(THREAD_SETTING) != threads:
        sys.exit(subprocess.call([sys.executable, __file__, threads], env=os.environ | {THREAD_SETTING: threads}))
    sys.path.append(str(Path(__file__).resolve().parents[1] / ".peers"))
    try:
        torch = import_module("torch")
    except ModuleNotFoundError:
        sys.exit("PyTorch is not installed, so there is nothing to compare with; try: python benchmarks engine --peers")
    torch.set_num_threads(int(threads))
    print(f"NumPy {np.__version__} and PyTorch {torch.__version__} on the CPU, {threads} thread(s) each, float32\n")
    print("| work                               | batch | engine (µs) | PyTorch | ratio |")
    print("| ---------------------------------- | ----: | ----------: | ------: | ----: |")
    for name in ("convnetjs_mnist", "lenet5"):
        for batch in BATCHES:
            train_both(torch, name, batch)
    for label in OPS:
        convolve_both(torch, label, 20)
    print("\nratio: PyTorch's time / the engine's; above 1 the engine is faster.")


if __name__ == "__main__":
    main()
