"""What the architectures view shows: the shapes that go from layer to layer and what each layer costs, a layer a step.

Slides 66, 79 and 80 of the lecture. Sizes come from the engine's output_sizes; no weight is made.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine import ConvSpec, NetworkTextError, PoolSpec, Sliding, parse_layers
from ...engine.chain_specs import names_of, text_of
from ..files import Files
from ..ran import Check, Definition
from ..settings import SettingError
from ..stops import first_of_each
from ..trace import Columns, Sentences, Texts, Trace
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
LETTERS, LARGER, BAR_LETTERS = 0.02, 0.03, 0.06  # heights, of the drawing's width
LETTER_WIDTH = 0.62  # of its height
BELOW = 0.075  # from a cuboid to its words, of the drawing's height
HEAD = 0.955  # where the present layer is named
BAR = 0.78  # of its place
LOWEST_BAR = 0.004  # so that a layer without costs shows as nothing, and one with few as little
COUNTS = ("parameters", "multiply_adds")
NOTE = "Heights of maps are to scale, so are the roots of their channels' count. Orange layers learn."


def compute(settings: ArchitecturesSettings, files: Files | None = None) -> Trace:
    """The whole animation, one step per layer."""
    layers, names, about = architecture_of(settings)
    cuboids = cuboids_of(layers)
    told = Texts.of([sentence(name, layer) for name, layer in zip(names, layers, strict=True)])
    facts = {"source": about, "size": totals(layers), "network_note": NOTE}
    facts |= {name: f"{sum(getattr(layer, name) for layer in layers):,}" for name in COUNTS}
    still = _still(layers, names, cuboids) | _bars(layers)
    moving = _moving(layers, names, cuboids)
    kinds = first_of_each([layer.kind for layer in layers])
    return Trace(still, moving, Sentences("{}", Texts(told.table, told.codes[:, np.newaxis])), facts, kinds)


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


def _numbered(layers: Sequence[CountedLayer]) -> list[str]:
    """conv1, maxpool1, conv2, ..."""
    return names_of([layer.kind for layer in layers])


def _still(layers: Sequence[CountedLayer], names: Sequence[str], cuboids: Sequence[Cuboid]) -> dict[str, Columns]:
    """The cuboids, those that learn and those that do not, and their names."""
    places = np.array([(*cuboid.middle, cuboid.width, cuboid.height) for cuboid in cuboids], np.float32)
    learns = np.array([layer.parameters > 0 for layer in layers])
    few, fewer = len(layers) <= MOST_NAMES, len(layers) <= MOST_SHAPES
    low = [(x, cuboid.bottom - BELOW) for cuboid in cuboids for x in [cuboid.middle[0]]]
    return {
        "learning": _rectangles(places[learns]),
        "fixed": _rectangles(places[~learns]),
        "edges": dict(edges_of(cuboids)),
        "names": _words(low if few else [], names if few else [], LETTERS),
        "shapes": _words([(x, y - BELOW) for x, y in low] if fewer else [],
                         [shape_of(layer.output_shape) for layer in layers] if fewer else [], LETTERS),
    }  # fmt: skip


def _bars(layers: Sequence[CountedLayer]) -> dict[str, Columns]:
    """A bar for each layer that costs something, as high as its share of the dearest."""
    found: dict[str, Columns] = {}
    for name in COUNTS:
        x, heights = _bar_places(layers, name)
        found[name] = {column: values[heights > 0] for column, values in _bar_columns(x, heights).items()}
    return found


def _moving(layers: Sequence[CountedLayer], names: Sequence[str], cuboids: Sequence[Cuboid]) -> dict[str, Columns]:
    """The present layer, what it reads, the window of one of its cells, its numbers."""
    before = [cuboids[max(n - 1, 0)] for n in range(len(cuboids))]
    windows = np.array([window_of(layer, cuboid) for layer, cuboid in zip(layers, before, strict=True)])
    right, (_, y, _, h) = np.array([cuboid.left + cuboid.width for cuboid in before]), windows.T
    cells = np.array([(cuboid.left, cuboid.middle[1]) for cuboid in cuboids])
    reads = np.arange(len(cuboids)) > 0  # the input reads nothing
    ends = np.stack([right, y - h / 2, cells[:, 0], cells[:, 1]]), np.stack([right, y + h / 2, cells[:, 0], cells[:, 1]])
    cone = np.where(reads[:, np.newaxis, np.newaxis], np.stack(ends).transpose(2, 0, 1), np.nan)  # (T, 2, 4)
    windows[~reads] = np.nan
    now = np.array([(*cuboid.middle, cuboid.width, cuboid.height) for cuboid in cuboids])
    said = [f"{at} {shape_of(layer.output_shape)}" for at, layer in zip(names, layers, strict=True)]
    middles = _inside(np.array([cuboid.middle[0] for cuboid in cuboids]), said, LARGER)
    moving = {
        "window": dict(zip("xywh", _steps(windows), strict=True)),
        "now": dict(zip("xywh", _steps(now), strict=True)),
        "cone": dict(zip(("x", "y", "x1", "y1"), cone.transpose(2, 0, 1).astype(np.float32), strict=True)),
        "head": _told(np.stack([middles, np.full(len(middles), HEAD)], axis=1), said, LARGER),
    }
    for name in COUNTS:
        x, heights = _bar_places(layers, name)
        moving[f"{name}_now"] = {key: column[:, np.newaxis] for key, column in _bar_columns(x, heights).items()}
        texts = [f"{at}: {getattr(layer, name):,}" for at, layer in zip(names, layers, strict=True)]
        middles = np.stack([_inside(x, texts, BAR_LETTERS), np.full(len(x), 1.15)], axis=1)
        moving[f"{name}_head"] = _told(middles, texts, BAR_LETTERS)
    return moving


def _inside(x: np.ndarray, texts: Sequence[str], letters: float) -> np.ndarray:
    """The middles of texts, moved so far that none runs out of the drawing. letters: their height. -> like x"""
    half = np.array([min(0.5, len(text) * LETTER_WIDTH * letters / 2) for text in texts])
    return x.clip(half, 1 - half)


def _bar_places(layers: Sequence[CountedLayer], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Where each layer's bar stands and how high it is. -> (n,), (n,)"""
    counts = np.array([getattr(layer, name) for layer in layers], float)
    heights = counts / max(counts.max(), 1)
    return (np.arange(len(layers)) + 0.5) / len(layers), np.where(counts > 0, heights.clip(LOWEST_BAR), 0)


