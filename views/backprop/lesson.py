"""What the backprop view shows: a formula as a graph, computed forward node by node, differentiated backward edge by edge.

Every number is the engine's (run.py). Slides 3-16 and 75 of the lecture; the default is the slides' simple example.
"""

from __future__ import annotations

from ...engine import backward_pass, check_gradients, forward_pass
from ..files import Files
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
CODE = (forward_pass, backward_pass, check_gradients)  # shown beside the picture
CODE_LINE = "gradients[argument] += product"  # what each backward step executes


def compute(settings: BackpropSettings, files: Files | None = None) -> Trace:
    """The whole animation: one step a node forward, then one step an edge backward."""
    run = make_run(settings)
    scenes = scenes_of(run)
    told = facts(run, settings) | {"call": call_of(run, settings)}
    told |= {f"{scene.name}_room": scene.room for scene in scenes}
    return Trace(still(run, scenes) | {"rows": rows(run)}, moving(run, scenes), sentences(run), told)
