"""Own arrays and pictures in Python: of any type, range and shape that has a meaning; what has none is explained."""

import base64
import json
import zlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from convoscope import views
from convoscope.homes.own_arrays import OwnArrays
from convoscope.views.images import own_picture
from convoscope.views.session import Session
from convoscope.views.settings import SettingError

RNG = np.random.default_rng(5)
COLOURS = RNG.integers(0, 256, (128, 128, 3), dtype=np.uint8)


class Tensor:
    """As much of a tensor as is needed: one for which a gradient is kept gives no array."""

    def __init__(self, values, kept=True):
        self.values, self.kept = values, kept

    def detach(self):
        return Tensor(self.values, kept=False)

    def cpu(self):
        return self

    def __array__(self, dtype=None, copy=None):
        if self.kept:
            raise RuntimeError("a gradient is kept")
        return np.asarray(self.values, dtype)


def pixels_of(image, view="downsampling", side=128):
    own = OwnArrays(view, {"image": image})
    return own_picture(own.settings["picture"], side), " ".join(own.notes)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (COLOURS, ""),
        (COLOURS.astype(np.int64), ""),
        (COLOURS.astype(np.float16), ""),
        (COLOURS / 255, "from 0 to 1, were multiplied by 255"),
        ((COLOURS / 127.5 - 1).astype(np.float32), "from -1 to 1, were scaled"),
        (COLOURS.astype(np.uint16) * 257, "16 bits"),
        (COLOURS.transpose(2, 0, 1), "read as channels, rows, columns"),
        (COLOURS.transpose(2, 0, 1)[np.newaxis] / 255, "read as channels"),
        (Tensor(COLOURS), ""),
        (tuple(map(tuple, COLOURS.tolist())), ""),
        (Image.fromarray(COLOURS), ""),
        (np.dstack([COLOURS, np.full((128, 128), 255, np.uint8)]), ""),
        (np.pad(COLOURS, ((0, 0), (10, 10), (0, 0))), "Of its 128×148 pixels the middle 128×128"),
        (np.repeat(np.repeat(COLOURS, 2, axis=0), 2, axis=1), "256×256 pixels were averaged to 128×128"),
    ],
)
def test_a_picture_of_any_type_and_range_comes_through(image, said):
    found, notes = pixels_of(image)
    np.testing.assert_allclose(found.astype(int), COLOURS, atol=1 if "scaled" in notes else 0)
    assert (said in notes) if said else notes == ""


def test_grey_ones_palettes_and_transparency():
    grey = COLOURS[..., 0]
    assert (pixels_of(grey)[0] == grey[..., np.newaxis]).all()
    assert (pixels_of(pd.DataFrame(grey))[0] == grey[..., np.newaxis]).all()
    assert (pixels_of(grey > 99)[0] == np.where(grey > 99, 255, 0)[..., np.newaxis]).all()
    assert (pixels_of(Image.new("P", (40, 40), 0))[0] == 0).all()
    clear = np.zeros((64, 64, 4))
    assert (pixels_of(clear)[0] == 255).all()  # paper
    assert "enlarged to 128×128" in pixels_of(np.zeros((28, 28)))[1]


def test_every_view_that_takes_an_image_takes_an_array():
    rgb = OwnArrays("rgb", {"image": COLOURS}).settings
    assert (rgb["preset"], rgb["image"], len(rgb["picture"])) == ("lecture", "own", 32 * 32 * 4)
    small = RNG.integers(-2, 3, (3, 5, 5))
    assert OwnArrays("rgb", {"image": small}).settings["input_blue"] == small[2].tolist()
    assert OwnArrays("detective", {"image": np.eye(5)}).settings == {"image": "custom", "cells": np.eye(5).tolist()}
    digit = np.zeros((28, 28))
    digit[4:24, 12:16] = 1
    network = OwnArrays("network", {"image": digit})
    assert network.settings["image"] == "drawing"
    assert int(network.settings["drawing"], 16) > 0
    for view, settings in (("gradients", {"x": [[1, 2], [3, 4]]}), ("detective", {"guess": pd.DataFrame(np.eye(3))})):
        [(name, rows)] = OwnArrays(view, settings).settings.items()
        update = Session().handle({"view": view, "name": name, "value": rows})
        assert (update.error, [list(row) for row in update.settings[name]]) == ("", rows)


@pytest.mark.parametrize(
    ("view", "settings", "words"),
    [
        ("convolution", {"image": np.full((3, 3), np.nan)}, "not finite"),
        ("convolution", {"image": np.zeros((40, 40), complex)}, "of the type complex128; real numbers are wanted"),
        ("convolution", {"image": [[1, 2], [3]]}, "cannot be read as an array"),
        ("convolution", {"image": []}, r"is empty, of the shape \(0,\)"),
        ("convolution", {"image": np.zeros((13, 13))}, r"\(13, 13\).*at least 24 of each.*up to 12×12 is taken as numbers"),
        ("convolution", {"stride": [1, 2]}, "no array for stride; those that may be arrays: image, cells, signal, weights"),
        ("detective", {"image": np.zeros((9, 9))}, r"\(9, 9\); the view detective takes up to 8×8 numbers"),
        ("train", {"image": np.zeros((9, 9))}, "the view train takes no array for image|takes no image"),
    ],
)
def test_what_has_no_meaning_is_explained(view, settings, words):
    with pytest.raises(SettingError, match=words):
        getattr(views, view).show(**settings)


def test_what_was_done_stands_below_the_view():
    shown = views.downsampling.show(image=COLOURS / 255)
    assert "multiplied by 255" in shown._repr_html_().split("</iframe>")[1]
    assert "</iframe>" in views.architectures.show()._repr_html_()


def test_what_is_too_long_for_an_address_stands_behind_a_hash():
    assert views.downsampling.show(stride=1).query() == "view=downsampling&stride=1"
    query, state = views.downsampling.show(image=COLOURS).query().split("#state=")
    assert query == "view=downsampling"
    whole = json.loads(zlib.decompress(base64.urlsafe_b64decode(state + "=" * (-len(state) % 4)), -zlib.MAX_WBITS))
    assert whole["view"] == "downsampling"
    np.testing.assert_array_equal(own_picture(whole["settings"]["picture"]), COLOURS)