def _bar_columns(x: np.ndarray, heights: np.ndarray) -> dict[str, np.ndarray]:
    columns = {"x": x, "width": np.full(len(x), BAR / len(x)), "bottom": np.zeros(len(x)), "top": heights}
    return {name: column.astype(np.float32) for name, column in columns.items()}


def _rectangles(places: np.ndarray) -> Columns:
    return {name: np.ascontiguousarray(column) for name, column in zip("xywh", places.T, strict=True)}


def _steps(places: np.ndarray) -> np.ndarray:
    """One row a step. (T, n) -> n columns of (T, 1)"""
    return places.T[:, :, np.newaxis].astype(np.float32)


def _words(places: Sequence[tuple[float, float]], texts: Sequence[str], size: float) -> Columns:
    x, y = np.array(places, np.float32).reshape(-1, 2).T
    return {
        "text": Texts.of(texts), "x": np.ascontiguousarray(x), "y": np.ascontiguousarray(y),
        "size": np.full(len(texts), size, np.float32), "shade": np.zeros(len(texts), np.float32),
    }  # fmt: skip


def _told(places: np.ndarray, texts: Sequence[str], size: float) -> Columns:
    """One text a step, each in its place. places: (T, 2)"""
    words = Texts.of(texts)
    x, y = _steps(places)
    ones = np.ones((len(texts), 1), np.float32)
    return {"text": Texts(words.table, words.codes[:, np.newaxis]), "x": x, "y": y, "size": size * ones, "shade": 0 * ones}


Settings = ArchitecturesSettings  # the name by which the session finds it
