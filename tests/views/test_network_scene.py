"""The network in space shows every unit of the layers shown once, in perspective, and paints far sheets before near ones."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.engine import convnetjs_mnist, lenet5
from convoscope.views.network.figure import SCENE_ASPECT
from convoscope.views.network.space import MOST_LINKS, sources
from convoscope.views.network.world import ASPECT, DISTANCE, GAP, SHADES, Camera, build, join_tiles
from convoscope.views.theme import STEPS
from convoscope.views.trace import Sentences, Texts, Trace
from convoscope.views.units.activations import Activations, Unit
from convoscope.views.units.graph import layer_names, layers_of
from convoscope.views.units.kinds import main_layers

LENET = lenet5(np.random.default_rng(0))
SHAPES = tuple(layer.shape for layer in layers_of(LENET))
WORLD = build(SHAPES, tuple(main_layers(LENET)))
ANGLES = st.floats(-180, 180), st.floats(-90, 90)


def eye_of(camera, world):
    """Where the camera stands, found by asking which point never moves when it is scaled towards it."""
    yaw, pitch = np.radians([camera.yaw, camera.pitch])
    away = DISTANCE * world.radius
    return away * np.array([-np.cos(pitch) * np.sin(yaw), np.sin(pitch), np.cos(pitch) * np.cos(yaw)])


def test_it_starts_with_harleys_layers():
    """Every number once: not before its activation, not laid out anew."""
    names = layer_names(LENET)
    shown = [names[stage] for stage in main_layers(LENET)]
    assert shown == ["input", "ReLU1", "S2", "ReLU3", "S4", "ReLU5", "ReLU6", "output", "softmax"]
    convnetjs = convnetjs_mnist(np.random.default_rng(0))
    shown = [layer_names(convnetjs)[stage] for stage in main_layers(convnetjs)]
    assert shown == ["input", "relu1", "maxpool1", "relu2", "maxpool2", "output", "softmax"]


@pytest.mark.parametrize("shown", [tuple(main_layers(LENET)), tuple(range(len(SHAPES))), (0,), (13,), (0, 12)])
def test_every_unit_of_the_shown_layers_stands_there_once(shown):
    world = build(SHAPES, shown)
    assert len(world.points) == sum(int(np.prod(SHAPES[stage])) for stage in shown) == len(world.cells)
    assert len(np.unique(world.points, axis=0)) == len(world.points)
    assert np.abs(world.points[:, 1:]).max() <= 0.5
    for sheet, stage in zip(world.sheets, shown, strict=True):
        last = tuple(size - 1 for size in SHAPES[stage])
        assert world.number_of(stage, last) == sheet.start + sheet.count - 1
        assert (world.points[sheet.start : sheet.start + sheet.count, 0] == np.float32(sheet.x)).all()
    assert world.number_of(99, (0,)) is None


def test_maps_stand_upright_and_apart():
    """Rows go down, columns to the right; units of one sheet do not overlap, and every map's frame holds its units."""
    for sheet in WORLD.sheets:
        points = WORLD.points[sheet.start : sheet.start + sheet.count].reshape(*sheet.shape, 3)
        if len(sheet.shape) == 3 and sheet.shape[1] > 1:
            assert (np.diff(points[..., 1], axis=1) < 0).all()
            assert (np.diff(points[..., 2], axis=2) > 0).all()
        flat, side = points.reshape(-1, 3)[:, 1:], WORLD.cells[sheet.start]
        for one in flat[:: max(1, len(flat) // 50)]:
            gaps = np.abs(flat - one).max(axis=1)
            assert np.sort(gaps)[1:2].tolist() == [] or np.sort(gaps)[1] >= side * 0.999
    assert len(WORLD.frames) == 1 + 6 + 6 + 16 + 16 + 4  # a frame for each map, one for each row of features


def test_seen_along_the_network_the_input_is_upright_and_nearest():
    camera = Camera(90, 0, 1)
    x, y, scale = camera.project(WORLD.points, WORLD.radius)
    first = x[:784].reshape(28, 28), y[:784].reshape(28, 28)
    assert (np.diff(first[0], axis=1) > 0).all()
    assert (np.diff(first[1], axis=0) < 0).all()
    assert camera.order(WORLD) == list(range(len(WORLD.sheets)))[::-1]
    assert (np.diff([scale[sheet.start] for sheet in WORLD.sheets]) < 0).all()


def test_from_the_side_it_runs_from_left_to_right():
    x, _, _ = Camera(0, 0, 1).project(WORLD.points, WORLD.radius)
    middles = [x[sheet.start : sheet.start + sheet.count].mean() for sheet in WORLD.sheets]
    assert (np.diff(middles) > 0).all()
    assert (middles[0], middles[-1]) == (pytest.approx(1 - middles[-1], abs=0.01), pytest.approx(1 - middles[0], abs=0.01))


@given(*ANGLES, st.floats(0.5, 4))
def test_it_is_a_central_projection(yaw, pitch, zoom):
    """A point half-way to the eye falls on the same place and appears twice as large."""
    camera = Camera(yaw, pitch, zoom)
    points = WORLD.points[::97].astype(np.float64)
    nearer = (points + eye_of(camera, WORLD)) / 2
    x, y, scale = camera.project(points, WORLD.radius)
    x2, y2, scale2 = camera.project(nearer, WORLD.radius)
    np.testing.assert_allclose(x2, x, atol=1e-9)
    np.testing.assert_allclose(y2, y, atol=1e-9)
    np.testing.assert_allclose(scale2, 2 * scale)
    assert (scale > 0).all()


@given(*ANGLES)
def test_no_sheet_is_painted_over_one_before_it(yaw, pitch):
    """On every ray from the eye through two sheets, the farther one is painted first."""
    camera = Camera(yaw, pitch, 1)
    eye, order = eye_of(camera, WORLD), camera.order(WORLD)
    for target in WORLD.points[::503].astype(np.float64):
        ray = target - eye
        if abs(ray[0]) < 1e-6:
            continue
        hits = [(sheet.x - eye[0]) / ray[0] for sheet in WORLD.sheets]
        for a, b in itertools.combinations(range(len(hits)), 2):
            if min(hits[a], hits[b]) > 0 and abs(hits[a] - hits[b]) > 1e-9:
                assert (hits[a] > hits[b]) == (order.index(a) < order.index(b))


@given(*ANGLES)
def test_at_zoom_1_the_scene_stays_nearly_in_the_picture(yaw, pitch):
    x, *_ = Camera(yaw, pitch, 1).project(WORLD.points, WORLD.radius)
    assert -0.35 < x.min() < x.max() < 1.35  # from the front the nearest sheet may leave it
    assert sorted(Camera(yaw, pitch, 1).order(WORLD)) == list(range(len(WORLD.sheets)))


def test_units_turned_away_appear_narrower():
    camera = Camera(30, 60, 1)
    wide, high = camera.sides(WORLD.cells, np.ones_like(WORLD.cells))
    np.testing.assert_allclose(wide, WORLD.cells * 0.5, rtol=1e-5)
    np.testing.assert_allclose(high, WORLD.cells * 0.5 * 2.1, rtol=1e-5)
    assert Camera(0, 0, 1).sides(np.ones(1), np.ones(1))[0] > 0.2  # never nothing


def test_hiding_a_stage_closes_the_gap():
    some = build(SHAPES, (0, 5, 13))
    assert [sheet.x for sheet in some.sheets] == pytest.approx([-GAP, 0, GAP])


def seen(network=LENET, camera=None, **more):
    x = np.random.default_rng(1).random((1, *network.input_shape)).astype(np.float32)
    network.forward(x)
    activations = Activations.of(network)
    return activations.values, sources(activations, camera or Camera(38, 14, 1), **more)


def units_of(tiles):
    """The units that the tiles stand for, as the middles and shades of one each."""
    found = []
    for point, side, tall, shade in zip(tiles.points, tiles.sides, tiles.tall, tiles.shades, strict=True):
        top = point[1] + (tall - 1) / 2 * side
        found += [(point[0], top - n * side, point[2], shade) for n in range(int(tall))]
    return in_order(np.array(found))


def in_order(rows):
    """Rows sorted by their place, whatever the rounding."""
    keys = np.rint(rows[:, :3] * 500 + 0.1234)
    return rows[np.lexsort(keys.T)]


@pytest.mark.parametrize("empty", [0.0, 0.9, 1.0])
def test_tiles_stand_for_every_unit_once_in_its_colour(empty):
    rng = np.random.default_rng(7)
    shades = np.where(rng.random(len(WORLD.points)) < empty, 0, rng.uniform(-1, 1, len(WORLD.points))).astype(np.float32)
    joined = join_tiles(WORLD, shades)
    expected = in_order(np.column_stack([WORLD.points, shades]).astype(np.float64))
    found = units_of(joined)
    np.testing.assert_allclose(found[:, :3], expected[:, :3], atol=1e-5)
    np.testing.assert_allclose(found[:, 3], expected[:, 3], atol=1 / SHADES)
    assert joined.counts.sum() == len(joined.tall)
    assert len(joined.tall) < len(WORLD.points) * (1.01 if not empty else 0.85)


def test_the_palette_has_as_many_colours_as_tiles_tell_apart():
    assert SHADES == STEPS


def test_what_is_drawn_is_what_the_camera_sees_of_the_world():
    camera = Camera(-120, 40, 1.5)
    stages, found = seen(camera=camera)
    world = np.stack([found["scene_tiles"][axis] for axis in "xyz"], axis=1)
    ends = np.cumsum(found["scene_sheets"]["tiles"])
    order = np.concatenate([np.arange(len(world))[end - found["scene_sheets"]["tiles"][n] : end]
                            for n, end in [(n, ends[n]) for n in camera.order(WORLD)]])  # fmt: skip
    x, y, _ = camera.project(world, WORLD.radius)
    np.testing.assert_allclose(found["scene"]["x"], x[order], atol=1e-6)
    np.testing.assert_allclose(found["scene"]["y"], y[order], atol=1e-6)
    np.testing.assert_array_equal(found["scene"]["shade"], found["scene_tiles"]["shade"][order])
    sheet = WORLD.sheets[1]
    values = found["scene_units"]["value"][sheet.start : sheet.start + sheet.count]
    np.testing.assert_array_equal(values, stages[sheet.layer].ravel())
    shades = found["scene_tiles"]["shade"][-10:]
    np.testing.assert_allclose(shades, stages[-1], rtol=1e-6)  # probabilities: 0..1
    assert np.abs(found["scene_tiles"]["shade"][:-10]).max() == 1


def test_lines_run_from_the_asked_unit_to_what_it_reads_through_hidden_layers():
    unit = Unit(2, (3, 10, 12))  # behind conv1's cell, which is not shown
    _, found = seen(chosen=unit)
    assert found["scene_chosen"]["number"].tolist() == [WORLD.number_of(2, (3, 10, 12))]
    assert set(found["scene_pairs"]["from"].tolist()) == {WORLD.number_of(2, (3, 10, 12))}
    expected = {WORLD.number_of(0, (0, row, column)) for row in range(8, 13) for column in range(10, 15)}
    assert set(found["scene_pairs"]["to"].tolist()) == expected
    _, found = seen(chosen=Unit(9, (3,)))  # F5: through linear1 and flatten to the maps of S4
    sheet = WORLD.sheets[4]
    ends = found["scene_pairs"]["to"]
    assert len(ends) == MOST_LINKS
    assert ((sheet.start <= ends) & (ends < sheet.start + sheet.count)).all()
    assert np.abs(found["scene_links"]["shade"]).max() == 1


def test_without_what_it_reads_there_are_no_lines():
    for asked in (None, Unit(0, (0, 3, 3)), Unit(1, (0, 3, 3))):  # nothing, the input, a hidden unit
        _, found = seen(chosen=asked)
        assert len(found["scene_pairs"]["to"]) == len(found["scene_links"]["x"]) == 0
    _, found = seen(chosen=Unit(5, (0, 3, 3)), names="relu2,softmax")
    assert len(found["scene_pairs"]["to"]) == 0


def test_layers_are_shown_by_name_and_unknown_names_do_nothing():
    names = seen(names="input, conv1,nonsense")[1]["scene_sheets"]["name"].tolist()
    assert names == ["input", "C1"]
    assert len(seen(names="nonsense")[1]["scene_sheets"]["name"]) == len(WORLD.sheets)


def test_the_last_sheet_names_its_classes():
    titles = seen()[1]["scene_titles"]["text"].tolist()
    assert titles[-10:] == [str(number) for number in range(10)]
    assert len(seen(names="input,conv1")[1]["scene_titles"]["text"]) == 2


def test_a_trace_can_carry_it():
    Trace(seen(chosen=Unit(5, (0, 3, 3)))[1], {}, Sentences("{}", Texts(("",), np.zeros((1, 1), np.uint16))))


def test_the_panel_has_the_cameras_aspect():
    assert float(SCENE_ASPECT) == ASPECT
