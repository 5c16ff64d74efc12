"""What the network view shows: a digit on its way through a trained network, every number of every layer.

Slides 66, 78 and 82 of the lecture. One step: whatever changes, all of it is computed anew.
"""

from __future__ import annotations

import numpy as np

from ...engine import conv2d, linear, max_pool2d, relu, softmax
from ..files import DiskFiles, Files
from ..networks import Networks
from ..trace import Sentences, Texts, Trace
from . import columns, strip, words
from .call import call_of
from .card_columns import card_columns
from .card_words import card_words
from .edits import read_edits
from .kernels import kernel_columns
from .pipeline import moved, prepare, seen
from .reasons import reasons
from .settings import NetworkSettings
from .stages import kept, read_unit
from .state import NetworkState
from .tracing import ink_of
from .turning import in_space
from .unit import card

TITLE = "Draw a digit"
SUMMARY = "A trained network reads your digit, layer by layer; ask any unit where its number comes from."
CODE = (conv2d, relu, max_pool2d, linear, softmax)


def compute(settings: NetworkSettings, files: Files | None = None, state: NetworkState | None = None) -> Trace:
    """Everything that the view shows, in one step."""
    files = files or DiskFiles()
    state = state or NetworkState(files, Networks(files))
    network = state.network(settings)
    pad, label = _on_pad(settings, state)
    prepared = prepare(
        moved(pad, settings.shift_down, settings.shift_right),
        crop=settings.crop, scale=settings.scale, centre=settings.centre,
    )  # fmt: skip
    x = seen(prepared.field, (network.input_shape[1], network.input_shape[2]), network.pixel_offset)
    network.forward(x)
    stages = kept(network)
    plan = state.plan(network)
    asked = card(network, stages, read_unit(network, settings.unit), plan.titles) if settings.unit else None
    drawn, limits = columns.maps(plan, stages, shared=settings.colours == "network")
    weights, about_weights = kernel_columns(network, settings, read_edits(network, settings.edits))
    why, about_why = reasons(network, settings, x, stages[-1])
    space, about_space = in_space(settings, network, stages, plan, limits)
    told = f"{asked.sentence}." if asked else words.sentence(settings, stages[-1], label, empty=not pad.any())
    return Trace(
        {
            **drawn, "map_table": plan.table | plan.places, "block_table": plan.block_table, "reach": plan.reach,
            "heads": columns.heads(plan, limits), **strip.pad(prepared, cropped=settings.crop), **strip.strip(prepared),
            **strip.bars(stages[-1]), **card_columns(network, stages, asked, plan.titles), **weights, **why, **space,
        },
        {},
        Sentences("{}", Texts((told,), np.zeros((1, 1), np.uint16))),
        words.facts(settings, network, plan, prepared, limits, label)
        | {"answer": words.answer(stages[-1]), "call": call_of(settings)}
        | card_words(network, settings, asked, plan.titles) | about_weights | about_why | about_space,
    )  # fmt: skip


def _on_pad(settings: NetworkSettings, state: NetworkState) -> tuple[np.ndarray, int | None]:
    """What is on the pad before it is moved, and its label if it has one. -> (28, 28) or (56, 56) of 0..1."""
    if settings.image == "drawing":
        return ink_of(settings.drawing), None
    return state.digit(settings.digit)


Settings = NetworkSettings  # the names by which the session finds them
State = NetworkState
