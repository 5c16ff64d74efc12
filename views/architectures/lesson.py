"""What the architectures view shows: the shapes that go from layer to layer and what each layer costs, a layer a step.

Slides 20-29, 66, 79 and 80 of the lecture. Sizes come from the engine's output_sizes; no weight is made.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from ...engine import ConvSpec, LayerSpec, NetworkTextError, PoolSpec, Sliding, parse_layers, receptive_field
from ...engine.chain_specs import names_of, text_of
from ...engine.layer_specs import Shape
from ..files import Files
from ..programs import network_programs
from ..ran import Check, Definition
from ..settings import SettingError
from ..stops import first_of_each
from ..trace import Sentences, Texts, Trace
from .columns import COUNTS, network_sources, table_source
from .counts import CountedLayer, count_layers
from .fields import field_sources, field_words, still_sources
from .known import KNOWN
from .settings import OWN, ArchitecturesSettings
from .sharing import sharing_sources, sharing_words
from .words import sentence, shape_of, totals

TITLE = "Architectures"
SUMMARY = "What goes from layer to layer, how many numbers each layer learns, how much it computes, and what a unit sees."
ACTIVITY = (
    "Walk through the networks that won, layer by layer: shapes, parameters, multiply-adds, receptive fields, weight sharing; "
    "change them, or paste your own."
)
PROOF = (
    "Here the definitions themselves run; tests/engine/test_shapes.py proves that they count the places where a window fits, "
    "and the pixels that can change a cell."
)
DEFINITION = Definition((Sliding.output_sizes, receptive_field), PROOF)
NOTE = "Heights of maps are to scale, so are the roots of their channels' count. Orange layers learn."
SHARING_NOTE = "Two units of a map and what they weigh: one colour, the same weights. Areas: how many weights."


def compute(settings: ArchitecturesSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step per layer."""
    layers, names, about = architecture_of(settings)
    still, moving = network_sources(layers, names)
    still["layers"] = table_source(layers, names)
    still["sharing_words"] = {"text": Texts.of([sharing_words(layer) for layer in layers])}
    facts = {"source": about, "size": totals(layers), "network_note": NOTE, "sharing_note": SHARING_NOTE}
    facts |= {name: f"{sum(getattr(layer, name) for layer in layers):,}" for name in COUNTS} | calls_of(settings)
    kinds = first_of_each([layer.kind for layer in layers])
    return Trace(
        {**still, **still_sources()},
        {**moving, **field_sources(layers, names, settings), **sharing_sources(layers)},
        _sentences(layers, names, settings), facts, kinds,
    )  # fmt: skip


def _sentences(layers: Sequence[CountedLayer], names: Sequence[str], settings: ArchitecturesSettings) -> Sentences:
    said = [
        [sentence(name, layer, [layers[n] for n in layer.reads]) + field_words(layer, settings, settings.side)]
        for name, layer in zip(names, layers, strict=True)
    ]
    return Sentences("{}", Texts.of_steps(said))


def check(settings: ArchitecturesSettings, files: Files | None = None) -> Check:
    """How many windows there are along each axis, counted place by place and as it is shown."""
    counted: list[int] = []
    shown: list[int] = []
    for layer in architecture_of(settings)[0]:
        if isinstance(layer.spec, ConvSpec | PoolSpec):
            window = layer.spec.sliding
            axes = zip(layer.input_shape[1:], window.span, window.stride, window.padding, strict=True)
            counted += [len(range(-ring, size + ring - span + 1, step)) for size, span, step, ring in axes]
            shown += layer.output_shape[1:]
    return Check({"output sizes": counted}, {"output sizes": shown})


def architecture_of(settings: ArchitecturesSettings) -> tuple[list[CountedLayer], list[str], str]:
    """The layers, their names and what is to be said of them all. Raises SettingError if the text is no network."""
    specs, layers = _counted(settings.text, _input_shape(settings))
    if settings.architecture == OWN:
        return list(layers), ["input", *_numbered(layers[1:])], f"Your own: {text_of(specs)}."
    known = KNOWN[settings.architecture]
    return list(layers), ["input", *(known.names or _numbered(layers[1:]))], known.about


@functools.lru_cache(maxsize=8)  # while a unit is chosen, the network stays
def _counted(text: str, shape: Shape) -> tuple[tuple[LayerSpec, ...], tuple[CountedLayer, ...]]:
    try:
        specs = parse_layers(text, shape)
    except NetworkTextError as error:
        raise SettingError(str(error)) from None
    return specs, tuple(count_layers(specs, shape))


def arrays(settings: ArchitecturesSettings, files: Files) -> dict[str, np.ndarray]:
    """The table: of each layer its name, the shape of its output, its parameters and multiply-adds."""
    layers, names, _ = architecture_of(settings)
    counts = {name: np.array([getattr(layer, name) for layer in layers]) for name in COUNTS}
    return {"layers": np.array(names), "output_shapes": np.array([shape_of(layer.output_shape) for layer in layers]), **counts}


def calls_of(settings: ArchitecturesSettings) -> dict[str, str]:
    """The network as programs: with convoscope its counts, else the network itself."""
    shape = _input_shape(settings)
    specs, _ = _counted(settings.text, shape)
    text = "\n".join(f"    {line}" for line in settings.text.strip().replace("\\", "").replace('"', "'").splitlines())
    call = "\n".join(
        [
            "from convoscope.engine import parse_layers",
            "from convoscope.engine.chain_specs import shapes_of",
            "",
            f"shape = {shape}",
            f'specs = parse_layers("""\n{text}\n""", shape)',
            "for spec, before in zip(specs, shapes_of(specs, shape)):",
            "    print(spec.text, spec.output_shape(before), spec.parameter_count(before), spec.multiply_adds(before))",
        ]
    )
    return network_programs(specs, shape) | {"call": call}


def _input_shape(settings: ArchitecturesSettings) -> Shape:
    return settings.channels, settings.side, settings.side


def _numbered(layers: Sequence[CountedLayer]) -> list[str]:
    """conv1, maxpool1, conv2, ..."""
    return names_of([layer.kind for layer in layers])


Settings = ArchitecturesSettings  # the name by which the session finds them
