"""The sources of the network in space: what stands where in the world, and how the camera of the settings sees it.

The page turns the world by itself between two answers of Python, so it gets that too: scene_tiles, scene_corners and
scene_places hold x, y, z of what is drawn as scene, scene_frames and scene_titles; scene_units those of what can be chosen;
scene_pairs and scene_chosen tell between which units scene_links run and which one scene_asked frames; scene_sheets has
one row a sheet, scene_eye the constants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...engine import Network
from ..grid import Coordinates, floats, limit_of, shade
from ..trace import Columns, Sources, Texts
from ..units.activations import Activations, Unit
from ..units.graph import find_layer, layers_of
from ..units.kinds import derive, kind_of, main_layers
from .blocks import Blocks
from .settings import NetworkSettings
from .world import ASPECT, DISTANCE, FILLED, THINNEST, Camera, Tiles, World, build, join_tiles

LETTERS = 0.016  # height of a title, of the picture's width
BELOW = 0.07  # from a sheet to its title
MOST_LINKS = 60  # of the chosen unit: those of its inputs that contribute most
SEAM = 1.04  # units of a map are drawn this much larger, so that no light shows between them
FRAME = 1.3  # the chosen unit's frame, in its sides
EYE = {"distance": DISTANCE, "filled": FILLED, "aspect": ASPECT, "thinnest": THINNEST, "seam": SEAM, "frame": FRAME}


def in_space(
    settings: NetworkSettings, activations: Activations, chosen: Unit | None, blocks: Blocks, limits: Sequence[float]
) -> tuple[Sources, dict[str, str]]:
    """The sources of the world if it is what is drawn, and the facts that hide what is not. limits: of the blocks' colours."""
    if settings.mode != "3d":
        return {}, {"scene_hidden": ""}
    camera = Camera(settings.yaw, settings.pitch, settings.zoom)
    scales = {block.layer: limit for block, limit in zip(blocks.blocks, limits, strict=True)}
    drawn = sources(activations, camera, names=settings.layers, chosen=chosen, limits=scales)
    return drawn, {"wide_hidden": "", "narrow_hidden": ""}


def shown_layers(network: Network, names: str) -> tuple[int, ...]:
    """The layers that stand in the world. names: with commas between; none for those it starts with."""
    layers = {find_layer(network, name.strip()) for name in names.split(",")} - {None}
    return tuple(sorted(layer for layer in layers if layer is not None)) or tuple(main_layers(network))


def sources(
    activations: Activations, camera: Camera, *,
    names: str = "", chosen: Unit | None = None, limits: Mapping[int, float] | None = None,
) -> Sources:  # fmt: skip
    """Everything that is shown. limits: the colour scales of layers, if given."""
    network = activations.network
    world = build(tuple(layer.shape for layer in layers_of(network)), shown_layers(network, names))
    shades = np.concatenate([_shades(activations, sheet.layer, limits or {}) for sheet in world.sheets])
    values = np.concatenate([activations.values[sheet.layer].ravel() for sheet in world.sheets]).astype(np.float32)
    places, texts = _words(world, activations.names)
    number = None if chosen is None else world.number_of(chosen.layer, chosen.position)
    numbers = np.array([] if number is None else [number], np.int32)
    pairs, contributions = _links(activations, world, chosen if number is not None else None)
    x, y, scale = camera.project(world.points, world.radius)
    wide, high = camera.sides(world.cells, scale)
    tiles = join_tiles(world, shades)
    title_x, title_y, _ = camera.project(places, world.radius)
    return {
        "scene_units": _world(world.points) | {"side": world.cells, "value": values},
        "scene_tiles": _world(tiles.points) | floats(side=tiles.sides, tall=tiles.tall, shade=tiles.shades),
        "scene_corners": _world(world.frames.reshape(-1, 3)),
        "scene_places": _world(places),
        "scene_pairs": {"from": pairs[:, 0], "to": pairs[:, 1]},
        "scene_chosen": {"number": numbers},
        "scene_sheets": _sheets(world, activations.names) | {"tiles": tiles.counts},
        "scene_choice": dict.fromkeys(("name", "title"), Texts.of(activations.names)),
        "scene_eye": floats(radius=np.array([world.radius]), **EYE),
        "scene": _painted(tiles, camera, world),
        "scene_frames": _edges(*camera.project(world.frames, world.radius)[:2]),
        "scene_titles": floats(x=title_x, y=title_y, size=LETTERS) | {"text": Texts.of(texts)},
        "scene_links": floats(x=x[pairs[:, 0]], y=y[pairs[:, 0]], x1=x[pairs[:, 1]], y1=y[pairs[:, 1]], shade=contributions),
        "scene_asked": floats(x=x[numbers], y=y[numbers], w=wide[numbers] * FRAME, h=high[numbers] * FRAME),
    }


