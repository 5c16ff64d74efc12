"""What the kernel detective shows: a secret kernel's feature map, and the way to a kernel that makes the same.

Every number is the engine's (case.py); search.py makes steps of it, columns.py lays them out.
Slide 67 of the lecture: the convolution matrix as parameters θ11 … θ33, learned.
"""

from __future__ import annotations

import numpy as np

from ...engine import SGD, conv2d_backward_loops, conv2d_loops, squared_error, squared_error_backward
from .. import snippet
from ..files import Files
from ..numbers import write
from ..ran import Check, Definition
from ..stops import stops
from ..trace import Sentences, Texts, Trace
from .case import Case
from .columns import LossSurface, grids_over_steps, moving, still
from .search import Search, by_descent, by_hand, by_least_squares, written_loss
from .settings import DetectiveSettings

GUESS = "All weights are 0: type your guess under “Your kernel”."
TITLE = "Kernel detective"
SUMMARY = "A secret kernel turned the image into the target. Find it: by hand, by gradient descent, or by least squares."
ACTIVITY = "Find a secret kernel by hand, by gradient descent or by least squares."
TELLING = (1, 5, 20)  # steps: a descent moves far at first
DEFINITION = Definition(
    (conv2d_loops, squared_error, squared_error_backward, conv2d_backward_loops, SGD),
    "tests/engine/test_conv.py proves on random images that loops and fast functions agree up to rounding; loss and SGD run as "
    "they are defined.",
)


def compute(settings: DetectiveSettings, files: Files | None = None) -> Trace:
    """The whole animation: one cell, one update or one equation per step. Raises ShapeError if the image is too small."""
    case, search = _searched(settings)
    surface = LossSurface.under(case, search, _number(settings.across), _number(settings.up))
    sentences = Sentences("{}", Texts.of_steps([[sentence] for sentence in search.sentences]))
    grids = grids_over_steps(case, search)
    static = still(case, search, surface, grids, settings.secret() if settings.reveal else None)
    facts = _facts(settings, case, search, surface) | calls_of(settings, len(search.losses) - 1)
    return Trace(static, moving(case, search, surface, grids), sentences, facts, stops(len(search.losses), *TELLING))


def check(settings: DetectiveSettings, files: Files | None = None) -> Check:
    """The last step by the definition and as it is shown."""
    case, search = _searched(settings)
    x, kernel, secret = (one[np.newaxis, np.newaxis] for one in (case.image, search.kernels[-1], settings.secret()))
    output, target = conv2d_loops(x, kernel), conv2d_loops(x, secret)
    cells = output.reshape(-1, 1), target.reshape(-1, 1)
    gradient = conv2d_backward_loops(squared_error_backward(*cells).reshape(output.shape), x, kernel)[1]
    defined = (target[0, 0], output[0, 0], squared_error(*cells), gradient[0, 0])
    shown = (case.target, search.outputs[-1], search.losses[-1], search.gradients[-1])
    names = ("target", "output", "loss", "gradient")
    return Check(dict(zip(names, defined, strict=True)), dict(zip(names, shown, strict=True)))


def _searched(settings: DetectiveSettings) -> tuple[Case, Search]:
    """The case and the search for its kernel. Raises ShapeError if the image is too small."""
    case = Case.made_by(settings.secret(), np.array(settings.cells, np.float64))
    guess = np.array(settings.guess, np.float64)
    if settings.method == "hand":
        return case, by_hand(case, guess)
    if settings.method == "least_squares":
        return case, by_least_squares(case, guess)
    return case, by_descent(case, guess, float(settings.learning_rate), settings.updates)


def _number(name: str) -> int:
    """The place of a weight in row order: "23" is row 2, column 3."""
    return 3 * (int(name[0]) - 1) + int(name[1]) - 1


def _facts(settings: DetectiveSettings, case: Case, search: Search, surface: LossSurface) -> dict[str, str]:
    (left, right), (bottom, top) = surface.ends.tolist()
    shape = "×".join(map(str, case.target.shape))
    first, last = float(search.losses[0]), float(search.losses[-1])
    hidden = {"hand": ("curve", "im2col"), "descent": ("im2col",), "least_squares": ("curve",)}[settings.method]
    return {
        "source": (
            "θ11 … θ33 are the kernel's weights, row by row. loss = ½ × mean squared difference of output and target; the "
            "gradient is d loss / d θ. Loss as a landscape: "
            f"θ{settings.across} from {write(round(left, 2))} to {write(round(right, 2))}, θ{settings.up} from "
            f"{write(round(bottom, 2))} to {write(round(top, 2))}, the other weights at their best; ring: least squares."
        ),
        "size": search.note,
        "input": "×".join(map(str, case.image.shape)),
        **dict.fromkeys(("target", "output", "difference"), shape),
        "kernel": "θ",
        "kernel_note": GUESS if settings.method == "hand" and not search.kernels[-1].any() else "",
        "gradient": "of θ",
        "secret": "shown" if settings.reveal else "hidden",
        "surface": f"θ{settings.across} →, θ{settings.up} ↑",
        "curve": f"from {write(first)} to {written_loss(last, first)}",
        "im2col": "θ as a row × windows as columns = target as a row",
        "framed": "the window that is pointed at" if settings.method == "descent" else "",
        **{f"{name}_hidden": "hidden" for name in hidden},
    }


def calls_of(settings: DetectiveSettings, steps: int) -> dict[str, str]:
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
        return snippet.calls(["conv2d", "sliding_windows"], *given, rows, solve, "print(kernel)")
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
    return snippet.calls(["conv2d", "conv2d_backward"], *blocks)


Settings = DetectiveSettings  # the name by which the session finds them
