"""The Python that gives the probabilities for the present settings, as it runs where Convoscope is installed."""

from __future__ import annotations

from ...engine import TRAIN_COUNT
from ..networks import COMMITTED
from .settings import STAGES, NetworkSettings

HERE = "convoscope.views.network"


def call_of(settings: NetworkSettings) -> str:
    """A program that prints the ten probabilities; nothing for a network that only this page has."""
    if settings.network not in COMMITTED:
        return "# The weights of this network are in your page only: keep their file, or save them in the view “Train”."
    imports = [
        "from convoscope.engine import softmax",
        "from convoscope.views.files import DiskFiles",
        f"from {HERE}.pipeline import moved, prepare, seen",
        "from convoscope.views.networks import Networks",
    ]
    lines = [f'network = Networks(DiskFiles()).get("{settings.network}")']
    if settings.edits:
        imports.append(f"from {HERE}.edits import edited, read_edits")
        lines.append(f'network = edited(network, read_edits(network, "{settings.edits}"))')
    if settings.image == "drawing":
        imports.append(f"from {HERE}.tracing import ink_of")
        lines.append(f'pad = ink_of("{settings.drawing}")')
    else:
        imports.append("from convoscope.views.images import digit")
        lines.append(f"pad = digit({TRAIN_COUNT + settings.digit}, DiskFiles())[0] / 255")
    if settings.shift_down or settings.shift_right:
        lines.append(f"pad = moved(pad, {settings.shift_down}, {settings.shift_right})")
    else:
        imports = [line.replace("moved, ", "") for line in imports]
    stages = ", ".join(f"{stage}={getattr(settings, stage)}" for stage in STAGES)
    lines += [
        f"field = prepare(pad, {stages}).field",
        "x = seen(field, network.input_shape[1:], network.pixel_offset)",
        "print(softmax(network.forward(x))[0])",
    ]
    return "\n".join([*sorted(imports), "", *lines])
