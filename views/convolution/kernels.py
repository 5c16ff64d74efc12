"""The kernels that the convolution view offers by name, and what can be done with any kernel.

Slides 35-52 of the lecture, the list of its 3×3 demonstration, and the presets of setosa's "Image kernels".
"""

from __future__ import annotations

import io

import numpy as np

from ...engine.shapes import Pair
from ..files import Files
from ..settings import Rows, SettingError

LARGEST = 7  # rows and columns
CUSTOM = "custom"
Frame = tuple[Pair, Pair]  # zeros above and below, before and behind
NINTH, SIXTEENTH = 1 / 9, 1 / 16

NAMED: dict[str, tuple[str, Rows]] = {  # how the page lists it, and its weights
    "basic": ("Basic, of the lecture", ((0, 0, 0), (0, 1, 1), (0, 1, 0))),  # slide 35
    "identity": ("Identity", ((0, 0, 0), (0, 1, 0), (0, 0, 0))),  # slide 45
    "blur": ("Blur, of the lecture", ((0.1, 0.1, 0.1), (0.1, 0.2, 0.1), (0.1, 0.1, 0.1))),  # slide 46
    "average": ("Average", ((NINTH,) * 3,) * 3),
    "gaussian": ("Gaussian", tuple(tuple(weight * SIXTEENTH for weight in row) for row in ((1, 2, 1), (2, 4, 2), (1, 2, 1)))),
    "sharpen": ("Sharpen", ((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
    "outline": ("Outline", ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))),
    "edge": ("Edges, all", ((0, 1, 0), (1, -4, 1), (0, 1, 0))),
    "edge_horizontal": ("Edges, horizontal", ((0, 1, 0), (0, -2, 0), (0, 1, 0))),
    "edge_vertical": ("Edges, vertical", ((0, 0, 0), (1, -2, 1), (0, 0, 0))),
    "gradient_x": ("Gradient, across", ((-1, 0, 1),)),
    "gradient_y": ("Gradient, down", ((-1,), (0,), (1,))),
    "prewitt_x": ("Prewitt, across", ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1))),
    "prewitt_y": ("Prewitt, down", ((-1, -1, -1), (0, 0, 0), (1, 1, 1))),
    "sobel_x": ("Sobel, left to right", ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))),
    "sobel_left": ("Sobel, right to left", ((1, 0, -1), (2, 0, -2), (1, 0, -1))),
    "sobel_y": ("Sobel, top to bottom", ((-1, -2, -1), (0, 0, 0), (1, 2, 1))),
    "sobel_top": ("Sobel, bottom to top", ((1, 2, 1), (0, 0, 0), (-1, -2, -1))),
    "emboss": ("Emboss", ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
}
KERNELS = {name: weights for name, (_, weights) in NAMED.items()}
LEARNED = tuple(f"learned_{number}" for number in range(1, 7))  # the six filters of LeNet-5's first layer
CHOICES = (
    {label: name for name, (label, _) in NAMED.items()}
    | {f"Learned by LeNet-5, {name[-1]} of 6": name for name in LEARNED}
    | {"Custom": CUSTOM}
)


def learned_weights(kernel: str, files: Files) -> Rows:
    """A filter that LeNet-5 learned, as committed: 5×5 weights."""
    with np.load(io.BytesIO(files.read("weights/lenet5.npz")), allow_pickle=False) as weights:
        learned = weights["conv1.weight"][LEARNED.index(kernel), 0]
    return tuple(tuple(row) for row in learned.astype(np.float64).tolist())


def resized(weights: Rows, height: int, width: int) -> Rows:
    """The same kernel with rows and columns cut off or added; its middle cell (of two the first) stays in the middle."""
    top, left = (height - 1) // 2 - (len(weights) - 1) // 2, (width - 1) // 2 - (len(weights[0]) - 1) // 2
    cells = {(r + top, c + left): weight for r, row in enumerate(weights) for c, weight in enumerate(row)}
    return tuple(tuple(cells.get((r, c), 0.0) for c in range(width)) for r in range(height))


def normalised(weights: np.ndarray) -> np.ndarray:
    """The weights divided by their sum, so that a constant image keeps its value. Raises SettingError if the sum is 0."""
    total = weights.sum()
    if abs(total) < 1e-9:
        raise SettingError("the weights add up to 0, so they cannot be normalised; change a weight or leave “normalise” off")
    return weights / total  # type: ignore[no-any-return]


def frame_of(rule: str, padding: Pair, shape: Pair, dilation: Pair) -> Frame:
    """Zeros around an image for a rule: valid 0, same keeps the size at stride 1, full sees every overlap.

    causal sees nothing that comes later. padding: rings (rows, columns) for the rule “number”.
    """
    spans = [gap * (size - 1) for gap, size in zip(dilation, shape, strict=True)]
    if rule == "causal":
        return (spans[0], 0), (spans[1], 0)
    if rule == "same" and any(span % 2 for span in spans):
        raise SettingError(
            f"padding “same” needs an odd kernel size, this kernel is {shape[0]}×{shape[1]}; "
            "choose an odd size, another dilation, or a number of rings"
        )
    rings = {"valid": (0, 0), "same": (spans[0] // 2, spans[1] // 2), "full": (spans[0], spans[1])}
    down, across = rings.get(rule, (min(padding[0], spans[0]), min(padding[1], spans[1])))
    return (down, down), (across, across)
