"""Training natively: examples per second of this engine and of PyTorch on the CPU, same work, same threads, in one run.

    python benchmarks/training.py                          # both networks, batches 1, 20, 32, 128, one and all threads
    python benchmarks/training.py --threads 1 --rounds 3

One step is forward, cross-entropy, backward and an Adadelta update on a batch that is ready. The two take turns, some
steps each, so that a busy machine slows both; the best turn counts, for other work only ever slows. PyTorch is
optional: pip install torch.
"""

import argparse
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

BATCHES = (1, 20, 32, 128)
TURN_SECONDS = 0.25  # of work before the other one's turn


def our_step(name: str, batch: int) -> Callable[[], None]:
    """One training step of this engine on random images. batch: examples -> a function to call."""
    import numpy as np

    from convoscope import engine

    rng = np.random.default_rng(0)
    network = getattr(engine, name)(rng)
    optimiser = engine.Adadelta([network.vector], rho=0.95)
    images = rng.integers(0, 256, (batch, 28, 28)).astype(np.uint8)
    x, labels = engine.network_input(images, network), rng.integers(0, 10, batch)

    def step() -> None:
        network.backward(engine.cross_entropy_backward(network.forward(x), labels))
        optimiser.step([network.gradient_vector])

    return step


def torch_step(name: str, batch: int, threads: int) -> Callable[[], None] | None:
    """The same step in PyTorch, or None if it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    from torch import nn

    torch.set_num_threads(threads)
    if name == "convnetjs_mnist":
        side, model = 24, nn.Sequential(
            nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5, padding=2), nn.ReLU(),
            nn.MaxPool2d(3), nn.Flatten(), nn.Linear(256, 10),
        )
    else:
        side, model = 28, nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )
    optimiser = torch.optim.Adadelta(model.parameters(), rho=0.95)
    x, labels = torch.rand(batch, 1, side, side), torch.randint(0, 10, (batch,))

    def step() -> None:
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(x), labels).backward()
        optimiser.step()

    return step


def alternate(steps: Sequence[Callable[[], None]], rounds: int) -> list[float]:
    """Let the steps take turns of TURN_SECONDS. -> each one's best seconds per step"""
    counts = [max(1, round(TURN_SECONDS / seconds_of(step, 3))) for step in steps]
    turns: list[list[float]] = [[] for _ in steps]
    for _, (i, step) in itertools.product(range(rounds), enumerate(steps)):
        turns[i].append(seconds_of(step, counts[i]))
    return [min(seconds) for seconds in turns]


def seconds_of(step: Callable[[], None], count: int) -> float:
    """Seconds per step over count steps, after one that warms the caches."""
    step()
    start = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - start) / count


def table(threads: int, rounds: int) -> None:
    """Print one table; the libraries read their number of threads when they are loaded, hence a process for each."""
    print(f"\nThreads: {threads}")
    print("| network | batch | ours, examples/s | ours, µs/example | PyTorch, examples/s | ours ÷ PyTorch |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, batch in itertools.product(("convnetjs_mnist", "lenet5"), BATCHES):
        steps = [our_step(name, batch)]
        torch = torch_step(name, batch, threads)
        ours, *theirs = alternate(steps + ([torch] if torch else []), rounds)
        cells = [name, batch, f"{batch / ours:,.0f}", f"{ours / batch * 1e6:,.0f}"]
        cells += [f"{batch / theirs[0]:,.0f}", f"{theirs[0] / ours:.2f}"] if theirs else ["not installed", ""]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    if torch is None:
        print("PyTorch is not installed, so there is nothing to compare with; try: pip install torch")


def main() -> None:
    parser = argparse.ArgumentParser(description="Examples per second, natively, against PyTorch.")
    parser.add_argument("--threads", type=int, nargs="+", default=sorted({1, os.cpu_count() or 1}))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        table(options.threads[0], options.rounds)
        return
    for threads in options.threads:
        limits = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
        command = [sys.executable, __file__, "--inside", "--threads", str(threads), "--rounds", str(options.rounds)]
        subprocess.run(command, env=os.environ | limits, check=True)


if __name__ == "__main__":
    main()
