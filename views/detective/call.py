"""The search for the present kernel as Python: the same descent, or the same equations."""

from __future__ import annotations

import numpy as np

from .. import snippet
from .settings import DetectiveSettings


def call_of(settings: DetectiveSettings, steps: int) -> str:
    """A program that prints what the last step shows. steps: how many steps descent took."""
    image, secret = np.array(settings.cells, np.float64), settings.secret()
    given = (
        snippet.array("x", image),
        snippet.array("secret", secret),
        "target = conv2d(x[np.newaxis, np.newaxis], secret[np.newaxis, np.newaxis])[0, 0]",
    )
    if settings.method == "least_squares":
        rows = "rows = sliding_windows(x[np.newaxis, np.newaxis], 3)[0, 0].reshape(target.size, 9)"
        solve = "kernel = np.linalg.lstsq(rows, target.ravel(), rcond=None)[0].reshape(3, 3)"
        return snippet.program(["conv2d", "sliding_windows"], *given, rows, solve, "print(kernel)")
    loop = [
        f"for step in range({steps}):",
        "    out = conv2d(x[np.newaxis, np.newaxis], kernel)",
        "    grad_out = (out - target) / target.size  # of half the mean squared difference",
        "    _, grad_kernel, _ = conv2d_backward(grad_out, x[np.newaxis, np.newaxis], kernel)",
        f"    kernel -= {settings.learning_rate} * grad_kernel",
    ]
    start = snippet.array("kernel", np.array(settings.guess, np.float64)[np.newaxis, np.newaxis])
    loss = "print(0.5 * ((conv2d(x[np.newaxis, np.newaxis], kernel)[0, 0] - target) ** 2).mean())"
    blocks = (*given, start, *(loop if settings.method == "descent" else []), "print(kernel[0, 0])", loss)
    return snippet.program(["conv2d", "conv2d_backward"], *blocks)
