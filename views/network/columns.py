"""The sources of the small drawings: the pad, the strip of its preparation, the ten probabilities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..numbers import percent, write_limit
from ..pointing import pointing_at_all
from ..trace import Columns, Texts
from .preparation import Prepared

STRIP_SIDE = 0.235  # of a picture in the strip of preparation
STRIP_ASPECT = 3.6  # width / height


def floats(**columns: npt.ArrayLike) -> Columns:
    """Columns of numbers, as a trace holds them; a single number is a column of one."""
    return {name: np.ascontiguousarray(np.atleast_1d(column), np.float32) for name, column in columns.items()}


def picture(values: np.ndarray | None) -> Columns:
    """One image that fills the unit square, or no image. values: (H, W) of −1..1."""
    if values is None:
        return {"image": np.zeros((0, 1, 1), np.float32), **floats(x=[], y=[], dw=[], dh=[])}
    return {"image": values[np.newaxis].astype(np.float32), **floats(x=0, y=0, dw=1, dh=1)}


def scale_facts(part: str, limit: float) -> dict[str, str]:
    """The facts about a colour scale that stands below the drawing `part`."""
    end = write_limit(limit)
    return {f"{part}_low": f"−{end}", f"{part}_high": end, f"{part}_palette": "signed"}


def pad(prepared: Prepared, *, cropped: bool) -> dict[str, Columns]:
    """The pad, and a frame around what is cut out of it, if it is."""
    top, left, bottom, right = np.array([prepared.edges] * cropped).reshape(-1, 4).T / len(prepared.pad)
    frame = floats(x=(left + right) / 2, y=1 - (top + bottom) / 2, w=right - left, h=bottom - top)
    return {"pad": picture(prepared.pad), "pad_box": frame}


def strip(prepared: Prepared) -> dict[str, Columns]:
    """The four pictures of the preparation, beside each other, each as large as its share of the last one's pixels."""
    images = [prepared.pad, prepared.cropped, prepared.scaled, prepared.field]
    rows, columns = np.array([image.shape for image in images], np.int32).T
    whole = np.array([len(prepared.pad)] * 2 + [len(prepared.field)] * 2)
    width, height = STRIP_SIDE, STRIP_SIDE * STRIP_ASPECT
    w, h, middles, four = columns / whole * width, rows / whole * height, (np.arange(4) + 0.5) / 4, np.ones(4)
    return {
        "strip": {
            "image": np.concatenate([image.ravel() for image in images]).astype(np.float32),
            "image_rows": rows.copy(), "image_columns": columns.copy(), **floats(x=middles - w / 2, y=0.5 - h / 2, dw=w, dh=h),
        },
        "strip_frames": floats(x=middles - width / 2, y=(0.5 - height / 2) * four, dw=width * four, dh=height * four),
    }  # fmt: skip


def bars(probabilities: np.ndarray) -> dict[str, Columns]:
    """One bar a class, the largest in another source so that it has another colour."""
    count, classes = len(probabilities), np.arange(len(probabilities))
    x, zeros, best = (classes + 0.5) / count, np.zeros(count), classes == probabilities.argmax()

    def some(which: np.ndarray) -> Columns:
        width = np.full(which.sum(), 0.74 / count)
        return floats(x=x[which], width=width, top=probabilities[which], bottom=zeros[which])

    return {
        "bars": some(~best),
        "best_bar": some(best),
        "bar_labels": floats(x=x, size=zeros + 0.03, shade=zeros, top=probabilities)
        | {"text": Texts.of([percent(share) for share in probabilities.tolist()])},
        "classes": floats(x=x, size=zeros + 0.046, shade=zeros, y=zeros - 0.17)
        | {"text": Texts.of([str(n) for n in range(count)])},
        "probabilities": {"row": np.zeros(count, np.int32), "column": classes.astype(np.int32), **floats(value=probabilities)},
        "probability_boxes": pointing_at_all("probabilities", "Probability"),
    }
