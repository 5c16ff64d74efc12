"""What the architectures view shows: the shapes that go from layer to layer and what each layer costs, a layer a step.

Slides 66, 79 and 80 of the lecture. Sizes come from the engine's output_sizes; no weight is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...engine import ConvSpec, NetworkTextError, PoolSpec, Sliding, parse_layers
from ...engine.chain_specs import names_of, text_of
from .. import grid
from ..files import Files
from ..ran import Check, Definition
from ..settings import SettingError
from ..stops import first_of_each
from ..trace import Column, Columns, Sentences, Sources, Texts, Trace
from .counts import CountedLayer, count_layers
from .cuboids import Cuboid, cuboids_of, edges_of, window_of
from .known import KNOWN
from .settings import OWN, ArchitecturesSettings
from .words import sentence, shape_of, totals

TITLE = "Architectures"
SUMMARY = "What goes from layer to layer, how many numbers each layer learns, and how much it computes."
ACTIVITY = "Walk through the lecture's networks layer by layer: shapes, parameters, multiply-adds; or your own."
PROOF = "Here the definition itself runs; tests/engine/test_shapes.py proves that it counts the places where a window fits."
DEFINITION = Definition((Sliding.output_sizes,), PROOF)
MOST_NAMES, MOST_SHAPES = 12, 9  # with more layers, only the present one is named
LETTERS, LARGER, ROOMY, BAR_LETTERS = 0.02, 0.03, 0.037, 0.06  # heights, of the drawing's width
LETTER_WIDTH = 0.7  # of its height
BELOW = 0.075  # from a cuboid to its words, of the drawing's height
HEAD = 0.94  # where the present layer is named
BAR = 0.78  # of its place
LOWEST_BAR = 0.004  # so that a layer without costs shows as nothing, and one with few as little
NEIGHBOURS = 1  # on each side, where there is no room for all layers
COUNTS = ("parameters", "multiply_adds")
NOTE = "Heights of maps are to scale, so are the roots of their channels' count. Orange layers learn."


def compute(settings: ArchitecturesSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step per layer."""
    layers, names, about = architecture_of(settings)
    cuboids = cuboids_of(layers)
    told = [[sentence(name, layer)] for name, layer in zip(names, layers, strict=True)]
    facts = {"source": about, "size": totals(layers), "network_note": NOTE}
    facts |= {name: f"{sum(getattr(layer, name) for layer in layers):,}" for name in COUNTS}
    still, moving = _still(layers, names, cuboids), _moving(layers, names, cuboids)
    kinds = first_of_each([layer.kind for layer in layers])
    return Trace(still, moving, Sentences("{}", Texts.of_steps(told)), facts, kinds)


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
    if settings.architecture != OWN:
        known = KNOWN[settings.architecture]
        layers = count_layers(parse_layers(known.text, known.input_shape), known.input_shape)
        return layers, ["input", *(known.names or _numbered(layers[1:]))], known.about
    shape = (settings.channels, settings.side, settings.side)
    try:
        specs = parse_layers(settings.text, shape)
    except NetworkTextError as error:
        raise SettingError(str(error)) from None
    layers = count_layers(specs, shape)
    return layers, ["input", *_numbered(layers[1:])], f"Your own: {text_of(specs)}."


def arrays(settings: ArchitecturesSettings, files: Files) -> dict[str, np.ndarray]:
    """The table: of each layer its name, the shape of its output, its parameters and multiply-adds."""
    layers, names, _ = architecture_of(settings)
    counts = {name: np.array([getattr(layer, name) for layer in layers]) for name in COUNTS}
    return {"layers": np.array(names), "output_shapes": np.array([shape_of(layer.output_shape) for layer in layers]), **counts}


def _numbered(layers: Sequence[CountedLayer]) -> list[str]:
    """conv1, maxpool1, conv2, ..."""
    return names_of([layer.kind for layer in layers])


def _still(layers: Sequence[CountedLayer], names: Sequence[str], cuboids: Sequence[Cuboid]) -> Sources:
    """The cuboids, those that learn and those that do not, their names, and a bar for each that costs something."""
    places = np.array([cuboid.front for cuboid in cuboids]).T
    learns = np.array([layer.parameters > 0 for layer in layers])
    x, below = places[0], np.array([cuboid.bottom for cuboid in cuboids]) - BELOW
    shapes = [shape_of(layer.output_shape) for layer in layers]
    named = _apart(x, below, names) if len(layers) <= MOST_NAMES else []
    shaped = _apart(x, below, shapes) if len(layers) <= MOST_SHAPES else []
    bars = {name: _bars(layers, name) for name in COUNTS}
    return {
        "learning": _columns("xywh", *places[:, learns]),
        "fixed": _columns("xywh", *places[:, ~learns]),
        "edges": dict(edges_of(cuboids)),
        "names": _words(x[named], below[named], [names[n] for n in named], LETTERS),
        "shapes": _words(x[shaped], below[shaped] - BELOW, [shapes[n] for n in shaped], LETTERS),
        **{name: {key: column[its["top"] > 0] for key, column in its.items()} for name, its in bars.items()},
    }


