"""What the kernel detective shows: a secret kernel's feature map, and the way to a kernel that makes the same.

Every number is the engine's (case.py); work.py makes steps of it, columns.py lays them out.
Slide 67 of the lecture: the convolution matrix as parameters θ11 … θ33, learned.
"""

from __future__ import annotations

import numpy as np

from ...engine import SGD, conv2d_backward_loops, conv2d_loops, squared_error, squared_error_backward
from ..files import Files
from ..numbers import write
from ..ran import Check, Definition
from ..trace import Sentences, Texts, Trace
from .call import call_of
from .case import Case
from .columns import Ground, changing_grids, moving, still
from .settings import DetectiveSettings
from .work import Work, by_descent, by_hand, by_least_squares

TITLE = "Kernel detective"
SUMMARY = "A secret kernel made the target of the image. Find it: by hand, by gradient descent, or by least squares."
ACTIVITY = "Find a secret kernel by hand, by gradient descent or by least squares."
DEFINITION = Definition(
    (conv2d_loops, squared_error, squared_error_backward, conv2d_backward_loops, SGD),
    "tests/engine/test_conv.py proves on random images that loops and fast functions agree up to rounding; loss and SGD run as "
    "they are defined.",
)


def compute(settings: DetectiveSettings, files: Files | None = None) -> Trace:
    """The whole animation: a cell, an update or an equation a step. Raises ShapeError if the image is too small."""
    case = Case.made_by(settings.secret(), np.array(settings.cells, np.float64))
    guess = np.array(settings.guess, np.float64)
    work = _work(case, guess, settings)
    ground = Ground.under(case, work, _number(settings.across), _number(settings.up))
    table = Texts.of([*work.sentences])
    told = Sentences("{}", Texts(table.table, table.codes[:, np.newaxis]))
    grids = changing_grids(case, work)
    static = still(case, work, ground, grids, settings.secret() if settings.reveal else None)
    facts = _facts(settings, case, work, ground) | {"call": call_of(settings, len(work.losses) - 1)}
    return Trace(static, moving(case, work, ground, grids), told, facts)


def check(settings: DetectiveSettings, files: Files | None = None) -> Check:
    """The last step by the definition and as it is shown."""
    case = Case.made_by(settings.secret(), np.array(settings.cells, np.float64))
    work = _work(case, np.array(settings.guess, np.float64), settings)
    x, kernel, secret = (one[np.newaxis, np.newaxis] for one in (case.image, work.kernels[-1], settings.secret()))
    output, target = conv2d_loops(x, kernel), conv2d_loops(x, secret)
    cells = output.reshape(-1, 1), target.reshape(-1, 1)
    gradient = conv2d_backward_loops(squared_error_backward(*cells).reshape(output.shape), x, kernel)[1]
    defined = {"target": target, "output": output, "loss": squared_error(*cells), "gradient": gradient}
    shown = {"target": case.target, "output": work.outputs[-1], "loss": work.losses[-1], "gradient": work.gradients[-1]}
    return Check({name: np.squeeze(values) for name, values in defined.items()}, {n: np.squeeze(v) for n, v in shown.items()})


def _work(case: Case, guess: np.ndarray, settings: DetectiveSettings) -> Work:
    if settings.method == "hand":
        return by_hand(case, guess)
    if settings.method == "least_squares":
        return by_least_squares(case, guess)
    return by_descent(case, guess, float(settings.learning_rate), settings.updates)


def _number(name: str) -> int:
    """The place of a weight in row order: "23" is row 2, column 3."""
    return 3 * (int(name[0]) - 1) + int(name[1]) - 1


def _facts(settings: DetectiveSettings, case: Case, work: Work, ground: Ground) -> dict[str, str]:
    (left, right), (bottom, top) = ground.ends.tolist()
    shape = "×".join(map(str, case.target.shape))
    hidden = {"hand": ("curve", "im2col"), "descent": ("im2col",), "least_squares": ("curve",)}[settings.method]
    return {
        "source": (
            "θ11 … θ33 are the kernel's weights, row by row. loss = ½ × mean squared difference of output and target; the "
            "gradient is d loss / d θ. Loss as a landscape: "
            f"θ{settings.across} from {write(round(left, 2))} to {write(round(right, 2))}, θ{settings.up} from "
            f"{write(round(bottom, 2))} to {write(round(top, 2))}, the other weights at their best; ring: least squares."
        ),
        "size": work.note,
        "input": "×".join(map(str, case.image.shape)),
        "target": shape,
        "output": shape,
        "difference": shape,
        "kernel": "θ",
        "gradient": "of θ",
        "secret": "shown" if settings.reveal else "hidden",
        "surface": f"θ{settings.across} →, θ{settings.up} ↑",
        "curve": f"from {write(float(work.losses[0]))} to {write(float(work.losses[-1]))}",
        "im2col": "θ as a row × windows as columns = target as a row",
        **{f"{name}_hidden": "hidden" for name in hidden},
    }


Settings = DetectiveSettings  # the name by which the session finds them
