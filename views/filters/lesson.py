"""What the filters view shows: what excites a channel most, among pictures and as gradient ascent makes it.

Slides 66, 67 and 79 of the lecture: filters are learned, the deeper the layer the more a filter looks for.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...engine import conv2d_backward, conv2d_loops, max_pool2d_backward, max_pool2d_loops, relu, relu_backward
from ...engine.maximisation import Maximisation, blurred
from ...engine.shapes import Array
from ..files import DiskFiles, Files
from ..networks import Networks
from ..ran import Check, Definition
from ..trace import Sentences, Texts, Trace
from . import columns, words
from .excitation import new_climb, new_survey, pool_names, read_further, whole_network
from .settings import FiltersSettings
from .state import FiltersState

TITLE = "What a filter looks for"
SUMMARY = "Choose a channel: see the patches that excite it most, and the picture that gradient ascent makes for it."
ACTIVITY = (
    "Choose any channel of SqueezeNet or LeNet-5: the patches that excite it most, and a picture that gradient ascent makes."
)
DEFINITION = Definition(
    (conv2d_loops, relu, max_pool2d_loops, conv2d_backward, relu_backward, max_pool2d_backward, Maximisation, blurred),
    "tests/engine/test_maximisation.py holds the gradient to differences and the ascent to the best picture of one filter; "
    "test_imagenet.py holds the gradient of a logit to PyTorch’s in every fire module.",
)


def compute(settings: FiltersSettings, files: Files | None = None, state: FiltersState | None = None) -> Trace:
    """What is known so far, one step a picture of the ascent that is kept. Raises FileNeeded."""
    files = files or DiskFiles()
    state = state or _finished(settings, files)
    climb, survey = state.climb, state.survey
    still, moving = columns.curve(climb, settings.updates)
    said = words.sentences(settings, climb, words.channel_name(settings, files))
    facts = words.facts(settings, survey, climb, files, waiting=len(state.waiting), climbing=state.is_climbing)
    return Trace(
        {**columns.ascent(climb), **still, **columns.patches(settings, survey, files)},
        moving, Sentences("{}", Texts.of_steps([[one] for one in said])), facts,
    )  # fmt: skip


def work(settings: FiltersSettings, files: Files | None = None, state: FiltersState | None = None) -> Callable[[], Array]:
    """A step of the ascent, and a look at the first pictures: all others are done alike."""
    state = state or _finished(settings, files or DiskFiles())
    whole = whole_network(settings, state.files, state.networks)
    survey = new_survey(settings, whole)
    climb = new_climb(settings, survey)

    def run() -> Array:
        climb.maximisation.step()
        read_further(settings, survey, pool_names(settings), state.files)
        return climb.maximisation.x

    return run


def check(settings: FiltersSettings, files: Files | None = None, state: FiltersState | None = None) -> Check:
    """How strongly the picture shown excites the channel, computed once more, and the strongest patch."""
    state = state or _finished(settings, files or DiskFiles())
    climb = state.climb
    again = new_climb(settings, state.survey)
    while again.maximisation.steps < climb.steps[-1]:
        again.advance()
    return Check(
        {"values": np.array(again.values)}, {"values": np.array(climb.values)},
        "The ascent was made once more from its seed.", what="how strongly its pictures excite the channel",
    )  # fmt: skip


def _finished(settings: FiltersSettings, files: Files) -> FiltersState:
    """A state whose work is done."""
    state = FiltersState(files, Networks(files))
    state.settle(settings)
    while state.busy:
        state.tick(settings)
    return state


Settings = FiltersSettings  # the names by which the session finds them
State = FiltersState