def _apart(x: np.ndarray, y: np.ndarray, texts: Sequence[str]) -> list[int]:
    """The texts, from left to right, that neither lie over one before nor run out of the drawing: the head names the others."""
    half = np.array([len(text) * LETTER_WIDTH * LETTERS / 2 for text in texts])
    shown: list[int] = []
    for n in range(len(texts)):
        beside = all(x[n] - half[n] > x[k] + half[k] for k in shown if abs(y[n] - y[k]) < BELOW)
        if beside and half[n] < x[n] < 1 - half[n]:
            shown.append(n)
    return shown


def _moving(layers: Sequence[CountedLayer], names: Sequence[str], cuboids: Sequence[Cuboid]) -> Sources:
    """The present layer, what it reads, the window of one of its cells, its numbers."""
    fronts = np.array([cuboid.front for cuboid in cuboids]).T[:, :, np.newaxis]
    before = [cuboids[max(n - 1, 0)] for n in range(len(cuboids))]
    windows = np.array([window_of(layer, cuboid) for layer, cuboid in zip(layers, before, strict=True)]).T[:, :, np.newaxis]
    (_, y, w, h), (_, middle, width, _) = windows, fronts
    left, right = fronts[0] - width / 2, windows[0] + w / 2
    cone = np.stack([np.hstack(pair) for pair in ((right, right), (y - h / 2, y + h / 2), (left, left), (middle, middle))])
    windows[:, 0] = cone[:, 0] = np.nan  # the input reads nothing
    said = [f"{at} {shape_of(layer.output_shape)}" for at, layer in zip(names, layers, strict=True)]
    moving: dict[str, Mapping[str, Column]] = {
        "window": _columns("xywh", *windows),
        "now": _columns("xywh", *fronts),
        "cone": _columns(("x", "y", "x1", "y1"), *cone),
        "head": _words(_inside(fronts[0], said, ROOMY), HEAD, said, LARGER),
        "closeup": _closeup(fronts[0]),
    }
    for name in COUNTS:
        bars = {key: column[:, np.newaxis] for key, column in _bars(layers, name).items()}
        texts = [f"{at}: {getattr(layer, name):,}" for at, layer in zip(names, layers, strict=True)]
        moving[f"{name}_now"] = bars
        moving[f"{name}_head"] = _words(_inside(bars["x"], texts, BAR_LETTERS), 1.15, texts, BAR_LETTERS)
    return moving


def _closeup(middles: np.ndarray) -> dict[str, np.ndarray]:
    """Each layer with its neighbours, from the bottom to the top of the drawing. middles: (T, 1) -> x, y, w, h (T, 1)"""
    between = np.concatenate([[[0]], (middles[:-1] + middles[1:]) / 2, [[1]]])  # where no name is cut
    now = np.arange(len(middles))
    left = between[(now - NEIGHBOURS).clip(0)]
    right = between[(now + NEIGHBOURS + 1).clip(max=len(middles))]
    return grid.floats(x=(left + right) / 2, y=0.5, w=right - left, h=1)


def _inside(x: np.ndarray, texts: Sequence[str], letters: float) -> np.ndarray:
    """The middles of texts, moved so far that none runs out of the drawing. x: (T, 1); letters: their height. -> like x"""
    half = np.array([[min(0.5, len(text) * LETTER_WIDTH * letters / 2)] for text in texts])
    return x.clip(half, 1 - half)


def _bars(layers: Sequence[CountedLayer], name: str) -> dict[str, np.ndarray]:
    """A bar for each layer, as high as its share of the dearest. -> columns (n,)"""
    counts = np.array([getattr(layer, name) for layer in layers], float)
    n, heights = len(layers), np.where(counts > 0, (counts / max(counts.max(), 1)).clip(LOWEST_BAR), 0)
    return grid.floats(x=(np.arange(n) + 0.5) / n, width=BAR / n, bottom=0, top=heights)


def _words(x: np.ndarray, y: np.ndarray | float, texts: Sequence[str], size: float) -> Columns:
    """Texts in their places. x: (n,), or one a step, (T, 1)."""
    words = Texts.of(texts)
    return {"text": Texts(words.table, words.codes.reshape(x.shape)), **grid.floats(x=x, y=y, size=size, shade=0)}


def _columns(names: Sequence[str], *arrays: np.ndarray) -> dict[str, np.ndarray]:
    return {name: array.astype(np.float32) for name, array in zip(names, arrays, strict=True)}


Settings = ArchitecturesSettings  # the name by which the session finds it
