"""Ink is what stands out from the paper around it, whatever the light; the whole picture comes onto the pad."""

import base64

import numpy as np
import pytest

from convoscope.engine import read_shard, softmax
from convoscope.engine.digits import area_shares
from convoscope.views.files import DiskFiles
from convoscope.views.network.preparation import as_input, ink_of, prepare
from convoscope.views.network.tracing import LARGEST_PICTURE, trace_ink
from convoscope.views.networks import Networks
from convoscope.views.session import Session
from convoscope.views.settings import SettingError

FILES = DiskFiles()
IMAGES, LABELS = read_shard(FILES.read("mnist/test-00.gz"))
SIDE = 160
ROWS, COLUMNS = np.indices((SIDE, SIDE))
FADED = np.tile(np.linspace(235, 95, SIDE), (SIDE, 1))
VIGNETTE = 235 - 140 * (np.hypot(ROWS - 80, COLUMNS - 80) / 113) ** 2
SHADOW = np.where(ROWS + COLUMNS > 150, 120.0, 230.0)  # a hand's, with a sharp edge
NOISE = np.random.default_rng(0).normal(0, 8, (SIDE, SIDE))
SHEETS = {
    "evenly lit": lambda ink: 220 - 190 * ink,
    "faded to the right": lambda ink: FADED * (1 - ink) + 30 * ink,
    "faded upwards": lambda ink: FADED.T[::-1] * (1 - ink) + 30 * ink,
    "faded, with noise": lambda ink: FADED * (1 - ink) + 30 * ink + NOISE,
    "pencil": lambda ink: FADED * (1 - 0.35 * ink),
    "a shadow": lambda ink: SHADOW * (1 - 0.8 * ink),
    "dark corners": lambda ink: VIGNETTE * (1 - 0.8 * ink),
    "chalk": lambda ink: (255 - FADED) * (1 - ink) + 230 * ink,
}


def mask(number):
    """A test digit of 100×100 in the middle of a sheet. -> (160, 160) of 0..1."""
    smooth = np.kron(IMAGES[number] / 255, np.ones((25, 25)))
    shares = area_shares(700, 100)
    return np.pad(shares @ smooth @ shares.T, 30)


def answer(digits):
    network = Networks(FILES).get("lenet5")
    field = prepare(ink_of(digits), crop=True, scale=True, centre=True).field
    return softmax(network.forward(as_input(field, network.input_shape[1:], network.pixel_offset)))[0].argmax()


def photograph(sheet, number):
    return np.clip(np.round(SHEETS[sheet](mask(number))), 0, 255)


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_photographed_sheet_is_read_whatever_its_light(sheet):
    for number in range(12):
        traced = trace_ink(photograph(sheet, number))
        assert answer(traced.digits) == LABELS[number]
        assert 0.01 < traced.share < 0.13
        assert traced.is_light == (sheet == "chalk")


@pytest.mark.parametrize("grey", [FADED, FADED.T, VIGNETTE, np.clip(FADED + NOISE, 0, 255), np.clip(40 + NOISE, 0, 255)])
def test_an_empty_sheet_is_refused_however_it_is_lit(grey):
    with pytest.raises(SettingError, match="nothing stands out"):
        trace_ink(np.round(grey))


def seven(width, height):
    """A 7 from edge to edge, its bar as thick as its stem."""
    grey, thick = np.full((height, width), 235.0), min(width, height) // 5
    grey[:thick] = 20
    for row in range(thick, height):
        left = round((width - thick) * (1 - 0.8 * row / height))
        grey[row, left : left + thick] = 20
    return grey


@pytest.mark.parametrize(("width", "height"), [(90, 180), (224, 100), (100, 100)])
def test_the_whole_picture_is_framed_also_where_its_ink_touches_the_edges(width, height):
    traced = trace_ink(seven(width, height))
    pad = ink_of(traced.digits)
    rows, columns = np.flatnonzero(pad.any(axis=1)), np.flatnonzero(pad.any(axis=0))
    scale = 56 / max(width, height)
    assert abs(len(rows) - height * scale) <= 1.5
    assert abs(len(columns) - width * scale) <= 1.5
    assert abs(rows.mean() - 27.5) <= 1
    assert abs(columns.mean() - 27.5) <= 1
    assert answer(traced.digits) == 7


def test_the_share_is_that_of_the_picture_and_the_notice_says_it():
    grey = np.full((100, 50), 230.0)
    grey[20:80, 20:30] = 10  # 12 %
    traced = trace_ink(grey)
    assert traced.share == pytest.approx(0.12, abs=0.02)
    assert traced.notice.startswith(f"Taken as ink: {traced.share:.0%}".replace("%", " %"))
    assert "darker than the paper around it" in traced.notice
    assert "lighter than the paper around it" in trace_ink(255 - grey).notice
    assert "much for a digit" not in traced.notice
    stripes = np.pad(np.where(COLUMNS // 10 % 2, 20.0, 230.0), 5, constant_values=230)
    assert "That is much for a digit" in trace_ink(stripes).notice


def test_what_reaches_the_edge_is_left_out_unless_it_is_the_largest():
    grey = photograph("evenly lit", 0)
    grey[:14, 120:] = 20
    with_table, alone = (ink_of(trace_ink(one).digits) for one in (grey, photograph("evenly lit", 0)))
    assert (with_table != alone).sum() < 20
    assert not with_table[:5].any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 224), (224, 1), (2, 3), (224, 224)])
def test_any_shape_is_traced_or_refused(shape):
    grey = np.random.default_rng(1).integers(0, 256, shape).astype(float)
    try:
        share = trace_ink(grey).share
    except SettingError:
        share = 0.0
    assert (0 < share <= 1) == (max(shape) > 1)


def send(value):
    return Session(FILES).handle({"view": "network", "name": "picture", "value": value})


def as_event(grey, **changed):
    colours = np.repeat(np.round(grey)[..., np.newaxis], 3, axis=2).astype(np.uint8)
    pixels = base64.b64encode(colours.tobytes()).decode()
    return {"width": grey.shape[1], "height": grey.shape[0], "pixels": pixels} | changed


def test_a_picture_of_any_shape_becomes_the_drawing_and_the_notice_tells_its_share():
    update = send(as_event(seven(90, 180)))
    assert (update.error, update.settings["image"]) == ("", "drawing")
    assert update.settings["drawing"] == trace_ink(seven(90, 180)).digits
    assert list(update.notices) == [trace_ink(seven(90, 180)).notice]


GOOD = as_event(seven(90, 180))
BAD = [
    {}, [], {"width": 90}, GOOD | {"width": 91}, GOOD | {"width": 0}, GOOD | {"width": 90.0}, GOOD | {"width": "90"},
    GOOD | {"width": True}, GOOD | {"height": -180}, GOOD | {"pixels": "?"}, GOOD | {"pixels": None},
    as_event(np.zeros((LARGEST_PICTURE + 1, 1))),
]  # fmt: skip


@pytest.mark.parametrize("value", BAD)
def test_a_picture_that_did_not_come_whole_is_refused(value):
    assert "must come with its width, height and pixels" in send(value).error
