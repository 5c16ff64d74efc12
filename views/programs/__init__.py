"""Programs that do what a view shows without the engine: networks for PyTorch, Keras and NumPy, calls for NumPy alone.

    network_programs(specs, input_shape)    by the facts of a trace that hold them: call_numpy, call_pytorch, call_keras
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from types import MappingProxyType

from ...engine import LayerSpec
from ...engine.layer_specs import Shape
from .keras_program import keras_program
from .numpy_program import numpy_program
from .torch_program import torch_program


def network_programs(specs: Sequence[LayerSpec], input_shape: Shape) -> dict[str, str]:
    """A network in every language, by fact. input_shape: (C, H, W)."""
    return dict(_written(tuple(specs), tuple(input_shape)))


@functools.lru_cache(maxsize=8)
def _written(specs: tuple[LayerSpec, ...], input_shape: Shape) -> MappingProxyType[str, str]:
    writers = {"call_numpy": numpy_program, "call_pytorch": torch_program, "call_keras": keras_program}
    return MappingProxyType({fact: write(specs, input_shape) for fact, write in writers.items()})
