"""The sources of the scene: what stands where in the world, and how the camera of the settings sees it.

The page turns the scene by itself between two answers of Python, so it gets the world too: scene_tiles, scene_corners and
scene_places hold x, y, z of what is drawn as scene, scene_frames and scene_titles; scene_units those of what can be asked;
scene_pairs and scene_chosen tell between which units scene_links run and which one scene_asked frames; scene_sheets has
one row a sheet, scene_eye the constants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...engine import Network
from ..grid import limit_of, shade
from ..trace import Columns, Texts
from .columns import Plan
from .neighbours import inputs_of
from .scene import ASPECT, DISTANCE, FILLED, THINNEST, Camera, Scene, build, shown_first
from .settings import NetworkSettings
from .stages import Unit, read_unit, stage_names, stage_shapes
from .tiles import Tiles, tiles

LETTERS = 0.016  # height of a title, of the picture's width
BELOW = 0.07  # from a sheet to its title
MOST_LINKS = 60  # of the asked unit: those that bring most
SEAM = 1.04  # units of a map are drawn this much larger, so that no light shows between them
FRAME = 1.3  # the asked unit's frame, in its sides
EYE = {
    "distance": DISTANCE, "filled": FILLED, "aspect": ASPECT, "thinnest": THINNEST, "seam": SEAM, "frame": FRAME,
}  # fmt: skip


def in_space(
    settings: NetworkSettings, network: Network, stages: Sequence[np.ndarray], plan: Plan, limits: Sequence[float]
) -> tuple[dict[str, Columns], dict[str, str]]:
    """The scene's sources if it is what is drawn, and the facts that hide what is not. limits: of plan.blocks' colours."""
    if settings.mode != "3d":
        return {}, {"scene_hidden": ""}
    camera = Camera(settings.yaw, settings.pitch, settings.zoom)
    asked = read_unit(network, settings.unit) if settings.unit else None
    scales = {block.stage: limit for block, limit in zip(plan.blocks, limits, strict=True)}
    found = sources(network, stages, plan.titles, camera, names=settings.layers, asked=asked, limits=scales)
    return found, {"wide_hidden": "", "narrow_hidden": ""}


def shown_stages(network: Network, names: str) -> tuple[int, ...]:
    """The stages that stand in the scene. names: of stages, with commas between; none for those it starts with."""
    wanted = {name.strip() for name in names.split(",")}
    found = tuple(stage for stage, name in enumerate(stage_names(network)) if name in wanted)
    return found or tuple(shown_first(network))


def sources(
    network: Network, stages: Sequence[np.ndarray], titles: Sequence[str], camera: Camera, *,
    names: str = "", asked: Unit | None = None, limits: Mapping[int, float] | None = None,
) -> dict[str, Columns]:  # fmt: skip
    """Everything that the scene shows. stages: as stages.kept gives them; limits: the colour scales of stages, if given."""
    scene = build(tuple(stage_shapes(network)), shown_stages(network, names))
    shades = np.concatenate([_shades(stages, sheet.stage, limits or {}) for sheet in scene.sheets])
    values = np.concatenate([stages[sheet.stage].ravel() for sheet in scene.sheets]).astype(np.float32)
    places, texts = _words(scene, titles)
    number = None if asked is None else scene.number_of(asked.stage, asked.position)
    chosen = np.array([] if number is None else [number], np.int32)
    pairs, brought = _links(network, list(stages), scene, asked if number is not None else None)
    x, y, scale = camera.project(scene.points, scene.radius)
    wide, high = camera.sides(scene.cells, scale)
    joined = tiles(scene, shades)
    corners = camera.project(scene.frames, scene.radius)[:2]
    return {
        "scene_units": _world(scene.points) | {"side": scene.cells, "value": values},
        "scene_tiles": _world(joined.points) | _columns(side=joined.sides, tall=joined.tall, shade=joined.shades),
        "scene_corners": _world(scene.frames.reshape(-1, 3)),
        "scene_places": _world(places),
        "scene_pairs": {"from": pairs[:, 0], "to": pairs[:, 1]},
        "scene_chosen": {"number": chosen},
        "scene_sheets": _sheets(network, scene, titles) | {"tiles": joined.counts},
        "scene_choice": {"name": Texts.of(stage_names(network)), "title": Texts.of(list(titles))},
        "scene_eye": {name: np.array([value], np.float32) for name, value in EYE.items()}
        | {"radius": np.array([scene.radius], np.float32)},
        "scene": _painted(joined, camera, scene),
        "scene_frames": _edges(*corners),
        "scene_titles": _titles(*camera.project(places, scene.radius)[:2], texts),
        "scene_links": _columns(x=x[pairs[:, 0]], y=y[pairs[:, 0]], x1=x[pairs[:, 1]], y1=y[pairs[:, 1]], shade=brought),
        "scene_asked": _columns(x=x[chosen], y=y[chosen], w=wide[chosen] * FRAME, h=high[chosen] * FRAME),
    }


def _painted(joined: Tiles, camera: Camera, scene: Scene) -> Columns:
    """The tiles as the camera sees them, far sheets first."""
    order = joined.painted(camera.order(scene))
    x, y, scale = camera.project(joined.points[order], scene.radius)
    wide, high = camera.sides(joined.sides[order], scale)
    return _columns(x=x, y=y, w=wide * SEAM, h=high * joined.tall[order] * SEAM, shade=joined.shades[order])


def _shades(stages: Sequence[np.ndarray], stage: int, limits: Mapping[int, float]) -> np.ndarray:
    """Probabilities have the scale 0..1 whatever the others have."""
    limit = 1.0 if stage == len(stages) - 1 else limits.get(stage, limit_of(stages[stage]))
    return shade(stages[stage], limit).ravel()


def _words(scene: Scene, titles: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """A title below each sheet, and the class beside each probability. -> (n, 3) in the world, n texts"""
    places = [(sheet.x, sheet.bottom - BELOW, 0.0) for sheet in scene.sheets]
    texts = [titles[sheet.stage] for sheet in scene.sheets]
    last = scene.sheets[-1]
    if last.stage == len(titles) - 1:
        beside = scene.points[last.start :] + np.array([0, 0, 1.2 * scene.cells[last.start]])
        places += [tuple(place) for place in beside.tolist()]
        texts += [str(number) for number in range(last.count)]
    return np.array(places, np.float32), texts


def _links(network: Network, stages: list[np.ndarray], scene: Scene, asked: Unit | None) -> tuple[np.ndarray, np.ndarray]:
    """Lines from the asked unit to what it reads in the stages shown. -> (n, 2) numbers of units, (n,) shades"""
    inputs = asked and inputs_of(network, stages, asked)
    while inputs and len(inputs.positions) == 1 and not _stands(scene, inputs.units(1)[0]):
        inputs = inputs_of(network, stages, inputs.units(1)[0])  # it only hands on what a hidden unit has made
    if not asked or not inputs:
        return np.zeros((0, 2), np.int32), np.zeros(0, np.float32)
    ends = [_handed_from(network, stages, scene, unit) for unit in inputs.units(MOST_LINKS)]
    found = [n for n, end in enumerate(ends) if end is not None]
    start = scene.number_of(asked.stage, asked.position)
    pairs = np.array([(start, ends[n]) for n in found], np.int32).reshape(-1, 2)
    return pairs, shade(inputs.contributions, limit_of(inputs.contributions))[found]


def _handed_from(network: Network, stages: list[np.ndarray], scene: Scene, unit: Unit) -> int | None:
    """The unit itself if it is shown, else the one whose number it hands on."""
    while not _stands(scene, unit):
        inputs = inputs_of(network, stages, unit)
        if inputs is None or len(inputs.positions) > 1:
            return None
        unit = inputs.units(1)[0]
    return scene.number_of(unit.stage, unit.position)


def _stands(scene: Scene, unit: Unit) -> bool:
    return scene.number_of(unit.stage, unit.position) is not None


def _sheets(network: Network, scene: Scene, titles: Sequence[str]) -> Columns:
    """One row a sheet: its stage's name and title, the shape by which its units are named, its first unit, their count."""
    names, sheets = stage_names(network), scene.sheets
    shapes = np.array([sheet.shape if len(sheet.shape) == 3 else (*sheet.shape, 1, 1) for sheet in sheets], np.int32)
    return {
        "name": Texts.of([names[sheet.stage] for sheet in sheets]),
        "title": Texts.of([titles[sheet.stage] for sheet in sheets]),
        "axes": np.array([len(sheet.shape) for sheet in sheets], np.int32),
        "rows": np.ascontiguousarray(shapes[:, 1]),
        "columns": np.ascontiguousarray(shapes[:, 2]),
        "start": np.array([sheet.start for sheet in sheets], np.int32),
        "count": np.array([sheet.count for sheet in sheets], np.int32),
        "x": np.array([sheet.x for sheet in sheets], np.float32),
    }


def _titles(x: np.ndarray, y: np.ndarray, texts: list[str]) -> Columns:
    size = np.full(len(texts), LETTERS)
    return _columns(x=x, y=y, size=size) | {"text": Texts.of(texts)}


def _edges(x: np.ndarray, y: np.ndarray) -> Columns:
    """All frames as one line with gaps, which is painted at one stroke. x, y: (n, 4) corners."""
    return _columns(**{
        name: np.column_stack([ends, ends[:, 0], np.full(len(ends), np.nan)]).ravel() for name, ends in (("x", x), ("y", y))
    })  # fmt: skip


def _world(points: np.ndarray) -> Columns:
    return _columns(**dict(zip("xyz", points.T, strict=True)))


def _columns(**columns: np.ndarray) -> Columns:
    return {name: np.ascontiguousarray(column, np.float32) for name, column in columns.items()}