def _painted(tiles: Tiles, camera: Camera, world: World) -> Coordinates:
    """The tiles as the camera sees them, far sheets first."""
    order = tiles.painted(camera.order(world))
    x, y, scale = camera.project(tiles.points[order], world.radius)
    wide, high = camera.sides(tiles.sides[order], scale)
    return floats(x=x, y=y, w=wide * SEAM, h=high * tiles.tall[order] * SEAM, shade=tiles.shades[order])


def _shades(activations: Activations, layer: int, limits: Mapping[int, float]) -> np.ndarray:
    """Probabilities have the scale 0..1 whatever the others have."""
    values = activations.values[layer]
    limit = 1.0 if layer == len(activations.values) - 1 else limits.get(layer, limit_of(values))
    return shade(values, limit).ravel()


def _words(world: World, names: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """A name below each sheet, and the class beside each probability. -> (n, 3) in the world, n texts"""
    places = [(sheet.x, sheet.bottom - BELOW, 0.0) for sheet in world.sheets]
    texts = [names[sheet.layer] for sheet in world.sheets]
    last = world.sheets[-1]
    if last.layer == len(names) - 1:
        beside = world.points[last.start :] + np.array([0, 0, 1.2 * world.cells[last.start]])
        places += [tuple(place) for place in beside.tolist()]
        texts += [str(number) for number in range(last.count)]
    return np.array(places, np.float32), texts


def _links(activations: Activations, world: World, chosen: Unit | None) -> tuple[np.ndarray, np.ndarray]:
    """Lines from the chosen unit to what it reads in the layers shown. -> (n, 2) numbers of units, (n,) shades"""
    inputs = derive(activations, chosen).inputs if chosen else None
    while inputs and len(inputs.positions) == 1 and _number(world, inputs.units(1)[0]) is None:
        inputs = derive(activations, inputs.units(1)[0]).inputs  # it only hands on what a hidden unit has made
    if not chosen or not inputs:
        return np.zeros((0, 2), np.int32), np.zeros(0, np.float32)
    ends = [_handed_from(activations.network, world, unit) for unit in inputs.units(MOST_LINKS)]
    shown = [n for n, end in enumerate(ends) if end is not None]
    pairs = np.array([(_number(world, chosen), ends[n]) for n in shown], np.int32).reshape(-1, 2)
    return pairs, shade(inputs.contributions, limit_of(inputs.contributions))[shown]


def _handed_from(network: Network, world: World, unit: Unit) -> int | None:
    """The number of the unit itself if it is shown, else of the one unit that alone decides it."""
    cell: Unit | None = unit
    while cell is not None and _number(world, cell) is None:
        cell = kind_of(network, cell.layer).source(network, cell)
    return None if cell is None else _number(world, cell)


def _number(world: World, unit: Unit) -> int | None:
    return world.number_of(unit.layer, unit.position)


def _sheets(world: World, names: Sequence[str]) -> Columns:
    """One row a sheet: its layer's name, the shape by which its units are named, its first unit, their count."""
    sheets = world.sheets
    shapes = np.array([sheet.shape if len(sheet.shape) == 3 else (*sheet.shape, 1, 1) for sheet in sheets], np.int32)
    shown = Texts.of([names[sheet.layer] for sheet in sheets])
    return {
        "name": shown,
        "title": shown,
        "axes": np.array([len(sheet.shape) for sheet in sheets], np.int32),
        "rows": np.ascontiguousarray(shapes[:, 1]),
        "columns": np.ascontiguousarray(shapes[:, 2]),
        "start": np.array([sheet.start for sheet in sheets], np.int32),
        "count": np.array([sheet.count for sheet in sheets], np.int32),
        "x": np.array([sheet.x for sheet in sheets], np.float32),
    }


def _edges(x: np.ndarray, y: np.ndarray) -> Coordinates:
    """All frames as one line with gaps, which is painted at one stroke. x, y: (n, 4) corners."""
    return floats(**{
        name: np.column_stack([ends, ends[:, 0], np.full(len(ends), np.nan)]).ravel() for name, ends in (("x", x), ("y", y))
    })  # fmt: skip


def _world(points: np.ndarray) -> Coordinates:
    return floats(**dict(zip("xyz", points.T, strict=True)))
