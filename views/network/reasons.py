"""Why this class: the picture of what each pixel does for its logit, if that is asked."""

from __future__ import annotations

import numpy as np

from ...engine import Network
from ..grid import limit_of, shade
from ..numbers import write
from ..trace import Columns
from .settings import NetworkSettings
from .strip import picture, whole_box
from .why import Pixels, gradient_times_input, occlusion

INK = 0.4  # above the background: pixels that are framed
WAYS = {"gradient": gradient_times_input, "occlusion": occlusion}


def reasons(
    network: Network, settings: NetworkSettings, x: np.ndarray, probabilities: np.ndarray
) -> tuple[dict[str, Columns], dict[str, str]]:
    """The sources why, why_ink and why_values, and the facts. Runs the network anew; x: what it is given, (1, C, H, W)."""
    if settings.why == "none":
        empty: Columns = {name: np.zeros(0, np.float32) for name in ("x", "y", "dw", "dh")}
        return {"why": {"image": np.zeros((0, 1, 1), np.float32), **empty}, "why_ink": empty}, {"why_hidden": "hidden"}
    chosen = int(probabilities.argmax()) if settings.explain == "answer" else int(settings.explain)
    found: Pixels = WAYS[settings.why](network, x, chosen)
    limit = limit_of(found.values)
    end = write(float(f"{limit:.3g}"))
    sources = {"why": picture(shade(found.values, limit)), "why_ink": _ink(x[0, 0] - np.float32(network.pixel_offset))}
    rows, columns = np.indices(found.values.shape, dtype=np.int32).reshape(2, -1)
    values: Columns = {"row": rows, "column": columns, "value": found.values.astype(np.float32).ravel()}
    return sources | {"why_values": values, "why_boxes": whole_box("why_values", "Contribution")}, {
        "why": f"for {chosen}",
        "why_note": found.sentence,
        "why_low": f"−{end}",
        "why_high": end,
        "why_palette": "signed",
    }


def _ink(x: np.ndarray) -> Columns:
    """Frames around the pixels that have ink. x: (H, W) of 0..1."""
    rows, columns = np.nonzero(x > INK)
    H, W = x.shape
    frames = (columns / W, 1 - (rows + 1) / H, np.full(len(rows), 1 / W), np.full(len(rows), 1 / H))
    return {name: np.asarray(frame, np.float32) for name, frame in zip(("x", "y", "dw", "dh"), frames, strict=True)}
