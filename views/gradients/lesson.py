"""What the gradients view shows: the backward pass of one layer of a CNN, every number as the sum that it is.

Every number is the engine's; a file for each layer says how it comes about, and finite differences check every gradient.
Slides 66 and 70-78 of the lecture.
"""

from __future__ import annotations

import numpy as np

from ...engine import (
    avg_pool2d_backward,
    conv2d_backward,
    cross_entropy_backward,
    linear_backward,
    max_pool2d_backward,
    relu_backward,
)
from ..files import Files
from ..settings import Rows
from ..trace import Trace
from .board import Board
from .call import call_of
from .cellwise import relu_board, softmax_board
from .columns import trace_of
from .convolution import Convolution, convolution_board
from .linear import Linear, linear_board
from .network import SmallNetwork
from .network_board import network_board
from .places import SCENES
from .pooling import Pooling, pooling_board
from .settings import OWN_LOSS, GradientsSettings

TITLE = "Gradients"
SUMMARY = "How a gradient goes back through a layer: forward first, then every gradient as the sum that it is."
CODE = (conv2d_backward, max_pool2d_backward, avg_pool2d_backward, relu_backward, linear_backward, cross_entropy_backward)
ARRIVING = (
    "grad_out is d J / d output, as the layers behind send it: J = Σ grad_out × output. Below x stands d J / d x, and so on."
)
BEGINNING = "A loss is where the backward pass begins: no gradient comes from behind, d loss / d loss is 1."
CHECK = " A tick: nudging the number by ±0.0001 and computing J anew gives the same slope."


def compute(settings: GradientsSettings, files: Files | None = None) -> Trace:
    """The whole animation: forward, then backward, a number a step."""
    board = board_of(settings)
    facts = {scene.name: board.facts["shape"] for scene in SCENES} | {"size": board.facts["note"]}
    facts["source"] = (BEGINNING if settings.layer in OWN_LOSS else ARRIVING) + CHECK
    trace = trace_of(board)
    return Trace(trace.static, trace.steps, trace.sentences, facts | {"call": call_of(settings)})


def board_of(settings: GradientsSettings) -> Board:
    """The layer that the settings ask for, computed. Raises ShapeError if its sizes do not fit."""
    x, grad_out = _array(settings.x), _array(settings.grad_out)
    match settings.layer:
        case "convolution":
            return convolution_board(
                Convolution(x, _array(settings.weights), settings.bias, grad_out, settings.stride, settings.padding)
            )
        case "max_pooling" | "average_pooling":
            return pooling_board(Pooling(x, grad_out, settings.window, settings.stride, settings.layer == "max_pooling"))
        case "relu":
            return relu_board(x, grad_out)
        case "linear":
            maps, weights = _array(settings.maps).reshape(2, 2, 2), _array(settings.linear_weights)
            return linear_board(Linear(maps, weights, _array(settings.biases[0]), grad_out[0]))
        case "network":
            arrays = (_array(rows) for rows in (settings.first_kernel, settings.class_weights))
            return network_board(SmallNetwork(_array(settings.image), settings.label, *arrays), float(settings.learning_rate))
    return softmax_board(_array(settings.logits), settings.label)


def _array(rows: Rows) -> np.ndarray:
    return np.array(rows, dtype=np.float64)


Settings = GradientsSettings  # the name by which the session finds them
