"""The sources of the small drawings: the pad, the strip of its preparation, the ten probabilities."""

from __future__ import annotations

import numpy as np

from ..numbers import percent, write_limit
from ..pointing import pointing_at_all
from ..trace import Columns, Texts
from .preparation import Prepared


def picture(values: np.ndarray) -> Columns:
    """One image that fills the unit square. values: (H, W) of −1..1."""
    places = {"x": 0, "y": 0, "dw": 1, "dh": 1}
    corners = {name: np.array([place], np.float32) for name, place in places.items()}
    return {"image": values[np.newaxis].astype(np.float32), **corners}


def scale_facts(part: str, limit: float) -> dict[str, str]:
    """The facts about a colour scale that stands below the drawing `part`."""
    end = write_limit(limit)
    return {f"{part}_low": f"−{end}", f"{part}_high": end, f"{part}_palette": "signed"}


def pad(prepared: Prepared, *, cropped: bool) -> dict[str, Columns]:
    """The pad, and a frame around what is cut out of it, if it is."""
    top, left, bottom, right = np.array(prepared.edges) / len(prepared.pad)
    frame = {"x": (left + right) / 2, "y": 1 - (top + bottom) / 2, "w": right - left, "h": bottom - top}
    return {
        "pad": picture(prepared.pad),
        "pad_box": {name: np.array([value] * cropped, np.float32) for name, value in frame.items()},
    }


STRIP_SIDE = 0.235  # of a picture in the strip of preparation
STRIP_ASPECT = 3.6  # width / height


def strip(prepared: Prepared) -> dict[str, Columns]:
    """The four pictures of the preparation, beside each other, each as large as its share of the last one's pixels."""
    field = prepared.field
    cells = len(prepared.pad) / len(field)
    sizes = [np.array(one.shape) / scale for one, scale in (
        (prepared.pad, cells * 28), (prepared.cropped, cells * 28), (prepared.scaled, 28), (field, 28),
    )]  # fmt: skip
    images = [prepared.pad, prepared.cropped, prepared.scaled, field]
    height = STRIP_SIDE * STRIP_ASPECT
    middles = (np.arange(4) + 0.5) / 4
    sides = np.array(sizes, np.float32)
    w, h = sides[:, 1] * STRIP_SIDE, sides[:, 0] * height
    x, y = (middles - w / 2).astype(np.float32), (0.5 - h / 2).astype(np.float32)
    return {
        "strip": {
            "image": np.concatenate([image.ravel() for image in images]).astype(np.float32),
            "image_rows": np.array([len(image) for image in images], np.int32),
            "image_columns": np.array([image.shape[1] for image in images], np.int32),
            "x": x, "y": y, "dw": w, "dh": h,
        },
        "strip_frames": {
            "x": (middles - STRIP_SIDE / 2).astype(np.float32), "y": np.full(4, 0.5 - height / 2, np.float32),
            "dw": np.full(4, STRIP_SIDE, np.float32), "dh": np.full(4, height, np.float32),
        },
    }  # fmt: skip


def bars(probabilities: np.ndarray) -> dict[str, Columns]:
    """One bar a class, the largest in another source so that it has another colour."""
    count = len(probabilities)
    x = ((np.arange(count) + 0.5) / count).astype(np.float32)
    best = int(probabilities.argmax())
    top = probabilities.astype(np.float32)
    width = np.full(count, 0.74 / count, np.float32)
    others = np.arange(count) != best
    words: Columns = {"x": x, "size": np.full(count, 0.03, np.float32), "shade": np.zeros(count, np.float32)}
    return {
        "bars": {"x": x[others], "width": width[others], "top": top[others], "bottom": np.zeros(count - 1, np.float32)},
        "best_bar": {"x": x[[best]], "width": width[[best]], "top": top[[best]], "bottom": np.zeros(1, np.float32)},
        "bar_labels": words | {"top": top, "text": Texts.of([percent(p) for p in probabilities.tolist()])},
        "classes": words | {
            "y": np.full(count, -0.17, np.float32), "text": Texts.of([str(n) for n in range(count)]),
            "size": np.full(count, 0.046, np.float32),
        },
        "probabilities": {"row": np.zeros(count, np.int32), "column": np.arange(count, dtype=np.int32), "value": top},
        "probability_boxes": pointing_at_all("probabilities", "Probability"),
    }  # fmt: skip
