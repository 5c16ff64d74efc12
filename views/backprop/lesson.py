"""What the backprop view shows: a formula as a graph, computed forward node by node, differentiated backward edge by edge.

Every number is the engine's (run.py). Slides 3-16 and 75 of the lecture; the default is the slides' simple example.
"""

from __future__ import annotations

import numpy as np

from ...engine import backward_pass, forward_pass
from ..files import Files
from ..ran import Check, Definition
from ..trace import Trace
from .call import call_of
from .columns import still
from .moving import moving
from .places import scenes_of
from .run import make_run
from .settings import BackpropSettings
from .table import rows
from .words import facts, sentences

TITLE = "Backpropagation"
SUMMARY = "Forward, each node computes its value. Backward, it hands its gradient on, times the local derivative."
ACTIVITY = "Type a formula, step through its graph forward and backward, each partial with its product and running sum."
Settings = BackpropSettings  # the name by which the session finds them
LINE = "gradients[argument] += product"  # what each backward step executes
PROOF = "Here the definition itself runs; tests/engine/test_autodiff.py proves that its values and gradients are PyTorch's."
DEFINITION = Definition((forward_pass, backward_pass), PROOF, LINE)


def compute(settings: BackpropSettings, files: Files | None = None) -> Trace:
    """The whole animation: one step a node forward, then one step an edge backward."""
    run = make_run(settings)
    scenes = scenes_of(run)
    told = facts(run, settings) | {"call": call_of(run, settings)}
    told |= {f"{scene.name}_room": scene.room for scene in scenes}
    return Trace(still(run, scenes) | {"rows": rows(run)}, moving(run, scenes), sentences(run), told)


def check(settings: BackpropSettings, files: Files | None = None) -> Check:
    """Values and gradients of every node, by the definition and as they are shown."""
    run = make_run(settings)
    values = {name: np.float64(value) for name, value in forward_pass(run.graph, run.inputs).items()}
    gradients, _ = backward_pass(run.graph, values)
    defined = {"values": [*values.values()], "gradients": [gradients[name] for name in values]}
    return Check(defined, {"values": [run.values[n] for n in values], "gradients": [run.gradients[n] for n in values]})
